"""An HTTP server on listening sockets: who is connected, the date of the answers, and an end in good order.

It leaves the host's logging and signals alone, and ends when it is told to, at once where nothing is being answered: a
service that is started and stopped for each test would spend most of the test on that.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from localstack_shared.serving import BACKLOG, AnswerAtOnce, ASGIApplication, Closing
from localstack_shared.turns import Turns

if TYPE_CHECKING:
    from localstack_shared.under_uvicorn import Websockets

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept: a few seconds would make a pooled client meet closed ones."""

LEAVE_SECONDS = 0.1
"""How long whoever is being answered has to end by itself, before its connection is closed."""

GRACE_SECONDS = 1.0
"""How long an answer that is being written may take then."""

CLOSING_SECONDS = 0.005
"""How often is looked whether all have ended."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"


class Connection(Protocol):
    """Somebody who is connected."""

    def shutdown(self) -> None:
        """Finish what is being answered, and close."""


class HttpServer:
    """Serves an ASGI application on listening sockets.

    :param at_once: answers what it can without ASGI, which takes longer than most answers do
    :param websockets: whether the application takes websockets; where not, asking for one is a plain request
    """

    def __init__(
        self,
        application: ASGIApplication,
        listeners: list[socket.socket],
        *,
        at_once: AnswerAtOnce | None = None,
        websockets: bool = False,
    ) -> None:
        self.application = application
        self.at_once = at_once
        self.connections: set[Connection] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        """In which the application answers, or holds a websocket."""
        self.takes_websockets = websockets
        self._listeners = listeners
        self._servers: list[asyncio.Server] = []
        self._second = 0
        self._date = b""

    async def open(self) -> Closing:
        """Start accepting; to be called on the loop that serves."""
        try:
            from localstack_shared.http_connection import HttpConnection
        except ImportError:  # httptools, which is not installed on Windows
            from localstack_shared.under_uvicorn import UvicornServer

            return await UvicornServer(
                self.application, self._listeners, websockets=self.takes_websockets
            ).open()
        loop = asyncio.get_running_loop()
        turns = Turns(loop)
        for listener in self._listeners:
            self._servers.append(
                await loop.create_server(
                    lambda: HttpConnection(self, turns), sock=listener, backlog=BACKLOG
                )
            )
        return self

    async def close(self) -> None:
        """Stop accepting and finish what is being answered."""
        for server in self._servers:
            server.close()
        for listener in self._listeners:
            listener.close()
        await end_all(self.connections, self.tasks)

    def websocket(self) -> asyncio.Protocol:
        """What holds a new connection's websocket; the first takes a moment to make."""
        return self._websockets.protocol()

    @cached_property
    def _websockets(self) -> "Websockets":
        from localstack_shared.under_uvicorn import Websockets

        return Websockets(self)

    @property
    def date(self) -> bytes:
        """The value of the header that every answer has (RFC 9110, 6.6.1)."""
        now = int(time.time())
        if now != self._second:
            self._second, self._date = now, http_date(now)
        return self._date


def http_date(seconds: int) -> bytes:
    """A Unix time as HTTP has it (RFC 9110, 5.6.7), in whatever language the process is."""
    year, month, day, hour, minute, second, weekday, *_ = time.gmtime(seconds)
    date = f"{_DAYS[weekday]}, {day:02} {_MONTHS[month - 1]} {year}"
    return f"{date} {hour:02}:{minute:02}:{second:02} GMT".encode()


async def end_all(
    connections: Collection[Connection], tasks: Collection[asyncio.Task[None]]
) -> None:
    """Close what is idle, and let what is being answered finish, for as long as it may take.

    :param tasks: in which is answered; like the connections, they leave their collection when they end
    """
    # Who streams, or holds a websocket, has been told, too, and takes leave in its own words.
    await _until(lambda: not tasks, LEAVE_SECONDS)
    for connection in list(connections):
        connection.shutdown()
    await _until(lambda: not (connections or tasks), GRACE_SECONDS)
    for task in list(tasks):
        task.cancel()


async def _until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:  # noqa: ASYNC110 - websockets' ends tell nobody
        await asyncio.sleep(CLOSING_SECONDS)
