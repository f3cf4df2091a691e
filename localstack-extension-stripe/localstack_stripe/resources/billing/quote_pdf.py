"""A quote as the document that a customer gets (https://docs.stripe.com/api/quotes/pdf)."""

from datetime import UTC, datetime

from localstack_stripe.billing.amounts import price_parts, written
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.pdf import document
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import line_description
from localstack_stripe.resources.billing.line_items import PARAM, items_of


def pdf_of(work: UnitOfWork, quote: Record) -> Content:
    """The document of a finalized quote."""
    customer = work.require("customer", quote["customer"], "customer")
    return Content(document(_lines(work, quote, customer)), "application/pdf")


def _lines(work: UnitOfWork, quote: Record, customer: Record) -> list[str]:
    currency = quote["currency"]
    lines = [
        *_paragraph(quote["header"]),
        f"Quote {quote['number']}",
        f"For {customer['name'] or customer['email'] or customer['id']}",
        f"Expires {datetime.fromtimestamp(quote['expires_at'], UTC):%d %b %Y}",
        "",
        *_paragraph(quote["description"]),
    ]
    for item in items_of(work, quote):
        price = work.require("price", item["price"], PARAM)
        product = work.get("product", price["product"])
        for part in price_parts(price, item["quantity"] or 0):
            described = line_description(price, product, part)
            lines.append(f"{described}: {written(part.amount, currency)}")
    off = quote["total_details"]["amount_discount"]
    lines += ["", f"Subtotal: {written(quote['amount_subtotal'], currency)}"]
    if off:
        lines.append(f"Discount: {written(-off, currency)}")
    if quote["total_details"]["amount_tax"]:
        lines.append(f"Tax: {written(quote['total_details']['amount_tax'], currency)}")
    lines.append(f"Total: {written(quote['amount_total'], currency)}")
    recurring = quote["computed"]["recurring"]
    if recurring:
        count, unit = recurring["interval_count"], recurring["interval"]
        every = unit if count == 1 else f"{count} {unit}s"
        lines.append(f"Then every {every}: {written(recurring['amount_total'], currency)}")
    return [*lines, "", *_paragraph(quote["footer"])]


def _paragraph(text: str | None) -> list[str]:
    return [*text.splitlines(), ""] if text else []
