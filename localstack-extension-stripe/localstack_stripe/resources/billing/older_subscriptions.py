"""Changes of a subscription in the words of older versions, in which it had one plan and was one thing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import Call, require_path, understands
from localstack_stripe.engine.errors import invalid
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.payment_methods.cards import add_source

PLAN, QUANTITY = "sole_plan", "sole_quantity"
"""The plan and the quantity of a subscription's one item, which the API called ``plan`` and ``quantity`` until 2020-08-27."""

SOURCE = "customers_source"
"""The source that its customer gets with a subscription, and pays with from then on, which was ``source`` until 2018-07-27."""

AT_PERIOD_END = "at_period_end"

_UPDATE = "POST /v1/subscriptions/{subscription}"


@understands(PLAN)
def with_plan(call: Call) -> Call:
    """Change the plan of a subscription's one item.

    :raises StripeError: 400 where it has several
    """
    return _of_item(call, {"plan": call.params[PLAN]})


@understands(QUANTITY)
def with_quantity(call: Call) -> Call:
    """Change its quantity.

    :raises StripeError: 400 where the subscription has several items
    """
    return _of_item(call, {"quantity": call.params[QUANTITY]})


def _of_item(call: Call, change: Mapping[str, Any]) -> Call:
    items = items_of(call.work, require_path(call, "subscription", "subscription"))
    if len(items) != 1:
        raise invalid(
            f"This subscription has {len(items)} items: to change one of them, use `items`.",
            "items",
        )
    [given] = call.params.get("items") or [{"id": items[0]["id"]}]
    return replace(call, params={**call.params, "items": [{**given, **change}]})


@understands(SOURCE)
def with_source(call: Call) -> Call:
    """Give the customer a source, by which they pay by default.

    :raises StripeError: 400 where there is no such token, 402 where the card's bank refuses it
    """
    work, id = call.work, call.params.get("customer")
    if id is None:
        id = require_path(call, "subscription", "subscription")["customer"]
    customer = work.change(work.require("customer", id, "customer"))
    customer["default_source"] = add_source(work, customer, call.params[SOURCE], "source")["id"]
    return call


@understands(AT_PERIOD_END)
def at_its_end(call: Call) -> Call:
    """Cancel a subscription when its period is over, and not now."""
    if not call.params[AT_PERIOD_END]:
        return call
    update = call.work.contract.operations[_UPDATE]
    return replace(call, operation=update, params={"cancel_at_period_end": True})
