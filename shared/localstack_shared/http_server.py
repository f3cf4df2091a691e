"""uvicorn's server, told when to end: by itself it looks ten times a second, and then waits as long again.

A service that is started and stopped for each test would spend most of the test on that.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable

import uvicorn

TICK_SECONDS = 0.1
"""How often uvicorn does what it does from time to time, such as writing the date of its answers."""

TICKS = 864_000
"""After how many uvicorn counts them anew."""

LEAVE_SECONDS = 0.1
"""How long whoever is being answered has to end by itself, before its connection is closed."""

CLOSING_SECONDS = 0.005
"""How often is looked whether all have ended."""


class HttpServerLoop(uvicorn.Server):
    """A server that ends as soon as it is told to by :meth:`end`."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Stop accepting, let what is being answered finish, and return from ``serve``; to be called on the loop."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        """Do what is due on each tick, until the end."""
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % TICKS
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), TICK_SECONDS)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what is idle, and let what is being answered finish, for as long as the configuration says."""
        for server in self.servers:
            server.close()
        for listener in sockets or ():
            listener.close()
        # Who streams, or holds a websocket, has been told, too, and takes leave in its own words.
        await self._until(lambda: not self.server_state.tasks, LEAVE_SECONDS)
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await self._until(
            lambda: not (self.server_state.connections or self.server_state.tasks),
            self.config.timeout_graceful_shutdown or 0,
        )
        for task in self.server_state.tasks:
            task.cancel()

    async def _until(self, done: Callable[[], bool], seconds: float) -> None:
        end = time.monotonic() + seconds
        while not done() and time.monotonic() < end:  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(CLOSING_SECONDS)
