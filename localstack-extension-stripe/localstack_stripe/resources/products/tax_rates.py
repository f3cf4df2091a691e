"""Tax rates (https://docs.stripe.com/billing/taxes/tax-rates): what is charged by hand, and what stands for a tax that
Stripe has found.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from localstack_stripe.billing.jurisdictions import Tax
from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

RATE = "tax_rate"

AUTOMATIC = "automatic"
"""Noted of a rate that nobody has made: it stands for a tax of Stripe Tax, and cannot be used by hand."""


MOST_RATES, MOST_DEFAULTS = 10, 5
"""How many tax rates a line can have, and an invoice (https://docs.stripe.com/invoicing/taxes/tax-rates)."""


@before_create(RATE)
def complete(call: Call, rate: Record) -> None:
    """Check the percentage, which never changes (https://docs.stripe.com/api/tax_rates/create)."""
    percentage = Decimal(str(rate["percentage"]))
    if not 0 <= percentage <= 100:
        raise invalid("Invalid percentage: must be between 0 and 100.", "percentage")
    if percentage != round(percentage, 4):
        raise invalid("Invalid percentage: must have at most 4 decimal places.", "percentage")
    _check_state(call, rate)
    rate["rate_type"] = "percentage"
    rate["effective_percentage"] = rate["percentage"]


@before_update(RATE)
def change(call: Call, rate: Record, before: Record) -> None:
    """What a rate is called can change, and whether it can be used: not what it charges."""
    _check_state(call, rate)


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
    """The rate that stands for a tax of Stripe Tax, made when it is first needed; it is archived at once
    (https://docs.stripe.com/api/invoice-line-item/object).
    """
    values: dict[str, Any] = {
        "active": False,
        "country": tax.place.country,
        "description": f"{tax.name} {tax.jurisdiction}",
        "display_name": tax.name,
        "effective_percentage": float(percentage),
        "inclusive": inclusive,
        "jurisdiction": tax.state or tax.place.country,
        "jurisdiction_level": "state" if tax.state else "country",
        "percentage": float(percentage),
        "rate_type": "percentage",
        "state": tax.state,
        "tax_type": tax.type,
    }
    for known in work.where(RATE, "country", tax.place.country):
        if work.noted(known, AUTOMATIC) and known | values == known:
            return known
    made = work.create(RATE, **values)
    work.note(made, AUTOMATIC)
    # Nobody is told of what nobody made.
    work.has_always_been(made)
    return made
