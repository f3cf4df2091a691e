"""The connections that are open: how many there may be, and who has been silent for too long."""

import asyncio
import contextlib
from typing import Protocol


class Session(Protocol):
    """What has to be known of a connection."""

    @property
    def last_heard(self) -> float:
        """When something came last, on the loop's clock."""

    @property
    def is_waiting(self) -> bool:
        """Whether the client has to say something next."""

    def shut(self, words: str) -> None:
        """Say *words* and hang up, soon."""

    def abort(self) -> None:
        """Hang up now."""


class Sessions:
    """The open connections of a server.

    :param limit: how many there may be
    :param idle_seconds: how long a client may be silent; 0 for ever
    """

    def __init__(self, limit: int, idle_seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._loop = loop
        self._open: set[Session] = set()
        self._emptied = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        if idle_seconds:
            self._look_for_idle()

    def admit(self, session: Session) -> bool:
        """Count *session* among the open ones; false where there are too many already."""
        if len(self._open) >= self._limit:
            return False
        self._open.add(session)
        return True

    def forget(self, session: Session) -> None:
        """The connection of *session* is gone."""
        self._open.discard(session)
        if not self._open:
            self._emptied.set()

    async def close(self, words: str, seconds: float) -> None:
        """Say *words* to everybody and hang up; messages that are being stored have *seconds* to get their answer."""
        if self._timer is not None:
            self._timer.cancel()
        self._emptied.clear()
        for session in list(self._open):
            session.shut(words)
        if self._open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)
        for session in list(self._open):
            session.abort()

    def _look_for_idle(self) -> None:
        # One timer for all: a timer for each would have to be set anew whenever something comes.
        self._timer = self._loop.call_later(self._idle_seconds / 10, self._look_for_idle)
        silent_since = self._loop.time() - self._idle_seconds
        for session in list(self._open):
            if session.is_waiting and session.last_heard <= silent_since:
                session.shut("421 4.4.2 Timeout")
