"""Where a refund's money goes, and what its bank says of it afterwards (https://docs.stripe.com/refunds#tracing-refunds): it
takes the money, with a reference by which the customer can ask for it, or sends it back.
"""

from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.afterwards import REFUNDS_FAIL, REFUNDS_LATER
from localstack_stripe.resources.connect.charge_shares import card_of_charge, is_of_card
from localstack_stripe.resources.core.refund_outcomes import fail

RELEASED = {"card": {"type": "reversal"}, "type": "card"}
"""The ``destination_details`` of a refund of what was only held, which has no reference."""

_TO_CARD = {
    "card": {
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
        "type": "refund",
    },
    "type": "card",
}
"""That of what a card gets back, before its bank has told the reference."""


def send(work: UnitOfWork, refund: Record, charge: Record) -> None:
    """Give a refund, which may be written to, to the bank of whoever has paid."""
    card = card_of_charge(charge)
    is_pending = card is not None and card.name == REFUNDS_LATER
    refund["destination_details"] = destination(work, charge)
    refund["status"] = "succeeded"
    if is_pending:
        refund["status"], refund["pending_reason"] = "pending", "processing"
        refund["destination_details"]["card"]["type"] = "pending"


def destination(work: UnitOfWork, charge: Record) -> Record:
    """Where the money goes, of which there is no reference yet
    (https://docs.stripe.com/api/refunds/object#refund_object-destination_details).
    """
    if is_of_card(charge):
        return copy(_TO_CARD)
    type = charge["payment_method_details"]["type"]
    structure = work.shapes.structure_of("RefundDestinationDetails", type)
    if structure is None:
        return {"type": type}
    details = work.shapes.structure(structure)
    if "reference_status" in details:
        details["reference_status"] = "pending"
    return {"type": type, type: details}


_TURNS = {REFUNDS_LATER: "pending", REFUNDS_FAIL: "succeeded"}
"""By the test card's name, the status in which a refund does not stay (https://docs.stripe.com/testing#refunds)."""


def _turns_at(work: UnitOfWork, refund: Record) -> int | None:
    charge = work.get("charge", refund["charge"] or "")
    card = card_of_charge(charge) if charge is not None else None
    turns = card is not None and _TURNS.get(card.name) == refund["status"]
    return int(refund["created"]) if turns else None


@due("refund", next=_turns_at)
def turn(work: UnitOfWork, refund: Record) -> None:
    """The cardholder's bank has taken the money, or sends it back (https://docs.stripe.com/refunds#failed-refunds)."""
    refund = work.change(refund)
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        del refund["pending_reason"]
        refund["destination_details"] = copy(_TO_CARD)
        return
    fail(work, refund, "expired_or_canceled_card")


def _reference_of(refund: Record) -> Record:
    details = refund.get("destination_details") or {}
    return details.get(details.get("type")) or {}


def _referred_to_at(work: UnitOfWork, refund: Record) -> int | None:
    is_awaited = _reference_of(refund).get("reference_status") == "pending"
    return int(refund["created"]) if is_awaited and refund["status"] == "succeeded" else None


@due("refund", next=_referred_to_at)
def refer(work: UnitOfWork, refund: Record) -> None:
    """The bank has told under which reference it has the money: within days at Stripe, and moments in its test mode."""
    refund = work.change(refund)
    type = refund["destination_details"]["type"]
    told = {"reference": work.ids.digits(16), "reference_status": "available"}
    refund["destination_details"] = {
        "type": type,
        type: {**_reference_of(refund), **told},
    }
