"""Taxes on invoices: those of tax rates that are given (https://docs.stripe.com/billing/taxes/tax-rates), or what Stripe
Tax finds (https://docs.stripe.com/tax/invoicing), which taxes shipping, too.

A line has the rates of its invoice item or subscription item, else the invoice's. With automatic tax, each line has the
taxes that its product has where the customer is, and tax rates that nobody made stand for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from localstack_stripe.billing.taxes import added, included
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.pretax_credits import credited
from localstack_stripe.resources.core.customer_locations import LOCATION_INVALID, locate
from localstack_stripe.resources.products.discount_reductions import own_discount
from localstack_stripe.resources.products.tax_rates import RATE, rate_for
from localstack_stripe.resources.tax.tax_settings import head_office, settings_of
from localstack_stripe.resources.tax.taxability import (
    RATED,
    SHIPPING,
    TAX_EXEMPT,
    Buyer,
    Taxability,
)

TERMS = "tax_terms"
"""Noted of an invoice item: its ``tax_code`` and ``tax_behavior``, which Stripe does not show."""

# https://docs.stripe.com/tax/products-prices-tax-codes-tax-behavior: `inferred_by_currency`
_EXCLUSIVE_CURRENCIES = frozenset({"usd", "cad"})


class TaxSums(NamedTuple):
    """What the taxes of an invoice come to, in minor units.

    :param on_top: of taxes that come on top of the prices
    :param inside: of taxes that are in the prices, after discounts
    :param inside_of_subtotal: the same before discounts
    """

    on_top: int = 0
    inside: int = 0
    inside_of_subtotal: int = 0


GIVEN = "not_available"
"""The reason of a tax whose rate was given by hand, and not found."""

OWN_RATES = "own tax rates"
"""Noted of a subscription's line: the ids of the tax rates that were given for it, in place of its item's."""

BY_HAND = "taxes by hand"
"""Noted of a line: the taxes that were given for it, whatever it costs (``tax_amounts``)."""


class _Levy(NamedTuple):
    """A tax of a line: the rate that says what it is, and why it is charged or not."""

    rate: Record
    reason: str

    @property
    def is_charged(self) -> bool:
        return self.reason in (GIVEN, RATED)

    @property
    def percentage(self) -> Decimal:
        return Decimal(str(self.rate["percentage"])) if self.is_charged else Decimal(0)


def add_taxes(work: UnitOfWork, invoice: Record, lines: Sequence[Record]) -> TaxSums:
    """Write each line's taxes into it and their sums into the invoice, and return what they come to.

    With automatic tax, ``automatic_tax[status]`` says whether they could be found; where not, there are none.

    :raises StripeError: 400 where some are given as amounts, and others by rates or automatic
    """
    automatic = invoice["automatic_tax"]
    levies: list[list[_Levy]]
    of_shipping: list[_Levy] = []
    if (automatic or {}).get("enabled"):
        try:
            levies, of_shipping = _found_levies(work, invoice, lines)
        except StripeError as error:
            is_lost = error.code == LOCATION_INVALID
            automatic["status"] = "requires_location_inputs" if is_lost else "failed"
            levies = [[] for _ in lines]
        else:
            automatic["status"] = "complete"
    else:
        levies = [_given_levies(work, invoice, line) for line in lines]
    by_hand = [work.noted(line, BY_HAND) or () for line in lines]
    if any(by_hand) and ((automatic or {}).get("enabled") or any(levies)):
        raise invalid(
            "An invoice of which a line has `tax_amounts` can have no `default_tax_rates` and no automatic tax, and its "
            "lines can have no `tax_rates`."
        )
    sums = TaxSums()
    shown: list[Record] = []
    for line, each, own in zip(lines, levies, by_hand, strict=True):
        taxes = [*own] if any(by_hand) else _taxes_of(line, each)
        if line["taxes"] != taxes:
            work.change(line)["taxes"] = taxes
        shown += taxes
        sums = _plus(sums, line, each, taxes)
    invoice["total_taxes"] = together(shown)
    _tax_shipping(invoice, of_shipping)
    return sums


def _tax_shipping(invoice: Record, levies: Sequence[_Levy]) -> None:
    """Write the taxes of what shipping costs into that."""
    cost = invoice["shipping_cost"]
    if cost is None:
        return
    taxes = _taxes_in(cost["amount_subtotal"], levies)
    on_top = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    invoice["shipping_cost"] = {
        **cost,
        "amount_tax": sum(tax["amount"] for tax in taxes),
        "amount_total": cost["amount_subtotal"] + on_top,
    }


def require_taxes(work: UnitOfWork, invoice: Record, *, located: bool = False) -> None:
    """Refuse what has asked for automatic tax that is not known.

    :param located: whether it has to be known where the customer is, too
    :raises StripeError: 400 ``taxes_calculation_failed`` or ``customer_tax_location_invalid``
    """
    refused = {"failed", "requires_location_inputs"} if located else {"failed"}
    if invoice["automatic_tax"]["enabled"] and invoice["automatic_tax"]["status"] in refused:
        _found_levies(work, invoice, work.where("line_item", "invoice", invoice["id"]))


def automatic_tax(work: UnitOfWork, given: Mapping[str, Any] | None) -> Record:
    """What an invoice shows of Stripe Tax, before anything was calculated.

    :raises StripeError: 400 ``stripe_tax_inactive`` where it is turned on and the account has no head office
    """
    enabled = bool((given or {}).get("enabled"))
    if enabled:
        head_office(work)
    liability = dict((given or {}).get("liability") or {"type": "self"})
    return {
        "disabled_reason": None,
        "enabled": enabled,
        "liability": liability if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": "complete" if enabled else None,
    }


# Rates that are given


def _given_levies(work: UnitOfWork, invoice: Record, line: Record) -> list[_Levy]:
    own = work.noted(line, OWN_RATES)
    if own is None:
        own = (_item_of(work, line) or {}).get("tax_rates")
    ids = own or invoice["default_tax_rates"] or ()
    exempt = TAX_EXEMPT.get(invoice["customer_tax_exempt"] or "none", "none")
    reason = GIVEN if exempt == "none" else exempt
    return [_Levy(work.require(RATE, id, RATE), reason) for id in ids]


def _item_of(work: UnitOfWork, line: Record) -> Record | None:
    """The invoice item or the subscription item that a line stands for."""
    parent = line["parent"]
    of_subscription = parent["subscription_item_details"] or {}
    if of_subscription.get("subscription_item"):
        return work.get("subscription_item", of_subscription["subscription_item"])
    details = parent["invoice_item_details"] or {}
    item = work.get("invoiceitem", details.get("invoice_item") or "")
    if item is None or item["tax_rates"]:
        return item
    # A proration has the rates of what it prorates.
    prorated = ((item["parent"] or {}).get("subscription_details") or {}).get("subscription_item")
    return (work.get("subscription_item", prorated) if prorated else None) or item


# What Stripe Tax finds


def _found_levies(
    work: UnitOfWork, invoice: Record, lines: Iterable[Record]
) -> tuple[list[list[_Levy]], list[_Levy]]:
    """The taxes of each line, and those of shipping."""
    taxability = Taxability(work, _buyer(work, invoice), work.now())

    def levies(code: str, *, inclusive: bool) -> list[_Levy]:
        return [
            _Levy(rate_for(work, due.tax, due.percentage, inclusive=inclusive), due.reason)
            for due in taxability.dues(code, "automatic_tax[enabled]")
        ]

    found = []
    for line in lines:
        code, inclusive = _terms_of(work, invoice, line)
        found.append(levies(code, inclusive=inclusive))
    if invoice["shipping_cost"] is None:
        return found, []
    rate = work.get("shipping_rate", invoice["shipping_cost"]["shipping_rate"] or "") or {}
    inclusive = rate.get("tax_behavior") == "inclusive"
    return found, levies(rate.get("tax_code") or SHIPPING, inclusive=inclusive)


def _buyer(work: UnitOfWork, invoice: Record) -> Buyer:
    customer = work.get("customer", invoice["customer"] or "") or {}
    location = locate(
        work,
        customer,
        invoice["customer_shipping"],
        invoice["customer_address"],
        "automatic_tax[enabled]",
    )
    return Buyer(
        location.place,
        tuple(each["type"] for each in invoice["customer_tax_ids"] or ()),
        TAX_EXEMPT[invoice["customer_tax_exempt"] or "none"],
    )


def _terms_of(work: UnitOfWork, invoice: Record, line: Record) -> tuple[str, bool]:
    """The tax code of a line, and whether its price has the tax in it."""
    details = (line["pricing"] or {}).get("price_details") or {}
    price = work.get("price", details.get("price") or "") or {}
    product = work.get("product", details.get("product") or "") or {}
    item = _item_of(work, line)
    own = (work.noted(item, TERMS) if item is not None else None) or {}
    defaults = settings_of(work)["defaults"]
    code = own.get("tax_code") or product.get("tax_code") or defaults["tax_code"]
    behavior = next(
        (
            each
            for each in (
                own.get("tax_behavior"),
                price.get("tax_behavior"),
                defaults["tax_behavior"],
            )
            if each in ("inclusive", "exclusive")
        ),
        "exclusive" if invoice["currency"] in _EXCLUSIVE_CURRENCIES else "inclusive",
    )
    return str(code), behavior == "inclusive"


# What they come to


def _taxes_of(line: Record, levies: Sequence[_Levy]) -> list[Record]:
    """A line's taxes as it shows them: of what its discounts and credits leave, without the taxes that are in it."""
    off = sum(each["amount"] for each in line["discount_amounts"]) + credited(line)
    return _taxes_in(line["amount"] - off, levies)


