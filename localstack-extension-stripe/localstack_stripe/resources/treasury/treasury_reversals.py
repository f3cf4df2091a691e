"""Giving back what came to a financial account, and asking back what was taken
(https://docs.stripe.com/treasury/moving-money/financial-accounts/out-of/credit-reversals, .../into/debit-reversals).

Both take a day over ACH.
"""

from localstack_stripe.engine.behaviours import Call, before_create, list_filter
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.treasury.treasury_ledger import (
    begin,
    close,
    enter,
    open_account,
    require_held,
    transaction_of,
)
from localstack_stripe.resources.treasury.treasury_received import CREDIT, DEBIT

CREDIT_REVERSAL, DEBIT_REVERSAL = "treasury.credit_reversal", "treasury.debit_reversal"


@before_create(CREDIT_REVERSAL)
def give_back(call: Call, reversal: Record) -> None:
    """Give a received credit back (https://docs.stripe.com/api/treasury/credit_reversals/create)."""
    work = call.work
    credit = _reversed(call, reversal, CREDIT)
    amount, currency = reversal["amount"], reversal["currency"]
    account = open_account(work, reversal["financial_account"])
    require_held(account, amount, currency, "received_credit")
    credit["linked_flows"]["credit_reversal"] = reversal["id"]
    begun = begin(work, reversal, -amount, cash=-amount, outbound_pending=amount)
    reversal["transaction"] = begun["id"]


@before_create(DEBIT_REVERSAL)
def ask_back(call: Call, reversal: Record) -> None:
    """Ask a received debit back (https://docs.stripe.com/api/treasury/debit_reversals/create)."""
    debit = _reversed(call, reversal, DEBIT)
    debit["linked_flows"]["debit_reversal"] = reversal["id"]
    amount = reversal["amount"]
    reversal["transaction"] = begin(call.work, reversal, amount, inbound_pending=amount)["id"]


def _reversed(call: Call, reversal: Record, object: str) -> Record:
    work, param = call.work, object.rpartition(".")[2]
    flow = work.change(work.require(object, call.params[param], param))
    details = flow["reversal_details"]
    late = bool(details and details["deadline"] and details["deadline"] <= work.now())
    why = "deadline_passed" if late else details and details["restricted_reason"]
    if flow["status"] != "succeeded" or why:
        raise invalid(
            f"This {param.replace('_', ' ')} cannot be reversed: {why or 'it has failed'}.", param
        )
    flow["reversal_details"] = {**details, "restricted_reason": "already_reversed"}
    reversal[param] = flow["id"]
    for name in ("amount", "currency", "financial_account", "network"):
        reversal[name] = flow[name]
    return flow


def _ends_at(work: UnitOfWork, reversal: Record) -> int | None:
    return reversal["created"] + DAY if reversal["status"] == "processing" else None


@due(CREDIT_REVERSAL, next=_ends_at)
def post(work: UnitOfWork, reversal: Record) -> None:
    """What was given back has arrived."""
    reversal = work.change(reversal)
    reversal["status"] = "posted"
    reversal["status_transitions"]["posted_at"] = work.now()
    transaction = transaction_of(work, reversal)
    enter(work, transaction, "credit_reversal_posting", outbound_pending=-reversal["amount"])
    close(work, transaction, "posted")


@due(DEBIT_REVERSAL, next=_ends_at)
def complete(work: UnitOfWork, reversal: Record) -> None:
    """What was asked back has come."""
    reversal, amount = work.change(reversal), reversal["amount"]
    reversal["status"] = "succeeded"
    reversal["status_transitions"]["completed_at"] = work.now()
    transaction = transaction_of(work, reversal)
    enter(work, transaction, "debit_reversal", cash=amount, inbound_pending=-amount)
    close(work, transaction, "posted")


_STATUSES = {"canceled": "failed", "completed": "succeeded"}
"""What the list calls the statuses that the object calls otherwise."""


@list_filter("GET /v1/treasury/debit_reversals", "status")
def has_status(work: UnitOfWork, reversal: Record, wanted: str) -> bool:
    """Those in a status."""
    return bool(reversal["status"] == _STATUSES.get(wanted, wanted))


@list_filter("GET /v1/treasury/debit_reversals", "resolution")
def is_resolved(work: UnitOfWork, reversal: Record, wanted: str) -> bool:
    """Those that a dispute, won or lost, has decided."""
    dispute = (reversal["linked_flows"] or {}).get("issuing_dispute")
    found = work.get("issuing.dispute", dispute) if dispute else None
    return found is not None and found["status"] == wanted
