"""Entitlements (https://docs.stripe.com/billing/entitlements): what customers may use, by the features of the products
that they are subscribed to.

A subscription gives what its products have when it begins, when its items change and when its next period begins; what
a product is given in between counts from the next period on. A subscription that is paused gives nothing
(https://docs.stripe.com/billing/subscriptions/pause); one whose invoices are not collected gives what it gave.
"""

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    hides,
    list_filter,
    plain,
)
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import already_exists
from localstack_stripe.engine.lists import embedded
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.events.previous import previous_attributes
from localstack_stripe.resources.billing.subscription_stages import when_subscription
from localstack_stripe.resources.billing.subscription_terms import items_of, price_of

FEATURE = "entitlements.feature"
ENTITLEMENT = "entitlements.active_entitlement"
SUMMARY = "entitlements.active_entitlement_summary"

_LIST = "GET /v1/entitlements/active_entitlements"

GIVEN = "features given"
"""Noted of a subscription: the ids of the features that its customer has by it."""

hides(ENTITLEMENT, PARENT)
plain(
    "GET /v1/entitlements/active_entitlements/{id}",
    "GET /v1/entitlements/features",
    "GET /v1/entitlements/features/{id}",
    "GET /v1/products/{product}/features",
    "GET /v1/products/{product}/features/{id}",
    "DELETE /v1/products/{product}/features/{id}",
    "POST /v1/entitlements/features/{id}",
    "POST /v1/products/{product}/features",
    _LIST,
)


@before_create(FEATURE)
def require_unused_key(call: Call, feature: Record) -> None:
    """A lookup key is one feature's, until that is archived (https://docs.stripe.com/api/entitlements/feature/create)."""
    for other in call.work.where(FEATURE, "lookup_key", feature["lookup_key"]):
        if other["id"] != feature["id"] and other["active"]:
            raise already_exists("feature", "lookup_key")


@list_filter(_LIST, "customer")
def is_of(work: UnitOfWork, entitlement: Record, customer: str) -> bool:
    """Select a customer's."""
    return bool(entitlement[PARENT] == customer)


@when_subscription("begun")
@when_subscription("changed")
def give(work: UnitOfWork, subscription: Record) -> None:
    """Let the customer use what the subscription's products have, once the subscription runs."""
    if subscription["status"] in ("active", "trialing", "past_due"):
        _set_given(work, subscription, _features_of(work, subscription))


@when_subscription("paused")
@when_subscription("ended")
def take(work: UnitOfWork, subscription: Record) -> None:
    """Take it back."""
    _set_given(work, subscription, [])


def _features_of(work: UnitOfWork, subscription: Record) -> list[str]:
    products = [price_of(work, item)["product"] for item in items_of(work, subscription)]
    return [
        each["entitlement_feature"]
        for product in products
        for each in reversed(work.where("product_feature", PARENT, product))
    ]


def _set_given(work: UnitOfWork, subscription: Record, features: list[str]) -> None:
    """Note what a subscription gives, and tell of the customer's entitlements where they are others now."""
    if features == (work.noted(subscription, GIVEN) or []):
        return
    work.note(subscription, GIVEN, features)
    customer = subscription["customer"]
    wanted = {
        feature: None
        for each in reversed(work.where("subscription", "customer", customer))
        for feature in work.noted(each, GIVEN) or []
    }
    before = work.where(ENTITLEMENT, PARENT, customer)
    known = {each["feature"] for each in before}
    if known == wanted.keys():
        return
    earlier = _summary(customer, before)
    for entitlement in before:
        if entitlement["feature"] not in wanted:
            work.remove(entitlement)
    for id in wanted:
        if id not in known:
            key = work.require(FEATURE, id, "feature")["lookup_key"]
            work.create(ENTITLEMENT, **{PARENT: customer}, feature=id, lookup_key=key)
    summary = _summary(customer, work.where(ENTITLEMENT, PARENT, customer))
    work.happened(f"{SUMMARY}.updated", summary, previous_attributes(earlier, summary))


def _summary(customer: str, entitlements: list[Record]) -> Record:
    """All that a customer may use (https://docs.stripe.com/api/events/types).

    Its id is not shown: a customer has one.
    """
    shown = [
        {name: value for name, value in each.items() if name != PARENT} for each in entitlements
    ]
    return {
        "id": customer,
        "object": SUMMARY,
        "customer": customer,
        "entitlements": embedded(shown, f"/v1/customer/{customer}/entitlements"),
        "livemode": False,
    }
