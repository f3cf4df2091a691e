"""Bank accounts (https://docs.stripe.com/api/customer_bank_accounts): money comes from them and goes to them.

What a bank would say is simulated with Stripe's test numbers (https://docs.stripe.com/connect/testing#account-numbers).
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.payout_failures import TEST_ACCOUNTS
from localstack_stripe.resources.payment_methods.token_use import use_token

BANK_ACCOUNT = "bank_account"

TEST_TOKENS = {
    "btok_us": "new",
    "btok_us_verified": "verified",
    "btok_us_verified_invalidAccountNumber": "verified",
    "btok_us_verified_accountClosed": "verified",
    "btok_us_verified_debitNotAuthorized": "verified",
    "btok_us_verified_insufficientFunds": "verified",
    "btok_us_verified_invalidCurrency": "verified",
    "btok_us_verified_noAccount": "verified",
    "btok_us_verified_verificationFailed": "verification_failed",
    "btok_us_unverified": "new",
}
"""Stripe's test values, and the status of the bank account that each stands for."""

_TEST_ACCOUNT = {"account_number": "000123456789", "country": "US", "routing_number": "110000000"}


def described(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    """The values of a bank account that is described by its number.

    :raises StripeError: 400 where the number is none
    """
    number, country = given["account_number"], given["country"].upper()
    if not number.replace(" ", "").isalnum():
        raise StripeError(
            "Invalid account number: only numbers and letters are allowed.",
            code="account_number_invalid",
            param=f"{param}[account_number]",
        )
    routing = given.get("routing_number")
    if country == "US":
        _require_american(routing, number, param)
    return {
        "account_holder_name": given.get("account_holder_name"),
        "account_holder_type": given.get("account_holder_type"),
        "account_type": given.get("account_type"),
        "bank_name": "STRIPE TEST BANK",
        "country": country,
        "currency": (given.get("currency") or "usd").lower(),
        "fingerprint": hashlib.sha256(f"{country}{routing}{number}".encode()).hexdigest()[:16],
        "last4": number[-4:],
        "metadata": {},
        "routing_number": routing,
        "status": "new",
    }


def _require_american(routing: str | None, number: str, param: str) -> None:
    """Refuse numbers that no bank account in the United States has.

    :raises StripeError: 400
    """
    if routing is None:
        raise missing_parameter(f"{param}[routing_number]")
    if not (len(routing) == 9 and is_digits(routing)):
        raise invalid(
            f"Invalid routing number for US: must contain 9 digits; you gave {routing}.",
            f"{param}[routing_number]",
            "routing_number_invalid",
        )
    if not is_of_a_bank(routing):
        raise invalid(
            "We couldn't find the bank for that routing number",
            f"{param}[routing_number]",
            "routing_number_invalid",
        )
    if not (is_digits(number) and 4 <= len(number) <= 17):
        raise invalid(
            "Invalid account number: must contain only digits, and be at most 17 digits long",
            f"{param}[account_number]",
            "account_number_invalid",
        )


def is_of_a_bank(routing: str) -> bool:
    """Whether the last digit is the check digit of the others, as in what the American Bankers Association gave."""
    weighed = zip(map(int, routing), (3, 7, 1) * 3, strict=True)
    return sum(digit * weight for digit, weight in weighed) % 10 == 0


def of_token(work: UnitOfWork, token: str, param: str) -> Record:
    """The values of the bank account that a token stands for: a test value, or one that was created, which is used up.

    :raises StripeError: 400 where there is no such token, or it was used before
    """
    if token in TEST_TOKENS:
        number = TEST_ACCOUNTS.get(token, _TEST_ACCOUNT["account_number"])
        account = {**_TEST_ACCOUNT, "account_number": number}
        return described(work, account, param) | {"status": TEST_TOKENS[token]}
    shown: Record = use_token(work, token, BANK_ACCOUNT, param)[BANK_ACCOUNT]
    return {name: value for name, value in shown.items() if name not in ("id", "object")}


def is_of_account(work: UnitOfWork, token: str) -> bool:
    """Whether a token stands for a bank account."""
    return token.startswith("btok_") or BANK_ACCOUNT in (work.get("token", token) or {})


def for_token(work: UnitOfWork, given: Mapping[str, Any]) -> Record:
    """The bank account that a new token shows: no record yet, as nobody owns it."""
    id = work.new_id(BANK_ACCOUNT)
    values = described(work, given, BANK_ACCOUNT)
    return work.shapes.skeleton(BANK_ACCOUNT) | values | {"id": id}
