"""Invoice items that become lines of draft invoices: pending ones of the next, others of the one that they are put on
(https://docs.stripe.com/api/invoiceitems).
"""

from decimal import Decimal

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, add_lines, values_of
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.invoice_totals import add_up

MAX_ITEMS = 250
"""https://docs.stripe.com/billing/invoices/subscription#adding-upcoming-invoice-items"""


def bill_pending(work: UnitOfWork, invoice: Record, subscription: str | None) -> None:
    """Put the customer's pending items onto a draft, the latest first: those of the subscription, and those of none."""
    pending = [
        item
        for item in reversed(work.where("invoiceitem", "customer", invoice["customer"]))
        if item["invoice"] is None
        and item["currency"] == invoice["currency"]
        and subscription_of(item) in (None, subscription)
    ]
    # What was made at the same time, such as the two sides of a proration, stays in its order.
    pending.sort(key=lambda item: item["date"], reverse=True)
    # The latest of too many wait for the next invoice.
    pending = pending[-MAX_ITEMS:]
    for item in pending:
        work.change(item)["invoice"] = invoice["id"]
    if pending:
        add_lines(work, invoice, [line_of(work, item) for item in pending])


def put_on_invoice(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Put the line that an item becomes on a draft, and add it up anew.

    :raises StripeError: 400 where it is full
    """
    lines = work.where("line_item", "invoice", invoice["id"])
    if sum(1 for line in lines if line["parent"]["invoice_item_details"]) >= MAX_ITEMS:
        raise invalid(f"An invoice can have at most {MAX_ITEMS} invoice items.", "invoice")
    add_lines(work, invoice, [line_of(work, item)])


def follow_item(work: UnitOfWork, item: Record, invoice: Record) -> None:
    """Write onto the line of an item on a draft what the item is now, and add the draft up anew."""
    for line in lines_of_item(work, item):
        write_item(work, work.change(line), item)
    add_up(work, invoice)


def write_item(work: UnitOfWork, line: Record, item: Record) -> None:
    """Write onto a line what its item is now."""
    line |= values_of(line_of(work, item))


def lines_of_item(work: UnitOfWork, item: Record) -> list[Record]:
    """The lines that an item has become."""
    return [
        line
        for line in work.where("line_item", "invoice", item["invoice"])
        if (line["parent"]["invoice_item_details"] or {}).get("invoice_item") == item["id"]
    ]


def line_of(work: UnitOfWork, item: Record) -> Line:
    """The line that an item becomes."""
    details = item["pricing"]["price_details"]
    price = work.get("price", details["price"]) if details else None
    prorated = item.get("proration_details") or {"credited_items": None, "discount_amounts": []}
    return Line(
        item["amount"],
        item["description"],
        (item["period"]["start"], item["period"]["end"]),
        price,
        Decimal(item["quantity_decimal"]),
        subscription=subscription_of(item),
        invoice_item=item["id"],
        proration=item["proration"],
        discountable=item["discountable"],
        discounts=tuple(item["discounts"]),
        metadata=item["metadata"],
        credited=prorated["credited_items"],
        off={each["discount"]: each["amount"] for each in prorated["discount_amounts"]},
    )
