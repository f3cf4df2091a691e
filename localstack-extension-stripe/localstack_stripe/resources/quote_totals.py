"""What a quote comes to: what is asked for at first, and what again and again
(https://docs.stripe.com/api/quotes/object, ``computed``).

Amounts are those of an invoice over the items, which is made to be looked at and taken away again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from localstack_stripe.engine.behaviours import Call, includable, operation, require_path
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.discounts import lasts
from localstack_stripe.resources.invoice_drafts import Line, add_up, draft, put_on_invoice
from localstack_stripe.resources.invoice_items import new_item
from localstack_stripe.resources.invoice_taxes import automatic_tax, require_taxes
from localstack_stripe.resources.line_items import ITEM, PARAM, items_of
from localstack_stripe.resources.subscription_cycle import interval_of

SHOWN = 10
"""How many items are shown inside of a quote."""

RATES = "tax rates"
"""Noted of an item: the ids of the tax rates that were given for it."""

DISCOUNTS = "discounts"
"""Noted of an item: the ids of the discounts that are for it alone."""

BILLED = "billed"
"""Noted of an item: what was taken off it and what taxes it has, by the ids of discounts and rates."""

_NOBODY = {"id": "", "test_clock": None}
"""Who is billed by a quote that names no customer yet."""


@dataclass(frozen=True, slots=True)
class _Amounts:
    """What an item comes to on an invoice, in minor units."""

    subtotal: int
    discounts: list[Record]
    taxes: list[Record]

    @property
    def off(self) -> int:
        return sum(each["amount"] for each in self.discounts)

    @property
    def tax(self) -> int:
        return sum(each["amount"] for each in self.taxes)

    @property
    def total(self) -> int:
        on_top: int = sum(t["amount"] for t in self.taxes if t["tax_behavior"] == "exclusive")
        return self.subtotal - self.off + on_top


def add_up_quote(work: UnitOfWork, quote: Record) -> None:
    """Derive a quote's amounts from its items, its discounts and its taxes.

    :raises StripeError: 400 where the recurring items do not recur together, or a tax is not known
    """
    items = items_of(work, quote)
    quote["currency"] = items[0]["currency"] if items else None
    whole = _billed(work, quote, items)
    for item, amounts in zip(items, whole, strict=True):
        item = work.change(item)
        item["amount_discount"], item["amount_tax"] = amounts.off, amounts.tax
        item["amount_total"] = amounts.total
        work.note(
            item,
            BILLED,
            {
                "discounts": amounts.discounts,
                "taxes": [_tax(each) for each in amounts.taxes],
            },
        )
    upfront = whole
    if quote["subscription_data"]["trial_period_days"]:
        first = [_upfront(work, quote, item) for item in items]
        upfront = _billed(work, quote, first)
    quote |= _sums(whole)
    quote["computed"] = {"recurring": _recurring(work, quote, items), "upfront": _sums(upfront)}


def _tax(line: Record) -> Record:
    """A tax of an invoice's line, as items show it: without a reason where the rate was given by hand."""
    reason = line["taxability_reason"]
    return {
        "amount": line["amount"],
        "rate": line["tax_rate_details"]["tax_rate"],
        "taxability_reason": None if reason == "not_available" else reason,
        "taxable_amount": line["taxable_amount"],
    }


def put_items(
    work: UnitOfWork,
    invoice: Record,
    customer: Record,
    items: Sequence[Record],
    has: Callable[[str], bool] = lambda discount: True,
) -> None:
    """Put items of a quote on a draft, and add it up.

    :param has: whether an item still has a discount of its own
    """
    now = work.now(invoice)
    for item in items:
        price = work.require("price", item["price"], PARAM)
        quantity = item["quantity"] or 0
        line = Line(item["amount_subtotal"], item["description"] or "", (now, now), price, quantity)
        waiting = new_item(work, customer, line, invoice["currency"])
        waiting["tax_rates"] = rates_of(work, item)
        waiting["discounts"] = [id for id in own_discounts(work, item) if has(id)]
        waiting["invoice"] = invoice["id"]
        put_on_invoice(work, waiting, invoice)
    add_up(work, invoice)


