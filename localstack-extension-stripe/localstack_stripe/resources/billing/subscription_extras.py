"""What is sold once with a subscription (``add_invoice_items``): it goes onto the next invoice.

https://docs.stripe.com/api/subscriptions/create#create_subscription-add_invoice_items
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.requested_items import (
    checked_quantity,
    currency_of,
    price_of_item,
    set_discounts,
)
from localstack_stripe.resources.billing.subscription_terms import Period, items_of, period_around
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.products.tax_rates import usable_rates

COMMON_PERIOD = {
    "end": {"type": "min_item_period_end"},
    "start": {"type": "max_item_period_start"},
}
"""What something that is sold once is for, unless it is said: what the current periods of the items have in common."""


def one_time_prices(work: UnitOfWork, given: Sequence[Mapping[str, Any]]) -> list[Record]:
    """The prices that an ``add_invoice_items`` parameter names."""
    return [
        price_of_item(work, each, f"add_invoice_items[{place}]", type="one_time")
        for place, each in enumerate(given)
    ]


def add_invoice_items(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    given: Sequence[Mapping[str, Any]],
    prices: Sequence[Record],
) -> None:
    """One-time items, which go onto the subscription's next invoice."""
    for place, (each, price) in enumerate(zip(given, prices, strict=True)):
        param = f"add_invoice_items[{place}]"
        currency_of([price], subscription["currency"])
        price = priced_in(price, subscription["currency"])
        quantity = 1 if each.get("quantity") is None else each["quantity"]
        product = work.get("product", price["product"])
        line = Line(
            price_amount(price, checked_quantity(quantity, param)),
            product["name"] if product else price["id"],
            _period_of_extra(work, subscription, each.get("period") or {}, param),
            price,
            quantity,
            subscription=subscription["id"],
            discountable=each.get("discountable") is not False,
        )
        item = new_item(work, customer, line, subscription["currency"])
        item["metadata"] = merged_metadata({}, each.get("metadata") or {})
        item["tax_rates"] = usable_rates(work, each.get("tax_rates") or [], f"{param}[tax_rates]")
        set_discounts(work, subscription, item, each, param)


def _period_of_extra(
    work: UnitOfWork, subscription: Record, given: Mapping[str, Any], param: str
) -> Period:
    """The time that a one-time item is for: :data:`COMMON_PERIOD`, unless it is said
    (https://docs.stripe.com/api/subscriptions/create#create_subscription-add_invoice_items-period).

    :raises StripeError: 400 where it ends before it starts
    """
    now = work.now(subscription)
    periods = [_period_now(work, subscription, item, now) for item in items_of(work, subscription)]
    moments = {
        "max_item_period_start": max(start for start, _ in periods),
        "min_item_period_end": min(end for _, end in periods),
        "now": now,
    }

    def moment(name: str) -> int:
        said = given.get(name) or COMMON_PERIOD[name]
        if said["type"] != "timestamp":
            return moments[said["type"]]
        if said.get("timestamp") is None:
            raise missing_parameter(f"{param}[period][{name}][timestamp]")
        return int(said["timestamp"])

    start, end = moment("start"), moment("end")
    if start > end:
        raise invalid("The end of a period cannot be before its start.", f"{param}[period][end]")
    return start, end


def _period_now(work: UnitOfWork, subscription: Record, item: Record, now: int) -> Period:
    """An item's current period, or the one that is about to begin."""
    if now < item["current_period_end"]:
        return item["current_period_start"], item["current_period_end"]
    return period_around(work, subscription, item, now)
