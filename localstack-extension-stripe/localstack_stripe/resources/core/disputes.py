"""Disputes (https://docs.stripe.com/disputes): a cardholder questions a payment, and the bank takes the money back,
until it is convinced.

Test cards make them, and test evidence decides them (https://docs.stripe.com/testing#disputes).
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.afterwards import (
    UNAUTHORIZED_DEBIT,
    Complaint,
    complaint_about,
)
from localstack_stripe.resources.connect.charge_shares import card_of_charge
from localstack_stripe.resources.core.balance_transactions import (
    fee_detail,
    new_balance_transaction,
    settles_with,
)
from localstack_stripe.resources.core.charges import when_charged
from localstack_stripe.resources.core.dispute_eligibility import eligibility
from localstack_stripe.resources.core.refund_outcomes import when_refunded
from localstack_stripe.resources.payment_methods.blocked_accounts import block_after
from localstack_stripe.resources.payment_methods.debited_accounts import account_of_charge
from localstack_stripe.resources.payment_methods.mandates import change_mandate

DISPUTE = "dispute"

FEE, FEE_IN = 1500, {"eur": 2000}
"""Stripe's fee for a dispute (https://stripe.com/pricing), in minor units, and where it is another by currency."""

OPEN = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""The statuses in which evidence can be given, and what follows when it is submitted."""

DECIDED = {
    ("under_review", "winning_evidence"): "won",
    ("under_review", "losing_evidence"): "lost",
    ("warning_under_review", "winning_evidence"): "warning_closed",
    ("warning_under_review", "losing_evidence"): "warning_closed",
    ("warning_under_review", "escalate_inquiry_evidence"): "needs_response",
}
"""What the bank decides, by the status and the evidence's ``uncategorized_text``."""

CONCEDED = {"needs_response": "lost", "warning_needs_response": "warning_closed"}
"""What becomes of a dispute that nothing is said against."""

_INQUIRY_LASTS = 120 * DAY
"""How long an inquiry that does not escalate is open, in seconds, answered or not
(https://docs.stripe.com/disputes/how-disputes-work#inquiries)."""

_DAYS_TO_RESPOND = {"needs_response": 9, "warning_needs_response": 20}


def _complained_at(work: UnitOfWork, charge: Record) -> int | None:
    return int(charge["created"]) if _will_be_disputed(charge) else None


def _will_be_disputed(charge: Record) -> bool:
    is_new = charge["captured"] and charge["paid"] and not charge["disputed"]
    return is_new and _complaint(charge) is not None


@when_charged
def dispute_at_once(work: UnitOfWork, charge: Record) -> None:
    """A test card's payment is disputed before the payment is over."""
    if _will_be_disputed(charge):
        dispute(work, charge)


def _complaint(charge: Record) -> Complaint | None:
    account = account_of_charge(charge)
    if account is not None:
        return UNAUTHORIZED_DEBIT if account.outcome.startswith("disputed") else None
    return complaint_about(card_of_charge(charge))


@due("charge", next=_complained_at)
def dispute(work: UnitOfWork, charge: Record) -> None:
    """The customer complains to the bank: the charge stays paid, and is disputed, perhaps more than once
    (https://docs.stripe.com/disputes/api#multiple-disputes).
    """
    complaint = _complaint(charge)
    assert complaint is not None
    charge = work.change(charge)
    left = charge["amount_captured"]
    for parts in range(complaint.parts, 0, -1):
        amount = left // parts
        if amount:
            _complain(work, charge, complaint, amount)
        left -= amount


def _complain(work: UnitOfWork, charge: Record, complaint: Complaint, amount: int) -> None:
    """Record the dispute of an amount, in minor units, of a charge, which may be written to."""
    is_inquiry = complaint.case == "inquiry"
    made = work.create(
        DISPUTE,
        amount=amount,
        charge=charge["id"],
        created=work.now(charge),
        currency=charge["currency"],
        enhanced_eligibility_types=list(complaint.eligible),
        is_charge_refundable=is_inquiry,
        network_reason_code=complaint.network_code,
        payment_intent=charge["payment_intent"],
        payment_method_details=None if complaint.final else _of_card(charge, complaint),
        reason=complaint.reason,
        status="warning_needs_response" if is_inquiry else "needs_response",
    )
    charge |= {"dispute": made["id"], "disputed": True}
    made["evidence_details"] |= {
        "enhanced_eligibility": eligibility(made),
        "submission_method": "not_submitted",
    }
    if complaint.final:
        made["status"] = "lost"
        _end_mandate(work, charge)
    else:
        _ask_for_response(work, made)
    if not is_inquiry:
        _withdraw(work, made)
    work.happened("charge.dispute.created", made)
    if not is_inquiry:
        work.happened("charge.dispute.funds_withdrawn", made)


def _end_mandate(work: UnitOfWork, charge: Record) -> None:
    """A customer in the United States who disputes a debit has to agree anew to be debited
    (https://docs.stripe.com/payments/ach-direct-debit#disputes).
    """
    account = charge["payment_method_details"].get("us_bank_account")
    if account is not None:
        change_mandate(work, account.get("mandate"), "inactive")
        block_after(work, charge)


