"""How a charge shows what was charged
(https://docs.stripe.com/api/charges/object#charge_object-payment_method_details).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_details import used_network
from localstack_stripe.resources.payment_methods.card_present import charged, is_presented
from localstack_stripe.resources.payment_methods.debited_accounts import charged_account, is_debit
from localstack_stripe.resources.payment_methods.described_methods import type_details
from localstack_stripe.resources.payment_methods.payment_methods import bank_card


def method_details(
    work: UnitOfWork,
    method: Record,
    *,
    authenticated: bool = False,
    mandate: str | None = None,
    target_date: str | None = None,
) -> Record:
    """The ``payment_method_details`` of a charge of *method*, before the bank has said anything.

    :param authenticated: whether the customer has authenticated the payment
    :param mandate: the id of the mandate with which a bank account is debited
    :param target_date: the day on which it is to be debited
    """
    if is_presented(method):
        return charged(work, method)
    card = method if method["object"] == "card" else method.get("card")
    if is_debit(method.get("type")):
        return {
            "type": method["type"],
            method["type"]: charged_account(method, mandate, target_date),
        }
    if card is None:
        details = type_details(work, "ChargePaymentMethodDetails", method)
        return {"type": method["type"], method["type"]: details}
    names = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    known = bank_card(method)
    brand = card["brand"].lower().replace("american express", "amex").split()[0]
    told = card.get("checks") or {
        "address_line1_check": card.get("address_line1_check"),
        "address_postal_code_check": card.get("address_zip_check"),
        "cvc_check": card.get("cvc_check"),
    }
    return {
        "type": "card",
        "card": {name: card[name] for name in names}
        | dict.fromkeys(_UNKNOWN_OF_CARD)
        | {
            "brand": brand,
            "checks": told if known is None else checked(known, told),
            "electronic_commerce_indicator": _indicator(brand, authenticated),
            "network": used_network({**card, "brand": brand}),
            "regulated_status": "unregulated",
            "three_d_secure": dict(_AUTHENTICATED) if authenticated else None,
        },
    }


def _indicator(brand: str, authenticated: bool) -> str | None:
    """How far a payment was authenticated, as Visa has it; what other networks say is not known here."""
    if brand != "visa":
        return None
    return "05" if authenticated else "07"


_AUTHENTICATED = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": "9ee68e93-8e0c-4e6d-8d8f-9c2a0f0b3c54",
    "version": "2.2.0",
}
"""What is kept of an authentication
(https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure)."""


_UNKNOWN_OF_CARD = (
    "installments",
    "mandate",
    "transaction_link_id",
    "wallet",
)
"""What a real network would have said of a payment."""
