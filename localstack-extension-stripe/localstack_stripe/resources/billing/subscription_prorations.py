"""Prorations: what is given back, and what is to be paid, of a period that is changed within it.

https://docs.stripe.com/billing/subscriptions/prorations
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from localstack_stripe.billing.proration import remaining
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import Line, discounted
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.subscription_invoices import (
    finish_now,
    new_pending_invoice,
)
from localstack_stripe.resources.billing.subscription_terms import (
    Period,
    items_of,
    natural_end,
    net,
    price_of,
    whole_period,
)
from localstack_stripe.resources.billing.usage_billing import is_metered


def credit_unused(work: UnitOfWork, subscription: Record, customer: Record) -> None:
    """Credit what is left of every item's period."""
    items = items_of(work, subscription)
    for credit in credits(work, subscription, items, work.now(subscription)).values():
        prorate(work, subscription, customer, credit, None)


def credits(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], at: int | None
) -> dict[str, Line]:
    """What is to be given back of each item from a moment on: a part of what was really asked for it. Nothing is where
    its period is over, as it is while a subscription is paused.

    :param at: where there is none, everything that was asked for the current period is given back

    https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible
    """
    lines = {}
    for item, whole in zip(items, net(work, subscription, items), strict=True):
        since = item["current_period_start"] if at is None else at
        if not _is_prorated(work, item, since):
            continue
        billed = _lines_of(work, item)
        amount, period = _worth(work, subscription, item, whole, billed)
        credit = _proration(work, subscription, item, -remaining(amount, period, since), since)
        lines[item["id"]] = credit._replace(credited=_named(billed))
    return lines


def move_ends(work: UnitOfWork, subscription: Record, customer: Record, *, prorates: bool) -> None:
    """Let current periods end with the subscription, or no longer, after its end has changed: what is not used of them
    is credited, and what is used after all is billed
    (https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at).
    """
    if subscription["status"] == "paused":
        # Its period was over when it was paused.
        return
    items = items_of(work, subscription)
    for item, whole in zip(items, net(work, subscription, items), strict=True):
        was, now = item["current_period_end"], natural_end(work, subscription, item)
        if was == now:
            continue
        billed = _lines_of(work, item) if now < was else []
        amount, period = _worth(work, subscription, item, whole, billed)
        change = remaining(amount, period, was) - remaining(amount, period, now)
        moved = work.change(item)
        if prorates and change:
            line = _proration(work, subscription, item, change, min(was, now))
            line = line._replace(period=(min(was, now), max(was, now)))
            new_item(work, customer, line, subscription["currency"])
        moved["current_period_end"] = now


def _worth(
    work: UnitOfWork, subscription: Record, item: Record, whole: int, billed: Sequence[Record]
) -> tuple[int, Period]:
    """What an item cost, and for which period: as the lines that billed it say, or else as its price does.

    :param whole: what a whole period costs by the price
    """
    if not billed:
        return whole, whole_period(work, subscription, item)
    period = billed[0]["period"]
    return sum(discounted(line) for line in billed), (period["start"], period["end"])


def _named(lines: Sequence[Record]) -> Record | None:
    """The lines of an invoice as what gives back a part of them names them
    (https://docs.stripe.com/api/invoice-line-item/object).
    """
    if not lines:
        return None
    ids = [line["id"] for line in lines]
    return {"invoice": lines[0]["invoice"], "invoice_line_items": ids}


def debits(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], at: int
) -> dict[str, Line]:
    """What is to be paid for each item from a moment on; nothing where its period is over."""
    return {
        item["id"]: _proration(
            work,
            subscription,
            item,
            remaining(amount, whole_period(work, subscription, item), at),
            at,
        )
        for item, amount in zip(items, net(work, subscription, items), strict=True)
        if _is_prorated(work, item, at)
    }


def proration_date(
    work: UnitOfWork, params: Mapping[str, Any], subscription: Record, items: Collection[Record]
) -> int:
    """From when on is prorated: now, or as ``proration_date`` says.

    :raises StripeError: 400 where that is not within the current period
    """
    at = params.get("proration_date")
    if at is None:
        return work.now(subscription)
    start = max(item["current_period_start"] for item in items)
    end = min(item["current_period_end"] for item in items)
    if not start <= at <= end:
        raise invalid(
            f"Cannot specify `proration_date` outside of the current subscription period ({start} - {end}).",
            "proration_date",
        )
    return int(at)


def _is_prorated(work: UnitOfWork, item: Record, at: int) -> bool:
    """Whether something is left of an item's period; usage is billed once it is over."""
    return at < item["current_period_end"] and not is_metered(price_of(work, item))


def _lines_of(work: UnitOfWork, item: Record) -> list[Record]:
    """The lines that billed an item, as it is now, for its current period; none once it was changed within it."""
    field = "parent.subscription_item_details.subscription_item"
    billed: dict[str, list[Record]] = {}
    for line in work.where("line_item", field, item["id"]):
        if (
            line["period"]["start"] == item["current_period_start"]
            and line["pricing"]["price_details"]["price"] == item["price"]
        ):
            billed.setdefault(line["invoice"], []).insert(0, line)
    return next(
        (
            lines
            for lines in billed.values()
            if sum(line["quantity"] for line in lines) == item.get("quantity", 0)
        ),
        [],
    )


def _proration(work: UnitOfWork, subscription: Record, item: Record, amount: int, at: int) -> Line:
    price = price_of(work, item)
    quantity = item.get("quantity", 0)
    product = work.get("product", price["product"])
    name = product["name"] if product else price["id"]
    counted = f"{quantity} × {name}" if quantity != 1 else name
    words = "Unused time on" if amount < 0 else "Remaining time on"
    return Line(
        amount,
        f"{words} {counted} after {datetime.fromtimestamp(at, UTC):%d %b %Y}",
        (at, item["current_period_end"]),
        price,
        quantity,
        subscription_item=item["id"],
        subscription=subscription["id"],
        proration=True,
    )


def prorate(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    credit: Line | None,
    debit: Line | None,
) -> None:
    for line in (credit, debit):
        if line is not None:
            new_item(work, customer, line, subscription["currency"])


def invoice_pending(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    payment: str = "allow_incomplete",
    usage: Sequence[Line] = (),
) -> None:
    """Bill prorations at once instead of with the next period, where there are any.

    :param usage: lines of what was used, which are billed with them
    """
    reason = "subscription_update"
    if new_pending_invoice(work, subscription, customer, reason, usage) is not None:
        finish_now(work, subscription, payment)
