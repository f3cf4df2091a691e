"""What is written to the mail's database: insertion, deletion, and how much is kept."""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable

from localstack_mailhog.mailbox.identifiers import new_id
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.maildir import Maildir, Stored
from localstack_mailhog.mailbox.retention import Retention

LEEWAY = 1 / 50
"""How much more mail there may be than is kept, as a part of that: deleting many at once takes a fraction of the time
that deleting each takes."""
AGE_SECONDS = 30.0
"""How often mail that is too old is looked for."""
REMAINS_BATCH = 500
"""How many deleted mails' bytes are removed at a time."""


class Keeper:
    """What the writer's thread knows and does: positions, counts, insertion, deletion, retention.

    Deleting a mail removes its small rows; its bytes, which may take long, are removed when there is time.

    :param hostname: what stands behind the ``@`` of ids
    :param maildir: where mail is besides
    :param committed: called after each transaction, with whether mail was deleted in it
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        hostname: str,
        retention: Retention,
        maildir: Maildir | None,
        committed: Callable[[bool], None],
    ) -> None:
        self._hostname = hostname
        self._retention = retention
        self._maildir = maildir
        self._announce = committed
        self._position = 0
        self._total = 0
        self._deleted = False
        self._has_remains = True
        self._aged = 0.0
        # Files of the transaction that is running: those that go when it fails, and those that go when it succeeds.
        self._written: list[str] = []
        self._abandoned: list[str] = []
        self._connection = connection
        self._recount()

    def insert(
        self, connection: sqlite3.Connection, mail: Mail, created: int, tags: Iterable[str]
    ) -> str:
        """Keep a mail that has come, and return its id.

        :param created: when, in nanoseconds since 1970
        :raises OSError: where it cannot be written to the maildir
        """
        position = self._next_position()
        identifier = new_id(position, self._hostname)
        self._insert(connection, position, mail, identifier, created, tags, unread=True)
        if self._maildir is not None:
            name = self._maildir.write(mail, identifier, created)
            self._written.append(name)
            self._note_file(connection, position, name)
        return identifier

    def take_in(self, connection: sqlite3.Connection, stored: Stored, tags: Iterable[str]) -> None:
        """Keep a mail that is in the maildir already, with the id it has; of a copy, only one can have it."""
        position = self._next_position()
        identifier = stored.id or new_id(position, self._hostname)
        known = "INSERT OR IGNORE INTO taken_in VALUES (?, ?)"
        if stored.id and not connection.execute(known, (stored.id, position)).rowcount:
            identifier = new_id(position, self._hostname)
        self._insert(
            connection,
            position,
            stored.mail,
            identifier,
            stored.created,
            tags,
            unread=stored.unread,
        )
        self._note_file(connection, position, stored.name)

    def delete(self, connection: sqlite3.Connection, positions: list[int]) -> int:
        """Delete the mails at *positions*, which are in order."""
        if len(positions) >= self._total:
            there = connection.execute("SELECT position FROM message").fetchall()
            if {row[0] for row in there} <= set(positions):
                return self.delete_all(connection)
        rows = [(position,) for position in positions]
        if self._maildir is not None:
            for row in rows:
                self._abandon(connection, "WHERE position = ?", row)
        deleted = connection.executemany("DELETE FROM message WHERE position = ?", rows).rowcount
        connection.executemany("DELETE FROM tag WHERE position = ?", rows)
        self._note(connection, _ranges(positions), deleted)
        return deleted

    def delete_all(self, connection: sqlite3.Connection) -> int:
        """Delete every mail."""
        deleted = self._total
        if self._maildir is not None:
            self._abandon(connection, "")
        connection.execute("DELETE FROM message")
        connection.execute("DELETE FROM tag")
        self._note(connection, [(0, self._position)], deleted)
        return deleted

    def trim(self, connection: sqlite3.Connection) -> None:
        """Delete the oldest mails where there are far too many."""
        if self._excess > self._retention.messages * LEEWAY:
            self._remove_excess(connection)

    @property
    def _excess(self) -> int:
        """How many mails are there that should not be."""
        most = self._retention.messages
        return max(0, self._total - most) if most else 0

    def _remove_excess(self, connection: sqlite3.Connection) -> None:
        excess = self._excess
        # With their bytes at once: under a load without a pause nothing would be left for later, and the file grow.
        cut = connection.execute(
            "SELECT position FROM message ORDER BY position LIMIT 1 OFFSET ?", (excess - 1,)
        ).fetchone()
        if self._maildir is not None:
            self._abandon(connection, "WHERE position <= ?", cut)
        for table in ("message", "tag", "content"):
            connection.execute(f"DELETE FROM {table} WHERE position <= ?", cut)
        self._total -= excess
        self._deleted = True

    def rolled_back(self) -> None:
        """Count anew."""
        self._deleted = False
        self._has_remains = True
        self._remove_files(self._written)
        self._abandoned.clear()
        with contextlib.suppress(sqlite3.Error):
            self._recount()

    def committed(self) -> None:
        """Tell who waits."""
        self._written.clear()
        self._remove_files(self._abandoned)
        deleted, self._deleted = self._deleted, False
        self._announce(deleted)

    def is_untidy(self) -> bool:
        """Whether bytes of deleted mail are still there, or mail that is too much, or may have become too old."""
        return self._has_remains or self._excess > 0 or self._may_be_too_old

    def tidy(self, connection: sqlite3.Connection) -> bool:
        """Remove some bytes of deleted mail, and mail that is too much or too old; whether there was such mail."""
        if self._excess:
            self._remove_excess(connection)
        if self._may_be_too_old:
            self._aged = time.monotonic()
            oldest = time.time_ns() - int(self._retention.age * 1e9)
            old = connection.execute(
                "SELECT position FROM message WHERE created < ? ORDER BY position", (oldest,)
            ).fetchall()
            if old:
                self.delete(connection, [row[0] for row in old])
        self._remove_remains(connection, REMAINS_BATCH)
        return self._deleted

    @property
    def _may_be_too_old(self) -> bool:
        return bool(self._retention.age) and time.monotonic() - self._aged > AGE_SECONDS

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

    def _next_position(self) -> int:
        self._position += 1
        return self._position

    def _insert(
        self,
        connection: sqlite3.Connection,
        position: int,
        mail: Mail,
        identifier: str,
        created: int,
        tags: Iterable[str],
        *,
        unread: bool,
    ) -> None:
        self._total += 1
        connection.execute(
            "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                position,
                identifier,
                created,
                mail.sender,
                json.dumps(mail.recipients),
                mail.helo,
                len(mail.raw),
                unread,
            ),
        )
        connection.execute("INSERT INTO content VALUES (?, ?)", (position, mail.raw))
        for tag in tags:
            connection.execute("INSERT INTO tag VALUES (?, ?)", (position, tag))

    def _note_file(self, connection: sqlite3.Connection, position: int, name: str) -> None:
        # As bytes: other programs' names need not be text.
        connection.execute("INSERT INTO file VALUES (?, ?)", (position, os.fsencode(name)))

    def _abandon(
        self, connection: sqlite3.Connection, which: str, values: tuple[int, ...] = ()
    ) -> None:
        """Have the files of mail that is being deleted removed, once it is."""
        names = connection.execute(f"SELECT name FROM file {which}", values).fetchall()
        self._abandoned += [os.fsdecode(name) for (name,) in names]
        connection.execute(f"DELETE FROM file {which}", values)

    def _remove_files(self, names: list[str]) -> None:
        for name in names:
            assert self._maildir is not None
            self._maildir.remove(name)
        names.clear()

    def _recount(self) -> None:
        self._position, self._total = self._connection.execute(
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
