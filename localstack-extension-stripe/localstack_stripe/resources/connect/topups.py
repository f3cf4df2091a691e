"""Top-ups (https://docs.stripe.com/connect/top-ups): money from a bank account for the balance."""

from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, no_such, require_positive
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.payout_failures import MESSAGES, failure_of
from localstack_stripe.resources.core.balance_transactions import new_balance_transaction
from localstack_stripe.resources.payment_methods.bank_accounts import TEST_TOKENS, of_token
from localstack_stripe.resources.payment_methods.sources import SOURCE

TOPUP = "topup"
_BANK = ("bank_name", "country", "fingerprint", "last4", "routing_number")

plain("POST /v1/topups/{topup}")


@before_create(TOPUP)
def from_parameters(call: Call, topup: Record) -> None:
    """Ask for money (https://docs.stripe.com/api/topups/create)."""
    require_positive(topup["amount"])
    topup["initiated_by"] = "user"
    if call.params.get("source") is not None:
        topup["source"] = _source(call.work, call.params["source"], topup["currency"])


def _source(work: UnitOfWork, named: str, currency: str) -> str:
    """The source that the money comes from, in tests from the bank account that a token stands for.

    https://docs.stripe.com/connect/testing#testing-top-ups

    :raises StripeError: 400 where there is no such source
    """
    if work.get(SOURCE, named) is not None:
        return named
    token = work.get("token", named)
    if named not in TEST_TOKENS and (token is None or "bank_account" not in token):
        raise no_such(SOURCE, named, "source")
    bank = of_token(work, named, "source")
    source = work.create(
        SOURCE,
        ach_debit={name: bank[name] for name in _BANK} | {"type": bank["account_holder_type"]},
        client_secret=f"src_client_secret_{work.ids.text(24)}",
        currency=currency,
        flow="none",
        status="chargeable",
        type="ach_debit",
        usage="reusable",
    )
    return str(source["id"])


@operation("POST /v1/topups/{topup}/cancel")
def cancel(call: Call) -> Record:
    """Do without it, as long as it has not come (https://docs.stripe.com/api/topups/cancel)."""
    topup = require_path(call, "topup", TOPUP)
    if topup["status"] != "pending":
        raise invalid("Top-ups can only be canceled while they are pending.")
    topup = call.work.change(topup)
    topup["status"] = "canceled"
    return topup


def _arrives_at(work: UnitOfWork, topup: Record) -> int | None:
    return topup["expected_availability_date"] if topup["status"] == "pending" else None


@due(TOPUP, next=_arrives_at)
def arrive(work: UnitOfWork, topup: Record) -> None:
    """The money has come, or the bank did not give it."""
    topup = work.change(topup)
    source = work.get(SOURCE, topup["source"]) if topup["source"] else None
    code = failure_of((source or {}).get("ach_debit"))
    if code is not None:
        topup["status"], topup["failure_code"] = "failed", code
        topup["failure_message"] = MESSAGES[code]
        return
    topup["status"] = "succeeded"
    topup["balance_transaction"] = new_balance_transaction(
        work, topup, type="topup", amount=topup["amount"]
    )["id"]
