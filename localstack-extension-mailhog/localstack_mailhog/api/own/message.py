"""One mail: what it says, its parts, links and codes."""

import re
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from localstack_mailhog.api.http import Request, Response, Route, route
from localstack_mailhog.api.own.asking import Refused, entry_of, refusing
from localstack_mailhog.api.own.shapes import JSON, answer, links_json, message_json
from localstack_mailhog.api.policy import mail_policy
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.content.codes import codes_of
from localstack_mailhog.content.decoded import Decoded, Part, decode_mail
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import View

T = TypeVar("T")

ATTACHMENT = "/api/own/messages/{id}/attachments/{name}"
_NAMED_ATTACHMENT = re.compile(
    # A content id, and what a sender calls a file name, may have slashes; the server decodes them.
    r"/api/own/messages/(?P<id>[^/]+)/attachments/(?P<name>.+)",
    re.DOTALL,
)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}", re.ASCII)  # RFC 6838
_CHARSET = re.compile(r"[a-z0-9_.:+-]{1,40}", re.ASCII)


class Message:
    """The handlers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def routes(self) -> list[Route]:
        """What is answered here."""
        one = "/api/own/messages/{id}"
        return [
            route("GET", one, refusing(self.message)),
            route("GET", f"{one}/raw", refusing(self.raw)),
            route("GET", f"{one}/text", refusing(self.text)),
            route("GET", f"{one}/html", refusing(self.html)),
            route("GET", f"{one}/links", refusing(self.links)),
            route("GET", f"{one}/codes", refusing(self.codes)),
            route("GET", f"{one}/parts/{{section}}", refusing(self.part)),
            Route("GET", ATTACHMENT, _NAMED_ATTACHMENT, refusing(self.attachment)),
        ]

    async def message(self, request: Request) -> Response:
        """Everything that the mail says."""

        def read(view: View) -> JSON:
            entry = entry_of(request, view)
            return message_json(entry, view.digest(entry))

        return answer(await self._reader.read(read))

    async def raw(self, request: Request) -> Response:
        """The bytes as they came."""
        _, raw = await self._raw(request)
        return Response(raw, "message/rfc822", headers=_protection())

    async def text(self, request: Request) -> Response:
        """The plain text."""
        text = await self._of(request, lambda mail: mail.text)
        if text is None:
            raise Refused(404, "the message has no plain text")
        return Response(
            text.encode("utf-8", "replace"), "text/plain; charset=utf-8", headers=_protection()
        )

    async def html(self, request: Request) -> Response:
        """The HTML, which can do nothing in a browser but look like something."""
        html = await self._of(request, lambda mail: mail.html)
        if html is None:
            raise Refused(404, "the message has no HTML")
        return Response(
            html.encode("utf-8", "replace"), "text/html; charset=utf-8", headers=_protection()
        )

    async def links(self, request: Request) -> Response:
        """All links, with what a reader sees of them."""
        return answer(await self._of(request, links_json))

    async def codes(self, request: Request) -> Response:
        """One-time codes, the likeliest first."""
        return answer(await self._of(request, codes_of))

    async def part(self, request: Request) -> Response:
        """The content of a part, by its section number."""
        section = request.arguments["section"]

        def find(mail: Decoded) -> Part | None:
            return next((part for part in mail.parts if part.section == section), None)

        part = await self._of(request, find)
        if part is None or part.is_divided:
            raise Refused(404, f"the message has no content at section {section}")
        return part_response(part)

    async def attachment(self, request: Request) -> Response:
        """The content of an attachment, by its content id or its file name."""
        name = request.arguments["name"]

        def find(mail: Decoded) -> Part | None:
            by_id = (part for part in mail.attachments if part.content_id == name)
            by_name = (part for part in mail.attachments if part.filename == name)
            return next(by_id, None) or next(by_name, None)

        part = await self._of(request, find)
        if part is None:
            raise Refused(404, f"the message has no attachment {name}")
        return part_response(part)

    async def _of(self, request: Request, what: Callable[[Decoded], T]) -> T:
        _, raw = await self._raw(request)
        return await self._reader.work(lambda: what(decode_mail(raw)))

    async def _raw(self, request: Request) -> tuple[Entry, bytes]:
        def read(view: View) -> tuple[Entry, bytes]:
            entry = entry_of(request, view)
            return entry, view.raw(entry)

        return await self._reader.read(read)


def part_response(part: Part) -> Response:
    """A part's content, to be saved under its name."""
    name = "".join(c if c.isprintable() and c not in "/\\" else "_" for c in part.filename)
    plain = name.encode("ascii", "replace").decode()
    plain = re.sub(r'[?"%]', "_", plain) or "part"
    disposition = f'attachment; filename="{plain}"'
    if name and name != plain:
        # RFC 6266, 4.3
        disposition += f"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
    return Response(
        part.content,
        _media_type(part),
        headers=(("Content-Disposition", disposition), *_protection()),
    )


def _media_type(part: Part) -> str:
    """The part's own type, as far as it can stand in a response's header."""
    if not _MEDIA_TYPE.fullmatch(part.content_type):
        return "application/octet-stream"
    if part.content_type.startswith("text/") and _CHARSET.fullmatch(part.charset or ""):
        return f"{part.content_type}; charset={part.charset}"
    return part.content_type


def _protection() -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Security-Policy", mail_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    )
