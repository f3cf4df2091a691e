"""The mail that SES makes of a send.

A send is a request of ``SendEmail`` of SES v2, as botocore names its fields, whose content is ``Simple`` or ``Raw``.
The mail has the envelope and the headers that SES makes: the message id in ``Message-ID``, the time in ``Date``, no
``Bcc``. https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
"""

import base64
import binascii
import mimetypes
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.header import Header
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from typing import Any

from localstack_mailhog.content.headers import Field, decode_bytes, first, split_head
from localstack_mailhog.mailbox.mail import Mail

Request = Mapping[str, Any]
"""A request of the SES API; its fields depend on the operation."""

LONGEST_LINE = 998
"""In bytes without the line end (RFC 5322, 2.1.1)."""

HeaderField = tuple[str, str]
"""A header's name and its value as it is to be written; an empty one is left out."""

_LISTS = ("ToAddresses", "CcAddresses", "BccAddresses")


def source(send: Request) -> str:
    """Who sends, with the name if there is one: what the request says, or else its raw mail's header; may be empty."""
    if send.get("FromEmailAddress"):
        return str(send["FromEmailAddress"])
    return _written(first(_raw_fields(send), "From") or b"")


def recipients(send: Request) -> tuple[str, ...]:
    """The bare addresses that the mail goes to, each once: the request's, or else those in its raw mail's headers."""
    destination = send.get("Destination") or {}
    texts = [text for kind in _LISTS for text in destination.get(kind) or []]
    if not texts:
        texts = [
            _written(value)
            for name, value in _raw_fields(send)
            if name.lower() in ("to", "cc", "bcc")
        ]
    return _addresses(texts)


def compose(send: Request, message_id: str, region: str) -> Mail:
    """The mail of *send*.

    :param message_id: as SES has answered it
    """
    ours = [*_identification(message_id, region), *_bookkeeping(send)]
    content = send["Content"]
    return Mail(
        sender=_address(_return_path(send)),
        recipients=recipients(send),
        raw=_raw(send, ours) if "Raw" in content else _simple(send, content["Simple"], ours),
    )


def _simple(send: Request, message: Request, ours: list[HeaderField]) -> bytes:
    to, cc = ((send.get("Destination") or {}).get(kind) or [] for kind in _LISTS[:2])
    fields = [
        ("From", _address_list([source(send)])),
        ("To", _address_list(to)),
        ("Cc", _address_list(cc)),
        ("Reply-To", _address_list(send.get("ReplyToAddresses") or [])),
        ("Subject", _unstructured("Subject", _data(message.get("Subject")))),
        *(
            (header["Name"], _unstructured(header["Name"], header["Value"]))
            for header in message.get("Headers") or []
        ),
        *ours,
        ("MIME-Version", "1.0"),
    ]
    return _head(fields) + _content(message)


def _raw(send: Request, ours: list[HeaderField]) -> bytes:
    """The bytes given, but for the headers that SES replaces or takes away."""
    raw = _with_line_ends(_raw_data(send))
    fields, body = split_head(raw)
    head = raw[: len(raw) - len(body)] if fields else b"\r\n"
    names = "|".join(["bcc", "return-path", *(name for name, value in ours if value)])
    replaced = rb"^(?:%s)[ \t]*:.*\r\n(?:[ \t].*\r\n)*" % names.encode()
    return _head(ours) + re.sub(replaced, b"", head, flags=re.IGNORECASE | re.MULTILINE) + body


def _return_path(send: Request) -> str:
    """Where bounces go, which is what the envelope's sender is."""
    return (
        send.get("FeedbackForwardingEmailAddress")
        or send.get("FromEmailAddress")
        or _written(first(_raw_fields(send), "Return-Path") or b"")
        or source(send)
    )


def _raw_fields(send: Request) -> list[Field]:
    """The header of the raw mail; nothing where the mail is not raw."""
    return split_head(_raw_data(send))[0] if "Raw" in (send.get("Content") or {}) else []


def _raw_data(send: Request) -> bytes:
    data = (send["Content"]["Raw"] or {}).get("Data") or b""
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)


# What every mail of SES has


def _identification(message_id: str, region: str) -> list[HeaderField]:
    # us-east-1 is the region that SES started in.
    domain = "email" if region == "us-east-1" else region
    return [
        ("Date", format_datetime(datetime.now(UTC))),
        ("Message-ID", f"<{message_id}@{domain}.amazonses.com>"),
    ]


def _bookkeeping(send: Request) -> list[HeaderField]:
    """What belongs to the send and not to the mail, in the headers that SES takes it from in raw mail."""
    tags = send.get("EmailTags") or []
    pairs = ", ".join(f"{tag.get('Name', '')}={tag.get('Value', '')}" for tag in tags)
    return [
        ("X-SES-CONFIGURATION-SET", _one_line(send.get("ConfigurationSetName") or "")),
        ("X-SES-MESSAGE-TAGS", _one_line(pairs)),
    ]


# The content


def _content(message: Request) -> bytes:
    """The content with its headers: text, HTML, or both as alternatives; what the HTML shows beside it; what is attached."""
    body = message.get("Body") or {}
    texts = [
        _text(kind, body[name])
        for name, kind in (("Text", "plain"), ("Html", "html"))
        if body.get(name) is not None
    ]
    attachments = message.get("Attachments") or []
    shown = [_attachment(each) for each in attachments if _is_inline(each)]
    attached = [_attachment(each) for each in attachments if not _is_inline(each)]
    entity = _multipart("alternative", texts) if texts else _text("plain", {})
    return _multipart("mixed", [_multipart("related", [entity, *shown]), *attached])