@when_refunded
def resolve(work: UnitOfWork, refund: Record) -> None:
    """An inquiry into a payment is resolved when all of it is given back (https://docs.stripe.com/disputes)."""
    charge = work.get("charge", refund["charge"])
    if charge is None or not charge["disputed"] or not charge["refunded"]:
        return
    for made in work.where(DISPUTE, "charge", charge["id"]):
        if made["status"] in _INQUIRIES:
            _decide(work, work.change(made), "warning_closed")


_INQUIRIES = ("warning_needs_response", "warning_under_review")


def _of_card(charge: Record, complaint: Complaint) -> Record:
    details: dict[str, Any] = charge["payment_method_details"]
    brand = details[details["type"]]["brand"]
    return {
        "card": {
            "brand": brand,
            "case_type": complaint.case,
            "network": brand,
            "network_reason_code": complaint.network_code,
        },
        "type": "card",
    }


def closed(status: str, cannot: str) -> StripeError:
    """The refusal of what a dispute's status does not allow."""
    if status in ("won", "lost"):
        return invalid("This dispute is already closed")
    return invalid(f"This dispute's status is {status}: {cannot}.")


@operation("POST /v1/disputes/{dispute}/close")
def close(call: Call) -> Record:
    """Accept that it is lost (https://docs.stripe.com/api/disputes/close)."""
    return concede(call.work, require_path(call, "dispute", DISPUTE))


def concede(work: UnitOfWork, made: Record) -> Record:
    """Let a dispute that waits for an answer be lost, or an inquiry be closed.

    :raises StripeError: 400 where it does not wait
    """
    if made["status"] not in CONCEDED:
        raise closed(made["status"], "it cannot be closed")
    return _decide(work, work.change(made), CONCEDED[made["status"]])


def _answer(made: Record) -> str | None:
    """What the bank decides as soon as it looks at the evidence, if that says it."""
    return DECIDED.get((made["status"], made["evidence"].get("uncategorized_text")))


def _decided_at(work: UnitOfWork, made: Record) -> int | None:
    return int(made["created"]) if _answer(made) is not None else None


@due(DISPUTE, next=_decided_at)
def decide(work: UnitOfWork, made: Record) -> None:
    """The bank has looked at the evidence."""
    answer = _answer(made)
    assert answer is not None
    _decide(work, work.change(made), answer)


def _overdue_at(work: UnitOfWork, made: Record) -> int | None:
    details = made["evidence_details"]
    waits = made["status"] in CONCEDED and not details["past_due"]
    return int(details["due_by"]) if waits else None


@due(DISPUTE, next=_overdue_at)
def miss(work: UnitOfWork, made: Record) -> None:
    """The bank has waited long enough for evidence: a dispute is lost, and an inquiry goes on."""
    made = work.change(made)
    made["evidence_details"]["past_due"] = True
    if made["status"] not in _INQUIRIES:
        _decide(work, made, CONCEDED[made["status"]])


def _closes_at(work: UnitOfWork, made: Record) -> int | None:
    is_inquiry = made["status"] in _INQUIRIES
    return int(made["created"]) + _INQUIRY_LASTS if is_inquiry else None


@due(DISPUTE, next=_closes_at)
def close_inquiry(work: UnitOfWork, made: Record) -> None:
    """Nobody has made a dispute of an inquiry in time."""
    _decide(work, work.change(made), "warning_closed")


def _decide(work: UnitOfWork, made: Record, status: str) -> Record:
    """Bring a dispute, which may be written to, into the status that the bank has decided for."""
    made["status"] = status
    if status == "won":
        made["is_charge_refundable"] = True
        _reinstate(work, made)
    elif status == "needs_response":
        made["payment_method_details"]["card"]["case_type"] = "chargeback"
        made["is_charge_refundable"] = False
        made["evidence"]["uncategorized_text"] = None
        _ask_for_response(work, made)
        _withdraw(work, made)
        work.happened("charge.dispute.funds_withdrawn", made)
    return made


def _ask_for_response(work: UnitOfWork, made: Record) -> None:
    end_of_day = (made["created"] // DAY + 1) * DAY - 1
    made["evidence_details"]["due_by"] = end_of_day + _DAYS_TO_RESPOND[made["status"]] * DAY


def _withdraw(work: UnitOfWork, made: Record) -> None:
    """The bank takes the money back, and Stripe its fee."""
    _book(work, made, -1, "dispute", "Chargeback withdrawal")


def _reinstate(work: UnitOfWork, made: Record) -> None:
    """The bank gives the money back, and Stripe its fee: of test evidence, that is so
    (https://docs.stripe.com/testing#evidence).
    """
    _book(work, made, 1, "dispute_reversal", "Chargeback reversal")
    work.happened("charge.dispute.funds_reinstated", made)


def _book(work: UnitOfWork, made: Record, sign: int, category: str, description: str) -> None:
    fee = FEE_IN.get(made["currency"], FEE)
    charge = work.require("charge", made["charge"], "charge")
    transaction = new_balance_transaction(
        work,
        made,
        type="adjustment",
        amount=sign * made["amount"],
        fees=[fee_detail(-sign * fee, made["currency"], "stripe_fee", "Dispute fee")],
        # What is taken back counts at once, as recorded from Stripe's test mode.
        available_on=None if sign < 0 else settles_with(work, charge["balance_transaction"]),
        category=category,
        description=f"{description} for {charge['id']}",
    )
    made["balance_transactions"] = [*made["balance_transactions"], transaction["id"]]
