"""Canceling payment intents, with the SDK (https://docs.stripe.com/api/payment_intents/cancel)."""

import pytest

NO_REDIRECTS = {"enabled": True, "allow_redirects": "never"}


def test_held_money_is_released_without_a_refund(stripe):
    # https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
    intent = stripe.PaymentIntent.create(
        amount=4200,
        currency="usd",
        automatic_payment_methods=NO_REDIRECTS,
        payment_method="pm_card_visa",
        capture_method="manual",
        confirm=True,
    )

    stripe.PaymentIntent.cancel(intent.id)

    charge = stripe.Charge.retrieve(intent.latest_charge)
    assert (charge.refunded, charge.amount_refunded, charge.amount_captured) == (False, 0, 0)
    assert stripe.Refund.list(payment_intent=intent.id).data == []
    latest, before = stripe.Event.list(limit=2).data
    assert (latest.type, before.type) == (
        "payment_intent.canceled",
        "payment_intent.amount_capturable_updated",
    )
    for refunding in ({"charge": charge.id}, {"payment_intent": intent.id}):
        with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
            stripe.Refund.create(**refunding)


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
