"""Why a bank refuses a card, in Stripe's words (https://docs.stripe.com/declines/codes)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """A refusal: the error's code, the bank's reason, and what a customer is told."""

    code: str
    decline_code: str
    message: str
    param: str | None = None
    advice_code: str | None = None


_DECLINED = "Your card was declined."

_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "card_velocity_exceeded": (
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    ),
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "incorrect_number": "Your card number is incorrect.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
}

_PARAMS = {"expired_card": "exp_month", "incorrect_cvc": "cvc", "incorrect_number": "number"}

_ADVICE = {
    "insufficient_funds": "try_again_later",
    "generic_decline": "try_again_later",
    "lost_card": "do_not_try_again",
    "stolen_card": "do_not_try_again",
    "processing_error": "try_again_later",
}


def decline(code: str, decline_code: str = "") -> Decline:
    """The refusal with an error code and, where the two differ, the bank's reason."""
    reason = decline_code or code
    return Decline(
        code, reason, _MESSAGES.get(reason, _DECLINED), _PARAMS.get(code), _ADVICE.get(reason)
    )


AUTHENTICATION_REQUIRED = decline("authentication_required")
