"""MailHog's API, version 2."""

from collections.abc import AsyncIterator, Callable

import orjson

from localstack_mailhog.api.arrivals import arrivals
from localstack_mailhog.api.http import (
    Frames,
    Request,
    Response,
    Route,
    plain,
    route,
    websocket,
)
from localstack_mailhog.api.read_ahead import ReadAhead
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.api.v1 import JSON_TYPE
from localstack_mailhog.go_json import parse
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.query import containing
from localstack_mailhog.mailbox.store import View
from localstack_mailhog.mailbox.view import TooMuch
from localstack_mailhog.smtp.chaos import Chances, Jim
from localstack_mailhog.smtp.outgoing import OutgoingServers

DEFAULT_LIMIT = 50
MOST_LISTED = 250

KINDS = {"from": "from", "to": "to", "containing": ""}
"""Where each kind of search looks: a field of the query language, or any."""

NEWER_JSON_TYPE = "application/json"
"""What MailHog calls JSON elsewhere."""

NO_JIM = Response(status=404)
JIM_IS_HERE = plain(400, "Jim is here already; PUT tells him something else")


class V2:
    """The handlers.

    :param jim: whom the requests invite, tell and send away
    :param outgoing: the servers that mail can be released to by name
    """

    def __init__(self, reader: Reader, jim: Jim, outgoing: OutgoingServers) -> None:
        self._reader = reader
        self._ahead = ReadAhead(reader)
        self._jim = jim
        self._outgoing = outgoing

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [
            route("GET", "/api/v2/messages", self.messages, self.messages_at_once),
            route("GET", "/api/v2/search", self.search),
            route("GET", "/api/v2/jim", self.see_jim),
            route("POST", "/api/v2/jim", self.invite_jim),
            route("PUT", "/api/v2/jim", self.tell_jim),
            route("DELETE", "/api/v2/jim", self.dismiss_jim),
            route("GET", "/api/v2/outgoing-smtp", self.outgoing_servers),
            websocket("/api/v2/websocket", self.websocket),
        ]

    async def messages(self, request: Request) -> Response:
        """A page of messages, newest first."""
        answer = self.messages_at_once(request)
        if answer is None:
            page = self._page_from(*_page_of(request))
            answer = Response(await self._reader.read(page), JSON_TYPE)
        return answer

    def messages_at_once(self, request: Request) -> Response | None:
        """The same, where there is little to look at: programs ask for it again and again while they wait."""
        page = _page_of(request)
        try:
            return Response(self._ahead.answer(page, self._page_from(*page)), JSON_TYPE)
        except TooMuch:
            return None

    def _page_from(self, start: int, limit: int) -> Callable[[View], bytes]:
        def read(view: View) -> bytes:
            return self._page(view, view.total(), start, view.newest(start, limit))

        return read

    async def search(self, request: Request) -> Response:
        """A page of the messages in which ``query`` stands, newest first; ``kind`` says where it is looked for."""
        field = KINDS.get(request.text("kind"))
        text = request.text("query")
        if field is None or not text:
            return Response(status=400)
        start, limit = _page_of(request)
        query = containing(field, text)

        def read(view: View) -> bytes:
            total, entries = view.search(query, start, limit)
            return self._page(view, total, start, entries)

        return Response(await self._reader.find(query, read), NEWER_JSON_TYPE)

    async def see_jim(self, request: Request) -> Response:
        """What Jim does, if he is here."""
        if not self._jim.invited:
            return NO_JIM
        return Response(orjson.dumps(self._jim.chances.json()), NEWER_JSON_TYPE)

    async def invite_jim(self, request: Request) -> Response:
        """Have Jim come, and do what he is told, or else what he did before."""
        if self._jim.invited:
            return JIM_IS_HERE
        if request.body.strip():
            try:
                self._jim.chances = Chances.from_json(parse(request.body))
            except ValueError as error:
                return plain(400, str(error))
        self._jim.invited = True
        return Response(status=201)

    async def tell_jim(self, request: Request) -> Response:
        """Have Jim do something else; what he is not told is 0, as in MailHog."""
        if not self._jim.invited:
            return NO_JIM
        try:
            self._jim.chances = Chances.from_json(parse(request.body))
        except ValueError as error:
            return plain(400, str(error))
        return Response()

    async def dismiss_jim(self, request: Request) -> Response:
        """Send Jim away; he remembers what he did."""
        if not self._jim.invited:
            return NO_JIM
        self._jim.invited = False
        return Response()

    async def outgoing_servers(self, request: Request) -> Response:
        """The servers that mail can be released to by name."""
        return Response(orjson.dumps(self._outgoing.json()), NEWER_JSON_TYPE)

    async def websocket(self, request: Request) -> Frames:
        """Every message that arrives from now on."""
        position = await self._reader.read(View.latest)
        return Frames(self._arrivals(position))

    async def _arrivals(self, position: int) -> AsyncIterator[str]:
        async for arrived in arrivals(self._reader, position, self._reader.json):
            if arrived is not None:
                yield arrived[1].decode("ascii") + "\n"

    def _page(self, view: View, total: int, start: int, entries: list[Entry]) -> bytes:
        items = [orjson.Fragment(self._reader.json(view, entry)) for entry in entries]
        return orjson.dumps({"total": total, "count": len(items), "start": start, "items": items})


def _page_of(request: Request) -> tuple[int, int]:
    """Where a page starts, and how many messages it may have."""
    limit = min(request.number("limit", DEFAULT_LIMIT), MOST_LISTED)
    return request.number("start", 0), limit
