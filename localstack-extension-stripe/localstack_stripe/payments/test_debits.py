"""Stripe's test bank accounts that are debited (https://docs.stripe.com/testing#ach-direct-debit,
https://docs.stripe.com/payments/sepa-debit/accept-a-payment#test-integration, and the same page of ``au-becs-debit``,
``payment-methods/bacs-debit`` and ``acss-debit``): what becomes of a payment with each.

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


REVOKES_MANDATE = frozenset({"account_closed", "debit_not_authorized", "no_account"})
"""Failures after which the customer's mandate counts no more
(https://docs.stripe.com/payments/ach-direct-debit#handle-failed-payments)."""


class TestDebit(NamedTuple):
    """One test bank account.

    :param name: the test value that stands for it, such as ``pm_usBankAccount_success``, if there is one
    :param outcome: ``succeeds``, ``fails``, both perhaps ``_later``, ``disputed``, or ``stays`` processing
    :param code: why it fails
    """

    type: str
    name: str
    number: str
    country: str
    outcome: str
    code: str


def fingerprint_of(number: str) -> str:
    """What identifies a bank account without telling its number."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


@cache
def _debits() -> tuple[TestDebit, ...]:
    table = Path(__file__).with_name("test_debits.csv").read_text("utf-8")
    return tuple(TestDebit(**row) for row in csv.DictReader(table.splitlines()))


def debit_of_payment_method(id: str) -> TestDebit | None:
    """The bank account that a test value stands for."""
    return next((each for each in _debits() if each.name == id), None) if id else None


@cache
def _by_what_is_told() -> dict[tuple[str | None, str | None], TestDebit]:
    found: dict[tuple[str | None, str | None], TestDebit] = {}
    for each in _debits():
        is_american = each.type == "us_bank_account"
        told = each.number[-4:] if is_american else fingerprint_of(each.number)
        found.setdefault((each.type, told), each)
    return found


def debit_of_account(type: str | None, details: Mapping[str, Any]) -> TestDebit | None:
    """The test bank account that a payment method or a charge tells of.

    In the United States it is told by its last digits, whose bank may be any: the fingerprint is also the bank's.
    """
    told = details.get("last4" if type == "us_bank_account" else "fingerprint")
    return _by_what_is_told().get((type, told))
