"""What a payout method's bank account has to be described with, by country
(https://docs.stripe.com/api/v2/money-management/payout-methods-bank-account-specs).

Stripe publishes that of the United States.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.errors import not_emulated
from localstack_stripe.engine.store import Record

SPEC = "v2.money_management.payout_methods_bank_account_spec"

_OF_FEDERAL_RESERVE = "|".join(
    f"{bank:02}" for first in (0, 20) for bank in range(first + 1, first + 13)
)
"""How a routing number begins: with the number of a Federal Reserve Bank, or 20 more where a thrift institution is meant."""


def _field(name: str, content: str, least: int, most: int, placeholder: str, form: str) -> Record:
    key = f"payout_methods.bank_account.{name}"
    return {
        "local_name": name,
        "local_name_human": {"content": content, "localization_key": key},
        "max_length": most,
        "min_length": least,
        "placeholder": placeholder,
        "stripe_name": name,
        "validation_regex": rf"\A{form}\z",
    }


FIELDS: Mapping[str, list[Record]] = {
    "US": [
        _field("account_number", "Account Number", 1, 17, "000123456789", r"\d{1,17}"),
        _field(
            "routing_number",
            "Routing Number",
            9,
            9,
            "110000000",
            f"({_OF_FEDERAL_RESERVE})[0-9]{{7}}",
        ),
    ]
}


@operation("GET /v2/money_management/payout_methods_bank_account_spec")
def describe(call: Call) -> Record:
    """What is needed in some countries, or in all that are known
    (https://docs.stripe.com/api/v2/money-management/payout-methods-bank-account-specs/retrieve).

    :raises StripeError: 400 where a country is not known
    """
    wanted: Any = call.params.get("countries") or FIELDS
    for place, country in enumerate(wanted):
        if country not in FIELDS:
            raise not_emulated(f"countries[{place}]")
    countries = {country: {"fields": FIELDS[country]} for country in wanted}
    return call.work.shapes.skeleton(SPEC) | {"id": "", "countries": countries}
