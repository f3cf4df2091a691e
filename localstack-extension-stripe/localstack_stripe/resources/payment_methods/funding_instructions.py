"""Funding instructions (https://docs.stripe.com/api/cash_balance_funding): the bank accounts that a customer sends money to,
always the same ones.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_balances import TRANSFERS

EU_COUNTRIES = ("BE", "DE", "ES", "FR", "IE", "NL")
"""Where an account in euros can be (https://docs.stripe.com/payments/customer-balance/funding-instructions)."""

_STRUCTURE = "FundingInstructionsBankTransferFinancialAddress"


class _Address(NamedTuple):
    """One way to send money.

    :param details: what it says, with the digits that are the customer's own
    """

    type: str
    networks: tuple[str, ...]
    details: Callable[[str], Mapping[str, str]]


_US_BANK = {"account_type": "checking", "bank_name": "US Test Bank"}

_TRANSFERS: Mapping[str, tuple[str, tuple[_Address, ...]]] = {
    "eu_bank_transfer": (
        "DE",
        (
            _Address(
                "iban",
                ("sepa",),
                lambda own: {"bic": "TESTDE99XXX", "country": "DE", "iban": f"DE00{own[:18]}"},
            ),
        ),
    ),
    "gb_bank_transfer": (
        "GB",
        (
            _Address(
                "sort_code",
                ("bacs", "fps"),
                lambda own: {"account_number": own[:8], "sort_code": "108800"},
            ),
        ),
    ),
    "jp_bank_transfer": (
        "JP",
        (
            _Address(
                "zengin",
                ("zengin",),
                lambda own: {
                    "account_number": own[:7],
                    "account_type": "futsu",
                    "bank_code": "0009",
                    "bank_name": "JP Test Bank",
                    "branch_code": "950",
                    "branch_name": "Test",
                },
            ),
        ),
    ),
    "mx_bank_transfer": (
        "MX",
        (
            _Address(
                "spei",
                ("spei",),
                lambda own: {
                    "bank_code": "002",
                    "bank_name": "MX Test Bank",
                    "clabe": f"002{own[:15]}",
                },
            ),
        ),
    ),
    "us_bank_transfer": (
        "US",
        (
            _Address(
                "aba",
                ("ach", "domestic_wire_us"),
                lambda own: {
                    **_US_BANK,
                    "account_number": f"11119{own[:12]}",
                    "routing_number": "999999999",
                },
            ),
            _Address(
                "swift",
                ("swift",),
                lambda own: {
                    **_US_BANK,
                    "account_number": f"11119{own[:12]}",
                    "swift_code": "TESTUS99XXX",
                },
            ),
        ),
    ),
}
"""By type of bank transfer, in which country the accounts are, and which there are
(https://docs.stripe.com/payments/customer-balance/funding-instructions). Their numbers are made up."""


def require_country(country: str, param: str) -> None:
    """Refuse a country in which no account in euros can be.

    :param param: the parameter that asks for it
    :raises StripeError: 400
    """
    if country not in EU_COUNTRIES:
        raise invalid(f"Invalid country: must be one of {', '.join(EU_COUNTRIES)}", param)


_COUNTRY = "bank_transfer[eu_bank_transfer][country]"


@operation("POST /v1/customers/{customer}/funding_instructions")
def instruct(call: Call) -> Record:
    """Say where the customer sends money to.

    :raises StripeError: 400 where there is no such transfer in the currency, or no such account in the country
    """
    customer = require_path(call, "customer", "customer")
    transfer, currency = call.params["bank_transfer"], call.params["currency"].lower()
    type = transfer["type"]
    if type != f"{TRANSFERS.get(currency)}_bank_transfer":
        raise invalid(f"Transfers of the type {type} are not in {currency}.", "bank_transfer[type]")
    country = (transfer.get(type) or {}).get("country") if type == "eu_bank_transfer" else None
    if type == "eu_bank_transfer" and country is None:
        raise missing_parameter(_COUNTRY)
    if country is not None:
        require_country(country, _COUNTRY)
    return call.work.create(
        "funding_instructions",
        bank_transfer={
            "country": country or _TRANSFERS[type][0],
            "financial_addresses": financial_addresses(call.work, customer["id"], type, country),
            "type": type,
        },
        currency=currency,
        funding_type=call.params["funding_type"],
    )


def financial_addresses(
    work: UnitOfWork, customer: str, type: str, country: str | None = None
) -> Sequence[Record]:
    """The accounts that a customer, known by its id, sends money to.

    :param type: of the bank transfer, such as ``us_bank_transfer``
    :param country: where an account in Europe is to be
    """
    own = str(int(hashlib.sha256(customer.encode()).hexdigest(), 16))
    place, ways = _TRANSFERS[type]
    address = work.shapes.structure("Address") | {"country": country or place}
    shown = []
    for way in ways:
        empty = work.shapes.structure(f"{_STRUCTURE}{way.type.title().replace('_', '')}")
        details: Record = empty | {
            "account_holder_address": dict(address),
            "account_holder_name": "Test account",
            "bank_address": dict(address),
            **way.details(own),
        }
        if country is not None and "iban" in details:
            details |= {"country": country, "iban": f"{country}{details['iban'][2:]}"}
        shown.append(
            {"type": way.type, "supported_networks": list(way.networks), way.type: details}
        )
    return shown
