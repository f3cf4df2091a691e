"""The index: what searches and lists need to know of every mail, made after it was acknowledged.

It is derived from the mail and can be made again at any time. A thread of its own makes it, in a database of its own,
so that no sender waits for it: the mail's database has one writer, and this is another's. While mail keeps coming it
holds back, unless somebody waits for a search.
"""

import contextlib
import json
import logging
import sqlite3
import threading
import time

from localstack_mailhog.mailbox.connections import Databases
from localstack_mailhog.mailbox.digest import Digest
from localstack_mailhog.mailbox.errors import MailboxError, MailboxUnavailable

LOG = logging.getLogger(__name__)

VERSION = 1
BATCH = 32
"""How many mails are indexed in a transaction."""
STALE_BATCH = 100
QUIET_SECONDS = 0.05
"""For how long no mail must have come before it goes to work."""
PATIENCE_SECONDS = 10.0
"""How long it holds back at most. Mail that has been deleted by then need not be indexed."""
RETRY_SECONDS = 2.0

SCHEMA = f"""
CREATE TABLE summary (
    position INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    subject TEXT NOT NULL,
    snippet TEXT NOT NULL,
    attachments INTEGER NOT NULL
);
-- The fields of the head with their names, which are no words that anybody looks for.
CREATE TABLE head (
    position INTEGER PRIMARY KEY,
    fields TEXT NOT NULL
);
CREATE TABLE recipient (
    address TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (address, position)
) WITHOUT ROWID;
CREATE INDEX recipient_position ON recipient (position);
CREATE VIRTUAL TABLE words USING fts5 (
    author, addressees, cc, bcc, subject, attachments, headers, body, tokenize = 'trigram'
);
-- How far the mail has been indexed.
CREATE TABLE progress (position INTEGER NOT NULL);
INSERT INTO progress VALUES (0);
PRAGMA user_version = {VERSION};
"""

EMPTY = """
DROP TABLE IF EXISTS summary;
DROP TABLE IF EXISTS head;
DROP TABLE IF EXISTS recipient;
DROP TABLE IF EXISTS words;
DROP TABLE IF EXISTS progress;
"""


