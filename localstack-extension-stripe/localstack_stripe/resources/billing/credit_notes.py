"""Credit notes (https://docs.stripe.com/invoicing/integration/programmatic-credit-notes): an invoice, made smaller
after it was finalized.

On an open invoice less has to be paid; on a paid one, the money is given back, kept as the customer's credit, or
settled outside of Stripe. Neither tax nor the share of a discount in a line is calculated: they are refused.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    plain,
    refuses,
    require_path,
)
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import invalid, missing_parameter, not_emulated
from localstack_stripe.engine.initial import begin
from localstack_stripe.engine.lists import PAGING, Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_intent, mark_paid
from localstack_stripe.resources.core.customer_balances import change_balance
from localstack_stripe.resources.core.payment_intents import cancel_intent
from localstack_stripe.resources.core.refunds import give_back

NOTE, LINE = "credit_note", "credit_note_line_item"

plain("POST /v1/credit_notes/{id}")
refuses(
    (
        "POST /v1/credit_notes",
        "GET /v1/credit_notes/preview",
        "GET /v1/credit_notes/preview/lines",
    ),
    "lines[].tax_amounts",
    "lines[].tax_rates",
    "refunds",
    "shipping_cost",
)

SETTLEMENTS = ("credit_amount", "out_of_band_amount", "refund_amount")
"""How what was paid already is settled."""


@before_create(NOTE)
def issue(call: Call, note: Record) -> None:
    """Issue it, and take its amount off the invoice (https://docs.stripe.com/api/credit_notes/create)."""
    work, params = call.work, call.params
    invoice = work.change(work.require("invoice", params["invoice"], "invoice"))
    if invoice["status"] not in ("open", "paid"):
        raise invalid(
            f"You can only create credit notes for open or paid invoices; this one is {invoice['status']}.",
            "invoice",
        )
    if any(each["amount"] for each in invoice["total_taxes"] or ()):
        # How much of a note is tax is not calculated here.
        raise not_emulated("invoice")
    note["currency"], note["customer"] = invoice["currency"], invoice["customer"]
    note["created"] = work.now(invoice)
    earlier = work.where(NOTE, "invoice", invoice["id"])
    # The new one is among them.
    note["number"] = f"{invoice['number']}-CN-{len(earlier):02d}"
    note["pdf"] = f"{call.base}/credit_notes/{work.account}/{note['id']}/pdf"
    note["effective_at"] = params.get("effective_at", note["created"])
    total = _add_lines(work, note, invoice, params)
    for name in ("amount", "subtotal", "total", "subtotal_excluding_tax", "total_excluding_tax"):
        note[name] = total
    if invoice["status"] == "open":
        _owe_less(work, note, invoice, params)
    else:
        _settle(work, note, invoice, params)


@operation("GET /v1/credit_notes/preview")
def preview(call: Call) -> Record:
    """What a credit note would be, which is not issued (https://docs.stripe.com/api/credit_notes/preview)."""
    return _foresee(call)


@operation("GET /v1/credit_notes/preview/lines")
def preview_lines(call: Call) -> Page:
    """A page of the lines that it would have (https://docs.stripe.com/api/credit_notes/preview_lines)."""
    home = {PARENT: _foresee(call)["id"]}
    paging = {name: value for name, value in call.params.items() if name in PAGING}
    return page_of(call.work, [LINE], call.operation, {}, paging, "list", {}, exactly=home)


@operation("POST /v1/credit_notes/{id}/void")
def void(call: Call) -> Record:
    """Take it back, while its invoice is open (https://docs.stripe.com/api/credit_notes/void)."""
    work = call.work
    note = work.change(require_path(call, "id", NOTE))
    invoice = work.change(work.require("invoice", note["invoice"], "invoice"))
    if note["status"] != "issued":
        raise invalid("This credit note has been voided already.")
    if invoice["status"] != "open":
        raise invalid(
            f"You can only void a credit note of an open invoice; this one's is {invoice['status']}."
        )
    note["status"], note["voided_at"] = "void", work.now(invoice)
    _change_due(work, invoice, note["pre_payment_amount"])
    invoice["pre_payment_credit_notes_amount"] -= note["pre_payment_amount"]
    return note


def _foresee(call: Call) -> Record:
    """Issue it in a unit of work that is never committed."""
    work = call.work
    work.preview()
    note = work.create(NOTE)
    begin(work, note, call.base)
    assign(work, note, call.params, work.contract.resources[NOTE].fields)
    issue(call, note)
    return note


def _add_lines(work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]) -> int:
    """Make the lines that are credited, and return what they come to."""
    given = params.get("lines")
    if given and params.get("amount") is not None:
        raise invalid("You may only specify one of these parameters: amount, lines.", "amount")
    if not given:
        total = params.get("amount")
        if total is None:
            settled = [params[name] for name in SETTLEMENTS if params.get(name) is not None]
            if not settled:
                raise missing_parameter("amount")
            total = sum(settled)
        given = [
            {
                "type": "custom_line_item",
                "description": note["memo"] or "Credit",
                "quantity": 1,
                "unit_amount": total,
            }
        ]
    lines = [_line(work, note, invoice, each, f"lines[{n}]") for n, each in enumerate(given)]
    total = sum(int(line["amount"]) for line in lines)
    if total < 1:
        raise invalid("The amount of a credit note must be greater than 0.", "amount")
    return total


