"""Checkout sessions are completed, as the Stripe CLI does it, or expire. Every answer is held against the contract."""

import orjson
import pytest

from tests.unit.stripe.test_control import control
from tests.unit.stripe.test_control_time import arrived, told

HOUR = 3600
BILLING = {
    "email": "jenny@example.com",
    "name": "Jenny Rosen",
    "address": {"line1": "510 Townsend St", "city": "San Francisco", "country": "US"},
}


@pytest.fixture
def once(api):
    """A price that is paid once."""
    return api.post(
        "/v1/prices", currency="usd", unit_amount=1500, product_data={"name": "T-shirt"}
    )["id"]


@pytest.fixture
def session(api):
    """Makes sessions, and gives their ids."""

    def session(mode, *prices, **terms):
        items = (
            {"line_items": [{"price": price, "quantity": 2} for price in prices]} if prices else {}
        )
        terms = {"success_url": "https://example.com/done", "mode": mode, **items, **terms}
        return api.post("/v1/checkout/sessions", **terms)["id"]

    return session


@pytest.fixture
def confirm(api):
    """Completes a session with a new card."""

    def confirm(session, card="tok_visa", **terms):
        method = api.post(
            "/v1/payment_methods", type="card", card={"token": card}, billing_details=BILLING
        )["id"]
        return api.post(f"/v1/payment_pages/{session}/confirm", payment_method=method, **terms)

    return confirm


def types(api):
    """The types of the account's events."""
    return {event["type"] for event in api.everything("/v1/events")}


def test_a_guest_pays(api, once, session, confirm):
    open = session("payment", once, payment_intent_data={"metadata": {"order": "6735"}})

    done = confirm(open, expected_amount=3000)

    assert (done["id"], done["status"], done["payment_status"], done["url"]) == (
        open,
        "complete",
        "paid",
        None,
    )
    assert done["customer"] is None
    assert done["customer_details"]["email"] == "jenny@example.com"
    assert done["customer_details"]["address"]["city"] == "San Francisco"
    intent = api.get(f"/v1/payment_intents/{done['payment_intent']}")
    assert (intent["amount_received"], intent["metadata"]) == (3000, {"order": "6735"})
    assert {"checkout.session.completed", "charge.succeeded"} <= types(api)
    assert "checkout.session.async_payment_succeeded" not in types(api)


def test_a_subscription_begins(api, once, session, confirm):
    open = session(
        "subscription", api.price(1200), once, subscription_data={"metadata": {"team": "red"}}
    )

    done = confirm(open)

    subscription = api.get(f"/v1/subscriptions/{done['subscription']}")
    assert (done["payment_status"], subscription["status"]) == ("paid", "active")
    assert subscription["metadata"] == {"team": "red"}
    assert subscription["items"]["data"][0]["quantity"] == 2
    assert api.get(f"/v1/invoices/{done['invoice']}")["amount_paid"] == 2 * 1200 + 2 * 1500
    customer = api.get(f"/v1/customers/{done['customer']}")
    assert (customer["email"], customer["name"]) == ("jenny@example.com", "Jenny Rosen")
    assert subscription["customer"] == customer["id"]


def test_a_trial_begins_without_a_payment(api, session, confirm):
    open = session("subscription", api.price(), subscription_data={"trial_period_days": 14})

    done = confirm(open)

    assert done["payment_status"] == "no_payment_required"
    assert api.get(f"/v1/subscriptions/{done['subscription']}")["status"] == "trialing"


def test_a_card_is_saved(api, session, confirm):
    customer = api.post("/v1/customers", email="jo@example.com")["id"]
    open = session("setup", currency="usd", customer=customer)

    done = confirm(open)

    intent = api.get(f"/v1/setup_intents/{done['setup_intent']}")
    assert (intent["status"], done["payment_status"]) == ("succeeded", "no_payment_required")
    [saved] = api.get("/v1/payment_methods", customer=customer)["data"]
    assert saved["id"] == intent["payment_method"]


