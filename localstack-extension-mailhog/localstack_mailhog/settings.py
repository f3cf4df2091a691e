"""The mail sink's settings: MailHog's environment variables, read once."""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from localstack_shared.settings import Address, SettingError, address, boolean, read, setting

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


def web_path(text: str) -> str:
    """Parse a path that everything is under, to ``/path``, or to nothing.

    :raises ValueError: with what is allowed
    """
    segments = text.strip("/").split("/") if text.strip("/") else []
    if not all(re.fullmatch(r"[A-Za-z0-9._~-]*[A-Za-z0-9_~-]", segment) for segment in segments):
        raise ValueError("a path has letters, digits, dots, hyphens and underlines between slashes")
    return "".join(f"/{segment}" for segment in segments)


def header_value(text: str) -> str:
    """Parse what is sent as the value of an HTTP header.

    :raises ValueError: with what is allowed
    """
    if not (text.isascii() and (text.isprintable() or not text)):
        raise ValueError("it must be one line of ASCII")
    return text


def chance(text: str) -> float:
    """Parse how likely something is.

    :raises ValueError: with what is allowed
    """
    if not (re.fullmatch(r"[0-9]*\.?[0-9]+", text) and float(text) <= 1):
        raise ValueError("allowed is a number from 0, never, to 1, always")
    return float(text)


def bytes_a_second(text: str) -> float:
    """Parse how fast something is.

    :raises ValueError: with what is allowed
    """
    if not (re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", text) and float(text) > 0):
        raise ValueError("allowed is a positive number of bytes a second")
    return float(text)


def seed(text: str) -> int | None:
    """Parse where random choices begin.

    :raises ValueError: with what is allowed
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValueError("allowed is a whole number")
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
    ui_web_path: str = setting(
        "MH_UI_WEB_PATH",
        "",
        web_path,
        "A path that pages and API are under, such as `mail`. Behind a path of LocalStack's gateway it may be left out.",
    )
    api_host: str = setting(
        "MH_API_HOST",
        "",
        header_value,
        "Where the pages find the API, such as `http://localhost:8025`, if not where they are themselves.",
    )
    cors_origin: str = setting(
        "MH_CORS_ORIGIN",
        "",
        header_value,
        "The origin whose pages may use the API too, or `*`.",
    )
    auth_file: str = setting(
        "MH_AUTH_FILE",
        "",
        str,
        "A file with `user:bcrypt-hash` a line; only these may use pages and API.",
    )
    outgoing_smtp: str = setting(
        "MH_OUTGOING_SMTP",
        "",
        str,
        "A JSON file with the servers that mail can be released to by name.",
    )
    invite_jim: bool = setting(
        "MH_INVITE_JIM",
        "0",
        boolean,
        "Begin with Jim, the chaos monkey, who disturbs SMTP sessions.",
    )
    jim_accept: float = setting(
        "MH_JIM_ACCEPT", "0.99", chance, "Jim: the chance that a connection is accepted."
    )
    jim_disconnect: float = setting(
        "MH_JIM_DISCONNECT",
        "0.005",
        chance,
        "Jim: the chance that a connection is cut, after each read.",
    )
    jim_linkspeed_affect: float = setting(
        "MH_JIM_LINKSPEED_AFFECT", "0.1", chance, "Jim: the chance that a session is slowed down."
    )
    jim_linkspeed_min: float = setting(
        "MH_JIM_LINKSPEED_MIN",
        "1024",
        bytes_a_second,
        "Jim: the slowest that a slowed session is, in bytes a second.",
    )
    jim_linkspeed_max: float = setting(
        "MH_JIM_LINKSPEED_MAX",
        "10240",
        bytes_a_second,
        "Jim: the fastest that a slowed session is, in bytes a second.",
    )
    jim_reject_sender: float = setting(
        "MH_JIM_REJECT_SENDER", "0.05", chance, "Jim: the chance that a sender is refused."
    )
    jim_reject_recipient: float = setting(
        "MH_JIM_REJECT_RECIPIENT", "0.05", chance, "Jim: the chance that a recipient is refused."
    )
    jim_reject_auth: float = setting(
        "MH_JIM_REJECT_AUTH", "0.05", chance, "Jim: the chance that a login is refused."
    )
    jim_seed: int | None = setting(
        "MH_JIM_SEED", "", seed, "A number: Jim then does the same in each run."
    )
    smtp_fallback: Address | None = None
    """Where SMTP listens when ``smtp_bind_addr`` cannot be bound; none where the user chose that address."""


def from_environment(environ: Mapping[str, str]) -> MailSettings:
    """The settings in *environ*.

    :raises localstack_shared.settings.SettingError: for the first variable that cannot be used
    """
    settings = read(MailSettings, environ)
    if settings.jim_linkspeed_min > settings.jim_linkspeed_max:
        raise SettingError(
            "MH_JIM_LINKSPEED_MIN",
            f"{settings.jim_linkspeed_min:g}",
            f"MH_JIM_LINKSPEED_MAX is {settings.jim_linkspeed_max:g}, which is less",
        )
    if environ.get("MH_SMTP_BIND_ADDR", "").strip():
        return settings
    return dataclasses.replace(settings, smtp_fallback=SMTP_FALLBACK)
