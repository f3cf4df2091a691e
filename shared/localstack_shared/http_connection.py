"""One connection of an HTTP server (HTTP/1.1, RFC 9112), made for answers that are ready at once.

An emulator answers most requests in less time than it takes to make a task, to schedule it, and to pass ASGI's
messages. So a service may answer a request that is there in the call that brings it; what it leaves, the ASGI
application answers.
"""

import asyncio
import http
import logging
import sys
from collections import deque
from typing import Any
from urllib.parse import unquote

import httptools

from localstack_shared.http_exchange import Exchange, status_line
from localstack_shared.http_server import KEEP_ALIVE_SECONDS, HttpServer
from localstack_shared.plain_request import PlainRequest, plain_request
from localstack_shared.serving import ASGIApplication, Headers, Message
from localstack_shared.turns import Turns

LOG = logging.getLogger(__name__)

_PLAIN = b"content-type: text/plain; charset=utf-8\r\n"

LINGER_SECONDS = 1.0
"""How long a client that still sends may take to read why nobody listens any more."""

_KEPT = b"date: %s\r\ncontent-length: %d\r\n\r\n"
_LAST = b"date: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
"""How the head of an answer ends, and that of the last one of a connection."""

LONGEST_HEAD = 1 << 16
"""How many bytes a request line and the headers may have."""

READ_AHEAD = 1 << 16
"""How many bytes of a body are waited for, so that it is there as a whole, and are read before they are asked for."""


