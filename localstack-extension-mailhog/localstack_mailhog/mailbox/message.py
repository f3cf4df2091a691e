"""A mail in MailHog's JSON shape.

Keys, order and types are MailHog's (``docs/mailhog-compatibility.md`` has what differs, and why). Strings hold the
bytes as they are, undecoded; bytes that are not UTF-8 are one replacement character each, as Go writes them.
"""

import codecs
import time
from typing import Any

from localstack_mailhog.content.headers import Field, first, parameter, split_head
from localstack_mailhog.content.parts import split_parts
from localstack_mailhog.mailbox.mail import Entry

JSON = dict[str, Any]
"""A JSON object; its keys and types are in :func:`message_json`."""

MAX_DEPTH = 10
"""How deep parts may be nested before the rest is left unparsed. Each level repeats the text of those below it."""

_REPLACE_EACH = "localstack_mailhog.replace_each_byte"


def _replace_each_byte(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\ufffd" * (error.end - error.start), error.end


codecs.register_error(_REPLACE_EACH, _replace_each_byte)


def message_json(entry: Entry, raw: bytes, hostname: str) -> JSON:
    """The ``Message`` of MailHog's API.

    :param raw: the mail's bytes
    :param hostname: the sink's name, for the ``Received`` field
    """
    # MailHog does not count the line end before the closing dot; in RFC 5321, 4.1.1.4, it belongs to the message.
    block = raw.removesuffix(b"\r\n")
    content, fields, body = _content(block)
    headers = content["Headers"]
    _add_headers(headers, entry, hostname)
    content["Headers"] = {name: headers[name] for name in sorted(headers)}
    return {
        "ID": entry.id,
        "From": path_json(entry.sender),
        "To": [path_json(recipient) for recipient in entry.recipients] or None,
        "Content": content,
        "Created": rfc3339_local(entry.created),
        "MIME": _mime(fields, body, 0),
        "Raw": {
            "From": entry.sender,
            "To": list(entry.recipients) or None,
            "Data": _text(block),
            "Helo": entry.helo,
        },
    }


def listed_parts(fields: list[Field], body: bytes) -> list[bytes] | None:
    """The blocks that MailHog lists as the parts of a mail or of a part; none where it is no multipart."""
    content_type = first(fields, "Content-Type")
    if content_type is None or not content_type.lower().startswith(b"multipart/"):
        return None
    boundary = parameter(content_type, "boundary")
    if not boundary:
        return []
    preamble, parts = split_parts(body, boundary)
    # MailHog takes text before the first delimiter for a part; what it makes of the closing one is left out.
    return [preamble, *parts] if preamble.strip() else parts


def path_json(path: str) -> JSON:
    """A reverse or forward path as MailHog shows it; a source route (RFC 5321, appendix C) is its relays."""
    relays: list[str] | None = None
    address = path
    if path.startswith("@") and ":" in path:
        route, _, address = path.partition(":")
        relays = route.split(",")
    mailbox, at, domain = address.rpartition("@")
    if not at:
        mailbox, domain = address, ""
    return {"Relays": relays, "Mailbox": mailbox, "Domain": domain, "Params": ""}


def rfc3339_local(nanoseconds: int) -> str:
    """A time since 1970 as Go prints it: RFC 3339 in the local zone, nanoseconds without trailing zeros."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    there = time.localtime(seconds)
    # By hand, because strftime takes as long as all the rest of a message.
    text = (
        f"{there.tm_year:04}-{there.tm_mon:02}-{there.tm_mday:02}"
        f"T{there.tm_hour:02}:{there.tm_min:02}:{there.tm_sec:02}"
    )
    if fraction:
        text += f".{fraction:09d}".rstrip("0")
    offset = _offset(there, ":")
    return text + ("Z" if offset == "+00:00" else offset)


def rfc1123_local(nanoseconds: int) -> str:
    """A time since 1970 as Go prints it in mail: RFC 1123 in the local zone, with a numeric offset."""
    there = time.localtime(nanoseconds // 1_000_000_000)
    return (
        f"{_DAYS[there.tm_wday]}, {there.tm_mday:02} {_MONTHS[there.tm_mon - 1]} {there.tm_year:04}"
        f" {there.tm_hour:02}:{there.tm_min:02}:{there.tm_sec:02} {_offset(there, '')}"
    )


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _offset(there: time.struct_time, separator: str) -> str:
    minutes = abs(there.tm_gmtoff) // 60
    sign = "-" if there.tm_gmtoff < 0 else "+"
    return f"{sign}{minutes // 60:02}{separator}{minutes % 60:02}"


def _content(block: bytes) -> tuple[JSON, list[Field], bytes]:
    fields, body = split_head(block)
    headers: dict[str, list[str]] = {}
    for name, value in fields:
        headers.setdefault(name, []).append(_text(value))
    content = {"Headers": headers, "Body": _text(body), "Size": len(block), "MIME": None}
    return content, fields, body


def _mime(fields: list[Field], body: bytes, depth: int) -> JSON | None:
    blocks = listed_parts(fields, body)
    if blocks is None:
        return None
    return {"Parts": [_part(block, depth + 1) for block in blocks] if depth < MAX_DEPTH else []}


def _part(block: bytes, depth: int) -> JSON:
    # MailHog trims a part's line ends; where a head comes first, those at the body's beginning are not at the edge.
    content, fields, body = _content(block.rstrip(b"\r\n"))
    if not fields:
        content["Body"] = content["Body"].lstrip("\r\n")
    content["Size"] = len(block.strip(b"\r\n"))
    content["Headers"] = {name: content["Headers"][name] for name in sorted(content["Headers"])}
    content["MIME"] = _mime(fields, body, depth)
    return content


def _add_headers(headers: dict[str, list[str]], entry: Entry, hostname: str) -> None:
    """What MailHog adds to what it shows: an id where there is none, a trace line and the return path."""
    spelled = {name.lower(): name for name in headers}
    if "message-id" not in spelled:
        headers["Message-ID"] = [entry.id]
    arrived = rfc1123_local(entry.created)
    # What came otherwise than by SMTP came from nobody who said a name.
    origin = f"from {entry.helo} " if entry.helo else ""
    received = f"{origin}by {hostname} (MailHog)\r\n          id {entry.id}; {arrived}"
    headers.setdefault(spelled.get("received", "Received"), []).append(received)
    headers.setdefault(spelled.get("return-path", "Return-Path"), []).append(f"<{entry.sender}>")


def _text(data: bytes) -> str:
    return data.decode("utf-8", _REPLACE_EACH)
