"""What becomes of a test payment by BLIK: the email address says it
(https://docs.stripe.com/payments/blik/accept-a-payment#optional-simulate-failures-in-a-sandbox).
"""

from typing import NamedTuple

INVALID_CODES = {
    "expired_code": "The code passed has expired. BLIK codes expire after 2 minutes: ask the customer for another one.",
    "invalid_code": "The code passed wasn't a valid BLIK code.",
}
"""Why a code is refused, by what the address's name ends with."""

_DECLINED_AFTER, _TIMED_OUT_AFTER = 8, 60
"""How long it takes until a payment is declined, or nobody has answered, in seconds."""

_DECLINES = {
    "bank_declined": "The payment has been declined by the customer's bank for an unknown reason.",
    "blik_declined": "The payment has been declined for an unknown reason.",
    "customer_declined": "The customer declined this payment.",
    "insufficient_funds": "The bank account has insufficient funds to complete the purchase.",
    "limit_exceeded": "The payment has been declined because the payment limit on this bank account has been reached.",
}
_TIMEOUTS = {
    "bank_timeout": "The request to the customer's bank timed out.",
    "blik_timeout": "The request to the BLIK network timed out.",
    "customer_timeout": "The customer didn't approve this payment within the allocated 60 seconds.",
}


class Outcome(NamedTuple):
    """What becomes of a payment.

    :param after: in how many seconds
    :param code: of the error, where it fails
    :param message: of the error
    """

    after: int
    code: str | None = None
    message: str = ""


def outcome_of(email: str | None) -> Outcome:
    """What becomes of a payment, by the customer's email address: most customers approve it at once."""
    name = (email or "").partition("@")[0]
    for ending, message in _DECLINES.items():
        if name.endswith(ending):
            return Outcome(_DECLINED_AFTER, "payment_method_provider_decline", message)
    for ending, message in _TIMEOUTS.items():
        if name.endswith(ending):
            return Outcome(_TIMED_OUT_AFTER, "payment_method_provider_timeout", message)
    return Outcome(0)


def mistake_in_code(email: str | None) -> str | None:
    """What is wrong with a customer's code, by their email address, if anything."""
    name = (email or "").partition("@")[0]
    return next((why for ending, why in INVALID_CODES.items() if name.endswith(ending)), None)
