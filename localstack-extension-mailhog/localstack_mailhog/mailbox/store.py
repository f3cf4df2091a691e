"""Where mail is kept: an SQLite database, one thread that writes, readers with connections of their own.

A writer's caller gets a future that is done when its mail is committed. A reader sees one state of the mailbox for as
long as it looks, and neither waits for the writer nor holds it up (write-ahead log).
"""

import contextlib
import math
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path

from localstack_mailhog.mailbox.checkpoints import Checkpoints
from localstack_mailhog.mailbox.connections import Databases, Readers
from localstack_mailhog.mailbox.errors import MailboxError, MailboxUnavailable
from localstack_mailhog.mailbox.index import Index
from localstack_mailhog.mailbox.keeper import Keeper
from localstack_mailhog.mailbox.live import Changes
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.maildir import Maildir
from localstack_mailhog.mailbox.retention import UNLIMITED, Retention
from localstack_mailhog.mailbox.tags import brought_by
from localstack_mailhog.mailbox.view import View
from localstack_mailhog.mailbox.writer import Change, Writer

__all__ = ["Mailbox", "MailboxError", "MailboxUnavailable", "View"]

VERSION = 2

MOST_AT_ONCE = 1 << 20
"""How many bytes are written where the caller waits."""

SCHEMA = f"""
BEGIN;
CREATE TABLE message (
    position INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
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
-- Where the mail is whose id does not tell it.
CREATE TABLE taken_in (
    id TEXT PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;
-- The file of a mail that is in a maildir, too.
CREATE TABLE file (
    position INTEGER PRIMARY KEY,
    name BLOB NOT NULL
);
PRAGMA user_version = {VERSION};
COMMIT;
"""


