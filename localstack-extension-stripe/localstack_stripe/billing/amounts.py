"""Money in whole minor units: what a quantity of a price costs, and how an amount is written.

Decimal strings stay ``Decimal`` to the end and are rounded once, half away from zero, as Stripe's invoices are.
Sources: https://docs.stripe.com/currencies (zero-decimal currencies, minimum amounts),
https://docs.stripe.com/products-prices/pricing-models (tiers, transformed quantities).
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NewType

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
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000,
    "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip

_SYMBOLS = {
    "usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "aud": "A$", "cad": "CA$", "brl": "R$",
    "inr": "₹", "krw": "₩", "mxn": "MX$", "nzd": "NZ$", "hkd": "HK$",
}  # fmt: skip


def rounded(amount: Decimal) -> Cents:
    """A decimal number of minor units as whole ones."""
    return Cents(int(amount.quantize(Decimal(1), ROUND_HALF_UP)))


def spread(amount: int, weights: Sequence[int | Decimal], whole: int | Decimal) -> list[Cents]:
    """An amount in minor units in proportion to *weights*; those that come to *whole* have all of it."""
    parts: list[Cents] = []
    seen, taken = Decimal(0), 0
    for weight in weights:
        # Rounding the running total, and not each part, makes the parts add up.
        seen += weight
        so_far = rounded(amount * seen / whole) if whole else Cents(0)
        parts.append(Cents(so_far - taken))
        taken = so_far
    return parts


def decimals(currency: str) -> int:
    """How many digits of a currency's amount are behind the point."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def written(amount: int, currency: str) -> str:
    """An amount as Stripe writes it in descriptions: ``$12.00``, ``€9.99``, ``12.00 CHF``."""
    digits = decimals(currency)
    number = f"{Decimal(abs(amount)).scaleb(-digits):,.{digits}f}"
    sign = "-" if amount < 0 else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency.upper()}"


def price_amount(price: Mapping[str, Any], quantity: int | Decimal) -> Cents:
    """What *quantity* of a price costs, in minor units of its currency."""
    transform = price.get("transform_quantity")
    if transform:
        whole, rest = divmod(quantity, transform["divide_by"])
        quantity = whole + (1 if rest and transform["round"] == "up" else 0)
    if price.get("billing_scheme") == "tiered":
        return rounded(_tiered(price["tiers"], price["tiers_mode"], quantity))
    return rounded(_decimal(price, "unit_amount") * quantity)


def _tiered(tiers: Sequence[Mapping[str, Any]], mode: str, quantity: int | Decimal) -> Decimal:
    total, below = Decimal(0), Decimal(0)
    for tier in tiers:
        limit = tier["up_to"]
        last = limit is None or quantity <= limit
        if mode == "volume" and last:
            return _decimal(tier, "unit_amount") * quantity + _decimal(tier, "flat_amount")
        if mode == "graduated":
            within = (quantity if last else limit) - below
            if within > 0 or (below == 0 and quantity == 0):
                total += _decimal(tier, "unit_amount") * within + _decimal(tier, "flat_amount")
            below = Decimal(limit if limit is not None else quantity)
        if last:
            break
    return total


def _decimal(owner: Mapping[str, Any], name: str) -> Decimal:
    exact = owner.get(f"{name}_decimal")
    return Decimal(exact) if exact is not None else Decimal(owner.get(name) or 0)
