"""Parameters that are ids: what they name has to exist.

Which parameters are, and of which kinds, the contract says. An id that nothing has is refused with
``resource_missing`` and the parameter as the client wrote it (https://docs.stripe.com/error-codes#resource-missing).
What no operation creates (tax codes, applications, what only Stripe's Dashboard makes) cannot be known here, and is
believed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Field,
    Operation,
    Reference,
    Structure,
    Type,
)
from localstack_stripe.engine.behaviours import BEHAVIOURS, find
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.shapes import alternatives, inlined
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork, display_name

# What stands for a document in tests, `file_identity_document_success`, where a file's id goes on with a digit
# (https://docs.stripe.com/connect/testing#test-file-tokens).
_TEST_FILE = re.compile(r"file_[a-z]+(_[a-z]+)+")


@dataclass(slots=True)
class _Place:
    """What the values of a parameter name: objects themselves, or something inside of them does."""

    reference: Reference | None = None
    inside: dict[str, "_Place"] = field(default_factory=dict)


class References:
    """The parameters of a contract's operations that are ids."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._places: dict[str, dict[str, _Place]] = {}

    def resolve(
        self, work: UnitOfWork, operation: Operation, params: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The parameters with the ids of what they name: one of Stripe's test values becomes what it stands for.

        A list may be asked for what belonged to something deleted.

        :raises StripeError: 400 ``resource_missing``
        """
        places = self._places_of(operation)
        if places.keys().isdisjoint(params):
            return params
        walk = _Walk(work, operation.verb == "GET", _is_behaved(operation))
        return walk.inside(params, places, "")

    def check(self, work: UnitOfWork, operation: Operation, params: Mapping[str, Any]) -> None:
        """Refuse parameters that name nothing, after a behaviour has used those that it looks at.

        What it deleted, and Stripe's test values, are not asked for again.

        :raises StripeError: 400 ``resource_missing``
        """
        places = self._places_of(operation)
        if not places.keys().isdisjoint(params):
            _Walk(work, also_buried=True, leaves_test_values=True).inside(params, places, "")

    def _places_of(self, operation: Operation) -> dict[str, _Place]:
        places = self._places.get(operation.key)
        if places is None:
            places = self._read(operation.parameters, frozenset())
            self._places[operation.key] = places
        return places

    def _read(self, fields: Mapping[str, Field], above: frozenset[str]) -> dict[str, _Place]:
        read = ((name, self._place(each.type, above)) for name, each in fields.items())
        return {name: place for name, place in read if place.reference or place.inside}

    def _place(self, type: Type, above: frozenset[str]) -> _Place:
        place = _Place()
        for each in _with_items(type):
            if isinstance(each, Reference):
                place.reference = each
            elif isinstance(each, Structure) and each.name not in above:
                inner = self._contract.structures[each.name]
                place.inside |= self._read(inner, above | {each.name})
        return place


class _Walk(NamedTuple):
    """One way through the parameters of a request.

    :param also_buried: whether something deleted may be named
    :param leaves_test_values: whether a behaviour sees to what has test values, at its own time
    """

    work: UnitOfWork
    also_buried: bool
    leaves_test_values: bool

    def inside(
        self, params: Mapping[str, Any], places: Mapping[str, _Place], path: str
    ) -> Mapping[str, Any]:
        found = {
            name: self._value(value, places[name], f"{path}[{name}]" if path else name)
            for name, value in params.items()
            if name in places
        }
        return {**params, **found}

    def _value(self, value: Any, place: _Place, path: str) -> Any:
        if isinstance(value, dict):
            return self.inside(value, place.inside, path)
        if isinstance(value, list):
            return [
                self._value(each, place, f"{path}[{number}]") for number, each in enumerate(value)
            ]
        if place.reference is None or not isinstance(value, str):
            return value
        kinds = place.reference.resources
        if self.leaves_test_values and not BEHAVIOURS.stand_ins.keys().isdisjoint(kinds):
            return value
        if self.also_buried and any(self.work.buried(kind, value) for kind in kinds):
            return value
        return existing(self.work, place.reference, value, path)


def existing(work: UnitOfWork, reference: Reference, id: str, param: str) -> str:
    """The id of what a reference names.

    :raises StripeError: 400 ``resource_missing``
    """
    if "account" in reference.resources and id == work.platform():
        return id  # which a connected account can name, and does not see
    for kind in reference.resources:
        record = _find(work, kind, id)
        if record is not None:
            return str(record["id"])
    if any(_is_believed(work, kind, id) for kind in reference.resources):
        return id
    raise no_such(_title(reference.resources[0], param), id, param)


def _title(kind: str, param: str) -> str:
    """What the message calls the kind; Stripe says ``No such destination`` of the account that money would go to, and
    ``No such source`` of what a customer would pay with.
    """
    leaf = param.rpartition("[")[2].rstrip("]")
    return _TITLES.get((kind, leaf)) or display_name(kind)


_TITLES = {
    ("account", "default_source"): "source",
    ("account", "destination"): "destination",
}


def _find(work: UnitOfWork, kind: str, id: str) -> Record | None:
    record = find(work, kind, id)
    if record is None and kind in BEHAVIOURS.stand_ins:
        record = BEHAVIOURS.stand_ins[kind](work, id)
    if record is None and work.told is not None:
        record = work.of(work.told).get(kind, id)
    return record


def _is_believed(work: UnitOfWork, kind: str, id: str) -> bool:
    return (
        kind not in work.shapes.creatable
        or (kind == "file" and _TEST_FILE.fullmatch(id) is not None)
        or (kind == "account" and id == work.account)
    )


def _is_behaved(operation: Operation) -> bool:
    return any(
        each in BEHAVIOURS.before_create or each in BEHAVIOURS.before_update
        for each in inlined(operation.returns)
    )


def _with_items(type: Type) -> Iterator[Type]:
    """The alternatives of a type, and those of the items of arrays among them."""
    for each in alternatives(type):
        if isinstance(each, Array):
            yield from alternatives(each.item)
        else:
            yield each
