"""Stripe's test bank accounts that are debited (https://docs.stripe.com/testing#ach-direct-debit,
https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration, and the same page of ``au-becs-debit``,
``payment-methods/bacs-debit``, ``acss-debit`` and ``nz-bank-account``): what becomes of a payment with each.

The table beside this file has them. A record of one does not hold its number; it is found again by what it tells.
"""

import csv
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

LATER = 180
"""How long a delayed outcome takes, in seconds."""

CURRENCIES = {
    "acss_debit": ("cad", "usd"),
    "au_becs_debit": ("aud",),
    "bacs_debit": ("gbp",),
    "nz_bank_account": ("nzd",),
    "sepa_debit": ("eur",),
    "us_bank_account": ("usd",),
}
"""The types of bank debits, and the currencies of each."""

MESSAGES = {
    "account_closed": "The customer's bank account has been closed.",
    "bank_account_unusable": "The customer's bank account cannot be used any more.",
    "charge_exceeds_source_limit": "This charge exceeds the weekly limit of this account.",
    "charge_exceeds_transaction_limit": "This charge exceeds the limit of a transaction of this account.",
    "charge_exceeds_weekly_limit": "This charge exceeds the weekly limit of this account.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
    "incorrect_account_holder_name": "The transaction can't be processed because the customer's account information is "
    "missing or incorrect.",
    "insufficient_funds": "The customer's account has insufficient funds to cover this payment.",
    "invalid_currency": "The customer's bank account cannot be debited in this currency.",
    "no_account": "The customer's bank account could not be located.",
    "refer_to_customer": "The customer's bank could not process the debit, and refers to the customer.",
}
"""Why a debit fails, by code."""


REFUSALS = {
    "account_number_invalid": "The bank account number provided is invalid.",
    "sepa_debit_bank_not_supported": "The customer's bank does not support SEPA Direct Debit.",
    "sepa_debit_debits_not_supported": "The customer's bank account cannot be debited by SEPA Direct Debit.",
}
"""Why an account is not taken at all, by code."""


REVOKES_MANDATE = frozenset({"account_closed", "debit_not_authorized", "no_account"})
"""Failures after which the customer's mandate counts no more
(https://docs.stripe.com/payments/ach-direct-debit#handle-failed-payments)."""


class TestDebit(NamedTuple):
    """One test bank account.

    :param name: the test value that stands for it, such as ``pm_usBankAccount_success``, if there is one
    :param number: in New Zealand with its bank, branch and suffix
    :param outcome: what becomes of a payment: it ``succeeds``, ``fails``, is ``disputed``, all perhaps ``_later``, ``stays``
        processing, or is ``blocked`` by Radar; or the account is ``refused``, is ``unverifiable``, as micro-deposits do not
        arrive, or its bank does not take the mandate, ``mandate_refused``
    :param code: why it fails, or is refused
    """

    type: str
    name: str
    number: str
    country: str
    outcome: str
    code: str

    @property
    def described(self) -> Mapping[str, str]:
        """What a payment method is described with that debits it."""
        if self.type == "nz_bank_account":
            names = ("bank_code", "branch_code", "account_number", "suffix")
            return dict(zip(names, self.number.split("-"), strict=True))
        return {"account_number": self.number, "iban": self.number, **_BANKS.get(self.type, {})}

    @property
    def told(self) -> str:
        """What payment methods and charges tell of it, by which it is found again."""
        if self.type in _TOLD_BY_LAST4:
            return self.described["account_number"][-4:]
        return fingerprint_of(self.number)


_BANKS: Mapping[str, Mapping[str, str]] = {
    "acss_debit": {"institution_number": "000", "transit_number": "11000"},
    "au_becs_debit": {"bsb_number": "000000"},
    "bacs_debit": {"sort_code": "108800"},
    "us_bank_account": {"routing_number": "110000000"},
}
"""The test banks."""

_TOLD_BY_LAST4 = frozenset({"nz_bank_account", "us_bank_account"})
"""Where an account is told by its last digits: in New Zealand nothing else is, and in the United States the fingerprint is
also the bank's, which may be any."""


def fingerprint_of(number: str) -> str:
    """What identifies a bank account without telling its number."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


@cache
def _debits() -> tuple[TestDebit, ...]:
    table = Path(__file__).with_name("test_debits.csv").read_text("utf-8")
    return tuple(TestDebit(**row) for row in csv.DictReader(table.splitlines()))


@cache
def _by_name() -> dict[str, TestDebit]:
    return {each.name: each for each in _debits() if each.name}


def debit_of_payment_method(id: str) -> TestDebit | None:
    """The bank account that a test value stands for; Stripe's pages leave SEPA out of some names, as in ``pm_success_de``."""
    named = _by_name()
    return named.get(id) or named.get(f"pm_sepaDebit_{id.removeprefix('pm_')}")


@cache
def _by_what_is_told() -> dict[tuple[str | None, str | None], TestDebit]:
    found: dict[tuple[str | None, str | None], TestDebit] = {}
    for each in _debits():
        found.setdefault((each.type, each.told), each)
    return found


def debit_of_account(type: str | None, details: Mapping[str, Any]) -> TestDebit | None:
    """The test bank account that a payment method or a charge tells of."""
    told = details.get("last4" if type in _TOLD_BY_LAST4 else "fingerprint")
    return _by_what_is_told().get((type, told))
