"""What objects and requests had until version 2025-09-30.clover, and have elsewhere since: coupons stand in the place of what
may be something else, too; and what was not said of a subscription's billing (https://docs.stripe.com/changelog/clover).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import (
    Change,
    Find,
    by,
    found_at,
    listed,
    with_each,
    without,
)
from localstack_stripe.engine.store import Record


def _promote(tree: Tree) -> Tree:
    if "coupon" not in tree or "promotion" in tree:
        return tree
    return {**without(tree, "coupon"), "promotion": {"coupon": tree["coupon"], "type": "coupon"}}


def _classic(tree: Tree) -> Tree:
    """A new subscription was billed in the classic way (``billing-mode-default-flexible``)."""
    return {"billing_mode": {"type": "classic"}, **tree}


def _classic_part(tree: Tree, name: str) -> Tree:
    part = tree.get(name) or {}
    if not isinstance(part, dict):
        return tree
    return {**tree, name: {"billing_mode": {"type": "classic"}, **part}}


def _preview(tree: Tree) -> Tree:
    if "subscription_details" in tree and "subscription" not in tree:
        return _classic_part(tree, "subscription_details")
    if "schedule_details" in tree and "schedule" not in tree:
        return _classic_part(tree, "schedule_details")
    return tree


def _session(tree: Tree) -> Tree:
    return _classic_part(tree, "subscription_data") if tree.get("mode") == "subscription" else tree


def _quote(tree: Tree) -> Tree:
    return _classic_part(tree, "subscription_data")


def _schedule(tree: Tree, find: Find) -> Tree:
    tree = _repeated(tree, find)
    return tree if tree.get("from_subscription") else _classic(tree)


def _repeated(tree: Tree, find: Find) -> Tree:
    """A phase could last for so many periods of its prices."""

    def lasting(phase: Tree) -> Tree:
        times = phase.get("iterations")
        if times is None or "duration" in phase:
            return phase
        others = without(phase, "iterations")
        recurring = _recurring(others, find)
        if recurring is None or not str(times).isdecimal():
            return phase
        count = int(recurring.get("interval_count") or 1) * int(times)
        return {
            **others,
            "duration": {"interval": recurring["interval"], "interval_count": str(count)},
        }

    return with_each(tree, "phases", lasting)


def _recurring(phase: Tree, find: Find) -> Record | None:
    """How often the first price of a phase recurs, where that is known."""
    items = listed(phase.get("items"))
    first = items[0] if items else None
    if not isinstance(first, dict):
        return None
    id = first.get("price") or first.get("plan")
    price = find("price", id) if isinstance(id, str) else first.get("price_data")
    recurring: Record | None = (price or {}).get("recurring")
    return recurring if isinstance(recurring, dict) and recurring.get("interval") else None


CHANGE = Change(
    day="2025-09-30",
    fields={"discount": {"coupon": "#coupon"}, "promotion_code": {"coupon": "#coupon"}},
    values={
        "discount": found_at(coupon="source.coupon"),
        "promotion_code": found_at(coupon="promotion.coupon"),
    },
    parameters={
        "POST /v1/checkout/sessions": by(_session),
        "POST /v1/invoices/create_preview": by(_preview),
        "POST /v1/promotion_codes": by(_promote),
        "POST /v1/quotes": by(_quote),
        "POST /v1/subscription_schedules": _schedule,
        "POST /v1/subscription_schedules/{schedule}": _repeated,
        "POST /v1/subscriptions": by(_classic),
    },
)
