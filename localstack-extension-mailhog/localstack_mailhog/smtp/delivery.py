"""Handing mail to the mailbox: what arrives in successive turns of the loop is kept in one transaction.

A turn of the loop brings a message of each sender that is ready. As long as turns bring more, the next one is waited
for, so where there are many senders the transactions are few; one who was alone the last time is not kept waiting.
Keeping mail on the loop takes less time than going to another thread and back would; where the mailbox says that it
might take longer, its own thread does it.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.store import Mailbox, MailboxError

LOG = logging.getLogger(__name__)

MOST_TOGETHER = 64
"""How many messages are kept in a transaction that more are waited for."""

Answered = Callable[[str], None]
"""Called on the loop with the reply to a message."""


class Deliveries:
    """The messages that are being kept.

    :param loop: where messages are handed over, and answers are wanted
    """

    def __init__(self, mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> None:
        self._mailbox = mailbox
        self._loop = loop
        self._arrived: list[tuple[Mail, Answered]] = []
        self._kept: deque[tuple[Mail, Answered, Future[str]]] = deque()
        self._counted = 0
        self._most_recently = 1
        """How many messages were kept together the last time."""
        self._awake = False

    def hand_over(self, mail: Mail, answered: Answered) -> None:
        """Keep *mail*, and then call *answered* with the reply for its sender.

        Once it is handed over it is kept, even where its sender does not wait for the reply.
        """
        if not self._arrived:
            self._loop.call_soon(self._keep)
        self._arrived.append((mail, answered))

    def _keep(self) -> None:
        count = len(self._arrived)
        is_alone = count == self._most_recently == 1
        if self._counted < count < MOST_TOGETHER and not is_alone:
            self._counted = count
            self._loop.call_soon(self._keep)
            return
        self._counted, self._most_recently = 0, count
        arrived, self._arrived = self._arrived, []
        outcomes = self._mailbox.add_at_once([mail for mail, _ in arrived])
        if outcomes is None:
            for mail, answered in arrived:
                self._mailbox.add(mail).add_done_callback(partial(self._done, mail, answered))
        else:
            for (mail, answered), outcome in zip(arrived, outcomes, strict=True):
                answered(_reply(mail, outcome))

    def _done(self, mail: Mail, answered: Answered, outcome: "Future[str]") -> None:
        # On the writer's thread.
        self._kept.append((mail, answered, outcome))
        if not self._awake:
            self._awake = True
            with contextlib.suppress(RuntimeError):  # the loop has ended, and its clients with it
                self._loop.call_soon_threadsafe(self._answer)

    def _answer(self) -> None:
        self._awake = False  # first, so that what comes from now on wakes the loop again
        while self._kept:
            mail, answered, future = self._kept.popleft()
            error = future.exception()
            answered(_reply(mail, error if isinstance(error, MailboxError) else future.result()))


def _reply(mail: Mail, outcome: str | MailboxError) -> str:
    if isinstance(outcome, MailboxError):
        LOG.error("Refused %s: %s", mail, outcome)
        return "452 4.3.1 Unable to store message"
    LOG.info("SMTP: %s", mail)
    return f"250 2.0.0 Ok: queued as {outcome}"
