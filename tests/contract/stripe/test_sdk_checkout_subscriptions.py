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


CARD = {"email": "jenny@example.com", "payment_method": "pm_card_threeDSecure2Required"}


@pytest.fixture
def session(stripe, team_price):
    """Makes a session that subscribes to the team's price."""

    def session(**terms):
        items = [{"price": team_price.id, "quantity": 1}]
        return stripe.checkout.Session.create(**TERMS, line_items=items, **terms)

    return session


def test_who_has_not_paid_yet_is_not_subscribed(stripe, session, page):
    anchor = stripe.Product.create(name="Now").created + 3 * 86_400
    made = session(subscription_data={"billing_cycle_anchor": anchor})

    _, asked = page(made.url, **CARD)
    still = stripe.checkout.Session.retrieve(made.id)
    page(asked, outcome="failed")
    nobody = stripe.Subscription.list(status="all").data + stripe.Invoice.list().data
    _, asked = page(made.url, **CARD)
    page(asked, outcome="succeeded")

    assert (still.status, still.subscription, still.invoice, nobody) == ("open", None, None, [])
    done = stripe.checkout.Session.retrieve(
        made.id, expand=["invoice.payments", "subscription.default_payment_method"]
    )
    [payment] = done.invoice.payments.data
    [intent] = stripe.PaymentIntent.list().data
    assert (done.status, done.payment_status) == ("complete", "paid")
    assert payment.payment.payment_intent == intent.id
    assert intent.amount == done.invoice.amount_due == done.invoice.amount_paid < 200
    assert (done.invoice.status, done.invoice.attempt_count) == ("paid", 1)
    assert done.subscription.default_payment_method.customer == done.customer
    types = {event.type for event in stripe.Event.list(limit=100).data}
    assert "payment_intent.payment_failed" in types
    assert "invoice.payment_failed" not in types


def test_who_is_declined_is_not_subscribed(stripe, session, page):
    made = session()

    page(made.url, **{**CARD, "payment_method": "pm_card_visa_chargeDeclined"})

    [intent] = stripe.PaymentIntent.list().data
    assert (intent.status, intent.amount) == ("requires_payment_method", 1200)
    assert stripe.Subscription.list(status="all").data == []
    assert stripe.checkout.Session.retrieve(made.id).status == "open"


def test_the_first_payment_of_a_session_is_canceled_by_expiring_it(stripe, session, page):
    made = session()
    page(made.url, **CARD)
    [intent] = stripe.PaymentIntent.list().data

    with pytest.raises(stripe.InvalidRequestError):
        stripe.PaymentIntent.cancel(intent.id)
    stripe.checkout.Session.expire(made.id)

    assert stripe.PaymentIntent.retrieve(intent.id).status == "canceled"


def test_a_session_that_subscribes_uses_the_customers_credit(stripe, session, customer, page):
    stripe.Customer.create_balance_transaction(customer.id, amount=-500, currency="usd")
    made = session(customer=customer.id)

    page(made.url, payment_method="pm_card_visa")

    [used, _] = stripe.Customer.list_balance_transactions(customer.id).data
    assert (used.amount, used.type) == (500, "checkout_session_subscription_payment")
    assert used.checkout_session == made.id
    assert stripe.PaymentIntent.list().data[0].amount == 700


@pytest.fixture
def credit(stripe, customer):
    """What the customer has in credit, and the types of the transactions after the first, the oldest first."""

    def credit():
        told = stripe.Customer.list_balance_transactions(customer.id).data
        return -stripe.Customer.retrieve(customer.id).balance, [each.type for each in told][-2::-1]

    return credit


HELD = "checkout_session_subscription_payment"


def test_credit_is_held_until_the_customer_has_paid_the_rest(
    stripe, session, customer, page, credit
):
    stripe.Customer.create_balance_transaction(customer.id, amount=-500, currency="usd")
    made = session(customer=customer.id)

    _, asked = page(made.url, **CARD)
    held = credit()
    page(asked, outcome="succeeded")

    assert held == credit() == (0, [HELD])
    done = stripe.checkout.Session.retrieve(made.id, expand=["invoice"])
    [used, _] = stripe.Customer.list_balance_transactions(customer.id).data
    assert (used.amount, used.checkout_session, used.invoice) == (500, made.id, done.invoice.id)
    assert (done.invoice.starting_balance, done.invoice.amount_paid) == (-500, 700)


@pytest.mark.parametrize("ends", ["refused", "expired"])
def test_credit_of_who_does_not_pay_the_rest_is_theirs_again(
    stripe, session, customer, page, credit, ends
):
    stripe.Customer.create_balance_transaction(customer.id, amount=-500, currency="usd")
    made = session(customer=customer.id)

    _, asked = page(made.url, **CARD)
    if ends == "refused":
        page(asked, outcome="failed")
    else:
        stripe.checkout.Session.expire(made.id)

    assert credit() == (500, [HELD, f"{HELD}_canceled"])
    [back, *_] = stripe.Customer.list_balance_transactions(customer.id).data
    assert (back.amount, back.checkout_session) == (-500, made.id)


@pytest.mark.parametrize(("method", "saved"), [("ideal", "sepa_debit"), ("paypal", "paypal")])
def test_who_pays_elsewhere_is_subscribed_when_they_have(stripe, page, method, saved):
    item = {
        "price_data": {
            "currency": "eur",
            "product_data": {"name": "Team"},
            "recurring": {"interval": "month"},
            "unit_amount": 1200,
        },
        "quantity": 1,
    }
    made = stripe.checkout.Session.create(
        **TERMS, line_items=[item], allowed_payment_method_types=[method]
    )

    _, asked = page(made.url, payment_method=method, email="jenny@example.com")
    page(asked, outcome="succeeded")

    done = stripe.checkout.Session.retrieve(made.id, expand=["subscription.default_payment_method"])
    assert (done.status, done.subscription.status) == ("complete", "active")
    assert done.subscription.default_payment_method.type == saved


@pytest.mark.parametrize(("behavior", "cost"), [("create_prorations", 300), ("none", 0)])
def test_until_the_date_of_the_billing_cycle_a_part_is_paid(stripe, setup, page, behavior, cost):
    weekly = stripe.Price.create(
        product=setup.product, currency="usd", unit_amount=700, recurring={"interval": "week"}
    )
    anchor = stripe.Product.create(name="Now").created + 3 * 86_400
    made = stripe.checkout.Session.create(
        **TERMS,
        line_items=[{"price": weekly.id, "quantity": 1}, {"price": setup.id, "quantity": 1}],
        subscription_data={"billing_cycle_anchor": anchor, "proration_behavior": behavior},
        expand=["line_items"],
    )

    page(made.url, email="jenny@example.com", payment_method="pm_card_visa")

    assert [each.amount_total for each in made.line_items.data] == [cost, 500]
    done = stripe.checkout.Session.retrieve(made.id, expand=["invoice"])
    assert made.amount_total == done.amount_total == done.invoice.total == cost + 500