def _multipart(kind: str, entities: list[bytes]) -> bytes:
    """The entities as one; a single one as it is."""
    if len(entities) == 1:
        return entities[0]
    boundary = f"----=_Part_{secrets.token_hex(12)}"
    delimiter = f"\r\n--{boundary}".encode()
    parts = b"".join(delimiter + b"\r\n" + entity for entity in entities)
    head = _head([("Content-Type", f'multipart/{kind}; boundary="{boundary}"')])
    return head + parts + delimiter + b"--\r\n"


def _text(kind: str, content: Mapping[str, str]) -> bytes:
    """A text with its headers, in seven bits and short lines, so that it survives whatever reads it."""
    text = re.sub(r"\r\n|\r|\n", "\r\n", _data(content))
    charset = _charset(text, content)
    data = (text if text.endswith("\r\n") else text + "\r\n").encode(charset)
    encoding = "7bit"
    if not data.isascii() or max(map(len, data.split(b"\r\n"))) > LONGEST_LINE:
        encoding, data = "quoted-printable", binascii.b2a_qp(data, istext=True)
    head = [
        ("Content-Type", f'text/{kind}; charset="{charset}"'),
        ("Content-Transfer-Encoding", encoding),
    ]
    return _head(head) + b"\r\n" + data


def _attachment(attachment: Request) -> bytes:
    """An attachment with its headers. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html"""
    name = _one_line(attachment.get("FileName") or "")
    encoding, data = _encoded(
        bytes(attachment["RawContent"]), attachment.get("ContentTransferEncoding") or ""
    )
    part = MIMEPart(SMTP)
    part["Content-Type"] = _media_type(attachment.get("ContentType") or "", name)
    part["Content-Transfer-Encoding"] = encoding
    part.add_header(
        "Content-Disposition",
        "inline" if _is_inline(attachment) else "attachment",
        filename=name if name.isascii() else ("utf-8", "", name),
    )
    if content_id := _one_line(attachment.get("ContentId") or "").strip("<>"):
        part["Content-ID"] = f"<{content_id}>"
    if description := _one_line(attachment.get("ContentDescription") or ""):
        part["Content-Description"] = description
    return part.as_bytes() + data


def _is_inline(attachment: Request) -> bool:
    return attachment.get("ContentDisposition") == "INLINE"


def _media_type(wanted: str, file_name: str) -> str:
    wanted = _one_line(wanted)
    if re.match(r"[\w.+-]+/[\w.+-]+", wanted, re.ASCII):
        return wanted
    return mimetypes.guess_type(file_name)[0] or "application/octet-stream"


def _encoded(data: bytes, wanted: str) -> tuple[str, bytes]:
    """*data* in the transfer encoding asked for, with its name; in Base64 where it cannot be in that one."""
    if wanted == "QUOTED_PRINTABLE":
        # Every line end of the data is encoded, so those left are the encoding's own.
        return "quoted-printable", binascii.b2a_qp(data, istext=False).replace(b"\n", b"\r\n")
    if wanted == "SEVEN_BIT" and data.isascii() and _has_mail_lines(data):
        return "7bit", data
    return "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")


def _has_mail_lines(data: bytes) -> bool:
    """Whether the lines of *data* could stand in a mail as they are (RFC 5322, 2.3)."""
    lines = data.split(b"\r\n")
    return all(
        len(line) <= LONGEST_LINE and b"\r" not in line and b"\n" not in line for line in lines
    )


def _charset(text: str, content: Mapping[str, str]) -> str:
    """The character set asked for, if it exists and has what is to be said; else UTF-8."""
    charset = content.get("Charset") or "us-ascii"
    try:
        text.encode(charset)
        # Others have line ends that mail does not know, or are nothing that may stand in a header.
        is_usable = "\r\n".encode(charset) == b"\r\n" and re.fullmatch(r"[\w.:+-]+", charset)
    except (LookupError, ValueError):
        return "utf-8"
    return charset if is_usable else "utf-8"


# Headers


def _head(fields: Iterable[HeaderField]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in fields if value).encode(
        "utf-8", "replace"
    )


def _unstructured(name: str, text: str) -> str:
    text = _one_line(text)
    if text.isascii():
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _address_list(addresses: Iterable[str]) -> str:
    return ",\r\n ".join(_encoded_address(_one_line(address)) for address in addresses)


def _encoded_address(address: str) -> str:
    if address.isascii():
        return address
    name, plain = parseaddr(address)
    return formataddr((name, plain), "utf-8") if plain.isascii() and plain else address


def _address(text: str) -> str:
    """The bare address in *text*, which may have a name before it."""
    return parseaddr(_one_line(text))[1] or _one_line(text)


def _addresses(texts: Iterable[str]) -> tuple[str, ...]:
    """The bare addresses in *texts*, each once; a text that has one, but is not well-formed, as it is."""
    found: list[str] = []
    for text in map(_one_line, texts):
        plain = [address for _, address in getaddresses([text]) if address]
        found += plain or ([text] if "@" in text else [])
    return tuple(dict.fromkeys(found))


def _written(value: bytes) -> str:
    """A field's value with its encoded words left alone: a name in one may have a comma."""
    return decode_bytes(value, "utf-8", "latin-1")


def _one_line(text: str) -> str:
    """*text* without line ends, which would begin another header."""
    return " ".join(_encodable(text).splitlines()).strip()


def _data(content: Mapping[str, str] | None) -> str:
    return _encodable((content or {}).get("Data") or "")


def _encodable(text: str) -> str:
    """*text* without the halves of characters, which JSON can have and no character set has."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _with_line_ends(raw: bytes) -> bytes:
    """*raw* with every line ended by CR LF, as it leaves SES."""
    # Three passes of replace are ten times as fast as one of a pattern.
    lines = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
