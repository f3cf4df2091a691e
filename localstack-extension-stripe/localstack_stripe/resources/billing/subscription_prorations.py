"""Prorations: what is given back, and what is to be paid, of a period that is changed within it.

https://docs.stripe.com/billing/subscriptions/prorations
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from localstack_stripe.billing.amounts import spread
from localstack_stripe.billing.proration import portion
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line
from localstack_stripe.resources.billing.invoice_item_lines import lines_of_item
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.subscription_invoices import (
    finish_now,
    new_pending_invoice,
)
from localstack_stripe.resources.billing.subscription_terms import (
    Cost,
    Period,
    costs,
    is_flexible,
    is_itemized,
    items_of,
    natural_end,
    price_of,
    whole_period,
)
from localstack_stripe.resources.billing.usage_billing import is_metered
from localstack_stripe.resources.products.discount_reductions import taken_off

_UNUSED, _REMAINING = "Unused time on", "Remaining time on"
"""How a credit and a debit begin."""

GIVES_BACK = "gives back"
"""Noted of a credit: the ids of the lines and the pending items that it gives back a part of."""


class Debit(NamedTuple):
    """What was asked for an item, and for which time.

    :param ids: of the lines that asked for it, or of the item that is to
    :param until: from when on it was given back; the end of the period where nothing was
    :param named: as what gives back a part of it names it
    """

    ids: tuple[str, ...]
    cost: Cost
    period: Period
    until: int
    price: str
    quantity: int
    named: Record | None


class Credit(NamedTuple):
    """A line that gives back a part of debits, whose ids it has."""

    line: Line
    ids: tuple[str, ...]


def credit_unused(work: UnitOfWork, subscription: Record, customer: Record) -> None:
    """Credit what is left of every item's period."""
    items = items_of(work, subscription)
    for given_back in credits(work, subscription, items, work.now(subscription)).values():
        prorate(work, subscription, customer, given_back, None)


def credits(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], at: int | None
) -> dict[str, list[Credit]]:
    """What is to be given back of each item from a moment on. Nothing is where its period is over, as it is while a
    subscription is paused; and what is used is paid afterwards, and never given back.

    With flexible billing, it is a part of what was really asked for the item, with a line for each time that was; with
    classic billing, of what the item costs now
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare#credit-proration-calculations).
    """
    found: dict[str, list[Credit]] = {}
    for item, whole in zip(items, costs(work, subscription, items), strict=True):
        since = item["current_period_start"] if at is None else at
        if not _is_prorated(work, item, since):
            continue
        if is_flexible(subscription):
            owed = _outstanding(work, item, since)
            found[item["id"]] = [_credit(work, subscription, item, each, since) for each in owed]
            continue
        billed = _lines_of(work, item)
        cost, period = _worth(work, subscription, item, whole, billed)
        given_back = _negative(_part(cost, period, (since, item["current_period_end"])))
        line = _proration(work, subscription, item, given_back, since, _UNUSED)
        found[item["id"]] = [Credit(line._replace(credited=_named(billed)), ())]
    return found


def _credit(work: UnitOfWork, subscription: Record, item: Record, debit: Debit, at: int) -> Credit:
    """What is left of a debit from a moment on, in the words of what was paid for then."""
    billed = {**item, "price": debit.price, "quantity": debit.quantity}
    left = (max(at, debit.period[0]), debit.until)
    given_back = _negative(_part(debit.cost, debit.period, left))
    line = _proration(work, subscription, billed, given_back, left[0], _UNUSED)
    return Credit(line._replace(period=left, credited=debit.named), debit.ids)


def _part(cost: Cost, whole: Period, part: Period) -> Cost:
    """What a part of a period costs: as much after discounts, whether they are itemized or not."""
    gross, net = portion(cost.gross, whole, part), portion(cost.net, whole, part)
    off = spread(gross - net, [*cost.off.values()], cost.gross - cost.net)
    return Cost(gross, dict(zip(cost.off, off, strict=True)))


def _negative(cost: Cost) -> Cost:
    return Cost(-cost.gross, {id: -amount for id, amount in cost.off.items()})


def _asked(lines: Sequence[Record]) -> Cost:
    """What lines of an invoice have asked for."""
    return Cost(sum(line["amount"] for line in lines), taken_off(lines))


def _outstanding(work: UnitOfWork, item: Record, at: int) -> list[Debit]:
    """The debits of an item's current period of which something is left after a moment."""
    start = item["current_period_start"]
    field = "parent.subscription_details.subscription_item"
    billed = [
        each
        for each in reversed(work.where("invoiceitem", field, item["id"]))
        if not _is_void(work, each["invoice"])
    ]
    ended: dict[str, int] = {}
    for each in billed:
        for id in work.noted(each, GIVES_BACK) or ():
            ended[id] = min(each["period"]["start"], ended.get(id, each["period"]["start"]))
    debits = [
        *_cycle_debits(work, item, start),
        *(
            _item_debit(work, each)
            for each in billed
            if (each["date"] if each["proration"] else each["period"]["start"]) >= start
            and each["amount"] >= 0
        ),
    ]
    shortened = [
        debit._replace(until=min(debit.until, *(ended.get(id, debit.until) for id in debit.ids)))
        for debit in debits
    ]
    return [debit for debit in shortened if debit.until > max(at, debit.period[0])]


