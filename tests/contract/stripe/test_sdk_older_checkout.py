"""Checkout sessions as code of before version 2022-08-01 made them, and read them before 2020-08-27."""

import pytest

PAGES = {"success_url": "https://example.com/paid", "cancel_url": "https://example.com/cart"}

SHIRTS = {
    "name": "T-shirt",
    "description": "Soft",
    "images": ["https://example.com/shirt.png"],
    "amount": 500,
    "currency": "usd",
    "quantity": 2,
}


@pytest.fixture
def check_out(older):
    """Opens a session in an older version."""

    def check_out(version="2019-12-03", **params):
        params = {"payment_method_types": ["card"], **PAGES, **params}
        return older("post", "/v1/checkout/sessions", version, **params)

    return check_out


def test_items_had_their_amounts_in_them(check_out):
    session = check_out(line_items=[SHIRTS])

    assert (session["mode"], session["amount_total"]) == ("payment", 1000)
    assert [each.to_dict() for each in session["display_items"]] == [
        {
            "amount": 500,
            "currency": "usd",
            "custom": {name: SHIRTS[name] for name in ("description", "images", "name")},
            "quantity": 2,
            "type": "custom",
        }
    ]


def test_the_payment_was_there_from_the_start(stripe, check_out, page):
    session = check_out(line_items=[SHIRTS], payment_intent_data={"metadata": {"order": "12"}})
    intent = stripe.PaymentIntent.retrieve(session["payment_intent"])

    page(session["url"], payment_method="pm_card_visa", email="jenny@example.com", name="Jenny")

    paid = stripe.PaymentIntent.retrieve(session["payment_intent"])
    assert (intent.amount, intent.status) == (1000, "requires_payment_method")
    assert intent.metadata.order == "12"
    assert paid.status == "succeeded"
    done = stripe.checkout.Session.retrieve(session["id"])
    assert (done.status, done.payment_intent) == ("complete", intent.id)
    assert done.customer == paid.customer is not None


def test_it_was_canceled_with_its_session(stripe, check_out):
    session = check_out(line_items=[SHIRTS])

    stripe.checkout.Session.expire(session["id"])

    assert stripe.PaymentIntent.retrieve(session["payment_intent"]).status == "canceled"


def test_plans_stood_in_what_is_subscribed_to(stripe, check_out):
    product = stripe.Product.create(name="Team")
    plan = stripe.Plan.create(
        product=product.id, currency="usd", interval="month", amount=1200, trial_period_days=14
    )
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    session = check_out(subscription_data={"items": [{"plan": plan.id, "quantity": 2}]})
    tried = check_out(
        subscription_data={
            "items": [{"plan": plan.id}],
            "trial_from_plan": True,
            "coupon": coupon.id,
        }
    )

    [shown] = session["display_items"]
    assert (session["mode"], session["amount_total"]) == ("subscription", 2400)
    assert (shown["type"], shown["plan"]["id"], shown["quantity"]) == ("plan", plan.id, 2)
    assert tried["amount_total"] == 0
    assert tried["discounts"][0]["coupon"] == coupon.id
    assert session["payment_intent"] is None


def test_one_way_to_bring_it_was_enough(stripe, check_out):
    rate = stripe.ShippingRate.create(
        display_name="Ground",
        type="fixed_amount",
        fixed_amount={"amount": 300, "currency": "usd"},
    )

    session = check_out("2020-08-27", line_items=[SHIRTS], shipping_rates=[rate.id])

    assert session["shipping_options"][0]["shipping_rate"] == rate.id
    assert session["amount_total"] == 1300
    assert session["shipping"] is None


def test_a_customer_was_always_made(check_out, customer):
    made = check_out(line_items=[SHIRTS])
    known = check_out(line_items=[SHIRTS], customer=customer.id)

    assert (made["customer_creation"], known["customer_creation"]) == ("always", None)


def test_what_saves_a_payment_method_needs_no_currency(check_out):
    session = check_out(mode="setup")

    assert session["setup_intent"].startswith("seti_")
    assert session["payment_method_types"] == ["card"]


def test_later_versions_make_the_payment_when_it_is_paid(check_out):
    price = {"currency": "usd", "product_data": {"name": "T-shirt"}, "unit_amount": 500}

    session = check_out(
        "2022-08-01", mode="payment", line_items=[{"price_data": price, "quantity": 1}]
    )

    assert session["payment_intent"] is None
    assert session["customer_creation"] == "if_required"
    assert "display_items" not in session