def rates_of(work: UnitOfWork, item: Record) -> list[str]:
    """The ids of the tax rates that were given for an item."""
    return list(work.noted(item, RATES) or ())


def own_discounts(work: UnitOfWork, item: Record) -> list[str]:
    """The ids of the discounts that are for an item alone."""
    return list(work.noted(item, DISCOUNTS) or ())


def _billed(
    work: UnitOfWork,
    quote: Record,
    items: Sequence[Record],
    has: Callable[[str], bool] = lambda discount: True,
) -> list[_Amounts]:
    """What each item comes to on an invoice over all of them.

    :param has: whether a discount is still taken off
    """
    if not items:
        return []
    named = work.get("customer", quote["customer"] or "") or _NOBODY
    customer = {**named, "currency": quote["currency"]}
    invoice = draft(
        work,
        customer,
        quote["currency"],
        automatic_tax=automatic_tax(work, quote["automatic_tax"]),
        default_tax_rates=list(quote["default_tax_rates"]),
        discounts=[id for id in quote["discounts"] if has(id)],
    )
    put_items(work, invoice, customer, items, has)
    require_taxes(work, invoice)
    if quote["automatic_tax"]["enabled"]:
        quote["automatic_tax"]["status"] = invoice["automatic_tax"]["status"]
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    amounts = [_Amounts(line["amount"], line["discount_amounts"], line["taxes"]) for line in lines]
    for seen in (*lines, *work.where("invoiceitem", "invoice", invoice["id"]), invoice):
        work.remove(seen)
    return amounts


def _sums(amounts: Iterable[_Amounts]) -> Record:
    """The sums of items, as quotes show them."""
    amounts = list(amounts)
    return {
        "amount_subtotal": sum(each.subtotal for each in amounts),
        "amount_total": sum(each.total for each in amounts),
        "total_details": {
            "amount_discount": sum(each.off for each in amounts),
            "amount_shipping": 0,
            "amount_tax": sum(each.tax for each in amounts),
        },
    }


def _recurring(work: UnitOfWork, quote: Record, items: Sequence[Record]) -> Record | None:
    """What is asked for in every period: only discounts without an end are taken off."""
    recurring = [item for item in items if _recurs(work, item)]
    if not recurring:
        return None
    prices = [work.require("price", item["price"], PARAM) for item in recurring]
    interval = interval_of(prices, PARAM)
    return {
        **_sums(_billed(work, quote, recurring, partial(lasts, work))),
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
    listed = {
        "object": "list",
        "data": [_upfront(work, quote, item) for item in items[:SHOWN]],
        "has_more": len(items) > SHOWN,
        "total_count": len(items),
        "url": f"/v1/quotes/{quote['id']}/computed_upfront_line_items",
    }
    computed = quote["computed"]
    return {**computed, "upfront": {**computed["upfront"], "line_items": listed}}


@includable("quote", "total_details")
def with_breakdown(work: UnitOfWork, quote: Record) -> Record:
    """The sums, with what each discount and each tax comes to."""
    parts = [work.noted(item, BILLED) for item in items_of(work, quote)]
    return {
        **quote["total_details"],
        "breakdown": {
            "discounts": _together(
                (each for part in parts for each in part["discounts"]), "discount"
            ),
            "taxes": _together((each for part in parts for each in part["taxes"]), "rate"),
        },
    }


def _together(parts: Iterable[Record], name: str) -> list[Record]:
    """Parts of amounts, those of the same discount or rate as one."""
    sums: dict[Any, Record] = {}
    for part in parts:
        known = sums.setdefault(part[name], dict.fromkeys(part, 0) | {name: part[name]})
        for each, value in part.items():
            known[each] = known[each] + value if isinstance(value, int) else value
    return list(sums.values())


@includable(ITEM, "discounts")
def discounts_of(work: UnitOfWork, item: Record) -> list[Record]:
    """What each discount takes off an item."""
    return list((work.noted(item, BILLED) or {}).get("discounts", ()))


@includable(ITEM, "taxes")
def taxes_of(work: UnitOfWork, item: Record) -> list[Record]:
    """What each tax of an item comes to."""
    return list((work.noted(item, BILLED) or {}).get("taxes", ()))
