"""What the pipeline needs to know of an operation, found out once: its parameters, its behaviour, its level."""

from collections.abc import Mapping
from dataclasses import dataclass

from localstack_stripe.api.parameters import accepted_by
from localstack_stripe.contract.loader import Contract, Field, Inline, Operation
from localstack_stripe.engine.levels import Level, Levels
from localstack_stripe.engine.shapes import nullable, one_of


@dataclass(frozen=True, slots=True)
class Route:
    """One operation, ready to be called."""

    operation: Operation
    behaviour: str
    """The key under which behaviours are registered: the operation's, or that of the one it is an older path of."""
    fields: Mapping[str, Field]
    """The parameters it takes."""
    browser_fields: Mapping[str, Field]
    """The parameters it takes where a browser calls."""
    unsettable: frozenset[str]
    """Plain parameters that an empty string unsets, because the field of that name may be null."""
    level: Level


class Routes:
    """The routes of a contract's operations, each made when it is first used."""

    def __init__(self, contract: Contract, levels: Levels) -> None:
        self._contract = contract
        self._levels = levels
        self._known: dict[str, Route] = {}

    def of(self, operation: Operation) -> Route:
        """The route of *operation*."""
        route = self._known.get(operation.key)
        if route is None:
            route = self._known[operation.key] = Route(
                operation,
                operation.alias_of or operation.key,
                accepted_by(operation, publishable=False),
                accepted_by(operation, publishable=True),
                self._unsettable(operation),
                self._levels.of(operation),
            )
        return route

    def _unsettable(self, operation: Operation) -> frozenset[str]:
        inline = one_of(operation.returns, Inline)
        if inline is None:
            return frozenset()
        fields = self._contract.resources[inline.resource].fields
        return frozenset(
            name
            for name in operation.parameters
            if name in fields
            and nullable(fields[name].type)
            and not operation.parameters[name].required
        )
