"""Tokens: what they stand for, and what they are used for."""

import pytest


@pytest.fixture
def owner(api):
    """A customer with a card of the older kind, and that card."""
    customer = api.post("/v1/customers", source="tok_visa")
    return customer["id"], customer["default_source"]


def test_a_token_of_a_card_that_somebody_has_pays_as_the_card_does(api, owner):
    _, card = owner
    token = api.post("/v1/tokens", card=card)

    other = api.post("/v1/customers", source=token["id"])

    assert (token["type"], token["card"]["id"], token["card"]["last4"]) == ("card", card, "4242")
    copied = api.get(f"/v1/customers/{other['id']}/sources/{other['default_source']}")
    assert (copied["last4"], copied["customer"]) == ("4242", other["id"])
    assert copied["id"] != card


def test_a_card_that_nobody_has_makes_no_token(api, refused):
    error = refused(api.post, "/v1/tokens", card="card_none")

    assert (error.error["code"], error.error["param"]) == ("resource_missing", "card")
    assert error.error["message"] == "No such card: 'card_none'"


@pytest.mark.parametrize(
    ("params", "type"),
    [({"cvc_update": {"cvc": "123"}}, "cvc_update"), ({"pii": {"id_number": "000000000"}}, "pii")],
)
def test_a_token_says_what_it_stands_for(api, refused, params, type):
    token = api.post("/v1/tokens", **params)

    assert token["type"] == type
    assert "card" not in token
    assert (
        refused(api.post, "/v1/customers", source=token["id"]).error["code"] == "resource_missing"
    )


@pytest.mark.parametrize(
    ("card", "line1", "postal_code"),
    [
        ("visa", "pass", "pass"),
        ("avsLine1Fail", "fail", "pass"),
        ("avsFail", "fail", "fail"),
        ("avsUnchecked", "unavailable", "unavailable"),
    ],
)
def test_a_bank_checks_the_address_that_is_sent_with_a_card(api, card, line1, postal_code):
    address = {"line1": "Main Street 1", "postal_code": "94107", "country": "US"}

    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="usd",
        confirm=True,
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
        payment_method_data={
            "type": "card",
            "card": {"token": f"tok_{card}"},
            "billing_details": {"address": address},
        },
        expand=["latest_charge"],
    )

    said = intent["latest_charge"]["payment_method_details"]["card"]["checks"]
    assert intent["status"] == "succeeded"
    assert said["address_line1_check"] == line1
    assert said["address_postal_code_check"] == postal_code
