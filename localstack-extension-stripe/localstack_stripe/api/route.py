"""What the pipeline needs to know of an operation, found out once: its parameters and its level."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from localstack_stripe.api.as_stored import Lists, Retrieves, way_of
from localstack_stripe.api.decoding import Tree, takes_json
from localstack_stripe.api.parameters import ADDED_FIELDS, accepted_by, withdrawn_of
from localstack_stripe.api.validation import Parameters, Reader, UnknownNames, Validation
from localstack_stripe.api.versions import Versions
from localstack_stripe.contract.loader import Contract, Field, Inline, Operation
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.levels import Level, Levels
from localstack_stripe.engine.shapes import nullable, one_of

LenientReader = Callable[[Tree, Callable[[list[str]], None]], Parameters]
"""Gives the typed parameters of a tree, and tells the paths of those that are not known, even where it raises."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation, ready to be called."""

    read: Reader
    """Reads the parameters it takes."""
    read_of_browser: Reader
    """Reads the parameters it takes where a browser calls."""
    read_of_other_versions: LenientReader
    """Reads the parameters of requests that were written for another version of the API."""
    level: Level
    withdrawn: list[str]
    """Parameters that it took once, and that are refused now."""
    refused: tuple[str, ...]
    """Parameters that it knows, and that the emulator does not follow."""
    as_stored: Retrieves | Lists | None
    """How it is answered by texts as they are stored, where it can be."""


class Routes:
    """The routes of a contract's operations, each made when it is first used."""

    def __init__(self, contract: Contract, levels: Levels, versions: Versions) -> None:
        self._versions = versions
        self._validation = Validation(contract, ADDED_FIELDS)
        self._contract = contract
        self._levels = levels
        self._known: dict[str, Route] = {}

    def of(self, operation: Operation) -> Route:
        """The route of *operation*."""
        route = self._known.get(operation.key)
        if route is None:
            read = self._reader(operation, accepted_by(operation, publishable=False))
            route = self._known[operation.key] = Route(
                read,
                self._reader(operation, accepted_by(operation, publishable=True)),
                self._reader_of_other_versions(operation),
                self._levels.of(operation),
                withdrawn_of(operation),
                BEHAVIOURS.refused.get(operation.main_key, ()),
                way_of(operation, read),
            )
        return route

    def _reader(
        self,
        operation: Operation,
        fields: Mapping[str, Field],
        unknown: UnknownNames | None = None,
    ) -> Reader:
        return self._validation.reader(
            fields,
            self._unsettable(operation),
            writes=operation.verb == "POST",
            typed=takes_json(operation.verb, operation.path),
            unknown=unknown,
        )

    def _reader_of_other_versions(self, operation: Operation) -> LenientReader:
        fields = self._versions.fields(operation, accepted_by(operation, publishable=True))
        left_out: list[str] = []
        read = self._reader(operation, fields, lambda paths, _: left_out.extend(paths))

        def read_and_tell(tree: Tree, tell: Callable[[list[str]], None]) -> Parameters:
            left_out.clear()
            try:
                return read(tree)
            finally:
                tell(left_out)

        return read_and_tell

    def _unsettable(self, operation: Operation) -> frozenset[str]:
        """Plain parameters that an empty string unsets, because the field of that name may be null."""
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
