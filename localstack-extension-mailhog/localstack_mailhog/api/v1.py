"""MailHog's API, version 1."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator

import orjson

from localstack_mailhog.api.arrivals import arrivals
from localstack_mailhog.api.http import (
    Request,
    Response,
    Route,
    Stream,
    plain,
    route,
)
from localstack_mailhog.api.parts import part_response
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.go_json import parse
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.store import View
from localstack_mailhog.smtp.outgoing import Outgoing, OutgoingServers, UnknownServer
from localstack_mailhog.smtp.relay import RelayError, send_beside
from localstack_shared.serving import first_of

LOG = logging.getLogger(__name__)

JSON_TYPE = "text/json"
"""What MailHog calls JSON."""

MOST_LISTED = 1000
KEEP_ALIVE_SECONDS = 60.0

NO_MESSAGE = Response(status=404)


class V1:
    """The handlers.

    :param outgoing: the servers that mail can be released to by name
    :param stopping: set when the sink stops; nobody waits for a server then
    """

    def __init__(self, reader: Reader, outgoing: OutgoingServers, stopping: asyncio.Event) -> None:
        self._reader = reader
        self._mailbox = reader.mailbox
        self._outgoing = outgoing
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/v1/messages", self.messages),
            route("DELETE", "/api/v1/messages", self.delete_all),
            route("GET", "/api/v1/messages/{id}", self.message),
            route("DELETE", "/api/v1/messages/{id}", self.delete),
            route("GET", "/api/v1/messages/{id}/download", self.download),
            route("GET", "/api/v1/messages/{id}/mime/part/{part}/download", self.download_part),
            route("POST", "/api/v1/messages/{id}/release", self.release),
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
        found = await self._find(request)
        if found is None:
            return NO_MESSAGE
        entry, raw = found
        disposition = f'attachment; filename="{entry.id}.eml"'
        return Response(raw, "message/rfc822", headers=(("Content-Disposition", disposition),))

    async def download_part(self, request: Request) -> Response:
        """One of the parts that the message's ``MIME`` lists, decoded; what is no number is taken for the first."""
        part = request.arguments["part"]
        number = int(part) if re.fullmatch(r"[+-]?[0-9]{1,9}", part) else 0

        def read(view: View) -> Response | None:
            entry = view.find(request.arguments["id"])
            return part_response(entry.id, view.raw(entry), number) if entry else None

        return await self._reader.read(read) or NO_MESSAGE

    async def release(self, request: Request) -> Response:
        """Send a message on to a real server, as it came."""
        found = await self._find(request)
        if found is None:
            return NO_MESSAGE
        entry, raw = found
        try:
            asked = Outgoing.from_json(parse(request.body))
        except ValueError as error:
            return plain(500, f"Error decoding request body: {error}")
        try:
            wanted = self._wanted(asked)
            server = wanted.server()
        except UnknownServer:
            return plain(400, f"no outgoing server has the name {asked.name!r}")
        except ValueError as error:
            return plain(400, str(error))
        sender = f"nobody@{self._mailbox.hostname}"
        try:
            await first_of(send_beside(server, sender, [wanted.email], raw), self._stopping.wait())
        except RelayError as error:
            LOG.warning("%s was not released to %s: %s", entry.id, wanted.email, error)
            return plain(500, str(error))
        if self._stopping.is_set():
            return plain(503, "the mail sink stops; whether the server took the mail is not known")
        LOG.info("%s was released to %s by %s", entry.id, wanted.email, server)
        if asked.save:
            self._outgoing.save(asked)
        return Response(content_type=JSON_TYPE)

    def _wanted(self, asked: Outgoing) -> Outgoing:
        """*asked*, completed.

        :raises UnknownServer: where it names none that is known
        :raises ValueError: where it cannot be done; the text is for the client
        """
        if asked.save and not asked.name:
            raise ValueError("Name is needed to save a server")
        if asked.save and asked.name in self._outgoing:
            raise ValueError(f"an outgoing server has the name {asked.name!r} already")
        wanted = self._outgoing.complete(asked)
        if not wanted.email or not wanted.email.isprintable():
            raise ValueError("Email is needed: the recipient's address")
        return wanted

    async def _find(self, request: Request) -> tuple[Entry, bytes] | None:
        def read(view: View) -> tuple[Entry, bytes] | None:
            entry = view.find(request.arguments["id"])
            return (entry, view.raw(entry)) if entry else None

        return await self._reader.read(read)

    async def events(self, request: Request) -> Stream:
        """Every message that arrives from now on, as server-sent events."""
        position = await self._reader.read(View.latest)
        return Stream(self._arrivals(position), "text/event-stream")

    async def _arrivals(self, position: int) -> AsyncIterator[bytes]:
        async for arrived in arrivals(
            self._reader, position, self._reader.json, KEEP_ALIVE_SECONDS
        ):
            if arrived is None:
                yield b"keepalive: \n"
            else:
                yield event(json.dumps(orjson.loads(arrived[1]), indent=2).encode("ascii"))


def event(text: bytes) -> bytes:
    """A server-sent event, each line of *text* marked as MailHog does."""
    return b"".join(b"data: %s\n" % line for line in text.split(b"\n")) + b"\n"
