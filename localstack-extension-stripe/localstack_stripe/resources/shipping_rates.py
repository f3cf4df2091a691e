"""Shipping rates (https://docs.stripe.com/api/shipping_rates): what bringing something costs, and how long it takes."""

from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, missing_parameter, too_small
from localstack_stripe.engine.store import Record

RATE = "shipping_rate"

_HOURS = {"hour": 1, "day": 24, "business_day": 24, "week": 7 * 24, "month": 30 * 24}


@before_create(RATE)
def complete(call: Call, rate: Record) -> None:
    """Check the amount, in each of its currencies, and how long it is said to take."""
    if not call.params.get("fixed_amount"):
        raise missing_parameter("fixed_amount")
    rate["type"] = "fixed_amount"
    rate["fixed_amount"].setdefault("currency_options", {})
    _check_amounts(rate)
    _check_estimate(rate["delivery_estimate"])


@before_update(RATE)
def change(call: Call, rate: Record, before: Record) -> None:
    """It can be archived, and cost something in more currencies: what it costs in its own stays
    (https://docs.stripe.com/api/shipping_rates/update).
    """
    fixed = before["fixed_amount"]
    given = (call.params.get("fixed_amount") or {}).get("currency_options") or {}
    options: dict[str, Any] = dict(fixed.get("currency_options") or {})
    for currency, option in given.items():
        options[currency] = {**(options.get(currency) or {}), **option}
    rate["fixed_amount"] = {**fixed, "currency_options": options}
    _check_amounts(rate)


def _check_amounts(rate: Record) -> None:
    fixed = rate["fixed_amount"]
    if fixed["amount"] < 0:
        raise too_small("fixed_amount[amount]", 0)
    for currency, option in (fixed.get("currency_options") or {}).items():
        option.setdefault("tax_behavior", "unspecified")
        if option["amount"] < 0:
            raise too_small(f"fixed_amount[currency_options][{currency}][amount]", 0)


def _check_estimate(estimate: Record | None) -> None:
    bounds = [(estimate or {}).get(name) for name in ("minimum", "maximum")]
    for name, bound in zip(("minimum", "maximum"), bounds, strict=True):
        if bound and bound["value"] < 1:
            raise too_small(f"delivery_estimate[{name}][value]")
    least, most = bounds
    if least and most and _hours(least) > _hours(most):
        raise invalid(
            "The minimum of a delivery estimate cannot be longer than its maximum.",
            "delivery_estimate[minimum]",
        )


def _hours(bound: Record) -> int:
    return int(bound["value"]) * _HOURS[bound["unit"]]
