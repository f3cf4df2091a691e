"""Lists of subscriptions, and by what they are selected (https://docs.stripe.com/api/subscriptions/list)."""

from typing import Any

from localstack_stripe.engine.behaviours import Call, listed_only, operation
from localstack_stripe.engine.lists import Filter, Page, in_range, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.billing.subscription_terms import items_of


@operation("GET /v1/subscriptions")
def list_subscriptions(call: Call) -> Page:
    """Those that have not ended, unless a status is asked for (https://docs.stripe.com/api/subscriptions/list)."""
    conditions = {"status": "not_canceled", **call.params}
    filters = {
        "status": _has_status,
        "price": _has_price,
        "plan": _has_price,
        "current_period_start": _has_period("current_period_start"),
        "current_period_end": _has_period("current_period_end"),
    }
    return page_of(
        call.work,
        ["subscription"],
        call.operation,
        call.path,
        conditions,
        "list",
        filters,
        listed_only(call),
    )


def _has_status(work: UnitOfWork, subscription: Record, wanted: str) -> bool:
    """Select by status, or by Stripe's groups of them."""
    status = subscription["status"]
    if wanted == "all":
        return True
    if wanted == "ended":
        return status in ENDED
    if wanted == "not_canceled":
        return bool(status != "canceled")
    return bool(status == wanted)


def _has_period(name: str) -> Filter:
    """Select by the start or the end of an item's period."""

    def test(work: UnitOfWork, subscription: Record, wanted: Any) -> bool:
        bounds = wanted if isinstance(wanted, dict) else {"gte": wanted, "lte": wanted}
        return any(in_range(item[name], bounds) for item in items_of(work, subscription))

    return test


def _has_price(work: UnitOfWork, subscription: Record, price: str) -> bool:
    """Select by the price of an item."""
    return any(item["price"] == price for item in items_of(work, subscription))