def _line(
    work: UnitOfWork, note: Record, invoice: Record, given: Mapping[str, Any], param: str
) -> Record:
    values: Record = {"description": given.get("description"), "type": given["type"]}
    if given["type"] == "invoice_line_item":
        if not given.get("invoice_line_item"):
            raise missing_parameter(f"{param}[invoice_line_item]")
        if invoice["total_discount_amounts"]:
            raise not_emulated("lines")
        named = f"{param}[invoice_line_item]"
        credited = work.require("line_item", given["invoice_line_item"], named)
        if credited["invoice"] != invoice["id"]:
            raise invalid(f"The line {credited['id']} is not one of this invoice.", named)
        values["invoice_line_item"] = credited["id"]
        values["description"] = values["description"] or credited["description"]
        whole, all_of_it = credited["amount"], credited["quantity"] or 1
        quantity = given.get("quantity")
        values["quantity"] = quantity
        values["amount"] = given.get("amount", whole * (quantity or all_of_it) // all_of_it)
        if values["amount"] > whole:
            raise invalid(f"You can credit at most {written(whole, note['currency'])}.", param)
    else:
        if given.get("unit_amount") is None:
            raise missing_parameter(f"{param}[unit_amount]")
        values["quantity"] = given.get("quantity", 1)
        values["unit_amount"] = given["unit_amount"]
        values["unit_amount_decimal"] = str(given["unit_amount"])
        values["amount"] = values["unit_amount"] * values["quantity"]
    metadata = dict(given.get("metadata") or {})
    return work.create(LINE, **{PARENT: note["id"]}, metadata=metadata, **values)


def _owe_less(work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]) -> None:
    for name in SETTLEMENTS:
        if params.get(name):
            raise invalid(f"`{name}` is only for invoices that are paid.", name)
    if note["amount"] > invoice["amount_remaining"]:
        asked = written(note["amount"], note["currency"])
        rest = written(invoice["amount_remaining"], note["currency"])
        raise invalid(
            f"The credit note's amount ({asked}) is greater than what remains to be paid ({rest}).",
            "amount",
        )
    note["pre_payment_amount"], note["type"] = note["amount"], "pre_payment"
    invoice["pre_payment_credit_notes_amount"] += note["amount"]
    _change_due(work, invoice, -note["amount"])


def _change_due(work: UnitOfWork, invoice: Record, by: int) -> None:
    """Change what an open invoice comes to; with nothing left, it is paid."""
    invoice["amount_due"] += by
    invoice["amount_remaining"] += by
    intent = default_intent(work, invoice)
    if invoice["amount_remaining"] == 0:
        cancel_intent(work, intent, None)
        mark_paid(work, invoice)
    else:
        work.change(intent)["amount"] = invoice["amount_remaining"]


def _settle(work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]) -> None:
    amounts = {name: params.get(name) or 0 for name in SETTLEMENTS}
    total, settled = note["amount"], sum(amounts.values())
    if settled != total:
        raise invalid(
            f"The sum of credit amount, refund amount and out of band amount ({written(settled, note['currency'])}) "
            f"must equal the amount of the credit note ({written(total, note['currency'])}).",
            "amount",
        )
    left = invoice["amount_paid"] - invoice["post_payment_credit_notes_amount"]
    if total > left:
        raise invalid(
            f"The credit note's amount ({written(total, note['currency'])}) is greater than what was paid "
            f"({written(left, note['currency'])}).",
            "amount",
        )
    note["post_payment_amount"], note["type"] = total, "post_payment"
    note["out_of_band_amount"] = amounts["out_of_band_amount"] or None
    invoice["post_payment_credit_notes_amount"] += total
    if amounts["refund_amount"]:
        intent = default_intent(work, invoice)
        charge = work.require("charge", intent["latest_charge"] or "", "refund_amount")
        refund = work.create("refund")
        give_back(work, refund, charge, amounts["refund_amount"])
        note["refunds"] = [
            {
                "amount_refunded": refund["amount"],
                "payment_record_refund": None,
                "refund": refund["id"],
                "type": "refund",
            }
        ]
    if amounts["credit_amount"]:
        note["customer_balance_transaction"] = _credit(work, note, amounts["credit_amount"])


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