def _cycle_debits(work: UnitOfWork, item: Record, start: int) -> Iterable[Debit]:
    """What invoices have asked for an item's period from a moment on; several lines where its price has tiers."""
    field = "parent.subscription_item_details.subscription_item"
    billed: dict[tuple[str, int, str], list[Record]] = {}
    for line in reversed(work.where("line_item", field, item["id"])):
        if line["period"]["start"] >= start and not _is_void(work, line["invoice"]):
            price = line["pricing"]["price_details"]["price"]
            key = (line["invoice"], line["period"]["start"], price)
            billed.setdefault(key, []).append(line)
    for (_, _, price), lines in billed.items():
        period = lines[0]["period"]
        yield Debit(
            tuple(line["id"] for line in lines),
            _asked(lines),
            (period["start"], period["end"]),
            period["end"],
            price,
            sum(line["quantity"] for line in lines),
            _named(lines),
        )


def _item_debit(work: UnitOfWork, item: Record) -> Debit:
    """What a proration asks for, or what is billed ahead, whether it is on an invoice yet or not."""
    lines = lines_of_item(work, item)
    if item["proration"]:
        off = item["proration_details"]["discount_amounts"]
        cost = Cost(item["amount"], {each["discount"]: each["amount"] for each in off})
    else:
        cost = _asked(lines) if lines else Cost(item["amount"], {})
    return Debit(
        (item["id"],),
        cost,
        (item["period"]["start"], item["period"]["end"]),
        item["period"]["end"],
        item["pricing"]["price_details"]["price"],
        item["quantity"],
        _named(lines) or {"invoice_item": item["id"], "type": "invoice_item"},
    )


def _is_void(work: UnitOfWork, invoice: str | None) -> bool:
    found = work.get("invoice", invoice or "")
    return found is not None and found["status"] == "void"


def move_ends(work: UnitOfWork, subscription: Record, customer: Record, *, prorates: bool) -> None:
    """Let current periods end with the subscription, or no longer, after its end has changed: what is not used of them
    is credited, and what is used after all is billed
    (https://docs.stripe.com/api/subscriptions/update#update_subscription-cancel_at).
    """
    if subscription["status"] == "paused":
        # Its period was over when it was paused.
        return
    for item in items_of(work, subscription):
        was, now = item["current_period_end"], natural_end(work, subscription, item)
        if was == now:
            continue
        if prorates and now < was:
            given_back = credits(work, subscription, items_of(work, subscription), now)
            prorate(work, subscription, customer, given_back.get(item["id"], ()), None)
        work.change(item)["current_period_end"] = now
        if prorates and was < now:
            owed = debits(work, subscription, items_of(work, subscription), was)
            prorate(work, subscription, customer, (), owed.get(item["id"]))


def _worth(
    work: UnitOfWork, subscription: Record, item: Record, whole: Cost, billed: Sequence[Record]
) -> tuple[Cost, Period]:
    """What an item cost, and for which period: as the lines that billed it say, or else as its price does.

    :param whole: what a whole period costs by the price
    """
    if not billed:
        return whole, whole_period(work, subscription, item)
    period = billed[0]["period"]
    return _asked(billed), (period["start"], period["end"])


def _named(lines: Sequence[Record]) -> Record | None:
    """The lines of an invoice as what gives back a part of them names them
    (https://docs.stripe.com/api/invoiceitems/object#invoiceitem_object-proration_details-credited_items).
    """
    if not lines:
        return None
    ids = [line["id"] for line in lines]
    return {
        "invoice_line_item_details": {"invoice": lines[0]["invoice"], "invoice_line_items": ids},
        "type": "invoice_line_items",
    }


def debits(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], at: int
) -> dict[str, Line]:
    """What is to be paid for each item from a moment on; nothing where its period is over."""
    return {
        item["id"]: _proration(
            work,
            subscription,
            item,
            _part(
                cost,
                whole_period(work, subscription, item),
                (at, item["current_period_end"]),
            ),
            at,
        )
        for item, cost in zip(items, costs(work, subscription, items), strict=True)
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


def _proration(
    work: UnitOfWork,
    subscription: Record,
    item: Record,
    cost: Cost,
    at: int,
    words: str = _REMAINING,
) -> Line:
    shows_off = is_itemized(subscription)
    price = price_of(work, item)
    quantity = item.get("quantity", 0)
    product = work.get("product", price["product"])
    name = product["name"] if product else price["id"]
    counted = f"{quantity} × {name}" if quantity != 1 else name
    return Line(
        cost.gross if shows_off else cost.net,
        f"{words} {counted} after {datetime.fromtimestamp(at, UTC):%d %b %Y}",
        (at, item["current_period_end"]),
        price,
        quantity,
        subscription_item=item["id"],
        subscription=subscription["id"],
        proration=True,
        discounts=tuple(id for id in cost.off if _is_of_an_item(work, id)),
        off=cost.off if shows_off else dict.fromkeys(cost.off, 0),
    )


def _is_of_an_item(work: UnitOfWork, discount: str) -> bool:
    """Whether a discount is for one item alone."""
    found = work.get("discount", discount) or {}
    return bool(found.get("subscription_item") or found.get("invoice_item"))


def prorate(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    given_back: Sequence[Credit],
    debit: Line | None,
) -> None:
    """Make items of what is given back, and of what is to be paid instead, for the rest of a period, where there is a rest."""
    for credit in given_back:
        _forget_billed_ahead(work, credit.line)
        if _has_rest(credit.line):
            item = new_item(work, customer, credit.line, subscription["currency"])
            work.note(item, GIVES_BACK, list(credit.ids))
    if debit is not None and _has_rest(debit):
        new_item(work, customer, debit, subscription["currency"])


def _forget_billed_ahead(work: UnitOfWork, credit: Line) -> None:
    """What was billed ahead of an item is given back with the rest of it, and billed again as it comes
    (https://docs.stripe.com/billing/subscriptions/prebilling).
    """
    item = work.get("subscription_item", credit.subscription_item or "")
    if item is not None and "billed_until" in item:
        work.change(item).pop("billed_until")


def _has_rest(line: Line) -> bool:
    return line.period[0] < line.period[1]


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
