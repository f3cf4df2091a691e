"""Money in whole minor units: what a quantity of a price costs, and how an amount is written.

Decimal strings stay ``Decimal`` to the end and are rounded once, half away from zero, as Stripe's invoices are.
Sources: https://docs.stripe.com/currencies (zero-decimal currencies, minimum amounts),
https://docs.stripe.com/products-prices/pricing-models (tiers, transformed quantities).
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, NewType

Cents = NewType("Cents", int)
"""Whole minor units of a currency: cents of a dollar, yen."""

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])

MINIMUM_CHARGE: Mapping[str, int] = {
    "usd": 50, "aed": 200, "ars": 50, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "cop": 50,
    "czk": 1500, "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "idr": 50, "ils": 50,
    "inr": 50, "jpy": 50, "krw": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "php": 50,
    "pln": 200, "ron": 200, "rub": 50, "sek": 300, "sgd": 50, "thb": 1000, "zar": 50,
}  # fmt: skip

_SYMBOLS = {
    "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "cad": "CA$", "brl": "R$",
    "inr": "₹", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "hkd": "HK$",
}  # fmt: skip


def rounded(amount: Decimal, rounding: str = ROUND_HALF_UP) -> Cents:
    """A decimal number of minor units as whole ones."""
    return Cents(int(amount.to_integral_value(rounding)))


def spread(
    amount: int,
    weights: Sequence[int | Decimal],
    whole: int | Decimal,
    rounding: str = ROUND_HALF_UP,
) -> list[Cents]:
    """An amount in minor units in proportion to *weights*; those that come to *whole* have all of it."""
    parts: list[Cents] = []
    seen, taken = Decimal(0), 0
    for weight in weights:
        # Rounding the running total, and not each part, makes the parts add up.
        seen += weight
        so_far = rounded(amount * seen / whole, rounding) if whole else Cents(0)
        parts.append(Cents(so_far - taken))
        taken = so_far
    return parts


def decimals(currency: str) -> int:
    """How many digits of a currency's amount are behind the point."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def written(amount: int | Decimal, currency: str) -> str:
    """An amount of minor units as Stripe writes it in descriptions: ``$12.00``, ``$0.036``, ``12.00 CHF``."""
    whole = abs(Decimal(amount)).scaleb(-decimals(currency)).normalize()
    digits = max(decimals(currency), -int(whole.as_tuple().exponent))
    number = f"{whole:,.{digits}f}"
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency.upper()}"


class Part(NamedTuple):
    """A part of what a quantity of a price costs: the line of an invoice that it becomes.

    :param amount: in minor units
    :param quantity: how many it is for; none where it is a tier's flat amount
    :param unit: what one of them costs, or the flat amount, in minor units
    :param tier: which of the price's tiers it is of, counted from 1
    """

    amount: Cents
    quantity: int | Decimal
    unit: Decimal
    tier: int | None = None
    is_flat: bool = False


def price_amount(price: Mapping[str, Any], quantity: int | Decimal) -> Cents:
    """What *quantity* of a price costs, in minor units of its currency."""
    return Cents(sum(part.amount for part in price_parts(price, quantity)))


def price_parts(price: Mapping[str, Any], quantity: int | Decimal) -> list[Part]:
    """The parts of what *quantity* of a price costs: with tiers one for the units of each that is reached, and one for
    its flat amount where it has one.
    """
    if price.get("billing_scheme") == "tiered":
        tiered = _tiered(price["tiers"], price["tiers_mode"], quantity)
        return [part for number, tier, within in tiered for part in _of_tier(number, tier, within)]
    counted, transform = quantity, price.get("transform_quantity")
    if transform:
        whole, rest = divmod(quantity, transform["divide_by"])
        counted = whole + (1 if rest and transform["round"] == "up" else 0)
    unit = _decimal(price, "unit_amount")
    return [Part(rounded(unit * counted), quantity, unit)]


def _tiered(
    tiers: Sequence[Mapping[str, Any]], mode: str, quantity: int | Decimal
) -> Iterator[tuple[int, Mapping[str, Any], int | Decimal]]:
    """Each tier that counts, with its number, and how many of the *quantity* are in it."""
    below: int | Decimal = 0
    for number, tier in enumerate(tiers, 1):
        limit = tier["up_to"]
        last = limit is None or quantity <= limit
        within = (quantity if last else limit) - below
        if mode == "volume":
            if last:
                yield number, tier, quantity
        elif within > 0 or (below == 0 and quantity == 0):
            yield number, tier, within
        if last:
            return
        below = limit


def _of_tier(number: int, tier: Mapping[str, Any], within: int | Decimal) -> Iterator[Part]:
    unit, flat = _decimal(tier, "unit_amount"), _decimal(tier, "flat_amount")
    yield Part(rounded(unit * within), within, unit, number)
    if tier.get("flat_amount_decimal") is not None or tier.get("flat_amount") is not None:
        yield Part(rounded(flat), 0, flat, number, is_flat=True)


def _decimal(owner: Mapping[str, Any], name: str) -> Decimal:
    exact = owner.get(f"{name}_decimal")
    return Decimal(exact) if exact is not None else Decimal(owner.get(name) or 0)
