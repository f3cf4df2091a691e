"""The smallest valid parameters of an operation, and objects made with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from typing import Any

from localstack_stripe.contract.loader import (
    Array,
    Enum,
    Field,
    Inline,
    Map,
    Operation,
    Scalar,
    Structure,
    Type,
    load_contract,
)
from localstack_stripe.engine.shapes import alternatives, one_of
from tests.contract.stripe.reflection.combinations import ALSO, BY_OTHER_MEANS
from tests.contract.stripe.reflection.operations import answered, creating, referenced
from tests.contract.stripe.reflection.sdk import Sdk

MOST_LEVELS = 6
"""How deep a parameter is filled."""

_SCALARS: dict[str, Any] = {
    "integer": 1000,
    "timestamp": 1_900_000_000,
    "int64": "10",
    "decimal": "10",
    "number": 10,
    "boolean": True,
    "any": "x",
}

_TEXTS = {
    "domain_name": "shop.example.com",
    "currency": "usd",
    "country": "US",
    "email": "jenny@example.com",
    "url": "https://example.com/",
    "phone": "+15551234567",
}
"""Text that has a form, by a part of the parameter's name."""


class Maker:
    """Makes objects of every kind in one account, each with the smallest parameters that are valid."""

    def __init__(self, sdk: Sdk) -> None:
        self.sdk = sdk
        self._contract = load_contract()
        self._made: dict[str, Any] = {}

    def made(self, kind: str) -> Any:
        """An object of a kind: always the same one."""
        if kind not in self._made:
            self._made[kind] = self.another(kind)
        return self._made[kind]

    def keep(self, kind: str, made: Any) -> None:
        """Have *made* be the one of its kind."""
        self._made[kind] = made

    def another(self, kind: str, **params: Any) -> Any:
        """Another object of a kind."""
        other = BY_OTHER_MEANS.get(kind)
        return other(self) if other is not None else self.call(creating()[kind], **params)

    def call(self, operation: Operation, *own: str, **params: Any) -> Any:
        """Call an operation with what it needs, and *params* besides.

        :param own: the values of the path's last placeholders; the others are objects made for it
        """
        ids = self.parents(operation)
        return self.sdk.call(
            operation, [*ids[: len(ids) - len(own)], *own], self.params(operation) | params
        )

    def parents(self, operation: Operation) -> list[str]:
        """What the path's placeholders stand for: objects of the kinds that are read there."""
        found = []
        for place, segment in enumerate(segments := operation.path.split("/")):
            if segment.startswith("{"):
                kind = _read_at().get(_nameless("/".join(segments[: place + 1])), segment[1:-1])
                last = place == len(segments) - 1
                found.append("" if last else self.made(kind)["id"])
        return found

    def params(self, operation: Operation) -> dict[str, Any]:
        """The required parameters, and those that only go together."""
        params = self._required(operation.parameters, answered(operation), 0)
        also = ALSO.get(operation.key, {})
        return params | (also(self) if callable(also) else also)

    def _required(
        self, parameters: Mapping[str, Field], kind: str | None, depth: int
    ) -> dict[str, Any]:
        return {
            name: self.value(field, kind, depth)
            for name, field in parameters.items()
            if field.required and depth < MOST_LEVELS
        }

    def value(self, field: Field, kind: str | None, depth: int = 0) -> Any:
        """A valid value of a parameter."""
        named = referenced(field.name, field, kind)
        return (
            self.made(named)["id"]
            if named in creating()
            else self._of(field.name, field.type, depth)
        )

    def _of(self, name: str, type: Type, depth: int) -> Any:
        for member in alternatives(type):
            if isinstance(member, Enum) and any(member.values):
                return next(value for value in member.values if value)
        match alternatives(type)[0]:
            case Scalar("binary"):
                return BytesIO(b"content")
            case Scalar("string"):
                return next((text for part, text in _TEXTS.items() if part in name), "x")
            case Scalar(scalar):
                return _SCALARS[scalar]
            case Array(item):
                return [self._of(name, item, depth + 1)]
            case Map(item):
                return {"key": self._of(name, item, depth + 1)}
            case Structure(structure):
                inner = self._contract.structures[structure]
                return self._required(inner, None, depth + 1) or self._first(inner, depth + 1)
        return "x"

    def _first(self, parameters: Mapping[str, Field], depth: int) -> dict[str, Any]:
        """One of the parameters, where none is required and yet an empty hash says nothing."""
        for name, field in parameters.items():
            value = self.value(field, None, depth) if depth < MOST_LEVELS else None
            if value not in (None, {}):
                return {name: value}
        return {}


@cache
def _read_at() -> dict[str, str]:
    """The kind of object that is read at a path, by the path without the placeholders' names."""
    return {
        _nameless(operation.path): inline.resource
        for operation in load_contract().operations.values()
        if operation.verb == "GET" and (inline := one_of(operation.returns, Inline)) is not None
    }


def _nameless(path: str) -> str:
    # A test helper acts on what is read elsewhere.
    return re.sub(r"\{\w+\}", "{}", path.replace("/test_helpers/", "/"))
