"""Money that leaves a financial account
(https://docs.stripe.com/treasury/moving-money/money-out-of-financial-accounts): to somebody, or to an account of one's
own.
"""

from typing import Any

from localstack_stripe.engine.actions import act
from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter, require_positive
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.treasury.treasury_ledger import (
    ACCOUNT,
    begin,
    close,
    enter,
    open_account,
    require_feature,
    require_held,
    settle,
    transaction_of,
)
from localstack_stripe.resources.treasury.treasury_methods import (
    bank_details,
    billing_of,
    described_bank,
)
from localstack_stripe.resources.treasury.treasury_received import receive_from

PAYMENT, TRANSFER = "treasury.outbound_payment", "treasury.outbound_transfer"

ENDS = {
    "canceled": "cancellation",
    "failed": "failure",
    "posted": "posting",
    "returned": "return",
}
"""What the entry is called that ends a flow, by the status that it ends in."""

plain(
    "POST /v1/test_helpers/treasury/outbound_payments/{id}",
    "POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}",
)


@before_create(PAYMENT)
@before_create(TRANSFER)
def send(call: Call, flow: Record) -> None:
    """Send money to somebody (https://docs.stripe.com/api/treasury/outbound_payments/create), or to an account of one's
    own (https://docs.stripe.com/api/treasury/outbound_transfers/create).
    """
    work = call.work
    account = open_account(work, flow["financial_account"])
    amount, currency = flow["amount"], flow["currency"]
    require_positive(amount)
    user = call.params.get("end_user_details") or {}
    if user.get("present") and not user.get("ip_address"):
        raise missing_parameter("end_user_details[ip_address]")
    details = flow["destination_payment_method_details"] = _destination(call)
    bank = details.get("us_bank_account")
    kind = f"{flow['object'].rpartition('.')[2]}s"
    require_feature(account, f"{kind}.{bank['network']}" if bank else "intra_stripe_flows")
    require_held(account, amount, currency)
    begun = begin(work, flow, -amount, cash=-amount, outbound_pending=amount)
    flow["transaction"] = begun["id"]


def _destination(call: Call) -> Record:
    work, params = call.work, call.params
    named = params.get("destination_payment_method")
    if named:
        return bank_details(work, named, "destination_payment_method")
    data: Record = params.get("destination_payment_method_data") or {}
    if not data:
        raise invalid(
            "You must provide one of `destination_payment_method` or `destination_payment_method_data`.",
            "destination_payment_method",
            "parameter_missing",
        )
    if data["type"] == "financial_account":
        param = "destination_payment_method_data[financial_account]"
        account = work.require(ACCOUNT, data.get("financial_account") or "", param)
        details: Record = {"financial_account": {"id": account["id"], "network": "stripe"}}
    else:
        options: dict[str, Any] = params.get("destination_payment_method_options") or {}
        network = (options.get("us_bank_account") or {}).get("network") or "ach"
        details = {
            "us_bank_account": described_bank(work, data.get("us_bank_account") or {}, network)
        }
    return {
        "billing_details": billing_of(data.get("billing_details") or {}),
        "type": data["type"],
        **details,
    }


@operation("POST /v1/treasury/outbound_payments/{id}/cancel")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/fail")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/post")
@operation("POST /v1/test_helpers/treasury/outbound_payments/{id}/return")
def end_payment(call: Call) -> Record:
    """A payment arrives, or does not (https://docs.stripe.com/api/treasury/outbound_payments/test_mode_post)."""
    return _end(call, call.work.change(require_path(call, "id", PAYMENT)))


@operation("POST /v1/treasury/outbound_transfers/{outbound_transfer}/cancel")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/fail")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/post")
@operation("POST /v1/test_helpers/treasury/outbound_transfers/{outbound_transfer}/return")
def end_transfer(call: Call) -> Record:
    """A transfer arrives, or does not."""
    return _end(call, call.work.change(require_path(call, "outbound_transfer", TRANSFER)))


def _end(call: Call, flow: Record) -> Record:
    work, was, amount = call.work, flow["status"], flow["amount"]
    act(work, call.operation, flow)
    entry = f"{flow['object'].rpartition('.')[2]}_{ENDS[flow['status']]}"
    transaction = transaction_of(work, flow)
    if flow["status"] == "posted":
        enter(work, transaction, entry, outbound_pending=-amount)
        close(work, transaction, "posted")
        _arrive(work, flow)
        return flow
    if was == "processing":
        enter(work, transaction, entry, cash=amount, outbound_pending=-amount)
        close(work, transaction, "void")
    else:
        # It had left, so that it comes back is another movement.
        transaction = settle(work, flow, amount, entry, cash=amount)
    if flow["status"] == "returned":
        code = (call.params.get("returned_details") or {}).get("code", "other")
        flow["returned_details"] = {"code": code, "transaction": transaction["id"]}
    return flow


def _arrive(work: UnitOfWork, flow: Record) -> None:
    """Where the money goes to another financial account, it is received there."""
    to = flow["destination_payment_method_details"].get("financial_account")
    if to is not None:
        receive_from(work, flow, to["id"])