class HttpConnection(asyncio.Protocol):
    """One connection of *server*.

    :param turns: of the loop, at whose ends answers are written
    """

    def __init__(self, server: HttpServer, turns: Turns) -> None:
        self.server = server
        self._turns = turns
        self._at_once = server.at_once
        self.loop = asyncio.get_running_loop()
        self._transport: Any = None
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
        self._is_between = True
        """Whether nothing of the next request has come."""
        self._is_left = False
        """Whether what came last is a request that was not answered at once, and is the application's."""
        self._left_to: ASGIApplication | None = None
        """What answers that request, where it is not the server's application."""
        self._got_on = False
        """Whether the bytes that came last ended a head or a body."""
        self._size = 0
        """How many bytes came last."""
        self._arriving: Exchange | None = None
        # Requests that were not answered at once, in their order; the first is being answered.
        self._exchanges: deque[Exchange] = deque()
        self._advancing = False

    @property
    def transport(self) -> Any:
        """For who writes behind the answers that were given at once, or closes."""
        self._turns.release()
        return self._transport

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.server.connections.add(self)
        self._last_heard = self.loop.time()
        self._watch = self.loop.call_later(KEEP_ALIVE_SECONDS, self._look_whether_idle)
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
        self.server.connections.discard(self)
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
        request = plain_request(data) if self._is_between and self._may_be_at_once else None
        if request is not None and self._answer_at_once(request, keeps_alive=True):
            return
        self._is_left = request is not None
        self._got_on = False
        self._size = len(data)
        try:
            self._parser.feed_data(data)
            if self._in_body or self._exchanges or not (self._got_on and self._reading):
                self._look_at_what_is_incomplete()
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(400)

    def pause_writing(self) -> None:
        if self.writable is None:
            self.writable = self.loop.create_future()

    def resume_writing(self) -> None:
        if self.writable is not None and not self.writable.done():
            self.writable.set_result(None)
        self.writable = None

    # What the server calls

    def shutdown(self) -> None:
        """Finish what is being answered, and close."""
        self._ending = True
        if not self._exchanges:
            self.transport.close()

    # What the parser calls

    def on_message_begin(self) -> None:
        self._is_between = False
        self._url = self._body = b""
        self._headers = []

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # what comes after a chunked body may not change what was said before
            self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        if self._head_size + self._size > LONGEST_HEAD:  # with what came before and behind it
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
        self._is_between = self._got_on = True
        if self._ending or (self._parser.should_upgrade() and self._wants_websocket()):
            return
        if self._arriving is not None:
            self._arriving.has_all = True
            self._arriving.wake()
            self._arriving = None
            return
        if (
            self._is_left
            or not self._may_be_at_once
            or not self._answer_at_once(self._request(), keeps_alive=self._keeps_alive)
        ):
            self._exchange(self._scope_of_request()).has_all = True
            self._advance()

    def _look_at_what_is_incomplete(self) -> None:
        """See whether the rest of what is being read may come, or has to be asked for."""
        if self._ending:
            return
        if not (self._in_body or self._got_on):
            self._head_size += self._size
            if self._head_size > LONGEST_HEAD:
                self._refuse(431)
        elif self._in_body and self._arriving is None:
            waits = any(
                name == b"expect" and value.lower() == b"100-continue"
                for name, value in self._headers
            )
            if waits or len(self._body) > READ_AHEAD:
                self._arriving = self._exchange(self._scope_of_request())
                self._arriving.wants_go_ahead = waits
        self._advance()

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

    def _exchange(self, scope: Message) -> Exchange:
        """Have the application answer the request, when it is its turn."""
        application, self._left_to = self._left_to or self.server.application, None
        exchange = Exchange(self, scope, application, keeps_alive=self._keeps_alive)
        exchange.take(self._body)
        self._exchanges.append(exchange)
        return exchange

    def _request(self) -> PlainRequest:
        """The request that the parser has read, as what answers at once takes it."""
        url = httptools.parse_url(self._url)
        return (
            self._parser.get_method().decode("ascii"),
            (url.path or b"/").decode("latin-1"),
            (url.query or b"").decode("latin-1"),
            {name.decode("latin-1"): value.decode("latin-1") for name, value in self._headers},
            self._body,
        )

    @property
    def _may_be_at_once(self) -> bool:
        """Whether the next answer may leave at once: none is before it, and the client reads."""
        return self._at_once is not None and not self._exchanges and self.writable is None

    def _answer_at_once(self, request: PlainRequest, *, keeps_alive: bool) -> bool:
        """Answer the request without the application; whether that was done."""
        assert self._at_once is not None
        method = request[0]
        try:
            answer = self._at_once(*request)
            if answer is None or callable(answer):
                self._left_to = answer
                return False
            self._write_whole(*answer, keeps_alive=keeps_alive, with_body=method != "HEAD")
        except Exception:
            LOG.exception("%s %s failed", method, request[1])
            self._refuse(500)
            return True
        if not keeps_alive:
            self._close()
        return True

    def _write_whole(
        self,
        status: int,
        lines: bytes,
        body: bytes,
        *,
        keeps_alive: bool,
        with_body: bool = True,
    ) -> None:
        end = (_KEPT if keeps_alive else _LAST) % (self.server.date, len(body))
        pieces = (status_line(status), lines, end)
        self._turns.write(self._transport, b"".join((*pieces, body) if with_body else pieces))

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
                    self._start(exchange)
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

    def _start(self, exchange: Exchange) -> None:
        """Run the application for *exchange*, without a task's delay where this Python can."""
        exchange.started = True
        work = exchange.answer()
        task: asyncio.Task[None]
        if sys.version_info >= (3, 12):
            task = asyncio.Task(work, loop=self.loop, eager_start=True)
        else:
            task = self.loop.create_task(work)
        if not task.done():
            self.server.tasks.add(task)
            task.add_done_callback(self.server.tasks.discard)

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
            self._write_whole(status, _PLAIN, text, keeps_alive=False)
            self._linger()

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
        return wanted == b"websocket" and self.server.takes_websockets

    def _hand_over(self, rest: bytes) -> None:
        self.server.connections.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        websocket = self.server.websocket()
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
        rest = self._last_heard + KEEP_ALIVE_SECONDS - self.loop.time()
        if rest > 0 or (self._exchanges and self._exchanges[0].started):
            self._watch = self.loop.call_later(max(rest, 1), self._look_whether_idle)
        else:
            self.transport.close()


def _address(name: Any) -> tuple[str, int] | None:
    return (str(name[0]), int(name[1])) if isinstance(name, tuple) else None