def taxes_of(amount: int, rates: Sequence[Record]) -> list[Record]:
    """The taxes that tax rates make of an amount in minor units, as a line shows them."""
    return _taxes_in(amount, [_Levy(rate, GIVEN) for rate in rates])


def _taxes_in(amount: int, levies: Sequence[_Levy]) -> list[Record]:
    inside, net = _inside(amount, levies)
    on_top = iter(added(net, [each.percentage for each in _on_top(levies)]))
    amounts = iter(inside)
    return [
        shown_tax(
            levy.rate,
            next(amounts) if levy.rate["inclusive"] else next(on_top),
            net if levy.is_charged else 0,
            levy.reason,
        )
        for levy in levies
    ]


def shown_tax(rate: Record, amount: int, taxable: int, reason: str) -> Record:
    """A tax as a line shows it.

    :param amount: in minor units, as is what it is of
    """
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": reason,
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def _inside(amount: int, levies: Sequence[_Levy]) -> tuple[list[int], int]:
    """The taxes that are in an amount, and what is left of it without them."""
    inside = included(amount, [each.percentage for each in levies if each.rate["inclusive"]])
    return [*inside], amount - sum(inside)


def _on_top(levies: Sequence[_Levy]) -> list[_Levy]:
    return [each for each in levies if not each.rate["inclusive"]]


def _plus(sums: TaxSums, line: Record, levies: Sequence[_Levy], taxes: Sequence[Record]) -> TaxSums:
    by_behavior = {"inclusive": 0, "exclusive": 0}
    for tax in taxes:
        by_behavior[tax["tax_behavior"]] += tax["amount"]
    before = by_behavior["inclusive"]
    if levies:
        before = sum(_inside(line["amount"] - own_discount(line), levies)[0])
    return TaxSums(
        sums.on_top + by_behavior["exclusive"],
        sums.inside + by_behavior["inclusive"],
        sums.inside_of_subtotal + before,
    )


def together(taxes: Iterable[Record]) -> list[Record]:
    """The taxes of all lines: one entry for each rate and reason."""
    sums: dict[tuple[str, str], Record] = {}
    for tax in taxes:
        key = (tax["tax_rate_details"]["tax_rate"], tax["taxability_reason"])
        if key in sums:
            sums[key]["amount"] += tax["amount"]
            sums[key]["taxable_amount"] += tax["taxable_amount"]
        else:
            sums[key] = dict(tax)
    return list(sums.values())
