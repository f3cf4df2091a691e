"""Header fields: taking a message's head apart, and reading what the fields say.

Splitting is what MailHog's JSON and every decoded view share; it never fails, whatever bytes it is given. Reading is
RFC 2047 (encoded words) and RFC 6532 (UTF-8 in headers), as forgiving as mail programs are.
"""

import base64
import binascii
import codecs
import functools
import quopri
import re

_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:[ \t]?(.*)", re.DOTALL)
_ENCODED_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")

_NO_CHARSETS = {"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"}

LONGEST_HEAD = 1 << 20
"""How many bytes a head has at most; the rest is body, whatever it looks like."""

Field = tuple[str, bytes]
"""A field's name as it was written, and its value, unfolded and otherwise as it was sent."""


def split_head(block: bytes) -> tuple[list[Field], bytes]:
    """A message's or a MIME part's fields, and what comes after the blank line (RFC 5322, 2.1).

    A block that does not begin with a field has no head: all of it is body. Lines within the head that are neither a
    field nor a continuation are left out, as MailHog does.
    """
    if block.startswith(b"\r\n"):
        return [], block[2:]
    if block.startswith(b"\n"):
        return [], block[1:]
    first_line = _LINE_END.split(block[:LONGEST_HEAD], maxsplit=1)[0]
    is_mbox = first_line.startswith(b"From ")  # the separator line of mbox files
    if not (is_mbox or _FIELD.match(first_line)):
        return [], block
    blank = _BLANK_LINE.search(block, 0, LONGEST_HEAD)
    if blank:
        head, body = block[: blank.start()], block[blank.end() :]
    else:
        head, body = block[:LONGEST_HEAD], block[LONGEST_HEAD:]
    lines = _LINE_END.split(head)
    if is_mbox and len(lines) > 1:
        lines = lines[1:]
    if not _FIELD.match(lines[0]):
        return [], block
    fields: list[tuple[str, list[bytes]]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
        elif field := _FIELD.match(line):
            fields.append((field[1].decode("ascii"), [field[2]]))
    return [(name, b"".join(pieces)) for name, pieces in fields], body


def first(fields: list[Field], name: str) -> bytes | None:
    """The value of the first field of that name, in whatever case."""
    wanted = name.lower()
    return next((value for key, value in fields if key.lower() == wanted), None)


def parameter(value: bytes, name: str) -> bytes | None:
    """A parameter of a structured value such as ``multipart/mixed; boundary="x"`` (RFC 2045, 5.1)."""
    pattern = rb';\s*%s\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))' % re.escape(name.encode())
    found = re.search(pattern, value, re.IGNORECASE | re.DOTALL)
    if found is None:
        return None
    if found[2] is not None:
        return found[2]
    return re.sub(rb"\\(.)", rb"\1", found[1])


def decode(value: bytes | str) -> str:
    """What a field's value says: encoded words decoded, bytes taken for UTF-8 or else Latin-1, one line."""
    text = value if isinstance(value, str) else decode_bytes(value, "utf-8", "latin-1")
    if "=?" in text:
        text = _decode_words(text)
    return " ".join(text.split("\n")).replace("\r", "").strip(" \t")


def decode_bytes(data: bytes, *charsets: str | None) -> str:
    """*data* in the first of *charsets* that fits; in UTF-8 with replacements where none does.

    Charsets that do not exist, or that are no character sets though Python knows their names, do not fit.
    """
    for charset in charsets:
        if charset and _is_charset(charset):
            try:
                return data.decode(charset)
            except (LookupError, ValueError):
                continue
    return data.decode("utf-8", "replace")


@functools.lru_cache(maxsize=128)
def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name).name not in _NO_CHARSETS
    except (LookupError, ValueError):
        return False


def _decode_words(text: str) -> str:
    """Encoded words of *text* decoded, the blanks between two of them dropped (RFC 2047, 6.2)."""
    result: list[str] = []
    charset, collected = "", b""
    end = 0
    for word in _ENCODED_WORD.finditer(text):
        data = _word_bytes(word[2], word[3])
        if data is None:
            continue
        between = text[end : word.start()]
        if collected and not between.strip() and word[1].lower() == charset:
            # Careless senders cut between the bytes of one character.
            collected += data
        else:
            result.append(decode_bytes(collected, charset))
            result.append("" if charset and not between.strip() else between)
            charset, collected = word[1].lower(), data
        end = word.end()
    result.append(decode_bytes(collected, charset))
    result.append(text[end:])
    return "".join(result)


def _word_bytes(encoding: str, data: str) -> bytes | None:
    try:
        if encoding in "qQ":
            return quopri.decodestring(data.encode("latin-1"), header=True)
        return base64.b64decode(data.encode("ascii") + b"=" * (-len(data) % 4))
    except (binascii.Error, UnicodeError):
        return None
