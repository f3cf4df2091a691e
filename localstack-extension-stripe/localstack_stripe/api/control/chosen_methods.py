"""How a customer pays on the emulator's pages: with one of Stripe's test values, which they choose instead of typing."""

from collections.abc import Iterable, Mapping
from html import escape

from localstack_stripe.api.control.dispatch import Asked
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.payment_methods import described_method, obtain

_TEST_VALUES: Mapping[str, Mapping[str, str]] = {
    "card": {
        "pm_card_visa": "Visa, pays",
        "pm_card_mastercard": "Mastercard, pays",
        "pm_card_threeDSecure2Required": "Visa, asks for 3D Secure",
        "pm_card_visa_chargeDeclined": "Visa, is declined",
        "pm_card_visa_chargeDeclinedInsufficientFunds": "Visa, has insufficient funds",
        "pm_card_chargeCustomerFail": "Visa, is declined later",
        "pm_card_createDispute": "Visa, is disputed",
    },
    "sepa_debit": {
        "pm_sepaDebit_success_de": "SEPA debit, pays",
        "pm_sepaDebit_failed_de": "SEPA debit, fails",
    },
    "us_bank_account": {
        "pm_usBankAccount_success": "US bank account, pays",
        "pm_usBankAccount_insufficientFunds": "US bank account, has insufficient funds",
    },
}
"""What a customer can choose, by type; of all other types it is the type."""


def choice(types: Iterable[str]) -> str:
    """The field of a form in which one chooses among what these types have."""
    options = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for type in types
        for value, text in _TEST_VALUES.get(type, {type: type}).items()
    )
    return f'<label>Payment method <select name="payment_method">{options}</select></label>'


def chosen(work: UnitOfWork, asked: Asked) -> Record:
    """The payment method that a form has, with what it says of its owner."""
    value = str(asked.params.get("payment_method") or "pm_card_visa")
    told = {name: str(asked.params[name]) for name in ("email", "name") if asked.params.get(name)}
    if not value.startswith("pm_"):
        data = {"type": value, "billing_details": told}
        return described_method(work, data, "payment_method", raw_allowed=False)
    method = work.change(obtain(work, value, "payment_method"))
    method["billing_details"] = {**method["billing_details"], **told}
    return method
