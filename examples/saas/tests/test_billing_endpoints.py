"""Billing as a browser sees it."""

import pytest
from flask.testing import FlaskClient

from localstack_mailhog.testing.inbox import Inbox
from localstack_stripe.testing.fixture import StripeAccount
from tests.steps import body, link_in, refusal

TEAM = {"plan": "team", "payment_method": "pm_card_visa"}


@pytest.fixture
def client(client: FlaskClient, smtp_server: Inbox, email: str) -> FlaskClient:
    """A browser that is signed in."""
    client.post("/signup", json={"name": "Ada Lovelace", "email": email})
    client.get(link_in(smtp_server.wait_for_message(to=email)))
    return client


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/billing/subscription"),
        ("POST", "/billing/subscription"),
        ("DELETE", "/billing/subscription"),
        ("PUT", "/billing/details"),
        ("GET", "/billing/invoices"),
    ],
)
def test_billing_is_for_those_who_are_signed_in(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.application.test_client().open(path, method=method, json={})

    assert refusal(response) == (401, "not_signed_in")


def test_a_declined_card_is_answered_with_402_and_the_reason(client: FlaskClient) -> None:
    declined = TEAM | {"payment_method": "pm_card_chargeDeclinedInsufficientFunds"}

    response = client.post("/billing/subscription", json=declined)

    assert response.status_code == 402
    assert body(response) == {
        "error": {"code": "card_declined", "message": "Your card has insufficient funds."}
    }


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (TEAM | {"plan": "gold"}, "unknown_plan"),
        (TEAM | {"plan": ["team"]}, "unknown_plan"),
        (TEAM | {"payment_method": None}, "payment_method_missing"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused(
    client: FlaskClient, sent: object, code: str
) -> None:
    response = client.post("/billing/subscription", json=sent)

    assert refusal(response) == (400, code)


@pytest.mark.parametrize("address", ["London", {"planet": "Earth"}, {"city": 1}])
def test_an_address_of_another_form_is_refused(client: FlaskClient, address: object) -> None:
    response = client.put("/billing/details", json={"address": address})

    assert refusal(response) == (400, "address_invalid")


def test_accounts_do_not_see_each_others_invoices(
    client: FlaskClient, smtp_server: Inbox, email: str
) -> None:
    client.post("/billing/subscription", json=TEAM)
    other = client.application.test_client()
    other.post("/signup", json={"name": "Grace Hopper", "email": f"other-{email}"})
    other.get(link_in(smtp_server.wait_for_message(to=f"other-{email}")))

    assert len(body(client.get("/billing/invoices"))["invoices"]) == 1
    assert body(other.get("/billing/invoices")) == {"invoices": []}


def test_a_failure_at_stripe_is_not_shown_to_the_user(
    client: FlaskClient, stripe_emulator: StripeAccount
) -> None:
    client.post("/billing/subscription", json=TEAM)
    stripe_emulator.reset()

    response = client.put("/billing/details", json={"name": "Analytical Engines Ltd"})

    assert refusal(response) == (502, "billing_unavailable")
    assert "No such customer" not in response.text
