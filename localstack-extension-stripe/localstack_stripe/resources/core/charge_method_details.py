"""How a charge shows what was charged
(https://docs.stripe.com/api/charges/object#charge_object-payment_method_details).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.known_banks import told_by_bank
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_details import used_network
from localstack_stripe.resources.payment_methods.card_present import charged, is_presented
from localstack_stripe.resources.payment_methods.debited_accounts import (
    charged_account,
    charged_older_account,
    is_debit,
)
from localstack_stripe.resources.payment_methods.described_methods import type_details
from localstack_stripe.resources.payment_methods.method_notes import voucher_of
from localstack_stripe.resources.payment_methods.payment_methods import bank_card


def method_details(
    work: UnitOfWork,
    method: Record,
    *,
    authentication: Record | None = None,
    mandate: str | None = None,
    options: Record | None = None,
) -> Record:
    """The ``payment_method_details`` of a charge of *method*, before the bank has said anything.

    :param authentication: how whoever pays by card was authenticated, as it is shown
    :param mandate: the id of the mandate with which a bank account is debited
    :param options: what an intent says of that type of payment method
    """
    options = options or {}
    if is_presented(method):
        return charged(work, method)
    if method["object"] == BANK_ACCOUNT:
        return charged_older_account(method)
    type = method.get("type", "card")
    if is_debit(type):
        return {"type": type, type: charged_account(method, mandate, options.get("target_date"))}
    card = method if method["object"] == "card" else method.get("card")
    if card is not None:
        return {"type": "card", "card": _charged_card(method, card, authentication)}
    found = told_by_bank(type, _owner_of(method)["name"], options) | voucher_of(work, method)
    return {"type": type, type: type_details(work, "ChargePaymentMethodDetails", method, found)}


def _charged_card(method: Record, card: Record, authentication: Record | None) -> Record:
    """What is told of a card.

    :param card: what is told of it where it is kept; of the older kind, the method itself
    """
    names = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    known = bank_card(method)
    brand = card["brand"].lower().replace("american express", "amex").split()[0]
    told = card.get("checks") or {
        "address_line1_check": card.get("address_line1_check"),
        "address_postal_code_check": card.get("address_zip_check"),
        "cvc_check": card.get("cvc_check"),
    }
    return {
        **{name: card[name] for name in names},
        **dict.fromkeys(_UNKNOWN_OF_CARD),
        "brand": brand,
        "checks": told if known is None else checked(known, told),
        "electronic_commerce_indicator": _indicator(brand, authentication),
        "network": used_network({**card, "brand": brand}),
        "regulated_status": "unregulated",
        "three_d_secure": authentication,
    }


def _owner_of(method: Record) -> Record:
    """What is said of whoever pays: of the older kind, by a source."""
    return method.get("billing_details") or method.get("owner") or {"name": None}


def _indicator(brand: str, authentication: Record | None) -> str | None:
    """How far a payment was authenticated, as Visa has it; what other networks say is not known here."""
    if brand != "visa":
        return None
    told: str | None = (authentication or {}).get("electronic_commerce_indicator")
    return told or "07"


_UNKNOWN_OF_CARD = (
    "installments",
    "mandate",
    "transaction_link_id",
    "wallet",
)
"""What a real network would have said of a payment."""
