"""Plain values: what a text or a JSON value means as an integer, a boolean, a moment, and what it is refused with."""

import re
from typing import Any

from localstack_stripe.engine.clock import read_moment
from localstack_stripe.engine.content import Upload
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.forms import text_of

_INTEGER = re.compile(r"[+-]?[0-9]{1,20}\Z")
_NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})\Z")
_LARGEST = (1 << 63) - 1
_LAST_MOMENT = 253_402_300_799
"""The last second of the year 9999."""

_BOOLEANS = {"true": True, "false": False, "True": True, "False": False}
"""With a capital, as SDKs of Python and .NET wrote them until 2025 (https://github.com/stripe/stripe-dotnet/pull/3104)."""

INTEGERS = ("integer", "timestamp", "int64")


def from_text(text: str, kind: str) -> Any:
    """What a form's or a query's text means as a value of a *kind*; nothing where it means none."""
    match kind:
        case "string":
            return text or None
        case "integer" | "int64":
            return _integer(text)
        case "timestamp":
            return _timestamp(text)
        case "boolean":
            return _BOOLEANS.get(text)
        case "number":
            if not _NUMBER.match(text):
                return None
            integer = _integer(text)
            return float(text) if integer is None else integer
        case "decimal":
            return text if _NUMBER.match(text) else None
        case "moment":
            return read_moment(text)
        case "any":
            return text
    return None


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "int64": (str,),
    "decimal": (str,),
    "moment": (str,),
    "integer": (int,),
    "timestamp": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def from_json(value: Any, kind: str) -> Any:
    """The value of JSON, where it is of the type that a *kind* has there; else nothing.

    In JSON an empty string is a text as any other.
    """
    if kind == "any":
        return value
    if type(value) not in _JSON_TYPES.get(kind, ()):
        return None
    if kind == "string":
        return value
    return from_text(value if isinstance(value, str) else str(value).lower(), kind)


def refused(value: Any, kind: str, path: str) -> StripeError:
    """The error for a value that is of no *kind*."""
    text = "" if isinstance(value, Upload) else text_of(value)
    if kind == "string" and text == "":
        return invalid(
            f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter; "
            f"however '{path}' cannot be unset. You should remove '{path}' from your request or supply a non-empty "
            "value.",
            path,
            "parameter_invalid_empty",
        )
    if kind == "timestamp":
        return invalid("Invalid timestamp: must be an integer", path)
    if kind in INTEGERS:
        return invalid(f"Invalid integer: {text}", path, "parameter_invalid_integer")
    if kind == "moment":
        return invalid(
            f"Invalid timestamp: {text}. It must be an RFC 3339 date and time, such as 2022-09-18T13:22:00Z.",
            path,
        )
    if kind == "binary":
        return invalid("Invalid file: it must be sent as multipart/form-data", path)
    return invalid(f"Invalid {kind}: {text}", path)


def _integer(text: str) -> int | None:
    """The integer that is written there, of at most 64 bits."""
    number = int(text) if _INTEGER.match(text) else None
    return None if number is None or abs(number) > _LARGEST else number


def _timestamp(text: str) -> int | None:
    number = _integer(text)
    return number if number is not None and 0 <= number <= _LAST_MOMENT else None