class Index:
    """Keeps the index up to date in the background.

    :raises MailboxUnavailable: where it cannot be made
    """

    def __init__(self, databases: Databases) -> None:
        try:
            self._connection = _open(databases)
        except sqlite3.Error as error:
            raise MailboxUnavailable(
                f"no index can be made in {databases.folder}: {error}"
            ) from error
        self._reached = self._progress()
        self._condition = threading.Condition()
        self._waiting = 0
        self._has_news = True
        self._has_deletions = True
        self._last_news = 0.0
        self._closed = False
        self._error: sqlite3.Error | None = None
        self._thread = threading.Thread(target=self._run, name="mailbox-index", daemon=True)
        self._thread.start()

    def tell(self, *, deleted: bool) -> None:
        """Something was committed; *deleted*: mail was among it that is gone. From any thread."""
        with self._condition:
            self._last_news = time.monotonic()
            self._has_deletions |= deleted
            if not self._has_news:
                self._has_news = True
                self._condition.notify_all()

    def wait_for(self, position: int, seconds: float | None = None) -> bool:
        """Wait until every mail up to *position* is in the index. May take long: never on an event loop's thread.

        :param seconds: how long to wait at most
        :return: whether it is
        :raises MailboxError: where that cannot be
        """
        if self._reached >= position:
            return True
        deadline = None if seconds is None else time.monotonic() + seconds
        with self._condition:
            self._waiting += 1
            self._error = None
            self._condition.notify_all()
            try:
                while self._reached < position:
                    if self._closed:
                        raise MailboxError("the mailbox is closed")
                    if self._error is not None:
                        raise MailboxError(f"the index cannot be written: {self._error}")
                    rest = None if deadline is None else deadline - time.monotonic()
                    if rest is not None and rest <= 0:
                        return False
                    self._condition.wait(rest)
                return True
            finally:
                self._waiting -= 1

    def close(self) -> None:
        """Stop, and close the database; what is not indexed yet will be when it is opened again."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while self._wait_for_work():
            try:
                self._work()
            except sqlite3.Error as error:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                self._fail(error)

    def _wait_for_work(self) -> bool:
        """Wait until there is something to do and it may be done; false at the end."""
        with self._condition:
            while not (self._has_news or self._closed):
                self._condition.wait()
            started = time.monotonic()
            while not (self._closed or self._waiting):
                now = time.monotonic()
                rest = min(self._last_news + QUIET_SECONDS - now, started + PATIENCE_SECONDS - now)
                if rest <= 0:
                    break
                self._condition.wait(rest)
            self._has_news = False
            return not self._closed

    def _work(self) -> None:
        if self._add():
            self._has_news = True
        elif self._has_deletions:
            # Asked before, so that what is deleted meanwhile is not forgotten.
            self._has_deletions = False
            if self._remove():
                self._has_deletions = self._has_news = True

    def _add(self) -> bool:
        """Index the next mails; whether there were any."""
        connection = self._connection
        # Deferred: an immediate transaction would lock the mail's database, too.
        connection.execute("BEGIN")
        rows = connection.execute(
            "SELECT position, sender, recipients, raw FROM mail.message JOIN mail.content USING (position)"
            " WHERE position > ? ORDER BY position LIMIT ?",
            (self._reached, BATCH),
        ).fetchall()
        for position, sender, recipients, raw in rows:
            self._insert(position, Digest(sender, tuple(json.loads(recipients)), bytes(raw)))
        if rows:
            connection.execute("UPDATE progress SET position = ?", (rows[-1][0],))
            reached = rows[-1][0]
        else:
            reached = connection.execute(
                "SELECT max(latest, ?) FROM mail.history", (self._reached,)
            ).fetchone()[0]
        connection.execute("COMMIT")
        with self._condition:
            self._reached = reached
            self._condition.notify_all()
        return bool(rows)

    def _insert(self, position: int, digest: Digest) -> None:
        summary = digest.summary
        self._connection.execute(
            "INSERT INTO summary VALUES (?, ?, ?, ?, ?)",
            (position, summary.author, summary.subject, summary.snippet, summary.attachments),
        )
        self._connection.execute("INSERT INTO head VALUES (?, ?)", (position, digest.headers))
        self._connection.executemany(
            "INSERT OR IGNORE INTO recipient VALUES (?, ?)",
            [(recipient.lower(), position) for recipient in digest.recipients],
        )
        self._connection.execute(
            "INSERT INTO words (rowid, author, addressees, cc, bcc, subject, attachments, headers, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                position,
                digest.author,
                digest.addressees,
                digest.cc,
                digest.bcc,
                digest.subject,
                digest.attachments,
                digest.header_values,
                digest.body,
            ),
        )

    def _remove(self) -> bool:
        """Forget some of the mail that has been deleted; whether there may be more."""
        connection = self._connection
        if connection.execute("SELECT NOT EXISTS (SELECT 1 FROM mail.message)").fetchone()[0]:
            if connection.execute("SELECT EXISTS (SELECT 1 FROM summary)").fetchone()[0]:
                # Taking each word out again would take longer than putting it in did.
                reached = self._reached
                connection.executescript(f"BEGIN; {EMPTY} {SCHEMA}")
                connection.execute("UPDATE progress SET position = ?", (reached,))
                connection.execute("COMMIT")
            return False
        connection.execute("BEGIN")
        stale = connection.execute(
            "SELECT position FROM summary WHERE position NOT IN (SELECT position FROM mail.message)"
            " LIMIT ?",
            (STALE_BATCH,),
        ).fetchall()
        for statement in (
            "DELETE FROM words WHERE rowid = ?",
            "DELETE FROM head WHERE position = ?",
            "DELETE FROM recipient WHERE position = ?",
            "DELETE FROM summary WHERE position = ?",
        ):
            connection.executemany(statement, stale)
        connection.execute("COMMIT")
        return len(stale) == STALE_BATCH

    def _fail(self, error: sqlite3.Error) -> None:
        with self._condition:
            if self._closed:
                return
            LOG.error("The mail sink's index cannot be written, and is tried again: %s", error)
            self._error = error
            self._has_news = self._has_deletions = True
            self._condition.notify_all()
            self._condition.wait(RETRY_SECONDS)

    def _progress(self) -> int:
        return int(self._connection.execute("SELECT position FROM progress").fetchone()[0])


def _open(databases: Databases) -> sqlite3.Connection:
    """The connection; what is left of an index that is damaged, or was made otherwise, is thrown away."""
    connection: sqlite3.Connection | None = None
    try:
        connection = databases.open_index()
        if connection.execute("PRAGMA main.user_version").fetchone()[0] == VERSION:
            connection.execute("SELECT position FROM progress").fetchone()
            return connection
    except sqlite3.DatabaseError:
        pass
    if connection is not None:
        connection.close()
    for suffix in ("", "-wal", "-shm"):
        databases.index.with_name(databases.index.name + suffix).unlink(missing_ok=True)
    connection = databases.open_index()
    connection.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    return connection
