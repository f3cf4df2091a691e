"""Micro-deposits (https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-integration): what proves that a
bank account is the customer's that was described by its number.

Stripe sends a cent, whose statement descriptor has a code, or two amounts; test codes and amounts say how that ends.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core import payment_attempts, setup_intents
from localstack_stripe.resources.core.intents import TITLES
from localstack_stripe.resources.payment_methods.payment_methods import mark_verified, obtain
from localstack_stripe.resources.payment_methods.verification import waits

TEST_AMOUNTS: Mapping[tuple[int, ...], str] = {
    (32, 45): "",
    (10, 11): "attempts_exceeded",
    (40, 41): "timeout",
}
TEST_CODES: Mapping[str, str] = {
    "SM11AA": "",
    "SM33CC": "attempts_exceeded",
    "SM44DD": "timeout",
}
"""What Stripe's test values make of a verification: nothing where it succeeds."""

_MESSAGES = {
    "amounts_invalid": "You must provide exactly two microdeposit amounts.",
    "amounts_mismatch": "The amounts provided do not match the amounts that were sent to the bank account.",
    "attempts_exceeded": "You have exceeded the number of allowed verification attempts.",
    "descriptor_code_mismatch": "The verification code provided does not match the one sent to the bank account.",
    "timeout": "Payment method should be verified with microdeposits within the required period.",
}
"""https://docs.stripe.com/error-codes"""


@operation("POST /v1/payment_intents/{intent}/verify_microdeposits")
def verify_for_payment(call: Call) -> Record:
    """The customer has told what came: the account can be debited (https://docs.stripe.com/api/payment_intents/verify_microdeposits)."""
    return _verify(call, "payment_intent", "payment_intent_unexpected_state")


@operation("POST /v1/setup_intents/{intent}/verify_microdeposits")
def verify_for_setup(call: Call) -> Record:
    """The same of an account that is saved (https://docs.stripe.com/api/setup_intents/verify_microdeposits)."""
    return _verify(call, "setup_intent", "intent_invalid_state")


def verified(work: UnitOfWork, intent: Record) -> Record:
    """Go on with an intent whose bank account has been verified."""
    intent = work.change(intent)
    method = obtain(work, intent["payment_method"], "payment_method")
    mark_verified(work, method)
    if intent["object"] == "setup_intent":
        setup_intents.attempt(work, intent, method)
    else:
        payment_attempts.attempt(work, intent, method, off_session=False)
    return intent


def _verify(call: Call, object: str, unexpected: str) -> Record:
    """Go on with an intent where the request proves that its account is the customer's.

    :param unexpected: the error's code where the intent waits for nothing of the kind
    """
    intent = require_path(call, "intent", object)
    if not waits(intent):
        shown: dict[str, Any] = {object: intent}
        raise StripeError(
            f"This {TITLES[object]} is not awaiting microdeposit verification.",
            code=unexpected,
            **shown,
        )
    _require_right(call)
    return verified(call.work, intent)


def _require_right(call: Call) -> None:
    amounts, code = call.params.get("amounts") or [], call.params.get("descriptor_code")
    if "amounts" not in call.params and code is None:
        raise invalid("You must provide either `amounts` or `descriptor_code`.")
    if code is not None:
        param, wrong = "descriptor_code", TEST_CODES.get(code, "descriptor_code_mismatch")
    elif len(amounts) != 2:
        param, wrong = "amounts", "amounts_invalid"
    else:
        param, wrong = "amounts", TEST_AMOUNTS.get(tuple(sorted(amounts)), "amounts_mismatch")
    if wrong:
        raise invalid(_MESSAGES[wrong], param, f"payment_method_microdeposit_verification_{wrong}")
