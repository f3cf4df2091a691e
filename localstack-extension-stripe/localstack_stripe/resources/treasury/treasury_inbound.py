"""Money that is fetched to a financial account from a bank account of one's own
(https://docs.stripe.com/treasury/moving-money/financial-accounts/into/inbound-transfers).
"""

from localstack_stripe.engine.actions import act
from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.errors import invalid, require_positive
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.treasury.treasury_ledger import (
    begin,
    close,
    enter,
    open_account,
    require_feature,
    transaction_of,
)
from localstack_stripe.resources.treasury.treasury_methods import bank_details
from localstack_stripe.resources.treasury.treasury_received import DEBIT, book_debit

TRANSFER = "treasury.inbound_transfer"


@before_create(TRANSFER)
def fetch(call: Call, transfer: Record) -> None:
    """Fetch money, which takes its time (https://docs.stripe.com/api/treasury/inbound_transfers/create)."""
    work, amount = call.work, transfer["amount"]
    account = open_account(work, transfer["financial_account"])
    require_positive(amount)
    require_feature(account, "inbound_transfers.ach")
    transfer["origin_payment_method_details"] = bank_details(
        work, call.params["origin_payment_method"], "origin_payment_method"
    )
    transfer["transaction"] = begin(work, transfer, amount, inbound_pending=amount)["id"]


@operation("POST /v1/test_helpers/treasury/inbound_transfers/{id}/fail")
@operation("POST /v1/test_helpers/treasury/inbound_transfers/{id}/succeed")
@operation("POST /v1/test_helpers/treasury/inbound_transfers/{id}/return")
@operation("POST /v1/treasury/inbound_transfers/{inbound_transfer}/cancel")
def end(call: Call) -> Record:
    """It arrives, or does not, or goes back after all
    (https://docs.stripe.com/api/treasury/inbound_transfers/test_mode_succeed).
    """
    work = call.work
    transfer = work.change(require_path(call, next(iter(call.path)), TRANSFER))
    if call.params.get("failure_details"):
        transfer["failure_details"] = dict(call.params["failure_details"])
    if transfer["returned"]:
        raise invalid("This inbound transfer has been returned already.")
    act(work, call.operation, transfer)
    if transfer["returned"]:
        _return(call, transfer)
        return transfer
    amount, transaction = transfer["amount"], transaction_of(work, transfer)
    arrived = transfer["status"] == "succeeded"
    impact = {"cash": amount} if arrived else {}
    enter(work, transaction, "inbound_transfer", inbound_pending=-amount, **impact)
    close(work, transaction, "posted" if arrived else "void")
    return transfer


def _return(call: Call, transfer: Record) -> None:
    """The bank takes the money back, whether it is still there or not."""
    work = call.work
    transfer["failure_details"] = transfer["failure_details"] or {"code": "other"}
    details = transfer["origin_payment_method_details"]
    bank = {
        name: details["us_bank_account"][name] for name in ("bank_name", "last4", "routing_number")
    }
    debit = work.create(
        DEBIT,
        amount=transfer["amount"],
        currency=transfer["currency"],
        description=transfer["description"] or transfer["statement_descriptor"],
        financial_account=transfer["financial_account"],
        initiating_payment_method_details={**details, "us_bank_account": bank},
        network="ach",
        reversal_details={"deadline": None, "restricted_reason": "source_flow_restricted"},
    )
    debit["linked_flows"]["inbound_transfer"] = transfer["id"]
    book_debit(work, debit, "inbound_transfer_return", forced=True)
    transfer["linked_flows"] = {**transfer["linked_flows"], "received_debit": debit["id"]}
