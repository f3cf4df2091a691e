"""Usage that is billed (https://docs.stripe.com/billing/subscriptions/usage-based): what a meter has counted in a period
that is over becomes the quantity of a line of the next invoice, as long as that is a draft.
"""

from decimal import Decimal

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import Line, add_up, line_description
from localstack_stripe.resources.billing.meters import METER, used

BILLED = "billed until"
"""Noted of an item: until when its usage was billed, in seconds since 1970."""


def is_metered(price: Record) -> bool:
    """Whether a price is for what is used, and not for how many there are."""
    return bool(price["recurring"] and price["recurring"]["usage_type"] == "metered")


def unbilled(work: UnitOfWork, item: Record, end: int) -> tuple[int, int]:
    """The time until *end* in which an item's usage was not billed yet; empty for a first period."""
    return min(work.noted(item, BILLED) or item["created"], end), end


def was_used(
    work: UnitOfWork, subscription: Record, price: Record, period: tuple[int, int]
) -> bool:
    """Whether there is something to bill of a metered price for a period."""
    return _quantity(work, subscription, price, period) > 0


def usage_line(
    work: UnitOfWork, subscription: Record, item: Record, price: Record, period: tuple[int, int]
) -> Line:
    """The line that bills a metered item for a period; nothing has been counted in it yet."""
    work.note(item, BILLED, period[1])
    return Line(
        0,
        line_description(price, work.get("product", price["product"]), 0),
        period,
        price,
        0,
        subscription_item=item["id"],
        subscription=subscription["id"],
        metadata=subscription["metadata"],
    )


def count_usage(work: UnitOfWork, invoice: Record) -> None:
    """Count on a draft, which may be written to, what was used in the periods that are over."""
    has_changed = False
    for line in work.where("line_item", "invoice", invoice["id"]):
        price = price_of_usage(work, line)
        if price is None:
            continue
        subscription = work.require("subscription", line["subscription"], "subscription")
        period = (line["period"]["start"], line["period"]["end"])
        quantity = _quantity(work, subscription, price, period)
        if str(quantity) != line["quantity_decimal"]:
            _write(work, work.change(line), price, quantity)
            has_changed = True
    if has_changed:
        add_up(work, invoice)


def price_of_usage(work: UnitOfWork, line: Record) -> Record | None:
    """The metered price of a line that bills usage, or nothing where it bills something else."""
    details = (line["parent"] or {}).get("subscription_item_details")
    priced = (line["pricing"] or {}).get("price_details")
    if not details or details["proration"] or not priced:
        return None
    # The line of a first period bills nothing that was used.
    item = {"object": "subscription_item", "id": details["subscription_item"]}
    if line["period"]["end"] > (work.noted(item, BILLED) or 0):
        return None
    price = work.get("price", priced["price"])
    return price if price is not None and is_metered(price) else None


def _quantity(
    work: UnitOfWork, subscription: Record, price: Record, period: tuple[int, int]
) -> Decimal:
    meter = work.get(METER, price["recurring"]["meter"] or "")
    # What is used in a trial costs nothing.
    is_free = (subscription["trial_end"] or 0) >= period[1]
    if meter is None or is_free:
        return Decimal(0)
    return used(work, meter, subscription["customer"], *period)


def _write(work: UnitOfWork, line: Record, price: Record, quantity: Decimal) -> None:
    amount = price_amount(price, quantity)
    product = work.get("product", price["product"])
    line["amount"] = line["subtotal"] = amount
    line["quantity"], line["quantity_decimal"] = int(quantity), str(quantity)
    line["description"] = line_description(price, product, quantity)
