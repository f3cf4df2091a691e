"""All mail: listing, searching, marking, tagging and deleting it."""

import asyncio
from typing import Any

import orjson

from localstack_mailhog.api.http import Request, Response, Route, route
from localstack_mailhog.api.own.asking import (
    Refused,
    entry_of,
    query_of,
    refusing,
    whole_number,
)
from localstack_mailhog.api.own.shapes import JSON, answer, summary_json
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.mailbox.query import Query
from localstack_mailhog.mailbox.store import View
from localstack_mailhog.mailbox.tags import clean
from localstack_mailhog.mailbox.view import Counts

DEFAULT_LIMIT = 50
MOST_LISTED = 250

LISTING = ("query", "start", "after", "limit")
CHOOSING = ("query", "until", "except", "id")


class Messages:
    """The handlers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._mailbox = reader.mailbox

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/own/messages", refusing(self.messages, *LISTING)),
            route("PATCH", "/api/own/messages", refusing(self.change, *CHOOSING)),
            route("DELETE", "/api/own/messages", refusing(self.delete, *CHOOSING)),
            route("PATCH", "/api/own/messages/{id}", refusing(self.change)),
            route("DELETE", "/api/own/messages/{id}", refusing(self.delete)),
            route("GET", "/api/own/tags", self.tags),
            route("GET", "/api/own/mailboxes", self.mailboxes),
        ]

    async def messages(self, request: Request) -> Response:
        """A page of summaries: of what ``query`` finds, newest first; or, with ``after``, of what came, oldest first."""
        limit = min(whole_number(request, "limit", DEFAULT_LIMIT), MOST_LISTED)
        query = query_of(request)
        if request.text("after"):
            after = whole_number(request, "after", 0)
            if request.text("start"):
                raise Refused(400, "a page begins at start or after a position, not both")
            return answer(
                await self._reader.read(lambda view: _page_after(view, after, limit, query))
            )
        start = whole_number(request, "start", 0)
        return answer(await self._reader.find(query, lambda view: _page(view, start, limit, query)))

    async def change(self, request: Request) -> Response:
        """Mark what is meant as read or unread, and put tags on it or take them off."""
        unread, add, remove = _changes(request.body)
        positions = await self._meant(request)
        changing = self._mailbox.change(positions, unread=unread, add=add, remove=remove)
        await asyncio.wrap_future(changing)
        return answer({"count": len(positions)})

    async def delete(self, request: Request) -> Response:
        """Delete what is meant."""
        positions = await self._meant(request)
        count = await asyncio.wrap_future(self._mailbox.delete_many(positions))
        return answer({"count": count})

    async def tags(self, request: Request) -> Response:
        """Every tag, and how many mails have it."""
        tags = await self._reader.read(View.tags)
        return answer([{"tag": tag, "total": total} for tag, total in tags.items()])

    async def mailboxes(self, request: Request) -> Response:
        """Every recipient, and how much mail came for it."""

        def read(view: View) -> dict[str, Counts]:
            return view.mailboxes()

        boxes = await self._reader.settled(read)
        return answer(
            [
                {"recipient": address, "total": counts.total, "unread": counts.unread}
                for address, counts in boxes.items()
            ]
        )

    async def _meant(self, request: Request) -> list[int]:
        """The positions of the mail that a request is about: by path, by ``id``, or by ``query``.

        With ``until``, of what ``query`` finds only mail up to that position, so that nobody deletes what came since
        the list was looked at; ``query`` may be left out then. Mails that ``except`` names are left alone.

        :raises Refused: where it names none, so that nobody deletes everything by leaving something out
        """
        if "id" in request.arguments:
            entry = await self._reader.read(lambda view: entry_of(request, view))
            return [entry.position]
        ids = request.query.get("id", [])
        query = query_of(request)
        if ids and len(request.query) > 1:
            raise Refused(400, "say which messages by id or by what finds them, not by both")
        if ids:

            def read(view: View) -> list[int]:
                return [entry.position for each in ids if (entry := view.find(each)) is not None]

            return await self._reader.read(read)
        until = whole_number(request, "until", 0)
        if not query.terms and not until:
            raise Refused(400, "say which messages: ?query=…, ?until=… or ?id=…")
        spared = request.query.get("except", [])

        def find(view: View) -> list[int]:
            kept = {entry.position for each in spared if (entry := view.find(each)) is not None}
            return [
                position
                for position in view.found(query)
                if position not in kept and (not until or position <= until)
            ]

        return await self._reader.find(query, find)


def _page(view: View, start: int, limit: int, query: Query) -> JSON:
    page = view.page(query, start, limit)
    return {
        "total": page.total,
        "unread": page.counts.unread,
        "start": start,
        "count": len(page.rows),
        "position": page.position,
        "items": [summary_json(*row) for row in page.rows],
    }


def _page_after(view: View, after: int, limit: int, query: Query) -> JSON:
    """Of the *limit* mails that came after a position, those that are meant, and the position to read on from.

    They are not looked up in the index, which may not have them yet; so *limit* bounds what is looked at.
    """
    entries = view.after(after, limit)
    latest = max(after, view.latest())
    reached = entries[-1].position if entries else after
    position = reached if len(entries) == limit else latest
    if query.terms:
        entries = [entry for entry in entries if query.means(entry, view.digest(entry))]
    return {
        "position": position,
        "more": position < latest,
        "count": len(entries),
        "items": [summary_json(*row) for row in view.rows(entries)],
    }


def _changes(body: bytes) -> tuple[bool | None, set[str], set[str]]:
    """What a request wants changed: unread or not, tags to add and to remove.

    :raises Refused: where it is not understood
    """
    try:
        wanted: Any = orjson.loads(body)
    except orjson.JSONDecodeError:
        wanted = None
    if not isinstance(wanted, dict) or not wanted:
        raise Refused(400, 'the body is a JSON object such as {"unread": false, "add_tags": ["x"]}')
    unknown = wanted.keys() - {"unread", "add_tags", "remove_tags"}
    if unknown:
        raise Refused(
            400, f"{sorted(unknown)[0]} cannot be changed: unread, add_tags, remove_tags can"
        )
    unread = wanted.get("unread")
    if "unread" in wanted and not isinstance(unread, bool):
        raise Refused(400, "unread is true or false")
    return unread, _tags(wanted, "add_tags"), _tags(wanted, "remove_tags")


def _tags(wanted: dict[str, Any], key: str) -> set[str]:
    tags = wanted.get(key, [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) and clean(tag) for tag in tags):
        raise Refused(400, f"{key} is a list of words")
    return {clean(tag) for tag in tags}
