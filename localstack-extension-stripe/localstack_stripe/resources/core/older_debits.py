"""Debiting a customer's bank account by a charge (https://docs.stripe.com/ach-deprecated): the way it was done before payment
intents. The charge is ``pending`` until the bank has answered, after days at Stripe and moments in its test mode.
"""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import CardError, StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.risk import NORMAL
from localstack_stripe.payments.test_debits import MESSAGES
from localstack_stripe.resources.core.charge_outcomes import outcome_of
from localstack_stripe.resources.core.charges import end_pending
from localstack_stripe.resources.core.payment_attempts import fail, pays_by, take_later
from localstack_stripe.resources.core.refunds import follow_charge
from localstack_stripe.resources.core.statement_descriptors import descriptor_of
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.debited_accounts import (
    OLDER_TYPE,
    answered_at,
    charged_older_account,
    refusal_of_charge,
)
from localstack_stripe.resources.payment_methods.described_methods import billing_details

_UNVERIFIED = Decline(
    "bank_account_unverified",
    None,
    "The customer's bank account must be verified in order to create an ACH payment.",
    "source",
)
_OTHER_CURRENCY = Decline("invalid_currency", None, MESSAGES["invalid_currency"], "currency")


def _refusal(account: Record, currency: str) -> Decline | None:
    """Why an account cannot be debited, or nothing."""
    if account["status"] != "verified":
        return _UNVERIFIED
    return _OTHER_CURRENCY if currency != "usd" else None


@pays_by(BANK_ACCOUNT)
def debit_for_intent(work: UnitOfWork, intent: Record, account: Record) -> CardError | None:
    """Pay what is owed of an invoice from the account that is its customer's default source."""
    refused = _refusal(account, intent["currency"])
    if refused is not None:
        return fail(work, intent, account, refused)
    take_later(work, intent, account)
    return None


def charged_account(call: Call) -> Record | None:
    """The bank account of a customer that a request charges, or nothing."""
    work, params = call.work, call.params
    owner = work.get("customer", params.get("customer") or "")
    if owner is None:
        return None
    id = params.get("source") or owner["default_source"]
    account = work.get(BANK_ACCOUNT, id) if isinstance(id, str) else None
    return account if account is not None and account["customer"] == owner["id"] else None


def debit_account(call: Call, charge: Record, account: Record) -> None:
    """Make *charge* the one of a bank account, which has to be verified.

    :raises StripeError: 400 where it cannot be debited, or not like that
    """
    refused = _refusal(account, charge["currency"])
    if refused is not None:
        raise StripeError(refused.message, code=refused.code, param=refused.param)
    if call.params.get("capture") is False:
        raise invalid("Bank accounts cannot be captured by hand.", "capture")
    charge |= outcome_of(charge["amount"], OLDER_TYPE, None, NORMAL, captured=True)
    charge |= {"paid": False, "status": "pending"}
    charge["billing_details"] = billing_details({"name": account["account_holder_name"]})
    charge["customer"], charge["payment_method"] = account["customer"], account["id"]
    charge["fraud_details"] = {}
    charge["payment_method_details"] = charged_older_account(account)
    charge["calculated_statement_descriptor"] = descriptor_of(call.work, charge)
    charge["source"] = copy(account)
    call.work.happened("charge.pending", charge)


def _answered_at(_: UnitOfWork, charge: Record) -> int | None:
    details = charge["payment_method_details"] or {}
    is_alone = charge["payment_intent"] is None and details.get("type") == OLDER_TYPE
    return answered_at(charge) if is_alone else None


@due("charge", next=_answered_at)
def answer(work: UnitOfWork, charge: Record) -> None:
    """The bank has answered, as it does of test accounts."""
    charge = work.change(charge)
    end_pending(work, charge, refusal_of_charge(charge))
    follow_charge(work, charge)
