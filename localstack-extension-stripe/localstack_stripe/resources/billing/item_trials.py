"""Trials of subscription items (https://docs.stripe.com/billing/subscriptions/trials): an item has the price of its trial
offer, in periods that are counted from the start of the trial, until it has the price that the offer leads to.

What happens at the end of one is in ``item_trial_ends``.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_terms import (
    begin_period,
    is_flexible,
    items_of,
    price_of,
    recurrence,
)
from localstack_stripe.resources.products.trial_offers import OFFER, price_after

PARAM = "current_trial"

_OTHER_TRIALS = ("trial_end", "trial_from_plan", "trial_period_days")
"""Parameters of a subscription that ask for a trial of all of it."""


def offer_in(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record | None:
    """The trial offer that an item of a request names.

    :param param: where the item is in the request
    :raises StripeError: 400 where there is no such offer
    """
    trial = given.get(PARAM)
    if not trial:
        return None
    return work.require(OFFER, trial["trial_offer"], f"{param}[{PARAM}][trial_offer]")


def price_on_trial(work: UnitOfWork, given: Mapping[str, Any], offer: Record, param: str) -> Record:
    """What an item costs at first that a request puts on trial. The request may say as well which price it has
    afterwards, as the offer does.

    :raises StripeError: 400 where the offer is archived, or another price is asked for
    """
    if not offer["active"]:
        raise invalid(
            f"The trial offer {offer['id']} is inactive. Only active trial offers can be applied to subscription items.",
            f"{param}[{PARAM}][trial_offer]",
        )
    named = given.get("price") or given.get("plan")
    offered = (offer["price"], price_after(work, offer)["id"])
    if given.get("price_data") or (named is not None and named not in offered):
        raise invalid(
            f"The price of an item with the trial offer {offer['id']} is {offered[0]}, and {offered[1]} afterwards.",
            f"{param}[price]",
        )
    return work.require("price", offer["price"], param)


def require_possible(
    subscription: Record, params: Mapping[str, Any], items: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse trials of items where a subscription can have none
    (https://docs.stripe.com/billing/subscriptions/trials#limitations).

    :param params: those of creating or changing the subscription
    :param items: those that it asks for, and those that there are
    :raises StripeError: 400
    """
    if not any(each.get(PARAM) for each in items):
        return
    for name in _OTHER_TRIALS:
        if params.get(name):
            raise invalid(f"You cannot use `{name}` together with trial offers.", name)
    if not is_flexible(subscription):
        raise invalid(
            "Trial offers are only for subscriptions whose `billing_mode` is `flexible`.",
            "billing_mode",
        )
    if params.get("backdate_start_date"):
        raise invalid(
            "You cannot backdate a subscription with trial offers.", "backdate_start_date"
        )


def require_attachable(work: UnitOfWork, subscription: Record, param: str) -> None:
    """Refuse to begin a trial of an item of a subscription that is in no state for it.

    :param param: where the item is in the request
    :raises StripeError: 400
    """
    where = f"{param}[{PARAM}]"
    if subscription["schedule"]:
        raise invalid(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and its items can "
            "have no trial offers whose duration is `relative`.",
            where,
        )
    if subscription["status"] == "paused":
        raise invalid("No trial can begin while a subscription is paused.", where)
    items = items_of(work, subscription)
    if subscription["status"] == "trialing" and not any(item[PARAM] for item in items):
        raise invalid("You cannot use trial offers in a trial that has a `trial_end`.", where)


def begin_trial(work: UnitOfWork, subscription: Record, item: Record, offer: Record) -> None:
    """Let an item that has the price of an offer be on trial from now on."""
    now, interval = work.now(subscription), recurrence(price_of(work, item))
    item[PARAM] = {
        "end_date": interval.after(now, offer["duration"]["relative"]["iterations"]),
        "start_date": now,
        "trial_offer": offer["id"],
    }
    begin_period(work, subscription, item, now)


def is_on_free_trials(work: UnitOfWork, items: Sequence[Record]) -> bool:
    """Whether nothing is subscribed to but trials that cost nothing."""
    return all(item[PARAM] is not None and _is_free(price_of(work, item)) for item in items)


def _is_free(price: Record) -> bool:
    amounts = [
        each.get(name)
        for each in (price, *(price.get("tiers") or ()))
        for name in ("flat_amount_decimal", "unit_amount_decimal")
    ]
    return not any(Decimal(amount) for amount in amounts if amount is not None)


def follow_trials(work: UnitOfWork, subscription: Record, before: Iterable[Record] = ()) -> None:
    """A subscription is ``trialing`` as long as all of it is on free trials
    (https://docs.stripe.com/billing/subscriptions/trials#subscription-trialing-status-and-trial-offer).

    :param before: its items as they were, where they have been changed
    """
    items = items_of(work, subscription)
    if not any(item[PARAM] for item in (*before, *items)):
        return
    if not is_on_free_trials(work, items):
        if subscription["status"] == "trialing":
            subscription["status"] = "active"
        return
    if subscription["status"] in ("active", "incomplete", "trialing"):
        subscription["status"] = "trialing"
        subscription["trial_start"] = min(item[PARAM]["start_date"] for item in items)
        subscription["trial_end"] = min(item[PARAM]["end_date"] for item in items)
