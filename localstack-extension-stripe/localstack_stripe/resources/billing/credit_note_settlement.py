"""How what was paid of an invoice is settled by a credit note: refunded, credited to the customer, or given back elsewhere
(https://docs.stripe.com/invoicing/integration/programmatic-credit-notes).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_balances import change_balance
from localstack_stripe.resources.core.payment_records import refund_reported
from localstack_stripe.resources.core.refund_eligibility import refundable
from localstack_stripe.resources.core.refunds import give_back

SETTLEMENTS = ("credit_amount", "out_of_band_amount", "refund_amount")
"""How what was paid already is settled."""


def settle(work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]) -> None:
    """Settle what a note is over that nobody had to pay any more (https://docs.stripe.com/api/credit_notes/create).

    :raises StripeError: 400 where what it says of that does not come to the ``post_payment_amount``, or cannot be done
    """
    amounts = {name: params.get(name) or 0 for name in SETTLEMENTS}
    linked = params.get("refunds") or ()
    refunds = [_linked(work, invoice, each, n) for n, each in enumerate(linked)]
    total = note["post_payment_amount"]
    settled = sum(amounts.values()) + sum(each["amount_refunded"] for each in refunds)
    if settled != total:
        raise invalid(
            f"The sum of credit amount, refund amount and out of band amount ({written(settled, note['currency'])}) "
            f"must equal the post payment amount of the credit note ({written(total, note['currency'])}).",
            "amount",
        )
    note["out_of_band_amount"] = amounts["out_of_band_amount"] or None
    invoice["post_payment_credit_notes_amount"] += total
    if amounts["refund_amount"]:
        charge = _charge_with(work, invoice, amounts["refund_amount"])
        refund = work.create("refund")
        give_back(work, refund, charge, amounts["refund_amount"])
        refunds.append(_shown(refund, refund["amount"]))
    note["refunds"] = refunds
    if amounts["credit_amount"]:
        note["customer_balance_transaction"] = _credit(work, note, amounts["credit_amount"])


def _charge_with(work: UnitOfWork, invoice: Record, amount: int) -> Record:
    """The charge of an invoice's payment of which an amount can be given back.

    :raises StripeError: 400 where there is none
    """
    most = 0
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        intent = work.get("payment_intent", payment["payment"].get("payment_intent") or "") or {}
        charge = work.get("charge", intent.get("latest_charge") or "")
        if payment["status"] == "paid" and charge is not None:
            if amount <= refundable(charge):
                return charge
            most = max(most, refundable(charge))
    left = written(most, invoice["currency"])
    raise invalid(f"You can refund at most {left} of what was paid.", "refund_amount")


def refunded_by(work: UnitOfWork, given: Mapping[str, Any]) -> int:
    """How much of a refund that was made before is for a note."""
    elsewhere = given.get("payment_record_refund")
    if elsewhere:
        record = work.get("payment_record", elsewhere["payment_record"])
        found = record and refund_reported(work, record, elsewhere["refund_group"])
        return int(given.get("amount_refunded") or found or 0)
    refund = work.get("refund", given.get("refund") or "") or {"amount": 0}
    return int(given.get("amount_refunded") or refund["amount"])


def _linked(work: UnitOfWork, invoice: Record, given: Mapping[str, Any], place: int) -> Record:
    """A refund that was made before, as a note shows it (https://docs.stripe.com/api/credit_notes/create).

    :raises StripeError: 400 where it is of something else
    """
    if given.get("type") == "payment_record_refund" or given.get("payment_record_refund"):
        return _linked_elsewhere(work, invoice, given, f"refunds[{place}][payment_record_refund]")
    param = f"refunds[{place}][refund]"
    if not given.get("refund"):
        raise missing_parameter(param)
    refund = work.require("refund", given["refund"], param)
    payments = work.where("invoice_payment", "invoice", invoice["id"])
    intents = [each["payment"].get("payment_intent") for each in payments]
    if refund["payment_intent"] not in intents:
        raise invalid("This refund is not one of a payment of the invoice.", param)
    return _shown(refund, refunded_by(work, given))


def _linked_elsewhere(
    work: UnitOfWork, invoice: Record, given: Mapping[str, Any], param: str
) -> Record:
    """A refund of a payment that was made elsewhere, as it was reported."""
    named = given.get("payment_record_refund")
    if not named:
        raise missing_parameter(param)
    where = f"{param}[payment_record]"
    record = work.require("payment_record", named["payment_record"], where)
    payments = work.where("invoice_payment", "invoice", invoice["id"])
    if record["id"] not in [each["payment"].get("payment_record") for each in payments]:
        raise invalid("This payment record is not one of a payment of the invoice.", where)
    if refund_reported(work, record, named["refund_group"]) is None:
        raise invalid("No refund of this group was reported.", f"{param}[refund_group]")
    return {
        "amount_refunded": refunded_by(work, given),
        "payment_record_refund": dict(named),
        "refund": None,
        "type": "payment_record_refund",
    }


def _shown(refund: Record, amount: int) -> Record:
    return {
        "amount_refunded": amount,
        "payment_record_refund": None,
        "refund": refund["id"],
        "type": "refund",
    }


def _credit(work: UnitOfWork, note: Record, amount: int) -> str:
    customer = work.change(work.require("customer", note["customer"], "invoice"))
    transaction = change_balance(
        work,
        customer,
        -amount,
        note["currency"],
        type="credit_note",
        credit_note=note["id"],
        invoice=note["invoice"],
    )
    return str(transaction["id"])
