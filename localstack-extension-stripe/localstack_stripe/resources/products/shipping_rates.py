"""Shipping rates (https://docs.stripe.com/api/shipping_rates): what bringing something costs, and how long it takes."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, missing_parameter, too_small
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

RATE = "shipping_rate"

_HOURS = {"hour": 1, "day": 24, "business_day": 24, "week": 7 * 24, "month": 30 * 24}


@before_create(RATE)
def complete(call: Call, rate: Record) -> None:
    """Check the amount, in each of its currencies, and how long it is said to take."""
    _complete(rate, call.params, "fixed_amount")


def _complete(rate: Record, given: Mapping[str, Any], param: str) -> None:
    if not given.get("fixed_amount"):
        raise missing_parameter(param)
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


def described_rate(call: Call, data: Mapping[str, Any], param: str) -> Record:
    """The new rate that a request describes where it could name one.

    :param param: where it is in the request
    :raises StripeError: 400 where it has no amount
    """
    work = call.work
    rate = start(work, RATE, {})
    assign(work, rate, data, work.contract.resources[RATE].fields, param)
    _complete(rate, data, f"{param}[fixed_amount]")
    return rate


def usable_rate(work: UnitOfWork, id: str, param: str) -> Record:
    """A rate that a request names.

    :raises StripeError: 400 where there is none, or it is archived
    """
    rate = work.require(RATE, id, param)
    if not rate["active"]:
        raise invalid(f"The shipping rate {id} is archived, and cannot be used.", param)
    return rate


def chosen_rate(call: Call, given: Mapping[str, Any], currency: str, param: str) -> tuple[str, int]:
    """The id of the rate that a request names or describes, and what it costs in a currency.

    :param given: ``shipping_rate`` or ``shipping_rate_data``
    :param param: where they are in the request
    :raises StripeError: 400 where there is none, or both, or it cannot be used
    """
    data, named = given.get("shipping_rate_data"), given.get("shipping_rate")
    if (data is None) == (named is None):
        raise invalid(
            "You must specify exactly one of these parameters: shipping_rate, shipping_rate_data.",
            param,
        )
    if data is None:
        rate = usable_rate(call.work, str(named), f"{param}[shipping_rate]")
    else:
        rate = described_rate(call, data, f"{param}[shipping_rate_data]")
    return rate["id"], amount_in(rate, currency, param)


def cost_of(rate: str, amount: int) -> Record:
    """What is shown of shipping by a rate, known by its id, that costs an amount, on which there is no tax."""
    return {
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "shipping_rate": rate,
    }


def amount_in(rate: Record, currency: str, param: str) -> int:
    """What a rate costs in a currency, in minor units.

    :raises StripeError: 400 where it has no amount in that
    """
    fixed = rate["fixed_amount"]
    amounts = {**(fixed.get("currency_options") or {}), fixed["currency"]: fixed}
    if currency not in amounts:
        raise invalid(f"The shipping rate {rate['id']} has no amount in {currency}.", param)
    return int(amounts[currency]["amount"])


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
