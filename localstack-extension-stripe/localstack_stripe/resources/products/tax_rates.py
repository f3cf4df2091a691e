"""Tax rates (https://docs.stripe.com/billing/taxes/tax-rates): what is charged by hand, and what stands for a tax that
Stripe has found.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.jurisdictions import Tax
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    hides,
    lists_only,
)
from localstack_stripe.engine.errors import invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

RATE = "tax_rate"

AUTOMATIC = "_automatic"
"""The field of a rate that nobody has made, which is not shown: what tells it apart from others. It stands for a tax of
Stripe Tax or for amounts that were given by hand, cannot be used by hand, and is not among those that are listed."""

lists_only("GET /v1/tax_rates", _automatic=None)
hides("tax_rate", AUTOMATIC)


MOST_RATES, MOST_DEFAULTS = 10, 5
"""How many tax rates a line can have, and an invoice (https://docs.stripe.com/invoicing/taxes/tax-rates)."""


@before_create(RATE)
def complete(call: Call, rate: Record) -> None:
    """Check the percentage, which never changes (https://docs.stripe.com/api/tax_rates/create)."""
    check_percentage(rate["percentage"], "percentage")
    _check_state(call, rate)
    rate["rate_type"] = "percentage"
    rate["effective_percentage"] = rate["percentage"]


@before_update(RATE)
def change(call: Call, rate: Record, before: Record) -> None:
    """What a rate is called can change, and whether it can be used: not what it charges."""
    if before.get(AUTOMATIC):
        raise invalid("This tax rate was created automatically, and cannot be updated.")
    _check_state(call, rate)


def check_percentage(percentage: float, param: str) -> None:
    """Refuse a percentage that is none, or too exact.

    :raises StripeError: 400
    """
    exact = Decimal(str(percentage))
    if not 0 <= exact <= 100:
        raise invalid("Invalid percentage: must be between 0 and 100.", param)
    if exact != round(exact, 4):
        raise invalid("Invalid percentage: must have at most 4 decimal places.", param)


def _check_state(call: Call, rate: Record) -> None:
    if rate["state"] and rate["country"] is None:
        raise invalid("You must set `country` to set `state`.", "state")


def usable_rates(
    work: UnitOfWork, ids: Sequence[str], param: str, most: int = MOST_RATES
) -> list[str]:
    """The ids of rates that a request gives.

    :param most: how many there can be
    :raises StripeError: 400 where one does not exist or is archived, or they are twice or too many
    """
    if len(ids) != len(set(ids)):
        raise invalid("A tax rate can be given only once.", param)
    if len(ids) > most:
        raise too_many(param, most)
    for place, id in enumerate(ids):
        rate = work.require(RATE, id, f"{param}[{place}]")
        if not rate["active"]:
            raise invalid(
                f"The tax rate {id} is archived, and cannot be used.", f"{param}[{place}]"
            )
    return list(ids)


def rate_for(work: UnitOfWork, tax: Tax, percentage: Decimal, *, inclusive: bool) -> Record:
    """The rate that stands for a tax of Stripe Tax (https://docs.stripe.com/api/invoice-line-item/object)."""
    return automatic_rate(
        work,
        {
            "country": tax.place.country,
            "description": f"{tax.name} {tax.jurisdiction}",
            "display_name": tax.name,
            "inclusive": inclusive,
            "jurisdiction": tax.state or tax.place.country,
            "jurisdiction_level": "state" if tax.state else "country",
            "percentage": float(percentage),
            "state": tax.state,
            "tax_type": tax.type,
        },
    )


_TELL_APART = (
    "country",
    "display_name",
    "inclusive",
    "jurisdiction",
    "percentage",
    "state",
    "tax_type",
)
"""https://docs.stripe.com/invoicing/taxes/manual-tax-amounts#stripe-automatically-creates-tax-rates"""


def automatic_rate(work: UnitOfWork, values: Mapping[str, Any]) -> Record:
    """The rate that says what a tax is that nobody has made a rate for: the same one for all that are alike, made when it
    is first needed and archived at once.

    :param values: those of the fields that are said
    """
    values = {**values, "percentage": float(values["percentage"])}
    key = "/".join(str(values.get(name)) for name in _TELL_APART)
    known = work.where(RATE, AUTOMATIC, key)
    if known:
        return known[0]
    made = work.create(
        RATE,
        **{
            **values,
            "active": False,
            AUTOMATIC: key,
            "effective_percentage": values["percentage"],
            "rate_type": "percentage",
        },
    )
    # Nobody is told of what nobody made.
    work.has_always_been(made)
    return made
