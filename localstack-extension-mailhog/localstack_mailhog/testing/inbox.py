"""The mail that came since a test began: what the fixtures ``smtp_server`` and ``mailbox`` are."""

import copy
import secrets
import time
from typing import Unpack

from localstack_mailhog.testing.client import MailClient, MessageGone
from localstack_mailhog.testing.message import Pattern, ReceivedMessage, shown
from localstack_mailhog.testing.wanted import Criteria, Wanted

MOST_SECONDS_A_REQUEST = 30.0

MOST_SHOWN = 20
"""How many mails a failed assertion shows."""

MOST_TEXT_SHOWN = 400


class Inbox:
    """The mail that came since it was made.

    Without pytest, it is ``Inbox(MailClient("http://127.0.0.1:8025"))``.

    Its methods tell mail apart by the keywords of :class:`~localstack_mailhog.testing.wanted.Criteria`: ``to``,
    ``subject``, ``sender``, ``text``, ``attachment``, ``query``; without any, all of it is meant. Each raises
    :class:`~localstack_mailhog.testing.client.SinkError` where the sink does not answer.

    :param client: the sink
    """

    def __init__(self, client: MailClient) -> None:
        self._client = client
        self._begin = client.position()
        self._recipient: Pattern | None = None
        self._token = secrets.token_hex(4)
        self._read_to = self._begin
        self._messages: list[ReceivedMessage] = []

    @property
    def url(self) -> str:
        """Where the sink's pages and API are."""
        return self._client.url

    @property
    def host(self) -> str:
        """Where the sink takes mail."""
        return self._client.smtp_host

    @property
    def smtp_port(self) -> int:
        """The port for SMTP."""
        return self._client.smtp_port

    def address(self, name: str = "user") -> str:
        """An address that no other test has; the same for the same name.

        :param name: what it begins with, such as ``zoe``; ``zoe@shop.example`` keeps its domain
        """
        mailbox, _, domain = name.partition("@")
        return f"{mailbox}.{self._token}@{domain or 'example.com'}"

    def for_recipient(self, recipient: Pattern) -> "Inbox":
        """The same without the mail for others, whose tests may run at the same time.

        :param recipient: an address of the envelope, in any letter case, or a pattern
        """
        theirs = copy.copy(self)
        theirs._recipient = recipient
        theirs._messages = list(self._messages)
        return theirs

    def list_messages(self, **wanted: Unpack[Criteria]) -> list[ReceivedMessage]:
        """The mail that came since the test began and is as wanted, oldest first."""
        self._read()
        return self._fitting(self._wanted(wanted), self._begin)

    def wait_for_message(
        self, *, timeout: float = 10.0, **wanted: Unpack[Criteria]
    ) -> ReceivedMessage:
        """The first mail since the test began that is as wanted, as soon as it is there.

        :param timeout: how many seconds to wait for it
        :raises AssertionError: where it does not come; the message says what did
        """
        __tracebackhide__ = True
        return self.wait_for_messages(1, timeout=timeout, **wanted)[0]

    def wait_for_messages(
        self, count: int, *, timeout: float = 10.0, **wanted: Unpack[Criteria]
    ) -> list[ReceivedMessage]:
        """The first *count* mails since the test began that are as wanted, as soon as they are there.

        :param timeout: how many seconds to wait for all of them
        :raises AssertionError: where fewer come; the message says what did
        """
        __tracebackhide__ = True
        asked = self._wanted(wanted)
        found = self._wait(count, asked, timeout)
        if len(found) < count:
            raise AssertionError(self._too_few(count, found, asked, timeout))
        return found[:count]

    def assert_no_message(self, *, within: float = 1.0, **wanted: Unpack[Criteria]) -> None:
        """See that no such mail came since the test began, and that none comes.

        :param within: how many seconds to wait for it not to come
        :raises AssertionError: as soon as one is there; the message shows it
        """
        __tracebackhide__ = True
        asked = self._wanted(wanted)
        for message in self._wait(1, asked, within)[:1]:
            text = message.readable_text.strip()[:MOST_TEXT_SHOWN]
            lines = "".join(f"\n    {line}" for line in text.splitlines())
            raise AssertionError(
                f"{f'a message {asked}'.rstrip()} came, and none should have:"
                f"\n  {_envelope(message)}{lines}"
            )

    def clear(self) -> None:
        """Delete the mail that came since the test began; older mail, a developer's own, stays."""
        self._read()
        gone = set(self._fitting(self._wanted({}), self._begin))
        self._client.delete(message.id for message in gone)
        self._messages = [message for message in self._messages if message not in gone]

    def __repr__(self) -> str:
        of = "" if self._recipient is None else f" for {shown(self._recipient)}"
        return f"<the mail{of} that came to {self.url} since the test began>"

    def _wanted(self, criteria: Criteria) -> Wanted:
        return Wanted(criteria, self._recipient)

    def _read(self) -> None:
        self._read_to, arrived = self._client.after(self._read_to)
        self._messages += arrived

    def _wait(self, count: int, wanted: Wanted, timeout: float) -> list[ReceivedMessage]:
        """What is as wanted, once there is enough of it or the time is over."""
        end = time.monotonic() + timeout
        found: list[ReceivedMessage] = []
        looked_at = self._begin
        while True:
            self._read()
            found += self._fitting(wanted, looked_at)
            looked_at = self._read_to
            patience = end - time.monotonic()
            if len(found) >= count or patience <= 0:
                return found
            self._client.wait(wanted.hint(), min(patience, MOST_SECONDS_A_REQUEST), looked_at)

    def _fitting(self, wanted: Wanted, after: int) -> list[ReceivedMessage]:
        """What has been read, came after a position and is as wanted; its bytes are there to stay."""
        candidates = [message for message in self._messages if message.position > after]
        if wanted.query:
            _, found = self._client.after(after, wanted.query)
            meant = set(found)
            candidates = [message for message in candidates if message in meant]
        fitting = []
        for message in candidates:
            try:
                if wanted.fits(message):
                    _ = message.raw  # fetched now: somebody may delete the mail
                    fitting.append(message)
            except MessageGone:
                self._messages.remove(message)
        return fitting

    def _too_few(
        self, count: int, found: list[ReceivedMessage], wanted: Wanted, timeout: float
    ) -> str:
        if count == 1:
            head = f"no message {wanted}".rstrip()
        else:
            head = f"{len(found)} of {count} messages {wanted}".rstrip()
        what_came = "there came:" if self._messages else "none came at all"
        lines = [f"{head} within {timeout:g} s; since the test began, {what_came}"]
        lines += [self._line(message, wanted) for message in self._messages[:MOST_SHOWN]]
        if len(self._messages) > MOST_SHOWN:
            lines.append(f"  … and {len(self._messages) - MOST_SHOWN} more")
        lines.append(f"(the sink: SMTP at {self.host}:{self.smtp_port}, pages at {self.url})")
        return "\n".join(lines)

    def _line(self, message: ReceivedMessage, wanted: Wanted) -> str:
        try:
            misfits = wanted.misfits(message)
        except MessageGone:
            misfits = ["deleted since"]
        return f"  {_envelope(message)}" + (f" ({', '.join(misfits)})" if misfits else "")


def _envelope(message: ReceivedMessage) -> str:
    recipients = ", ".join(message.recipients[:5])
    more = f" and {len(message.recipients) - 5} others" if len(message.recipients) > 5 else ""
    return f"{message.subject!r} from {message.sender or '<>'} to {recipients}{more}"
