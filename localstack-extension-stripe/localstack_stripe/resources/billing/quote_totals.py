"""What a quote comes to: what is asked for at first, and what again and again
(https://docs.stripe.com/api/quotes/object, ``computed``).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from localstack_stripe.engine.behaviours import Call, includable, operation, require_path
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.lists import Page, embedded, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_item_amounts import (
    NOBODY,
    Amounts,
    billed,
    sums,
    with_breakdown,
    write_amounts,
)
from localstack_stripe.resources.billing.line_items import ITEM, PARAM, items_of
from localstack_stripe.resources.billing.requested_items import require_different
from localstack_stripe.resources.billing.subscription_terms import interval_of
from localstack_stripe.resources.products.discount_reductions import lasts


def add_up_quote(work: UnitOfWork, quote: Record) -> None:
    """Derive a quote's amounts from its items, its discounts and its taxes.

    :raises StripeError: 400 where the recurring items do not recur together, or a tax is not known
    """
    items = items_of(work, quote)
    quote["currency"] = items[0]["currency"] if items else None
    whole = _billed(work, quote, items)
    write_amounts(work, items, whole)
    upfront = whole
    if quote["subscription_data"]["trial_period_days"]:
        first = [_upfront(work, quote, item) for item in items]
        upfront = _billed(work, quote, first)
    quote |= sums(whole)
    quote["computed"] = {"recurring": _recurring(work, quote, items), "upfront": sums(upfront)}


def _billed(
    work: UnitOfWork,
    quote: Record,
    items: Sequence[Record],
    has: Callable[[str], bool] = lambda discount: True,
) -> list[Amounts]:
    customer = work.get("customer", quote["customer"] or "") or NOBODY
    return billed(work, quote, customer, items, has)


def _recurring(work: UnitOfWork, quote: Record, items: Sequence[Record]) -> Record | None:
    """What is asked for in every period: only discounts without an end are taken off."""
    recurring = [item for item in items if _recurs(work, item)]
    if not recurring:
        return None
    prices = [work.require("price", item["price"], PARAM) for item in recurring]
    interval = interval_of(prices, PARAM)
    require_different(prices, PARAM)
    return {
        **sums(_billed(work, quote, recurring, partial(lasts, work))),
        "interval": interval.unit,
        "interval_count": interval.count,
    }


def _upfront(work: UnitOfWork, quote: Record, item: Record) -> Record:
    """An item as the first invoice has it: in a trial, what recurs costs nothing."""
    if not quote["subscription_data"]["trial_period_days"] or not _recurs(work, item):
        return item
    amounts = ("amount_discount", "amount_subtotal", "amount_tax", "amount_total")
    return {**item, **dict.fromkeys(amounts, 0)}


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


# What is answered only when it is asked for


@includable("quote", "computed")
def with_upfront_items(work: UnitOfWork, quote: Record) -> Record:
    """The totals, with the first of the items that are asked for at first."""
    items = items_of(work, quote)
    url = f"/v1/quotes/{quote['id']}/computed_upfront_line_items"
    listed = embedded(items, url, lambda item: _upfront(work, quote, item))
    computed = quote["computed"]
    return {**computed, "upfront": {**computed["upfront"], "line_items": listed}}


includable("quote", "total_details")(with_breakdown)
