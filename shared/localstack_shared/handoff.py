"""Handing a request of LocalStack's gateway to an ASGI application on the emulator's loop.

The gateway gives each request a thread and speaks WSGI; the emulator has one loop and speaks ASGI. An
:class:`Exchange` is one request between the two: the application's messages cross in a queue, the gateway's thread
takes them out.
"""

import asyncio
import contextlib
import logging
import queue
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response

from localstack_shared.asgi import ClientGone
from localstack_shared.serving import ASGIApplication, Message, Serving, Stopped

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.25
"""How often a silent stream looks whether its client is still there: the gateway tells only who yields."""

MAX_QUEUED = 64
"""Chunks an application may be ahead of a slow client before its ``send`` waits."""


def hand_off(
    application: ASGIApplication, serving: Serving, environ: "WSGIEnvironment", prefix: str
) -> Response:
    """Answer the WSGI request *environ* with *application*, streamed.

    :param prefix: the part of the path that the application is mounted under, without a trailing slash
    :return: the response, 503 where the emulator is stopping
    """
    exchange = Exchange(application, serving, environ, prefix)
    try:
        return exchange.response()
    except Stopped:
        return Response("stopping\n", 503, {"Connection": "close"}, mimetype="text/plain")


class Exchange:
    """One request, from the gateway's thread to the emulator's loop and back."""

    def __init__(
        self,
        application: ASGIApplication,
        serving: Serving,
        environ: "WSGIEnvironment",
        prefix: str,
    ) -> None:
        self._application = application
        self._serving = serving
        self._scope = scope_of(environ, prefix)
        self._body = environ["wsgi.input"].read(_content_length(environ))
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._body_taken = False
        self._gone = asyncio.Event()
        self._room = asyncio.Event()

    def response(self) -> Response:
        """Wait for the application's first message and return the response that streams the others.

        :raises Stopped: where the emulator takes no more work
        """
        self._task = self._serving.submit(self._run())
        start = self._messages.get()
        if start is None:
            return Response("Internal Server Error", 500, mimetype="text/plain")
        headers = Headers(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in start.get("headers", ())
        )
        events = headers.get("Content-Type", "").startswith("text/event-stream")
        # The gateway sends the headers with the first data, and a stream of events may have none for hours:
        # a comment, which clients ignore, opens it.
        opening = b":\n\n" if events else b""
        response = Response(self._chunks(opening), start["status"])
        response.headers = headers
        response.call_on_close(self._leave)
        return response

    def _chunks(self, opening: bytes) -> Iterator[bytes]:
        yield opening
        while True:
            try:
                message = self._messages.get(timeout=POLL_SECONDS)
            except queue.Empty:
                yield b""
                continue
            if message is None:
                # The gateway breaks the connection: otherwise the client would wait for the rest.
                raise ClientGone("the answer ended before it was whole")
            if self._messages.qsize() < MAX_QUEUED and not self._room.is_set():
                self._on_loop(self._room.set)
            yield message.get("body", b"")
            if not message.get("more_body", False):
                return

    def _leave(self) -> None:
        """The client has its answer or has gone: an application that still streams is told and ended."""
        if not self._task.done():
            self._on_loop(self._gone.set)

    def _on_loop(self, callback: Callable[[], None]) -> None:
        # Where the loop has ended, the application has ended with it.
        with contextlib.suppress(Stopped, RuntimeError):
            self._serving.loop.call_soon_threadsafe(callback)

    async def _run(self) -> None:
        application = asyncio.ensure_future(
            self._application(self._scope, self._receive, self._send)
        )
        gone = asyncio.ensure_future(self._gone.wait())
        try:
            await asyncio.wait({application, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not application.done():
                application.cancel()
            await asyncio.wait({application})
            error = None if application.cancelled() else application.exception()
            if error is not None and not isinstance(error, ClientGone):
                LOG.error(
                    "%s %s failed", self._scope["method"], self._scope["path"], exc_info=error
                )
        finally:
            gone.cancel()
            application.cancel()
            self._messages.put(None)

    async def _receive(self) -> Message:
        if not self._body_taken:
            self._body_taken = True
            return {"type": "http.request", "body": self._body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        while self._messages.qsize() >= MAX_QUEUED:
            self._room.clear()
            await self._room.wait()
        self._messages.put(message)


def scope_of(environ: "WSGIEnvironment", prefix: str) -> Message:
    """The ASGI scope of a WSGI request, with the path as it was sent (``%2F`` kept) under ``raw_path``."""
    raw_path, _, query = _request_target(environ).partition("?")
    if "://" in raw_path:  # a proxy's absolute form
        raw_path = "/" + raw_path.split("://", 1)[1].partition("/")[2]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").partition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ["wsgi.url_scheme"],
        "root_path": prefix,
        "path": unquote(raw_path),
        "raw_path": raw_path.encode("latin-1", "replace"),
        "query_string": query.encode("latin-1", "replace"),
        "headers": _headers(environ),
        "client": (environ.get("REMOTE_ADDR", ""), int(environ.get("REMOTE_PORT") or 0)),
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
    }


def _request_target(environ: "WSGIEnvironment") -> str:
    return str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/")


def _headers(environ: "WSGIEnvironment") -> list[tuple[bytes, bytes]]:
    raw = environ.get("rolo.headers")
    if raw is not None:
        return [(name.lower(), value) for name, value in raw]
    headers = [
        (key[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for key, value in environ.items()
        if key.startswith("HTTP_") and key not in ("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH")
    ]
    for key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(key):
            headers.append((key.lower().replace("_", "-").encode(), environ[key].encode("latin-1")))
    return headers


def _content_length(environ: "WSGIEnvironment") -> int:
    if environ.get("wsgi.input_terminated"):
        return -1
    return int(environ.get("CONTENT_LENGTH") or 0)
