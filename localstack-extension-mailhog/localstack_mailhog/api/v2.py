"""MailHog's API, version 2."""

import orjson

from localstack_mailhog.api.http import Request, Response, Route, route
from localstack_mailhog.api.reading import Reader
from localstack_mailhog.api.v1 import JSON_TYPE
from localstack_mailhog.mailbox.store import View

DEFAULT_LIMIT = 50
MOST_LISTED = 250


class V2:
    """The handlers."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def routes(self) -> list[Route]:
        """What is answered here."""
        return [route("GET", "/api/v2/messages", self.messages)]

    async def messages(self, request: Request) -> Response:
        """A page of messages, newest first."""
        start = request.number("start", 0)
        limit = min(request.number("limit", DEFAULT_LIMIT), MOST_LISTED)

        def read(view: View) -> bytes:
            items = [
                orjson.Fragment(self._reader.json(view, entry))
                for entry in view.newest(start, limit)
            ]
            page = {"total": view.total(), "count": len(items), "start": start, "items": items}
            return orjson.dumps(page)

        return Response(await self._reader.read(read), JSON_TYPE)
