"""Subscription items (https://docs.stripe.com/api/subscription_items), changed one at a time."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, missing_parameter, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.item_trials import require_possible
from localstack_stripe.resources.billing.subscription_changes import change_items
from localstack_stripe.resources.billing.subscription_pending import BEHAVIOR, attempt, discard
from localstack_stripe.resources.billing.subscription_stages import ENDED, tell_followers
from localstack_stripe.resources.billing.subscription_terms import items_of

_TERMS = {
    "billing_thresholds",
    "current_trial",
    "discounts",
    "metadata",
    "plan",
    "price",
    "price_data",
    "quantity",
    "tax_rates",
}


@operation("POST /v1/subscription_items")
def create(call: Call) -> Record:
    """Add an item."""
    if not call.params.get("subscription"):
        raise missing_parameter("subscription")
    id = call.params["subscription"]
    subscription = call.work.require("subscription", id, "subscription")
    _change(call, subscription, _terms(call))
    subscription = call.work.require("subscription", id, "subscription")
    waiting = (subscription["pending_update"] or {}).get("subscription_items")
    items: list[Record] = waiting or items_of(call.work, subscription)
    return items[-1]


@operation("POST /v1/subscription_items/{item}")
def update(call: Call) -> Record:
    """Change an item's price or quantity."""
    item = require_path(call, "item", "subscription_item")
    subscription = call.work.require("subscription", item["subscription"], "subscription")
    _change(call, subscription, {**_terms(call), "id": item["id"]})
    return require_path(call, "item", "subscription_item")


@operation("DELETE /v1/subscription_items/{item}")
def delete(call: Call) -> Record:
    """Remove an item."""
    item = require_path(call, "item", "subscription_item")
    subscription = call.work.require("subscription", item["subscription"], "subscription")
    _change(call, subscription, {"id": item["id"], "deleted": True})
    if call.work.get("subscription_item", item["id"]) is not None:
        return item  # which is removed when that was paid for
    buried = call.work.buried("subscription_item", item["id"])
    assert buried is not None
    return buried


def _terms(call: Call) -> Record:
    return {name: value for name, value in call.params.items() if name in _TERMS}


def _change(call: Call, subscription: Record, item: Mapping[str, Any]) -> None:
    """The same as updating the subscription with this one item."""
    if subscription["status"] in ENDED:
        raise no_such("subscription", subscription["id"], "subscription", status=404)
    work = call.work
    customer = work.require("customer", subscription["customer"], "customer")
    subscription = work.change(subscription)
    params = {**call.params, "items": [item]}
    require_possible(subscription, params, params["items"])
    change = partial(change_items, work, params, subscription, customer)
    try:
        if call.params.get("payment_behavior") == BEHAVIOR:
            attempt(work, subscription, call.params, change)
        else:
            discard(work, subscription)
            change()
    except StripeError as error:
        # `items[0][price]` of the update is `price` here.
        if error.param is not None and error.param.startswith("items[0]["):
            name, _, rest = error.param.removeprefix("items[0][").partition("]")
            error.param = name + rest
        raise
    tell_followers(work, subscription, "changed")
