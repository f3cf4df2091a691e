"""Where mail is kept: an SQLite database, one thread that writes, readers with connections of their own.

A writer's caller gets a future that is done when its mail is committed. A reader sees one state of the mailbox for as
long as it looks, and neither waits for the writer nor holds it up (write-ahead log).
"""

import base64
import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from pathlib import Path

from localstack_mailhog.mailbox.connections import Databases, Readers
from localstack_mailhog.mailbox.errors import MailboxError, MailboxUnavailable
from localstack_mailhog.mailbox.index import Index
from localstack_mailhog.mailbox.live import Changes
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.retention import UNLIMITED, Retention
from localstack_mailhog.mailbox.tags import brought_by
from localstack_mailhog.mailbox.view import View
from localstack_mailhog.mailbox.writer import Writer

__all__ = ["Mailbox", "MailboxError", "MailboxUnavailable", "View"]

VERSION = 1
AGE_SECONDS = 30.0
"""How often mail that is too old is looked for."""
REMAINS_BATCH = 500
"""How many deleted mails' bytes are removed at a time."""

SCHEMA = f"""
BEGIN;
CREATE TABLE message (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    helo TEXT NOT NULL,
    size INTEGER NOT NULL,
    unread INTEGER NOT NULL
);
-- Apart, so that counting and paging walk over small rows.
CREATE TABLE content (
    position INTEGER PRIMARY KEY,
    raw BLOB NOT NULL
);
CREATE TABLE tag (
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (position, name)
) WITHOUT ROWID;
CREATE INDEX tag_name ON tag (name);
-- The last position that was used, as of the last deletion: it is never used again.
CREATE TABLE history (latest INTEGER NOT NULL);
INSERT INTO history VALUES (0);
-- Positions of deleted mail whose bytes are still there, from first to last.
CREATE TABLE remains (
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
PRAGMA user_version = {VERSION};
COMMIT;
"""


