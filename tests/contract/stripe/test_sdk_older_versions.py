"""Requests that SDKs of older versions of the API make, and what they find in the answers."""

import pytest

ACACIA, BASIL = "2025-02-24.acacia", "2025-08-27.basil"


@pytest.fixture
def older(stripe):
    """Makes requests in an older version, in the words of the wire."""
    client = stripe.StripeClient(stripe.api_key, base_addresses={"api": stripe.api_base})

    def older(verb, path, version=ACACIA, **params):
        answer = client.raw_request(verb, path, headers={"Stripe-Version": version}, **params)
        return client.deserialize(answer, api_mode="V1")

    return older


def test_a_subscriber_confirms_the_intent_of_the_first_invoice(stripe, older, customer, team_price):
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        expand=["latest_invoice.payment_intent"],
    )

    intent = made["latest_invoice"]["payment_intent"]
    assert intent["status"] == "requires_payment_method"
    assert intent["client_secret"].startswith(f"{intent['id']}_secret_")
    assert intent["invoice"] == made["latest_invoice"]["id"]
    [item] = made["items"]["data"]
    assert made["current_period_end"] == item["current_period_end"]


def test_invoices_name_what_they_are_for_and_what_pays_them(stripe, older, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    [invoice] = older("get", "/v1/invoices", expand=["data.subscription", "data.charge"])["data"]

    assert invoice["paid"] is True
    assert invoice["subscription"]["id"] == subscription.id
    assert invoice["charge"]["invoice"] == invoice["id"]
    assert invoice["charge"]["payment_intent"] == invoice["payment_intent"]
    [line] = invoice["lines"]["data"]
    assert (line["price"]["id"], line["type"], line["proration"]) == (
        team_price.id,
        "subscription",
        False,
    )
    assert line["plan"]["amount"] == 1200


def test_coupons_stand_where_they_stood(stripe, older, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    code = older("post", "/v1/promotion_codes", BASIL, coupon=coupon.id, code="QUARTER")
    made = older(
        "post",
        "/v1/subscriptions",
        customer=customer.id,
        items=[{"price": team_price.id}],
        coupon=coupon.id,
        expand=["discounts"],
    )

    assert code["coupon"]["percent_off"] == 25
    assert code["promotion"]["coupon"] == coupon.id
    assert made["discounts"][0]["coupon"]["id"] == coupon.id


@pytest.mark.parametrize("version", [BASIL, None])
def test_later_versions_have_it_elsewhere(stripe, older, customer, team_price, version):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])
    version = version or stripe.api_version

    [subscription] = older("get", "/v1/subscriptions", version)["data"]
    [invoice] = older("get", "/v1/invoices", version)["data"]

    assert "current_period_end" not in subscription
    assert "payment_intent" not in invoice


def test_events_are_told_in_todays_words(stripe, older, customer, team_price):
    older("post", "/v1/subscriptions", customer=customer.id, items=[{"price": team_price.id}])

    [event] = stripe.Event.list(type="invoice.paid").data

    assert "payment_intent" not in event.data.object
    assert "price" not in event.data.object.lines.data[0]
