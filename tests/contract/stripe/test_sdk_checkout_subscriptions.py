"""Checkout sessions for subscriptions, with the SDK."""

import pytest

TERMS = {"mode": "subscription", "success_url": "https://example.com/done"}


@pytest.fixture
def setup(stripe):
    """Five dollars once."""
    return stripe.Price.create(currency="usd", unit_amount=500, product_data={"name": "Setup"})


def test_what_recurs_costs_nothing_yet_in_a_trial(stripe, team_price, setup):
    session = stripe.checkout.Session.create(
        **TERMS,
        line_items=[{"price": team_price.id, "quantity": 2}, {"price": setup.id, "quantity": 1}],
        subscription_data={"trial_period_days": 14},
        expand=["line_items"],
    )

    assert (session.amount_subtotal, session.amount_total) == (500, 500)
    assert [each.amount_total for each in session.line_items.data] == [0, 500]


def test_what_is_metered_is_sold_without_a_quantity(stripe, calls, team_price):
    session = stripe.checkout.Session.create(
        **TERMS,
        line_items=[{"price": calls.id}, {"price": team_price.id, "quantity": 1}],
        expand=["line_items"],
    )

    assert session.amount_total == 1200
    assert [(each.quantity, each.amount_total) for each in session.line_items.data] == [
        (None, 0),
        (1, 1200),
    ]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.checkout.Session.create(**TERMS, line_items=[{"price": calls.id, "quantity": 1}])
    assert refused.value.param == "line_items[0][quantity]"


def test_what_is_added_once_can_be_kept_from_discounts(stripe, customer, team_price, setup):
    coupon = stripe.Coupon.create(percent_off=50, duration="forever")

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        discounts=[{"coupon": coupon.id}],
        add_invoice_items=[{"price": setup.id, "discountable": False}],
        expand=["latest_invoice"],
    )

    assert subscription.latest_invoice.total == 600 + 500


def test_a_customer_on_a_test_clock_can_check_out(stripe, traveller, team_price):
    session = stripe.checkout.Session.create(
        **TERMS,
        customer=traveller.customer.id,
        line_items=[{"price": team_price.id, "quantity": 1}],
    )

    assert session.status == "open"
    assert session.expires_at == session.created + 86_400
