"""Issued cards, and others whose owner has to be named."""

import pytest

ADDRESS = {"line1": "1 Main St", "city": "Reno", "country": "US", "postal_code": "89501"}


@pytest.fixture
def holder(api):
    """A cardholder's id."""
    return api.post("/v1/issuing/cardholders", name="Jenny", billing={"address": ADDRESS})["id"]


def test_a_card_is_somebodys_and_has_a_number(api, holder, refused):
    card = api.post("/v1/issuing/cards", cardholder=holder, currency="usd", type="virtual")

    assert card["cardholder"]["id"] == holder
    assert (len(card["last4"]), card["brand"], card["status"]) == (4, "Visa", "inactive")
    error = refused(api.post, "/v1/issuing/cards", currency="usd", type="virtual")
    assert error.error["param"] == "cardholder"


def test_a_physical_card_is_shipped_step_by_step(api, holder, refused):
    shipping = {"address": ADDRESS, "name": "Jenny"}
    card = api.post(
        "/v1/issuing/cards", cardholder=holder, currency="usd", type="physical", shipping=shipping
    )
    path = f"/v1/test_helpers/issuing/cards/{card['id']}/shipping"

    assert refused(api.post, f"{path}/deliver").status == 400
    seen = [api.post(f"{path}/{each}")["shipping"]["status"] for each in ("submit", "ship", "deliver")]  # fmt: skip

    assert seen == ["submitted", "shipped", "delivered"]


@pytest.mark.parametrize(
    ("path", "params", "param"),
    [
        ("/v1/subscription_schedules", {}, "customer"),
        ("/v1/issuing/disputes", {}, "transaction"),
        ("/v1/customer_sessions", {"components": {"buy_button": {"enabled": True}}}, "customer"),
    ],
)
def test_an_owner_has_to_be_named(api, refused, path, params, param):
    error = refused(api.post, path, **params)

    assert (error.status, error.error["param"]) == (400, param)


def test_that_an_owner_is_named_does_not_make_it_followed(api):
    customer = api.post("/v1/customers")["id"]
    params = {"customer": customer, "components[buy_button][enabled]": True}

    made = api.send("POST", "/v1/customer_sessions", params)

    assert (made.status, made.headers["Stripe-Emulator-Level"]) == (200, "generic")


def test_an_authorization_is_the_cardholders(api, holder):
    card = api.post("/v1/issuing/cards", cardholder=holder, currency="usd", type="virtual")["id"]

    made = api.post("/v1/test_helpers/issuing/authorizations", card=card, amount=100)

    assert (made["card"]["id"], made["cardholder"]) == (card, holder)
