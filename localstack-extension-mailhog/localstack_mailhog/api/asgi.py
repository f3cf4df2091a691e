"""The application: every HTTP request of the sink, on its own port or through LocalStack's gateway."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping

from localstack_mailhog.api.authentication import UNAUTHORIZED, Users
from localstack_mailhog.api.cors import cors_headers, is_foreign
from localstack_mailhog.api.http import (
    NOT_FOUND,
    Frames,
    Request,
    Response,
    Route,
    Stream,
    header_of,
    headers_of,
    parameters_of,
    path_of,
    plain,
    query_of,
    send_frames,
    send_response,
    send_stream,
)
from localstack_mailhog.mailbox.store import MailboxError
from localstack_shared.asgi import BodyTooLarge, ClientGone, Receive, Send, read_body
from localstack_shared.http_exchange import lines_of
from localstack_shared.serving import ASGIApplication, Headers, Message

LOG = logging.getLogger(__name__)

MOST_BODY = 1 << 20
"""The largest body of a request that is read, in bytes."""

NO_WEBSOCKET = plain(400, "Bad Request: this is a websocket")
FOREIGN = plain(403, "pages from elsewhere may not do that: MH_CORS_ORIGIN lets them in")
TOO_LARGE = plain(413, f"the body has more than {MOST_BODY} bytes")


_Known = tuple[Route, dict[str, str]]
"""A route that has the path of a request, and what stood for the names in it."""


class Application:
    """Answers the API's routes itself and gives the other ``GET`` requests to the UI.

    :param routes: the API
    :param ui: an ASGI application
    :param stopping: set when the sink stops; streams end on it
    :param users: who may use any of it; everybody where there is none
    :param web_path: a path such as ``/mail`` that all of it is under. Behind a path of LocalStack's gateway it may be
        left out
    :param cors_origin: whose pages may use the API, beside ours
    """

    def __init__(
        self,
        routes: list[Route],
        ui: ASGIApplication,
        stopping: asyncio.Event,
        *,
        users: Users | None = None,
        web_path: str = "",
        cors_origin: str = "",
    ) -> None:
        self.routes = routes
        self._fixed: dict[str, list[_Known]] = {}
        for each in routes:
            if "{" not in each.path:
                self._fixed.setdefault(each.path, []).append((each, {}))
        self._others = [each for each in routes if "{" in each.path]
        self._ui = ui
        self._stopping = stopping
        self._users = users
        self._web_path = web_path
        self._cors_origin = cors_origin

    def at_once(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | None:
        """Answer what is asked again and again, where it takes no time to; the rest is left to :meth:`__call__`."""
        if self._users is not None or self._web_path or method != "GET":
            return None
        for each, _ in self._fixed.get(path, ()):
            if each.at_once is not None:
                try:
                    response = each.at_once(Request("GET", each.path, parameters_of(query)))
                except MailboxError:
                    return None
                if response is not None:
                    return (
                        response.status,
                        lines_of([*headers_of(response), *self._cors(each.path)]),
                        response.body,
                    )
        return None

    def _cors(self, path: str) -> Headers:
        return [
            (name.lower().encode(), value.encode("latin-1"))
            for name, value in cors_headers(self._cors_origin, path)
        ]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request. Errors are logged, and never shown."""
        if scope["type"] not in ("http", "websocket"):
            return
        started = False
        refusing = scope["type"] == "websocket"

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            if refusing and message["type"].startswith("http."):
                message["type"] = f"websocket.{message['type']}"
            try:
                await send(message)
            except OSError as error:  # ASGI's way to say it
                raise ClientGone from error

        name = f"{scope.get('method', 'WEBSOCKET')} {path_of(scope)}"
        with contextlib.suppress(ClientGone):
            try:
                await self._answer(scope, receive, sending)
            except ClientGone:
                raise
            except MailboxError as error:
                LOG.warning("%s was not answered: %s", name, error)
                if not started:
                    await send_response(sending, Response(status=503))
            except Exception:
                LOG.exception("%s failed", name)
                if not started:
                    await send_response(sending, Response(status=500))

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        below = self._below_web_path(scope)
        path = "" if below is None else path_of(below)
        known = self._fixed.get(path) or [
            (route, found.groupdict())
            for route in self._others
            if (found := route.pattern.fullmatch(path)) is not None
        ]
        if not (known and known[0][0].is_public) and not await self._is_known(scope):
            await send_response(send, UNAUTHORIZED)
        elif below is None:
            await send_response(send, NOT_FOUND)
        elif scope.get("method", "GET") not in ("GET", "OPTIONS") and is_foreign(
            header_of(scope, b"sec-fetch-site"), header_of(scope, b"origin"), self._cors_origin
        ):
            await send_response(send, FOREIGN)
        elif known or path.startswith("/api/"):
            sending = _adding(send, self._cors(path))
            await self._answer_program(known, below, receive, sending)
        else:
            await self._answer_person(below, receive, send)

    async def _is_known(self, scope: Message) -> bool:
        if self._users is None:
            return True
        return await self._users.know(header_of(scope, b"authorization"))

    def _below_web_path(self, scope: Message) -> Message | None:
        """The request as it would be without the web path; none where it is not under it."""
        mount: str = scope.get("root_path", "")
        root = mount + self._web_path
        if scope["path"] == root or scope["path"].startswith(f"{root}/"):
            return {**scope, "root_path": root}
        return scope if mount else None

    async def _answer_person(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await send_response(send, NOT_FOUND)
        elif scope["path"] == scope.get("root_path"):
            # The pages' links are relative to a folder.
            folder = scope["path"].rpartition("/")[2] + "/"
            await send_response(send, Response(status=302, headers=(("Location", folder),)))
        else:
            await self._ui(scope, receive, send)

    async def _answer_program(
        self,
        known: list[_Known],
        scope: Message,
        receive: Receive,
        send: Send,
    ) -> None:
        try:
            response = await self._respond(known, scope, receive)
        except BodyTooLarge:
            response = TOO_LARGE
        if isinstance(response, Stream):
            await send_stream(receive, send, response, self._stopping)
        elif isinstance(response, Frames):
            await send_frames(receive, send, response, self._stopping)
        else:
            await send_response(send, response)

    async def _respond(
        self, known: list[_Known], scope: Message, receive: Receive
    ) -> Response | Stream | Frames:
        is_websocket = scope["type"] == "websocket"
        method = "GET" if is_websocket else scope["method"]
        for route, arguments in known:
            if method == "OPTIONS" and not route.is_websocket:
                return Response()  # MailHog: 200 on every path of the API but the websocket's
            if method != route.method or (is_websocket and not route.is_websocket):
                continue
            if route.is_websocket and not is_websocket:
                return NO_WEBSOCKET
            body = b"" if method == "GET" else await read_body(receive, MOST_BODY)
            return await route.handler(
                Request(method, path_of(scope), query_of(scope), arguments, body)
            )
        return NOT_FOUND


def _adding(send: Send, added: Headers) -> Send:
    """*send*, which adds headers to the response."""
    if not added:
        return send

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return sending
