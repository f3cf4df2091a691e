"""Payments that the customer approves in their bank's app, and on no page: by BLIK, for which they have told a code
(https://docs.stripe.com/payments/blik), and by MB WAY (https://docs.stripe.com/payments/mb-way).
"""

from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.app_approvals import TYPES, outcome_of
from localstack_stripe.resources.core.intent_failures import failure_of
from localstack_stripe.resources.core.next_actions import asked_for_method
from localstack_stripe.resources.core.payment_confirmation import authenticate
from localstack_stripe.resources.core.payment_outcomes import need_another_method
from localstack_stripe.resources.payment_methods.payment_methods import obtain


def _answered_at(work: UnitOfWork, intent: Record) -> int | None:
    waiting = asked_for_method(work, intent, TYPES)
    if waiting is None:
        return None
    since, method = waiting
    return since + outcome_of(method["type"], method["billing_details"]).after


@due("payment_intent", next=_answered_at)
def answer(work: UnitOfWork, intent: Record) -> None:
    """The customer has approved the payment in their bank's app, or has not."""
    method = obtain(work, intent["payment_method"], "payment_method")
    outcome = outcome_of(method["type"], method["billing_details"])
    if outcome.code is None:
        authenticate(work, intent, success=True)
        return
    failure = failure_of(method, outcome.code, outcome.message)
    if outcome.decline_code is not None:
        failure["decline_code"] = outcome.decline_code
    need_another_method(work, work.change(intent), failure)
