"""One part of a mail, as a download."""

import re

from localstack_mailhog.api.http import Response
from localstack_mailhog.content.decoded import Part
from localstack_mailhog.content.headers import Field, first, split_head
from localstack_mailhog.mailbox.message import listed_parts

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"
"""What a part may do that a browser shows: a page or a drawing comes from a stranger, and has our origin."""

DESCRIBING = ("Content-ID", "Content-Description", "Content-Language")
"""The fields that become headers of the response as they are. Others do not: a mail could set cookies."""

MOST_VALUE = 2000
"""How long a field's value may be as a header, in bytes; clients take no line of any length."""

_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]+")


def part_response(identifier: str, raw: bytes, number: int) -> Response | None:
    """The *number*th part of a mail, counted from 0 as in its JSON, with its transfer encoding undone.

    :return: none where there is no such part
    """
    blocks = listed_parts(*split_head(raw)) or []
    if not 0 <= number < len(blocks):
        return None
    fields, body = split_head(blocks[number])
    name = f'attachment; filename="{identifier}-part-{number}"'
    headers = [
        ("Content-Disposition", _sendable(fields, "Content-Disposition") or name),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
    ]
    headers += [(name, value) for name in DESCRIBING if (value := _sendable(fields, name))]
    content_type = _sendable(fields, "Content-Type") or "text/plain"
    return Response(Part("", fields, body).content, content_type, headers=tuple(headers))


def _sendable(fields: list[Field], name: str) -> str:
    """A field as a response's header: its bytes, on one line; empty where it cannot be one."""
    value = first(fields, name) or b""
    if len(value) > MOST_VALUE:
        return ""
    return _UNSENDABLE.sub(" ", value.decode("latin-1")).strip()
