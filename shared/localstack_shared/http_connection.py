"""HTTP/1.1 (RFC 9112) for uvicorn, made for answers that are ready at once.

An emulator answers most requests in less time than it takes to make a task, to schedule it, and to pass ASGI's
messages. So a service may answer a request that is there in the call that brings it; what it leaves, the ASGI
application answers. uvicorn keeps the listeners, the websockets and the orderly end.
"""

import asyncio
import functools
import http
import logging
import sys
from collections import deque
from typing import Any
from urllib.parse import unquote

import httptools

from localstack_shared.serving import AnswerAtOnce, ASGIApplication, Headers, Message

LOG = logging.getLogger(__name__)

LINGER_SECONDS = 1.0
"""How long a client that still sends may take to read why nobody listens any more."""

LONGEST_HEAD = 1 << 16
"""How many bytes a request line and the headers may have."""

READ_AHEAD = 1 << 16
"""How many bytes of a body are waited for, so that it is there as a whole, and are read before they are asked for."""

_NO_BODY = {204, 304}


class ClientGone(OSError):
    """The client has closed the connection; ASGI wants an ``OSError`` for it."""


class HttpConnection(asyncio.Protocol):
    """One connection. The other arguments are what uvicorn gives its protocols.

    :param at_once: asked first
    """

    def __init__(
        self,
        config: Any,
        server_state: Any,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        at_once: AnswerAtOnce | None = None,
    ) -> None:
        self._at_once = at_once
        self._config = config
        self._state = server_state
        self._app_state = app_state
        self._application: ASGIApplication = config.loaded_app
        self._patience: float = config.timeout_keep_alive
        self.loop = _loop or asyncio.get_running_loop()
        self.transport: Any = None
        self.writable: asyncio.Future[None] | None = None
        """Done when the client has read what was written; none where it may be written to."""
        self._parser = httptools.HttpRequestParser(self)
        self._last_heard = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._reading = True
        self._ending = False
        # Of the request that is being read.
        self._url = b""
        self._headers: Headers = []
        self._body = b""
        self._head_size = 0
        self._in_body = False
        self._got_on = False
        """Whether the bytes that came last ended a head or a body."""
        self._arriving: Exchange | None = None
        # Requests that were not answered at once, in their order; the first is being answered.
        self._exchanges: deque[Exchange] = deque()
        self._advancing = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self._state.connections.add(self)
        self._last_heard = self.loop.time()
        self._watch = self.loop.call_later(self._patience, self._look_whether_idle)
        self._scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "http",
            "root_path": "",
            "client": _address(transport.get_extra_info("peername")),
            "server": _address(transport.get_extra_info("sockname")),
        }

    def connection_lost(self, error: Exception | None) -> None:
        self._state.connections.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        self.resume_writing()
        exchanges, self._exchanges = self._exchanges, deque()
        for exchange in exchanges:
            exchange.client_has_gone()

    def data_received(self, data: bytes) -> None:
        if self._ending:
            return
        self._last_heard = self.loop.time()
        self._got_on = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except (httptools.HttpParserError, httptools.HttpParserInvalidURLError):
            self._refuse(400)
        else:
            if self._ending:
                return
            if not (self._in_body or self._got_on):
                self._head_size += len(data)
                if self._head_size > LONGEST_HEAD:
                    self._refuse(431)
            elif self._in_body and self._arriving is None and self._has_to_be_asked_for():
                self._arriving = self._exchange()
            self._advance()

    def pause_writing(self) -> None:
        if self.writable is None:
            self.writable = self.loop.create_future()

    def resume_writing(self) -> None:
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    # What uvicorn calls

    def shutdown(self) -> None:
        """Finish what is being answered, and close."""
        self._ending = True
        if not self._exchanges:
            self.transport.close()

    # What the parser calls

    def on_message_begin(self) -> None:
        self._url = self._body = b""
        self._headers = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # what comes after a chunked body may not change what was said before
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        size = len(self._url) + sum(len(name) + len(value) for name, value in self._headers)
        if size > LONGEST_HEAD:
            self._refuse(431)
        self._head_size = 0
        self._in_body = self._got_on = True

    def on_body(self, body: bytes) -> None:
        if self._arriving is not None:
            self._arriving.take(body)
        else:
            self._body = self._body + body if self._body else body

    def on_message_complete(self) -> None:
        self._in_body = False
        self._got_on = True
        if self._ending or (self._parser.should_upgrade() and self._wants_websocket()):
            return
        if self._arriving is not None:
            self._arriving.has_all = True
            self._arriving.wake()
            self._arriving = None
            return
        if self._exchanges or self.writable is not None or not self._answer_at_once():
            self._exchange().has_all = True
            self._advance()

    def _has_to_be_asked_for(self) -> bool:
        """Whether the rest of the body does not come as a matter of course."""
        return len(self._body) > READ_AHEAD or any(name == b"expect" for name, _ in self._headers)

    def _scope_of_request(self) -> dict[str, Any]:
        url = httptools.parse_url(self._url)
        path: bytes = url.path or b"/"
        scope = self._scope.copy()
        scope["http_version"] = self._parser.get_http_version()
        scope["method"] = self._parser.get_method().decode("ascii")
        scope["raw_path"] = path
        text = path.decode("utf-8", "replace")
        scope["path"] = unquote(text) if "%" in text else text
        scope["query_string"] = url.query or b""
        scope["headers"] = self._headers
        return scope

    @property
    def _keeps_alive(self) -> bool:
        return (
            self._parser.get_http_version() == "1.1"
            and self._parser.should_keep_alive()
            and not self._ending
        )

    def _exchange(self) -> "Exchange":
        """Have the application answer the request, when it is its turn."""
        exchange = Exchange(self, self._scope_of_request(), keeps_alive=self._keeps_alive)
        exchange.take(self._body)
        self._exchanges.append(exchange)
        return exchange

    def _answer_at_once(self) -> bool:
        """Answer the request without the application; whether that was done."""
        if self._at_once is None:
            return False
        scope = self._scope_of_request()
        keeps_alive = self._keeps_alive
        added = [*self.default_headers]
        if not keeps_alive:
            added.append((b"connection", b"close"))
        try:
            answer = self._at_once(scope, self._body)
            if answer is None:
                return False
            status, headers, body = answer
            head = head_of(status, [*added, *headers, (b"content-length", b"%d" % len(body))])
        except Exception:
            LOG.exception("%s %s failed", scope["method"], scope["path"])
            self._refuse(500)
            return True
        self.transport.write(head if scope["method"] == "HEAD" else head + body)
        if not keeps_alive:
            self._close()
        return True

    # Answering

    def _advance(self) -> None:
        """Have requests answered, as far as they can be now."""
        if self._advancing:
            return
        self._advancing = True
        try:
            while self._exchanges:
                exchange = self._exchanges[0]
                if not exchange.started:
                    exchange.start(self._application)
                if not exchange.is_over:
                    break
                self._exchanges.popleft()
                if not exchange.has_all:
                    self._linger()
                elif self._ending or not exchange.keeps_alive:
                    self._close()
        finally:
            self._advancing = False
        self.regulate()

    def start_task(self, exchange: "Exchange") -> None:
        """Run the application for *exchange*, without a task's delay where this Python can."""
        work = exchange.answer(self._application)
        task: asyncio.Task[None]
        if sys.version_info >= (3, 12):
            task = asyncio.Task(work, loop=self.loop, eager_start=True)
        else:
            task = self.loop.create_task(work)
        if not task.done():
            self._state.tasks.add(task)
            task.add_done_callback(self._state.tasks.discard)

    def answered(self) -> None:
        """The request that was being answered has been."""
        self._last_heard = self.loop.time()
        self._advance()

    def regulate(self) -> None:
        """Read from the client, or let it wait where it is far ahead of the answers."""
        ahead = len(self._exchanges) > 1 or (
            self._arriving is not None and self._arriving.size > READ_AHEAD
        )
        if ahead == self._reading and not self.transport.is_closing():
            self._reading = not ahead
            if ahead:
                self.transport.pause_reading()
            else:
                self.transport.resume_reading()

    def _refuse(self, status: int) -> None:
        """Answer what cannot be answered as it wants to be, and close; where one before it is being answered, after that."""
        self._arriving = None
        self._ending = True
        if not self._exchanges or not self._exchanges[0].started:
            text = f"{status} {http.HTTPStatus(status).phrase}\n".encode()
            headers = [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", b"%d" % len(text)),
                (b"connection", b"close"),
            ]
            self.transport.write(head_of(status, self.default_headers + headers) + text)
            self._linger()

    @property
    def default_headers(self) -> Headers:
        """What uvicorn adds to every response: the date."""
        headers: Headers = self._state.default_headers
        return headers

    def _upgrade(self, rest: bytes) -> None:
        """The request asks for another protocol. There is one, websockets; everything else is answered as it is."""
        if self._wants_websocket():
            if self._exchanges:
                self._refuse(400)
            else:
                self._hand_over(rest)
            return
        self._parser = httptools.HttpRequestParser(self)
        if rest:
            self.data_received(rest)
        else:
            self._advance()

    def _wants_websocket(self) -> bool:
        wanted = dict(self._headers).get(b"upgrade", b"").lower()
        return wanted == b"websocket" and self._config.ws_protocol_class is not None

    def _hand_over(self, rest: bytes) -> None:
        self._state.connections.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        websocket = self._config.ws_protocol_class(
            config=self._config, server_state=self._state, app_state=self._app_state
        )
        lines = [b"%s %s HTTP/1.1" % (self._parser.get_method(), self._url)]
        lines += [b"%s: %s" % header for header in self._headers]
        websocket.connection_made(self.transport)
        self.transport.set_protocol(websocket)
        websocket.data_received(b"\r\n".join([*lines, b"", rest]))

    def _close(self) -> None:
        self._ending = True
        self._exchanges.clear()
        self.transport.close()

    def _linger(self) -> None:
        """Close, but not with what the client has sent unread: that would take the answer from it (RFC 9112, 9.6)."""
        self._ending = True
        self._arriving = None
        self._exchanges.clear()
        if not self.transport.is_closing():
            self.regulate()
            self.transport.write_eof()
            self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _look_whether_idle(self) -> None:
        rest = self._last_heard + self._patience - self.loop.time()
        if rest > 0 or (self._exchanges and self._exchanges[0].started):
            self._watch = self.loop.call_later(max(rest, 1), self._look_whether_idle)
        else:
            self.transport.close()


