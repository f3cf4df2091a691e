"""One state of the mailbox, to be read from."""

import json
import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from localstack_mailhog.mailbox.digest import Digest, Summary, digest_of
from localstack_mailhog.mailbox.identifiers import condition
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.query import Query
from localstack_mailhog.mailbox.search import Search

_COLUMNS = "position, id, created, sender, recipients, helo, size, unread"
_ENTRY = f"SELECT {_COLUMNS} FROM message "

_EXTENT = "SELECT max(position) - (SELECT min(position) FROM message) FROM message"

_MAIL_BYTES = 1024
"""What taking a mail apart costs before it has any bytes."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much mail there is."""

    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of what a query finds, newest first."""

    total: int
    """How many mails the query finds."""
    counts: Counts
    """How many there are at all."""
    position: int
    """Of the mail that came last."""
    rows: list[tuple[Entry, Summary]]


class TooMuch(Exception):
    """A reader would look at more than it wanted to."""


class View:
    """What a reader sees for as long as it looks, whatever happens to the mailbox meanwhile.

    :param most: about how many bytes it looks at before :class:`TooMuch` is raised
    """

    def __init__(self, connection: sqlite3.Connection, most: float = math.inf) -> None:
        self._connection = connection
        self._left = most

    def total(self) -> int:
        """How many mails there are."""
        self._count_on(_EXTENT)
        return int(self._connection.execute("SELECT count(*) FROM message").fetchone()[0])

    def counts(self) -> Counts:
        """How many there are, and how many of them nobody has read."""
        self._count_on(_EXTENT)
        row = self._connection.execute(
            "SELECT count(*), coalesce(sum(unread), 0) FROM message"
        ).fetchone()
        return Counts(*row)

    def size(self) -> int:
        """How many bytes all mails have."""
        return int(
            self._connection.execute("SELECT coalesce(sum(size), 0) FROM message").fetchone()[0]
        )

    def latest(self) -> int:
        """The position of the mail that came last, even if it was deleted since; 0 where none ever came."""
        row = self._connection.execute(
            "SELECT max(latest, coalesce((SELECT max(position) FROM message), 0)) FROM history"
        ).fetchone()
        return int(row[0])

    def newest(self, start: int, limit: int) -> list[Entry]:
        """At most *limit* mails, newest first, leaving out the *start* newest."""
        return self._entries("ORDER BY position DESC LIMIT ? OFFSET ?", limit, start)

    def after(self, position: int, limit: int) -> list[Entry]:
        """At most *limit* mails that came after *position*, oldest first."""
        return self._entries("WHERE position > ? ORDER BY position LIMIT ?", position, limit)

    def find(self, identifier: str) -> Entry | None:
        """The mail of that id."""
        which, values = condition(identifier)
        return next(iter(self._entries(f"WHERE {which}", *values)), None)

    def search(self, query: Query, start: int, limit: int) -> tuple[int, list[Entry]]:
        """How many mails *query* finds, and a page of them, newest first.

        Only mail that is in the index is found: see :meth:`Mailbox.settle`.
        """
        search = Search(query)
        total = self._connection.execute(*search.counting()).fetchone()[0]
        page = search.selecting(_COLUMNS, start, limit)
        return int(total), self._read(*page)

    def page(self, query: Query, start: int, limit: int) -> Page:
        """At most *limit* of the mails that *query* finds, without the *start* newest, and how much there is.

        Only mail that is in the index is found: see :meth:`Mailbox.settle`.
        """
        counts = self.counts()
        if query.terms:
            total, entries = self.search(query, start, limit)
        else:
            total, entries = counts.total, self.newest(start, limit)
        return Page(total, counts, self.latest(), self.rows(entries))

    def found(self, query: Query) -> list[int]:
        """The positions of all mails that *query* finds, among those that are in the index."""
        search = Search(query)
        return [row[0] for row in self._connection.execute(*search.selecting("position", 0, -1))]

    def raw(self, entry: Entry) -> bytes:
        """A mail's bytes."""
        self._look_at(_MAIL_BYTES + entry.size)
        row = self._connection.execute(
            "SELECT raw FROM content WHERE position = ?", (entry.position,)
        ).fetchone()
        return bytes(row[0])

    def digest(self, entry: Entry) -> Digest:
        """What a mail says, as far as searches and lists need to know."""
        return digest_of(entry, self.raw(entry))

    def rows(self, entries: Sequence[Entry]) -> list[tuple[Entry, Summary]]:
        """Mails, each with what a list shows of it."""
        return list(zip(entries, self.summaries(entries), strict=True))

    def summaries(self, entries: Sequence[Entry]) -> list[Summary]:
        """What a list shows of each mail."""
        marks = ", ".join("?" * len(entries))
        rows = self._connection.execute(
            f"SELECT position, author, subject, snippet, attachments FROM found.summary WHERE position IN ({marks})",
            [entry.position for entry in entries],
        )
        known = {position: Summary(*rest) for position, *rest in rows}
        return [known.get(entry.position) or self.digest(entry).summary for entry in entries]

    def tags(self) -> dict[str, int]:
        """Every tag, in alphabetical order, and how many mails have it."""
        return dict(
            self._connection.execute("SELECT name, count(*) FROM tag GROUP BY name ORDER BY name")
        )

    def mailboxes(self) -> dict[str, Counts]:
        """Every recipient, in alphabetical order, and how much mail came for it; of mail that is in the index."""
        rows = self._connection.execute(
            "SELECT address, count(*), sum(unread) FROM found.recipient JOIN message USING (position)"
            " GROUP BY address ORDER BY address"
        )
        return {address: Counts(total, unread) for address, total, unread in rows}

    def _count_on(self, statement: str) -> None:
        """Look at as many rows as *statement* says at most; it takes no time itself."""
        if self._left < math.inf:
            self._look_at(self._connection.execute(statement).fetchone()[0] or 0)

    def _look_at(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise TooMuch

    def _entries(self, which: str, *values: object) -> list[Entry]:
        return self._read(_ENTRY + which, values)

    def _read(self, statement: str, values: Sequence[object]) -> list[Entry]:
        rows = self._connection.execute(statement, values).fetchall()
        if not rows:
            return []
        # In a statement of its own: one within each row takes longer than all the rest.
        tags: dict[int, list[str]] = {}
        marks = ", ".join("?" * len(rows))
        for position, name in self._connection.execute(
            f"SELECT position, name FROM tag WHERE position IN ({marks}) ORDER BY position, name",
            [row[0] for row in rows],
        ):
            tags.setdefault(position, []).append(name)
        return [
            Entry(
                position,
                identifier,
                created,
                sender,
                tuple(json.loads(recipients)),
                helo,
                size,
                bool(unread),
                tuple(tags.get(position, ())),
            )
            for position, identifier, created, sender, recipients, helo, size, unread in rows
        ]
