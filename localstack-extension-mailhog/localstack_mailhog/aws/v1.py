"""SES's API of 2010 (v1) in the terms of its API v2, which can say all that v1 can.

https://docs.aws.amazon.com/ses/latest/APIReference/API_Operations.html
"""

from collections.abc import Callable
from typing import Any

from localstack_mailhog.aws.mime import Request


def send_email(request: Request) -> Request:
    """``SendEmail`` as v2's operation of that name."""
    return _common(request, "Tags") | {
        "Destination": request.get("Destination"),
        "Content": {"Simple": request.get("Message")},
    }


def send_raw_email(request: Request) -> Request:
    """``SendRawEmail`` as v2's ``SendEmail``: its destinations are of no kind, and shown in no header."""
    return _common(request, "Tags") | {
        "Destination": {"ToAddresses": request.get("Destinations")},
        "Content": {"Raw": request.get("RawMessage")},
    }


def send_templated_email(request: Request) -> Request:
    """``SendTemplatedEmail`` as v2's ``SendEmail``."""
    return _common(request, "Tags") | {
        "Destination": request.get("Destination"),
        "Content": {"Template": _template(request, "TemplateData")},
    }


def send_bulk_templated_email(request: Request) -> Request:
    """``SendBulkTemplatedEmail`` as v2's ``SendBulkEmail``."""
    common = _common(request, "DefaultTags")
    return common | {
        "DefaultEmailTags": common["EmailTags"],
        "DefaultContent": {"Template": _template(request, "DefaultTemplateData")},
        "BulkEmailEntries": [_entry(entry) for entry in request.get("Destinations") or []],
    }


SENDS: dict[str, Callable[[Request], Request]] = {
    "SendEmail": send_email,
    "SendRawEmail": send_raw_email,
    "SendTemplatedEmail": send_templated_email,
    "SendBulkTemplatedEmail": send_bulk_templated_email,
}
"""The operations that send what their request says."""


def _common(request: Request, tags: str) -> dict[str, Any]:
    return {
        "FromEmailAddress": request.get("Source"),
        "ReplyToAddresses": request.get("ReplyToAddresses"),
        "FeedbackForwardingEmailAddress": request.get("ReturnPath"),
        "ConfigurationSetName": request.get("ConfigurationSetName"),
        "EmailTags": request.get(tags),
    }


def _template(request: Request, data: str) -> Request:
    return {
        "TemplateName": request.get("Template"),
        "TemplateArn": request.get("TemplateArn"),
        "TemplateData": request.get(data),
    }


def _entry(entry: Request) -> Request:
    return {
        "Destination": entry.get("Destination"),
        "ReplacementTags": entry.get("ReplacementTags"),
        "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": entry.get("ReplacementTemplateData")}
        },
    }
