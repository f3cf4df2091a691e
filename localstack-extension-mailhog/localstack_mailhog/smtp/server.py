"""The SMTP server: takes mail into the mailbox.

Sessions come and go on the sink's event loop; what they receive is handed to the mailbox's writer, and acknowledged
when it is committed.
"""

import asyncio
import contextlib
import logging
import socket
from typing import Any

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.store import Mailbox, MailboxError
from localstack_mailhog.smtp.session import MailSession
from localstack_mailhog.smtp.tls import SelfSigned

LOG = logging.getLogger(__name__)

CLOSE_SECONDS = 0.3
"""How long messages that are being stored may still take once the server closes."""


class SmtpServer:
    """Takes mail on a listening socket and puts it into *mailbox*.

    :param hostname: what it calls itself
    :param size_limit: the largest message, in bytes
    """

    def __init__(
        self, mailbox: Mailbox, listener: socket.socket, *, hostname: str, size_limit: int
    ) -> None:
        self._listener = listener
        self._hostname = hostname
        self._size_limit = size_limit
        self._handler = Handler(mailbox, size_limit)
        self._certificate = SelfSigned(hostname)
        self._sessions: set[MailSession] = set()
        self._emptied = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def open(self) -> "SmtpServer":
        """Start accepting; to be called on the loop that serves."""
        _quieten_aiosmtpd()
        loop = asyncio.get_running_loop()

        def session() -> MailSession:
            return MailSession(
                self._handler,
                opened=self._sessions.add,
                closed=self._forget,
                hostname=self._hostname,
                size_limit=self._size_limit,
                certificate=self._certificate,
                loop=loop,
            )

        self._server = await loop.create_server(session, sock=self._listener)
        return self

    async def close(self) -> None:
        """Stop accepting; say 421 to idle clients; finish the messages that are being stored."""
        if self._server is not None:
            self._server.close()
        self._emptied.clear()
        for session in list(self._sessions):
            session.shut()
        if self._sessions:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), CLOSE_SECONDS)
        for session in list(self._sessions):
            session.abort()

    def _forget(self, session: MailSession) -> None:
        self._sessions.discard(session)
        if not self._sessions:
            self._emptied.set()


class Handler:
    """What happens with what a session takes: aiosmtpd's handler interface."""

    def __init__(self, mailbox: Mailbox, size_limit: int) -> None:
        self._mailbox = mailbox
        self._size_limit = size_limit

    async def handle_HELO(  # noqa: N802 - aiosmtpd's naming
        self, server: MailSession, session: Any, envelope: Any, hostname: str
    ) -> str:
        """Greet in MailHog's words."""
        session.host_name = hostname
        return f"250 Hello {hostname}"

    async def handle_EHLO(  # noqa: N802
        self,
        server: MailSession,
        session: Any,
        envelope: Any,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Greet, and say what is offered. One element, because aiosmtpd sends each in a packet of its own."""
        session.host_name = hostname
        offered = [
            f"Hello {hostname}",
            "PIPELINING",
            f"SIZE {self._size_limit}",
            "8BITMIME",
            "SMTPUTF8",
            *([] if server.is_encrypted else ["STARTTLS"]),
            "AUTH PLAIN LOGIN",
            "HELP",
        ]
        *others, last = offered
        return ["\r\n".join([*(f"250-{line}" for line in others), f"250 {last}"])]

    async def handle_NOOP(  # noqa: N802
        self, server: MailSession, session: Any, envelope: Any, argument: str | None
    ) -> str:
        return "250 Ok"

    async def handle_RSET(  # noqa: N802
        self, server: MailSession, session: Any, envelope: Any
    ) -> str:
        return "250 Ok"

    async def handle_DATA(  # noqa: N802
        self, server: MailSession, session: Any, envelope: Any
    ) -> str:
        """Keep the message; acknowledge it when that is done."""
        mail = Mail(
            sender=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            raw=envelope.content,
            helo=session.host_name,
        )
        try:
            # A client that leaves before the answer has handed its mail over all the same.
            identifier = await asyncio.shield(asyncio.wrap_future(self._mailbox.add(mail)))
        except MailboxError as error:
            LOG.error("Refused %s: %s", mail, error)
            return "452 Unable to store message"
        LOG.info("SMTP: %s", mail)
        return f"250 Ok: queued as {identifier}"


def _quieten_aiosmtpd() -> None:
    # Every line of every session at INFO, otherwise; whoever has chosen a level keeps it.
    logger = logging.getLogger("mail.log")
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.CRITICAL)
