"""Trial offers (https://docs.stripe.com/api/product-catalog/trial-offers): trials of a price, which lists select."""

from typing import Any

from localstack_stripe.engine.behaviours import Call, checks, list_filter
from localstack_stripe.engine.lists import in_range
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

OFFER = "product_catalog.trial_offer"
_LIST = "GET /v1/product_catalog/trial_offers"

MADE = "made"
"""Noted of an offer: when it was made, which it does not show."""


@checks(OFFER)
def note_when_made(call: Call, offer: Record) -> None:
    """Remember when an offer was made: it is found by that."""
    if call.work.noted(offer, MADE) is None:
        call.work.note(offer, MADE, call.work.now(offer))


@list_filter(_LIST, "created")
def was_made(work: UnitOfWork, offer: Record, when: Any) -> bool:
    """Offers by when they were made."""
    return in_range(work.noted(offer, MADE), when)


@list_filter(_LIST, "prices")
def is_for(work: UnitOfWork, offer: Record, prices: list[str]) -> bool:
    """Trials of some prices."""
    return offer["price"] in prices
