"""What Instant Payouts cost, and how much can be paid out so (https://docs.stripe.com/payouts/instant-payouts#pricing)."""

from decimal import Decimal
from typing import NamedTuple

from localstack_stripe.billing.amounts import rounded

A_DAY = 10
"""How many there can be in a day."""

_LEAST_FEE = 50
"""In minor units (https://stripe.com/pricing)."""


class Terms(NamedTuple):
    """The terms in one currency.

    :param rate: the fee's part of the amount
    :param least: how little can be paid out, in minor units
    :param most: how much can be, in minor units
    """

    rate: Decimal
    least: int
    most: int

    def fee(self, amount: int) -> int:
        """What it costs to pay an amount out, in minor units."""
        return max(rounded(amount * self.rate), _LEAST_FEE)

    def payable(self, funds: int) -> int:
        """How much of some funds can be paid out, in minor units: they pay the fee, too."""
        return max(min(int(funds / (1 + self.rate)), funds - _LEAST_FEE), 0)


_ONE, _ONE_AND_A_HALF = Decimal("0.01"), Decimal("0.015")

TERMS = {
    "aed": Terms(_ONE_AND_A_HALF, 200, 999_900),
    "aud": Terms(_ONE_AND_A_HALF, 50, 999_900),
    "cad": Terms(_ONE, 60, 999_900),
    "czk": Terms(_ONE, 1_000, 9_999_900),
    "dkk": Terms(_ONE, 500, 999_900),
    "eur": Terms(_ONE, 40, 999_900),
    "gbp": Terms(_ONE, 40, 999_900),
    "hkd": Terms(_ONE, 500, 999_900),
    "huf": Terms(_ONE, 20_000, 99_999_900),
    "myr": Terms(_ONE, 200, 999_900),
    "nok": Terms(_ONE, 500, 999_900),
    "nzd": Terms(_ONE_AND_A_HALF, 50, 999_900),
    "pln": Terms(_ONE, 200, 999_900),
    "ron": Terms(_ONE, 200, 999_900),
    "sek": Terms(_ONE, 500, 999_900),
    "sgd": Terms(_ONE, 50, 999_900),
    "usd": Terms(_ONE_AND_A_HALF, 50, 999_900),
}
"""By currency."""
