"""An invoice as the document that its ``invoice_pdf`` leads to (https://docs.stripe.com/api/invoices/object)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.pdf import document
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def pdf_of(work: UnitOfWork, invoice: Record) -> bytes:
    """The document of a finalized invoice."""
    currency = invoice["currency"]
    lines = [
        f"Invoice {invoice['number']}",
        f"For {invoice['customer_name'] or invoice['customer_email'] or invoice['customer']}",
        f"Date of issue {_day(invoice['effective_at'])}",
    ]
    if invoice["due_date"]:
        lines.append(f"Date due {_day(invoice['due_date'])}")
    lines += ["", *(f"{what}: {written(amount, currency)}" for what, amount in rows(work, invoice))]
    return document([*lines, "", *(invoice["footer"] or "").splitlines()])


def rows(work: UnitOfWork, invoice: Record) -> Iterator[tuple[str, int]]:
    """What an invoice charges for, and what that comes to, in minor units."""
    for line in work.where("line_item", "invoice", invoice["id"])[::-1]:
        yield line["description"] or "", line["amount"]
    yield "Subtotal", invoice["subtotal"]
    off = sum(each["amount"] for each in invoice["total_discount_amounts"])
    if off:
        yield "Discount", -off
    if invoice["total_taxes"]:
        yield "Tax", sum(each["amount"] for each in invoice["total_taxes"])
    yield "Total", invoice["total"]
    yield "Amount due", invoice["amount_due"]
    if invoice["amount_paid"]:
        yield "Amount paid", invoice["amount_paid"]


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%d %b %Y}"
