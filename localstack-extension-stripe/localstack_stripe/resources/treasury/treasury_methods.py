"""The bank accounts that money comes from to a financial account, or goes to, as its flows describe them
(https://docs.stripe.com/treasury/moving-money/working-with-bankaccount-objects).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.us_bank_accounts import us_bank_account

TEST_METHOD = "pm_usBankAccount"
"""What Stripe's test values begin with that stand for a bank account (https://docs.stripe.com/testing#ach-direct-debit)."""

_TEST_BANK = {"account_number": "000123456789", "routing_number": "110000000"}

_SHOWN = (
    "account_holder_type",
    "account_type",
    "bank_name",
    "fingerprint",
    "last4",
    "routing_number",
)


def bank_details(work: UnitOfWork, id: str, param: str) -> Record:
    """What a flow shows of the payment method that it names.

    :raises StripeError: 400 ``resource_missing``
    """
    method = work.get("payment_method", id)
    if method is None:
        if not id.startswith(TEST_METHOD):
            raise no_such("PaymentMethod", id, param)
        billing, bank = billing_of({}), described_bank(work, _TEST_BANK, "ach")
    else:
        billing = billing_of(method["billing_details"])
        known = method.get("us_bank_account") or {}
        bank = {name: known.get(name) for name in _SHOWN} | {"network": "ach"}
    return {"billing_details": billing, "type": "us_bank_account", "us_bank_account": bank}


def described_bank(work: UnitOfWork, given: Mapping[str, Any], network: str) -> Record:
    """What a flow shows of a bank account that a request describes by its number."""
    account = us_bank_account(work, given, "destination_payment_method_data[us_bank_account]")
    return {name: account[name] for name in _SHOWN} | {"network": network}


def initiating_bank(given: Mapping[str, Any]) -> Record:
    """What a received credit or debit shows of the bank account at the other end."""
    bank = {**_TEST_BANK, **given}
    return {
        "billing_details": billing_of({"name": bank.get("account_holder_name", "Jane Austen")}),
        "type": "us_bank_account",
        "us_bank_account": {
            "bank_name": "STRIPE TEST BANK",
            "last4": bank["account_number"][-4:],
            "routing_number": bank["routing_number"],
        },
    }


def billing_of(given: Mapping[str, Any]) -> Record:
    """Whose account it is, complete."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {
        "address": address | dict(given.get("address") or {}),
        "email": given.get("email") or None,
        "name": given.get("name"),
    }
