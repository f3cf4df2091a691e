"""Taxes: what they come to on top of an amount, or in it.

Sources: https://docs.stripe.com/tax/standalone-tax-api (tax-inclusive pricing) and
https://docs.stripe.com/billing/taxes/tax-rates. Each line is rounded by itself, half away from zero.
"""

from collections.abc import Sequence
from decimal import Decimal

from localstack_stripe.billing.amounts import Cents, rounded, spread


def added(amount: int, percentages: Sequence[Decimal]) -> list[Cents]:
    """What each of several taxes comes to on top of an amount.

    :param amount: in minor units, without the taxes
    """
    return [rounded(amount * percentage / 100) for percentage in percentages]


def included(amount: int, percentages: Sequence[Decimal]) -> list[Cents]:
    """What of an amount is each of several taxes; with what is left, they are the amount.

    :param amount: in minor units, with the taxes
    """
    # One tax of 15 %, and two that add up to it, are the same.
    return spread(amount, percentages, 100 + sum(percentages))
