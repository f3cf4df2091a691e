"""A mail as a person reads it: fields, text, HTML and attachments, decoded.

Reading never fails: what cannot be decoded is shown as it is.
"""

import base64
import binascii
import itertools
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from localstack_mailhog.content.headers import (
    Field,
    decode,
    decode_bytes,
    first,
    parameter,
    split_head,
)
from localstack_mailhog.content.parts import split_parts

MAX_PARTS = 10_000
"""How many parts are looked at; those behind are left out."""

MAX_DEPTH = 30
"""How deep parts may be nested; what is deeper is read as one part."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not shown as the message's text."""

    filename: str
    """As the sender named it; empty where it has no name."""
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a mail says."""

    headers: tuple[tuple[str, str], ...]
    """Every field in its order, decoded."""
    text: str | None
    html: str | None
    attachments: tuple[Attachment, ...]

    def header(self, name: str) -> str:
        """The first field of that name, in whatever case; empty where there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


def decode_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of a mail's head, decoded; the rest of *raw* is not looked at, and need not be there."""
    fields, _ = split_head(raw)
    return tuple((name, decode(value)) for name, value in fields)


def subject_of(head: bytes) -> str:
    """The subject in the first bytes of a mail."""
    fields, _ = split_head(head)
    return decode(first(fields, "Subject") or b"")


def decode_mail(raw: bytes) -> Decoded:
    """Read the whole mail."""
    text: str | None = None
    html: str | None = None
    attachments: list[Attachment] = []
    for part in itertools.islice(_leaves(raw), MAX_PARTS):
        shown = not part.filename and not part.is_attachment
        if shown and part.content_type == "text/plain" and text is None:
            text = part.text()
        elif shown and part.content_type == "text/html" and html is None:
            html = part.text()
        else:
            attachments.append(Attachment(part.filename, part.content_type, part.content()))
    return Decoded(decode_headers(raw), text, html, tuple(attachments))


class _Part:
    """A part that is not divided further."""

    def __init__(self, fields: list[Field], body: bytes) -> None:
        self._body = body
        self._encoding = (first(fields, "Content-Transfer-Encoding") or b"").strip().lower()
        # The standard library reads parameters with their continuations and character sets (RFC 2231).
        described = Message()
        for name in ("Content-Type", "Content-Disposition"):
            value = first(fields, name)
            if value is not None:
                described[name] = decode_bytes(value, "utf-8", "latin-1")
        self.content_type = "text/plain"
        self.filename = ""
        self.is_attachment = False
        self._charset: str | None = None
        try:
            self.content_type = described.get_content_type()
            self.is_attachment = described.get_content_disposition() == "attachment"
            self.filename = decode(described.get_filename("") or "")
            self._charset = described.get_content_charset()
        except (LookupError, TypeError, ValueError):
            pass  # parameters made to break their reader

    def content(self) -> bytes:
        """The bytes, decoded (RFC 2045, 6)."""
        if self._encoding == b"base64":
            digits = re.sub(rb"[^A-Za-z0-9+/]", b"", self._body)
            try:
                return base64.b64decode(digits + b"=" * (-len(digits) % 4))
            except binascii.Error:  # one digit too many
                return base64.b64decode(digits[:-1])
        if self._encoding == b"quoted-printable":
            return quopri.decodestring(self._body)
        return self._body

    def text(self) -> str:
        """The content as text, with line ends as in Python."""
        return decode_bytes(self.content(), self._charset, "utf-8", "latin-1").replace("\r\n", "\n")


def _leaves(raw: bytes) -> Iterator[_Part]:
    """The parts that are no multiparts, in order; an attached message is one."""
    waiting = [(raw, 0)]
    while waiting:
        block, depth = waiting.pop()
        fields, body = split_head(block)
        content_type = first(fields, "Content-Type") or b""
        boundary = parameter(content_type, "boundary")
        is_multipart = content_type.lower().startswith(b"multipart/")
        if is_multipart and boundary and depth < MAX_DEPTH:
            _, parts = split_parts(body, boundary)
            waiting += [(part, depth + 1) for part in reversed(parts[:MAX_PARTS])]
        else:
            yield _Part(fields, body)
