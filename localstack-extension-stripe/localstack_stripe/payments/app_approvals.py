"""What becomes of test payments that the customer approves in their bank's app: by BLIK the email address says it
(https://docs.stripe.com/payments/blik/accept-a-payment#optional-simulate-failures-in-a-sandbox), by MB WAY the phone number
(https://docs.stripe.com/payments/mb-way/accept-a-payment#test-your-integration).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

_INVALID_CODES = {
    "expired_code": "The code passed has expired. BLIK codes expire after 2 minutes: ask the customer for another one.",
    "invalid_code": "The code passed wasn't a valid BLIK code.",
}
"""Why a code of BLIK is refused, by what the address's name ends with."""

_DECLINED_AFTER, _TIMED_OUT_AFTER = 8, 60
"""How long it takes until a payment is declined, or nobody has answered, in seconds."""

_DECLINES = {
    "bank_declined": (
        "partner_generic_decline",
        "The payment has been declined by the customer's bank for an unknown reason.",
    ),
    "blik_declined": (
        "partner_generic_decline",
        "The payment has been declined for an unknown reason.",
    ),
    "customer_declined": ("customer_declined", "The customer declined this payment."),
    "insufficient_funds": (
        "insufficient_funds",
        "The bank account has insufficient funds to complete the purchase.",
    ),
    "limit_exceeded": (
        "payment_limit_exceeded",
        "The payment has been declined because the payment limit on this bank account has been reached.",
    ),
}
"""The decline code (https://docs.stripe.com/changelog/endive/2026-09-30/blik-granular-decline-codes) and the message, by
what the address's name ends with."""

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
    :param decline_code: of the error, where there is one
    """

    after: int
    code: str | None = None
    message: str = ""
    decline_code: str | None = None


_APPROVED = Outcome(0)

_BY_EMAIL = {
    ending: Outcome(_DECLINED_AFTER, "payment_method_provider_decline", message, decline_code)
    for ending, (decline_code, message) in _DECLINES.items()
} | {
    ending: Outcome(_TIMED_OUT_AFTER, "payment_method_provider_timeout", message)
    for ending, message in _TIMEOUTS.items()
}
"""By what the address's name ends with."""

_BY_PHONE = {
    "+351911111112": Outcome(30),
    "+351911111113": Outcome(0, "payment_method_not_available", "MB WAY is not available now."),
    "+351911111114": Outcome(
        0, "payment_method_provider_decline", "The payment was declined by MB WAY."
    ),
    "+351911111115": Outcome(
        0, "payment_intent_payment_attempt_expired", "The payment attempt has expired."
    ),
    "+351911111116": Outcome(
        0, "payment_method_customer_decline", "The customer declined this payment."
    ),
}

TYPES = ("blik", "mb_way")


def outcome_of(type: str, billing_details: Mapping[str, Any]) -> Outcome:
    """What becomes of a payment by one of the :data:`TYPES`: most customers approve it at once."""
    if type == "blik":
        return _by_ending(billing_details["email"], _BY_EMAIL) or _APPROVED
    return _BY_PHONE.get(billing_details["phone"] or "", _APPROVED)


def mistake_in_code(email: str | None) -> str | None:
    """What is wrong with a customer's code of BLIK, by their email address, if anything."""
    return _by_ending(email, _INVALID_CODES)


T = TypeVar("T")


def _by_ending(email: str | None, told: Mapping[str, T]) -> T | None:
    name = (email or "").partition("@")[0]
    return next((each for ending, each in told.items() if name.endswith(ending)), None)
