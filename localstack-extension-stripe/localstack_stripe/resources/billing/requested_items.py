"""Items of a subscription as requests name them: their prices, in one currency, their quantities and their discounts
(https://docs.stripe.com/billing/subscriptions/multiple-products).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_thresholds import item_thresholds
from localstack_stripe.resources.billing.item_trials import (
    begin_trial,
    offer_in,
    price_on_trial,
    require_attachable,
)
from localstack_stripe.resources.billing.subscription_terms import Period
from localstack_stripe.resources.products.discounts import new_discounts
from localstack_stripe.resources.products.inline_prices import price_in_place
from localstack_stripe.resources.products.prices import (
    require_active,
    require_available,
    require_currency,
    require_own_amount,
    require_type,
    supported,
)
from localstack_stripe.resources.products.tax_rates import usable_rates
from localstack_stripe.resources.products.trial_offers import price_after

MAX_ITEMS = 20
"""https://docs.stripe.com/billing/subscriptions/multiple-products"""

FindPrice = Callable[[UnitOfWork, Mapping[str, Any], str], Record]
"""Finds the price of an item, of which it is also told where it is in the request."""


def price_of_item(
    work: UnitOfWork, item: Mapping[str, Any], param: str, *, type: str = "recurring"
) -> Record:
    """The price that parameters name, by ``price``, by ``plan``, by a trial offer, or described in place.

    :param type: ``recurring`` or ``one_time``: which prices can be used
    """
    offer = offer_in(work, item, param)
    if offer is not None:
        return price_on_trial(work, item, offer, param)
    name = "price" if item.get("price") else "plan"
    if item.get(name):
        price = work.get("price", item[name])
        if price is None or (name == "plan" and not price["recurring"]):
            raise no_such(name, item[name], f"{param}[{name}]")
    elif item.get("price_data"):
        data = item["price_data"]
        work.require("product", data["product"], f"{param}[price_data][product]")
        return price_in_place(work, data["product"], data, f"{param}[price_data]")
    else:
        raise missing_parameter(f"{param}[price]")
    where = f"{param}[{name}]"
    require_type(price, type, where)
    require_own_amount(price, where)
    if type == "recurring":
        require_active(price, where)
        _require_open_product(work, price, where)
    else:
        require_available(work, price, where)
    return price


def _require_open_product(work: UnitOfWork, price: Record, param: str) -> None:
    """Refuse a price whose product is archived, in the words that subscriptions have for it."""
    product = work.get("product", price["product"])
    if product is not None and not product["active"]:
        raise invalid(
            f"The product {product['id']} is marked as inactive, and thus no new subscriptions can be create to any plans "
            f"of this product. You provided the plan {price['id']}.",
            param,
        )


def prices_of(work: UnitOfWork, items: Sequence[Mapping[str, Any]], param: str) -> list[Record]:
    """The prices that a new subscription's items name."""
    if len(items) > MAX_ITEMS:
        raise invalid(f"A subscription can have at most {MAX_ITEMS} items.", param)
    prices = [price_of_item(work, item, f"{param}[{place}]") for place, item in enumerate(items)]
    twice = _repeated(prices) or _repeated(lasting_prices(work, items, prices, param))
    if twice is not None:
        raise invalid(
            f"Cannot create a Subscription with multiple Subscription Items with the same Price: {twice}",
            "plan",
        )
    return prices


def lasting_prices(
    work: UnitOfWork, items: Sequence[Mapping[str, Any]], prices: Sequence[Record], param: str
) -> list[Record]:
    """The prices that a new subscription's items have, or will have once their trials are over.

    :param prices: those that they have at first
    """
    offers = [offer_in(work, item, f"{param}[{place}]") for place, item in enumerate(items)]
    return [
        price if offer is None else price_after(work, offer)
        for offer, price in zip(offers, prices, strict=True)
    ]


def require_different(prices: Sequence[Record], param: str) -> None:
    """Refuse several items with the same price.

    :raises StripeError: 400
    """
    twice = _repeated(prices)
    if twice is not None:
        raise invalid(f"Cannot add multiple subscription items with the same plan: {twice}", param)


def _repeated(prices: Sequence[Record]) -> str | None:
    ids = [price["id"] for price in prices]
    return next((id for id in ids if ids.count(id) > 1), None)


def currency_of(prices: Sequence[Record], wanted: str | None, customers: str | None = None) -> str:
    """The one currency of a subscription's prices, which may be in several.

    https://docs.stripe.com/billing/subscriptions/multi-currency

    :param customers: the customer's currency, which is taken where all prices are in it
    :raises StripeError: 400 where they have no currency in common, or not the one that is wanted
    """
    if wanted:
        for price in prices:
            require_currency(price, wanted, "currency")
        return wanted.lower()
    common = set.intersection(*(set(supported(price)) for price in prices))
    if customers in common:
        return str(customers)
    currencies = [price["currency"] for price in prices if price["currency"] in common]
    if not currencies:
        raise invalid(
            "The prices of a subscription's items must all be in the same currency.", "items"
        )
    return str(currencies[0])


def add_item(
    work: UnitOfWork,
    subscription: Record,
    given: Mapping[str, Any],
    price: Record,
    period: Period,
    param: str,
) -> Record:
    """A new item of a subscription."""
    item = work.create(
        "subscription_item",
        created=work.now(subscription),
        current_period_end=period[1],
        current_period_start=period[0],
        metadata=merged_metadata({}, given.get("metadata") or {}),
        plan=price["id"],
        price=price["id"],
        subscription=subscription["id"],
        tax_rates=usable_rates(work, given.get("tax_rates") or [], f"{param}[tax_rates]"),
    )
    if price["recurring"]["usage_type"] == "licensed":
        quantity = given.get("quantity")
        item["quantity"] = 1 if quantity is None else checked_quantity(quantity, param)
    elif given.get("quantity") is not None:
        raise invalid(
            "You cannot set the quantity for metered plans",
            f"{param}[quantity]",
        )
    item["billing_thresholds"] = item_thresholds(given.get("billing_thresholds"), param)
    set_discounts(work, subscription, item, given, param)
    offer = offer_in(work, given, param)
    if offer is not None:
        require_attachable(work, subscription, param)
        begin_trial(work, subscription, item, offer)
    return item


def set_discounts(
    work: UnitOfWork, subscription: Record, item: Record, given: Mapping[str, Any], param: str
) -> None:
    """Give an item the discounts that are for it alone."""
    if "discounts" in given:
        owner = {**subscription, "object": item["object"], "id": item["id"]}
        item["discounts"] = new_discounts(
            work, given["discounts"] or [], owner, subscription["currency"], f"{param}[discounts]"
        )


def checked_quantity(quantity: int, param: str) -> int:
    """A quantity of an item.

    :raises StripeError: 400 where it is negative
    """
    if quantity < 0:
        raise too_small(f"{param}[quantity]", 0)
    return quantity
