"""Subscription schedules (https://docs.stripe.com/api/subscription_schedules): whose they are, and what they will sell.

They are kept, and not carried out, so this is no behaviour.
"""

from localstack_stripe.engine.behaviours import Call, checks
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.owners import belong_to_a_customer
from localstack_stripe.resources.subscription_changes import price_of_item


@checks("subscription_schedule")
def complete(call: Call, schedule: Record) -> None:
    """A schedule is a customer's, or that of a subscription's customer; each item of a phase has a price, which is its
    plan, too (https://docs.stripe.com/api/subscription_schedules/create).

    :raises StripeError: 400 where it is nobody's, or an item has no price
    """
    named = call.params.get("from_subscription")
    if named is not None:
        subscription = call.work.require("subscription", named, "from_subscription")
        schedule["customer"], schedule["subscription"] = subscription["customer"], named
    belong_to_a_customer(call, schedule)
    for place, phase in enumerate(call.params.get("phases") or []):
        kept = schedule["phases"][place]["items"]
        for number, given in enumerate(phase["items"]):
            price = price_of_item(call.work, given, f"phases[{place}][items][{number}]")
            kept[number]["price"] = kept[number]["plan"] = price["id"]
