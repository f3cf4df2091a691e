"""The contract agrees with Stripe's own example objects.

`example_fields.csv` has what the examples of github.com/stripe/openapi (openapi/fixtures3.json) show: for each resource, or
`deleted(…)` stub, and each object inside, the names of its fields and the types of their values in JSON.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from localstack_stripe.contract import (
    Array,
    Contract,
    Deleted,
    Enum,
    Field,
    Inline,
    ListOf,
    Map,
    Reference,
    Scalar,
    Structure,
    Type,
    parse_type,
)
from localstack_stripe.engine.shapes import alternatives, nullable

# What the examples have and version 2026-10-28.endive no longer does: they are a little older.
GONE_RESOURCES = {"issuing.settlement", "sigma.sigma_api_query", "terminal.refund"}
GONE_FIELDS = {"invoice subscription"}
# Fields that are younger than the examples, or that these lack.
NEW_FIELDS = {
    "charge dispute",
    "checkout.session allowed_payment_method_types",
    "confirmation_token metadata",
    "dispute intended_submission_method",
    "payment_intent allowed_payment_method_types",
    "payment_intent payment_record",
    "product tax_details",
    "reserve.hold destination",
    "reserve.plan destination",
    "reserve.release destination",
    "setup_intent allowed_payment_method_types",
    "subscription_item current_trial",
    "subscription_schedule pause_schedules",
    "tax.calculation_line_item performance_location",
    "tax_code requirements",
}

_JSON = {"integer": {"integer"}, "timestamp": {"integer"}, "number": {"integer", "number"}}
_JSON |= {"boolean": {"boolean"}}
_LIST = {"object": "string", "data": "[any]", "has_more": "boolean", "url": "string"}


class Example(NamedTuple):
    """One object of an example: where it is, and the JSON types that its fields have."""

    resource: str
    inside: str
    fields: Mapping[str, frozenset[str]]


def examples() -> Iterator[Example]:
    file = Path(__file__).with_name("example_fields.csv")
    with file.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            fields = dict(field.rsplit(":", 1) for field in row["fields"].split(" "))
            yield Example(
                row["resource"],
                row["inside"],
                {name: frozenset(kinds.split("|")) for name, kinds in fields.items()},
            )


EXAMPLES = [example for example in examples() if example.resource not in GONE_RESOURCES]


def test_the_facts_are_many() -> None:
    assert len({example.resource for example in EXAMPLES}) > 150
    assert sum(len(example.fields) for example in EXAMPLES) > 4500


def test_every_resource_of_the_examples_is_known(contract: Contract) -> None:
    named = {re.sub(r"deleted\((.*)\)", r"\1", example.resource) for example in examples()}
    assert named - contract.resources.keys() == GONE_RESOURCES


def test_every_field_of_the_examples_is_known_and_has_its_type(contract: Contract) -> None:
    wrong = []
    for example in EXAMPLES:
        known = list(_types_inside(contract, example))
        assert known, f"{example.resource} {example.inside}"
        for name, kinds in example.fields.items():
            place = f"{example.resource} {example.inside}.{name}".replace(" .", " ").rstrip(".")
            types = list(_inside(contract, known, name)) if name else known
            if not types:
                wrong.append(place)
            elif not kinds <= {kind for type_ in types for kind in _json_kinds(type_)}:
                wrong.append(f"{place}: {'|'.join(sorted(kinds))} is not {types}")
    assert set(wrong) == GONE_FIELDS


def test_what_is_always_there_is_in_the_examples(contract: Contract) -> None:
    missing = {
        f"{example.resource} {field.name}"
        for example in EXAMPLES
        if not example.inside
        for type_ in _types_inside(contract, example)
        for field in _fields(contract, type_).values()
        if not field.optional and field.name not in example.fields
    }
    assert missing == NEW_FIELDS


def _types_inside(contract: Contract, example: Example) -> Iterator[Type]:
    """The types that the object at a place of a resource may have."""
    deleted = example.resource.startswith("deleted(")
    types: list[Type] = [parse_type(example.resource if deleted else f"#{example.resource}")]
    for name in re.findall(r"\[\]|[^.\[\]]+", example.inside):
        types = list(_items(types) if name == "[]" else _inside(contract, types, name))
    yield from types


def _items(types: list[Type]) -> Iterator[Type]:
    for type_ in types:
        for each in alternatives(type_):
            if isinstance(each, Array):
                yield each.item
            elif each == Scalar("any"):
                yield each


def _inside(contract: Contract, types: list[Type], name: str) -> Iterator[Type]:
    """The types that a field of that name may have in objects of those types."""
    for type_ in types:
        for each in alternatives(type_):
            if isinstance(each, ListOf):
                yield from [Array(each.item)] if name == "data" else ()
                yield from [parse_type(_LIST[name])] if name in _LIST and name != "data" else ()
            elif isinstance(each, Map):
                yield each.item
            elif each == Scalar("any"):
                yield each
            else:
                field = _fields(contract, each).get(name)
                if field is not None:
                    yield field.type


def _fields(contract: Contract, type_: Type) -> Mapping[str, Field]:
    match type_:
        case Structure(name):
            return contract.structures[name]
        case Inline(resource):
            return contract.resources[resource].fields
        case Reference(resources):
            # Expanded, or in place in what the examples were made for.
            return {
                name: field
                for r in resources
                for name, field in contract.resources[r].fields.items()
            }
        case Deleted(resource):
            stub = {"id": "string", "object": "string", "deleted": "boolean"}
            made = {
                n: Field(n, parse_type(t), required=False, optional=False) for n, t in stub.items()
            }
            return {**contract.resources[resource].deleted_fields, **made}
    return {}


def _json_kinds(type_: Type) -> Iterator[str]:
    if nullable(type_):
        yield "null"
    for each in alternatives(type_):
        match each:
            case Scalar("any"):
                yield from ("null", "boolean", "integer", "number", "string", "array", "object")
            case Scalar(kind):
                yield from _JSON.get(kind, {"string"})
            case Enum():
                yield "string"
            case Reference():
                yield from ("string", "object")
            case Array():
                yield "array"
            case _:
                yield "object"
