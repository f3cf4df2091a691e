"""What mail a test waits for."""

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypedDict

from localstack_mailhog.testing.message import Pattern, ReceivedMessage, has, shown


class Criteria(TypedDict, total=False):
    """What a mail should be; all that is given has to fit. Each but ``query`` may be a compiled pattern."""

    to: Pattern
    """One of the envelope's recipients, in any letter case."""
    subject: Pattern
    """A part of the decoded subject."""
    sender: Pattern
    """The envelope's sender, in any letter case."""
    text: Pattern
    """A part of the plain text, or where there is none of the HTML's text."""
    attachment: Pattern
    """A part of an attachment's file name."""
    query: str
    """What the page's search takes, such as ``has:attachment header:x-run=7``."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a mail should be."""

    phrase: str
    """As it stands behind "a message"."""
    fits: Callable[[ReceivedMessage], bool]


class Wanted:
    """What a mail should be.

    :param criteria: what the test says
    :param recipient: for whom it should be besides
    :raises TypeError: for a criterion that does not exist
    """

    def __init__(self, criteria: Criteria, recipient: Pattern | None = None) -> None:
        unknown = sorted(criteria.keys() - Criteria.__annotations__.keys())
        if unknown:
            known = ", ".join(Criteria.__annotations__)
            raise TypeError(f"messages are not told apart by {unknown[0]!r}, but by {known}")
        self.query = criteria.get("query", "")
        """What the sink has to judge."""
        self._recipients = [recipient, criteria.get("to")]
        self._sender = criteria.get("sender")
        # The cheapest first: for the last two, the mail has to be fetched.
        given = [
            *(("to", each, _is_to) for each in self._recipients),
            ("from", self._sender, _is_from),
            ("with subject", criteria.get("subject"), _has_subject),
            ("with text", criteria.get("text"), _has_text),
            ("with attachment", criteria.get("attachment"), _has_attachment),
        ]
        self.criteria = [
            Criterion(f"{preposition} {shown(wanted)}", functools.partial(fits, wanted=wanted))
            for preposition, wanted, fits in given
            if wanted is not None
        ]

    def fits(self, message: ReceivedMessage) -> bool:
        """Whether *message* is as wanted, as far as a client can tell."""
        return all(criterion.fits(message) for criterion in self.criteria)

    def misfits(self, message: ReceivedMessage) -> list[str]:
        """What *message* is not."""
        return [f"not {each.phrase}" for each in self.criteria if not each.fits(message)]

    def hint(self) -> str:
        """A query that means at least every mail that is wanted, so that nobody is woken for the others."""
        exact = [("mailbox", each) for each in self._recipients] + [("from", self._sender)]
        parts = [
            f'{field}:"{value}"'
            for field, value in exact
            # Other letters may be folded to what is not the same.
            if isinstance(value, str) and re.fullmatch(r"[!#-~]+", value)
        ]
        return " ".join([*parts, self.query])

    def __str__(self) -> str:
        """As it stands behind "a message"."""
        phrases = [criterion.phrase for criterion in self.criteria]
        if self.query:
            phrases.append(f"that the query {self.query!r} finds")
        return " ".join(phrases)


def _is_to(message: ReceivedMessage, wanted: Pattern) -> bool:
    return any(_is(recipient, wanted) for recipient in message.recipients)


def _is_from(message: ReceivedMessage, wanted: Pattern) -> bool:
    return _is(message.sender, wanted)


def _has_subject(message: ReceivedMessage, wanted: Pattern) -> bool:
    return has(message.subject, wanted)


def _has_text(message: ReceivedMessage, wanted: Pattern) -> bool:
    return has(message.readable_text, wanted)


def _has_attachment(message: ReceivedMessage, wanted: Pattern) -> bool:
    return any(has(part.filename, wanted) for part in message.attachments)


def _is(address: str, wanted: Pattern) -> bool:
    if isinstance(wanted, re.Pattern):
        return has(address, wanted)
    return address.lower() == wanted.lower()