class Mailbox:
    """All mail, newest first.

    :param databases: where it is kept
    :param hostname: what stands behind the ``@`` of message ids
    :param retention: how much is kept
    :param maildir: where mail is besides; its mail is taken in
    :raises MailboxUnavailable: where the databases cannot be made or opened
    """

    def __init__(
        self,
        databases: Databases,
        hostname: str,
        retention: Retention = UNLIMITED,
        maildir: Maildir | None = None,
    ) -> None:
        self.hostname = hostname
        self.changes = Changes()
        self.path = databases.mail
        self._has_maildir = maildir is not None
        self._checkpoints: Checkpoints | None = None
        self._ending = contextlib.ExitStack()
        with contextlib.ExitStack() as ending:
            if databases.lasting:
                _claim(databases.folder, ending)
            else:
                ending.callback(shutil.rmtree, databases.folder, ignore_errors=True)
            connection = _open(databases)
            ending.callback(connection.close)
            self._keeper = Keeper(connection, hostname, retention, maildir, self._committed)
            if maildir is not None:
                self._take_in(connection, maildir)
            self._index = Index(databases)
            ending.callback(self._index.close)
            self._readers = Readers(databases)
            ending.callback(self._readers.close)
            self._writer = Writer(connection, self._keeper)
            ending.callback(self._writer.close)
            if databases.lasting:
                self._checkpoints = Checkpoints(databases, self._writer.alone)
                ending.callback(self._checkpoints.close)
            self._ending = ending.pop_all()

    @classmethod
    def temporary(cls, hostname: str, retention: Retention = UNLIMITED) -> "Mailbox":
        """A mailbox in a private temporary folder, which is removed when it is closed.

        :raises MailboxUnavailable: where it cannot be made
        """
        return cls(_temporary(), hostname, retention)

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

    @classmethod
    def in_maildir(cls, folder: Path, hostname: str, retention: Retention = UNLIMITED) -> "Mailbox":
        """A mailbox of what is in a maildir and comes into it.

        :raises MailboxUnavailable: where it cannot be made or read
        """
        return cls(_temporary(), hostname, retention, Maildir(folder))

    def add(self, mail: Mail) -> "Future[str]":
        """Keep *mail*; the future is its id, once it is committed.

        The future's error is a :class:`MailboxError` where it could not be kept.
        """
        return self._writer.submit(self._insertion(mail))

    def add_at_once(self, mails: Sequence[Mail]) -> list[str | MailboxError] | None:
        """Keep *mails* before returning, in one transaction: their ids, or why one could not be kept.

        None where that might take long, so that an event loop's thread may call it: somebody else writes, there is
        too much of it, or it has to be written elsewhere, too. :meth:`add` does it then.
        """
        if self._has_maildir or sum(len(mail.raw) for mail in mails) > MOST_AT_ONCE:
            return None
        return self._writer.attempt([self._insertion(mail) for mail in mails])

    def delete(self, identifier: str) -> "Future[bool]":
        """Delete one mail; the future tells whether there was one of that id."""

        def delete(connection: sqlite3.Connection) -> bool:
            entry = View(connection).find(identifier)
            if entry is not None:
                self._keeper.delete(connection, [entry.position])
            return entry is not None

        return self._writer.submit(delete)

    def delete_many(self, positions: Iterable[int]) -> "Future[int]":
        """Delete the mails at these positions; the future tells how many there were."""
        wanted = sorted(set(positions))
        return self._writer.submit(lambda connection: self._keeper.delete(connection, wanted))

    def delete_all(self) -> "Future[int]":
        """Delete every mail; the future tells how many there were."""
        return self._writer.submit(self._keeper.delete_all)

    def change(
        self,
        positions: Iterable[int],
        *,
        unread: bool | None = None,
        add: Iterable[str] = (),
        remove: Iterable[str] = (),
    ) -> "Future[None]":
        """Mark mails as read or unread, put tags on them and take tags off; all of it, or nothing.

        :param unread: none to leave the mark as it is
        :param add: tags; see :func:`~localstack_mailhog.mailbox.tags.clean`
        :param remove: tags
        """
        where = set(positions)
        marks = [] if unread is None else [(unread, position) for position in where]
        added = [(position, tag, position) for position in where for tag in set(add)]
        removed = [(position, tag) for position in where for tag in set(remove)]

        def change(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE message SET unread = ? WHERE position = ?", marks)
            connection.executemany(
                "INSERT OR IGNORE INTO tag SELECT ?, ?"
                " WHERE EXISTS (SELECT 1 FROM message WHERE position = ?)",
                added,
            )
            connection.executemany("DELETE FROM tag WHERE position = ? AND name = ?", removed)

        return self._writer.submit(change)

    @contextlib.contextmanager
    def look(self, most: float = math.inf) -> "Iterator[View]":
        """The mailbox as it is now, unchanging until the block ends. Never on an event loop's thread.

        :param most: about how many bytes are looked at before :class:`~localstack_mailhog.mailbox.view.TooMuch` is raised
        :raises MailboxError: where it is closed or cannot be read
        """
        with self._readers.borrow() as connection, _reading():
            connection.execute("BEGIN")
            try:
                yield View(connection, most)
            finally:
                connection.execute("COMMIT")

    @contextlib.contextmanager
    def glance(self, most: float) -> "Iterator[View]":
        """The same for a block that takes no time, on whatever thread. What is found in the index is not there.

        :param most: about how many bytes are looked at before :class:`~localstack_mailhog.mailbox.view.TooMuch` is raised
        :raises MailboxError: where it is closed or cannot be read
        """
        with self._writer.between() as connection:
            if connection is None:
                with self.look(most) as view:
                    yield view
            else:
                with _reading():
                    yield View(connection, most)

    def settle(self, seconds: float | None = None) -> bool:
        """Wait until all mail that is there now can be found. May take long: never on an event loop's thread.

        :param seconds: how long to wait at most
        :return: whether it can
        :raises MailboxError: where the index cannot be written
        """
        with self.look() as view:
            latest = view.latest()
        return self._index.wait_for(latest, seconds)

    def close(self) -> None:
        """Finish what is being written; remove the databases where they are temporary. Safe to call twice."""
        self._ending.close()

    def _insertion(self, mail: Mail) -> Change[str]:
        created = time.time_ns()
        tags = brought_by(mail)
        return lambda connection: self._keeper.insert(connection, mail, created, tags)

    def _take_in(self, connection: sqlite3.Connection, maildir: Maildir) -> None:
        connection.execute("BEGIN")
        for stored in maildir.read():
            self._keeper.take_in(connection, stored, brought_by(stored.mail))
        connection.execute("COMMIT")

    def _committed(self, deleted: bool) -> None:
        self.changes.announce()
        self._index.tell(deleted=deleted)
        if self._checkpoints is not None:
            self._checkpoints.tell()


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """A block in which SQLite's errors are the mailbox's."""
    try:
        yield
    except sqlite3.Error as error:
        raise MailboxError(f"the mailbox cannot be read: {error}") from error


def _temporary() -> Databases:
    try:
        folder = Path(tempfile.mkdtemp(prefix="localstack-mailhog-"))
    except OSError as error:
        raise MailboxUnavailable(f"no temporary folder can be made: {error}") from error
    return Databases(folder, lasting=False)


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
            f"the mailbox in {databases.folder} was made by another version of the mail sink"
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
