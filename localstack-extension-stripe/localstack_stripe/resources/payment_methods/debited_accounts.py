"""Bank accounts that are debited, as payment methods have them (``us_bank_account``, ``sepa_debit``, …)."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_stripe.billing.jurisdictions import EU
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.required_details import SEPA_ADDRESS
from localstack_stripe.payments.test_debits import (
    CURRENCIES,
    LATER,
    MESSAGES,
    REFUSALS,
    TestDebit,
    debit_of_account,
    fingerprint_of,
)
from localstack_stripe.resources.payment_methods.us_bank_accounts import us_bank_account

_KEPT_FROM_CHARGES = (
    "financial_connections_account",
    "generated_from",
    "networks",
    "status_details",
)

_EEA = EU | {"IS", "LI", "NO"}


def is_debit(type: str | None) -> bool:
    """Whether payment methods of a type debit a bank account."""
    return type in CURRENCIES


def details_of_test(work: UnitOfWork, debit: TestDebit) -> Record:
    """What a payment method says of the bank account that a test value stands for."""
    return described_details(work, debit.type, dict(debit.described), debit.type)


def described_details(work: UnitOfWork, type: str, given: Record, param: str) -> Record:
    """What a payment method says of the bank account that a request describes.

    :raises StripeError: 400 where something is missing, or cannot be
    """
    if type == "us_bank_account":
        return us_bank_account(work, given, param)
    details = _sepa(given, param) if type == "sepa_debit" else _numbered(type, given, param)
    account = debit_of_account(type, details)
    if account is not None and account.outcome == "refused":
        where = "iban" if type == "sepa_debit" else "account_number"
        raise invalid(REFUSALS[account.code], f"{param}[{where}]", account.code)
    return details


def address_to_debit(type: str, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The parameters that say where the holder of an account lives, where that has to be known to debit it.

    :param given: how a request describes the account
    """
    is_abroad = type == "sepa_debit" and given["iban"].strip()[:2].upper() not in _EEA
    return SEPA_ADDRESS if is_abroad else ()


def charged_account(method: Record, mandate: str | None, target_date: str | None) -> Record:
    """What a charge says of the bank account that is debited.

    :param mandate: the id of the customer's mandate for it
    :param target_date: the day on which it was asked to be debited, if one was
    """
    details: dict[str, Any] = method[method["type"]]
    shown = {name: value for name, value in details.items() if name not in _KEPT_FROM_CHARGES}
    told = {"expected_debit_date": target_date, "mandate": mandate}
    if method["type"] == "us_bank_account":
        shown["payment_reference"] = None  # by which the customer's bank would know it
    return shown | {name: value for name, value in told.items() if value is not None}


def account_of_method(method: Record) -> TestDebit | None:
    """The test bank account of a payment method."""
    return debit_of_account(method["type"], method.get(method["type"]) or {})


def account_of_charge(charge: Record) -> TestDebit | None:
    """The test bank account that was debited."""
    details = charge["payment_method_details"] or {}
    type = details.get("type")
    known = "us_bank_account" if type == OLDER_TYPE else type
    return debit_of_account(known, details.get(type) or {})


def answered_at(charge: Record) -> int | None:
    """When the bank, or whoever else pays, answers to a charge that is ``pending``, in seconds since 1970, if ever: after days
    at Stripe, and moments in its test mode.
    """
    if charge["status"] != "pending":
        return None
    account = account_of_charge(charge)
    outcome = account.outcome if account is not None else "succeeds"
    if outcome == "stays":
        return None
    return int(charge["created"]) + (LATER if outcome.endswith("_later") else 0)


def refusal_of_charge(charge: Record) -> Decline | None:
    """Why the bank does not pay when it answers to a debit, or nothing."""
    account = account_of_charge(charge)
    code = account.code if account is not None else ""
    return Decline(code, None, MESSAGES[code]) if code else None


OLDER_TYPE = "ach_debit"
"""What a charge calls a bank account that is no payment method."""

_TOLD_OF_OLDER = (
    "account_holder_type",
    "bank_name",
    "country",
    "fingerprint",
    "last4",
    "routing_number",
)


def charged_older_account(account: Record) -> Record:
    """The ``payment_method_details`` of a charge that debits a customer's bank account that is no payment method."""
    return {"type": OLDER_TYPE, OLDER_TYPE: {name: account[name] for name in _TOLD_OF_OLDER}}


def _sepa(given: Record, param: str) -> Record:
    if not given.get("iban"):
        raise missing_parameter(f"{param}[iban]")
    iban = "".join(given["iban"].split()).upper()
    if not _is_iban(iban):
        raise invalid(
            "The IBAN you entered is invalid.", f"{param}[iban]", "invalid_bank_account_iban"
        )
    return {
        "bank_code": iban[4:12],
        "branch_code": None,
        "country": iban[:2],
        "fingerprint": fingerprint_of(iban),
        "generated_from": {"charge": None, "setup_attempt": None},
        "last4": iban[-4:],
    }


_NUMBERED: dict[str, tuple[tuple[str, ...], Callable[[Record], Record]]] = {
    "acss_debit": (
        ("account_number", "institution_number", "transit_number"),
        lambda given: {
            "bank_name": "STRIPE TEST BANK",
            "institution_number": given["institution_number"],
            "transit_number": given["transit_number"],
        },
    ),
    "au_becs_debit": (
        ("account_number", "bsb_number"),
        lambda given: {"bsb_number": given["bsb_number"].replace("-", "")},
    ),
    "bacs_debit": (
        ("account_number", "sort_code"),
        lambda given: {"sort_code": given["sort_code"].replace("-", "")},
    ),
    "nz_bank_account": (
        ("account_number", "bank_code", "branch_code", "suffix"),
        lambda given: {
            "account_holder_name": given.get("account_holder_name"),
            "bank_code": given["bank_code"],
            "bank_name": "STRIPE TEST BANK",
            "branch_code": given["branch_code"],
            "suffix": given["suffix"],
        },
    ),
}
"""By type, what describes an account, and what is shown of that besides its last digits."""


def _numbered(type: str, given: Record, param: str) -> Record:
    needed, shown = _NUMBERED[type]
    for name in needed:
        if not given.get(name):
            raise missing_parameter(f"{param}[{name}]")
    number = given["account_number"]
    told = {"last4": number[-4:]}
    if type != "nz_bank_account":
        told["fingerprint"] = fingerprint_of(number)
    return shown(given) | told


def _is_iban(number: str) -> bool:
    """Whether a number's check digits are right (ISO 13616)."""
    turned = number[4:] + number[:4]
    if len(number) < 15 or not turned.isalnum() or not turned.isascii():
        return False
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
