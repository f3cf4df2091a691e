"""The SMTP server: takes mail on its listeners into the mailbox.

Sessions come and go on the sink's event loop; what they receive is handed to the mailbox's writer, and acknowledged
when it is committed.
"""

import asyncio
import socket

from localstack_mailhog.mailbox.store import Mailbox
from localstack_mailhog.smtp.authentication import Authentication
from localstack_mailhog.smtp.chaos import Jim
from localstack_mailhog.smtp.credentials import Credentials
from localstack_mailhog.smtp.delivery import Deliveries
from localstack_mailhog.smtp.limits import Limits
from localstack_mailhog.smtp.session import MailSession
from localstack_mailhog.smtp.sessions import Sessions
from localstack_mailhog.smtp.tls import Certificate
from localstack_shared.turns import Turns

CLOSE_SECONDS = 0.3
"""How long messages that are being stored may still take once the server closes."""

BACKLOG = 1024
"""How many connections may wait to be accepted."""


class SmtpServer:
    """Takes mail on listening sockets and puts it into *mailbox*.

    :param listener: where clients begin in clear
    :param tls_listener: where they begin with the TLS handshake, if anywhere
    :param hostname: what it calls itself
    :param credentials: who may log in; none for everybody
    :param jim: makes sessions fail, where he is
    """

    def __init__(
        self,
        mailbox: Mailbox,
        listener: socket.socket,
        *,
        hostname: str,
        limits: Limits,
        certificate: Certificate,
        tls_listener: socket.socket | None = None,
        credentials: Credentials | None = None,
        jim: Jim | None = None,
    ) -> None:
        self._mailbox = mailbox
        self._listener = listener
        self._tls_listener = tls_listener
        self._hostname = hostname
        self._limits = limits
        self._certificate = certificate
        self._credentials = credentials
        self._jim = jim
        self._servers: list[asyncio.Server] = []

    async def open(self) -> "SmtpServer":
        """Start accepting; to be called on the loop that serves."""
        loop = asyncio.get_running_loop()
        self._sessions = Sessions(self._limits.connections, self._limits.idle_seconds, loop)
        session = MailSession(
            hostname=self._hostname,
            limits=self._limits,
            authentication=Authentication(self._hostname, self._credentials),
            certificate=self._certificate,
            sessions=self._sessions,
            deliveries=Deliveries(self._mailbox, loop),
            jim=self._jim,
            loop=loop,
            turns=Turns(loop),
        )
        self._servers.append(
            await loop.create_server(session.another, sock=self._listener, backlog=BACKLOG)
        )
        if self._tls_listener is not None:
            secure = session.another()
            secure.is_encrypted = True
            context = await loop.run_in_executor(None, self._certificate.context)
            self._servers.append(
                await loop.create_server(
                    secure.another, sock=self._tls_listener, backlog=BACKLOG, ssl=context
                )
            )
        return self

    async def close(self) -> None:
        """Stop accepting; say 421 to idle clients; finish the messages that are being stored."""
        for server in self._servers:
            server.close()
        await self._sessions.close("421 4.3.2 Service closing", CLOSE_SECONDS)
