"""A request that an ASGI application answers, and its response (RFC 9112, ASGI 3.0)."""

import asyncio
import functools
import http
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from localstack_shared.asgi import ClientGone
from localstack_shared.serving import ASGIApplication, Headers, Message

if TYPE_CHECKING:
    from localstack_shared.http_connection import HttpConnection

LOG = logging.getLogger(__name__)

_NO_BODY = {204, 304}


class Exchange:
    """A request and its response, as ASGI's ``receive`` and ``send`` see them.

    :param application: answers it
    :param keeps_alive: whether the connection is kept for another request
    """

    __slots__ = (
        "_application",
        "_begun",
        "_body",
        "_chunked",
        "_connection",
        "_delivered",
        "_gone",
        "_headers",
        "_is_open_ended",
        "_left",
        "_status",
        "_waiting",
        "has_all",
        "is_over",
        "keeps_alive",
        "scope",
        "started",
        "wants_go_ahead",
    )

    def __init__(
        self,
        connection: "HttpConnection",
        scope: Message,
        application: ASGIApplication,
        *,
        keeps_alive: bool,
    ) -> None:
        self.scope = scope
        self._application = application
        self.keeps_alive = keeps_alive
        self.has_all = False
        """Whether all of the request's body has come."""
        self.wants_go_ahead = False
        """Whether the client waits to be asked for the body (RFC 9110, 10.1.1)."""
        self.started = False
        self.is_over = False
        """Whether the response has been sent, or nobody is left to send it to."""
        self._connection = connection
        self._body = bytearray()
        self._delivered = False
        self._gone = False
        self._waiting: asyncio.Future[None] | None = None
        self._status = 0
        self._headers: Headers | None = None
        self._chunked = False
        self._is_open_ended = False
        self._begun = False
        self._left = 0

    @property
    def size(self) -> int:
        """How many bytes of the body nobody has asked for."""
        return len(self._body)

    async def answer(self) -> None:
        """Run the application; it has to answer, and its errors are no client's business."""
        try:
            await self._application(self.scope, self.receive, self.send)
            if not self.is_over and not self._gone:
                raise RuntimeError("the application has not answered")
        except ClientGone:
            pass
        except Exception:
            LOG.exception("%s %s failed", self.scope["method"], self.scope["path"])
        finally:
            if not self.is_over:
                self._give_up()

    def take(self, body: bytes) -> None:
        """Some of the body has come."""
        if not self.is_over:
            self._body += body
            self.wake()

    def wake(self) -> None:
        """There is something for an application that waits to receive."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def client_has_gone(self) -> None:
        """Tell the application."""
        self._gone = True
        self.wake()

    async def receive(self) -> Message:
        """ASGI's: the body as it comes, then that the client has gone or has its response."""
        while True:
            if self.is_over or self._gone:
                return {"type": "http.disconnect"}
            if not self._delivered and (self._body or self.has_all):
                self._delivered = self.has_all
                body = bytes(self._body)
                self._body.clear()
                if not self.has_all:
                    self._connection.regulate()
                return {"type": "http.request", "body": body, "more_body": not self.has_all}
            if self.wants_go_ahead and not self.has_all:
                self.wants_go_ahead = False
                self._connection.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._waiting = self._connection.loop.create_future()
            await self._waiting

    async def send(self, message: Message) -> None:
        """ASGI's: the response's head, which is sent with the first of its body, and its body.

        :raises ClientGone: where nobody is there
        """
        if self._gone:
            raise ClientGone
        if message["type"] == "http.response.start" and self._headers is None:
            self._status, self._headers = message["status"], list(message.get("headers", ()))
            return
        if message["type"] != "http.response.body" or self._headers is None or self.is_over:
            raise RuntimeError(f"{message['type']} is not what comes next")
        if self._connection.writable is not None:
            await self._connection.writable
            if self._gone:
                raise ClientGone
        self._write(message.get("body", b""), is_last=not message.get("more_body", False))

    def _write(self, body: bytes, *, is_last: bool) -> None:
        pieces: list[bytes] = []
        assert self._headers is not None
        if not self._begun:
            pieces.append(self._head(len(body) if is_last else None))
            self._begun = True
        if self._has_no_body:
            pass
        elif self._chunked:
            if body:
                pieces += [b"%x\r\n" % len(body), body, b"\r\n"]
            if is_last:
                pieces.append(b"0\r\n\r\n")
        else:
            pieces.append(body)
            self._left -= len(body)
        self._connection.transport.write(b"".join(pieces))
        if is_last:
            self._end()

    @property
    def _has_no_body(self) -> bool:
        return self.scope["method"] == "HEAD" or self._status in _NO_BODY

    def _head(self, length: int | None) -> bytes:
        """The head of the response.

        :param length: of all of the body; none where that is not known yet
        """
        headers = self._headers or []
        declared = None
        for name, value in headers:
            lowered = name.lower()
            if lowered == b"content-length":
                declared = int(value)
            elif lowered == b"connection" and value.lower() == b"close":
                self.keeps_alive = False
        added: Headers = [(b"date", self._connection.server.date)]
        if declared is not None:
            self._left = declared
        elif self._has_no_body:
            pass
        elif length is not None:
            self._left = length
            added = [*added, (b"content-length", b"%d" % length)]
        elif self.scope["http_version"] == "1.1":
            self._chunked = True
            added = [*added, (b"transfer-encoding", b"chunked")]
        else:  # the end of the connection is the end of the body
            self.keeps_alive = False
            self._is_open_ended = True
        if not self.keeps_alive:
            added = [*added, (b"connection", b"close")]
        return status_line(self._status) + lines_of(added + headers) + b"\r\n"

    def _end(self) -> None:
        if self._left and not (self._is_open_ended or self._has_no_body):
            LOG.error("%s was answered with the wrong length", self.scope["path"])
            self.keeps_alive = False
        self.is_over = True
        self._body.clear()
        self.wake()
        self._connection.answered()

    def _give_up(self) -> None:
        """End an exchange that the application did not."""
        self.keeps_alive = False
        if not self._gone and not self._begun:
            self._status, self._headers = 500, [(b"content-type", b"text/plain; charset=utf-8")]
            self._write(b"Internal Server Error\n", is_last=True)
            return
        self.is_over = True
        if not self._gone:
            self._connection.answered()


def lines_of(headers: Headers) -> bytes:
    """Headers as lines, each with its end (RFC 9112, 5).

    :raises ValueError: where a header would end its line, and begin another
    """
    return _whole_lines(b"".join([b"%s: %s\r\n" % header for header in headers]), len(headers))


def lines_of_text(headers: Mapping[str, str]) -> bytes:
    """The same of headers that are texts; what Latin-1 does not have becomes a question mark."""
    text = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return _whole_lines(text.encode("latin-1", "replace"), len(headers))


def _whole_lines(lines: bytes, number: int) -> bytes:
    if lines.count(b"\n") != number or lines.count(b"\r") != number:
        raise ValueError("a header has a line end in it")
    return lines


@functools.lru_cache(maxsize=256)
def status_line(status: int) -> bytes:
    """The first line of a response, with its end (RFC 9112, 4)."""
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()
