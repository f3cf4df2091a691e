"""The end of a turn of an event loop, in which a server writes what it has answered, and after which it stays awake.

A write to a client that sleeps wakes it, and a loop that sleeps is woken by what the client sends next: each takes
longer than most answers take to be made. So the answers of a turn, of all connections, are written one after the other
behind the last, when the client that they wake is awake already for most of them; and a loop that has just answered
looks for more for a moment before it sleeps.
"""

import asyncio
import os
import time

AWAKE_SECONDS = 0.0001
"""How long is looked for more requests: a program that has its answer and goes on asks again within that time."""

HELD_SECONDS = 0.001
"""How long the first answer of a turn may wait for those behind it to be made."""

HELD_BYTES = 1 << 16
"""How many bytes of answers may wait."""


class Turns:
    """The turns of *loop*."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._held: list[tuple[asyncio.Transport, bytes]] = []
        self._size = 0
        self._until = 0.0
        """When what is held is written although the turn goes on."""
        self._is_looked_to = False
        # Where there is one processor, a loop that is awake keeps the client from it.
        self._awake_seconds = AWAKE_SECONDS if _processors() > 1 else 0.0
        self._awake_until = 0.0

    def write(self, transport: asyncio.Transport, data: bytes) -> None:
        """Write to *transport* at the end of this turn."""
        now = time.perf_counter()
        if not self._held:
            self._until = now + HELD_SECONDS
        self._held.append((transport, data))
        self._size += len(data)
        if self._size > HELD_BYTES or now > self._until:
            self.release()
        self._look_to_its_end()

    def stay_awake(self) -> None:
        """Look for more for a moment before the loop sleeps: a client has an answer that it waited for."""
        self._awake_until = time.perf_counter() + self._awake_seconds
        self._look_to_its_end()

    def release(self) -> None:
        """Write what is held now."""
        if self._held:
            held, self._held, self._size = self._held, [], 0
            for transport, data in held:
                if not transport.is_closing():
                    transport.write(data)

    def _look_to_its_end(self) -> None:
        if not self._is_looked_to:
            self._is_looked_to = True
            self._loop.call_soon(self._end)

    def _end(self) -> None:
        if self._held:
            self.release()
            self._awake_until = time.perf_counter() + self._awake_seconds
        elif time.perf_counter() >= self._awake_until:
            self._is_looked_to = False
            return
        self._loop.call_soon(self._end)


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
