"""How a customer pays on the emulator's pages: with one of Stripe's test values, which they choose instead of typing."""

from collections.abc import Iterable, Mapping

from localstack_stripe.api.control.dispatch import Asked
from localstack_stripe.api.control.pages import field, selection
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.described_methods import billing_details
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


_OWNER = ("email", "name", "phone")
ADDRESS_FIELDS = ("line1", "line2", "city", "state", "postal_code", "country")


def address_fields(known: Mapping[str, str | None], within: str = "") -> str:
    """The fields of a form in which one says an address.

    :param within: the parameter that has them, where they are not by themselves
    """
    return "".join(
        field(
            name.replace("_", " ").capitalize(),
            f"{within}[{name}]" if within else name,
            known.get(name) or "",
        )
        for name in ADDRESS_FIELDS
    )


NONE = "none"
"""What a form has where somebody pays with nothing."""


def choice(types: Iterable[str], *, needed: bool = True) -> str:
    """The field of a form in which one chooses among what these types have.

    :param needed: whether something has to be chosen
    """
    options = {} if needed else {NONE: "None, nothing is to be paid now"}
    options |= {
        value: text
        for type in types
        for value, text in _TEST_VALUES.get(type, {type: type}).items()
    }
    return selection("Payment method", "payment_method", options)


def said_of_owner(asked: Asked) -> Record:
    """What a form says of who pays, as parameters of a payment method say it: ``billing_details``."""
    told: Record = {name: asked.params[name] for name in _OWNER if asked.params.get(name)}
    address = {name: asked.params[name] for name in ADDRESS_FIELDS if asked.params.get(name)}
    return told | ({"address": address} if address else {})


def chosen(work: UnitOfWork, asked: Asked) -> Record:
    """The payment method that a form has, with what it says of its owner."""
    value = str(asked.params.get("payment_method") or "pm_card_visa")
    told = said_of_owner(asked)
    if not value.startswith("pm_"):
        data = {"type": value, "billing_details": told}
        return described_method(work, data, "payment_method", raw_allowed=False)
    method = work.change(obtain(work, value, "payment_method"))
    method["billing_details"] = billing_details({**method["billing_details"], **told})
    return method
