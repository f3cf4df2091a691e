"""The one thread that writes mail: whatever has queued up while the last transaction ran shares the next one."""

import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from localstack_mailhog.mailbox.errors import MailboxError

LOG = logging.getLogger(__name__)

T = TypeVar("T")

GROUP_SIZE = 256
"""How many changes may share a transaction."""

REST_SECONDS = 60.0
"""How long the thread rests at most before it tidies up again."""

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

    def tidy(self, connection: sqlite3.Connection) -> None:
        """In a transaction while there is nothing else to do: a little work, so that nobody has to wait for it."""


class Writer:
    """Runs changes, grouped, on *connection*, which is its own from now on."""

    def __init__(self, connection: sqlite3.Connection, housekeeping: Housekeeping) -> None:
        self._connection = connection
        self._housekeeping = housekeeping
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
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

    def close(self) -> None:
        """Make the changes that are waiting, and end the thread and the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        ended = False
        while not ended:
            group: list[_Work | None] = []
            untidy = self._housekeeping.is_untidy()
            with contextlib.suppress(queue.Empty):
                group.append(self._queue.get(timeout=0 if untidy else REST_SECONDS))
                while len(group) < GROUP_SIZE and group[-1] is not None:
                    group.append(self._queue.get_nowait())
            ended = None in group
            works = [work for work in group if work is not None]
            if works:
                self._commit(works)
            elif untidy and not ended:
                self._tidy()

    def _commit(self, group: "list[_Work]") -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [change(self._connection) for change, _ in group]
            self._housekeeping.trim(self._connection)
            self._connection.execute("COMMIT")
        except Exception as error:
            self._roll_back()
            if len(group) == 1:
                failure = MailboxError(f"the mailbox cannot be written: {error}")
                failure.__cause__ = error
                group[0][1].set_exception(failure)
            else:
                # One that cannot be written must not take the others with it.
                for work in group:
                    self._commit([work])
            return
        self._housekeeping.committed()
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)

    def _tidy(self) -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            self._housekeeping.tidy(self._connection)
            self._connection.execute("COMMIT")
        except Exception:
            self._roll_back()
            LOG.exception("The mailbox could not be tidied up")

    def _roll_back(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        self._housekeeping.rolled_back()


_Work = tuple[Change[Any], "Future[Any]"]
