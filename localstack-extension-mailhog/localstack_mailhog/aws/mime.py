"""What SES is asked to send, as the mails that it would send.

The requests are those of the SES API (v1) as botocore names their fields. A mail has the envelope and the headers
that SES makes: the message id in ``Message-ID``, the time in ``Date``, no ``Bcc``.
https://docs.aws.amazon.com/ses/latest/dg/header-fields.html
"""

import binascii
import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from typing import Any

from localstack_mailhog.aws.templates import parse_data, render
from localstack_mailhog.content.headers import decode_bytes, first, split_head
from localstack_mailhog.mailbox.mail import Mail

SesRequest = Mapping[str, Any]
"""A request of the SES API; its fields depend on the operation."""

Template = Mapping[str, str]
"""A stored template, with ``subject_part``, ``text_part`` and ``html_part``."""

LONGEST_LINE = 998
"""In bytes without the line end (RFC 5322, 2.1.1)."""

_OVERRIDDEN = re.compile(
    rb"^(?:bcc|date|message-id|return-path)[ \t]*:.*\r\n(?:[ \t].*\r\n)*",
    re.IGNORECASE | re.MULTILINE,
)


def simple_mail(request: SesRequest, message_id: str, region: str) -> Mail:
    """The mail of ``SendEmail``."""
    message = request.get("Message") or {}
    body = message.get("Body") or {}
    return _compose(
        request,
        request.get("Destination") or {},
        subject=_data(message.get("Subject")),
        body=_body(body.get("Text"), body.get("Html")),
        tags=request.get("Tags"),
        message_id=message_id,
        region=region,
    )


def templated_mail(request: SesRequest, template: Template, message_id: str, region: str) -> Mail:
    """The mail of ``SendTemplatedEmail``.

    :raises localstack_mailhog.aws.templates.RenderingError: where SES could not render it either
    """
    data = parse_data(request.get("TemplateData"))
    destination = request.get("Destination") or {}
    return _compose_rendered(
        request, template, data, destination, request.get("Tags"), message_id, region
    )


def bulk_mail(
    request: SesRequest, number: int, template: Template, message_id: str, region: str
) -> Mail:
    """The mail to the destination *number* (from 0) of ``SendBulkTemplatedEmail``.

    :raises localstack_mailhog.aws.templates.RenderingError: where SES could not render it either
    """
    entry = request["Destinations"][number]
    data = {
        **parse_data(request.get("DefaultTemplateData")),
        **parse_data(entry.get("ReplacementTemplateData")),
    }
    tags = entry.get("ReplacementTags") or request.get("DefaultTags")
    destination = entry.get("Destination") or {}
    return _compose_rendered(request, template, data, destination, tags, message_id, region)


def raw_mail(request: SesRequest, message_id: str, region: str) -> Mail:
    """The mail of ``SendRawEmail``: the bytes given, but for the headers that SES replaces or takes away."""
    raw = _with_line_ends(_as_bytes(request["RawMessage"]["Data"]))
    fields, body = split_head(raw)
    head = raw[: len(raw) - len(body)] if fields else b"\r\n"
    sender = (
        request.get("Source")
        or _written(first(fields, "Return-Path") or b"")
        or _written(first(fields, "From") or b"")
    )
    recipients = request.get("Destinations") or [
        _written(value) for name, value in fields if name.lower() in ("to", "cc", "bcc")
    ]
    ours = [
        *_identification(message_id, region),
        *_bookkeeping(request, request.get("Tags")),
    ]
    return Mail(
        sender=_address(sender),
        recipients=_addresses(recipients),
        raw=_head(ours) + _OVERRIDDEN.sub(b"", head) + body,
    )


def _compose_rendered(
    request: SesRequest,
    template: Template,
    data: dict[str, Any],
    destination: Mapping[str, list[str]],
    tags: Iterable[Mapping[str, str]] | None,
    message_id: str,
    region: str,
) -> Mail:
    subject, text, html = (
        render(template.get(part) or "", data)
        for part in ("subject_part", "text_part", "html_part")
    )
    body = _body({"Data": text} if text else None, {"Data": html} if html else None)
    return _compose(
        request,
        destination,
        subject=subject,
        body=body,
        tags=tags,
        message_id=message_id,
        region=region,
    )


def _compose(
    request: SesRequest,
    destination: Mapping[str, list[str]],
    *,
    subject: str,
    body: bytes,
    tags: Iterable[Mapping[str, str]] | None,
    message_id: str,
    region: str,
) -> Mail:
    to, cc, bcc = (
        destination.get(kind) or [] for kind in ("ToAddresses", "CcAddresses", "BccAddresses")
    )
    fields = [
        ("From", _address_list([request["Source"]])),
        ("To", _address_list(to)),
        ("Cc", _address_list(cc)),
        ("Reply-To", _address_list(request.get("ReplyToAddresses") or [])),
        ("Subject", _unstructured("Subject", subject)),
        *_identification(message_id, region),
        *_bookkeeping(request, tags),
    ]
    return Mail(
        # Bounces go to the return path, which is what the envelope's sender is.
        sender=_address(request.get("ReturnPath") or request["Source"]),
        recipients=_addresses([*to, *cc, *bcc]),
        raw=_head(fields) + body,
    )


def _identification(message_id: str, region: str) -> list[tuple[str, str]]:
    # us-east-1 is the region that SES started in.
    domain = "email" if region == "us-east-1" else region
    return [
        ("Date", format_datetime(datetime.now(UTC))),
        ("Message-ID", f"<{message_id}@{domain}.amazonses.com>"),
    ]


def _bookkeeping(
    request: SesRequest, tags: Iterable[Mapping[str, str]] | None
) -> list[tuple[str, str]]:
    """What belongs to the send and not to the mail, in the headers that SES takes it from in raw mail."""
    pairs = ", ".join(f"{tag.get('Name', '')}={tag.get('Value', '')}" for tag in tags or [])
    return [
        ("X-SES-CONFIGURATION-SET", _one_line(request.get("ConfigurationSetName") or "")),
        ("X-SES-MESSAGE-TAGS", _one_line(pairs)),
    ]


def _body(text: Mapping[str, str] | None, html: Mapping[str, str] | None) -> bytes:
    """The content with its headers: text, HTML, or both as alternatives, each in the character set it asks for."""
    entities = [
        _entity(kind, content)
        for kind, content in (("plain", text), ("html", html))
        if content is not None
    ]
    if len(entities) < 2:
        return b"MIME-Version: 1.0\r\n" + (entities[0] if entities else _entity("plain", {}))
    boundary = f"----=_Part_{secrets.token_hex(12)}"
    head = [
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    delimiter = f"\r\n--{boundary}".encode()
    parts = b"".join(delimiter + b"\r\n" + entity for entity in entities)
    return _head(head) + parts + delimiter + b"--\r\n"


def _entity(kind: str, content: Mapping[str, str]) -> bytes:
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


def _head(fields: Iterable[tuple[str, str]]) -> bytes:
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
    return " ".join(text.splitlines()).strip()


def _data(content: Mapping[str, str] | None) -> str:
    return (content or {}).get("Data") or ""


def _as_bytes(data: bytes | str) -> bytes:
    return data.encode("utf-8", "surrogateescape") if isinstance(data, str) else bytes(data)


def _with_line_ends(raw: bytes) -> bytes:
    """*raw* with every line ended by CR LF, as it leaves SES."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
