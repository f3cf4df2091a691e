"""The parameters of MAIL and RCPT: what each may say (RFC 1870, 3461, 4954, 6152, 6531).

What is not known is let pass, as MailHog does.
"""

import re
from collections.abc import Callable, Mapping

_XTEXT = r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})"
"""A character of RFC 3461's ``xtext``: printable ASCII but ``+`` and ``=``, or a hexadecimal escape."""


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda value: compiled.fullmatch(value) is not None


_MAIL = {
    "SIZE": _matching(r"[0-9]{1,20}"),
    "BODY": _matching(r"7BIT|8BITMIME"),
    "SMTPUTF8": _matching(""),
    "AUTH": _matching(rf"<>|{_XTEXT}+"),
    "RET": _matching(r"FULL|HDRS"),
    "ENVID": _matching(rf"{_XTEXT}{{1,100}}"),
}
_RCPT = {
    "NOTIFY": _matching(r"NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2}"),
    # UTF-8 where SMTPUTF8 allows it: RFC 6533, 3.
    "ORCPT": _matching(rf"[A-Za-z0-9-]+;(?:{_XTEXT}|[^\x00-\x7f])+"),
}


def wrong_in_mail(parameters: Mapping[str, str]) -> str | None:
    """The name of the first of MAIL's *parameters* whose value is not one of its own."""
    return _wrong(parameters, _MAIL)


def wrong_in_rcpt(parameters: Mapping[str, str]) -> str | None:
    """The name of the first of RCPT's *parameters* whose value is not one of its own."""
    return _wrong(parameters, _RCPT)


def _wrong(parameters: Mapping[str, str], known: Mapping[str, Callable[[str], bool]]) -> str | None:
    for name, value in parameters.items():
        fits = known.get(name)
        if fits is not None and not fits(value):
            return name
    return None
