"""The contract while it is put together: plain JSON values, and ways through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"
Document: TypeAlias = dict[str, JSON]

# The sections in which types are written.
TYPED_SECTIONS = ("operations", "resources", "structures")


def texts(value: JSON) -> Iterator[str]:
    """Every text in a value, at any depth; keys are none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def rewrite_types(document: Document, rewrite: Callable[[str], str]) -> None:
    """Replace every type of the contract by what `rewrite` makes of it."""
    for section in TYPED_SECTIONS:
        document[section] = _rewritten(document[section], rewrite)


def _rewritten(value: JSON, rewrite: Callable[[str], str]) -> JSON:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, dict):
        return {key: _rewritten(inner, rewrite) for key, inner in value.items()}
    return value
