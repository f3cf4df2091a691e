"""Payments as SDKs of older versions of the API make them, and what they find in the answers."""

import pytest

ACACIA, BASIL = "2025-02-24.acacia", "2025-08-27.basil"


def test_an_intent_was_for_cards_alone(stripe, older):
    def pay(version, **terms):
        return older(
            "post",
            "/v1/payment_intents",
            version,
            amount=1000,
            currency="usd",
            payment_method="pm_card_visa",
            confirm=True,
            **terms,
        )

    paid = pay("2022-11-15", confirmation_method="manual")
    saved = older(
        "post", "/v1/setup_intents", "2022-11-15", payment_method="pm_card_visa", confirm=True
    )

    assert (paid["status"], saved["status"]) == ("succeeded", "succeeded")
    assert paid["payment_method_types"] == saved["payment_method_types"] == ["card"]
    assert paid["automatic_payment_methods"] is None
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        pay("2023-08-16")


@pytest.mark.parametrize(
    ("version", "method"), [("2023-10-16", "automatic"), ("2024-04-10", "automatic_async")]
)
def test_a_payment_was_captured_while_its_answer_was_waited_for(older, version, method):
    intent = {"amount": 1000, "currency": "usd"}

    made = older("post", "/v1/payment_intents", version, **intent)
    held = older("post", "/v1/payment_intents", version, **intent, capture_method="manual")

    assert (made["capture_method"], held["capture_method"]) == (method, "manual")


def test_a_refused_payment_shows_its_charge_in_the_error(stripe, older):
    with pytest.raises(stripe.CardError) as refused:
        older(
            "post",
            "/v1/payment_intents",
            "2020-08-27",
            amount=1000,
            currency="usd",
            payment_method="pm_card_chargeDeclined",
            confirm=True,
        )

    [charge] = refused.value.error.payment_intent["charges"]["data"]
    assert (charge["status"], charge["failure_code"]) == ("failed", "card_declined")


def test_what_was_held_and_never_captured_counts_as_refunded(stripe, older, pay):
    in_part, canceled, waiting = (pay(capture_method="manual") for _ in range(3))
    stripe.PaymentIntent.capture(in_part.id, amount_to_capture=600)
    stripe.PaymentIntent.cancel(canceled.id)

    def seen(intent, version):
        charge = older("get", f"/v1/charges/{intent.latest_charge}", version)
        return charge["amount_refunded"], charge["refunded"]

    assert [seen(each, ACACIA) for each in (in_part, canceled, waiting)] == [
        (400, False),
        (1000, True),
        (0, False),
    ]
    assert [seen(each, BASIL) for each in (in_part, canceled, waiting)] == [(0, False)] * 3


def test_a_charge_said_to_whom_it_goes(older, seller):
    charge = {"amount": 1000, "currency": "usd", "source": "tok_visa"}

    made = older("post", "/v1/charges", "2019-05-16", **charge, destination={"account": seller})
    own = older("post", "/v1/charges", "2019-05-16", **charge)

    assert (made["destination"], own["destination"]) == (seller, None)
