"""Where mail is kept: an SQLite database, one thread that writes, readers with connections of their own.

Writes are grouped: whatever has queued up while the last transaction ran shares the next one. A writer's caller gets
a future that is done when its mail is committed. A reader sees one state of the mailbox for as long as it looks, and
neither waits for the writer nor holds it up (write-ahead log).
"""

import base64
import contextlib
import json
import logging
import os
import queue
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from localstack_mailhog.mailbox.live import Changes
from localstack_mailhog.mailbox.mail import Entry, Mail
from localstack_shared.errors import CannotStart

LOG = logging.getLogger(__name__)

T = TypeVar("T")

GROUP_SIZE = 256
"""How many writes may share a transaction."""

CACHE_KIB = 512
"""What each connection may keep of the database in memory; the operating system keeps the rest."""

SCHEMA = """
CREATE TABLE message (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    helo TEXT NOT NULL,
    size INTEGER NOT NULL
);
-- Apart, so that counting and paging walk over small rows.
CREATE TABLE content (
    position INTEGER PRIMARY KEY REFERENCES message (position),
    raw BLOB NOT NULL
);
PRAGMA user_version = 1;
"""

_ENTRY = "SELECT position, id, created, sender, recipients, helo, size FROM message "


class MailboxError(Exception):
    """Mail could not be kept, or not be read."""


class MailboxUnavailable(MailboxError, CannotStart):
    """No mailbox can be made where it should be."""


class Mailbox:
    """All mail, newest first.

    :param folder: a folder for the database; it is removed when the mailbox is closed
    :param hostname: what stands behind the ``@`` of message ids
    :raises MailboxUnavailable: where the database cannot be made
    """

    def __init__(self, folder: Path, hostname: str) -> None:
        self.path = folder / "mail.sqlite3"
        self.hostname = hostname
        self.changes = Changes()
        self._folder = folder
        self._readers = _Readers(self.path)
        try:
            connection = _connect(self.path)
            connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise MailboxUnavailable(f"no mailbox can be made in {folder}: {error}") from error
        self._writer = _Writer(connection, self.changes.announce)

    @classmethod
    def temporary(cls, hostname: str) -> "Mailbox":
        """A mailbox in a private temporary folder.

        :raises MailboxUnavailable: where it cannot be made
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix="localstack-mailhog-"))
        except OSError as error:
            raise MailboxUnavailable(f"no temporary folder can be made: {error}") from error
        try:
            return cls(folder, hostname)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def add(self, mail: Mail) -> "Future[str]":
        """Keep *mail*; the future is its id, once it is committed.

        The future's error is a :class:`MailboxError` where it could not be kept.
        """
        identifier = new_id(self.hostname)
        created = time.time_ns()

        def insert(connection: sqlite3.Connection) -> str:
            cursor = connection.execute(
                "INSERT INTO message (id, created, sender, recipients, helo, size)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    identifier,
                    created,
                    mail.sender,
                    json.dumps(mail.recipients),
                    mail.helo,
                    len(mail.raw),
                ),
            )
            connection.execute(
                "INSERT INTO content (position, raw) VALUES (?, ?)", (cursor.lastrowid, mail.raw)
            )
            return identifier

        return self._writer.submit(insert)

    def delete(self, identifier: str) -> "Future[bool]":
        """Delete one mail; the future tells whether there was one of that id."""

        def delete(connection: sqlite3.Connection) -> bool:
            connection.execute(
                "DELETE FROM content WHERE position = (SELECT position FROM message WHERE id = ?)",
                (identifier,),
            )
            return (
                connection.execute("DELETE FROM message WHERE id = ?", (identifier,)).rowcount > 0
            )

        return self._writer.submit(delete)

    def delete_all(self) -> "Future[None]":
        """Delete every mail."""

        def delete(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM content")
            connection.execute("DELETE FROM message")

        return self._writer.submit(delete)

    @contextlib.contextmanager
    def look(self) -> "Iterator[View]":
        """The mailbox as it is now, unchanging until the block ends. May block: never on an event loop's thread.

        :raises MailboxError: where it is closed or cannot be read
        """
        with self._readers.borrow() as connection:
            try:
                connection.execute("BEGIN")
                try:
                    yield View(connection)
                finally:
                    connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise MailboxError(f"the mailbox cannot be read: {error}") from error

    def close(self) -> None:
        """Finish what is being written, and remove the database and its folder."""
        self._writer.close()
        self._readers.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class View:
    """One state of the mailbox."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def total(self) -> int:
        """How many mails there are."""
        return int(self._connection.execute("SELECT count(*) FROM message").fetchone()[0])

    def latest(self) -> int:
        """The position of the mail that came last, even if it was deleted since; 0 where none ever came."""
        row = self._connection.execute(
            "SELECT seq FROM sqlite_sequence WHERE name = 'message'"
        ).fetchone()
        return int(row[0]) if row else 0

    def newest(self, start: int, limit: int) -> list[Entry]:
        """At most *limit* mails, newest first, leaving out the *start* newest."""
        return self._entries("ORDER BY position DESC LIMIT ? OFFSET ?", limit, start)

    def after(self, position: int, limit: int) -> list[Entry]:
        """At most *limit* mails that came after *position*, oldest first."""
        return self._entries("WHERE position > ? ORDER BY position LIMIT ?", position, limit)

    def find(self, identifier: str) -> Entry | None:
        """The mail of that id."""
        return next(iter(self._entries("WHERE id = ?", identifier)), None)

    def raw(self, entry: Entry) -> bytes:
        """A mail's bytes."""
        row = self._connection.execute(
            "SELECT raw FROM content WHERE position = ?", (entry.position,)
        ).fetchone()
        return bytes(row[0])

    def head(self, entry: Entry, length: int) -> bytes:
        """At most the first *length* bytes of a mail, without reading the others."""
        with self._connection.blobopen("content", "raw", entry.position, readonly=True) as blob:
            return blob.read(length)

    def _entries(self, which: str, *values: object) -> list[Entry]:
        return [
            Entry(position, identifier, created, sender, tuple(json.loads(recipients)), helo, size)
            for position, identifier, created, sender, recipients, helo, size in (
                self._connection.execute(_ENTRY + which, values)
            )
        ]


