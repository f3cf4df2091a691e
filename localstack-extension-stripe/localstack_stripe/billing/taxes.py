"""Taxes: what they come to on top of an amount, or in it.

Sources: https://docs.stripe.com/tax/standalone-tax-api (tax-inclusive pricing) and
https://docs.stripe.com/billing/taxes/tax-rates. Each line is rounded by itself, half away from zero.
"""

from collections.abc import Sequence
from decimal import Decimal

from localstack_stripe.billing.amounts import Cents, rounded


def added(amount: int, percentages: Sequence[Decimal]) -> list[Cents]:
    """What each of several taxes comes to on top of an amount.

    :param amount: in minor units, without the taxes
    """
    return [rounded(amount * percentage / 100) for percentage in percentages]


def included(amount: int, percentages: Sequence[Decimal]) -> list[Cents]:
    """What of an amount is each of several taxes; with what is left, they are the amount.

    :param amount: in minor units, with the taxes
    """
    parts: list[Cents] = []
    so_far, percent = 0, Decimal(0)
    whole = 100 + sum(percentages)
    for percentage in percentages:
        # Rounding the running total, and not each part, makes one tax of 15 % and two that add up to it the same.
        percent += percentage
        together = rounded(amount * percent / whole)
        parts.append(Cents(together - so_far))
        so_far = together
    return parts
