"""What MailHog's API lacks: reading on from a place, waiting for mail, and what this sink is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson

from localstack_mailhog import __version__
from localstack_mailhog.api.http import Request, Response, Route, Stream, route
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.api.v1 import KEEP_ALIVE_SECONDS, event
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.message import rfc3339_local
from localstack_mailhog.mailbox.store import View
from localstack_shared.settings import Address

JSON_TYPE = "application/json"

SERVICE = "localstack-mailhog"
"""How a client tells this sink from MailHog and from whatever else may listen there."""

DEFAULT_LIMIT = 50
MOST_LISTED = 250
MOST_SECONDS = 60.0
HEAD_BYTES = 1 << 16
"""How far into a mail its head is looked for."""


class Own:
    """The handlers.

    :param smtp: where SMTP really listens
    :param stopping: set when the sink stops; whoever waits returns then
    """

    def __init__(self, reader: Reader, smtp: Address, stopping: asyncio.Event) -> None:
        self._reader = reader
        self._changes = reader.mailbox.changes
        self._smtp = smtp
        self._stopping = stopping

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/own/status", self.status),
            route("GET", "/api/own/messages", self.messages),
            route("GET", "/api/own/changes", self.changes),
        ]

    async def status(self, request: Request) -> Response:
        """What this sink is, where it takes mail, and how much there is."""
        status = {
            "service": SERVICE,
            "version": __version__,
            "smtp": {"host": self._smtp.host, "port": self._smtp.port},
            **await self._reader.read(_counts),
        }
        return Response(orjson.dumps(status), JSON_TYPE)

    async def messages(self, request: Request) -> Response:
        """Summaries of what came after a position, oldest first; with ``wait``, once something has come.

        ``after`` is a position (0), ``limit`` at most 250 (50), ``wait`` at most 60 seconds (0). The answer's
        ``position`` is where to read on.
        """
        after = request.number("after", 0)
        limit = min(request.number("limit", DEFAULT_LIMIT), MOST_LISTED)

        def read(view: View) -> dict[str, Any]:
            items = [summary(view, entry) for entry in view.after(after, limit)]
            position = items[-1]["position"] if len(items) == limit else view.latest()
            return {"position": position, "items": items}

        wait = request.seconds("wait", MOST_SECONDS)
        revision = self._changes.revision
        page = await self._reader.read(read)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                while wait and not page["items"] and not self._stopping.is_set():
                    revision = await self._change_or_end(revision)
                    page = await self._reader.read(read)
        return Response(orjson.dumps(page), JSON_TYPE)

    async def changes(self, request: Request) -> Stream:
        """An event whenever mail came or was deleted: how much there is now. The first comes at once."""
        return Stream(self._counts_on_change(), "text/event-stream")

    async def _counts_on_change(self) -> AsyncIterator[bytes]:
        while True:
            revision = self._changes.revision
            yield event(orjson.dumps(await self._reader.read(_counts)))
            while True:
                try:
                    await asyncio.wait_for(self._changes.beyond(revision), KEEP_ALIVE_SECONDS)
                    break
                except TimeoutError:
                    yield b": keep-alive\n\n"

    async def _change_or_end(self, revision: int) -> int:
        change = asyncio.ensure_future(self._changes.beyond(revision))
        end = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({change, end}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            change.cancel()
            end.cancel()
        return self._changes.revision


def summary(view: View, entry: Entry) -> dict[str, Any]:
    """What a list shows of a mail."""
    return {
        "position": entry.position,
        "id": entry.id,
        "created": rfc3339_local(entry.created),
        "sender": entry.sender,
        "recipients": entry.recipients,
        "subject": view.digest(entry).summary.subject,
        "size": entry.size,
    }


def _counts(view: View) -> dict[str, int]:
    return {"position": view.latest(), "total": view.total()}
