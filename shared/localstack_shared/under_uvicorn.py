"""What uvicorn does: it holds websockets, and serves everything where httptools is not installed.

It takes long to import, with everything that it can do besides, so that is done when it is needed.
"""

import asyncio
import contextlib
import logging
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.server import ServerState

from localstack_shared.http_server import KEEP_ALIVE_SECONDS, end_all
from localstack_shared.serving import ASGIApplication

if TYPE_CHECKING:
    from localstack_shared.http_server import HttpServer

PING_SECONDS, PONG_SECONDS = 54, 6
"""How often a websocket's client is asked whether it is still there, and how long it may take to say so."""

MESSAGE_BYTES = 1 << 16
"""The longest message that a websocket's client may send."""

TICK_SECONDS = 0.1
"""How often uvicorn does what it does from time to time, such as writing the date of its answers."""

TICKS = 864_000
"""After how many uvicorn counts them anew."""


class Websockets:
    """Makes the protocols of a server's websockets."""

    def __init__(self, server: "HttpServer") -> None:
        self._server = server
        self._config = _config(server.application, websockets=True)
        self._config.load()
        self._state = ServerState()
        self._state.connections = server.connections  # type: ignore[assignment]
        self._state.tasks = server.tasks

    def protocol(self) -> asyncio.Protocol:
        """What holds one websocket, from its handshake on."""
        self._state.default_headers = [(b"date", self._server.date)]
        protocol: Any = self._config.ws_protocol_class
        made: asyncio.Protocol = protocol(
            config=self._config, server_state=self._state, app_state={}
        )
        return made


class UvicornServer(uvicorn.Server):
    """Serves an ASGI application; ends as soon as it is told to, where uvicorn looks ten times a second.

    :param websockets: whether the application takes them
    """

    def __init__(
        self, application: ASGIApplication, listeners: list[socket.socket], *, websockets: bool
    ) -> None:
        super().__init__(_config(application, websockets=websockets))
        self._listeners = listeners
        self._ending = asyncio.Event()

    async def open(self) -> "UvicornServer":
        """Start accepting; to be called on the loop that serves."""
        self._serving = asyncio.ensure_future(self.serve(sockets=self._listeners))
        while not self.started and not self._serving.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        if self._serving.done():
            await self._serving
        return self

    async def close(self) -> None:
        """Stop accepting and finish what is being answered."""
        self.should_exit = True
        self._ending.set()
        await asyncio.wait({self._serving})

    # What uvicorn calls

    async def main_loop(self) -> None:
        """Do what is due on each tick, until the end."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % TICKS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is idle, and let what is being answered finish."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        await end_all(self.server_state.connections, self.server_state.tasks)


def _config(application: ASGIApplication, *, websockets: bool) -> uvicorn.Config:
    """One that leaves the host's logging and signals alone."""
    return uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        log_level=logging.WARNING,
        interface="asgi3",
        proxy_headers=False,
        ws="wsproto" if websockets else "none",
        ws_max_size=MESSAGE_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PONG_SECONDS,
        ws_per_message_deflate=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
