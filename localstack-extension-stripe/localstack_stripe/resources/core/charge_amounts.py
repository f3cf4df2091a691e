"""Which amounts can be paid, in which currency and with what (https://docs.stripe.com/currencies)."""

from localstack_stripe.billing.amounts import MINIMUM_CHARGE, THREE_DECIMAL, written
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.payments.test_cards import TestCard


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse an amount that no charge can have (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts); how
    much can be paid at most depends on the payment method: :func:`check_most`.

    :raises StripeError: 400
    """
    least = MINIMUM_CHARGE.get(currency, 1)
    if amount < 1:
        raise too_small(param)
    _require_at_most(amount, _MOST_BY_CARD, currency, param)
    if amount < least:
        raise invalid(
            f"Amount must be at least {written(least, currency)} {currency}",
            param,
            "amount_too_small",
        )
    step = _STEPS.get(currency, 1)
    if amount % step:
        raise invalid(f"Amounts in {currency} must be evenly divisible by {step}.", param)


_STEPS = {"isk": 100, "ugx": 100} | dict.fromkeys(THREE_DECIMAL, 10)
"""What the amounts of some currencies have to be multiples of (https://docs.stripe.com/currencies#special-cases,
https://docs.stripe.com/currencies#three-decimal)."""


def check_most(amount: int, currency: str, card: TestCard | None) -> None:
    """Refuse more than can be paid with a payment method (https://docs.stripe.com/currencies#maximum-charge-amounts).

    :param card: what pays; nothing where it is none
    :raises StripeError: 400
    """
    most = _MOST_OTHERWISE_IN.get(currency, _MOST_OTHERWISE)
    if card is not None:
        most = _MOST_BY_AMEX if card.brand == "amex" else _MOST_BY_CARD
    _require_at_most(amount, most, currency, "amount")


def _require_at_most(amount: int, most: int, currency: str, param: str) -> None:
    if amount > most:
        raise invalid(
            f"Amount must be no more than {written(most, currency)}", param, "amount_too_large"
        )


_MOST_BY_CARD, _MOST_BY_AMEX = 999_999_999_999, 999_999_999
"""What can be paid by card, and by American Express, in minor units."""

_MOST_OTHERWISE = 99_999_999
_MOST_OTHERWISE_IN = {"cop": 9_999_999_999, "idr": 999_999_999_999, "inr": 999_999_999}
"""What can be paid otherwise, in minor units of most currencies, and of some."""
