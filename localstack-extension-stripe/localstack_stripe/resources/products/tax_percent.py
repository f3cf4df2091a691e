"""What is added as tax by a percentage alone, as code of before version 2020-08-27 says it: a tax rate of one's own
(https://docs.stripe.com/changelog/2020-08-27/removes-tax-percent-attribute).
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from localstack_stripe.engine.behaviours import Call, understands
from localstack_stripe.engine.errors import exclusive
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.products.tax_rates import RATE, check_percentage

PARAM, OF_PREVIEW = "tax_percent", "subscription_tax_percent"

_PERCENT = "tax percent"
"""Noted of a rate that stands for a percentage."""

_NAME = "Tax"


@understands(PARAM)
def by_a_rate(call: Call) -> Call:
    """The percentage is that of a rate by default.

    :raises StripeError: 400 where there are tax rates besides, or it is no percentage
    """
    if call.params.get("default_tax_rates"):
        raise exclusive(PARAM, "default_tax_rates")
    rates = _rates(call.work, call.params[PARAM], PARAM)
    return replace(call, params={**call.params, "default_tax_rates": rates})


@understands(OF_PREVIEW)
def preview_by_a_rate(call: Call) -> Call:
    """The same of the subscription of a preview."""
    rates = _rates(call.work, call.params[OF_PREVIEW], OF_PREVIEW)
    details = {**(call.params.get("subscription_details") or {}), "default_tax_rates": rates}
    return replace(call, params={**call.params, "subscription_details": details})


def percent_of(work: UnitOfWork, rates: Sequence[str]) -> float | None:
    """The percentage that tax rates stand for, by their ids; nothing where they are rates of their own."""
    for id in rates:
        rate = work.get(RATE, id)
        if rate is not None and work.noted(rate, _PERCENT):
            percentage: float = rate["percentage"]
            return percentage
    return None


def _rates(work: UnitOfWork, percentage: float, param: str) -> list[str]:
    check_percentage(percentage, param)
    exact = Decimal(str(percentage))
    if not exact:
        return []
    for known in work.where(RATE, "display_name", _NAME):
        if work.noted(known, _PERCENT) and Decimal(str(known["percentage"])) == exact:
            return [known["id"]]
    rate = work.create(
        RATE,
        active=True,
        display_name=_NAME,
        effective_percentage=float(exact),
        inclusive=False,
        percentage=float(exact),
        rate_type="percentage",
    )
    work.note(rate, _PERCENT)
    # Nobody is told of what nobody made.
    work.has_always_been(rate)
    return [rate["id"]]
