"""Discounts: how much a coupon takes off each of several amounts.

Source: https://docs.stripe.com/billing/subscriptions/coupons. A percentage is taken off each amount; a fixed amount is
spread over them in proportion, so that the parts add up to it exactly.
"""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

from localstack_stripe.billing.amounts import Cents, rounded, spread


class PercentOff(NamedTuple):
    """A part of each amount.

    :param percent: greater than 0, at most 100
    """

    percent: Decimal

    def parts(self, amounts: Sequence[int]) -> list[Cents]:
        """What is taken off each amount; nothing off what is not positive."""
        return [rounded(max(amount, 0) * self.percent / 100) for amount in amounts]


class AmountOff(NamedTuple):
    """A fixed amount, in minor units, off all amounts together; never more than they come to."""

    amount: int

    def parts(self, amounts: Sequence[int]) -> list[Cents]:
        """What is taken off each amount; nothing off what is not positive."""
        reducible = [max(amount, 0) for amount in amounts]
        whole = sum(reducible)
        # What five dollars take off ten and twenty is $1.66 and $3.34
        # (https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations).
        return spread(min(self.amount, whole), reducible, whole, ROUND_FLOOR)


Reduction = PercentOff | AmountOff
