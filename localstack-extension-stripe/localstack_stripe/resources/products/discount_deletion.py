"""Discounts that are taken away from who has them (https://docs.stripe.com/api/discounts): invoices that have them keep them."""

from collections.abc import Sequence

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


@operation("DELETE /v1/subscriptions/{subscription}/discount")
def delete_subscription_discount(call: Call) -> Record:
    """Take the last of a subscription's discounts away (https://docs.stripe.com/api/discounts/subscription_delete)."""
    found = require_path(call, "subscription", "subscription")
    if not found["discounts"]:
        raise _no_discount(found)
    subscription = call.work.change(found)
    id = subscription["discounts"].pop()
    return _deleted(call.work, id)


@operation("DELETE /v1/customers/{customer}/discount")
def delete_customer_discount(call: Call) -> Record:
    """Take a customer's own discount away (https://docs.stripe.com/api/discounts/delete)."""
    customer = require_path(call, "customer", "customer")
    id = customer["discount"]
    if id is None:
        raise _no_discount(customer)
    call.work.change(customer)["discount"] = None
    return _deleted(call.work, id)


def tell_removed(work: UnitOfWork, before: Sequence[str], now: Sequence[str]) -> None:
    """Say of the discounts that an owner had *before*, and has no more, that they were removed."""
    for id in before:
        if id not in now:
            discount = work.require("discount", id, "discount")
            work.happened("customer.discount.deleted", discount)


def _deleted(work: UnitOfWork, id: str) -> Record:
    tell_removed(work, [id], [])
    return {**work.require("discount", id, "discount"), "deleted": True}


def _no_discount(owner: Record) -> StripeError:
    return StripeError(
        f"No active discount for {owner['object']}: {owner['id']}",
        status=404,
        code="resource_missing",
        param=owner["object"],
    )
