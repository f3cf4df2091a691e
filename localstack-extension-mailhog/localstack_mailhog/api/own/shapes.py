"""The JSON of our own API."""

from datetime import datetime
from typing import Any

import orjson

from localstack_mailhog.api.http import Response
from localstack_mailhog.content.codes import codes_of
from localstack_mailhog.content.decoded import Decoded, Part
from localstack_mailhog.content.links import links_of
from localstack_mailhog.mailbox.digest import Digest, Summary
from localstack_mailhog.mailbox.mail import Entry

JSON = dict[str, Any]
"""A JSON object; ``openapi.json`` has its keys and types."""

JSON_TYPE = "application/json"

AUTHENTICATION = {
    "received-spf",
    "authentication-results",
    "dkim-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
}
"""The fields that say, or with which somebody may check, who sent the mail; they are shown and not judged."""


def answer(value: object, status: int = 200) -> Response:
    """A JSON response."""
    return Response(orjson.dumps(value), JSON_TYPE, status)


def refusal(status: int, text: str) -> Response:
    """What a client gets that asked for something that cannot be."""
    return answer({"error": text}, status)


def summary_json(entry: Entry, summary: Summary) -> JSON:
    """What a list has of a mail."""
    return {
        "id": entry.id,
        "position": entry.position,
        "created": rfc3339(entry.arrived),
        "sender": entry.sender,
        "recipients": entry.recipients,
        "from": summary.author,
        "subject": summary.subject,
        "snippet": summary.snippet,
        "size": entry.size,
        "attachment_count": summary.attachments,
        "unread": entry.unread,
        "tags": entry.tags,
    }


def message_json(entry: Entry, digest: Digest) -> JSON:
    """What a mail says."""
    mail = digest.decoded
    said = mail.first_values()
    return summary_json(entry, digest.summary) | {
        "helo": entry.helo,
        "to": said.get("to", ""),
        "cc": said.get("cc", ""),
        "reply_to": said.get("reply-to", ""),
        "date": said.get("date", ""),
        "message_id": said.get("message-id", "").strip("<> "),
        "headers": [{"name": name, "value": value} for name, value in mail.headers],
        "authentication": [
            {"name": name, "value": value}
            for name, value in mail.headers
            if name.lower() in AUTHENTICATION
        ],
        "text": _text(mail.text),
        "html": _text(mail.html),
        "attachments": [part_json(part) for part in mail.attachments],
        "parts": [part_json(part) for part in mail.parts],
        "links": links_json(mail),
        "codes": codes_of(mail),
    }


def part_json(part: Part) -> JSON:
    """What a part is, without its content."""
    return {
        "section": part.section,
        "content_type": part.content_type,
        "charset": part.charset,
        "filename": part.filename,
        "content_id": part.content_id,
        "disposition": part.disposition,
        "size": len(part.content),
    }


def links_json(mail: Decoded) -> list[JSON]:
    """A mail's links."""
    return [{"url": link.url, "text": link.text} for link in links_of(mail)]


def rfc3339(moment: datetime) -> str:
    """A time in UTC, to the microsecond."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _text(text: str | None) -> str | None:
    # A charset may make lone surrogates, which are no Unicode text.
    return None if text is None else text.encode("utf-8", "replace").decode()
