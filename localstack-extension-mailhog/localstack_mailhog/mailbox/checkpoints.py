"""Carrying what was committed from the write-ahead log into the database, beside those who write.

Otherwise SQLite does it in the commit that fills the log, and whoever made it waits for the disk. Only where mail comes
so fast that the log would grow without bound, it has to wait until everything is carried over.

https://sqlite.org/wal.html, "Checkpointing"
"""

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

from localstack_mailhog.mailbox.connections import MOST_LOGGED, Databases

SECONDS = 0.1
"""How long it waits for more to be committed."""


class Checkpoints:
    """Makes checkpoints of the mail's database in the background.

    :param alone: a block during which nobody else writes
    :raises sqlite3.Error: where the database cannot be opened
    """

    def __init__(
        self, databases: Databases, alone: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._alone = alone
        self._connection = databases.open_mail()
        self._committed = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailbox-checkpoints", daemon=True)
        self._thread.start()

    def tell(self) -> None:
        """Something was committed; from any thread."""
        self._committed.set()

    def close(self) -> None:
        """Stop, and close the connection. The last connection that is closed carries over what is left."""
        self._closed.set()
        self._committed.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._committed.wait():
            # Before it is asked whether this is the end, which is told in the other order: so it is never overlooked.
            self._committed.clear()
            if self._closed.wait(SECONDS):
                return
            # Where the disk is full, whoever writes mail is told.
            with contextlib.suppress(sqlite3.Error):
                if self._carry_over() > MOST_LOGGED:
                    with self._alone():
                        self._carry_over()

    def _carry_over(self) -> int:
        """Carry over what can be now, and return how many pages the log has."""
        _, logged, _ = self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(logged)
