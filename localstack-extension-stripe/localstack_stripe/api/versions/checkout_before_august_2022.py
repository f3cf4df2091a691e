"""What was said of a new Checkout session until version 2022-08-01 (https://docs.stripe.com/changelog/2022-08-01): items had
their amounts in them, a subscription its plans, and the payment was there from the start, with a customer.
"""

from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import (
    Change,
    Find,
    flag,
    listed,
    only,
    with_each,
    without,
)
from localstack_stripe.resources.checkout.checkout_intents import AT_ONCE

_PRODUCT = ("description", "images", "name")


def _session(tree: Tree, find: Find) -> Tree:
    tree = with_each(_subscribing(tree, find), "line_items", _priced)
    tree = _brought(tree)
    # The mode could be left out until it became possible to save a payment method.
    saves = "setup_intent_data" in tree
    tree = {"mode": "setup" if saves else "payment", **tree}
    if tree["mode"] != "payment":
        return tree
    # https://docs.stripe.com/changelog/2022-08-01/default-customer-creation-checkout-session
    created = {} if tree.get("customer") else {"customer_creation": "always"}
    # https://docs.stripe.com/changelog/2022-08-01/deferred-paymentintent-checkout-session
    return {**created, **tree, AT_ONCE: "true"}


def _priced(item: Tree) -> Tree:
    """https://docs.stripe.com/changelog/2022-08-01/replaces-line-item-create-checkout-session"""
    if "amount" not in item or "price" in item or "price_data" in item:
        return item
    price: Tree = {
        "product_data": only(item, *_PRODUCT),
        "unit_amount": item["amount"],
        **only(item, "currency"),
    }
    return {**without(item, "amount", "currency", *_PRODUCT), "price_data": price}


def _subscribing(tree: Tree, find: Find) -> Tree:
    """https://docs.stripe.com/changelog/2022-08-01/removes-subscription-data-create-checkout-session"""
    data: Any = tree.get("subscription_data")
    if not isinstance(data, dict):
        return tree
    others = without(data, "coupon", "items", "trial_from_plan")
    given = listed(data.get("items"))
    if given:
        plans = [_item(each) if isinstance(each, dict) else each for each in given]
        once = listed(tree.get("line_items")) or []
        tree = {"mode": "subscription", **tree, "line_items": [*plans, *once]}
        if flag(data, "trial_from_plan"):
            days = _trial_of(plans, find)
            others = {"trial_period_days": str(days), **others} if days else others
    if data.get("coupon") and "discounts" not in tree:
        tree = {**tree, "discounts": [{"coupon": data["coupon"]}]}
    return {
        **without(tree, "subscription_data"),
        **({"subscription_data": others} if others else {}),
    }


def _item(plan: Tree) -> Tree:
    return {"quantity": "1", **without(plan, "plan"), "price": plan.get("plan", "")}


def _trial_of(items: list[Any], find: Find) -> int | None:
    """The longest trial that a plan offers."""
    named = [each["price"] for each in items if isinstance(each, dict)]
    prices = [find("price", each) for each in named if isinstance(each, str)]
    offered = [(price or {}).get("recurring") or {} for price in prices]
    return max((each.get("trial_period_days") or 0 for each in offered), default=0) or None


def _brought(tree: Tree) -> Tree:
    given = listed(tree.get("shipping_rates"))
    if not given or "shipping_options" in tree:
        return tree
    options = [{"shipping_rate": each} for each in given]
    return {**without(tree, "shipping_rates"), "shipping_options": options}


CHANGE = Change(
    day="2022-08-01",
    parameters={"POST /v1/checkout/sessions": _session},
    accepted={"POST /v1/checkout/sessions": {AT_ONCE: "boolean"}},
)
