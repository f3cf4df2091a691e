"""Bank debits (https://docs.stripe.com/payments/ach-direct-debit, https://docs.stripe.com/payments/sepa-debit): a
payment is ``processing`` until the bank has answered, which takes days at Stripe and moments in its test mode.

Which test account it is decides the answer: :mod:`localstack_stripe.payments.test_debits`.
"""

from datetime import UTC, date, datetime, timedelta

from localstack_stripe.engine.errors import CardError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.risk import risk_of_debit
from localstack_stripe.payments.test_debits import CURRENCIES, LATER, MESSAGES, REVOKES_MANDATE
from localstack_stripe.resources.core.charges import end_pending, new_charge
from localstack_stripe.resources.core.intent_failures import card_failure
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.payment_attempts import (
    ask,
    fail,
    keep_or_spend,
    pays_by,
    require_currency,
)
from localstack_stripe.resources.core.payment_cancellation import when_canceled
from localstack_stripe.resources.core.payment_outcomes import need_another_method, succeed
from localstack_stripe.resources.payment_methods.blocked_accounts import block_after, why_blocked
from localstack_stripe.resources.payment_methods.debited_accounts import (
    account_of_charge,
    account_of_method,
)
from localstack_stripe.resources.payment_methods.mandates import change_mandate, mandate_of
from localstack_stripe.resources.payment_methods.verification import needed_verification

_FAILED = "payment_intent_payment_attempt_failed"
"""What an intent says of a SEPA debit that failed; the charge says why (as seen in test mode by those who keep
https://github.com/gburgyan/aat)."""

_CANCELED = Decline("payment_intent_canceled", None, "The payment was canceled.")


_BLOCKED = Decline(
    _FAILED, "fraudulent", "The payment was blocked: it has a high risk of being fraudulent."
)


def debit(work: UnitOfWork, intent: Record, method: Record) -> CardError | None:
    """Ask the bank for the money, if Radar lets the payment through."""
    type = method["type"]
    require_currency(intent, type, CURRENCIES[type])
    if intent["capture_method"] == "manual":
        raise invalid(
            f"The payment method type `{type}` cannot be captured by hand.", "capture_method"
        )
    _require_near(work, intent, type)
    blocked = why_blocked(method)
    if blocked is not None:
        charge = new_charge(work, intent, method, blocked, captured=False)
        return fail(work, intent, method, charge, blocked)
    needed = needed_verification(work, intent, method)
    if needed is not None:
        ask(work, intent, needed)
        return None
    if risk_of_debit(account_of_method(method)).blocks:
        charge = new_charge(work, intent, method, _BLOCKED, captured=False)
        return fail(work, intent, method, charge, _BLOCKED)
    charge = new_charge(
        work, intent, method, None, captured=True, pending=True, mandate=mandate_of(work, intent)
    )
    intent["latest_charge"] = charge["id"]
    intent["status"] = "processing"
    keep_or_spend(work, intent, method, charge)
    return None


_SOONEST, _LATEST = timedelta(days=3), timedelta(days=15)
"""How far from today an account can be asked to be debited."""


def _require_near(work: UnitOfWork, intent: Record, type: str) -> None:
    """Refuse to debit an account on a day that is too soon, or too far away
    (https://docs.stripe.com/payments/sepa-debit/accept-a-payment#optional-configure-customer-debit-date).

    :raises StripeError: 400
    """
    asked = options_of(intent, type).get("target_date")
    if asked is None:
        return
    param = f"payment_method_options[{type}][target_date]"
    today = datetime.fromtimestamp(work.now(intent), UTC).date()
    try:
        far = date.fromisoformat(asked) - today
    except ValueError:
        raise invalid(f"Invalid date: {asked}; must be YYYY-MM-DD.", param) from None
    if not _SOONEST <= far <= _LATEST:
        raise invalid(
            "The target date must be at least three days in the future and no more than 15 days from the current date.",
            param,
        )


for _type in CURRENCIES:
    pays_by(_type)(debit)


def _answered_at(work: UnitOfWork, intent: Record) -> int | None:
    if intent["status"] != "processing":
        return None
    charge = work.get("charge", intent["latest_charge"] or "")
    if charge is None:
        return None
    account = account_of_charge(charge)
    outcome = account.outcome if account else "succeeds"
    if outcome == "stays":
        return None
    return int(charge["created"]) + (LATER if outcome.endswith("_later") else 0)


@due("payment_intent", next=_answered_at)
def answer(work: UnitOfWork, intent: Record) -> None:
    """The bank has answered: the payment has succeeded or failed."""
    intent = work.change(intent)
    charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
    account = account_of_charge(charge)
    if account is None or not account.code:
        end_pending(work, charge, None)
        succeed(work, intent, intent["amount"])
        return
    refused = Decline(account.code, None, MESSAGES[account.code])
    end_pending(work, charge, refused)
    if account.code in REVOKES_MANDATE:
        change_mandate(work, mandate_of(work, intent), "inactive")
    block_after(work, charge)
    method = work.require("payment_method", intent["payment_method"], "payment_method")
    failure = card_failure(refused, method) | {"charge": charge["id"]}
    if account.type == "sepa_debit":
        failure = {**failure, "code": _FAILED, "type": "invalid_request_error"}
    need_another_method(work, intent, failure)


@when_canceled
def call_off(work: UnitOfWork, intent: Record) -> None:
    """What has not been debited is not debited any more."""
    if intent["status"] == "processing" and intent["latest_charge"]:
        charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
        end_pending(work, charge, _CANCELED)
