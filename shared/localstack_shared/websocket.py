"""Handing a websocket of LocalStack's gateway to an ASGI application on the emulator's loop.

The gateway gives each websocket a thread and blocking calls (rolo's ``WebSocketRequest``); the application gets ASGI's
``websocket`` scope. A :class:`Conversation` is one websocket between the two. The gateway answers a client's pings
itself and sends none.
"""

import asyncio
import contextlib
import logging
import queue
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from localstack_shared.handoff import scope_of
from localstack_shared.serving import ASGIApplication, Message, Serving, Stopped

if TYPE_CHECKING:
    from rolo.websocket import WebSocketRequest

LOG = logging.getLogger(__name__)

MAX_HEARD = 64
"""Messages a client may be ahead of the application before it is read no further."""

_ACCEPTED = "localstack_shared.accepted"
"""The key of the future that says that the client has its websocket."""

NORMAL, INTERNAL_ERROR = 1000, 1011
"""Why a websocket was closed (RFC 6455, 7.4.1)."""


def hand_off_websocket(
    application: ASGIApplication, serving: Serving, request: "WebSocketRequest", prefix: str
) -> None:
    """Let *application* talk with the client, until one of them ends it.

    :param prefix: the part of the path that the application is mounted under, without a trailing slash
    """
    try:
        Conversation(application, serving, request, prefix).run()
    except Stopped:
        if not request.is_upgraded():
            request.reject(Response("stopping\n", 503, mimetype="text/plain"))


class Conversation:
    """One websocket, from the gateway's thread to the emulator's loop and back."""

    def __init__(
        self,
        application: ASGIApplication,
        serving: Serving,
        request: "WebSocketRequest",
        prefix: str,
    ) -> None:
        self._application = application
        self._serving = serving
        self._request = request
        scope = scope_of(request.environ, prefix)
        del scope["method"]
        self._scope: Message = {
            **scope,
            "type": "websocket",
            "scheme": scope["scheme"].replace("http", "ws"),
            "subprotocols": _subprotocols(request),
            "extensions": {"websocket.http.response": {}},
        }
        self._heard: asyncio.Queue[Message] = asyncio.Queue(MAX_HEARD)
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._socket: Any = None
        self._closed = False
        self._ended = asyncio.Event()

    def run(self) -> None:
        """Answer the client's request to open a websocket, and tell the application what it hears.

        :raises Stopped: where the emulator takes no more work
        """
        self._heard.put_nowait({"type": "websocket.connect"})
        self._serving.submit(self._converse())
        answer = self._answers.get()
        if answer is not None and answer["type"] == "websocket.accept":
            if self._accept(answer):
                self._listen()
        else:
            self._request.reject(self._refusal(answer))

    def _accept(self, answer: Message) -> bool:
        """Open the websocket, and say whether both sides were still there for it."""
        from rolo.websocket import WebSocketError

        try:
            self._socket = self._request.accept(answer.get("subprotocol"), _headers(answer))
        except WebSocketError as error:
            answer[_ACCEPTED].set_exception(error)
            return False
        answer[_ACCEPTED].set_result(None)
        if self._ended.is_set():  # and nobody was left to close it
            self._socket.close()
            return False
        return True

    def _listen(self) -> None:
        from rolo.websocket import WebSocketDisconnectedError, WebSocketProtocolError

        while True:
            try:
                said = self._socket.receive()
            except WebSocketProtocolError:
                continue  # how it tells of a pong that nobody asked for, as some clients send
            except WebSocketDisconnectedError as error:
                self._closed = True
                self._tell({"type": "websocket.disconnect", "code": error.code})
                return
            kind = "text" if isinstance(said, str) else "bytes"
            self._tell({"type": "websocket.receive", kind: said})

    def _tell(self, message: Message) -> None:
        """Have the application hear *message*, once it has room for it; if it still listens."""
        with contextlib.suppress(Stopped, asyncio.CancelledError):
            self._serving.submit(self._hear(message)).result()

    async def _hear(self, message: Message) -> None:
        hearing = asyncio.ensure_future(self._heard.put(message))
        ended = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait({hearing, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hearing.cancel()
            ended.cancel()

    async def _converse(self) -> None:
        code = NORMAL
        try:
            await self._application(self._scope, self._heard.get, self._send)
        except Exception:
            LOG.exception("WEBSOCKET %s failed", self._scope["path"])
            code = INTERNAL_ERROR
        finally:
            self._ended.set()
            self._answers.put(None)
            if self._socket is not None:
                await self._close(code)

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if self._closed:
            raise ConnectionResetError("the websocket is closed")
        if kind == "websocket.accept":
            accepted: Future[None] = Future()
            accepted.set_running_or_notify_cancel()
            self._answers.put({**message, _ACCEPTED: accepted})
            await asyncio.wrap_future(accepted)
        elif kind == "websocket.send":
            text = message.get("text")
            await self._call(self._socket.send, message["bytes"] if text is None else text)
        elif kind == "websocket.close" and self._socket is not None:
            await self._close(message.get("code", NORMAL))
        else:
            self._answers.put(message)

    async def _close(self, code: int) -> None:
        if not self._closed:
            self._closed = True
            await self._call(self._socket.close, code)

    async def _call(self, function: Any, *arguments: Any) -> None:
        # They may block, and where they do depends on the gateway's server.
        await asyncio.get_running_loop().run_in_executor(None, function, *arguments)

    def _refusal(self, start: Message | None) -> Response:
        """The plain response to a client that gets no websocket."""
        if start is None:
            return Response("Internal Server Error", 500, mimetype="text/plain")
        if start["type"] == "websocket.close":
            return Response(status=403)
        body = b""
        while (message := self._answers.get()) is not None:
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        response = Response(body, start["status"])
        response.headers = _headers(start)
        return response


def _headers(message: Message) -> Headers:
    return Headers(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in message.get("headers", ())
    )


def _subprotocols(request: "WebSocketRequest") -> list[str]:
    asked = request.headers.get("Sec-WebSocket-Protocol", "")
    return [name.strip() for name in asked.split(",") if name.strip()]
