"""Prebilling (https://docs.stripe.com/billing/subscriptions/prebilling): periods of a subscription that are billed before
they begin, as ``billing_schedules`` says.

What is billed ahead becomes pending items, one for each period, and each item of the subscription knows until when it is
billed: a renewal bills what is left.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.periods import interval_given, periods_between
from localstack_stripe.billing.proration import portion
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import invalid, missing_parameter, not_emulated
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.subscription_invoices import AHEAD, item_lines
from localstack_stripe.resources.billing.subscription_terms import (
    gross,
    is_flexible,
    items_of,
    price_of,
    recurrence,
)
from localstack_stripe.resources.billing.usage_billing import is_metered
from localstack_stripe.resources.products.discount_reductions import in_force, spreads_evenly

PARAM = "billing_schedules"

MOST_PERIODS = 50
"""How many periods of all items together can be billed ahead."""

LONGEST = 5 * 366 * DAY
"""How long they can be, at most."""


def prebill(
    work: UnitOfWork, subscription: Record, customer: Record, params: Mapping[str, Any]
) -> None:
    """Bill periods ahead, as a request to create or change a subscription says. Taking the schedules away gives nothing
    back.

    :raises StripeError: 400 where a subscription, or so much of it, cannot be billed ahead
    """
    if PARAM not in params:
        return
    given = params[PARAM] or []
    if given:
        _require_possible(work, subscription, params)
    known = {each["key"]: each for each in subscription["billing_schedules"]}
    subscription["billing_schedules"] = [
        _schedule(work, subscription, each, known, f"{PARAM}[{place}]")
        for place, each in enumerate(given)
    ]
    periods = 0
    for place, schedule in enumerate(subscription["billing_schedules"]):
        end = schedule["bill_until"]["computed_timestamp"]
        for item in _concerned(work, subscription, schedule, f"{PARAM}[{place}]"):
            periods += _bill_until(work, subscription, customer, item, end)
    if periods > MOST_PERIODS:
        raise invalid(f"You can bill at most {MOST_PERIODS} periods ahead.", PARAM)


def _require_possible(work: UnitOfWork, subscription: Record, params: Mapping[str, Any]) -> None:
    """https://docs.stripe.com/billing/subscriptions/prebilling#limitations"""
    if not is_flexible(subscription):
        raise invalid(
            "Only a subscription whose `billing_mode` is `flexible` can be billed ahead.", PARAM
        )
    if subscription["schedule"]:
        raise invalid(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and cannot be billed "
            "ahead.",
            PARAM,
        )
    if params.get("proration_behavior") == "none":
        raise invalid(
            "The `proration_behavior` cannot be `none` where periods are billed ahead.",
            "proration_behavior",
        )
    items = items_of(work, subscription)
    if any(item["current_trial"] for item in items):
        # What comes after the trial has another price, and another billing cycle.
        raise not_emulated(PARAM)
    owners = [subscription, *items]
    for id in (id for owner in owners for id in in_force(work, owner, subscription)):
        if not spreads_evenly(work, id):
            raise invalid(
                "Only coupons with `percent_off` and a duration of `once` or `forever` can be used where periods are "
                "billed ahead.",
                PARAM,
            )


def _schedule(
    work: UnitOfWork,
    subscription: Record,
    given: Mapping[str, Any],
    known: Mapping[str, Record],
    param: str,
) -> Record:
    """What a subscription shows of one of the schedules that a request gives it."""
    before = known.get(given.get("key") or "") or {}
    until = given.get("bill_until")
    if until is None and not before:
        raise missing_parameter(f"{param}[bill_until]")
    prices = given.get("applies_to")
    return {
        "applies_to": before.get("applies_to")
        if prices is None
        else [{"price": each.get("price"), "type": each["type"]} for each in prices],
        "bill_until": before["bill_until"]
        if until is None
        else _until(work, subscription, until, f"{param}[bill_until]"),
        "key": given.get("key") or work.ids.text(24),
    }


def _until(work: UnitOfWork, subscription: Record, given: Mapping[str, Any], param: str) -> Record:
    """Until when is billed, as a subscription shows it: at most five years from now, and not beyond its end."""
    kind, now = given["type"], work.now(subscription)
    if given.get(kind) is None:
        raise missing_parameter(f"{param}[{kind}]")
    length = None
    if kind == "duration":
        length = {"interval_count": None, **given["duration"]}
        moment = interval_given(length, f"{param}[duration]").after(now, 1)
    else:
        moment = given["timestamp"]
    if moment > now + LONGEST:
        raise invalid("You can bill at most five years ahead.", param)
    ends = subscription["cancel_at"]
    if ends is not None and moment > ends:
        raise invalid("You cannot bill beyond the end of the subscription.", param)
    return {
        "computed_timestamp": moment,
        "duration": length,
        "timestamp": None if length else moment,
        "type": kind,
    }


def _concerned(
    work: UnitOfWork, subscription: Record, schedule: Record, param: str
) -> Sequence[Record]:
    """The items that a schedule is for: those whose prices it names, or all that are renewed before it ends."""
    licensed = [
        item for item in items_of(work, subscription) if not is_metered(price_of(work, item))
    ]
    end = schedule["bill_until"]["computed_timestamp"]
    if schedule["applies_to"]:
        named = [each["price"] for each in schedule["applies_to"]]
        concerned = [item for item in licensed if item["price"] in named]
        for place, price in enumerate(named):
            if all(item["price"] != price for item in concerned):
                raise invalid(
                    "No item of this subscription that is not billed by its usage has this price.",
                    f"{param}[applies_to][{place}][price]",
                )
        is_early = any(end < item["current_period_end"] for item in concerned)
    else:
        concerned = [item for item in licensed if item["current_period_end"] <= end]
        is_early = not concerned
    if not licensed:
        raise invalid(
            "A subscription all of whose items are billed by their usage cannot be billed ahead.",
            param,
        )
    if is_early:
        raise invalid(
            "You cannot bill until a moment before the end of the current period.",
            f"{param}[bill_until]",
        )
    return concerned


def _bill_until(
    work: UnitOfWork, subscription: Record, customer: Record, item: Record, end: int
) -> int:
    """Make pending items of what an item costs until a moment, as far as that is not billed yet.

    :return: how many periods that concerns
    """
    start = max(item["current_period_end"], item.get("billed_until") or 0)
    anchor, amount = subscription["billing_cycle_anchor"], gross(work, item)
    parts = periods_between(anchor, recurrence(price_of(work, item)), start, end)
    for part, whole in parts:
        for line in item_lines(work, subscription, item, part, portion(amount, whole, part)):
            new_item(work, customer, line, subscription["currency"])
    if "billed_until" not in item:
        work.note(item, AHEAD, start)
    work.change(item)["billed_until"] = max(start, end)
    return len(parts)
