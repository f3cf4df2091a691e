"""Disputes of issued cards' transactions (https://docs.stripe.com/issuing/purchases/disputes): put together, submitted
once, and won or lost as the evidence says.
"""

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.issuing.issuing_funds import reinstate
from localstack_stripe.resources.issuing.issuing_transactions import TRANSACTION
from localstack_stripe.resources.treasury.treasury_received import DEBIT

DISPUTE = "issuing.dispute"

SUBMIT_DAYS = 110
"""How long after the transaction a dispute can be submitted."""

OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}
"""What an explanation means in a test; with any other, a submitted dispute waits for ever."""

_SUBMITTED = "submitted"


@before_create(DISPUTE)
def open_one(call: Call, dispute: Record) -> None:
    """Dispute a captured transaction (https://docs.stripe.com/api/issuing/disputes/create)."""
    work = call.work
    transaction = work.change(_disputed(call))
    if transaction["type"] != "capture":
        raise invalid("Only a transaction of the type capture can be disputed.", "transaction")
    if transaction["dispute"] is not None:
        raise invalid(f"Transaction {transaction['id']} is disputed already.", "transaction")
    dispute["transaction"] = transaction["id"]
    dispute["currency"] = transaction["currency"]
    dispute["amount"] = call.params.get("amount") or -transaction["amount"]
    dispute["evidence"]["reason"] = (call.params.get("evidence") or {}).get("reason", "other")
    _require_amount(dispute, transaction)
    transaction["dispute"] = dispute["id"]


@before_update(DISPUTE)
def change(call: Call, dispute: Record, before: Record) -> None:
    """Change what is not submitted yet (https://docs.stripe.com/api/issuing/disputes/update)."""
    _require_unsubmitted(before)
    transaction = call.work.require(TRANSACTION, dispute["transaction"], "transaction")
    _require_amount(dispute, transaction)


@operation("POST /v1/issuing/disputes/{dispute}/submit")
def submit(call: Call) -> Record:
    """Submit it to the card network (https://docs.stripe.com/api/issuing/disputes/submit)."""
    work = call.work
    dispute = work.change(require_path(call, "dispute", DISPUTE))
    _require_unsubmitted(dispute)
    reason = dispute["evidence"]["reason"]
    if not _explanation(dispute):
        raise missing_parameter(f"evidence[{reason}][explanation]")
    dispute["metadata"] = merged_metadata(dispute["metadata"], call.params.get("metadata") or {})
    dispute["status"] = "submitted"
    work.note(dispute, _SUBMITTED, work.now())
    return dispute


def _next(work: UnitOfWork, dispute: Record) -> int | None:
    if dispute["status"] == "submitted" and _explanation(dispute) in OUTCOMES:
        return int(work.noted(dispute, _SUBMITTED))
    if dispute["status"] == "unsubmitted":
        transaction = work.get(TRANSACTION, dispute["transaction"])
        return transaction["created"] + SUBMIT_DAYS * DAY if transaction is not None else None
    return None


@due(DISPUTE, next=_next)
def end(work: UnitOfWork, dispute: Record) -> None:
    """The network has decided, or it is too late to submit it."""
    dispute = work.change(dispute)
    if dispute["status"] == "unsubmitted":
        dispute["status"] = "expired"
        return
    dispute["status"] = OUTCOMES[_explanation(dispute)]
    if dispute["status"] == "won":
        transaction = work.require(TRANSACTION, dispute["transaction"], "transaction")
        reinstate(work, dispute, transaction)
        work.happened("issuing_dispute.funds_reinstated", dispute)
    else:
        dispute["loss_reason"] = "other"


def _disputed(call: Call) -> Record:
    params, work = call.params, call.work
    if params.get("transaction"):
        return work.require(TRANSACTION, params["transaction"], "transaction")
    treasury = params.get("treasury")
    if not treasury:
        raise missing_parameter("transaction")
    param = "treasury[received_debit]"
    debit = work.require(DEBIT, treasury["received_debit"], param)
    return work.require(TRANSACTION, debit["linked_flows"]["issuing_transaction"] or "", param)


def _explanation(dispute: Record) -> str:
    evidence = dispute["evidence"]
    return str((evidence.get(evidence["reason"]) or {}).get("explanation") or "")


def _require_unsubmitted(dispute: Record) -> None:
    if dispute["status"] != "unsubmitted":
        raise invalid(
            f"This dispute is {dispute['status']}: only an unsubmitted one can be changed or submitted."
        )


def _require_amount(dispute: Record, transaction: Record) -> None:
    if not 1 <= dispute["amount"] <= -transaction["amount"]:
        raise invalid(
            f"The amount must be between 1 and the transaction's ({-transaction['amount']}).",
            "amount",
        )