class Exchange:
    """A request and its response, as ASGI's ``receive`` and ``send`` see them.

    :param keeps_alive: whether the connection is kept for another request
    """

    __slots__ = (
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
        "_wants_go_ahead",
        "has_all",
        "is_over",
        "keeps_alive",
        "scope",
        "started",
    )

    def __init__(self, connection: HttpConnection, scope: Message, *, keeps_alive: bool) -> None:
        self.scope = scope
        self.keeps_alive = keeps_alive
        self.has_all = False
        """Whether all of the request's body has come."""
        self.started = False
        self.is_over = False
        """Whether the response has been sent, or nobody is left to send it to."""
        self._connection = connection
        self._body = bytearray()
        self._delivered = False
        self._gone = False
        self._waiting: asyncio.Future[None] | None = None
        self._wants_go_ahead = any(
            name == b"expect" and value.lower() == b"100-continue"
            for name, value in scope["headers"]
        )
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

    def start(self, application: ASGIApplication) -> None:
        """Have *application* answer."""
        self.started = True
        self._connection.start_task(self)

    async def answer(self, application: ASGIApplication) -> None:
        """Run *application*; it has to answer, and its errors are no client's business."""
        try:
            await application(self.scope, self.receive, self.send)
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
            if self._wants_go_ahead and not self.has_all:
                self._wants_go_ahead = False
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
        added = self._connection.default_headers
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
        return head_of(self._status, added + headers)

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


def head_of(status: int, headers: Headers) -> bytes:
    """A status line and headers (RFC 9112, 4 and 5).

    :raises ValueError: where a header would end its line, and begin another
    """
    lines = [_status_line(status), *(b"%s: %s" % header for header in headers)]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    if head.count(b"\n") != len(lines) + 1 or head.count(b"\r") != len(lines) + 1:
        raise ValueError("a header has a line end in it")
    return head


@functools.lru_cache(maxsize=256)
def _status_line(status: int) -> bytes:
    try:
        phrase = http.HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}".encode()


def _address(name: Any) -> tuple[str, int] | None:
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else None
