"""A mail as a person reads it: fields, text, HTML and attachments, decoded.

Reading never fails: what cannot be decoded is shown as it is.
"""

import base64
import binascii
import functools
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
class Decoded:
    """What a mail says."""

    headers: tuple[tuple[str, str], ...]
    """Every field in its order, decoded."""
    text: str | None
    html: str | None
    attachments: tuple["Part", ...]
    """The parts that are not shown as the message's text: files, images of the HTML, attached messages."""
    parts: tuple["Part", ...]
    """Every part, multiparts before what is in them."""

    def first_values(self) -> dict[str, str]:
        """The first field of each name, by the name in small letters."""
        return {name.lower(): value for name, value in reversed(self.headers)}

    def header(self, name: str) -> str:
        """The first field of that name, in whatever case; empty where there is none."""
        return self.first_values().get(name.lower(), "")


class Part:
    """A part of a mail; a mail that is no multipart is one itself.

    :param section: its number, as in IMAP (RFC 3501, 6.4.5): ``2.1`` is the first part in the second, ``1`` all of a
        mail that has no parts; empty for a mail that has
    """

    def __init__(
        self, section: str, fields: list[Field], body: bytes, is_divided: bool = False
    ) -> None:
        self.section = section
        self.is_divided = is_divided
        """Whether it consists of other parts, which follow it."""
        self._fields = fields
        self._body = body
        self._encoding = (first(fields, "Content-Transfer-Encoding") or b"").strip().lower()
        self.content_type = "text/plain"
        """In lower case, without parameters."""
        self.filename = ""
        """As the sender named it; empty where it has no name."""
        self.disposition = ""
        """``attachment``, ``inline`` or whatever the sender wrote; empty where nothing is said."""
        self.charset: str | None = None
        said = {
            name: decode_bytes(value, "utf-8", "latin-1")
            for name in ("Content-Type", "Content-Disposition")
            if (value := first(fields, name)) is not None
        }
        if said:
            self._describe(said)

    def _describe(self, said: dict[str, str]) -> None:
        """Read the fields that say what it is."""
        # The standard library reads parameters with their continuations and character sets (RFC 2231).
        described = Message()
        for name, value in said.items():
            described[name] = value
        try:
            self.content_type = described.get_content_type()
            self.disposition = described.get_content_disposition() or ""
            self.filename = decode(described.get_filename("") or "")
            self.charset = described.get_content_charset()
        except (LookupError, TypeError, ValueError):
            pass  # parameters made to break their reader

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Every field in its order, decoded."""
        return _decode_fields(self._fields)

    @property
    def content_id(self) -> str:
        """By which the HTML names it in ``cid:`` addresses (RFC 2392), without brackets; empty where it has none."""
        return decode(first(self._fields, "Content-ID") or b"").strip("<> \t")

    @functools.cached_property
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

    @property
    def text(self) -> str:
        """The content as text, with line ends as in Python."""
        return decode_bytes(self.content, self.charset, "utf-8", "latin-1").replace("\r\n", "\n")


def decode_headers(raw: bytes) -> tuple[tuple[str, str], ...]:
    """The fields of a mail's head, decoded; the rest of *raw* is not looked at, and need not be there."""
    fields, _ = split_head(raw)
    return _decode_fields(fields)


def _decode_fields(fields: list[Field]) -> tuple[tuple[str, str], ...]:
    return tuple((name, decode(value)) for name, value in fields)


def decode_mail(raw: bytes) -> Decoded:
    """Read the whole mail."""
    text: str | None = None
    html: str | None = None
    attachments: list[Part] = []
    parts: list[Part] = []
    leaves = itertools.count(1)
    for part in _walk(raw):
        parts.append(part)
        if part.is_divided:
            continue
        shown = not part.filename and part.disposition != "attachment"
        if shown and part.content_type == "text/plain" and text is None:
            text = part.text
        elif shown and part.content_type == "text/html" and html is None:
            html = part.text
        else:
            attachments.append(part)
        if next(leaves) == MAX_PARTS:
            break
    return Decoded(parts[0].headers, text, html, tuple(attachments), tuple(parts))


def _walk(raw: bytes) -> Iterator[Part]:
    """The mail and its parts, each before what it consists of; an attached message is one part."""
    waiting = [("", raw, 0)]
    while waiting:
        section, block, depth = waiting.pop()
        fields, body = split_head(block)
        content_type = first(fields, "Content-Type") or b""
        is_multipart = content_type.lower().startswith(b"multipart/")
        boundary = parameter(content_type, "boundary") if is_multipart else None
        if boundary and depth < MAX_DEPTH:
            yield Part(section, fields, b"", is_divided=True)
            _, parts = split_parts(body, boundary)
            prefix = f"{section}." if section else ""
            numbered = [
                (f"{prefix}{number}", part, depth + 1)
                for number, part in enumerate(parts[:MAX_PARTS], 1)
            ]
            waiting += reversed(numbered)
        else:
            yield Part(section or "1", fields, body)