def test_a_payment_that_is_declined_leaves_the_session_open(api, once, session, confirm, refused):
    open = session("payment", once)

    error = refused(confirm, open, card="tok_chargeDeclinedInsufficientFunds")

    assert (error.status, error.error["decline_code"]) == (402, "insufficient_funds")
    still = api.get(f"/v1/payment_pages/{open}")
    assert (still["status"], still["payment_status"]) == ("open", "unpaid")
    assert confirm(open)["payment_intent"] == still["payment_intent"]


def test_a_subscription_that_is_declined_is_none(api, session, confirm, refused):
    open = session("subscription", api.price())

    assert refused(confirm, open, card="tok_chargeCustomerFail").status == 402
    assert api.get("/v1/subscriptions", status="all")["data"] == []
    assert api.get(f"/v1/checkout/sessions/{open}")["status"] == "open"


def test_a_session_is_open_while_a_card_asks_for_its_holder(api, once, session, confirm):
    open = session("payment", once)

    asked = confirm(open, card="tok_threeDSecure2Required")

    intent = api.get(f"/v1/payment_intents/{asked['payment_intent']}")
    assert (asked["status"], asked["payment_status"]) == ("open", "unpaid")
    assert (intent["status"], intent["next_action"]["type"]) == (
        "requires_action",
        "redirect_to_url",
    )


def test_a_session_is_completed_once_and_for_its_amount(once, session, confirm, refused):
    open = session("payment", once)

    other = refused(confirm, open, expected_amount=2999).error
    confirm(open)
    again = refused(confirm, open)

    assert (other["code"], other["param"]) == ("checkout_amount_mismatch", "expected_amount")
    assert again.status == 400


def test_a_session_expires(own):
    price = own.post("/v1/prices", currency="usd", unit_amount=1500, product_data={"name": "x"})
    made = own.post(
        "/v1/checkout/sessions",
        mode="payment",
        success_url="https://example.com/done",
        line_items=[{"price": price["id"], "quantity": 1}],
    )
    path = f"/v1/checkout/sessions/{made['id']}"

    told(own, "POST", "advance", seconds=23 * HOUR)
    arrived(own)
    before = own.get(path)
    told(own, "POST", "advance", seconds=HOUR)
    arrived(own)

    assert (before["status"], own.get(path)["status"], own.get(path)["url"]) == (
        "open",
        "expired",
        None,
    )
    assert "checkout.session.expired" in types(own)


def test_the_fixture_of_the_stripe_cli_completes_a_session(api):
    named = ["product", "price", "checkout_session", "payment_page", "payment_method", "confirm"]
    paths = [
        "/v1/products",
        "/v1/prices",
        "/v1/checkout/sessions",
        "/v1/payment_pages/${checkout_session:id}",
        "/v1/payment_methods",
        "/v1/payment_pages/${payment_page:id}/confirm",
    ]
    params = [
        {"name": "myproduct"},
        {"product": "${product:id}", "unit_amount": "1500", "currency": "usd"},
        {
            "success_url": "https://example.com/",
            "mode": "payment",
            "line_items": [{"price": "${price:id}", "quantity": 2}],
        },
        {},
        {"type": "card", "card": {"token": "tok_visa"}, "billing_details": {"email": "a@b.test"}},
        {"payment_method": "${payment_method:id}", "expected_amount": 3000},
    ]
    fixtures = [
        {
            "name": name,
            "path": path,
            "method": "get" if name == "payment_page" else "post",
            "params": each,
        }
        for name, path, each in zip(named, paths, params, strict=True)
    ]
    body = orjson.dumps({"_meta": {"template_version": 0}, "fixtures": fixtures})

    status, answer = control(api, "POST", "/_emulator/seed", body, f"account={api.account}")

    assert (status, answer["objects"]["confirm"]["status"]) == (200, "complete")
