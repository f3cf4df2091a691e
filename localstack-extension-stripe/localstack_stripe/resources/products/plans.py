"""Plans (https://docs.stripe.com/api/plans): the older way to see a recurring price.

There is one record, the price; a plan is a view of it under the same id, and making one makes a price.
"""

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, view
from localstack_stripe.engine.errors import already_exists, missing_parameter, no_such
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.price_tiers import set_amounts, set_scheme
from localstack_stripe.resources.products.prices import (
    active_price,
    keep_aggregation,
    recurrence,
    tell_archived,
)
from localstack_stripe.resources.products.products import described_product


def plan_of(price: Record) -> Record:
    """A recurring price as a plan."""
    recurring = price["recurring"]
    return {
        "id": price["id"],
        "object": "plan",
        "active": price["active"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "billing_scheme": price["billing_scheme"],
        "created": price["created"],
        "currency": price["currency"],
        "interval": recurring["interval"],
        "interval_count": recurring["interval_count"],
        "livemode": False,
        "metadata": price["metadata"],
        "meter": recurring["meter"],
        "nickname": price["nickname"],
        "product": price["product"],
        "tiers_mode": price["tiers_mode"],
        "transform_usage": price["transform_quantity"],
        "trial_period_days": recurring["trial_period_days"],
        "usage_type": recurring["usage_type"],
    }


@view("plan")
def find_plan(work: UnitOfWork, id: str) -> Record | None:
    """The plan that a recurring price is."""
    price = work.get("price", id)
    return plan_of(price) if price is not None and price["recurring"] else None


@operation("POST /v1/plans")
def create(call: Call) -> Record:
    """Make a price, and the product that a plan may come with."""
    params, work = call.params, call.work
    own = _own_id(call)
    product = _product(call)
    price = work.create("price", **active_price(work), **own, product=product)
    price["currency"] = params["currency"]
    price["type"] = "recurring"
    price["recurring"] = recurrence(params, "interval_count")
    keep_aggregation(work, price, params)
    price["transform_quantity"] = params.get("transform_usage")
    price["active"] = params.get("active", True)
    price["nickname"] = params.get("nickname")
    price["metadata"] = params.get("metadata") or {}
    if set_scheme(price, params):
        return plan_of(price)
    amount, exact = params.get("amount"), params.get("amount_decimal")
    if amount is None and exact is None:
        raise missing_parameter("amount")
    set_amounts(price, "unit_amount", amount, exact)
    return plan_of(price)


@operation("POST /v1/plans/{plan}")
def update(call: Call) -> Record:
    """Change what of a plan may change."""
    price = call.work.change(_price(call))
    if price["active"] and call.params.get("active") is False:
        tell_archived(call.work, price)
    for name in ("active", "nickname"):
        if name in call.params:
            price[name] = call.params[name]
    if call.params.get("metadata"):
        price["metadata"] = merged_metadata(price["metadata"], call.params["metadata"])
    if "trial_period_days" in call.params:
        price["recurring"]["trial_period_days"] = call.params["trial_period_days"]
    return plan_of(price)


@operation("GET /v1/plans/{plan}")
def retrieve(call: Call) -> Record:
    """One plan."""
    return plan_of(_price(call))


@operation("DELETE /v1/plans/{plan}")
def delete(call: Call) -> Record:
    """Delete a plan; who is subscribed to it stays so (https://docs.stripe.com/api/plans/delete)."""
    price = _price(call)
    call.work.bury(price)
    return {"id": price["id"], "object": "plan", "deleted": True}


@operation("GET /v1/plans")
def list_plans(call: Call) -> Page:
    """The recurring prices, as plans."""
    page = page_of(
        call.work,
        ["price"],
        call.operation,
        call.path,
        {"type": "recurring", **call.params},
        "list",
        {},
    )
    return Page([plan_of(price) for price in page.records], page.has_more, page.url)


def _price(call: Call) -> Record:
    price = call.work.get("price", call.path["plan"])
    if price is None or not price["recurring"]:
        raise no_such("plan", call.path["plan"], "plan", status=404)
    return price


def _own_id(call: Call) -> Record:
    id = call.params.get("id")
    if id is None:
        return {}
    if call.work.get("price", id) is not None:
        raise already_exists("plan", "id")
    return {"id": id}


def _product(call: Call) -> str:
    given = call.params.get("product")
    if given is None:
        raise missing_parameter("product")
    if isinstance(given, str):
        return str(call.work.require("product", given, "product")["id"])
    return str(described_product(call.work, given, "product")["id"])
