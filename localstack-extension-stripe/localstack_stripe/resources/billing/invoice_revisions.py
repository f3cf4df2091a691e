"""Revisions of invoices (https://docs.stripe.com/invoicing/invoice-edits): a draft that begins as a finalized invoice was,
and takes its place when it is finalized itself.
"""

from dataclasses import replace
from decimal import Decimal

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, add_lines
from localstack_stripe.resources.billing.invoice_item_lines import line_of
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.invoice_shipping import PARAM as SHIPPING
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.products.discounts import copied
from localstack_stripe.resources.tax.invoice_taxes import BY_HAND, TERMS

PARAM = "from_invoice"

_KEPT = (
    "account_tax_ids",
    "collection_method",
    "currency",
    "custom_fields",
    "customer",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "due_date",
    "footer",
    "metadata",
    "payment_settings",
    "rendering",
    "statement_descriptor",
)
"""What a revision has of the invoice that it revises, where the request says nothing else."""


def revised(call: Call) -> Record | None:
    """The invoice that a request revises, or nothing where it makes a new one.

    :raises StripeError: 400 where it cannot be revised
    """
    given = call.params.get(PARAM)
    if not given:
        return None
    original = call.work.require("invoice", given["invoice"], f"{PARAM}[invoice]")
    if original["status"] not in ("open", "uncollectible"):
        raise invalid(
            f"Only open and uncollectible invoices can be revised; this one is {original['status']}.",
            f"{PARAM}[invoice]",
        )
    if subscription_of(original) is not None:
        raise invalid("An invoice of a subscription cannot be revised.", f"{PARAM}[invoice]")
    if call.params.get("customer") not in (None, original["customer"]):
        raise invalid("The customer of an invoice cannot be changed by a revision.", "customer")
    return original


def begin_as(call: Call, invoice: Record, original: Record) -> Call:
    """Let a draft begin as another invoice is.

    :return: the call, with what the draft has of the other among its parameters
    """
    kept = {name: original[name] for name in _KEPT if original[name] and name not in call.params}
    if original["automatic_tax"]["enabled"]:
        kept.setdefault("automatic_tax", {"enabled": True})
    fields = call.work.contract.resources["invoice"].fields
    assign(call.work, invoice, kept, fields)
    if SHIPPING not in call.params and original[SHIPPING]:
        invoice[SHIPPING] = dict(original[SHIPPING])
    invoice[PARAM] = {"action": call.params[PARAM]["action"], "invoice": original["id"]}
    return replace(call, params={**kept, **call.params})


def copy_lines(work: UnitOfWork, invoice: Record, original: Record) -> None:
    """Put the lines of the invoice that is revised on the draft, each with an item of its own."""
    lines = work.where("line_item", "invoice", original["id"])[::-1]
    add_lines(work, invoice, [_copied(work, invoice, line) for line in lines])
    made = work.where("line_item", "invoice", invoice["id"])[::-1]
    for line, its in zip(made, lines, strict=True):
        work.note(line, BY_HAND, work.noted(its, BY_HAND))
    add_up(work, invoice)


def copy_discounts(work: UnitOfWork, invoice: Record, original: Record) -> None:
    """Give a draft the discounts of the invoice that it revises."""
    invoice["discounts"] = copied(work, original["discounts"], invoice)


def _copied(work: UnitOfWork, invoice: Record, line: Record) -> Line:
    details = line["parent"]["invoice_item_details"] or {}
    item = work.get("invoiceitem", details.get("invoice_item") or "")
    if item is not None:
        values = {name: value for name, value in item.items() if name not in ("id", "object")}
        made = work.create("invoiceitem", **{**values, "invoice": invoice["id"]})
        if work.noted(item, TERMS):
            work.note(made, TERMS, work.noted(item, TERMS))
        return line_of(work, made)
    priced = line["pricing"]["price_details"] or {}
    return Line(
        line["amount"],
        line["description"],
        (line["period"]["start"], line["period"]["end"]),
        work.get("price", priced.get("price") or ""),
        Decimal(line["quantity_decimal"]),
        discountable=line["discountable"],
        metadata=line["metadata"],
    )
