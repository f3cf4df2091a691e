"""Every filter of every list leaves out what it should."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from localstack_stripe.contract.loader import Array, Enum, Field, Scalar, Structure, load_contract
from localstack_stripe.engine.shapes import one_of
from tests.contract.stripe.reflection.combinations import NO_FILTERS
from tests.contract.stripe.reflection.gaps import cases
from tests.contract.stripe.reflection.operations import PAGING, creating, listing
from tests.contract.stripe.reflection.smallest import Maker


def choices(field: Field) -> list[Any]:
    """Values of a filter, of which an object can not have all."""
    if enum := one_of(field.type, Enum):
        return [value for value in enum.values if value not in ("", "all")]
    if structure := one_of(field.type, Structure):
        inner = load_contract().structures[structure.name]
        return [{"gt": _moment(inner["gt"])}] if "gt" in inner else []
    if array := one_of(field.type, Array):
        each = choices(Field(field.name, array.item, required=False, optional=False))
        return [[value] for value in each]
    match one_of(field.type, Scalar):
        case Scalar("boolean"):
            return [True, False]
        case Scalar("string"):
            return ["eur"] if field.name == "currency" else ["none_1"]
    return []


def _moment(field: Field) -> int | str:
    """More than anything here has, and later: as a number, or in the text of v2's moments."""
    whole = one_of(field.type, Scalar).kind in ("timestamp", "integer")
    return 4_000_000_000 if whole else "2096-10-02T07:06:40Z"


def is_the_same_of_all(field: Field) -> bool:
    """Whether there is one value only, which every object has."""
    return one_of(field.type, Enum) is not None and len(choices(field)) == 1


def filters() -> list[str]:
    """Each filter of a list of what can be made: ``customer created``."""
    return sorted(
        f"{kind} {name}"
        for kind, operation in listing().items()
        if kind in creating()
        for name, field in operation.parameters.items()
        if name not in PAGING and (kind, name) not in NO_FILTERS and choices(field)
    )


@pytest.mark.parametrize("case", cases("filters", filters()))
def test_a_filter_leaves_something_out(maker: Maker, case: str) -> None:
    kind, _, name = case.rpartition(" ")
    operation = listing()[kind]
    made = maker.another(kind)

    found, error = [], None
    for value in choices(operation.parameters[name]):
        try:
            page = maker.call(operation, **{name: value})
        except stripe.InvalidRequestError as refused:
            error = refused
        else:
            found.append(made["id"] in [each["id"] for each in page["data"]])

    assert error is None or error.code == "resource_missing"
    if is_the_same_of_all(operation.parameters[name]):
        assert found == [True]
        return
    assert not all(found) or not found, "it was found whatever the filter said"
    value = made.get(name)
    field = operation.parameters[name]
    is_one = one_of(field.type, Scalar) or one_of(field.type, Enum)
    if is_one and isinstance(value, str | bool) and value != "" and not field.required:
        page = maker.call(operation, **{name: value})
        assert made["id"] in [each["id"] for each in page["data"]], f"not found by its own {value}"
