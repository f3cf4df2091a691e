"""Confirmation tokens end after half a day, on their account's clock."""

from tests.unit.stripe.test_control_time import arrived, told

HOURS = 3600


def test_a_token_expires(own, refused):
    token = own.post("/v1/test_helpers/confirmation_tokens", payment_method="pm_card_visa")["id"]
    intent = own.post("/v1/payment_intents", amount=2000, currency="usd")["id"]
    told(own, "POST", "advance", seconds=13 * HOURS)
    arrived(own)

    refusal = refused(
        own.post,
        f"/v1/payment_intents/{intent}/confirm",
        confirmation_token=token,
        return_url="https://example.com/",
    )

    assert "has expired" in refusal.error["message"]
    assert refusal.error["param"] == "confirmation_token"
