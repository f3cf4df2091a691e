"""Waiting: for a mail that is meant, and for any change."""

import asyncio
from collections.abc import AsyncIterator, Callable

import orjson

from localstack_mailhog.api.http import Request, Response, Route, Stream, route
from localstack_mailhog.api.own.asking import (
    Refused,
    query_of,
    refusing,
    seconds,
    whole_number,
)
from localstack_mailhog.api.own.shapes import JSON, answer, message_json
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.api.v1 import KEEP_ALIVE_SECONDS, event
from localstack_mailhog.mailbox.query import Query
from localstack_mailhog.mailbox.store import View

DEFAULT_SECONDS = 10.0
MOST_SECONDS = 300.0
BATCH = 100
"""How many mails are looked at in one go, before others have their turn."""


class Waiting:
    """The handlers.

    :param stopping: set when the sink stops; whoever waits is answered then
    """

    def __init__(self, reader: Reader, stopping: asyncio.Event) -> None:
        self._reader = reader
        self._changes = reader.mailbox.changes
        self._stopping = stopping
        self._waking: asyncio.Task[None] | None = None

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/own/wait", refusing(self.wait, "query", "timeout", "after")),
            route("GET", "/api/own/changes", self.changes),
        ]

    async def wait(self, request: Request) -> Response:
        """The first mail that ``query`` means, as soon as it is there; 404 where none comes within ``timeout``.

        With ``after``, only mail that came after that position counts; without, the newest that is there already does.
        """
        query = query_of(request)
        timeout = seconds(request, "timeout", DEFAULT_SECONDS, MOST_SECONDS)
        if request.text("after"):
            after = whole_number(request, "after", 0)
            return answer(await self._first_after(after, query, timeout))

        def newest(view: View) -> JSON | None:
            _, entries = view.search(query, 0, 1)
            return message_json(entries[0], view.digest(entries[0])) if entries else None

        position = await self._reader.read(View.latest)
        found = await self._reader.find(query, newest)
        return answer(found or await self._first_after(position, query, timeout))

    async def changes(self, request: Request) -> Stream:
        """An event whenever mail came, was deleted or was marked: how much there is now. The first comes at once."""
        return Stream(self._counts_on_change(), "text/event-stream")

    async def _first_after(self, position: int, query: Query, patience: float) -> JSON:
        """The first mail after *position* that is meant.

        :param patience: how many seconds to wait where there is none; looking at what is there takes its own time
        """
        if self._waking is None:
            self._waking = asyncio.create_task(self._wake_at_the_end())
        end = asyncio.get_running_loop().time() + patience
        while True:
            revision = self._changes.revision
            found, reached = await self._reader.promptly(_looking_for(query, position))
            if found is not None:
                return found
            if self._stopping.is_set():
                raise Refused(503, "the mail sink is stopping")
            if reached == position:
                try:
                    async with asyncio.timeout_at(end):
                        await self._changes.beyond(revision)
                except TimeoutError:
                    raise Refused(
                        404, f"no such message came within {patience:g} seconds"
                    ) from None
            position = reached

    async def _wake_at_the_end(self) -> None:
        # Once for all who wait: two things to wait for would cost each of them more than the answer.
        await self._stopping.wait()
        self._changes.announce()

    async def _counts_on_change(self) -> AsyncIterator[bytes]:
        while True:
            revision = self._changes.revision
            yield event(orjson.dumps(await self._reader.read(counts_json)))
            while True:
                try:
                    await asyncio.wait_for(self._changes.beyond(revision), KEEP_ALIVE_SECONDS)
                    break
                except TimeoutError:
                    yield b": keep-alive\n\n"


def _looking_for(query: Query, position: int) -> Callable[[View], tuple[JSON | None, int]]:
    """Finds the first mail soon after *position* that is meant, and the position up to which there is none."""

    def look(view: View) -> tuple[JSON | None, int]:
        # Not in the index, which may not have it yet.
        reached = position
        for entry in view.after(position, BATCH):
            digest = view.digest(entry)
            if query.means(entry, digest):
                return message_json(entry, digest), entry.position
            reached = entry.position
        return None, reached

    return look


def counts_json(view: View) -> JSON:
    """How much mail there is."""
    counts = view.counts()
    return {
        "position": view.latest(),
        "total": counts.total,
        "unread": counts.unread,
    }
