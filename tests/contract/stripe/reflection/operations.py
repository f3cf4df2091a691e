"""Which operations do what with a kind of object, found in the contract."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from localstack_stripe.contract.loader import (
    Deleted,
    Field,
    Inline,
    ListOf,
    Operation,
    Reference,
    Scalar,
    load_contract,
)
from localstack_stripe.engine.levels import Levels
from localstack_stripe.engine.shapes import alternatives, one_of
from tests.contract.stripe.reflection.combinations import NAMED

PAGING = {"limit", "starting_after", "ending_before", "page", "query", "expand"}


@cache
def creating() -> dict[str, Operation]:
    """The operation that makes an object, by its kind: the plainest there is."""
    levels = Levels(load_contract())
    return _plainest(
        lambda operation: (
            operation.verb == "POST"
            and not operation.path.endswith("}")
            and not levels.acts(operation)
        )
    )


@cache
def retrieving() -> dict[str, Operation]:
    """The operation that reads an object, by its kind."""
    return _plainest(lambda operation: operation.verb == "GET" and operation.path.endswith("}"))


@cache
def updating() -> dict[str, Operation]:
    """The operation that changes an object, by its kind."""
    return _plainest(lambda operation: operation.verb == "POST" and operation.path.endswith("}"))


@cache
def deleting() -> dict[str, Operation]:
    """The operation that deletes an object, by its kind."""
    return _plainest(lambda operation: operation.verb == "DELETE" and operation.path.endswith("}"))


@cache
def listing() -> dict[str, Operation]:
    """The operation that lists objects, by their kind."""
    found: dict[str, Operation] = {}
    for operation in _sorted():
        listed = one_of(operation.returns, ListOf)
        item = one_of(listed.item, Inline) if listed is not None else None
        if item is not None and listed.kind != "search":
            found.setdefault(item.resource, operation)
    return found


def referenced(name: str, field: Field, kind: str | None) -> str | None:
    """The kind of object whose id a parameter is, or nothing.

    :param kind: the kind that the operation answers with: a parameter fills the field of its name
    """
    scalar = one_of(field.type, Scalar)
    fields = load_contract().resources[kind].fields if kind else {}
    shown = one_of(fields[name].type, Reference) if name in fields and scalar is not None else None
    reference = one_of(field.type, Reference) or shown
    if reference is not None:
        return str(reference.resources[0])
    return NAMED.get(name) if scalar is not None else None


def answered(operation: Operation) -> str | None:
    """The kind of object that an operation answers with, alone or in a list."""
    for member in alternatives(operation.returns):
        inner = alternatives(member.item) if isinstance(member, ListOf) else (member,)
        for each in inner:
            if isinstance(each, Inline | Deleted):
                return each.resource
    return None


def _plainest(wanted: Callable[[Operation], bool]) -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for operation in _sorted():
        kinds = [
            each for each in alternatives(operation.returns) if isinstance(each, Inline | Deleted)
        ]
        if kinds and wanted(operation):
            found.setdefault(kinds[0].resource, operation)
    return found


@cache
def _sorted() -> list[Operation]:
    own = [each for each in load_contract().operations.values() if each.alias_of is None]
    return sorted(own, key=_plainness)


def _plainness(operation: Operation) -> tuple[bool, bool, int]:
    named = operation.method.rpartition(".")[2] in (
        "create",
        "retrieve",
        "update",
        "list",
        "delete",
    )
    return (not named, "test_helpers" in operation.path, operation.path.count("{"))
