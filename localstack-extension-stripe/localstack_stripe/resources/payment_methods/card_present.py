"""Cards that are held to a reader (https://docs.stripe.com/terminal/payments/collect-card-payment): the payment methods
``card_present`` and ``interac_present``, what a charge says of them, and the card that is made to be charged again.
"""

from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_cards import TestCard
from localstack_stripe.resources.payment_methods.card_expiry import expiry_year
from localstack_stripe.resources.payment_methods.payment_methods import (
    bank_card,
    new_card_method,
    new_method,
)

STRUCTURES = {
    "card_present": ("PaymentMethodCardPresent", "ChargePaymentMethodDetailsCardPresent"),
    "interac_present": ("PaymentMethodInteracPresent", "ChargePaymentMethodDetailsInteracPresent"),
}
"""By type, what describes the card in a payment method, and in a charge."""

_READER = "reader"
"""Noted of such a payment method: where it was presented."""

_RECEIPT = {
    "application_cryptogram": "DBD5C0E5B0B0C2E0",
    "application_preferred_name": "Stripe Credit",
    "authorization_code": "123456",
    "authorization_response_code": "3030",
    "dedicated_file_name": "A000000003101001",
    "terminal_verification_results": "8800008000",
    "transaction_status_information": "6800",
}
"""What has to be on a receipt (https://docs.stripe.com/terminal/features/receipts), the same for every test card."""


_PIN = {
    "4000002760000008": "online_pin",
    "4000008260000075": "offline_pin",
    "4001000360000005": "online_pin",
    "4001007020000002": "offline_pin",
}
"""The test cards that are inserted and whose cardholder enters a PIN (https://docs.stripe.com/testing#terminal)."""


def presented(work: UnitOfWork, card: TestCard, type: str, reader: Record) -> Record:
    """The payment method that a card is, held to a reader.

    :param type: ``card_present`` or ``interac_present``
    """
    details = work.shapes.structure(STRUCTURES[type][0]) | {
        "brand": card.brand,
        "country": card.country,
        "exp_month": 8,
        "exp_year": expiry_year(work),
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "preferred_locales": ["en"],
        "read_method": "contact_emv" if card.number in _PIN else "contactless_emv",
    }
    method = new_method(work, type, details)
    place = {"location": reader["location"], "reader": reader["id"]}
    work.note(method, _READER, {name: id for name, id in place.items() if id is not None})
    return method


def is_presented(method: Record) -> bool:
    """Whether a payment method is a card that was held to a reader."""
    return method["object"] == "payment_method" and method["type"] in STRUCTURES


def charged(work: UnitOfWork, method: Record) -> Record:
    """The ``payment_method_details`` of a charge of a card that was held to a reader."""
    type = method["type"]
    details = work.shapes.structure(STRUCTURES[type][1])
    details |= {name: value for name, value in method[type].items() if name in details}
    details |= work.noted(method, _READER) or {}
    details["network"] = method[type]["brand"]
    details["receipt"] = {"account_type": _account_type(type, method), **_RECEIPT}
    card = bank_card(method)
    verified = _PIN.get(card.number if card is not None else "", "approval")
    details["receipt"]["cardholder_verification_method"] = verified
    return {"type": type, type: details}


def card_of_presented(work: UnitOfWork, method: Record, of: Record) -> Record:
    """The card that is made of one that was held to a reader, to be charged again
    (https://docs.stripe.com/terminal/features/saving-payment-details/overview).

    :param of: the charge, or the attempt of a setup, that it was presented for
    """
    card = bank_card(method)
    assert card is not None
    made = new_card_method(work, card)
    origin: dict[str, Any] = {"charge": None, "payment_method_details": None, "setup_attempt": None}
    shown = of["payment_method_details"]
    if of["object"] == "charge":
        origin |= {"charge": of["id"], "payment_method_details": shown}
    else:
        origin["setup_attempt"] = of["id"]
    made["card"]["generated_from"] = origin
    shown[method["type"]]["generated_card"] = made["id"]
    return made


def _account_type(type: str, method: Record) -> str:
    return "checking" if type == "interac_present" else str(method[type]["funding"])
