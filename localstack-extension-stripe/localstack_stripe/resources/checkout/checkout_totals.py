"""What a Checkout session comes to (https://docs.stripe.com/api/checkout/sessions/object): its items, less its discount
(https://docs.stripe.com/payments/checkout/discounts), with the tax rates that are given for them
(https://docs.stripe.com/payments/checkout/use-manual-tax-rates), or with what Stripe Tax finds
(https://docs.stripe.com/tax/checkout).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import MINIMUM_CHARGE, written
from localstack_stripe.engine.behaviours import includable
from localstack_stripe.engine.errors import StripeError, exclusive, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_item_amounts import (
    NOBODY,
    billed,
    note_rates,
    rates_of,
    sums,
    with_breakdown,
    write_amounts,
)
from localstack_stripe.resources.billing.line_items import PARAM, items_of
from localstack_stripe.resources.core.customer_locations import LOCATION_INVALID, require_located
from localstack_stripe.resources.products.discounts import (
    offer_discount,
    redeem_offered,
    require_concerned,
)
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

DEFAULT_RATES = "default_tax_rates"
"""Noted of a session: the ids of the tax rates of items that have none of their own."""

OFFERED = "discounts"
"""Noted of a session: the ids of its discounts."""

includable("checkout.session", "total_details")(with_breakdown)


def take_discounts(
    work: UnitOfWork, session: Record, items: Sequence[Record], params: Mapping[str, Any]
) -> None:
    """Take the discount that a request asks for.

    :raises StripeError: 400 where it cannot be used, or there is more than one
    """
    given = params.get("discounts") or ()
    if given and "allow_promotion_codes" in params:
        raise exclusive("allow_promotion_codes", "discounts")
    if len(given) > 1:
        raise invalid("You can give at most one discount.", "discounts")
    cost = sum(item["amount_subtotal"] for item in items), items[0]["currency"]
    offered = [
        offer_discount(work, each, session, cost, f"discounts[{place}]")
        for place, each in enumerate(given)
    ]
    products = {
        str(work.require("price", item["price"], "line_items")["product"]) for item in items
    }
    require_concerned(work, [each["id"] for each in offered], products, "discounts")
    work.note(session, OFFERED, [each["id"] for each in offered])
    session["discounts"] = [
        {"coupon": each.get("coupon"), "promotion_code": each.get("promotion_code")}
        for each in given
    ]


def redeem_discounts(work: UnitOfWork, session: Record) -> None:
    """The customer has paid with the discount.

    :raises StripeError: 400 where it cannot be used any more
    """
    for id in work.noted(session, OFFERED) or ():
        redeem_offered(work, work.require("discount", id, "discounts"), session)


def take_taxes(
    work: UnitOfWork,
    session: Record,
    items: Sequence[Record],
    params: Mapping[str, Any],
) -> None:
    """Take what a request says of a session's taxes.

    :raises StripeError: 400 where automatic tax is asked for besides tax rates, or is not set up, or where the
        customer is cannot be known
    """
    session["automatic_tax"] = _automatic_tax(work, session, params)
    defaults = (params.get("subscription_data") or {}).get("default_tax_rates") or ()
    param = "subscription_data[default_tax_rates]"
    work.note(session, DEFAULT_RATES, usable_rates(work, defaults, param, MOST_DEFAULTS))
    if defaults and session["automatic_tax"]["enabled"]:
        raise _besides_automatic(param)
    take_rates(work, session, items, params[PARAM])


def take_rates(
    work: UnitOfWork,
    session: Record,
    items: Sequence[Record],
    given: Sequence[Mapping[str, Any]],
) -> None:
    """Take the tax rates that are given for items.

    :raises StripeError: 400 where a rate cannot be used, or besides automatic tax
    """
    for place, (item, each) in enumerate(zip(items, given, strict=True)):
        param = f"{PARAM}[{place}]"
        note_rates(work, item, each, param)
        if session["automatic_tax"]["enabled"] and rates_of(work, item):
            raise _besides_automatic(f"{param}[tax_rates]")


def _automatic_tax(work: UnitOfWork, session: Record, params: Mapping[str, Any]) -> Record:
    tax = automatic_tax(work, params.get("automatic_tax"))
    customer = work.get("customer", session["customer"] or "")
    update = params.get("customer_update") or {}
    is_saved = any(update.get(name) == "auto" for name in ("address", "shipping"))
    if tax["enabled"] and customer is not None and not is_saved:
        try:
            require_located(work, customer)
        except StripeError:
            raise invalid(
                "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address "
                "to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to "
                "'auto' to save the address entered in Checkout to the Customer.",
                code=LOCATION_INVALID,
            ) from None
    return {name: tax[name] for name in ("enabled", "liability", "provider", "status")}


def _besides_automatic(param: str) -> StripeError:
    return invalid(f"You cannot specify `{param}` when automatic tax is enabled.", param)


def add_up_session(work: UnitOfWork, session: Record, customer: Record | None) -> None:
    """Derive a session's amounts from its items, its discount and its taxes.

    Until it is known where the customer is, ``automatic_tax[status]`` says so and there are no taxes.

    :param customer: who pays, as far as that is known
    :raises StripeError: 400 ``taxes_calculation_failed`` where a tax is not known, ``amount_too_small`` where it comes
        to less than can be paid
    """
    items = items_of(work, session)
    terms = {
        "automatic_tax": session["automatic_tax"],
        "currency": session["currency"],
        "default_tax_rates": work.noted(session, DEFAULT_RATES) or [],
        "discounts": work.noted(session, OFFERED) or [],
        "shipping_cost": session["shipping_cost"],
    }
    amounts = billed(work, terms, customer or NOBODY, items)
    write_amounts(work, items, amounts)
    session |= sums(amounts)
    shipping = session["shipping_cost"] = terms["shipping_cost"]
    if shipping is not None:
        session["amount_total"] += shipping["amount_total"]
        session["total_details"]["amount_shipping"] = shipping["amount_subtotal"]
        session["total_details"]["amount_tax"] += shipping["amount_tax"]
    total, currency = session["amount_total"], session["currency"]
    if total == 0:
        session["payment_status"] = "no_payment_required"
    elif session["mode"] == "payment" and total < MINIMUM_CHARGE.get(currency, 1):
        least = written(MINIMUM_CHARGE[currency], currency)
        raise invalid(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
        )


def require_taxes_of(work: UnitOfWork, session: Record, customer: Record) -> None:
    """Work out the taxes that the customer's address decides, once it is given.

    :raises StripeError: 400 ``customer_tax_location_invalid`` where it says too little
    """
    if not session["automatic_tax"]["enabled"] or session["mode"] == "setup":
        return
    require_located(work, customer, "payment_method")
    add_up_session(work, session, customer)
