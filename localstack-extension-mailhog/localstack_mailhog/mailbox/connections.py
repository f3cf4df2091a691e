"""Connections to the mailbox's two databases: the mail, and the index that is derived from it."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localstack_mailhog.mailbox.errors import MailboxError
from localstack_mailhog.mailbox.search import has_header

CACHE_KIB = 512
"""What each connection may keep of a database in memory; the operating system keeps the rest."""

BUSY_SECONDS = 10.0

PAGE_BYTES = 4096

MOST_LOGGED = 8000
"""How many pages the log of a lasting mailbox may have: 32 MB."""


@dataclass(frozen=True, slots=True)
class Databases:
    """Where the databases are."""

    folder: Path
    lasting: bool
    """Whether they outlive the process, and so have to survive a power cut, too."""

    @property
    def mail(self) -> Path:
        """The mail: the truth."""
        return self.folder / "mail.sqlite3"

    @property
    def index(self) -> Path:
        """What searches and lists need to know of it; can be made again."""
        return self.folder / "index.sqlite3"

    def open_mail(self) -> sqlite3.Connection:
        """A connection to the mail.

        :raises sqlite3.Error: where it cannot be opened
        """
        connection = _open(self.mail)
        # Without it, a power cut may undo the newest commits and even damage the file; a killed process never does.
        connection.execute(f"PRAGMA synchronous = {'NORMAL' if self.lasting else 'OFF'}")
        if self.lasting:
            connection.execute("PRAGMA wal_autocheckpoint = 0")  # see checkpoints.py
            connection.execute(f"PRAGMA journal_size_limit = {MOST_LOGGED * PAGE_BYTES}")
        return connection

    def open_index(self) -> sqlite3.Connection:
        """A connection to the index, which sees the mail as ``mail.…``, too.

        :raises sqlite3.Error: where it cannot be opened
        """
        connection = _open(self.index)
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("ATTACH DATABASE ? AS mail", (_location(self.mail),))
        return connection

    def open_both(self) -> sqlite3.Connection:
        """A connection for readers, to the mail and, as ``found.…``, the index.

        :raises sqlite3.Error: where they cannot be opened
        """
        connection = self.open_mail()
        connection.execute("ATTACH DATABASE ? AS found", (_location(self.index),))
        connection.execute("PRAGMA query_only = ON")
        connection.create_function("has_header", 3, has_header, deterministic=True)
        return connection


class Readers:
    """Connections that read, as many as are looking at the same time."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._free: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection for as long as the block runs.

        :raises MailboxError: where none can be had
        """
        with self._lock:
            if self._closed:
                raise MailboxError("the mailbox is closed")
            connection = self._free.pop() if self._free else None
        if connection is None:
            try:
                connection = self._databases.open_both()
            except sqlite3.Error as error:
                raise MailboxError(f"the mailbox cannot be read: {error}") from error
        try:
            yield connection
        finally:
            with self._lock:
                if not self._closed:
                    self._free.append(connection)
                    connection = None
            if connection is not None:
                connection.close()

    def close(self) -> None:
        """Close those that are not in use now, and the others when they are given back."""
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        _location(path),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=BUSY_SECONDS,
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection


def _location(path: Path) -> str:
    """What SQLite is told to open.

    All connections are this process's, so on Unix they lock each other out in its memory, and no transaction has to
    ask the operating system six times (https://sqlite.org/vfs.html, "unix-excl").
    """
    return path.absolute().as_uri() + ("?vfs=unix-excl" if os.name == "posix" else "")
