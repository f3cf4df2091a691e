"""The arguments of MAIL and RCPT: a path in angle brackets, and parameters (RFC 5321, 4.1.2)."""

import re
from typing import NamedTuple

_ARGUMENT = re.compile(
    r"""
    [ \t]* : [ \t]*
    (?:
        < (?P<path> (?: "(?:[^"\\]|\\.)*" | [^<>"\s] )* ) >
      | (?P<bare> [^<>\s]+ )          # without brackets, as some old programs write it
    )
    (?P<parameters> (?: [ \t]+ \S+ )* ) [ \t]*
    """,
    re.VERBOSE,
)


class Path(NamedTuple):
    """A reverse or forward path as the client wrote it, and its parameters with upper-case names."""

    address: str
    """What stands between the brackets; empty for the null sender."""
    parameters: dict[str, str]
    """The value of each parameter; empty where it has none."""


def parse_path(argument: str | None, keyword: str) -> Path | None:
    """Parse what follows ``MAIL`` or ``RCPT``; none where the syntax is not that of a path.

    :param keyword: ``FROM`` or ``TO``
    """
    argument = (argument or "").strip()
    if argument[: len(keyword)].upper() != keyword:
        return None
    found = _ARGUMENT.fullmatch(argument[len(keyword) :])
    if found is None:
        return None
    address = found["bare"] if found["path"] is None else found["path"]
    if not _is_printable(address):
        return None
    if not found["parameters"]:
        return Path(address, {})
    pairs = [parameter.partition("=") for parameter in found["parameters"].split()]
    parameters = {name.upper(): value for name, _, value in pairs}
    # A parameter may occur once: RFC 3461, 4.
    return Path(address, parameters) if len(parameters) == len(pairs) else None


def _is_printable(address: str) -> bool:
    # A replacement character was not UTF-8, which is all that RFC 6531, 3.3, allows beyond ASCII.
    return address.isprintable() and "\ufffd" not in address
