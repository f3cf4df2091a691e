"""What a subscription's items cost, and for which periods.

https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval, period_at
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.discount_reductions import in_force, reductions
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.products.trial_offers import OFFER, price_after

Period = tuple[int, int]
"""Start and end, in seconds since 1970."""


class Cost(NamedTuple):
    """What is asked for an item, in minor units.

    :param gross: before discounts
    :param off: what discounts take off it, by their ids; negative where something is given back
    """

    gross: int
    off: Mapping[str, int]

    @property
    def net(self) -> int:
        """What is left after the discounts."""
        return self.gross - sum(self.off.values())


def items_of(work: UnitOfWork, subscription: Record) -> list[Record]:
    """A subscription's items, in the order in which they were added."""
    return work.where("subscription_item", "subscription", subscription["id"])[::-1]


def show_single_item(work: UnitOfWork, subscription: Record) -> None:
    """``plan`` and ``quantity`` of a subscription with one item, as older code reads them."""
    items = items_of(work, subscription)
    single = items[0] if len(items) == 1 else None
    subscription["plan"] = single["plan"] if single else None
    subscription["quantity"] = single.get("quantity") if single else None


def price_of(work: UnitOfWork, item: Record) -> Record:
    """An item's price, in its subscription's currency where it has one; it may have been archived or deleted since."""
    price = work.require("price", item["price"], "price")
    subscription = work.get("subscription", item.get("subscription") or "")
    return priced_in(price, subscription["currency"] if subscription is not None else None)


def recurrence(price: Record) -> Interval:
    """How often a price recurs."""
    return Interval(price["recurring"]["interval"], price["recurring"]["interval_count"])


def interval_of(prices: Sequence[Record], param: str = "items", *, mixed: bool = False) -> Interval:
    """How often a subscription to these prices renews: the shortest of their intervals.

    :param param: where the prices are in the request
    :param mixed: whether they may have several (https://docs.stripe.com/billing/subscriptions/mixed-interval)
    :raises StripeError: 400 where they have and may not
    """
    intervals = {recurrence(price) for price in prices}
    if len(intervals) > 1 and not mixed:
        raise invalid(
            "All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.",
            param,
        )
    shortest = min(intervals, key=lambda interval: interval.shortest)
    if not all(interval.is_multiple_of(shortest) for interval in intervals):
        raise invalid(
            "The billing intervals of a subscription's prices must be multiples of the shortest of them.",
            param,
        )
    return shortest


def is_flexible(subscription: Record) -> bool:
    """Whether a subscription is billed in the flexible way (https://docs.stripe.com/billing/subscriptions/billing-mode)."""
    return bool(subscription["billing_mode"]["type"] == "flexible")


def is_itemized(subscription: Record) -> bool:
    """Whether prorations show what discounts take off them, instead of being less by it
    (https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts).
    """
    flexible = subscription["billing_mode"]["flexible"] or {}
    return bool(flexible.get("proration_discounts") == "itemized")


def lasting_price(work: UnitOfWork, item: Record) -> Record:
    """An item's price, or what that will be once its trial is over."""
    trial = item["current_trial"]
    if trial is None:
        return price_of(work, item)
    return price_after(work, work.require(OFFER, trial["trial_offer"], "trial_offer"))


def current_interval(work: UnitOfWork, subscription: Record) -> Interval:
    """How often a subscription renews, trials of its items aside."""
    prices = [lasting_price(work, item) for item in items_of(work, subscription)]
    return interval_of(prices, mixed=True)


def whole_period(work: UnitOfWork, subscription: Record, item: Record) -> Period:
    """The period that an item would have without a start or an end of its own, as a first one up to an anchor has."""
    return period_around(work, subscription, item, item["current_period_start"])


def period_around(work: UnitOfWork, subscription: Record, item: Record, moment: int) -> Period:
    """The period of an item's cycle in which a moment is. A trial of an item has a cycle of its own."""
    trial = item["current_trial"]
    anchor = subscription["billing_cycle_anchor"] if trial is None else trial["start_date"]
    return period_at(anchor, recurrence(price_of(work, item)), moment)


def natural_end(work: UnitOfWork, subscription: Record, item: Record) -> int:
    """When the period of an item ends that begins as it says: with the interval, or with the subscription
    (https://docs.stripe.com/api/subscriptions/create#create_subscription-cancel_at).
    """
    end = whole_period(work, subscription, item)[1]
    ends = subscription["cancel_at"]
    is_cut = ends is not None and item["current_period_start"] < ends < end
    return int(ends) if is_cut else end


def begin_period(work: UnitOfWork, subscription: Record, item: Record, start: int) -> None:
    """Let an item's next period begin, and end as it does by itself."""
    item = work.change(item)
    item["current_period_start"] = start
    item["current_period_end"] = natural_end(work, subscription, item)


def gross(work: UnitOfWork, item: Record) -> int:
    """What a whole period of an item costs, before discounts."""
    return price_amount(price_of(work, item), item.get("quantity", 0))


def costs(work: UnitOfWork, subscription: Record, items: Sequence[Record]) -> list[Cost]:
    """What a whole period of each item costs, with the discounts that are in force."""
    own, priced = [], []
    for item in items:
        product, amount = price_of(work, item)["product"], gross(work, item)
        [off] = reductions(work, in_force(work, item, subscription), [(product, amount)])
        own.append(Cost(amount, off))
        priced.append((product, own[-1].net))
    general = reductions(work, in_force(work, subscription), priced)
    return [Cost(each.gross, {**each.off, **off}) for each, off in zip(own, general, strict=True)]
