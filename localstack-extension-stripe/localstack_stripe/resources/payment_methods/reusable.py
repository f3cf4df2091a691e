"""What of a payment method can be saved to be charged again: itself, or what is made of it."""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.known_banks import IBANS
from localstack_stripe.resources.payment_methods.card_present import card_of_presented, is_presented
from localstack_stripe.resources.payment_methods.debited_accounts import described_details
from localstack_stripe.resources.payment_methods.new_mandates import mandate_with
from localstack_stripe.resources.payment_methods.payment_methods import new_method


def reusable(work: UnitOfWork, method: Record, of: Record) -> Record:
    """What of a payment method can be saved.

    :param of: the charge, or the attempt of a setup, that it was used for
    """
    if is_presented(method):
        return card_of_presented(work, method, of)
    if method["object"] == "payment_method" and method["type"] in IBANS:
        return _debited(work, method, of)
    return method


def _debited(work: UnitOfWork, method: Record, of: Record) -> Record:
    type = method["type"]
    details = described_details(work, "sepa_debit", {"iban": IBANS[type]}, "iban")
    origin = "charge" if of["object"] == "charge" else "setup_attempt"
    details["generated_from"] = {"charge": None, "setup_attempt": None, origin: of["id"]}
    made = new_method(work, "sepa_debit", details)
    made["billing_details"] = method["billing_details"]
    of["payment_method_details"][type] |= {
        "generated_sepa_debit": made["id"],
        "generated_sepa_debit_mandate": mandate_with(work, made, of)["id"],
    }
    return made


def saved_by(work: UnitOfWork, method: Record, charge: Record) -> Record:
    """What a charge has saved of the payment method that it was paid with."""
    details = charge["payment_method_details"][method["type"]] or {}
    made = details.get("generated_sepa_debit")
    return work.require("payment_method", made, "payment_method") if made else method
