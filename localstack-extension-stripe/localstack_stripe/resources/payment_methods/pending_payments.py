"""Payments that are ``processing``: a bank, or whoever else pays, has been asked and answers later
(https://docs.stripe.com/payments/payment-methods#payment-notification), after days at Stripe and moments in its test mode.

Of a bank account it is the test account that decides the answer: :mod:`localstack_stripe.payments.test_debits`.
"""

from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.test_debits import REVOKES_MANDATE
from localstack_stripe.resources.core.charges import end_pending
from localstack_stripe.resources.core.intent_failures import ATTEMPT_FAILED, card_failure
from localstack_stripe.resources.core.payment_cancellation import when_canceled
from localstack_stripe.resources.core.payment_outcomes import need_another_method, succeed
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.blocked_accounts import block_after
from localstack_stripe.resources.payment_methods.debited_accounts import (
    answered_at,
    refusal_of_charge,
)
from localstack_stripe.resources.payment_methods.mandates import change_mandate, mandate_of

_CANCELED = Decline("payment_intent_canceled", None, "The payment was canceled.")


def _pending_charge(work: UnitOfWork, intent: Record) -> Record | None:
    """The charge that an intent waits for; it may wait for something else, as for what a voucher has brought."""
    if intent["status"] != "processing":
        return None
    charge = work.get("charge", intent["latest_charge"] or "")
    return charge if charge is not None and charge["status"] == "pending" else None


def _answered_at(work: UnitOfWork, intent: Record) -> int | None:
    charge = _pending_charge(work, intent)
    return answered_at(charge) if charge is not None else None


@due("payment_intent", next=_answered_at)
def answer(work: UnitOfWork, intent: Record) -> None:
    """The bank has answered: the payment has succeeded or failed."""
    intent = work.change(intent)
    charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
    refused = refusal_of_charge(charge)
    end_pending(work, charge, refused)
    if refused is None:
        succeed(work, intent, intent["amount"])
        return
    if refused.code in REVOKES_MANDATE:
        change_mandate(work, mandate_of(work, intent), "inactive")
    block_after(work, charge)
    # An account that is no payment method is the intent's source.
    method = work.get("payment_method", intent["payment_method"] or "") or work.require(
        BANK_ACCOUNT, intent["source"], "source"
    )
    failure = card_failure(refused, method) | {"charge": charge["id"]}
    if charge["payment_method_details"]["type"] == "sepa_debit":
        failure = {**failure, "code": ATTEMPT_FAILED, "type": "invalid_request_error"}
    need_another_method(work, intent, failure)


@when_canceled
def call_off(work: UnitOfWork, intent: Record) -> None:
    """What has not been paid is not paid any more."""
    charge = _pending_charge(work, intent)
    if charge is not None:
        end_pending(work, work.change(charge), _CANCELED)
