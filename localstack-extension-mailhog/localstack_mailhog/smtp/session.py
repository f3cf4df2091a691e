"""One SMTP connection: aiosmtpd's protocol, with commands and data read by ourselves.

From aiosmtpd are the commands, AUTH and STARTTLS. What is replaced, and why:

* the command loop, which logs every line, stops at a client's end of sending (so that ``printf … | nc`` loses its
  mail), and does not speak MailHog's words;
* MAIL and RCPT, which refuse parameters they do not know (DSN's, and AUTH's of RFC 4954, among them);
* DATA, which refuses lines over 1,000 bytes and handles a message line by line;
* VRFY, whose reading of addresses can fail, and HELP, which knows only what is not replaced.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, TLSSetupException

from localstack_mailhog.smtp.paths import parse_path
from localstack_mailhog.smtp.reading import TooMuchData, read_data
from localstack_mailhog.smtp.tls import SelfSigned

LOG = logging.getLogger(__name__)

COMMAND_LIMIT = 12_288 + 512
"""The longest command taken, in bytes: one with an initial response to AUTH (RFC 4954, 4)."""

IDLE_SECONDS = 300
"""How long a client may be silent (RFC 5321, 4.5.3.2.7)."""

UNKNOWN_COMMAND = "500 Unrecognised command"


class MailSession(SMTP):  # type: ignore[misc]
    """One connection.

    :param handler: the object whose ``handle_…`` methods decide, as aiosmtpd calls them
    :param opened: called with the session when it begins
    :param closed: called with it when the connection is gone
    """

    # aiosmtpd gives its stream reader this much buffer.
    line_length_limit = 1 << 16
    # What other servers ask, and some clients look for.
    AuthLoginUsernameChallenge = "Username:"
    AuthLoginPasswordChallenge = "Password:"

    def __init__(
        self,
        handler: object,
        *,
        opened: "Callable[[MailSession], None]",
        closed: "Callable[[MailSession], None]",
        hostname: str,
        size_limit: int,
        certificate: SelfSigned,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(
            handler,
            data_size_limit=size_limit,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="ESMTP MailHog",
            timeout=IDLE_SECONDS,
            auth_require_tls=False,
            authenticator=_accept_anyone,
            loop=loop,
        )
        self._certificate = certificate
        self._opened = opened
        self._gone = closed
        self._delivering = False
        self._shutting = False
        self._last_words = ""

    @property
    def is_encrypted(self) -> bool:
        """Whether STARTTLS has been done."""
        return self._tls_protocol is not None

    def shut(self) -> None:
        """Tell the client that the server goes away, and hang up; after the answer to a message it waits for."""
        self._shutting = True
        self._last_words = f"421 {self.hostname} Service closing"
        if not self._delivering and self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    def abort(self) -> None:
        """Hang up without another word."""
        for transport in (self.transport, self._original_transport):
            if transport is not None:
                transport.abort()

    # Connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._opened(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._gone(self)
        super().connection_lost(error)

    def eof_received(self) -> bool | None:
        # The client has said all it will say, and may still be waiting for answers.
        keep_open = asyncio.StreamReaderProtocol.eof_received(self)
        return False if self.is_encrypted else keep_open

    def _timeout_cb(self) -> None:
        self._last_words = f"421 {self.hostname} Timeout"
        if self._handler_coroutine is not None:
            self._handler_coroutine.cancel()

    async def _handle_client(self) -> None:
        try:
            await self.push(f"220 {self.hostname} {self.__ident__}")
            while self.transport is not None and not self._shutting:
                await self._obey(await self._read_command())
        except (asyncio.IncompleteReadError, ConnectionError, TLSSetupException):
            pass  # the client has gone
        except asyncio.CancelledError:
            pass  # QUIT, a lost connection, a silent client, or the server's end
        if self.transport is not None:
            if self._last_words:
                self._writer.write(self._last_words.encode() + b"\r\n")
            self._writer.close()

    async def _read_command(self) -> bytes:
        """The next line, without its end; empty where it was too long.

        :raises asyncio.IncompleteReadError: at the end of what the client sends
        """
        too_long = False
        while True:
            try:
                line: bytes = await self._reader.readuntil(b"\n")
                return b"" if too_long or len(line) > COMMAND_LIMIT else line.rstrip(b"\r\n")
            except asyncio.LimitOverrunError as error:
                too_long = True
                await self._reader.read(error.consumed)

    async def _obey(self, line: bytes) -> None:
        verb, _, argument = line.partition(b" ")
        method = self._smtp_methods.get(verb.upper().decode("latin-1"))
        if method is None:
            await self.push(UNKNOWN_COMMAND)
            return
        self._reset_timeout()
        try:
            await method(argument.strip().decode("utf-8", "replace") or None)
        except (asyncio.IncompleteReadError, ConnectionError, TLSSetupException):
            raise
        except Exception:
            LOG.exception("SMTP command %s failed", verb.decode("latin-1"))
            await self.push("451 Requested action aborted: error in processing")

    # Commands

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's naming
        if await self.check_helo_needed() or await self.check_auth_needed("MAIL"):
            return
        if self.envelope.mail_from is not None:
            await self.push("503 Error: nested MAIL command")
            return
        path = parse_path(arg, "FROM")
        if path is None:
            await self.push("501 Invalid syntax in MAIL command")
            return
        size = path.parameters.get("SIZE", "0")
        if not (size.isascii() and size.isdigit()):
            await self.push("501 Invalid syntax in MAIL command")
            return
        if len(size) > 18 or int(size) > self.data_size_limit:
            await self.push("552 Message size exceeds fixed maximum message size")
            return
        refusal = await self._call_hook("MAIL", path.address)
        if refusal is None:
            self.envelope.mail_from = path.address
            self.envelope.smtp_utf8 = "SMTPUTF8" in path.parameters
        await self.push(refusal or f"250 Sender {path.address or '<>'} ok")

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if await self.check_helo_needed() or await self.check_auth_needed("RCPT"):
            return
        if self.envelope.mail_from is None:
            await self.push("503 Error: need MAIL command")
            return
        path = parse_path(arg, "TO")
        if path is None or not path.address:
            await self.push("501 Invalid syntax in RCPT command")
            return
        refusal = await self._call_hook("RCPT", path.address)
        if refusal is None:
            self.envelope.rcpt_tos.append(path.address)
        await self.push(refusal or f"250 Recipient {path.address} ok")

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        if arg:
            await self.push("501 Syntax: DATA")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            self.envelope.content = await read_data(
                self._reader, self.data_size_limit, self._reset_timeout
            )
        except TooMuchData:
            self._set_post_data_state()
            await self.push("552 Message size exceeds fixed maximum message size")
            return
        self._delivering = True
        try:
            answer = await self._call_handler_hook("DATA")
        finally:
            self._delivering = False
            self._set_post_data_state()
        await self.push(answer)

    async def smtp_HELP(self, arg: str | None) -> None:  # noqa: N802
        await self.push(f"214 Commands: {' '.join(sorted(self._smtp_methods))}")

    async def smtp_VRFY(self, arg: str | None) -> None:  # noqa: N802
        if arg is None:
            await self.push("501 Syntax: VRFY <address>")
        else:
            await self.push("252 Cannot VRFY user, but will accept message and attempt delivery")

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802
        if self.is_encrypted:
            await self.push("503 TLS already started")
            return
        self.tls_context = await self.loop.run_in_executor(None, self._certificate.context)
        await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802
        mechanism, blank, response = (arg or "").partition(" ")
        await super().smtp_AUTH(mechanism.upper() + blank + response)

    async def _call_hook(self, command: str, address: str) -> str | None:
        """What the handler says against an address, if it has anything to say."""
        if command not in self._handle_hooks:
            return None
        refusal: str | None = await self._call_handler_hook(command, address)
        return refusal


def _accept_anyone(*_: Any) -> AuthResult:
    # MailHog's words; applications that log in to SES get to run their login code.
    return AuthResult(success=True, message="235 Authentication successful")
