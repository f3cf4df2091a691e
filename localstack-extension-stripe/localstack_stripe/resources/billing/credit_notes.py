"""Credit notes (https://docs.stripe.com/invoicing/integration/programmatic-credit-notes): an invoice, made smaller
after it was finalized.

Of what is still to be paid, less has to be; beyond that, the money is given back, kept as the customer's credit, or
settled outside of Stripe: see ``credit_note_settlement``. What a note credits is in ``credit_note_lines``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.initial import begin
from localstack_stripe.engine.lists import PAGING, Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.credit_note_lines import (
    LINE,
    NOTE,
    described_line,
    lines_over,
    new_line,
)
from localstack_stripe.resources.billing.credit_note_settlement import (
    SETTLEMENTS,
    refunded_by,
    settle,
)
from localstack_stripe.resources.billing.invoice_collection import default_intent, mark_paid
from localstack_stripe.resources.billing.invoice_shipping import PARAM, shipping_of
from localstack_stripe.resources.billing.pretax_credits import credits_in, shown
from localstack_stripe.resources.core.payment_cancellation import cancel_intent
from localstack_stripe.resources.products.discount_reductions import own_discount, taken_off
from localstack_stripe.resources.tax.invoice_taxes import together

plain("POST /v1/credit_notes/{id}")


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
    _require_no_payment_under_way(work, invoice)
    for name in ("currency", "customer", "customer_account"):
        note[name] = invoice[name]
    note["created"] = work.now(invoice)
    earlier = work.where(NOTE, "invoice", invoice["id"])
    # The new one is among them.
    note["number"] = f"{invoice['number']}-CN-{len(earlier):02d}"
    note["pdf"] = f"{call.base}/credit_notes/{work.account}/{note['id']}/pdf"
    note["effective_at"] = params.get("effective_at", note["created"])
    _take_shipping(work, note, invoice, params)
    _add_up(work, note, _add_lines(work, note, invoice, params))
    _require_within(note, invoice)
    before = min(note["amount"], invoice["amount_remaining"])
    after = note["amount"] - before
    note["pre_payment_amount"], note["post_payment_amount"] = before, after
    note["type"] = "mixed" if before and after else "pre_payment" if before else "post_payment"
    settle(work, note, invoice, params)
    if before:
        invoice["pre_payment_credit_notes_amount"] += before
        _change_due(work, invoice, -before)


def _require_no_payment_under_way(work: UnitOfWork, invoice: Record) -> None:
    """https://docs.stripe.com/invoicing/dashboard/credit-notes#create-credit-note"""
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        intent = work.get("payment_intent", payment["payment"].get("payment_intent") or "")
        if invoice["status"] == "open" and intent and intent["status"] == "processing":
            raise invalid(
                f"You cannot credit this invoice while its payment `{intent['id']}` is processing.",
                "invoice",
            )


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
    begin(work, note)
    assign(work, note, call.params, work.contract.resources[NOTE].fields)
    issue(call, note)
    return note


def _take_shipping(
    work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]
) -> None:
    """Credit what the invoice asks for shipping, where the request names its rate.

    :raises StripeError: 400 where the invoice has another or none, or it was credited before
    """
    rate = (params.get(PARAM) or {}).get("shipping_rate")
    note[PARAM] = None
    if rate is None:
        return
    cost = invoice[PARAM]
    if cost is None or cost["shipping_rate"] != rate:
        raise invalid(
            f"The shipping rate {rate} is not that of the invoice.", f"{PARAM}[shipping_rate]"
        )
    others = work.where(NOTE, "invoice", invoice["id"])
    if any(each[PARAM] and each["status"] == "issued" for each in others):
        raise invalid("The shipping cost of this invoice was credited before.", PARAM)
    note[PARAM] = copy(cost)


def _add_lines(
    work: UnitOfWork, note: Record, invoice: Record, params: Mapping[str, Any]
) -> list[Record]:
    """Make the lines that are credited."""
    given = params.get("lines")
    if given and params.get("amount") is not None:
        raise exclusive("amount", "lines")
    if given:
        made = [
            described_line(work, note, invoice, each, f"lines[{n}]") for n, each in enumerate(given)
        ]
    elif note[PARAM] is not None and params.get("amount") is None:
        made = []
    else:
        made = lines_over(work, note, invoice, _wanted(work, params))
    return [new_line(work, note, values) for values in made]


def _wanted(work: UnitOfWork, params: Mapping[str, Any]) -> int:
    """The amount that is to be credited, where no lines say so."""
    if params.get("amount") is not None:
        return int(params["amount"])
    settled = [params[name] for name in SETTLEMENTS if params.get(name) is not None]
    settled += [refunded_by(work, each) for each in params.get("refunds") or ()]
    if not settled:
        raise missing_parameter("amount")
    return sum(settled)


def _add_up(work: UnitOfWork, note: Record, lines: Sequence[Record]) -> None:
    """Derive a note's amounts from its lines
    (https://docs.stripe.com/api/credit_notes/object, ``subtotal`` and what follows).
    """
    taxes = [tax for line in lines for tax in line["taxes"]]
    inside = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    on_top = sum(tax["amount"] for tax in taxes) - inside
    discounts = taken_off(lines)
    credits = [each for line in lines for each in credits_in(line["pretax_credit_amounts"])]
    off = sum(discounts.values())
    amount = sum(line["amount"] for line in lines)
    shipping = shipping_of(note)
    net = amount - off - sum(each["amount"] for each in credits)
    note["subtotal"] = amount - sum(_own_discount(work, line) for line in lines)
    note["subtotal_excluding_tax"] = note["subtotal"] - inside
    note["discount_amount"] = off
    note["discount_amounts"] = [
        {"amount": amount, "discount": id} for id, amount in discounts.items()
    ]
    note["pretax_credit_amounts"] = shown(note["discount_amounts"], credits)
    note["amount_shipping"] = shipping.amount
    note["total_taxes"] = together(taxes)
    note["total_excluding_tax"] = net - inside + shipping.net
    note["amount"] = note["total"] = net + on_top + shipping.total
    if note["total"] < 1:
        raise invalid("The amount of a credit note must be greater than 0.", "amount")


def _own_discount(work: UnitOfWork, line: Record) -> int:
    """What the discounts that are for an invoice's line alone take off the part of it that is credited."""
    credited = work.get("line_item", line.get("invoice_line_item") or "")
    return own_discount({**line, "discounts": credited["discounts"]}) if credited else 0


def _require_within(note: Record, invoice: Record) -> None:
    """Refuse a note that, with those before it, comes to more than its invoice
    (https://docs.stripe.com/invoicing/dashboard/credit-notes#get-started).
    """
    noted = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    left = invoice["total"] - noted
    if note["amount"] > left:
        raise invalid(
            f"The credit note's amount ({written(note['amount'], note['currency'])}) is greater than what is left of "
            f"the invoice's total ({written(left, note['currency'])}).",
            "amount",
        )


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
