"""What a Checkout session saves of how its customer pays, and what is shown to them again
(https://docs.stripe.com/payments/checkout/save-during-payment). With the SDK.
"""

import pytest

SUCCESS = "https://shop.example/done"
ASKS = {"saved_payment_method_options": {"payment_method_save": "enabled"}}


@pytest.fixture
def pay(stripe, customer, page):
    """Opens a session of a known customer, pays on its page, and gives the session."""

    def pay(told=None, **terms):
        item = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Pen"}}
        session = stripe.checkout.Session.create(
            **{
                "mode": "payment",
                "customer": customer.id,
                "success_url": SUCCESS,
                "line_items": [{"price_data": item, "quantity": 1}],
                **terms,
            }
        )
        page(session.url, payment_method="pm_card_mastercard", **(told or {}))
        return stripe.checkout.Session.retrieve(
            session.id,
            expand=["payment_intent.payment_method", "subscription.default_payment_method"],
        )

    return pay


def saved(method):
    return method.customer is not None, method.allow_redisplay


@pytest.mark.parametrize(
    ("terms", "told", "expected"),
    [
        ({}, {}, (False, "unspecified")),
        ({"payment_intent_data": {"setup_future_usage": "off_session"}}, {}, (True, "limited")),
        (
            {"payment_method_options": {"card": {"setup_future_usage": "off_session"}}},
            {},
            (True, "limited"),
        ),
        (ASKS, {}, (False, "unspecified")),
        (ASKS, {"save_payment_method": "yes"}, (True, "always")),
        ({}, {"save_payment_method": "yes"}, (False, "unspecified")),
        (
            {
                "payment_intent_data": {"setup_future_usage": "off_session"},
                "payment_method_data": {"allow_redisplay": "always"},
            },
            {},
            (True, "always"),
        ),
    ],
)
def test_a_payment_saves_its_method_where_that_is_asked_for(pay, terms, told, expected):
    session = pay(told, **terms)

    assert session.status == "complete"
    assert saved(session.payment_intent.payment_method) == expected


def test_a_subscription_is_not_shown_how_it_is_paid(pay, team_price):
    items = [{"price": team_price.id, "quantity": 1}]

    silent = pay(mode="subscription", line_items=items)
    agreed = pay({"save_payment_method": "yes"}, mode="subscription", line_items=items, **ASKS)

    assert saved(silent.subscription.default_payment_method) == (True, "limited")
    assert saved(agreed.subscription.default_payment_method) == (True, "always")


def test_the_page_asks_whether_to_save(stripe, customer, page):
    item = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Pen"}}
    session = stripe.checkout.Session.create(
        mode="payment",
        customer=customer.id,
        success_url=SUCCESS,
        line_items=[{"price_data": item, "quantity": 1}],
        **ASKS,
    )

    shown, _ = page(session.url)

    assert "Save this payment method" in shown


def test_a_payment_has_the_options_of_its_session(pay):
    options = {
        "card": {"request_three_d_secure": "any", "statement_descriptor_suffix_kana": "ペン"}
    }

    session = pay(payment_method_options=options)

    card = session.payment_intent.payment_method_options.card
    assert card.request_three_d_secure == "any"
    assert card.statement_descriptor_suffix_kana == "ペン"


def test_the_intent_that_saves_is_there_from_the_start(stripe, customer):
    session = stripe.checkout.Session.create(
        mode="setup",
        customer=customer.id,
        currency="usd",
        success_url="https://example.com",
        setup_intent_data={"metadata": {"seat": "4"}},
    )

    intent = stripe.SetupIntent.retrieve(session.setup_intent)
    assert (intent.status, intent.customer) == ("requires_payment_method", customer.id)
    assert intent.metadata.to_dict() == {"seat": "4"}
    assert intent.payment_method_options.card.request_three_d_secure == "automatic"
    assert (intent["customer_account"], intent["flow_directions"]) == (None, None)
    assert (session.adaptive_pricing.enabled, session.managed_payments) == (False, None)
    assert session.customer_details.tax_exempt is None

    stripe.checkout.Session.expire(session.id)
    assert stripe.SetupIntent.retrieve(intent.id).status == "canceled"
