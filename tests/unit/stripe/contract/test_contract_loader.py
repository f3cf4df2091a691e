"""The loader reads the notation of types, and nothing before it is needed."""

from __future__ import annotations

import dataclasses

import orjson
import pytest

from localstack_stripe.contract import (
    Array,
    Contract,
    Deleted,
    Enum,
    Field,
    Inline,
    ListOf,
    Map,
    Null,
    Reference,
    Scalar,
    Structure,
    Type,
    Union,
    load_contract,
    parse_type,
)
from localstack_stripe.contract.loader import parse_contract


def written(**sections: object) -> bytes:
    """A contract with these sections, and the others empty."""
    empty: dict[str, object] = {
        "versions": {},
        "operations": {},
        "resources": {},
        "structures": {},
        "enums": {},
        "defaults": {},
        "events": {},
        "thin_events": {},
        "api_versions": [],
    }
    return orjson.dumps({**empty, **sections})


def test_types_of_different_kinds_are_never_equal() -> None:
    same = [Inline("charge"), Deleted("charge"), Structure("charge")]

    assert [[one == other for other in same] for one in same] == [
        [one is other for other in same] for one in same
    ]
    assert Inline("charge") != Deleted("charge")
    assert len({*same, Inline("charge")}) == 3


@pytest.mark.parametrize(
    ("notation", "type_"),
    [
        ("string", Scalar("string")),
        ("string(512)", Scalar("string", 512)),
        ("int64", Scalar("int64")),
        ("null", Null()),
        ("'paid'", Enum(("paid",))),
        ("'a' | 'b'", Enum(("a", "b"))),
        ("'' | string", Union((Enum(("",)), Scalar("string")), nullable=False)),
        ("string | null", Union((Scalar("string"),), nullable=True)),
        (
            "'now' | timestamp | null",
            Union((Enum(("now",)), Scalar("timestamp")), nullable=True),
        ),
        ("[string]", Array(Scalar("string"))),
        ("['a' | 'b']", Array(Enum(("a", "b")))),
        ("{integer}", Map(Scalar("integer"))),
        ("{'' | [Rule]}", Map(Union((Enum(("",)), Array(Structure("Rule"))), nullable=False))),
        ("#test_helpers.test_clock", Inline("test_helpers.test_clock")),
        ("@customer", Reference(("customer",))),
        ("@card | @source", Reference(("card", "source"))),
        ("[@discount] | null", Union((Array(Reference(("discount",))),), nullable=True)),
        ("list(#charge)", ListOf(Inline("charge"), "list")),
        ("list2(#v2.core.event)", ListOf(Inline("v2.core.event"), "list2")),
        ("search(#price)", ListOf(Inline("price"), "search")),
        ("deleted(customer)", Deleted("customer")),
        ("CustomerShipping", Structure("CustomerShipping")),
        ("'with a space | and a bar'", Enum(("with a space | and a bar",))),
    ],
)
def test_a_type_is_read_from_its_notation(notation: str, type_: Type) -> None:
    assert parse_type(notation) == type_


@pytest.mark.parametrize(
    "notation",
    ["", "strings", "[string", "list(", "list[string]", "string |", "string string", "'open", "%"],
)
def test_what_is_no_type_is_refused(notation: str) -> None:
    with pytest.raises(ValueError, match=r"is not a type|ends early|no meaning|goes on|lacks"):
        parse_type(notation)


def test_marks_say_required_and_optional() -> None:
    contract = parse_contract(
        written(structures={"A": {"given!": "string", "absent?": "string", "plain": "string"}})
    )

    assert contract.structures["A"] == {
        "given": Field("given", Scalar("string"), required=True, optional=False),
        "absent": Field("absent", Scalar("string"), required=False, optional=True),
        "plain": Field("plain", Scalar("string"), required=False, optional=False),
    }


def test_a_named_enum_is_its_values() -> None:
    contract = parse_contract(
        written(structures={"A": {"bank": "[$Bank] | null"}}, enums={"Bank": "'x' | 'y'"})
    )

    bank = contract.structures["A"]["bank"].type
    assert bank == Union((Array(Enum(("x", "y"))),), nullable=True)


def test_fields_are_parsed_when_they_are_asked_for() -> None:
    contract = parse_contract(written(structures={"A": {"broken": "no type"}}))

    assert len(contract.structures["A"]) == 1
    with pytest.raises(ValueError, match="no type"):
        contract.structures["A"]["broken"]


def test_fields_are_a_mapping() -> None:
    fields = parse_contract(written(structures={"A": {"b!": "string", "c": "string"}})).structures[
        "A"
    ]

    assert list(fields) == ["b", "c"]
    assert "b" in fields
    assert "b!" not in fields
    assert fields.get("d") is None
    assert [field.name for field in fields.values()] == ["b", "c"]
    assert [name for name, _ in fields.items()] == ["b", "c"]


def test_an_alias_is_its_operation_on_another_path() -> None:
    operations = {
        "POST /v1/refunds": {
            "method": "refunds.create",
            "returns": "#refund",
            "parameters": {"charge": "string"},
        },
        "POST /v1/charges/{charge}/refund": {"alias": "POST /v1/refunds", "returns": "#charge"},
    }

    alias = parse_contract(written(operations=operations)).operations[
        "POST /v1/charges/{charge}/refund"
    ]

    assert (alias.verb, alias.path) == ("POST", "/v1/charges/{charge}/refund")
    assert alias.alias_of == "POST /v1/refunds"
    assert alias.method == "refunds.create"
    assert alias.returns == Inline("charge")
    assert alias.parameters.keys() == {"charge"}
    assert alias.base == "api"


@pytest.mark.parametrize(
    ("form", "prefix", "length"),
    [("cus_14", "cus_", 14), ("cs_test_58", "cs_test_", 58), ("8", None, 8), (None, None, 0)],
)
def test_the_form_of_an_id_is_prefix_and_length(
    form: str | None, prefix: str | None, length: int
) -> None:
    entry = {"fields": {"id": "string"}, **({"id": form} if form else {})}

    resource = parse_contract(written(resources={"thing": entry})).resources["thing"]

    assert (resource.id_prefix, resource.id_length) == (prefix, length)


def test_the_contract_is_loaded_once(contract: Contract) -> None:
    assert load_contract() is contract


def test_the_contract_cannot_be_changed(contract: Contract) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        contract.operations["GET /v1/balance"].path = "/"  # type: ignore[misc]
    with pytest.raises(TypeError):
        contract.resources["customer"] = contract.resources["charge"]  # type: ignore[index]
