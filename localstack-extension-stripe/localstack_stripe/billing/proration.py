"""Prorations: the part of an amount that belongs to the rest of a period, to the second.

Source: https://docs.stripe.com/billing/subscriptions/prorations.
"""

from decimal import Decimal

from localstack_stripe.billing.amounts import Cents, rounded


def remaining(amount: int, period: tuple[int, int], moment: int) -> Cents:
    """What of *amount*, paid for *period*, is left from *moment* on.

    :param amount: in minor units
    :param period: start and end, in seconds since 1970
    :param moment: between the two
    """
    start, end = period
    moment = min(max(moment, start), end)
    return rounded(Decimal(amount) * (end - moment) / (end - start))


def portion(amount: int, period: tuple[int, int], part: tuple[int, int]) -> Cents:
    """What of *amount*, paid for *period*, is for *part* of it: parts that follow each other add up.

    :param amount: in minor units
    :param period: start and end, in seconds since 1970, as those of the part are
    """
    start, end = part
    return Cents(remaining(amount, period, start) - remaining(amount, period, end))
