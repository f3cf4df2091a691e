"""SMTP's commands: what each does to the session and the envelope, and what is replied, in MailHog's words.

Based on aiosmtpd, from which are the session, the envelope, and AUTH. The other commands are answered here at once, by
the reply that they return: aiosmtpd's own are coroutines that log and write a line at a time, MAIL and RCPT refuse
parameters that they do not know, and none has an enhanced status code (RFC 2034).
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from aiosmtpd.smtp import SMTP

from localstack_mailhog.smtp.authentication import Authentication
from localstack_mailhog.smtp.chaos import JimSession
from localstack_mailhog.smtp.incoming import Incoming
from localstack_mailhog.smtp.limits import Limits
from localstack_mailhog.smtp.parameters import wrong_in_mail, wrong_in_rcpt
from localstack_mailhog.smtp.paths import parse_path

Answer = str | Coroutine[Any, Any, None]
"""The reply to a command, without its end; or what carries on a conversation with the client."""

UNKNOWN_COMMAND = "500 5.5.1 Unrecognised command"
TOO_LARGE = "552 5.3.4 Message size exceeds fixed maximum message size"
GREETING_FIRST = "503 5.5.1 Error: send HELO first"


class Commands(SMTP):  # type: ignore[misc]
    """The commands of one session. The names of the methods are aiosmtpd's.

    :param hostname: what the server calls itself
    """

    commands: ClassVar[dict[bytes, Callable[[Any, str], Answer]]]
    """By their verbs."""

    # What other servers ask, and some clients look for.
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    # Set by aiosmtpd, or by its rules.
    session: Any
    envelope: Any
    transport: asyncio.Transport | None
    _reader: Any

    def __init__(
        self,
        *,
        hostname: str,
        limits: Limits,
        authentication: Authentication,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        # Every line of every session at INFO, otherwise; whoever has chosen a level keeps it.
        logger = logging.getLogger("mail.log")
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)
        super().__init__(
            authentication,
            hostname=hostname,
            enable_SMTPUTF8=True,
            auth_require_tls=False,
            authenticator=authentication,
            loop=loop,
        )
        # Not as an argument: with that, aiosmtpd warns of logins in clear, which a sink has to take.
        self._auth_required = authentication.is_required
        self._limits = limits
        self._incoming = Incoming()
        self._jim: JimSession | None = None
        self._hanging_up = False
        self.is_encrypted = False
        """Whether the connection is encrypted."""

    # The order of RFC 5321, 4.1.1.

    def smtp_HELO(self, argument: str) -> Answer:  # noqa: N802 - aiosmtpd's naming
        if not argument:
            return "501 5.5.4 Syntax: HELO hostname"
        self._greet(argument, extended=False)
        return f"250 Hello {argument}"

    def smtp_EHLO(self, argument: str) -> Answer:  # noqa: N802
        if not argument:
            return "501 5.5.4 Syntax: EHLO hostname"
        self._greet(argument, extended=True)
        offered = [
            f"Hello {argument}",
            "PIPELINING",
            f"SIZE {self._limits.message_size}",
            "8BITMIME",
            "SMTPUTF8",
            "DSN",
            "ENHANCEDSTATUSCODES",
            *([] if self.is_encrypted else ["STARTTLS"]),
            f"AUTH {Authentication.mechanisms}",
        ]
        return "\r\n".join([*(f"250-{line}" for line in offered), "250 HELP"])

    def smtp_MAIL(self, argument: str) -> Answer:  # noqa: N802
        missing = self._missing_before_mail
        if missing:
            return missing
        if self.envelope.mail_from is not None:
            return "503 5.5.1 Error: nested MAIL command"
        path = parse_path(argument, "FROM")
        if path is None:
            return "501 5.5.4 Invalid syntax in MAIL command"
        if path.parameters:
            wrong = wrong_in_mail(path.parameters)
            if wrong is not None:
                return f"501 5.5.4 Invalid value of {wrong} in MAIL command"
            if int(path.parameters.get("SIZE", 0)) > self._limits.message_size:
                return TOO_LARGE
        if self._jim is not None and self._jim.rejects_sender():
            return f"550 5.1.8 Invalid sender {path.address}"
        self.envelope.mail_from = path.address
        return f"250 2.1.0 Sender {path.address or '<>'} ok"

    def smtp_RCPT(self, argument: str) -> Answer:  # noqa: N802
        if self.envelope.mail_from is None:
            return self._missing_before_mail or "503 5.5.1 Error: need MAIL command"
        path = parse_path(argument, "TO")
        if path is None or not path.address:
            return "501 5.5.4 Invalid syntax in RCPT command"
        if path.parameters:
            wrong = wrong_in_rcpt(path.parameters)
            if wrong is not None:
                return f"501 5.5.4 Invalid value of {wrong} in RCPT command"
        if len(self.envelope.rcpt_tos) >= self._limits.recipients:
            return "452 4.5.3 Too many recipients"
        if self._jim is not None and self._jim.rejects_recipient():
            return f"550 5.1.1 Invalid recipient {path.address}"
        self.envelope.rcpt_tos.append(path.address)
        return f"250 2.1.5 Recipient {path.address} ok"

    def smtp_DATA(self, argument: str) -> Answer:  # noqa: N802
        if argument:
            return "501 5.5.4 Syntax: DATA"
        if not self.envelope.rcpt_tos:
            return self._missing_before_mail or "503 5.5.1 Error: need RCPT command"
        self._incoming.expect_message(self._limits.message_size)
        return "354 End data with <CR><LF>.<CR><LF>"

    def smtp_RSET(self, argument: str) -> Answer:  # noqa: N802
        if argument:
            return "501 5.5.4 Syntax: RSET"
        self._set_rset_state()
        return "250 2.0.0 Ok"

    def smtp_VRFY(self, argument: str) -> Answer:  # noqa: N802
        if not argument:
            return "501 5.5.4 Syntax: VRFY <address>"
        return "252 2.0.0 Cannot VRFY user, but will accept message and attempt delivery"

    def smtp_EXPN(self, argument: str) -> Answer:  # noqa: N802
        return "502 5.5.1 EXPN not implemented"

    def smtp_HELP(self, argument: str) -> Answer:  # noqa: N802
        return f"214 2.0.0 Commands: {b' '.join(sorted(self.commands)).decode()}"

    def smtp_NOOP(self, argument: str) -> Answer:  # noqa: N802
        return "250 2.0.0 Ok"

    def smtp_QUIT(self, argument: str) -> Answer:  # noqa: N802
        if argument:
            return "501 5.5.4 Syntax: QUIT"
        self._hanging_up = True
        return "221 2.0.0 Bye"

    def smtp_AUTH(self, argument: str) -> Answer:  # noqa: N802
        if not self.session.host_name:
            return GREETING_FIRST
        if self._jim is not None and self._jim.rejects_auth():
            return UNKNOWN_COMMAND
        if self.session.authenticated:
            return "503 5.5.1 Already authenticated"
        if self.envelope.mail_from is not None:
            return "503 5.5.1 No AUTH during a mail transaction"
        mechanism, _, response = argument.partition(" ")
        if not mechanism or " " in response:
            return "501 5.5.4 Syntax: AUTH <mechanism> [initial response]"
        # A client that greeted with HELO cannot know of AUTH; there is no harm in letting it.
        self.session.extended_smtp = True
        return super().smtp_AUTH(f"{mechanism.upper()} {response}")  # type: ignore[no-any-return]

    def _greet(self, name: str, *, extended: bool) -> None:
        self._set_rset_state()
        self.session.host_name = name
        self.session.extended_smtp = extended

    @property
    def _missing_before_mail(self) -> str | None:
        """What has to be said to a client that begins too early."""
        if not self.session.host_name:
            return GREETING_FIRST
        if self._auth_required and not self.session.authenticated:
            return "530 5.7.0 Authentication required"
        return None
