"""Which of the contract's types of event are made, and which are known not to be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import localstack_stripe.resources
from localstack_stripe.contract.loader import load_contract
from localstack_stripe.events.types import EventTypes, appeared, became, grew, turned, vanished

NEVER_MADE = {
    # What would have to happen at a bank, with a person or in the Dashboard.
    "account.application.authorized",
    "account.application.deauthorized",
    "checkout.session.async_payment_failed",
    "financial_connections.account.account_numbers_updated",
    "financial_connections.account.upcoming_account_number_expiry",
    "financial_connections.account.upcoming_deactivation",
    "financial_connections.authorization.upcoming_deactivation",
    "invoice.overdue",
    "invoice.payment_attempt_required",
    "invoice.will_be_due",
    "payment_method.automatically_updated",
    "treasury.debit_reversal.initial_credit_granted",
    # What the emulator does not do yet.
    "issuing_dispute.funds_rescinded",
}


def derived() -> set[str]:
    """The types that a change of a record can show."""
    contract = load_contract()
    types = EventTypes(contract)
    return {type.name for object in contract.resources for type in types.of(object)}


def said() -> set[str]:
    """The types that a behaviour says."""
    folder = Path(localstack_stripe.resources.__file__).parent
    code = "".join(path.read_text() for path in folder.rglob("*.py"))
    return set(re.findall(r'happened\(\s*"([^"]+)"', code))


def test_every_type_is_made_or_known_not_to_be() -> None:
    types = set(load_contract().events)

    assert types - derived() - said() <= NEVER_MADE


def test_what_behaviours_say_is_in_the_contract() -> None:
    contract = load_contract()

    assert said() <= {*contract.events, *contract.thin_events}


@pytest.mark.parametrize(
    ("test", "before", "now", "expected"),
    [
        (became("paid"), None, {"status": "paid"}, True),
        (became("paid"), {"status": "open"}, {"status": "paid"}, True),
        (became("paid"), {"status": "paid"}, {"status": "paid"}, False),
        (became("paid"), {"status": "open"}, None, False),
        (became("active", since=("paused",)), {"status": "paused"}, {"status": "active"}, True),
        (became("active", since=("paused",)), {"status": "trialing"}, {"status": "active"}, False),
        (turned("ready"), None, {"status": "ready"}, False),
        (turned("ready"), {"status": "advancing"}, {"status": "ready"}, True),
        (grew("amount"), {"amount": 0}, {"amount": 5}, True),
        (grew("amount"), {"amount": 5}, {"amount": 0}, False),
        (grew("amount"), {}, {"amount": None}, False),
        (appeared("error"), None, {"error": {"code": "x"}}, True),
        (appeared("error"), {"error": {"code": "x"}}, {"error": {"code": "x"}}, False),
        (appeared("error"), {"error": {"code": "x"}}, {"error": None}, False),
        (vanished("customer"), {"customer": "cus_1"}, {"customer": None}, True),
        (vanished("customer"), {"customer": "cus_1"}, None, False),
        (vanished("customer"), {}, {}, False),
    ],
)
def test_what_a_change_shows(test, before, now, expected) -> None:  # type: ignore[no-untyped-def]
    assert test(before, now) is expected
