"""What a contract's types mean to the engine: the empty value of each, and the record that a resource starts as."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property
from typing import Any

from localstack_stripe.contract.loader import (
    Array,
    Contract,
    Enum,
    Field,
    Inline,
    ListOf,
    Map,
    Operation,
    Reference,
    Scalar,
    Structure,
    Type,
    Union,
)
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.text import Record, dumped, loaded

_EMPTY_SCALARS: dict[str, Any] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "timestamp": 0,
    "moment": moment(0),
    "decimal": "0",
    "int64": "0",
    "any": None,
    "binary": None,
}


def alternatives(type: Type) -> tuple[Type, ...]:
    """The types that a value may have, null aside."""
    return type.members if isinstance(type, Union) else (type,)


def nullable(type: Type) -> bool:
    """Whether a value may be null."""
    return isinstance(type, Union) and type.nullable


def one_of(type: Type, kind: type) -> Any:
    """The first alternative of *type* that is a *kind*, or nothing."""
    # Asked many times a request, so without a generator.
    if isinstance(type, Union):
        for member in type.members:
            if isinstance(member, kind):
                return member
        return None
    return type if isinstance(type, kind) else None


def inlined(type: Type) -> list[str]:
    """The resources that a value of *type* may be, in place."""
    return [kind.resource for kind in alternatives(type) if isinstance(kind, Inline)]


def is_timestamp(type: Type) -> bool:
    """Whether a value is a time as v1 writes it."""
    scalar = one_of(type, Scalar)
    return scalar is not None and scalar.kind == "timestamp"


def is_number(type: Type) -> bool:
    """Whether a value is a number that may have a fraction."""
    scalar = one_of(type, Scalar)
    return scalar is not None and scalar.kind == "number"


class Shapes:
    """Makes well-formed records from the contract alone."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._skeleton = cache(self._make_skeleton)
        self.times = cache(self._make_times)
        """How a resource writes when a record was ``created`` and ``updated``, where it says so."""

        self.id_form = cache(self._make_id_form)
        """What the ids of a resource begin with, and how many characters follow; none where it has no ids."""

    @cached_property
    def creatable(self) -> frozenset[str]:
        """The resources that some operation creates, so that all of them that exist are known here.

        What only acts on a record, as archiving a template does, creates none.
        """
        return frozenset(
            inline.resource
            for operation in self._contract.operations.values()
            if operation.verb == "POST" and not operation.path.endswith("}")
            for inline in alternatives(operation.returns)
            if isinstance(inline, Inline) and inline not in self._parents(operation)
        )

    def _parents(self, operation: Operation) -> tuple[Type, ...]:
        """What is read where the path's last placeholder ends."""
        head, brace, _ = operation.path.rpartition("}")
        read = self._contract.operations.get(f"GET {head}{brace}") if brace else None
        return alternatives(read.returns) if read is not None else ()

    def skeleton(self, resource: str) -> Record:
        """A record of *resource* with every field that is always present, empty or as Stripe documents its default.

        Lists of other records are not in it: rendering shows them from where they are.
        """
        flat, nested = self._skeleton(resource)
        record = flat.copy()
        for name, text in nested:
            record[name] = loaded(text)
        return record

    def structure_of(self, owner: str, field: str) -> str | None:
        """The name of the structure that a field is, or nothing where it is none, or there is no such field.

        :param owner: a resource, or a structure
        """
        contract = self._contract
        known = contract.resources.get(owner)
        fields = known.fields if known is not None else contract.structures[owner]
        structure = one_of(fields[field].type, Structure) if field in fields else None
        return structure.name if structure is not None else None

    def part(self, owner: str, field: str) -> Record:
        """The structure of a field, as :meth:`structure_of` finds it, in which nothing was asked for."""
        name = self.structure_of(owner, field)
        return self.structure(name) if name is not None else {}

    def structure(self, name: str) -> Record:
        """A structure in which nothing was asked for, complete."""
        return self._plain(name, self._contract.structures[name])

    def _make_skeleton(self, resource: str) -> tuple[Record, list[tuple[str, bytes]]]:
        """The record, and what of it each one needs for itself, as text."""
        record = self._plain(resource, self._contract.resources[resource].fields)
        record["object"] = resource
        nested = [(name, dumped(value)) for name, value in record.items() if _is_nested(value)]
        return record, nested

    def _make_id_form(self, resource: str) -> tuple[str, int]:
        known = self._contract.resources[resource]
        return known.id_prefix or "", known.id_length or 0

    def _make_times(self, resource: str) -> Mapping[str, Callable[[int], int | str]]:
        fields = self._contract.resources[resource].fields
        return {
            name: moment if fields[name].type == Scalar("moment") else int
            for name in ("created", "updated")
            if name in fields
        }

    def _plain(self, owner: str, fields: Mapping[str, Field]) -> Record:
        """The fields of a resource or structure: with Stripe's defaults, and empty where it documents none."""
        # Metadata may be null in the contract, but Stripe answers an empty object.
        empty = {
            name: {} if name == "metadata" else self._empty(field.type)
            for name, field in fields.items()
            if not field.optional and one_of(field.type, ListOf) is None
        }
        return {**empty, **self._contract.defaults.get(owner, {})}

    def _empty(self, type: Type) -> Any:
        if nullable(type):
            return None
        first = alternatives(type)[0]
        match first:
            case Scalar(kind):
                return _EMPTY_SCALARS[kind]
            case Enum(values):
                return values[0]
            case Array():
                return []
            case Map():
                return {}
            case Structure(name):
                return self.structure(name)
            case Inline() | Reference():
                return None
        return None


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list)