class Mailbox:
    """All mail, newest first.

    :param databases: where it is kept
    :param hostname: what stands behind the ``@`` of message ids
    :param retention: how much is kept
    :raises MailboxUnavailable: where the databases cannot be made or opened
    """

    def __init__(
        self, databases: Databases, hostname: str, retention: Retention = UNLIMITED
    ) -> None:
        self.hostname = hostname
        self.changes = Changes()
        self.path = databases.mail
        self._ending = contextlib.ExitStack()
        with contextlib.ExitStack() as ending:
            if databases.lasting:
                _claim(databases.folder, ending)
            else:
                ending.callback(shutil.rmtree, databases.folder, ignore_errors=True)
            connection = _open(databases)
            ending.callback(connection.close)
            self._index = Index(databases)
            ending.callback(self._index.close)
            self._readers = Readers(databases)
            ending.callback(self._readers.close)
            self._keeper = _Keeper(connection, retention, self._committed)
            self._writer = Writer(connection, self._keeper)
            ending.callback(self._writer.close)
            self._ending = ending.pop_all()

    @classmethod
    def temporary(cls, hostname: str, retention: Retention = UNLIMITED) -> "Mailbox":
        """A mailbox in a private temporary folder, which is removed when it is closed.

        :raises MailboxUnavailable: where it cannot be made
        """
        try:
            folder = Path(tempfile.mkdtemp(prefix="localstack-mailhog-"))
        except OSError as error:
            raise MailboxUnavailable(f"no temporary folder can be made: {error}") from error
        return cls(Databases(folder, lasting=False), hostname, retention)

    @classmethod
    def lasting(cls, folder: Path, hostname: str, retention: Retention = UNLIMITED) -> "Mailbox":
        """A mailbox in *folder*, with the mail that is there already.

        :raises MailboxUnavailable: where it cannot be opened, or another process has it
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MailboxUnavailable(f"no mailbox can be made in {folder}: {error}") from error
        return cls(Databases(folder, lasting=True), hostname, retention)

    def add(self, mail: Mail) -> "Future[str]":
        """Keep *mail*; the future is its id, once it is committed.

        The future's error is a :class:`MailboxError` where it could not be kept.
        """
        identifier = new_id(self.hostname)
        created = time.time_ns()
        tags = brought_by(mail)
        keeper = self._keeper

        def insert(connection: sqlite3.Connection) -> str:
            position = keeper.next_position()
            connection.execute(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, 1)",
                (
                    position,
                    identifier,
                    created,
                    mail.sender,
                    json.dumps(mail.recipients),
                    mail.helo,
                    len(mail.raw),
                ),
            )
            connection.execute("INSERT INTO content VALUES (?, ?)", (position, mail.raw))
            if tags:
                connection.executemany(
                    "INSERT INTO tag VALUES (?, ?)", [(position, tag) for tag in tags]
                )
            return identifier

        return self._writer.submit(insert)

    def delete(self, identifier: str) -> "Future[bool]":
        """Delete one mail; the future tells whether there was one of that id."""

        def delete(connection: sqlite3.Connection) -> bool:
            found = connection.execute(
                "SELECT position FROM message WHERE id = ?", (identifier,)
            ).fetchone()
            if found is not None:
                self._keeper.delete(connection, [found[0]])
            return found is not None

        return self._writer.submit(delete)

    def delete_many(self, positions: Iterable[int]) -> "Future[int]":
        """Delete the mails at these positions; the future tells how many there were."""
        wanted = sorted(set(positions))
        return self._writer.submit(lambda connection: self._keeper.delete(connection, wanted))

    def delete_all(self) -> "Future[int]":
        """Delete every mail; the future tells how many there were."""
        return self._writer.submit(self._keeper.delete_all)

    def mark(self, positions: Iterable[int], *, unread: bool) -> "Future[int]":
        """Mark mails as read or unread; the future tells how many were not yet so."""
        wanted = [(unread, position, unread) for position in set(positions)]

        def mark(connection: sqlite3.Connection) -> int:
            return connection.executemany(
                "UPDATE message SET unread = ? WHERE position = ? AND unread <> ?", wanted
            ).rowcount

        return self._writer.submit(mark)

    def tag(
        self, positions: Iterable[int], *, add: Iterable[str] = (), remove: Iterable[str] = ()
    ) -> "Future[None]":
        """Put tags on mails and take tags off them; see :func:`~localstack_mailhog.mailbox.tags.clean`."""
        where = list(set(positions))
        added = [(position, tag, position) for position in where for tag in set(add)]
        removed = [(position, tag) for position in where for tag in set(remove)]

        def tag(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "INSERT OR IGNORE INTO tag SELECT ?, ?"
                " WHERE EXISTS (SELECT 1 FROM message WHERE position = ?)",
                added,
            )
            connection.executemany("DELETE FROM tag WHERE position = ? AND name = ?", removed)

        return self._writer.submit(tag)

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

    def settle(self) -> None:
        """Wait until all mail that is there now can be found. May take long: never on an event loop's thread.

        :raises MailboxError: where the index cannot be written
        """
        with self.look() as view:
            latest = view.latest()
        self._index.wait_for(latest)

    def close(self) -> None:
        """Finish what is being written; remove the databases where they are temporary. Safe to call twice."""
        self._ending.close()

    def _committed(self, deleted: bool) -> None:
        self.changes.announce()
        self._index.tell(deleted=deleted)


def new_id(hostname: str) -> str:
    """A message id in MailHog's form: 32 random bytes in URL-safe base64, ``@``, the host name."""
    return f"{base64.urlsafe_b64encode(os.urandom(32)).decode()}@{hostname}"


