"""The generator finds which parameters are ids, and takes nothing else for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localstack_stripe.contract import Array, Contract, Reference, Scalar, Structure, Type
from localstack_stripe.engine.shapes import one_of

if TYPE_CHECKING:
    from tools.contract.json_values import Document


def document(
    parameters: dict[str, str],
    *,
    path: str = "/v1/things",
    returns: str = "#thing",
    fields: dict[str, str] | None = None,
    **structures: dict[str, str],
) -> Any:
    """A contract with one operation, and one resource that it answers."""
    return {
        "operations": {f"POST {path}": {"parameters": parameters, "returns": returns}},
        "resources": {
            "thing": {"fields": fields or {}},
            "source": {"fields": {"id": "string"}},
            "maker": {"fields": {"id": "string"}},
        },
        "structures": structures,
    }


def found(written: Document) -> Any:
    """The parameters of the one operation, once references are found."""
    from tools.contract.references import find_references

    find_references(written)
    operations: Any = written["operations"]
    [operation] = operations.values()
    return operation["parameters"]


class TestFinding:
    @pytest.mark.parametrize(
        ("sent", "shown", "written"),
        [
            ("string", "@maker", "@maker"),
            ("string(5000)", "@maker | null", "@maker"),
            ("'' | string", "@maker | null", "'' | @maker"),
            ("[string]", "[@maker]", "[@maker]"),
            ("'' | [string]", "[@maker] | null", "'' | [@maker]"),
            ("string", "@maker | @thing", "@maker | @thing"),
            # It is shown in place.
            ("string", "#maker", "@maker"),
            # What is no text is no id.
            ("integer", "@maker", "integer"),
            ("'a' | 'b'", "@maker", "'a' | 'b'"),
            ("string", "string", "string"),
        ],
    )
    def test_a_field_of_the_answer_tells(self, sent: str, shown: str, written: str) -> None:
        assert found(document({"by": sent}, fields={"by": shown})) == {"by": written}

    @pytest.mark.parametrize("returns", ["#thing", "list(#thing)", "#thing | deleted(thing)"])
    def test_a_field_tells_whatever_is_around_it(self, returns: str) -> None:
        asked = document({"by!": "string"}, returns=returns, fields={"by?": "@maker"})
        assert found(asked) == {"by!": "@maker"}

    def test_a_field_tells_in_its_place_alone(self) -> None:
        asked = document(
            {"settings": "ThingParamsSettings", "other": "ThingParamsOther"},
            fields={"settings": "ThingSettings | null"},
            ThingParamsSettings={"by": "string"},
            ThingParamsOther={"by": "string"},
            ThingSettings={"by": "@maker | null"},
        )
        found(asked)
        assert asked["structures"]["ThingParamsSettings"] == {"by": "@maker"}
        assert asked["structures"]["ThingParamsOther"] == {"by": "string"}

    def test_some_names_tell_in_v1(self) -> None:
        sent = {"customer": "string", "tax_rates": "'' | [string]", "reference": "string"}
        assert found(document(dict(sent))) == {
            "customer": "@customer",
            "tax_rates": "'' | [@tax_rate]",
            "reference": "string",
        }
        assert found(document(dict(sent), path="/v2/things")) == sent

    def test_a_source_is_left_alone_as_it_may_be_a_token(self) -> None:
        assert found(document({"source": "string"}, fields={"source": "#source"})) == {
            "source": "string"
        }

    def test_a_structure_that_contains_itself_is_no_trap(self) -> None:
        asked = document({"a": "A"}, A={"a": "A", "customer": "string"})
        found(asked)
        assert asked["structures"]["A"] == {"a": "A", "customer": "@customer"}


class TestCommitted:
    @pytest.mark.parametrize(
        ("operation", "path", "kinds"),
        [
            ("POST /v1/prices", "product", ("product",)),
            ("POST /v1/prices", "recurring.meter", ("billing.meter",)),
            ("POST /v1/subscriptions", "items.price", ("price",)),
            ("POST /v1/subscriptions", "default_tax_rates", ("tax_rate",)),
            ("POST /v1/invoiceitems", "discounts.coupon", ("coupon",)),
            ("POST /v1/payment_links", "line_items.price", ("price",)),
            ("POST /v1/disputes/{dispute}", "evidence.receipt", ("file",)),
            ("POST /v1/issuing/cards", "cardholder", ("issuing.cardholder",)),
            ("GET /v1/issuing/authorizations", "card", ("issuing.card",)),
            ("GET /v1/invoices", "customer", ("customer",)),
            ("POST /v1/climate/orders", "product", ("climate.product",)),
        ],
    )
    def test_known_references(
        self, contract: Contract, operation: str, path: str, kinds: tuple[str, ...]
    ) -> None:
        assert _reference(_type_at(contract, operation, path)) == Reference(kinds)

    @pytest.mark.parametrize(
        ("operation", "path"),
        [
            # A CPF or CNPJ, and a business number.
            ("POST /v1/payment_methods", "boleto.tax_id"),
            ("POST /v1/accounts", "company.tax_id"),
            # A token, or a made-up reference.
            ("POST /v1/charges", "source"),
            ("POST /v1/topups", "source"),
            ("POST /v1/accounts", "external_account"),
            ("POST /v1/checkout/sessions", "client_reference_id"),
            # The emulator has no tax, and no calculation to name.
            ("POST /v1/tax/transactions/create_from_calculation", "calculation"),
        ],
    )
    def test_texts_that_only_look_like_references(
        self, contract: Contract, operation: str, path: str
    ) -> None:
        type_ = _type_at(contract, operation, path)
        assert _reference(type_) is None
        assert one_of(type_, Scalar) is not None

    def test_references_are_of_resources(self, contract: Contract) -> None:
        fields = [f for o in contract.operations.values() for f in o.parameters.values()]
        fields += [f for s in contract.structures.values() for f in s.values()]
        references = [r for field in fields if (r := _reference(field.type)) is not None]
        assert len(references) > 300
        assert all(contract.resources.keys() >= set(r.resources) for r in references)


def _type_at(contract: Contract, operation: str, path: str) -> Type:
    """The type of a parameter, `items.price` being that of the price in an item."""
    fields = contract.operations[operation].parameters
    *outer, last = path.split(".")
    for name in outer:
        fields = contract.structures[_structure(fields[name].type)]
    return fields[last].type


def _structure(type_: Type) -> str:
    return str(one_of(_each(type_), Structure).name)


def _reference(type_: Type) -> Reference | None:
    reference: Reference | None = one_of(_each(type_), Reference)
    return reference


def _each(type_: Type) -> Type:
    """The type of one value, where there may be several."""
    array: Array | None = one_of(type_, Array)
    return array.item if array is not None else type_
