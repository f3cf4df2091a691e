"""What the list shows: a stretch of what a query finds, and what there is to look at besides."""

from dataclasses import dataclass
from datetime import datetime

from localstack_mailhog.mailbox.digest import Summary
from localstack_mailhog.mailbox.mail import Entry
from localstack_mailhog.mailbox.query import parse
from localstack_mailhog.mailbox.store import Mailbox
from localstack_mailhog.mailbox.view import Counts

ROWS = 50
"""How many rows the page has before the scripts ask for more."""

MOST_ROWS = 250

PATIENCE_SECONDS = 1.0
"""How long a search waits for the index. Then it shows what can be found so far."""

MOST_MAILBOXES = 100


@dataclass(frozen=True, slots=True)
class Row:
    """A mail in the list."""

    entry: Entry
    summary: Summary


@dataclass(frozen=True, slots=True)
class Listing:
    """A stretch of the list, newest first."""

    query: str
    start: int
    rows: list[Row]
    total: int
    """How many mails the query finds."""
    counts: Counts
    """How many there are at all."""
    position: int
    """Of the mail that came last."""
    is_complete: bool
    """Whether all mail could be searched."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What stands beside the list: the mailboxes and the tags, with how much is in each."""

    counts: Counts
    mailboxes: dict[str, Counts]
    left_out: int
    """How many mailboxes there are besides: those with the least mail."""
    tags: dict[str, int]
    is_complete: bool
    """Whether all mail has been counted."""


def listing(mailbox: Mailbox, query: str, start: int = 0, limit: int = ROWS) -> Listing:
    """What *query* finds, without the *start* newest.

    :raises localstack_mailhog.mailbox.store.MailboxError: where the mailbox cannot be read
    """
    start, limit = max(0, start), min(max(1, limit), MOST_ROWS)
    wanted = parse(query, datetime.now().astimezone())
    is_complete = mailbox.settle(PATIENCE_SECONDS) if wanted.terms else True
    with mailbox.look() as view:
        page = view.page(wanted, start, limit)
    rows = [Row(*row) for row in page.rows]
    return Listing(query, start, rows, page.total, page.counts, page.position, is_complete)


def sides(mailbox: Mailbox, patience: float = 0) -> Sides:
    """What there is to look at: of mail that is in the index.

    :param patience: how many seconds to wait for the mail that is not there yet
    :raises localstack_mailhog.mailbox.store.MailboxError: where the mailbox cannot be read
    """
    is_complete = mailbox.settle(patience)
    with mailbox.look() as view:
        counts, mailboxes, tags = view.counts(), view.mailboxes(), view.tags()
    shown = sorted(mailboxes, key=lambda address: -mailboxes[address].total)[:MOST_MAILBOXES]
    return Sides(
        counts,
        {address: mailboxes[address] for address in sorted(shown)},
        len(mailboxes) - len(shown),
        tags,
        is_complete,
    )
