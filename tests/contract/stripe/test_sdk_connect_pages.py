"""Who else has a share in what Checkout sessions and payment links bring is checked when they are made
(https://docs.stripe.com/connect/payment-links). With the SDK.
"""

import pytest

from tests.onboarded import NOT_PAID_OUT


@pytest.fixture
def sold(stripe):
    """Makes a price of ten dollars, and gives it as the only line item."""

    def sold(**terms):
        price = stripe.Price.create(
            currency="usd", unit_amount=1000, product_data={"name": "Plum"}, **terms
        )
        return [{"price": price.id, "quantity": 1}]

    return sold


@pytest.fixture
def open_session(stripe, sold):
    """Makes a session of a mode."""

    def open_session(mode, **terms):
        items = {
            "payment": lambda: {"line_items": sold()},
            "subscription": lambda: {"line_items": sold(recurring={"interval": "month"})},
            "setup": lambda: {"currency": "usd"},
        }
        return stripe.checkout.Session.create(
            mode=mode, success_url="https://example.com/", **items[mode](), **terms
        )

    return open_session


@pytest.mark.parametrize(
    ("mode", "name", "terms", "param", "code"),
    [
        (
            "payment",
            "payment_intent_data",
            {"transfer_data": {"destination": "acct_none"}},
            "payment_intent_data[transfer_data][destination]",
            "resource_missing",
        ),
        (
            "payment",
            "payment_intent_data",
            {"on_behalf_of": "acct_none"},
            "payment_intent_data[on_behalf_of]",
            "resource_missing",
        ),
        (
            "payment",
            "payment_intent_data",
            {"application_fee_amount": 100},
            "payment_intent_data[application_fee_amount]",
            "parameter_missing",
        ),
        (
            "subscription",
            "subscription_data",
            {"transfer_data": {"destination": "acct_none"}},
            "subscription_data[transfer_data][destination]",
            "resource_missing",
        ),
        (
            "subscription",
            "subscription_data",
            {"application_fee_percent": 10},
            "subscription_data[application_fee_percent]",
            "parameter_missing",
        ),
        (
            "setup",
            "setup_intent_data",
            {"on_behalf_of": "acct_none"},
            "setup_intent_data[on_behalf_of]",
            "resource_missing",
        ),
    ],
)
def test_a_session_names_no_share_that_nobody_can_have(
    stripe, open_session, mode, name, terms, param, code
):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_session(mode, **{name: terms})

    assert (refused.value.param, refused.value.code) == (param, code)
    assert stripe.checkout.Session.list().data == []


def test_a_sessions_fee_is_no_more_than_what_is_paid(stripe, open_session, seller):
    shares = {"transfer_data": {"destination": seller}, "application_fee_amount": 1001}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        open_session("payment", payment_intent_data=shares)

    assert refused.value.param == "payment_intent_data[application_fee_amount]"
    assert open_session("payment", payment_intent_data={**shares, "application_fee_amount": 1000})


@pytest.mark.parametrize(
    ("price", "terms", "param"),
    [
        ({}, {"application_fee_percent": 10}, "application_fee_percent"),
        (
            {"recurring": {"interval": "month"}},
            {"application_fee_amount": 10},
            "application_fee_amount",
        ),
        ({}, {"application_fee_amount": 1001}, "application_fee_amount"),
    ],
)
def test_a_link_takes_the_fee_that_its_prices_go_with(stripe, sold, seller, price, terms, param):
    shares = {"transfer_data": {"destination": seller}, **terms}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentLink.create(line_items=sold(**price), **shares)

    assert refused.value.param == param
    assert stripe.PaymentLink.list().data == []


def test_nobody_is_charged_on_behalf_of_who_takes_no_payments(stripe, open_session):
    account = stripe.Account.create(
        **{**NOT_PAID_OUT, "capabilities": {"transfers": {"requested": True}}}
    ).id

    for make in (
        lambda: stripe.PaymentIntent.create(amount=1000, currency="usd", on_behalf_of=account),
        lambda: open_session("payment", payment_intent_data={"on_behalf_of": account}),
        lambda: open_session("subscription", subscription_data={"on_behalf_of": account}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="card_payments"):
            make()
