"""The application: every HTTP request of the sink, on its own port or through LocalStack's gateway."""

import asyncio
import contextlib
import dataclasses
import logging

from localstack_mailhog.api.http import (
    NOT_FOUND,
    Receive,
    Request,
    Response,
    Route,
    Send,
    Stream,
    path_of,
    query_of,
    send_response,
    send_stream,
)
from localstack_mailhog.mailbox.store import MailboxError
from localstack_shared.serving import ASGIApplication, Message

LOG = logging.getLogger(__name__)


class Application:
    """Answers the API's routes itself and gives the other ``GET`` requests to the UI.

    :param routes: the API
    :param ui: an ASGI application
    :param stopping: set when the sink stops; streams end on it
    """

    def __init__(self, routes: list[Route], ui: ASGIApplication, stopping: asyncio.Event) -> None:
        self.routes = routes
        self._ui = ui
        self._stopping = stopping

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request. Errors are logged, and never shown."""
        if scope["type"] != "http":
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._answer(scope, receive, sending)
        except ConnectionError:
            pass  # the client has gone
        except MailboxError as error:
            LOG.warning("%s %s was not answered: %s", scope["method"], path_of(scope), error)
            if not started:
                await send_response(send, Response(status=503))
        except Exception:
            LOG.exception("%s %s failed", scope["method"], path_of(scope))
            if not started:
                with contextlib.suppress(ConnectionError):
                    await send_response(send, Response(status=500))

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        request = Request(scope["method"], path_of(scope), query_of(scope))
        if not request.path.startswith("/api/"):
            if request.method != "GET":
                await send_response(send, NOT_FOUND)
            elif scope["path"] == scope.get("root_path"):
                # The pages' links are relative to a folder.
                folder = scope["path"].rpartition("/")[2] + "/"
                await send_response(send, Response(status=302, headers=(("Location", folder),)))
            else:
                await self._ui(scope, receive, send)
            return
        response = await self._respond(request)
        if isinstance(response, Stream):
            await send_stream(receive, send, response, self._stopping)
        else:
            await send_response(send, response)

    async def _respond(self, request: Request) -> Response | Stream:
        for route in self.routes:
            found = route.pattern.fullmatch(request.path)
            if found is None:
                continue
            if request.method == "OPTIONS":  # MailHog: 200 on every path of the API
                return Response()
            if request.method == route.method:
                return await route.handler(
                    dataclasses.replace(request, arguments=found.groupdict())
                )
        return NOT_FOUND
