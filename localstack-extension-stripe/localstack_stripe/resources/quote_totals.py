"""What a quote comes to: what is asked for at first, and what again and again
(https://docs.stripe.com/api/quotes/object, ``computed``).
"""

from collections.abc import Sequence
from dataclasses import replace

from localstack_stripe.engine.behaviours import Call, includable, operation, require_path
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.discounts import lasts, reductions
from localstack_stripe.resources.line_items import ITEM, PARAM, items_of
from localstack_stripe.resources.subscription_cycle import interval_of

SHOWN = 10
"""How many items are shown inside of a quote."""


def add_up(work: UnitOfWork, quote: Record) -> None:
    """Derive a quote's amounts from its items and its discounts.

    :raises StripeError: 400 where the recurring items do not recur together
    """
    items = items_of(work, quote)
    for item, off in zip(items, _off(work, quote["discounts"], items), strict=True):
        item = work.change(item)
        item["amount_discount"] = off
        item["amount_total"] = item["amount_subtotal"] - off
    quote["currency"] = items[0]["currency"] if items else None
    quote |= _sums(items)
    quote["computed"] = {
        "recurring": _recurring(work, quote, [item for item in items if _recurs(work, item)]),
        "upfront": _sums([_upfront(work, quote, item) for item in items]),
    }


def _off(work: UnitOfWork, discounts: Sequence[str], items: Sequence[Record]) -> list[int]:
    """What discounts take off each item, in minor units."""
    products = [work.require("price", item["price"], PARAM)["product"] for item in items]
    amounts = [item["amount_subtotal"] for item in items]
    off = reductions(work, discounts, list(zip(products, amounts, strict=True)))
    return [sum(parts.values()) for parts in off]


def _sums(items: Sequence[Record]) -> Record:
    """The sums of items, as quotes show them."""
    return {
        "amount_subtotal": sum(item["amount_subtotal"] for item in items),
        "amount_total": sum(item["amount_total"] for item in items),
        "total_details": {
            "amount_discount": sum(item["amount_discount"] for item in items),
            "amount_shipping": 0,
            "amount_tax": 0,
        },
    }


def _recurring(work: UnitOfWork, quote: Record, items: Sequence[Record]) -> Record | None:
    """What is asked for in every period: only discounts without an end are taken off."""
    if not items:
        return None
    prices = [work.require("price", item["price"], PARAM) for item in items]
    interval = interval_of(prices, PARAM)
    lasting = [id for id in quote["discounts"] if lasts(work, id)]
    off = _off(work, lasting, items)
    discounted = [
        {**item, "amount_discount": less, "amount_total": item["amount_subtotal"] - less}
        for item, less in zip(items, off, strict=True)
    ]
    return {
        **_sums(discounted),
        "interval": interval.unit,
        "interval_count": interval.count,
    }


def _upfront(work: UnitOfWork, quote: Record, item: Record) -> Record:
    """An item as the first invoice has it: in a trial, what recurs costs nothing."""
    if not quote["subscription_data"]["trial_period_days"] or not _recurs(work, item):
        return item
    return {**item, "amount_discount": 0, "amount_subtotal": 0, "amount_total": 0}


def _recurs(work: UnitOfWork, item: Record) -> bool:
    return bool(work.require("price", item["price"], PARAM)["recurring"])


@operation("GET /v1/quotes/{quote}/computed_upfront_line_items")
def list_upfront_items(call: Call) -> Page:
    """The items of the first invoice (https://docs.stripe.com/api/quotes/line_items/upfront/list)."""
    work = call.work
    quote = require_path(call, "quote", "quote")
    home = {PARENT: quote["id"]}
    page = page_of(work, [ITEM], call.operation, call.path, call.params, "list", {}, home)
    return replace(page, records=[_upfront(work, quote, item) for item in page.records])


@includable("quote", "computed")
def with_upfront_items(work: UnitOfWork, quote: Record) -> Record:
    """The totals, with the first of the items that are asked for at first."""
    items = items_of(work, quote)
    listed = {
        "object": "list",
        "data": [_upfront(work, quote, item) for item in items[:SHOWN]],
        "has_more": len(items) > SHOWN,
        "total_count": len(items),
        "url": f"/v1/quotes/{quote['id']}/computed_upfront_line_items",
    }
    computed = quote["computed"]
    return {**computed, "upfront": {**computed["upfront"], "line_items": listed}}
