"""Canceling payment intents, with the SDK (https://docs.stripe.com/api/payment_intents/cancel)."""

import pytest

NO_REDIRECTS = {"enabled": True, "allow_redirects": "never"}


def test_held_money_is_released_before_the_intent_is_canceled(stripe):
    # Tryton's account_payment_stripe takes a refund of a payment that it knows as canceled for one of captured money.
    intent = stripe.PaymentIntent.create(
        amount=4200,
        currency="usd",
        automatic_payment_methods=NO_REDIRECTS,
        payment_method="pm_card_visa",
        capture_method="manual",
        confirm=True,
    )

    stripe.PaymentIntent.cancel(intent.id)

    types = [event.type for event in stripe.Event.list(limit=3).data]
    assert types == ["payment_intent.canceled", "charge.refunded", "refund.created"]


def test_a_customer_who_is_there_needs_no_confirmation(stripe):
    intent = stripe.PaymentIntent.create(amount=4200, currency="usd", off_session=False)
    assert intent.status == "requires_payment_method"

    with pytest.raises(stripe.InvalidRequestError, match="when `confirm` is set to `true`"):
        stripe.PaymentIntent.create(amount=4200, currency="usd", off_session=True)


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4012888888881881", "Visa"), ("30569309025904", "Diners Club")],
)
def test_older_test_cards_are_known(browser, number, brand):
    card = {"number": number, "exp_month": 12, "exp_year": 2060, "cvc": "123"}

    assert browser.v1.tokens.create({"card": card}).card.brand == brand
