"""How a price counts (https://docs.stripe.com/products-prices/pricing-models): by the unit, or in tiers."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, too_small
from localstack_stripe.engine.store import Record

_PRICES = ("flat_amount", "flat_amount_decimal", "unit_amount", "unit_amount_decimal")


def set_scheme(price: Record, params: Mapping[str, Any]) -> bool:
    """Write how a price counts.

    :return: whether it has tiers, and so no amount of its own
    :raises StripeError: 400 where its tiers are none, or it is said what its scheme has not
    """
    price["billing_scheme"] = params.get("billing_scheme") or "per_unit"
    price["tiers_mode"] = params.get("tiers_mode")
    if price["billing_scheme"] != "tiered":
        for name in ("tiers", "tiers_mode"):
            if params.get(name):
                raise invalid(
                    f"`{name}` can only be used where the `billing_scheme` is `tiered`.", name
                )
        return False
    for name in ("unit_amount", "unit_amount_decimal"):
        if params.get(name) is not None:
            raise exclusive("tiers", name)
    for name in ("tiers", "tiers_mode"):
        if not params.get(name):
            raise missing_parameter(name)
    price["tiers"] = tiers_of(params["tiers"], "tiers")
    price["unit_amount"] = price["unit_amount_decimal"] = None
    return True


def tiers_of(given: Sequence[Mapping[str, Any]], param: str) -> list[Record]:
    """A price's tiers, complete.

    :raises StripeError: 400 where one has no price, or they do not follow each other to the last, which has no end
    """
    ends = [each["up_to"] for each in given]
    for place, tier in enumerate(given):
        _check(tier, f"{param}[{place}]")
        is_last = place == len(given) - 1
        if (ends[place] == "inf") != is_last:
            raise invalid(
                "The last tier, and no other, has to have `up_to` set to `inf`.",
                f"{param}[{place}][up_to]",
            )
        if 0 < place < len(given) - 1 and ends[place] <= ends[place - 1]:
            raise invalid(
                "Each tier has to end after the one before it.", f"{param}[{place}][up_to]"
            )
    return [_tier(each) for each in given]


def _check(tier: Mapping[str, Any], param: str) -> None:
    if all(tier.get(name) is None for name in _PRICES):
        raise missing_parameter(f"{param}[unit_amount]")
    for name in ("flat_amount", "unit_amount"):
        if tier.get(name) is not None and tier.get(f"{name}_decimal") is not None:
            raise exclusive(name, f"{name}_decimal", param)
    for name in _PRICES:
        if tier.get(name) is not None and Decimal(tier[name]) < 0:
            raise too_small(f"{param}[{name}]", 0)


def _tier(given: Mapping[str, Any]) -> Record:
    tier: Record = {"up_to": None if given["up_to"] == "inf" else given["up_to"]}
    for name in ("flat_amount", "unit_amount"):
        set_amounts(tier, name, given.get(name), given.get(f"{name}_decimal"))
    return tier


def set_amounts(record: Record, name: str, amount: int | None, exact: str | None) -> None:
    """Write an amount as whole cents and as an exact decimal; whole cents are null where it has a fraction."""
    if exact is None and amount is not None:
        exact = str(amount)
    if amount is None and exact is not None and Decimal(exact) == int(Decimal(exact)):
        amount = int(Decimal(exact))
    record[name], record[f"{name}_decimal"] = amount, exact
