"""Tags: words by which a team tells its mail apart.

A mail brings its own, in a header (``X-Tags: invoices, nightly``, the name that Mailpit uses) or behind the plus of a
recipient's address (``zoe+invoices@example.com``, RFC 5233); others are put on it later.
"""

import unicodedata
from collections.abc import Iterable

from localstack_mailhog.content.decoded import decode_headers
from localstack_mailhog.mailbox.mail import Mail

HEADER = "x-tags"
LONGEST = 100
"""In characters. What is longer is cut."""
MOST = 50
"""How many tags a mail may bring."""

_HEADER_BYTES = HEADER.encode()
_HEAD_BYTES = 1 << 16


def clean(tag: str) -> str:
    """A tag in the form in which it is kept: one line, trimmed, in lower case; empty where nothing is left."""
    text = unicodedata.normalize("NFC", " ".join(tag.split())).lower()
    return "".join(c for c in text if c.isprintable() and c not in '",')[:LONGEST].strip()


def brought_by(mail: Mail) -> set[str]:
    """The tags that a mail brings itself."""
    tags = _plus_tags(mail.recipients)
    head = mail.raw[:_HEAD_BYTES]
    # Before the 250, and few mails have it: no header is parsed for the others, and no body searched.
    if _HEADER_BYTES in head.partition(b"\r\n\r\n")[0].lower():
        for name, value in decode_headers(head):
            if name.lower() == HEADER:
                tags += value.split(",")
    cleaned = [clean(tag) for tag in tags]
    return {tag for tag in cleaned[:MOST] if tag}


def _plus_tags(recipients: Iterable[str]) -> list[str]:
    tags = []
    for recipient in recipients:
        mailbox, _, _ = recipient.rpartition("@")
        _, plus, detail = mailbox.partition("+")
        if plus:
            tags += detail.split("+")
    return tags
