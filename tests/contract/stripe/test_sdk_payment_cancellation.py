"""Canceling payment intents, with the SDK (https://docs.stripe.com/api/payment_intents/cancel)."""

import pytest


def test_held_money_is_released_without_a_refund(stripe, pay):
    # https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow
    intent = pay(amount=4200, capture_method="manual")

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
