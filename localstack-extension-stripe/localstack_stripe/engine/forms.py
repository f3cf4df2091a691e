"""Nested parameters as a form has them: ``items[0][price]=price_1`` (https://docs.stripe.com/api)."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode


def pairs(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The plain values in *value*, each with its name in a form."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from pairs(each, f"{name}[{key}]" if name else key)
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from pairs(each, f"{name}[{place}]")
    else:
        yield name, value


def text_of(value: Any) -> str:
    """A plain value as a form has it; nothing is the empty text, which unsets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def with_query(address: str, told: Mapping[str, str]) -> str:
    """An address that is told something more, whether it has a query already or not."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told)}"
