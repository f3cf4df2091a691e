"""One part of a mail, as a download."""

import base64
import binascii
import quopri
import re

from localstack_mailhog.api.http import Response
from localstack_mailhog.content.headers import Field, first, parameter, split_head
from localstack_mailhog.content.parts import split_parts

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"
"""What a part may do that a browser shows: a page or a drawing comes from a stranger, and has our origin."""

_SHOWN = ("Content-Type", "Content-ID", "Content-Description", "Content-Language")
"""The fields that describe a part. No others become headers of the response: a mail could set cookies."""

_UNSENDABLE = re.compile(r"[\x00-\x1f\x7f]+")


def part_response(identifier: str, raw: bytes, number: int) -> Response | None:
    """The *number*th part of a mail, counted from 0 as in its JSON, with its transfer encoding undone.

    :return: none where there is no such part
    """
    blocks = _listed(raw)
    if not 0 <= number < len(blocks):
        return None
    fields, body = split_head(blocks[number])
    disposition = _sendable(fields, "Content-Disposition")
    if not disposition:
        disposition = f'attachment; filename="{identifier}-part-{number}"'
    headers = [("Content-Disposition", disposition), ("Content-Security-Policy", POLICY)]
    for name in _SHOWN[1:]:
        if value := _sendable(fields, name):
            headers.append((name, value))
    content_type = _sendable(fields, _SHOWN[0]) or "text/plain"
    return Response(_decoded(fields, body), content_type, headers=tuple(headers))


def _listed(raw: bytes) -> list[bytes]:
    """The parts as MailHog's JSON lists them: text before the first delimiter is one."""
    fields, body = split_head(raw)
    content_type = first(fields, "Content-Type") or b""
    boundary = parameter(content_type, "boundary")
    if not content_type.lower().startswith(b"multipart/") or not boundary:
        return []
    preamble, parts = split_parts(body, boundary)
    return [preamble, *parts] if preamble.strip() else parts


def _decoded(fields: list[Field], body: bytes) -> bytes:
    encoding = (first(fields, "Content-Transfer-Encoding") or b"").strip().lower()
    if encoding == b"quoted-printable":
        return quopri.decodestring(body)
    if encoding == b"base64":
        try:
            return base64.b64decode(body)
        except binascii.Error:
            return body
    return body


def _sendable(fields: list[Field], name: str) -> str:
    """A field as a response's header: its bytes, on one line."""
    return _UNSENDABLE.sub(" ", (first(fields, name) or b"").decode("latin-1")).strip()