class _Keeper:
    """What the writer's thread knows and does beside what it is asked for: positions, retention, deletion.

    Deleting a mail removes its small rows; its bytes, which may take long, are removed when there is time.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        retention: Retention,
        committed: Callable[[bool], None],
    ) -> None:
        self._retention = retention
        self._announce = committed
        self._position = 0
        self._total = 0
        self._deleted = False
        self._has_remains = True
        self._aged = 0.0
        self._recount(connection)
        self._connection = connection

    def next_position(self) -> int:
        """The position of a mail that is being inserted."""
        self._position += 1
        self._total += 1
        return self._position

    def delete(self, connection: sqlite3.Connection, positions: list[int]) -> int:
        """Delete the mails at *positions*, which are in order."""
        if len(positions) >= self._total:
            there = connection.execute("SELECT position FROM message").fetchall()
            if {row[0] for row in there} <= set(positions):
                return self.delete_all(connection)
        rows = [(position,) for position in positions]
        deleted = connection.executemany("DELETE FROM message WHERE position = ?", rows).rowcount
        connection.executemany("DELETE FROM tag WHERE position = ?", rows)
        self._note(connection, _ranges(positions), deleted)
        return deleted

    def delete_all(self, connection: sqlite3.Connection) -> int:
        """Delete every mail."""
        deleted = self._total
        connection.execute("DELETE FROM message")
        connection.execute("DELETE FROM tag")
        self._note(connection, [(0, self._position)], deleted)
        return deleted

    def trim(self, connection: sqlite3.Connection) -> None:
        """Delete the oldest mails where there are too many, or they are too old."""
        excess = self._total - self._retention.messages if self._retention.messages else 0
        if excess > 0:
            oldest = connection.execute(
                "SELECT position FROM message ORDER BY position LIMIT ?", (excess,)
            ).fetchall()
            self.delete(connection, [row[0] for row in oldest])
            # As much goes as comes, or under a load without a pause the file would grow.
            self._remove_remains(connection, 2 * excess)

    def rolled_back(self) -> None:
        """Count anew."""
        self._deleted = False
        self._has_remains = True
        with contextlib.suppress(sqlite3.Error):
            self._recount(self._connection)

    def committed(self) -> None:
        """Tell who waits."""
        deleted, self._deleted = self._deleted, False
        self._announce(deleted)

    def is_untidy(self) -> bool:
        """Whether bytes of deleted mail are still there, or mail may have become too old."""
        too_old = self._retention.age and time.monotonic() - self._aged > AGE_SECONDS
        return self._has_remains or bool(too_old)

    def tidy(self, connection: sqlite3.Connection) -> None:
        """Remove some bytes of deleted mail, and mail that is too old."""
        if self._retention.age:
            self._aged = time.monotonic()
            oldest = time.time_ns() - int(self._retention.age * 1e9)
            old = connection.execute(
                "SELECT position FROM message WHERE created < ? ORDER BY position", (oldest,)
            ).fetchall()
            if old:
                self.delete(connection, [row[0] for row in old])
        self._remove_remains(connection, REMAINS_BATCH)

    def _note(
        self, connection: sqlite3.Connection, ranges: list[tuple[int, int]], deleted: int
    ) -> None:
        connection.executemany("INSERT INTO remains VALUES (?, ?)", ranges)
        connection.execute("UPDATE history SET latest = ?", (self._position,))
        self._total -= deleted
        self._has_remains = self._deleted = True

    def _remove_remains(self, connection: sqlite3.Connection, most: int) -> None:
        rows = connection.execute("SELECT rowid, first, last FROM remains LIMIT ?", (most,))
        for row, first, last in rows.fetchall():
            gone = connection.execute(
                "SELECT position FROM content WHERE position BETWEEN ? AND ? LIMIT ?",
                (first, last, most),
            ).fetchall()
            connection.executemany("DELETE FROM content WHERE position = ?", gone)
            if len(gone) == most:
                connection.execute(
                    "UPDATE remains SET first = ? WHERE rowid = ?", (gone[-1][0] + 1, row)
                )
                return
            connection.execute("DELETE FROM remains WHERE rowid = ?", (row,))
            most -= len(gone)
        self._has_remains = (
            connection.execute("SELECT EXISTS (SELECT 1 FROM remains)").fetchone()[0] == 1
        )

    def _recount(self, connection: sqlite3.Connection) -> None:
        self._position, self._total = connection.execute(
            "SELECT max(latest, coalesce((SELECT max(position) FROM message), 0)),"
            " (SELECT count(*) FROM message) FROM history"
        ).fetchone()


def _ranges(positions: list[int]) -> list[tuple[int, int]]:
    """Positions in order as ranges without holes."""
    ranges: list[tuple[int, int]] = []
    for position in positions:
        if ranges and ranges[-1][1] == position - 1:
            ranges[-1] = (ranges[-1][0], position)
        else:
            ranges.append((position, position))
    return ranges


def _open(databases: Databases) -> sqlite3.Connection:
    try:
        connection = databases.open_mail()
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(SCHEMA)
    except sqlite3.Error as error:
        raise MailboxUnavailable(
            f"no mailbox can be made in {databases.folder}: {error}"
        ) from error
    if version not in (0, VERSION):
        connection.close()
        raise MailboxUnavailable(
            f"the mailbox in {databases.folder} was made by a newer version of the mail sink"
        )
    return connection


def _claim(folder: Path, ending: contextlib.ExitStack) -> None:
    """Keep other processes from the mailbox for as long as this one has it.

    :raises MailboxUnavailable: where another one has it already
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        lock = ending.enter_context((folder / "lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise MailboxUnavailable(f"another process uses the mailbox in {folder}") from None
    except OSError as error:
        raise MailboxUnavailable(f"no mailbox can be made in {folder}: {error}") from error
