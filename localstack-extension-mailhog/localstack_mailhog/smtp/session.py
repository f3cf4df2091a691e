"""One SMTP connection: bytes come and are answered, as far as they can be, in the call that brings them.

Replaced is how aiosmtpd reads: it has a task, a stream and a buffer for each connection, and switches tasks, sets a
timer and logs for each line. Here a command is answered when it arrives, and the replies to commands that came
together leave together (RFC 2920). Only what has to wait runs beside: a message that is being stored, and the
conversations of AUTH and STARTTLS; what arrives meanwhile is answered afterwards, in its order.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.smtp.authentication import Authentication
from localstack_mailhog.smtp.chaos import Jim
from localstack_mailhog.smtp.commands import TOO_LARGE, UNKNOWN_COMMAND, Answer, Commands
from localstack_mailhog.smtp.delivery import Deliveries
from localstack_mailhog.smtp.incoming import Incoming, LineTooLong, MessageTooLarge
from localstack_mailhog.smtp.limits import Limits
from localstack_mailhog.smtp.sessions import Sessions
from localstack_mailhog.smtp.tls import Certificate
from localstack_shared.turns import Turns

LOG = logging.getLogger(__name__)

READ_AHEAD = 1 << 18
"""How many bytes are read from a client that cannot be answered yet."""


class MailSession(Commands):
    """One connection.

    :param sessions: those that are open, of which this becomes one
    :param deliveries: takes the messages
    :param jim: makes sessions fail, where he is
    """

    def __init__(
        self,
        *,
        hostname: str,
        limits: Limits,
        authentication: Authentication,
        certificate: Certificate,
        sessions: Sessions,
        deliveries: Deliveries,
        jim: Jim | None,
        loop: asyncio.AbstractEventLoop,
        turns: Turns,
    ) -> None:
        super().__init__(hostname=hostname, limits=limits, authentication=authentication, loop=loop)
        self._certificate = certificate
        self._sessions = sessions
        self._deliveries = deliveries
        self._chaos = jim
        self._turns = turns
        self.last_heard = 0.0
        """When something came last, on the loop's clock."""
        self._errors = 0
        self._delivering = False
        self._conversation: asyncio.Task[None] | None = None
        self._response: asyncio.Future[bytes] | None = None
        self._held_back: asyncio.TimerHandle | None = None
        self._negotiating = False
        self._full = False
        self._reading = True
        self._heard_all = False
        self._last_words = ""

    def another(self) -> "MailSession":
        """A session like this one, which has not begun, for another connection.

        aiosmtpd's constructor looks through all methods of its objects, which takes longer than to take a mail.
        """
        session = object.__new__(type(self))
        session.__dict__.update(self.__dict__)
        session._incoming = Incoming()
        return session

    @property
    def is_waiting(self) -> bool:
        """Whether the client has to say something next."""
        return not self._delivering and self._held_back is None

    def shut(self, words: str) -> None:
        """Say *words* and hang up; after the answer to a message that the client waits for."""
        if self._delivering:
            self._last_words = words
        elif self._full or self._negotiating:
            self.abort()  # it does not read its replies, or would take these for a part of the handshake
        elif not self._hanging_up:
            self._say(words)
            self._hang_up()

    def abort(self) -> None:
        """Hang up without another word."""
        self._hanging_up = True
        if self.transport is not None:
            self.transport.abort()
        if self._negotiating:
            # Until the handshake is done, asyncio's TLS keeps the end of the connection to itself.
            self.connection_lost(None)

    # What asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.session = self._create_session()
        self._set_rset_state()
        self.last_heard = self.loop.time()
        self._jim = None if self._chaos is None else self._chaos.session()
        if self._jim is not None and not self._jim.accepts():
            self.abort()
        elif not self._sessions.admit(self):
            self.shut("421 4.3.2 Too many connections")
        else:
            self._say(f"220 {self.hostname} ESMTP MailHog")

    def connection_lost(self, error: Exception | None) -> None:
        self._hanging_up = True
        self.transport = None
        self._incoming.clear()
        if self._conversation is not None:
            self._conversation.cancel()
        if self._held_back is not None:
            self._held_back.cancel()
        self._sessions.forget(self)

    def data_received(self, data: bytes) -> None:
        self.last_heard = self.loop.time()
        self._incoming.feed(data)
        if self._jim is not None:
            if self._jim.disconnects():
                self.abort()
                return
            if self._jim.link_speed is not None:
                self._hold_back(len(data) / self._jim.link_speed)
                return
        self._use_what_came()

    def eof_received(self) -> bool:
        # The client has said all it will say, and may still be waiting for answers.
        self._heard_all = True
        return self._is_busy and self._response is None and not self.is_encrypted

    def pause_writing(self) -> None:
        self._full = True
        self._regulate()

    def resume_writing(self) -> None:
        self._full = False
        self._proceed()

    # What aiosmtpd calls

    async def push(self, status: str | bytes) -> None:
        self._say(status if isinstance(status, str) else status.decode())

    async def readline(self) -> bytes:
        """The client's response to a challenge.

        :raises LineTooLong: where it is longer than a command may be
        """
        line = self._incoming.line()
        if line is None:
            self._response = self.loop.create_future()
            if self._heard_all:
                self._hang_up()  # it will not come
            line = await self._response
        return line

    # Reading

    def _hold_back(self, seconds: float) -> None:
        if self._held_back is not None:
            self._held_back.cancel()
        self._held_back = self.loop.call_later(seconds, self._release)
        self._regulate()

    def _release(self) -> None:
        self._held_back = None
        self.last_heard = self.loop.time()
        self._use_what_came()

    def _use_what_came(self) -> None:
        if self._response is None:
            self._proceed()
        else:
            self._respond(self._response)

    def _respond(self, response: "asyncio.Future[bytes]") -> None:
        try:
            line = self._incoming.line()
        except LineTooLong as error:
            self._response = None
            response.set_exception(error)
        else:
            if line is not None:
                self._response = None
                response.set_result(line)
        self._regulate()

    @property
    def _is_busy(self) -> bool:
        """Whether what has come cannot be answered yet."""
        return (
            self._delivering
            or self._conversation is not None
            or self._held_back is not None
            or self._full
        )

    def _proceed(self) -> None:
        """Answer what has come, as far as it can be answered now."""
        replies: list[str] = []
        while self._incoming and not (self._is_busy or self._hanging_up):
            answer = self._next_answer()
            if answer is None:
                break
            if isinstance(answer, str):
                replies.append(answer)
                # 50x: wrong in syntax or out of order; 55x is what becomes of a sensible command.
                if answer.startswith("50") and self._is_one_error_too_many():
                    replies.append("421 4.7.0 Too many errors")
                    self._hanging_up = True
            else:
                self._say(*replies)
                replies.clear()
                self._converse(answer)
        self._say(*replies)
        if self._hanging_up or (self._heard_all and not self._is_busy):
            self._hang_up()
        elif self._incoming or not self._reading:
            self._regulate()

    def _next_answer(self) -> Answer | None:
        """The answer to what is next; none where that is not complete, or is a message that is being stored now."""
        try:
            if not self._incoming.in_message:
                line = self._incoming.line()
                return None if line is None else self._obey(line)
            message = self._incoming.message()
        except LineTooLong:
            return "500 5.5.2 Line too long"
        except MessageTooLarge:
            self._set_post_data_state()
            return TOO_LARGE
        if message is not None:
            self._deliver(message)
        return None

    def _obey(self, line: bytes) -> Answer:
        verb, _, argument = line.partition(b" ")
        command = self.commands.get(verb.upper())
        if command is None:
            return UNKNOWN_COMMAND
        try:
            return command(self, argument.strip().decode("utf-8", "replace"))
        except Exception:
            LOG.exception("SMTP command %s failed", verb.decode("latin-1"))
            return "451 4.3.0 Requested action aborted: error in processing"

    def _is_one_error_too_many(self) -> bool:
        self._errors += 1
        return self._errors >= self._limits.errors

    # What has to wait

    def _deliver(self, message: bytes) -> None:
        envelope, self._delivering, self._errors = self.envelope, True, 0
        self._set_post_data_state()
        mail = Mail(
            sender=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            raw=message,
            helo=self.session.host_name,
        )
        self._deliveries.hand_over(mail, self._delivered)

    def _delivered(self, reply: str) -> None:
        self._delivering = False
        self.last_heard = self.loop.time()
        self._say(reply)
        if self._last_words:
            self.shut(self._last_words)
        else:
            self._proceed()

    def _converse(self, conversation: Coroutine[Any, Any, None]) -> None:
        self._reader = self  # where aiosmtpd reads the responses to its challenges
        self._conversation = self.loop.create_task(conversation)
        self._conversation.add_done_callback(self._conversed)

    def _conversed(self, conversation: "asyncio.Task[None]") -> None:
        self._conversation = self._response = self._reader = None
        if conversation.cancelled() or self.transport is None:
            return
        error = conversation.exception()
        if isinstance(error, LineTooLong):
            self._say("500 5.5.6 Authentication exchange line is too long")
        elif error is not None:
            LOG.error("An SMTP conversation failed", exc_info=error)
            self._say("451 4.3.0 Requested action aborted: error in processing")
        self._proceed()

    def smtp_STARTTLS(self, argument: str) -> Answer:  # noqa: N802
        if argument:
            return "501 5.5.4 Syntax: STARTTLS"
        if self.is_encrypted:
            return "503 5.5.1 TLS already started"
        return self._start_tls()

    async def _start_tls(self) -> None:
        try:
            context = await self.loop.run_in_executor(None, self._certificate.context)
        except Exception:
            LOG.exception("There is no certificate for TLS")
            self._say("454 4.7.0 TLS not available")
            return
        self._say("220 2.0.0 Ready to start TLS")
        # What came in clear must not be taken for what comes encrypted (RFC 3207, 6).
        self._incoming.clear()
        self._negotiating = True
        try:
            transport = await self.loop.start_tls(self.transport, self, context, server_side=True)
        except (OSError, asyncio.CancelledError):
            self.abort()  # the client has gone, or does not like the certificate
            return
        finally:
            self._negotiating = False
        self.transport = transport
        self.is_encrypted = True
        self.session = self._create_session()
        self._set_rset_state()

    # Writing

    def _say(self, *replies: str) -> None:
        if replies and self.transport is not None:
            self.transport.write(("\r\n".join(replies) + "\r\n").encode())
            self._turns.stay_awake()

    def _hang_up(self) -> None:
        self._hanging_up = True
        if self.transport is not None:
            self.transport.close()

    def _regulate(self) -> None:
        """Read from the client, or let it wait: where it does not read, either, or is far ahead of the answers."""
        reading = not (
            self._full
            or self._held_back is not None
            or (self._is_busy and len(self._incoming) > READ_AHEAD)
        )
        if reading != self._reading and self.transport is not None:
            self._reading = reading
            if reading:
                self.transport.resume_reading()
            else:
                self.transport.pause_reading()


MailSession.commands = {
    name.removeprefix("smtp_").encode(): method
    for kind in (Commands, MailSession)
    for name, method in vars(kind).items()
    if name.startswith("smtp_")
}
