"""MailHog's API, version 1."""

import asyncio
import json
from collections.abc import AsyncIterator

import orjson

from localstack_mailhog.api.http import Request, Response, Route, Stream, route
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.message import JSON, message_json
from localstack_mailhog.mailbox.store import View

JSON_TYPE = "text/json"
"""What MailHog calls JSON."""

MOST_LISTED = 1000
KEEP_ALIVE_SECONDS = 60.0
EVENTS_AT_ONCE = 10

NO_MESSAGE = Response(status=404)


class V1:
    """The handlers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._mailbox = reader.mailbox

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/v1/messages", self.messages),
            route("DELETE", "/api/v1/messages", self.delete_all),
            route("GET", "/api/v1/messages/{id}", self.message),
            route("DELETE", "/api/v1/messages/{id}", self.delete),
            route("GET", "/api/v1/messages/{id}/download", self.download),
            route("GET", "/api/v1/events", self.events),
        ]

    async def messages(self, request: Request) -> Response:
        """The newest messages, as a bare array."""

        def read(view: View) -> bytes:
            return orjson.dumps(
                [
                    orjson.Fragment(self._reader.json(view, entry))
                    for entry in view.newest(0, MOST_LISTED)
                ]
            )

        return Response(await self._reader.read(read), JSON_TYPE)

    async def delete_all(self, request: Request) -> Response:
        """Delete every message."""
        await asyncio.wrap_future(self._mailbox.delete_all())
        return Response(content_type=JSON_TYPE)

    async def message(self, request: Request) -> Response:
        """One message."""

        def read(view: View) -> bytes | None:
            entry = view.find(request.arguments["id"])
            return self._reader.json(view, entry) if entry else None

        body = await self._reader.read(read)
        return NO_MESSAGE if body is None else Response(body, JSON_TYPE)

    async def delete(self, request: Request) -> Response:
        """Delete one message."""
        found = await asyncio.wrap_future(self._mailbox.delete(request.arguments["id"]))
        return Response(content_type=JSON_TYPE) if found else NO_MESSAGE

    async def download(self, request: Request) -> Response:
        """The bytes of one message, as they came."""

        def read(view: View) -> tuple[Entry, bytes] | None:
            entry = view.find(request.arguments["id"])
            return (entry, view.raw(entry)) if entry else None

        found = await self._reader.read(read)
        if found is None:
            return NO_MESSAGE
        entry, raw = found
        disposition = f'attachment; filename="{entry.id}.eml"'
        return Response(raw, "message/rfc822", headers=(("Content-Disposition", disposition),))

    async def events(self, request: Request) -> Stream:
        """Every message that arrives from now on, as server-sent events."""
        position = await self._reader.read(View.latest)
        return Stream(self._arrivals(position), "text/event-stream")

    async def _arrivals(self, position: int) -> AsyncIterator[bytes]:
        def read(view: View) -> list[tuple[int, JSON]]:
            return [
                (entry.position, message_json(entry, view.raw(entry), self._mailbox.hostname))
                for entry in view.after(position, EVENTS_AT_ONCE)
            ]

        while True:
            revision = self._mailbox.changes.revision
            while arrived := await self._reader.read(read):
                for position, message in arrived:  # noqa: B007 - read looks at it
                    yield event(json.dumps(message, indent=2).encode("ascii"))
            try:
                await asyncio.wait_for(self._mailbox.changes.beyond(revision), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield b"keepalive: \n"


def event(text: bytes) -> bytes:
    """A server-sent event, each line of *text* marked as MailHog does."""
    return b"".join(b"data: %s\n" % line for line in text.split(b"\n")) + b"\n"
