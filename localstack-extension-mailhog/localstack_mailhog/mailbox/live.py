"""Who is told when the mailbox changes: streams, waiting requests, the pages in somebody's browser.

Nobody is sent a message: whoever waits is woken, and reads what came since the place it remembers. So nothing is
queued, a slow reader costs nothing, and none can miss a mail.
"""

import asyncio
import contextlib
import threading


class Changes:
    """Counts the mailbox's changes and wakes who waits for the next one."""

    def __init__(self) -> None:
        self._revision = 0
        self._waiting: list[asyncio.Future[None]] = []
        self._lock = threading.Lock()

    @property
    def revision(self) -> int:
        """How many changes there were."""
        return self._revision

    def announce(self) -> None:
        """Count a change and wake who waits; from any thread."""
        with self._lock:
            self._revision += 1
            waiting, self._waiting = self._waiting, []
        here = _running_loop() if waiting else None
        for future in waiting:
            if future.get_loop() is here:
                _wake(future)
            else:
                # A loop that has ended has taken its waiters with it.
                with contextlib.suppress(RuntimeError):
                    future.get_loop().call_soon_threadsafe(_wake, future)

    async def beyond(self, revision: int) -> int:
        """Wait until there were more changes than *revision*, and return how many."""
        future = self.next(revision)
        try:
            await future
        finally:
            with self._lock, contextlib.suppress(ValueError):
                self._waiting.remove(future)
        return self._revision

    def next(self, revision: int) -> "asyncio.Future[None]":
        """Done when there were more changes than *revision*; of the running loop."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            if self._revision > revision:
                future.set_result(None)
            else:
                self._waiting.append(future)
        return future


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
