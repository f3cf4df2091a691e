"""Writing mail: changes are made in groups, one after the other, on a thread of their own or at once.

Whatever has queued up while the last transaction ran shares the next one. A caller that has a group of its own, and
would lose more time with two changes of threads than with the transaction, may make it itself while nobody else writes.
"""

import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from localstack_mailhog.mailbox.errors import MailboxError

LOG = logging.getLogger(__name__)

T = TypeVar("T")

GROUP_SIZE = 256
"""How many changes may share a transaction."""

REST_SECONDS = 60.0
"""How long the thread rests at most before it looks whether there is something to tidy up."""

QUIET_SECONDS = 0.02
"""How long nobody must have made changes himself before it tidies up."""

RETRY_SECONDS = 2.0
"""How long it leaves alone what could not be tidied up: on a disk that is full, for example."""

Change = Callable[[sqlite3.Connection], T]
"""Changes the database, and returns what its caller wants to know. It may run more than once."""


class Housekeeping(Protocol):
    """What is done beside what is asked for."""

    def trim(self, connection: sqlite3.Connection) -> None:
        """At the end of a transaction: make room."""

    def rolled_back(self) -> None:
        """A transaction was undone, with what was noted during it."""

    def committed(self) -> None:
        """A transaction has been committed; nobody has been told yet."""

    def is_untidy(self) -> bool:
        """Whether there is something to tidy up."""

    def tidy(self, connection: sqlite3.Connection) -> bool:
        """In a transaction while there is nothing else to do: a little work, so that nobody has to wait for it.

        :return: whether anybody sees a difference
        """


class Writer:
    """Runs changes, grouped, on *connection*, which is its own from now on."""

    def __init__(self, connection: sqlite3.Connection, housekeeping: Housekeeping) -> None:
        self._connection = connection
        self._housekeeping = housekeeping
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._quiet_from = 0.0
        """When it may tidy up."""
        self._is_resting = False
        self._lock = threading.Lock()
        # Held by whoever uses the connection.
        self._writing = threading.Lock()
        # Held by who is next: otherwise whoever writes again at once would have the connection again and again.
        self._turn = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="mailbox-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Change[T]) -> "Future[T]":
        """Have *change* made; the future is its result, once it is committed.

        The future's error is a :class:`~localstack_mailhog.mailbox.errors.MailboxError` where it was not.
        """
        future: Future[T] = Future()
        # A client that goes away cancels its wait, not the writing of what it handed over.
        future.set_running_or_notify_cancel()
        with self._lock:  # nothing may queue up behind the end
            if self._closed:
                future.set_exception(MailboxError("the mailbox is closed"))
            else:
                self._queue.put((change, future))
        return future

    def attempt(self, changes: Sequence[Change[T]]) -> "list[T | MailboxError] | None":
        """Make *changes* at once, on the caller's thread, and return what became of each.

        None where that would be waiting: somebody else is writing, or was first.
        """
        if self._turn.locked() or not self._writing.acquire(blocking=False):
            return None
        try:
            if self._closed or not self._queue.empty():
                return None
            outcomes = self._make(changes)
        finally:
            self._writing.release()
        self._quiet_from = time.monotonic() + QUIET_SECONDS
        if self._is_resting and self._housekeeping.is_untidy():
            self._is_resting = False
            self._queue.put(_WAKE)
        return outcomes

    @contextlib.contextmanager
    def between(self) -> Iterator[sqlite3.Connection | None]:
        """The connection, for a block that reads, between changes; none where somebody is writing.

        What was written last is in its memory, which other connections would have to read again.
        """
        if not self._writing.acquire(blocking=False):
            yield None
            return
        try:
            yield None if self._closed else self._connection
        finally:
            self._writing.release()

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """A block during which nobody else makes changes; who waits for it is not overtaken."""
        with self._turn:
            self._writing.acquire()
        try:
            yield
        finally:
            self._writing.release()

    def close(self) -> None:
        """Make the changes that are waiting, and end the thread and the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        with self.alone():
            self._connection.close()

    def _run(self) -> None:
        ended = False
        while not ended:
            self._is_resting = True  # first, so that whoever makes it untidy from now on says so
            untidy = self._housekeeping.is_untidy()
            self._is_resting = not untidy
            busy = max(0.0, self._quiet_from - time.monotonic())
            group = self._next_group(busy if untidy else REST_SECONDS)
            ended = None in group
            works = [work for work in group if work is not None and work is not _WAKE]
            if works:
                with self.alone():
                    self._commit(works)
            elif untidy and not (group or busy):
                with self.alone():
                    self._tidy()

    def _next_group(self, seconds: float) -> "list[_Work | None]":
        """What is to be done next, with all that waits behind it; nothing, where nothing comes for *seconds*."""
        group: list[_Work | None] = []
        with contextlib.suppress(queue.Empty):
            group.append(self._queue.get(timeout=seconds))
            while len(group) < GROUP_SIZE and group[-1] is not None:
                group.append(self._queue.get_nowait())
        return group

    def _commit(self, group: "list[_Work]") -> None:
        outcomes = self._make([change for change, _ in group])
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, MailboxError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _make(self, changes: "Sequence[Change[T]]") -> "list[T | MailboxError]":
        """Make changes in one transaction, and return what became of each."""
        results: list[T | MailboxError]
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [change(self._connection) for change in changes]
            self._housekeeping.trim(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            if len(changes) > 1:
                # One that cannot be written must not take the others with it.
                return [outcome for change in changes for outcome in self._make([change])]
            failure = MailboxError(f"the mailbox cannot be written: {error}")
            failure.__cause__ = error
            return [failure]
        self._housekeeping.committed()
        return results

    def _tidy(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            has_changed = self._housekeeping.tidy(self._connection)
            self._connection.execute("COMMIT")
        except Exception:
            self._roll_back()
            self._quiet_from = time.monotonic() + RETRY_SECONDS
            LOG.exception("The mailbox could not be tidied up")
        else:
            if has_changed:
                self._housekeeping.committed()

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        self._housekeeping.rolled_back()


_Work = tuple[Change[Any], "Future[Any]"]
_WAKE: _Work = (lambda connection: None, Future())
"""Nothing to do, for a thread that shall look again."""
