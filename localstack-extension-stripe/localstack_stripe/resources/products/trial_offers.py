"""Trial offers (https://docs.stripe.com/api/product-catalog/trial-offer): what a subscription item costs at first, for how
long, and which price it has afterwards. How an item is on one is in ``billing/item_trials``.
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, list_filter, plain
from localstack_stripe.engine.errors import missing_parameter, too_small
from localstack_stripe.engine.lists import in_range
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.prices import (
    require_active,
    require_currency,
    require_own_amount,
    require_type,
)

OFFER = "product_catalog.trial_offer"
_LIST = "GET /v1/product_catalog/trial_offers"

MADE = "made"
"""Noted of an offer: when it was made, which it does not show."""

plain("POST /v1/product_catalog/trial_offers/{id}")


@before_create(OFFER)
def offer(call: Call, offer: Record) -> None:
    """A trial costs a recurring price, and becomes another one after so many of its intervals
    (https://docs.stripe.com/api/product-catalog/trial-offer/create).
    """
    work = call.work
    if offer["duration"].get("relative") is None:
        raise missing_parameter("duration[relative]")
    if offer["duration"]["relative"]["iterations"] < 1:
        raise too_small("duration[relative][iterations]")
    after = "end_behavior[transition][price]"
    prices = work.require("price", offer["price"], "price"), price_after(work, offer)
    for price, param in zip(prices, ("price", after), strict=True):
        require_type(price, "recurring", param)
        require_own_amount(price, param)
        require_active(price, param)
    require_currency(prices[1], prices[0]["currency"], after)
    work.note(offer, MADE, work.now(offer))


def price_after(work: UnitOfWork, offer: Record) -> Record:
    """What an item costs once its trial is over."""
    price = offer["end_behavior"]["transition"]["price"]
    return work.require("price", price, "end_behavior[transition][price]")


@list_filter(_LIST, "created")
def was_made(work: UnitOfWork, offer: Record, when: Any) -> bool:
    """Offers by when they were made."""
    return in_range(work.noted(offer, MADE), when)


@list_filter(_LIST, "prices")
def is_for(work: UnitOfWork, offer: Record, prices: list[str]) -> bool:
    """Trials of some prices."""
    return offer["price"] in prices
