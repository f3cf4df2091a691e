"""What a mail says, as far as searches and lists need to know."""

import functools
import unicodedata
from dataclasses import dataclass

from localstack_mailhog.content.decoded import Decoded, decode_headers, decode_mail
from localstack_mailhog.content.html_scan import Tag, scan, visible_text
from localstack_mailhog.mailbox.mail import Entry

MOST_TEXT = 256 * 1024
"""How many characters of a mail's text are searched, and as many of its HTML and of each attached text."""

SNIPPET = 160
"""How many characters of the text a list shows."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a list shows of a mail."""

    author: str
    """The ``From`` field, decoded; where there is none, the envelope's sender."""
    subject: str
    snippet: str
    """How the text begins."""
    attachments: int
    """How many there are."""


class Digest:
    """A mail, taken apart as far as it is asked for: who looks only at the head does not wait for the rest.

    The text of a field is folded (see :func:`fold`), its values one a line.
    """

    def __init__(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> None:
        self.sender = sender
        self.recipients = recipients
        self._raw = raw

    @functools.cached_property
    def summary(self) -> Summary:
        """What a list shows."""
        snippet = " ".join(self._readable_text[: 4 * SNIPPET].split())[:SNIPPET]
        said = self.decoded.first_values()
        return Summary(
            author=said.get("from") or self.sender,
            subject=said.get("subject", ""),
            snippet=snippet,
            attachments=len(self.decoded.attachments),
        )

    @functools.cached_property
    def author(self) -> str:
        """The ``From`` field and the envelope's sender."""
        return fold("\n".join([*self._values("from"), self.sender]))

    @functools.cached_property
    def addressees(self) -> str:
        """The ``To`` field and the envelope's recipients."""
        return fold("\n".join([*self._values("to"), *self.recipients]))

    @functools.cached_property
    def cc(self) -> str:
        """The ``Cc`` field."""
        return fold("\n".join(self._values("cc")))

    @functools.cached_property
    def bcc(self) -> str:
        """The ``Bcc`` field, and the envelope's recipients that are in neither ``To`` nor ``Cc``."""
        named = "\n".join(self._values("to") + self._values("cc")).lower()
        hidden = [each for each in self.recipients if each.lower() not in named]
        return fold("\n".join([*self._values("bcc"), *hidden]))

    @functools.cached_property
    def subject(self) -> str:
        """The ``Subject`` field."""
        return fold("\n".join(self._values("subject")))

    @functools.cached_property
    def header_values(self) -> str:
        """What every field of the head says, without its name."""
        return fold("\n".join(value for _, value in self._headers))

    @functools.cached_property
    def headers(self) -> str:
        """Every field, ``name: value``, between line ends."""
        return "\n" + fold("".join(f"{name}: {value}\n" for name, value in self._headers))

    @functools.cached_property
    def attachments(self) -> str:
        """The attachments' file names and types."""
        lines = (f"{part.filename} {part.content_type}" for part in self.decoded.attachments)
        return fold("\n".join(lines))

    @functools.cached_property
    def body(self) -> str:
        """The text, what is seen of the HTML and where its links lead, and attached text."""
        texts = [(self.decoded.text or "")[:MOST_TEXT]]
        if self.decoded.html is not None:
            source = self.decoded.html[:MOST_TEXT]
            texts += [visible_text(source), *_addresses(source)]
        texts += [
            part.text[:MOST_TEXT]
            for part in self.decoded.attachments
            if part.content_type.startswith("text/")
        ]
        return fold("\n".join(texts)[:MOST_TEXT])

    @property
    def attachment_count(self) -> int:
        """How many attachments there are."""
        return len(self.decoded.attachments)

    @functools.cached_property
    def _headers(self) -> tuple[tuple[str, str], ...]:
        # Where the whole mail has been read, its head has been, too.
        whole = self.__dict__.get("decoded")
        return whole.headers if whole is not None else decode_headers(self._raw)

    @functools.cached_property
    def decoded(self) -> Decoded:
        """The whole mail."""
        return decode_mail(self._raw)

    @property
    def _readable_text(self) -> str:
        if self.decoded.text and self.decoded.text.strip():
            return self.decoded.text
        return visible_text((self.decoded.html or "")[:MOST_TEXT])

    def _values(self, name: str) -> list[str]:
        return [value for key, value in self._headers if key.lower() == name]


def digest_of(entry: Entry, raw: bytes) -> Digest:
    """The digest of a kept mail."""
    return Digest(entry.sender, entry.recipients, raw)


def fold(text: str) -> str:
    """*text* so that what a reader takes for the same is the same: letter case, composed and compatible characters.

    A null character, at which SQLite's text functions would stop, becomes a replacement character.
    """
    if text.isascii():
        return text.lower().replace("\0", "\ufffd")
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\0", "\ufffd")
    return folded.encode("utf-8", "replace").decode()


def _addresses(source: str) -> list[str]:
    addresses: dict[str, None] = {}
    for token in scan(source):
        if isinstance(token, Tag) and token.name in ("a", "area", "img") and not token.is_closing:
            attributes = token.attributes()
            for name in ("href", "src"):
                if attributes.get(name) and not attributes[name].startswith("data:"):
                    addresses[attributes[name]] = None
    return list(addresses)