def new_id(hostname: str) -> str:
    """A message id in MailHog's form: 32 random bytes in URL-safe base64, ``@``, the host name."""
    return f"{base64.urlsafe_b64encode(os.urandom(32)).decode()}@{hostname}"


class _Writer:
    """The one thread that writes."""

    def __init__(self, connection: sqlite3.Connection, committed: Callable[[], None]) -> None:
        self._connection = connection
        self._committed = committed
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="mailbox-writer", daemon=True)
        self._thread.start()

    def submit(self, change: Callable[[sqlite3.Connection], T]) -> "Future[T]":
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
            group = [self._queue.get()]
            with contextlib.suppress(queue.Empty):
                while len(group) < GROUP_SIZE and group[-1] is not None:
                    group.append(self._queue.get_nowait())
            ended = group[-1] is None
            works = [work for work in group if work is not None]
            if works:
                self._commit(works)

    def _commit(self, group: "list[_Work]") -> None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            results = [change(self._connection) for change, _ in group]
            self._connection.execute("COMMIT")
        except Exception as error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if len(group) == 1:
                failure = MailboxError(f"the mailbox cannot be written: {error}")
                failure.__cause__ = error
                group[0][1].set_exception(failure)
            else:
                # One that cannot be written must not take the others with it.
                for work in group:
                    self._commit([work])
            return
        self._committed()
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)


_Work = tuple[Callable[[sqlite3.Connection], Any], "Future[Any]"]


class _Readers:
    """Connections that read, as many as are looking at the same time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            if self._closed:
                raise MailboxError("the mailbox is closed")
            connection = self._free.pop() if self._free else None
        if connection is None:
            try:
                connection = _connect(self._path)
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
        with self._lock:
            self._closed = True
            free, self._free = self._free, []
        for connection in free:
            connection.close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    # The database does not outlive the process, so nothing has to be safe from a power cut.
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    return connection
