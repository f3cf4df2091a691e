"""What a request of SES v2 sends: the requests that it stands for, checked, and their templates filled in.

Requests are those of ``SendEmail`` and ``SendBulkEmail`` as botocore names their fields.
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
"""

import json
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import quote

from localstack_mailhog.aws.mime import Request, recipients
from localstack_mailhog.aws.templates import InvalidData, RenderingError, parse_data, render

MAX_RECIPIENTS = 50
"""How many addresses a send may have, To, Cc and Bcc together."""

UNSUBSCRIBE = "amazonSESUnsubscribeUrl"
"""The name for which SES puts the address of its page for unsubscribing.

https://docs.aws.amazon.com/ses/latest/dg/sending-email-subscription-management.html
"""

FindTemplate = Callable[[str], Mapping[str, str] | None]
"""Gives a stored template by its name, as ``Subject``, ``Text`` and ``Html``; none where there is none."""

_HEADER_NAME = re.compile(r"[!-9;-~]{1,126}")
_UNSUBSCRIBE_TAG = re.compile(r"\{\{\s*" + UNSUBSCRIBE + r"\s*\}\}")
_CONTENTS = {"Simple", "Raw", "Template"}


class InvalidRequest(ValueError):
    """SES refuses the request at once. The text is what it says to the client."""


def sends(request: Request) -> list[Request]:
    """The ``SendEmail`` that *request* is, or those that it stands for, one for each destination of a bulk send."""
    if "BulkEmailEntries" not in request:
        return [request]
    return [_send_to(entry, request) for entry in request["BulkEmailEntries"] or []]


def check(send: Request) -> None:
    """See whether SES takes *send*, as far as that can be said without its account's data.

    :raises InvalidRequest: where it does not
    """
    content = {kind for kind, value in (send.get("Content") or {}).items() if value is not None}
    if len(content & _CONTENTS) != 1:
        raise InvalidRequest("Exactly one of Simple, Raw and Template must be given as content.")
    check_is_deliverable(send)
    addresses = recipients(send)
    if len(addresses) > MAX_RECIPIENTS:
        raise InvalidRequest(f"Recipient count exceeds {MAX_RECIPIENTS}.")
    for address in addresses:
        if not is_address(address):
            raise InvalidRequest(f"Invalid email address {address}.")
    message = send["Content"].get("Simple") or send["Content"].get("Template") or {}
    for header in message.get("Headers") or []:
        _check_header(header)


def check_is_deliverable(send: Request) -> None:
    """See whether *send* has a recipient and data that can be read, without which there is no mail.

    :raises InvalidRequest: where it does not
    """
    if not recipients(send):
        raise InvalidRequest("Missing required header 'To'.")
    if template := send["Content"].get("Template"):
        try:
            parse_data(template.get("TemplateData"))
        except InvalidData:
            raise InvalidRequest("Unable to parse template data (invalid JSON).") from None


def template_name(template: Request) -> str:
    """The name of the stored template that a ``Template`` refers to; empty where it brings its own content."""
    if template.get("TemplateContent"):
        return ""
    arn = template.get("TemplateArn") or ""
    return str(template.get("TemplateName") or arn.rpartition("/")[2])


def rendered(send: Request, find_template: FindTemplate) -> Request:
    """*send* with its template filled in, if it has one, so that its content is ``Simple`` or ``Raw``.

    :raises RenderingError: where SES could not render it either
    """
    content = send["Content"]
    url = _unsubscribe_url(send.get("ListManagementOptions"))
    if template := content.get("Template"):
        message = _filled(template, find_template, {UNSUBSCRIBE: url} if url else {})
    elif content.get("Simple"):
        message = _with_unsubscribe_url(content["Simple"], url)
    else:
        return send
    if url:
        message["Headers"] = [
            *(message.get("Headers") or []),
            {"Name": "List-Unsubscribe", "Value": f"<{url}>"},
            {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
        ]
    return {**send, "Content": {"Simple": message}}


def is_address(text: str) -> bool:
    """Whether *text* is an address, with or without a name before it."""
    local, at, domain = parseaddr(text)[1].rpartition("@")
    return bool(local and at and domain)


def _send_to(entry: Request, bulk: Request) -> Request:
    """The send to one destination of *bulk*: its own data and headers before those of all."""
    template = (bulk.get("DefaultContent") or {}).get("Template") or {}
    own = (entry.get("ReplacementEmailContent") or {}).get("ReplacementTemplate") or {}
    headers = entry.get("ReplacementHeaders") or []
    replaced = {header.get("Name", "").lower() for header in headers}
    kept = [
        header
        for header in template.get("Headers") or []
        if header.get("Name", "").lower() not in replaced
    ]
    return {
        **bulk,
        "Destination": entry.get("Destination"),
        "EmailTags": entry.get("ReplacementTags") or bulk.get("DefaultEmailTags"),
        "Content": {
            "Template": {
                **template,
                "TemplateData": _merged(
                    template.get("TemplateData"), own.get("ReplacementTemplateData")
                ),
                "Headers": [*kept, *headers],
            }
        },
    }


def _merged(default: str | None, own: str | None) -> str | None:
    """The data of all with a destination's own over it; what is no object is left for :func:`check` to find."""
    data = {}
    for text in (default, own):
        try:
            data.update(parse_data(text))
        except InvalidData:
            return text
    return json.dumps(data)


def _filled(
    template: Request, find_template: FindTemplate, more: Mapping[str, str]
) -> dict[str, Any]:
    parts = template.get("TemplateContent") or find_template(template_name(template))
    if parts is None:
        raise RenderingError(f"there is no template {template_name(template)!r} any more")
    data = {**parse_data(template.get("TemplateData")), **more}
    subject, text, html = (
        render(parts.get(part) or "", data) for part in ("Subject", "Text", "Html")
    )
    return {
        "Subject": {"Data": subject},
        "Body": {
            kind: {"Data": content} for kind, content in (("Text", text), ("Html", html)) if content
        },
        "Headers": template.get("Headers"),
        "Attachments": template.get("Attachments"),
    }


def _with_unsubscribe_url(message: Request, url: str) -> dict[str, Any]:
    if not url:
        return dict(message)
    body = {
        kind: {**content, "Data": _UNSUBSCRIBE_TAG.sub(lambda _: url, content.get("Data") or "")}
        for kind, content in (message.get("Body") or {}).items()
    }
    return {**message, "Body": body}


def _unsubscribe_url(options: Request | None) -> str:
    """An address that looks like SES's and leads nowhere; empty where no list is named."""
    if not options:
        return ""
    names = (options.get("ContactListName"), options.get("TopicName"))
    path = "/".join(quote(name, safe="") for name in names if name)
    return f"https://unsubscribe.amazonses.example/{path}"


def _check_header(header: Request) -> None:
    name, value = header.get("Name") or "", header.get("Value") or ""
    if not _HEADER_NAME.fullmatch(name):
        raise InvalidRequest(f"Invalid header name {name!r}.")
    if len(value.splitlines()) > 1:
        raise InvalidRequest(f"The value of the header {name} has a line end.")
