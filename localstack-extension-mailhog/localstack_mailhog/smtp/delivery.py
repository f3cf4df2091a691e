"""Handing mail to the mailbox: its writer works on a thread of its own, and what it answers comes back to the loop."""

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

Answered = Callable[[str], None]
"""Called on the loop with the reply to a message."""


class Deliveries:
    """The messages that are being kept. Answers that come together wake the loop once.

    :param loop: where answers are wanted
    """

    def __init__(self, mailbox: Mailbox, loop: asyncio.AbstractEventLoop) -> None:
        self._mailbox = mailbox
        self._loop = loop
        self._kept: deque[tuple[Mail, Answered, Future[str]]] = deque()
        self._awake = False

    def hand_over(self, mail: Mail, answered: Answered) -> None:
        """Keep *mail*, and then call *answered* with the reply for its sender.

        Once it is handed over it is kept, even where its sender does not wait for the reply.
        """
        self._mailbox.add(mail).add_done_callback(partial(self._done, mail, answered))

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
            mail, answered, outcome = self._kept.popleft()
            answered(_reply(mail, outcome))


def _reply(mail: Mail, outcome: "Future[str]") -> str:
    try:
        identifier = outcome.result()
    except MailboxError as error:
        LOG.error("Refused %s: %s", mail, error)
        return "452 4.3.1 Unable to store message"
    LOG.info("SMTP: %s", mail)
    return f"250 2.0.0 Ok: queued as {identifier}"
