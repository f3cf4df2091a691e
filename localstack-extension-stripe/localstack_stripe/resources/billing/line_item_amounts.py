"""What line items come to with their discounts and taxes, as an invoice over them would: those of quotes and of Checkout
sessions (https://docs.stripe.com/api/checkout/sessions/line_items).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from localstack_stripe.engine.behaviours import includable
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line, add_lines
from localstack_stripe.resources.billing.invoice_drafts import draft
from localstack_stripe.resources.billing.invoice_item_lines import line_of
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.line_items import ITEM, PARAM, items_of
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.products.tax_rates import usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax, require_taxes

_RATES = "tax rates"
"""Noted of an item: the ids of the tax rates that were given for it."""

DISCOUNTS = "discounts"
"""Noted of an item: the ids of the discounts that are for it alone."""

BILLED = "billed"
"""Noted of an item: what was taken off it and what taxes it has, by the ids of discounts and rates."""

NOBODY: Record = {"id": "", "test_clock": None}
"""Who is billed where no customer is named yet."""


_NOT_BILLED: Record = {"discounts": (), "taxes": ()}


class Amounts(NamedTuple):
    """What an item comes to on an invoice, in minor units."""

    subtotal: int
    discounts: list[Record]
    taxes: list[Record]

    @property
    def off(self) -> int:
        """What all discounts take off."""
        return sum(each["amount"] for each in self.discounts)

    @property
    def tax(self) -> int:
        """What all taxes come to, in the price or on top of it."""
        return sum(each["amount"] for each in self.taxes)

    @property
    def total(self) -> int:
        """What is to be paid."""
        on_top: int = sum(t["amount"] for t in self.taxes if t["tax_behavior"] == "exclusive")
        return self.subtotal - self.off + on_top


def billed(
    work: UnitOfWork,
    terms: Record,
    customer: Record,
    items: Sequence[Record],
    has: Callable[[str], bool] = lambda discount: True,
) -> list[Amounts]:
    """What each item comes to on an invoice over all of them, which is made to be looked at and taken away again.

    :param terms: ``currency``, ``automatic_tax`` (whose status is set), ``default_tax_rates`` and ``discounts``, as
        a quote has them, and perhaps a ``shipping_cost`` (whose taxes are set)
    :param customer: who would be billed, or :data:`NOBODY`
    :param has: whether a discount is still taken off
    :raises StripeError: 400 ``taxes_calculation_failed`` where a tax is not known
    """
    if not items:
        return []
    customer = {**customer, "currency": terms["currency"]}
    invoice = draft(
        work,
        customer,
        terms["currency"],
        automatic_tax=automatic_tax(work, terms["automatic_tax"]),
        default_tax_rates=list(terms["default_tax_rates"]),
        discounts=[id for id in terms["discounts"] if has(id)],
        shipping_cost=terms.get("shipping_cost"),
    )
    put_items(work, invoice, customer, items, has)
    require_taxes(work, invoice)
    if terms["automatic_tax"]["enabled"]:
        terms["automatic_tax"]["status"] = invoice["automatic_tax"]["status"]
    if "shipping_cost" in terms:
        terms["shipping_cost"] = invoice["shipping_cost"]
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    amounts = [Amounts(line["amount"], line["discount_amounts"], line["taxes"]) for line in lines]
    for seen in (*lines, *work.where("invoiceitem", "invoice", invoice["id"]), invoice):
        work.remove(seen)
    return amounts


def put_items(
    work: UnitOfWork,
    invoice: Record,
    customer: Record,
    items: Sequence[Record],
    has: Callable[[str], bool] = lambda discount: True,
) -> None:
    """Put items on a draft, and add it up.

    :param has: whether an item still has a discount of its own
    """
    now = work.now(invoice)
    lines = []
    for item in items:
        price = priced_in(work.require("price", item["price"], PARAM), invoice["currency"])
        quantity = item["quantity"] or 0
        line = Line(item["amount_subtotal"], item["description"] or "", (now, now), price, quantity)
        waiting = new_item(work, customer, line, invoice["currency"])
        waiting["tax_rates"] = rates_of(work, item)
        waiting["discounts"] = [id for id in own_discounts(work, item) if has(id)]
        waiting["invoice"] = invoice["id"]
        lines.append(line_of(work, waiting))
    add_lines(work, invoice, lines)


def note_rates(work: UnitOfWork, item: Record, given: Mapping[str, Any], param: str) -> None:
    """Note the tax rates that a request gives an item, where it does.

    :param given: what the request says of the item
    :param param: where it does
    :raises StripeError: 400 where a rate cannot be used
    """
    if "tax_rates" in given:
        rates = usable_rates(work, given["tax_rates"] or (), f"{param}[tax_rates]")
        work.note(item, _RATES, rates)


def rates_of(work: UnitOfWork, item: Record) -> list[str]:
    """The ids of the tax rates that were given for an item."""
    return list(work.noted(item, _RATES) or ())


def own_discounts(work: UnitOfWork, item: Record) -> list[str]:
    """The ids of the discounts that are for an item alone."""
    return list(work.noted(item, DISCOUNTS) or ())


def as_parameters(work: UnitOfWork, item: Record) -> Record:
    """What an item would be made with again, its price aside."""
    counted = {} if item["quantity"] is None else {"quantity": item["quantity"]}
    own = [{"discount": id} for id in own_discounts(work, item)]
    return {"discounts": own, "tax_rates": rates_of(work, item), **counted}


def write_amounts(work: UnitOfWork, items: Sequence[Record], whole: Sequence[Amounts]) -> None:
    """Write onto items what each comes to."""
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


def _tax(line: Record) -> Record:
    """A tax of an invoice's line, as items show it: without a reason where the rate was given by hand."""
    reason = line["taxability_reason"]
    return {
        "amount": line["amount"],
        "rate": line["tax_rate_details"]["tax_rate"],
        "taxability_reason": None if reason == "not_available" else reason,
        "taxable_amount": line["taxable_amount"],
    }


def sums(amounts: Iterable[Amounts]) -> Record:
    """The sums of items, as what has them shows them."""
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


def with_breakdown(work: UnitOfWork, parent: Record) -> Record | None:
    """The ``total_details`` of what has items, with what each discount and each tax comes to; nothing where it has
    none.
    """
    details = parent["total_details"]
    if details is None:
        return None
    parts = [work.noted(item, BILLED) or _NOT_BILLED for item in items_of(work, parent)]
    return {
        **details,
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
