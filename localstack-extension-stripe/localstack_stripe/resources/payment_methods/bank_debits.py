"""Bank debits (https://docs.stripe.com/payments/ach-direct-debit, https://docs.stripe.com/payments/sepa-debit): a bank is asked
for the money, and answers later: :mod:`localstack_stripe.resources.payment_methods.pending_payments`.
"""

from datetime import UTC, date, datetime, timedelta

from localstack_stripe.engine.errors import CardError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.risk import risk_of_debit
from localstack_stripe.payments.test_debits import CURRENCIES
from localstack_stripe.resources.core.intent_failures import ATTEMPT_FAILED
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.payment_attempts import (
    ask,
    fail,
    pays_by,
    require_currency,
    take_later,
)
from localstack_stripe.resources.payment_methods.blocked_accounts import why_blocked
from localstack_stripe.resources.payment_methods.debited_accounts import account_of_method
from localstack_stripe.resources.payment_methods.mandates import mandate_of
from localstack_stripe.resources.payment_methods.verification import needed_verification

_BLOCKED = Decline(
    ATTEMPT_FAILED, "fraudulent", "The payment was blocked: it has a high risk of being fraudulent."
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
        return fail(work, intent, method, blocked)
    needed = needed_verification(work, intent, method)
    if needed is not None:
        ask(work, intent, needed)
        return None
    if risk_of_debit(account_of_method(method)).blocks:
        return fail(work, intent, method, _BLOCKED)
    take_later(work, intent, method, mandate=mandate_of(work, intent))
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
