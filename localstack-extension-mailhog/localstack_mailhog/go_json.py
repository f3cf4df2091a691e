"""JSON objects as Go reads them into a struct, which is how MailHog reads requests and files.

A key may be written in any letter case, an unknown one is ignored, and what is absent or null is the type's zero.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any


def parse(text: bytes) -> Any:
    """What *text* says.

    :raises ValueError: where it is not JSON
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def fields_of(value: object, fields: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """The wanted *fields* of a JSON object, each read by the function that stands behind its key.

    :raises ValueError: where it is no object, or a field has another type; the text is for the client
    """
    if not isinstance(value, dict):
        raise ValueError("a JSON object is needed")
    wanted = {key.lower(): key for key in fields}
    found: dict[str, Any] = dict.fromkeys(fields)
    for key, given in value.items():
        known = wanted.get(key.lower())
        if known is not None:
            found[known] = given
    return {key: _read(key, found[key], read) for key, read in fields.items()}


def text(value: object) -> str:
    """A string.

    :raises TypeError: with what is allowed
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("a string")
    return value


def number(value: object) -> float:
    """A number.

    :raises TypeError: with what is allowed
    """
    if value is None:
        return 0.0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a number")
    try:
        return float(value)
    except OverflowError:
        raise TypeError("a number that is not as large") from None


def switch(value: object) -> bool:
    """True or false.

    :raises TypeError: with what is allowed
    """
    if value is None:
        return False
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _read(key: str, value: object, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except TypeError as allowed:
        raise ValueError(f"{key} must be {allowed}") from None
