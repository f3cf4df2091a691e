"""How far the emulator follows Stripe in an operation, so that no answer is taken for more than it is.

Nothing here is a list of what is done: a level follows from what was registered with ``behaviours`` and from what the
contract says of the operation.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Deleted,
    Inline,
    ListOf,
    Null,
    Operation,
    Scalar,
)
from localstack_stripe.engine.actions import outcome_of
from localstack_stripe.engine.behaviours import BEHAVIOURS, behaviour_of
from localstack_stripe.engine.children import Paths
from localstack_stripe.engine.lists import PAGING, field_of
from localstack_stripe.engine.shapes import alternatives, one_of


class Level(StrEnum):
    """What an answer is worth."""

    BEHAVIOUR = "behaviour"
    """Somebody wrote down what Stripe does there, or found that there is no more to it than the engine does."""
    GENERIC = "generic"
    """The engine's: checked, kept, related and found again, without what Stripe does besides."""
    SHAPE = "shape"
    """Well-formed; what would have happened at Stripe is not known, and has not happened."""


class Levels:
    """The level of each operation of a contract, from the code itself; each is found out when first asked for."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._paths = Paths(contract)
        self._known: dict[str, Level] = {}

    @cached_property
    def _writers(self) -> dict[str, list[Operation]]:
        """The operations that write, by what they answer with."""
        found: dict[str, list[Operation]] = {}
        for operation in self._contract.operations.values():
            if operation.verb != "GET" and operation.alias_of is None:
                for resource in _resources(operation):
                    found.setdefault(resource, []).append(operation)
        return found

    def of(self, operation: Operation) -> Level:
        """The level of *operation*."""
        level = self._known.get(operation.key)
        if level is None:
            level = self._known[operation.key] = self._level(operation)
        return level

    def totals(self) -> dict[Level, int]:
        """How many operations have each level."""
        counted = Counter(self.of(operation) for operation in self._contract.operations.values())
        return {level: counted[level] for level in Level}

    def acts(self, operation: Operation) -> bool:
        """Whether it does something with a record, as ``…/cancel`` does, rather than store what is sent."""
        return self._paths.acts(operation)

    def _is_unknown(self, operation: Operation) -> bool:
        """Whether it does something, and what that is is not known."""
        return self.acts(operation) and outcome_of(self._contract, operation) is None

    def _level(self, operation: Operation) -> Level:
        key = operation.main_key
        behaves = behaviour_of(operation) is not None
        if behaves or key in BEHAVIOURS.plain or self._is_hooked(operation):
            return Level.BEHAVIOUR
        if not _remembers(operation) or self._is_unknown(operation):
            return Level.SHAPE
        if operation.verb == "GET" and self._reads_only_what_is_known(operation):
            return Level.BEHAVIOUR
        return Level.GENERIC

    def _is_hooked(self, operation: Operation) -> bool:
        """Whether a behaviour has a part in what the engine does: a hook, or a filter."""
        hooks: Mapping[str, Any]
        if operation.verb == "DELETE":
            hooks = BEHAVIOURS.before_delete
        elif operation.verb != "POST" or self.acts(operation):
            return False
        elif operation.path.endswith("}"):
            hooks = BEHAVIOURS.before_update
        else:
            hooks = BEHAVIOURS.before_create
        return any(resource in hooks for resource in _resources(operation))

    def _reads_only_what_is_known(self, operation: Operation) -> bool:
        """Whether all that writes what it reads is behaviour, and all its filters are known.

        What has the level ``shape`` changes nothing, so a record is not wrong for it.
        """
        resources = list(_resources(operation))
        written = [writer for each in resources for writer in self._writers.get(each, ())]
        levels = {self.of(writer) for writer in written}
        return (
            Level.BEHAVIOUR in levels and Level.GENERIC not in levels and self._filters(operation)
        )

    def _filters(self, operation: Operation) -> bool:
        listed = one_of(operation.returns, ListOf)
        if listed is None:
            return True
        key = operation.main_key
        fields = {
            name for each in _resources(operation) for name in self._contract.resources[each].fields
        }
        known = BEHAVIOURS.filters.get(key, {}).keys() | fields
        return all(
            name in known or (one_of(parameter.type, Array) and field_of(name, fields) is not None)
            for name, parameter in operation.parameters.items()
            if name not in PAGING
        )


def _resources(operation: Operation) -> Iterator[str]:
    """The resources that an operation answers with."""
    for kind in alternatives(operation.returns):
        items = alternatives(kind.item) if isinstance(kind, ListOf) else (kind,)
        for item in items:
            if isinstance(item, Inline | Deleted):
                yield item.resource


def _remembers(operation: Operation) -> bool:
    """Whether its answer is about a record: what answers nothing, or a file, is not."""
    return not any(isinstance(kind, Null | Scalar) for kind in alternatives(operation.returns))
