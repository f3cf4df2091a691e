"""What lines of invoices and of credit notes, and invoice items, had until version 2025-03-31.basil: what they come from and what
they cost stood in them, not in ``parent`` and ``pricing``
(https://docs.stripe.com/changelog/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects).
"""

from collections.abc import Sequence
from decimal import Decimal

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, by_each, renamed, without
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _line(work: UnitOfWork, line: Record) -> Record:
    parent = _of_parent(line)
    return {
        **_priced(work, line),
        "invoice_item": parent.get("invoice_item"),
        "proration": bool(parent.get("proration")),
        "proration_details": parent.get("proration_details") or {"credited_items": None},
        "subscription": parent.get("subscription"),
        "tax_amounts": tax_amounts(line["taxes"]),
        "tax_rates": [at(each, "tax_rate_details.tax_rate") for each in line["taxes"] or ()],
        "type": "invoiceitem" if parent.get("invoice_item") else "subscription",
        **_excluding_tax(line),
    }


def _priced(work: UnitOfWork, record: Record) -> Record:
    """What it costs by a price, which was a plan as well where it recurs."""
    id = at(record, "pricing.price_details.price")
    price = work.get("price", id or "")
    return {
        "plan": id if price is not None and price["recurring"] else None,
        "price": id,
        "subscription_item": _of_parent(record).get("subscription_item"),
    }


def _of_parent(record: Record) -> Record:
    """What the parent of a line or of an invoice item says, whatever it is."""
    parent = record["parent"] or {}
    return parent.get(parent.get("type")) or {}


def _item(work: UnitOfWork, item: Record) -> Record:
    unit = at(item, "pricing.unit_amount_decimal")
    return {
        **_priced(work, item),
        "subscription": _of_parent(item).get("subscription"),
        "unit_amount": int(unit) if unit is not None and unit.lstrip("-").isdecimal() else None,
        "unit_amount_decimal": unit,
    }


def _note_line(work: UnitOfWork, line: Record) -> Record:
    return {
        "tax_amounts": tax_amounts(line["taxes"]),
        **_excluding_tax(line),
    }


def tax_amounts(taxes: Sequence[Record] | None) -> list[Record]:
    """Taxes as invoices, credit notes and their lines showed them."""
    return [
        {
            "amount": tax["amount"],
            "inclusive": _is_inside(tax),
            "tax_rate": at(tax, "tax_rate_details.tax_rate"),
            "taxability_reason": tax["taxability_reason"],
            "taxable_amount": tax["taxable_amount"],
        }
        for tax in taxes or ()
    ]


def _excluding_tax(line: Record) -> Record:
    """What a line asks for without tax, and each one of it
    (https://docs.stripe.com/api/invoice-line-item/object?api-version=2025-02-24.acacia).
    """
    included = (each["amount"] for each in line["taxes"] or () if _is_inside(each))
    amount, quantity = line["amount"] - sum(included), line["quantity"]
    unit = Decimal(amount) / quantity if quantity else Decimal(amount)
    return {
        "amount_excluding_tax": amount,
        "unit_amount_excluding_tax": f"{round(unit, 12).normalize():f}",
    }


def _is_inside(tax: Record) -> bool:
    return bool(tax["tax_behavior"] == "inclusive")


def _priced_by(tree: Tree) -> Tree:
    """An item's price stood in it (``adds-new-parent-field-to-invoicing-objects``), and its amount could be rounded."""
    tree = renamed(tree, {"unit_amount": "unit_amount_decimal"})
    price = tree.get("price")
    if not price or "pricing" in tree:
        return tree
    return {**without(tree, "price"), "pricing": {"price": price}}


_WITHOUT_TAX = {
    "amount_excluding_tax": "integer | null",
    "unit_amount_excluding_tax": "decimal | null",
}

_LINE = {
    "plan": "#plan | null",
    "price": "#price | null",
    "subscription_item": "string | null",
}


CHANGE = Change(
    day="2025-03-31",
    fields={
        "credit_note_line_item": {**_WITHOUT_TAX, "tax_amounts": "[any]"},
        "invoiceitem": {
            **_LINE,
            "subscription": "@subscription | null",
            "unit_amount": "integer | null",
            "unit_amount_decimal": "decimal | null",
        },
        "line_item": {
            **_LINE,
            **_WITHOUT_TAX,
            "invoice_item": "string | null",
            "proration": "boolean",
            "proration_details": "{any}",
            "tax_amounts": "[any]",
            "tax_rates": "[#tax_rate]",
            "type": "string",
        },
    },
    values={"credit_note_line_item": _note_line, "invoiceitem": _item, "line_item": _line},
    parameters={
        "POST /v1/invoiceitems": by(_priced_by),
        "POST /v1/invoiceitems/{invoiceitem}": by(_priced_by),
        "POST /v1/invoices/{invoice}/add_lines": by_each("lines", _priced_by),
        "POST /v1/invoices/{invoice}/update_lines": by_each("lines", _priced_by),
    },
)
