"""Usage that is billed (https://docs.stripe.com/billing/subscriptions/usage-based): what a meter has counted, or was recorded
of an item, in a period that is over becomes the quantity of a line of the next invoice, as long as that is a draft.
"""

from collections.abc import Mapping
from decimal import Decimal

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, add_lines, price_lines, pricing_of
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.billing.meters import METER, used
from localstack_stripe.resources.billing.usage_records import recorded
from localstack_stripe.resources.products.prices import priced_in

BILLED = "billed until"
"""Noted of an item: until when its usage was billed, in seconds since 1970."""

EARLY = "billed early"
"""Noted of an item with tiers: from when its usage was billed before its period was over, and what that came to."""


def is_metered(price: Record) -> bool:
    """Whether a price is for what is used, and not for how many there are."""
    return bool(price["recurring"] and price["recurring"]["usage_type"] == "metered")


def unbilled(work: UnitOfWork, item: Record, end: int) -> tuple[int, int]:
    """The time until *end* in which an item's usage was not billed yet; empty for a first period."""
    return min(work.noted(item, BILLED) or item["created"], end), end


def leave_unbilled(work: UnitOfWork, item: Record, end: int) -> None:
    """Bill nothing any more of what was used up to *end*, as of the time in which a subscription is paused."""
    work.note(item, BILLED, end)
    work.note(item, EARLY, None)


def rest_of_usage(
    work: UnitOfWork,
    subscription: Record,
    item: Record,
    price: Record,
    end: int,
    *,
    is_early: bool = False,
) -> list[Line]:
    """The lines that bill what was used of a metered item up to *end* and not billed yet; none where nothing was."""
    period = unbilled(work, item, end)
    if quantity_used(work, subscription, item["id"], price, period) <= 0:
        return []
    return usage_lines(work, subscription, item, price, period, is_early=is_early)


def usage_lines(
    work: UnitOfWork,
    subscription: Record,
    item: Record,
    price: Record,
    period: tuple[int, int],
    *,
    is_early: bool = False,
) -> list[Line]:
    """The lines that bill a metered item for a period, with what was used in it up to now. Tiers are of all that was
    used in the item's period, less what was billed of it before
    (https://docs.stripe.com/billing/subscriptions/usage-based/thresholds#thresholds-and-tiered-pricing).

    :param is_early: whether the item's period is not over, as where a threshold is reached
    """
    start, before = _billed_early(work, item, price, period)
    work.note(item, BILLED, period[1])
    whole = (start, period[1])
    lines = _lines(work, subscription, item["id"], price, whole, subscription["metadata"])
    is_noted = is_early and price["billing_scheme"] == "tiered"
    so_far = {"from": start, "amount": sum(line.amount for line in lines)}
    work.note(item, EARLY, so_far if is_noted else None)
    if before:
        lines.append(lines[0]._replace(amount=-before, description=_ALREADY, price=None, unit=None))
    return lines


_ALREADY = "Amount previously billed"


def owed(
    work: UnitOfWork, subscription: Record, item: Record, price: Record, period: tuple[int, int]
) -> int:
    """What the lines of :func:`usage_lines` would come to, in minor units."""
    start, before = _billed_early(work, item, price, period)
    quantity = quantity_used(work, subscription, item["id"], price, (start, period[1]))
    return price_amount(price, quantity) - before


def _billed_early(
    work: UnitOfWork, item: Record, price: Record, period: tuple[int, int]
) -> tuple[int, int]:
    """From when on the usage is counted that is billed at the end of a period, and what was billed of it."""
    early = work.noted(item, EARLY)
    if not early or price["billing_scheme"] != "tiered":
        return period[0], 0
    return early["from"], early["amount"]


def _lines(
    work: UnitOfWork,
    subscription: Record,
    item: str,
    price: Record,
    period: tuple[int, int],
    metadata: Mapping[str, str],
) -> list[Line]:
    quantity = quantity_used(work, subscription, item, price, period)
    line = Line(
        price_amount(price, quantity),
        None,
        period,
        price,
        quantity,
        subscription_item=item,
        subscription=subscription["id"],
        metadata=metadata,
    )
    return price_lines(work, line)


def count_usage(work: UnitOfWork, invoice: Record) -> None:
    """Count on a draft, which may be written to, what was used in the periods that are over."""
    billed: dict[tuple[str, int], tuple[Record, list[Record]]] = {}
    for line in work.where("line_item", "invoice", invoice["id"])[::-1]:
        price = price_of_usage(work, line)
        if price is not None:
            item = line["parent"]["subscription_item_details"]["subscription_item"]
            billed.setdefault((item, line["period"]["start"]), (price, []))[1].append(line)
    for (item, _), (price, lines) in billed.items():
        _count_again(work, invoice, item, price, lines)


def _count_again(
    work: UnitOfWork, invoice: Record, item: str, price: Record, lines: list[Record]
) -> None:
    """Bring an item's lines up to date, and the draft with them, where more was used since."""
    first = lines[0]
    details = first["parent"]["subscription_item_details"]
    subscription = work.require("subscription", details["subscription"], "subscription")
    period = (first["period"]["start"], first["period"]["end"])
    counted = _lines(work, subscription, item, price, period, first["metadata"])
    if [str(line.quantity) for line in counted] == [line["quantity_decimal"] for line in lines]:
        return
    if len(counted) == len(lines):
        for line, now in zip(lines, counted, strict=True):
            work.change(line).update(
                amount=now.amount,
                description=now.description,
                pricing=pricing_of(now),
                quantity=int(now.quantity),
                quantity_decimal=str(now.quantity),
                subtotal=now.amount,
            )
        add_up(work, invoice)
        return
    for line in lines:
        work.remove(line)
    discounts = tuple(first["discounts"])
    add_lines(work, invoice, [line._replace(discounts=discounts) for line in counted])


def price_of_usage(work: UnitOfWork, line: Record) -> Record | None:
    """The metered price of a line that bills usage, in its currency, or nothing where it bills something else."""
    details = (line["parent"] or {}).get("subscription_item_details")
    priced = (line["pricing"] or {}).get("price_details")
    if not details or details["proration"] or not priced:
        return None
    # The line of a first period bills nothing that was used.
    item = {"object": "subscription_item", "id": details["subscription_item"]}
    if line["period"]["end"] > (work.noted(item, BILLED) or 0):
        return None
    price = work.get("price", priced["price"])
    return priced_in(price, line["currency"]) if price is not None and is_metered(price) else None


def quantity_used(
    work: UnitOfWork, subscription: Record, item: str, price: Record, period: tuple[int, int]
) -> Decimal:
    """How much was used of a metered price in a period.

    :param item: the id of the subscription's item that has this price
    """
    # What is used in a trial costs nothing.
    if (subscription["trial_end"] or 0) >= period[1]:
        return Decimal(0)
    if price["recurring"]["meter"] is None:
        return recorded(work, item, price, period)
    meter = work.get(METER, price["recurring"]["meter"])
    if meter is None:
        return Decimal(0)
    return used(work, meter, subscription["customer"], *period)
