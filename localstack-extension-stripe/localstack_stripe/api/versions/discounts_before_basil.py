"""What was said of discounts until version 2025-03-31.basil: there was one, of a coupon or of a promotion code, and customers had
one as well (https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-singular-coupon-promotion-code).
"""

from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, by_each, only, without
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.customer_discounts import PARAMS


def _discount(work: UnitOfWork, record: Record) -> Record:
    """What there was one of."""
    return {"discount": record["discounts"][0] if record["discounts"] else None}


def _schedule(work: UnitOfWork, schedule: Record) -> Record:
    """A phase had one coupon."""
    phases = schedule["phases"]
    return {"phases": [{**phase, "coupon": _coupon_of(work, phase)} for phase in phases]}


def _coupon_of(work: UnitOfWork, phase: Record) -> str | None:
    for each in phase["discounts"]:
        discount = work.get("discount", each.get("discount") or "") or {}
        coupon: str | None = each.get("coupon") or at(discount, "source.coupon")
        return coupon
    return None


def _discounted(tree: Tree) -> Tree:
    """``coupon`` and ``promotion_code`` were parameters of their own, which took the discount away where they were empty."""
    given = only(tree, "coupon", "promotion_code")
    if not given or "discounts" in tree:
        return tree
    named: list[Any] = [{name: value} for name, value in given.items() if value]
    return {**without(tree, *given), "discounts": named or ""}


_OF_CUSTOMER = dict.fromkeys(PARAMS, "'' | string")
"""What gave a customer a discount of its own."""


CHANGE = Change(
    day="2025-03-31",
    fields={
        "SubscriptionSchedulePhase": {"coupon": "@coupon | null"},
        "invoice": {"discount": "#discount | null"},
        "subscription": {"discount": "#discount | null"},
    },
    values={"invoice": _discount, "subscription": _discount, "subscription_schedule": _schedule},
    parameters={
        "POST /v1/invoices/create_preview": by(_discounted),
        "POST /v1/subscription_schedules": by_each("phases", _discounted),
        "POST /v1/subscription_schedules/{schedule}": by_each("phases", _discounted),
        "POST /v1/subscriptions": by(_discounted),
        "POST /v1/subscriptions/{subscription}": by(_discounted),
    },
    accepted={
        "POST /v1/customers": _OF_CUSTOMER,
        "POST /v1/customers/{customer}": _OF_CUSTOMER,
    },
)
