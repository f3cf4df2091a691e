"""What the settings' variables may say: a parser for each kind of value.

Each raises ``ValueError`` with what is allowed.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from localstack_mailhog.durations import SECONDS

T = TypeVar("T")

STORAGES = ("memory", "sqlite", "maildir")


def host_name(text: str) -> str:
    """Parse a name that can stand in an SMTP greeting and in a message's id.

    :raises ValueError: with what is allowed
    """
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?", text):
        raise ValueError("a host name has letters, digits, dots and hyphens")
    return text


def storage(text: str) -> str:
    """Parse the name of a storage.

    :raises ValueError: with what is allowed
    """
    if text == "mongodb":
        raise ValueError("MongoDB is not supported; sqlite keeps mail in a file that lasts")
    if text not in STORAGES:
        raise ValueError(f"allowed are {', '.join(STORAGES)}")
    return text


def web_address(text: str) -> str:
    """Parse an address that can be called over HTTP, or nothing.

    :raises ValueError: with what is allowed
    """
    if text and not re.fullmatch(r"https?://[^\s/]+\S*", text):
        raise ValueError("an address begins with http:// or https://")
    return text


def duration(text: str) -> float:
    """Parse how long something may last, ``90m`` or ``7d``, to seconds; 0 for ever.

    :raises ValueError: with what is allowed
    """
    found = re.fullmatch(r"(\d{1,9})([smhdw]?)", text)
    if found is None:
        raise ValueError(
            "allowed is a number with s, m, h, d or w behind it, such as 7d; 0 for ever"
        )
    return float(found[1]) * SECONDS[found[2] or "s"]


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


def number(allowed: str, least: int = 0) -> Callable[[str], int]:
    """A parser of whole numbers.

    :param allowed: what it says where a text is something else
    """

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            raise ValueError(f"allowed is {allowed}")
        return int(text)

    return parse


def optional(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """A parser of what may be left unset."""
    return lambda text: parse(text) if text else None


def readable_file(text: str) -> Path:
    """Parse the name of a file.

    :raises ValueError: where it cannot be read
    """
    path = Path(text).expanduser()
    try:
        path.open("rb").close()
    except OSError as error:
        raise ValueError(f"the file cannot be read: {error.strerror}") from None
    return path
