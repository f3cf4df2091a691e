"""Sending mail on to a real server. It happens only when somebody asks for it: a mail sink delivers nothing.

The bytes go out as they came. What is offered is used: STARTTLS (RFC 3207), 8BITMIME (RFC 6152), SMTPUTF8 (RFC 6531).
"""

import contextlib
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from localstack_shared.beside import beside

SECONDS = 15.0
"""How long the server may take for each of its answers."""

MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5")

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class RelayError(Exception):
    """The mail was not sent on, or not to all; the text says why, in one line."""

    def __init__(self, text: str, *, is_temporary: bool) -> None:
        super().__init__(text)
        self.is_temporary = is_temporary
        """Whether the same may succeed later (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class OutgoingServer:
    """A server that takes mail for others, and how to log in there; without a name and a password, not at all."""

    host: str
    port: int = 25
    username: str = ""
    password: str = ""
    mechanism: str = ""
    """One of :data:`MECHANISMS`."""

    @property
    def logs_in(self) -> bool:
        """Whether it wants a login."""
        return bool(self.username or self.password)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, so that nobody can listen in."""
        return self.host in _LOOPBACK

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def send(server: OutgoingServer, sender: str, recipients: Sequence[str], raw: bytes) -> None:
    """Send a mail on. Blocks: never to be called on an event loop's thread.

    :param sender: the reverse path; empty for the null sender
    :raises RelayError: where the server cannot be reached or does not take it for each of *recipients*
    """
    try:
        with contextlib.closing(
            smtplib.SMTP(server.host, server.port, local_hostname="localhost", timeout=SECONDS)
        ) as client:
            client.ehlo_or_helo_if_needed()
            encrypted = client.has_extn("starttls")
            if encrypted:
                client.starttls(context=_tls(server))
                client.ehlo_or_helo_if_needed()
            if server.logs_in:
                _log_in(client, server, encrypted)
            options = _options(client, [sender, *recipients], raw)
            refused = client.sendmail(sender, list(recipients), raw, options)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()
    except smtplib.SMTPRecipientsRefused as error:
        refused = error.recipients
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise RelayError(
            f"{server}: {_reason(error)}", is_temporary=_is_temporary(error)
        ) from error
    if refused:
        answers = "; ".join(
            f"{recipient} was refused: {_answer(*answer)}" for recipient, answer in refused.items()
        )
        later = all(400 <= code < 500 for code, _ in refused.values())
        raise RelayError(f"{server}: {answers}", is_temporary=later)


async def send_beside(
    server: OutgoingServer, sender: str, recipients: Sequence[str], raw: bytes
) -> None:
    """:func:`send`, in a thread of its own, which does not hold the process up when that ends.

    :raises RelayError: as :func:`send` does
    """
    await beside("mail-relay", lambda: send(server, sender, recipients, raw))


def _tls(server: OutgoingServer) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if server.is_local or not server.logs_in:
        # Where there is no secret to lose, unverified encryption is better than none (RFC 7435); many servers that
        # developers send on to have a certificate that they signed themselves.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _log_in(client: smtplib.SMTP, server: OutgoingServer, encrypted: bool) -> None:
    if not client.has_extn("auth"):
        raise smtplib.SMTPNotSupportedError("it offers no authentication")
    if server.mechanism in ("PLAIN", "LOGIN") and not encrypted and not server.is_local:
        raise smtplib.SMTPNotSupportedError(
            f"the connection is not encrypted, and {server.mechanism} would show the password to all"
        )
    client.user, client.password = server.username, server.password
    if server.mechanism == "PLAIN":
        client.auth("PLAIN", client.auth_plain)
    elif server.mechanism == "LOGIN":
        client.auth("LOGIN", client.auth_login)
    else:
        client.auth("CRAM-MD5", client.auth_cram_md5)


def _options(client: smtplib.SMTP, addresses: Sequence[str], raw: bytes) -> list[str]:
    options = []
    if not raw.isascii() and client.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    international = not all(address.isascii() for address in addresses)
    if international and not client.has_extn("smtputf8"):
        raise smtplib.SMTPNotSupportedError(
            "it does not take addresses with letters beyond ASCII (SMTPUTF8)"
        )
    head = _BLANK_LINE.split(raw, maxsplit=1)[0]
    if (international or not head.isascii()) and client.has_extn("smtputf8"):
        options.append("SMTPUTF8")
    return options


def _is_temporary(error: Exception) -> bool:
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError)


def _reason(error: Exception) -> str:
    # smtplib makes a lost connection of it.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return f"no answer within {SECONDS:g} seconds"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"the sender was refused: {_answer(error.smtp_code, error.smtp_error)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, UnicodeError):
        return "a name or an address has a letter that cannot be sent there"
    return " ".join(str(getattr(error, "strerror", None) or error).split())


def _answer(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {said}".split())
