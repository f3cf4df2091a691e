"""Inbound transfers of v2 (https://docs.stripe.com/api/v2/money-management/inbound-transfers): money that is fetched to a
financial account from a bank account of one's own, and takes a day. Stripe's failing test accounts give none.
"""

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.payout_failures import failure_of
from localstack_stripe.resources.money_management.money_management import (
    SINCE,
    amount_of,
    begin,
    enter,
    money,
    open_account,
    tell_available,
    transaction_of,
    turn,
)
from localstack_stripe.resources.vault import OF_US

TRANSFER = "v2.money_management.inbound_transfer"

_FAILURES = {
    "account_closed": "bank_account_closed",
    "debit_not_authorized": "bank_debit_not_authorized",
    "insufficient_funds": "insufficient_funds",
    "invalid_currency": "bank_debit_could_not_be_processed",
    "no_account": "bank_account_not_found",
}
"""By what is wrong with a test account, why nothing comes from it
(https://docs.stripe.com/connect/testing#testing-payouts)."""


@before_create(TRANSFER)
def fetch(call: Call, transfer: Record) -> None:
    """Fetch money from a bank account (https://docs.stripe.com/api/v2/money-management/inbound-transfers/create)."""
    work, params = call.work, call.params
    account = open_account(work, params["to"]["financial_account"], "to[financial_account]")
    value, currency = amount_of(params)
    bank = work.require(OF_US, params["from"]["payment_method"], "from[payment_method]")
    method = {"type": "us_bank_account", "us_bank_account": bank["id"]}
    transfer["from"] = {"debited": money(value, currency), "payment_method": method}
    transfer["to"] = {
        "credited": money(value, currency),
        "financial_account": account["id"],
    }
    transfer["transfer_history"] = [_step(work, each) for each in ("queued", "processing")]
    begin(work, transfer, account["id"], "inbound_transfer", value, inbound_pending=value)
    work.note(transfer, SINCE, work.now())


def _arrives_at(work: UnitOfWork, transfer: Record) -> int | None:
    steps = [each["type"] for each in transfer["transfer_history"]]
    is_on_its_way = steps[-1:] == ["bank_debit_processing"]
    return int(work.noted(transfer, SINCE)) + DAY if is_on_its_way else None


@due(TRANSFER, next=_arrives_at)
def arrive(work: UnitOfWork, transfer: Record) -> None:
    """The bank has sent it, or does not."""
    transfer, value = work.change(transfer), transfer["amount"]["value"]
    transaction = transaction_of(work, transfer)
    bank = work.get(OF_US, transfer["from"]["payment_method"]["us_bank_account"])
    failure = failure_of(bank)
    if failure:
        step = _step(work, "failed", failure_reason=_FAILURES[failure])
        enter(work, transaction, inbound_pending=-value)
        turn(work, transaction, "void")
    else:
        step = _step(work, "succeeded")
        enter(work, transaction, available=value, inbound_pending=-value)
        turn(work, transaction, "posted")
        tell_available(work, transfer, transaction)
    transfer["transfer_history"] = [*transfer["transfer_history"], step]


def _step(work: UnitOfWork, name: str, **details: str) -> Record:
    now, type = moment(work.now()), f"bank_debit_{name}"
    id = work.ids.new("ibthist_test_", 24)
    return {"id": id, type: details, "created": now, "effective_at": now, "type": type}
