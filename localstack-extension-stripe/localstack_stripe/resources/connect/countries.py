"""Countries and their currencies: country specs (https://docs.stripe.com/api/country_specs) and exchange rates
(https://docs.stripe.com/api/exchange_rates).
"""

from collections.abc import Iterator
from decimal import Decimal

from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

# https://stripe.com/global: where accounts can be, and what they are paid out in by default
CURRENCIES = {
    "AE": "aed", "AT": "eur", "AU": "aud", "BE": "eur", "BG": "eur", "BR": "brl", "CA": "cad", "CH": "chf",
    "CY": "eur", "CZ": "czk", "DE": "eur", "DK": "dkk", "EE": "eur", "ES": "eur", "FI": "eur", "FR": "eur",
    "GB": "gbp", "GI": "gip", "GR": "eur", "HK": "hkd", "HR": "eur", "HU": "huf", "IE": "eur", "IN": "inr",
    "IT": "eur", "JP": "jpy", "LI": "chf", "LT": "eur", "LU": "eur", "LV": "eur", "MT": "eur", "MX": "mxn",
    "MY": "myr", "NL": "eur", "NO": "nok", "NZ": "nzd", "PL": "pln", "PT": "eur", "RO": "ron", "SE": "sek",
    "SG": "sgd", "SI": "eur", "SK": "eur", "TH": "thb", "US": "usd",
}  # fmt: skip

CROSS_BORDER = frozenset(
    code for code, currency in CURRENCIES.items() if currency in {"eur", "gbp", "usd", "cad", "chf"}
) | {"BG", "CZ", "DK", "GI", "HU", "NO", "PL", "RO", "SE"}
"""Between these, money can be transferred (https://docs.stripe.com/connect/cross-border-payouts)."""

RATES = {
    "aed": "3.6725", "aud": "1.52", "brl": "5.40", "cad": "1.37", "chf": "0.88", "czk": "22.5", "dkk": "6.85",
    "eur": "0.92", "gbp": "0.79", "hkd": "7.80", "huf": "355", "inr": "84", "jpy": "150", "mxn": "18", "myr": "4.4",
    "nok": "10.8", "nzd": "1.66", "pln": "3.95", "ron": "4.57", "sek": "10.5", "sgd": "1.34", "thb": "34",
    "usd": "1",
}  # fmt: skip
"""What one dollar is worth here: always the same, near what it was worth in 2024, so that tests can rely on it."""

_COMPANY = (
    "business_profile.mcc",
    "business_profile.url",
    "business_type",
    "company.address.city",
    "company.address.line1",
    "company.address.postal_code",
    "company.name",
    "company.phone",
    "external_account",
    "relationship.owner",
    "relationship.representative",
    "tos_acceptance.date",
    "tos_acceptance.ip",
)
_INDIVIDUAL = (
    "business_profile.mcc",
    "business_profile.url",
    "business_type",
    "external_account",
    "individual.address.city",
    "individual.address.line1",
    "individual.address.postal_code",
    "individual.dob.day",
    "individual.dob.month",
    "individual.dob.year",
    "individual.email",
    "individual.first_name",
    "individual.last_name",
    "individual.phone",
    "tos_acceptance.date",
    "tos_acceptance.ip",
)


@from_the_start("country_spec")
def country_specs(work: UnitOfWork) -> Iterator[Record]:
    """What an account in each country can do, in the order of their codes."""
    for code, currency in sorted(CURRENCIES.items()):
        reached = CROSS_BORDER if code in CROSS_BORDER else {code}
        yield {
            "id": code,
            "default_currency": currency,
            "supported_bank_account_currencies": {currency: [code]},
            "supported_payment_currencies": sorted({*RATES, currency}),
            "supported_payment_methods": ["ach", "card", "stripe"]
            if code == "US"
            else ["card", "stripe"],
            "supported_transfer_countries": sorted(reached),
            "verification_fields": {
                "company": {"additional": [], "minimum": list(_COMPANY)},
                "individual": {"additional": [], "minimum": list(_INDIVIDUAL)},
            },
        }


@from_the_start("exchange_rate")
def exchange_rates(work: UnitOfWork) -> Iterator[Record]:
    """What one unit of each currency is worth in the others; an id is a currency."""
    for currency, worth in RATES.items():
        yield {
            "id": currency,
            "rates": {
                other: round(float(Decimal(rate) / Decimal(worth)), 6)
                for other, rate in RATES.items()
                if other != currency
            },
        }
