"""The generator finds what the documentation says holds where a request says nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localstack_stripe.contract import Contract, Enum, Scalar
from localstack_stripe.engine.shapes import Shapes, nullable


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("Defaults to `never`.", "never"),
        ("Whether it is optional. Defaults to `false`.", "false"),
        ("How the card was read. Defaults to online.", "online"),
        ("A limit. The default is 10.", "10"),
        ("An interval, default value of `month`, or so.", "month"),
        ("Which one.\n    Defaults to\n    `auto`.", "auto"),
        # It depends, or it is said twice.
        ("Defaults to `true` if it is free.", None),
        ("Defaults to `true` for cards. Defaults to `false` for banks.", None),
        ("There is no default here.", None),
    ],
)
def test_a_default_is_read_from_the_documentation(text: str, default: str | None) -> None:
    from tools.contract.defaults import named_default

    assert named_default(text) == default


Find = Callable[..., Any]


@pytest.fixture
def find() -> Find:
    """The defaults of one operation whose parameter `size` is documented to be `m`, or something else."""
    from tools.contract.defaults import find_defaults

    def find(shown: str, named: str = "m", key: str = "POST /v1/things", mark: str = "") -> Any:
        document: Any = {
            "operations": {key: {"parameters": {"size": "string"}, "returns": "#thing"}},
            "resources": {"thing": {"fields": {f"size{mark}": shown}}},
            "structures": {},
        }
        return find_defaults(document, {key: {"size": named}}, {})

    return find


@pytest.mark.parametrize(
    ("shown", "named", "value"),
    [
        ("'s' | 'm'", "m", "m"),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("integer", "10", 10),
    ],
)
def test_a_field_that_always_has_a_value_has_the_default(
    find: Find, shown: str, named: str, value: object
) -> None:
    assert find(shown, named) == {"thing": {"size": value}}


@pytest.mark.parametrize(
    "shown", ["'s' | 'm' | null", "'s' | 'l'", "boolean", "string", "integer", "[integer]"]
)
def test_a_field_that_may_be_null_or_is_something_else_has_none(find: Find, shown: str) -> None:
    assert find(shown) == {}


def test_a_field_that_may_be_absent_has_none(find: Find) -> None:
    assert find("'s' | 'm'", mark="?") == {}


def test_a_change_has_none(find: Find) -> None:
    assert find("'s' | 'm'", key="POST /v1/things/{thing}") == {}


def test_a_default_inside_of_a_structure_is_that_of_what_shows_it() -> None:
    from tools.contract.defaults import find_defaults

    document: Any = {
        "operations": {"POST /v1/things": {"parameters": {"tax": "Sent"}, "returns": "#thing"}},
        "resources": {"thing": {"fields": {"tax": "Given | null"}}},
        "structures": {"Sent": {"required": "'a' | 'b'"}, "Given": {"required": "'a' | 'b'"}},
    }
    found = find_defaults(document, {}, {"Sent": {"required": "b"}})

    assert found == {"Given": {"required": "b"}}


def test_operations_that_disagree_give_none() -> None:
    from tools.contract.defaults import find_defaults

    keys = ("POST /v1/things", "POST /v1/test_helpers/things")
    document: Any = {
        "operations": {key: {"parameters": {"a": "string"}, "returns": "#thing"} for key in keys},
        "resources": {"thing": {"fields": {"a": "integer"}}},
        "structures": {},
    }
    assert find_defaults(document, {keys[0]: {"a": "1"}, keys[1]: {"a": "2"}}, {}) == {}


def test_defaults_fit_their_fields(contract: Contract) -> None:
    assert len(contract.defaults) > 30
    for owner, values in contract.defaults.items():
        known = contract.resources.get(owner)
        fields = known.fields if known is not None else contract.structures[owner]
        for name, value in values.items():
            type_ = fields[name].type
            assert not nullable(type_)
            assert isinstance(type_, Enum | Scalar)
            assert not isinstance(type_, Enum) or value in type_.values


def test_what_a_record_starts_with_has_the_defaults(contract: Contract) -> None:
    shapes = Shapes(contract)
    assert shapes.skeleton("coupon")["duration"] == "once"
    assert shapes.skeleton("product_catalog.trial_offer")["active"] is True
    assert shapes.structure("PaymentLinkTaxIdCollection") == {"enabled": False, "required": "never"}
