"""The end of a trial of subscription items: they have the price that their offer leads to, and a new billing cycle begins
(https://docs.stripe.com/billing/subscriptions/trials#setting-a-billing-anchor-when-a-trial-offer-ends).
"""

from collections.abc import Sequence

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.subscription_prorations import credits, prorate
from localstack_stripe.resources.billing.subscription_terms import (
    items_of,
    lasting_price,
    price_of,
    show_single_item,
)
from localstack_stripe.resources.billing.usage_billing import (
    is_metered,
    leave_unbilled,
    rest_of_usage,
)


def ending_trials(work: UnitOfWork, subscription: Record) -> list[Record]:
    """The items whose trials are over by now."""
    now = work.now(subscription)
    items = items_of(work, subscription)
    return [
        item for item in items if item["current_trial"] and item["current_trial"]["end_date"] <= now
    ]


def end_trials(work: UnitOfWork, subscription: Record) -> Sequence[Record]:
    """Give the items whose trials are over the price that they have from now on.

    :return: the items whose next period begins for that: all of them where the billing cycle begins anew, which is what
        happens unless ``trial_settings`` say otherwise, and what is left of a period of the others is credited
    """
    over = ending_trials(work, subscription)
    if not over:
        return ()
    for item in over:
        _settle_usage(work, subscription, item)
        after = lasting_price(work, item)
        item = work.change(item)
        item |= {"current_trial": None, "plan": after["id"], "price": after["id"]}
        if is_metered(after):
            item.pop("quantity", None)
        else:
            item.setdefault("quantity", 1)
    show_single_item(work, subscription)
    if subscription["trial_settings"]["end_behavior"]["billing_cycle_anchor"] == "unchanged":
        return over
    now = work.now(subscription)
    items = [work.change(item) for item in items_of(work, subscription)]
    customer = work.require("customer", subscription["customer"], "customer")
    for given_back in credits(work, subscription, items, now).values():
        prorate(work, subscription, customer, given_back, None)
    subscription["billing_cycle_anchor"] = now
    return items


def _settle_usage(work: UnitOfWork, subscription: Record, item: Record) -> None:
    """Bill what was used in a trial as it cost then."""
    price, now = price_of(work, item), work.now(subscription)
    if not is_metered(price):
        return
    customer = work.require("customer", subscription["customer"], "customer")
    for line in rest_of_usage(work, subscription, item, price, now):
        new_item(work, customer, line, subscription["currency"])
    leave_unbilled(work, item, now)
