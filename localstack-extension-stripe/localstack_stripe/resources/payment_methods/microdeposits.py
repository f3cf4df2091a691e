"""Micro-deposits (https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-integration): what proves that a
bank account is the customer's that was described by its number.

Stripe sends a cent, whose statement descriptor has a code, or two amounts; test codes and amounts say how that ends.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import LeavesIntent, StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core import payment_attempts, setup_attempts
from localstack_stripe.resources.core.intent_failures import failure_of
from localstack_stripe.resources.core.intents import TITLES
from localstack_stripe.resources.core.next_actions import asked_at
from localstack_stripe.resources.core.payment_outcomes import need_another_method
from localstack_stripe.resources.payment_methods.debited_accounts import account_of_method
from localstack_stripe.resources.payment_methods.method_notes import mark_verified
from localstack_stripe.resources.payment_methods.payment_methods import obtain
from localstack_stripe.resources.payment_methods.verification import (
    LASTS,
    count_mistake,
    waits,
)

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

_ATTEMPTS = {"amounts": 3, "descriptor_code": 10}
"""How often what came may be told wrongly, by the parameter that tells it."""

_FAILED = "payment_method_microdeposit_failed"

_MESSAGES = {
    _FAILED: "Microdeposits failed. Please check the account, institution and transit numbers provided.",
    "amounts_invalid": "You must provide exactly two microdeposit amounts.",
    "amounts_mismatch": "The amounts provided do not match the amounts that were sent to the bank account.",
    "attempts_exceeded": "You have exceeded the number of allowed verification attempts.",
    "descriptor_code_mismatch": "The verification code provided does not match the one sent to the bank account.",
    "timeout": "Microdeposit timeout. The customer hasn't verified their bank account within the required 10 day period.",
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
        setup_attempts.attempt(work, intent, method)
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
        title = TITLES[object]
        message = f"This {title} is not awaiting microdeposit verification."
        if intent["status"] != "requires_action":
            message = (
                f"This {title} cannot be actioned on because it has a status of {intent['status']}. Only a {title} with one "
                'of the following statuses may be actioned on: ["requires_action"].'
            )
        raise StripeError(message, code=unexpected, **shown)
    param, wrong = _mistake(call)
    if not wrong:
        return verified(call.work, intent)
    if wrong.endswith("_mismatch"):
        left = _ATTEMPTS[param] - count_mistake(call.work, intent)
        message = f"{_MESSAGES[wrong]} You have {left} verification attempts remaining."
        if left > 0:
            raise LeavesIntent(message, code=f"{_VERIFICATION}{wrong}", param=param)
        wrong = "attempts_exceeded"
    if wrong != "amounts_invalid":
        _give_up(call.work, intent, f"{_VERIFICATION}{wrong}", _MESSAGES[wrong])
    raise LeavesIntent(_MESSAGES[wrong], code=f"{_VERIFICATION}{wrong}", param=param)


_VERIFICATION = "payment_method_microdeposit_verification_"


def _mistake(call: Call) -> tuple[str, str]:
    """What is wrong with what a request tells, if anything, and the parameter that tells it."""
    amounts, code = call.params.get("amounts") or [], call.params.get("descriptor_code")
    if "amounts" not in call.params and code is None:
        raise invalid("You must provide either `amounts` or `descriptor_code`.")
    if code is not None:
        return "descriptor_code", TEST_CODES.get(code, "descriptor_code_mismatch")
    if len(amounts) != 2:
        return "amounts", "amounts_invalid"
    return "amounts", TEST_AMOUNTS.get(tuple(sorted(amounts)), "amounts_mismatch")


def _given_up_at(work: UnitOfWork, intent: Record) -> int | None:
    since = asked_at(work, intent)
    if since is None or not waits(intent):
        return None
    return since + (LASTS if _arrive(work, intent) else 0)


def _arrive(work: UnitOfWork, intent: Record) -> bool:
    """Whether the micro-deposits of an intent get to the account."""
    method = work.get("payment_method", intent["payment_method"] or "")
    account = account_of_method(method) if method is not None else None
    return account is None or account.outcome != "unverifiable"


@due("payment_intent", next=_given_up_at)
@due("setup_intent", next=_given_up_at)
def give_up(work: UnitOfWork, intent: Record) -> None:
    """No micro-deposits have arrived, or nobody has told in time what they were."""
    if _arrive(work, intent):
        _give_up(work, intent, f"{_VERIFICATION}timeout", _MESSAGES["timeout"])
    else:
        _give_up(work, intent, _FAILED, _MESSAGES[_FAILED])


def _give_up(work: UnitOfWork, intent: Record, code: str, message: str) -> None:
    """An intent needs another method, as its account cannot be verified any more."""
    intent = work.change(intent)
    method = obtain(work, intent["payment_method"], "payment_method")
    failure = failure_of(method, code, message)
    if intent["object"] == "setup_intent":
        setup_attempts.fail(work, intent, method, failure)
    else:
        need_another_method(work, intent, failure)
