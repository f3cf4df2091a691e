"""How risky a payment is, as Radar sees it (https://docs.stripe.com/testing#fraud-prevention,
https://docs.stripe.com/radar/risk-evaluation).
"""

from typing import NamedTuple

from localstack_stripe.payments.test_cards import TestCard
from localstack_stripe.payments.test_debits import TestDebit


class Risk(NamedTuple):
    """What Radar says of a payment.

    :param level: ``normal``, ``elevated`` or ``highest``
    :param score: from 0 to 99: from 65 on it is elevated, from 75 on the highest
    """

    level: str
    score: int

    @property
    def blocks(self) -> bool:
        """Whether such a payment is not let through."""
        return self.level == "highest"


NORMAL, ELEVATED, HIGHEST = Risk("normal", 20), Risk("elevated", 70), Risk("highest", 92)

_BY_NUMBER = {
    "4000000000004954": HIGHEST,
    "4000000000009235": ELEVATED,
    "4000058400306072": ELEVATED,
    "4000058400307872": ELEVATED,
    "4100000000000019": HIGHEST,
}


def risk_of(card: TestCard | None) -> Risk:
    """What Radar says of a payment with a card; of all but its test cards nothing special."""
    return _BY_NUMBER.get(card.number, NORMAL) if card is not None else NORMAL


def risk_of_debit(account: TestDebit | None) -> Risk:
    """What Radar says of debiting a bank account (https://docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-account-numbers)."""
    return HIGHEST if account is not None and account.outcome == "blocked" else NORMAL
