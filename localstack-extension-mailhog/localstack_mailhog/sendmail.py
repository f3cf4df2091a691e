"""``localstack-mailhog sendmail``: takes a mail as sendmail does, and gives it to a mail sink.

Programs that send by calling ``sendmail``, PHP's ``mail`` among them, are pointed here. As in MailHog, a line with a
single dot does not end the mail.
"""

import getpass
import os
import re
import socket
import sys
from dataclasses import dataclass
from email.utils import getaddresses
from enum import IntEnum
from typing import Never

import click

from localstack_mailhog.content.headers import split_head
from localstack_mailhog.smtp.relay import OutgoingServer, RelayError, send
from localstack_shared.settings import Address, SettingError, address, read, setting


class Exit(IntEnum):
    """The exit statuses of sendmail, from ``sysexits.h``."""

    USAGE = 64
    DATA_ERROR = 65
    UNAVAILABLE = 69
    TEMPORARY_FAILURE = 75


@dataclass(frozen=True)
class SendmailSettings:
    """What the command takes from the environment."""

    server: Address = setting(
        "MH_SENDMAIL_SMTP_ADDR", "localhost:1025", address, "The SMTP server, `host:port`."
    )
    sender: str = setting(
        "MH_SENDMAIL_FROM", "", str, "The sender; by default the user at this machine."
    )


class Misuse(click.UsageError):
    """The command was used wrongly."""

    exit_code = int(Exit.USAGE)


class Sendmail(click.Command):
    """A command whose wrong use ends with sendmail's status for it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the arguments apart.

        :raises Misuse: where they make no sense
        """
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            raise Misuse(error.format_message(), ctx) from None


@click.command(cls=Sendmail, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--smtp-addr", metavar="HOST:PORT", help="The SMTP server [MH_SENDMAIL_SMTP_ADDR].")
@click.option("-f", "-r", "--from", "sender", help="The sender [MH_SENDMAIL_FROM].")
@click.option("-t", "from_head", is_flag=True, help="Send to To, Cc and Bcc, too; Bcc is removed.")
@click.option("-v", "--verbose", is_flag=True, help="Say on standard error what was sent.")
@click.option(
    "-i", is_flag=True, expose_value=False, help="A dot does not end the mail: it never does."
)
@click.option("-b", type=click.Choice(["m"]), expose_value=False, hidden=True)
@click.option("-o", multiple=True, expose_value=False, hidden=True)
@click.option("-F", "full_name", expose_value=False, hidden=True)
@click.option("-N", "notify", expose_value=False, hidden=True)
@click.option("-R", "return_what", expose_value=False, hidden=True)
@click.argument("recipients", nargs=-1)
def sendmail(
    smtp_addr: str | None,
    sender: str | None,
    from_head: bool,
    verbose: bool,
    recipients: tuple[str, ...],
) -> None:
    """Read a mail from standard input and send it to RECIPIENTS.

    Without RECIPIENTS, it goes to those of its head, as with -t.
    """
    settings = _settings(smtp_addr, sender)
    raw = with_crlf(sys.stdin.buffer.read())
    wanted = addresses(recipients)
    if from_head or not wanted:
        wanted += recipients_of(raw)
        raw = without_bcc(raw)
    if not wanted:
        _end(Exit.DATA_ERROR, "the mail has no recipients: name some, or write them into its head")
    server = OutgoingServer(settings.server.host, settings.server.port)
    try:
        send(server, settings.sender, list(dict.fromkeys(wanted)), raw)
    except RelayError as error:
        _end(Exit.TEMPORARY_FAILURE if error.is_temporary else Exit.UNAVAILABLE, str(error))
    if verbose:
        click.echo(f"{server} took {len(raw)} bytes for {', '.join(wanted)}", err=True)


def with_crlf(text: bytes) -> bytes:
    """A mail with the line ends of this machine, with SMTP's (RFC 5321, 2.3.8)."""
    return re.sub(rb"\r?\n", b"\r\n", text)


def addresses(texts: tuple[str, ...] | list[str]) -> list[str]:
    """The addresses in what was written as a list of them (RFC 5322, 3.4)."""
    return [found for _, found in getaddresses(list(texts)) if found]


def recipients_of(raw: bytes) -> list[str]:
    """The addresses in the fields ``To``, ``Cc`` and ``Bcc``."""
    fields, _ = split_head(raw)
    named = [value for name, value in fields if name.lower() in ("to", "cc", "bcc")]
    return addresses([value.decode("utf-8", "replace") for value in named])


def without_bcc(raw: bytes) -> bytes:
    """A mail without its ``Bcc`` fields, and otherwise as it is."""
    if not split_head(raw)[0]:
        return raw
    head, blank, body = raw.partition(b"\r\n\r\n")
    fields = re.split(rb"\r\n(?![ \t])", head)
    kept = [field for field in fields if not re.match(rb"bcc[ \t]*:", field, re.IGNORECASE)]
    return b"\r\n".join(kept) + blank + body


def _settings(smtp_addr: str | None, sender: str | None) -> SendmailSettings:
    given = {"MH_SENDMAIL_SMTP_ADDR": smtp_addr, "MH_SENDMAIL_FROM": sender}
    try:
        settings = read(
            SendmailSettings,
            os.environ | {name: value for name, value in given.items() if value},
        )
    except SettingError as error:
        _end(Exit.USAGE, str(error))
    null_sender = sender is not None and sender.strip() in ("", "<>")
    default = "" if null_sender else f"{getpass.getuser()}@{socket.gethostname()}"
    chosen = addresses([settings.sender])
    return SendmailSettings(settings.server, chosen[0] if chosen else default)


def _end(status: Exit, why: str) -> Never:
    click.echo(f"sendmail: {why}", err=True)
    raise SystemExit(int(status))
