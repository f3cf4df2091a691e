"""The mail sink's settings: MailHog's environment variables, read once."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from localstack_shared.settings import Address, address, read, setting

SMTP_FALLBACK = Address("", 1025)
"""Where SMTP listens when port 25 cannot be had and nobody chose a port: MailHog's own default."""


def host_name(text: str) -> str:
    """Parse a name that can stand in an SMTP greeting and in a message's id.

    :raises ValueError: with what is allowed
    """
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?", text):
        raise ValueError("a host name has letters, digits, dots and hyphens")
    return text


def size_in_bytes(text: str) -> int:
    """Parse a positive number of bytes.

    :raises ValueError: with what is allowed
    """
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValueError("allowed is a positive number of bytes")
    return int(text)


@dataclass(frozen=True)
class MailSettings:
    """What can be chosen about a mail sink."""

    smtp_bind_addr: Address = setting(
        "MH_SMTP_BIND_ADDR",
        ":25",
        address,
        "Where SMTP listens. Left unset, port 1025 is taken where 25 cannot be had.",
    )
    api_bind_addr: Address = setting(
        "MH_API_BIND_ADDR", ":8025", address, "Where the HTTP API listens."
    )
    ui_bind_addr: Address = setting(
        "MH_UI_BIND_ADDR",
        ":8025",
        address,
        "Where the web UI listens; the API's address for one listener that serves both.",
    )
    hostname: str = setting(
        "MH_HOSTNAME",
        "mailhog.example",
        host_name,
        "The name in the SMTP greeting and at the end of message ids.",
    )
    max_message_size: int = setting(
        "MH_MAX_MESSAGE_SIZE",
        "33554432",
        size_in_bytes,
        "The largest message taken over SMTP, in bytes (32 MiB); a larger one is refused with 552.",
    )
    smtp_fallback: Address | None = None
    """Where SMTP listens when ``smtp_bind_addr`` cannot be bound; none where the user chose that address."""


def from_environment(environ: Mapping[str, str]) -> MailSettings:
    """The settings in *environ*.

    :raises localstack_shared.settings.SettingError: for the first variable that cannot be used
    """
    settings = read(MailSettings, environ)
    if environ.get("MH_SMTP_BIND_ADDR", "").strip():
        return settings
    return dataclasses.replace(settings, smtp_fallback=SMTP_FALLBACK)
