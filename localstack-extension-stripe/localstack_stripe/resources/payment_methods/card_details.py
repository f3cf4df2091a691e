"""What is shown of a card: the ``card`` of a payment method, its brand, and the networks that it is used in."""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.test_cards import TestCard
from localstack_stripe.resources.payment_methods.card_expiry import expiry_year


def card_details(work: UnitOfWork, card: TestCard) -> Record:
    """The ``card`` of a payment method: https://docs.stripe.com/api/payment_methods/object#payment_method_object-card."""
    return {
        "brand": card.brand,
        "checks": None,
        "country": card.country,
        "display_brand": _DISPLAYED.get(card.brand, card.brand),
        "exp_month": 8,
        "exp_year": expiry_year(work),
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": available_networks(card), "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


_DISPLAYED = {
    "amex": "american_express",
    "diners": "diners_club",
    "eftpos_au": "eftpos_australia",
    "unionpay": "union_pay",
    "unknown": "other",
}
"""What a brand is called where it is shown, if that is otherwise
(https://docs.stripe.com/api/payment_methods/object#payment_method_object-card-display_brand)."""

_INVALID = "invalid_preference"


def available_networks(card: TestCard) -> list[str]:
    """The networks that a card can be used in (https://docs.stripe.com/co-badged-cards-compliance)."""
    return [card.co_brand, card.brand] if card.co_brand else [card.brand]


def prefer_network(details: Record, preferred: str | None) -> None:
    """Note in the ``card`` of a payment method in which of its networks its holder wants it to be used, if in one."""
    networks = details["networks"]
    if preferred and preferred not in networks["available"]:
        preferred = _INVALID
    details["networks"] = networks | {"preferred": preferred or None}
    shown = details["brand"] if preferred in (None, "", _INVALID) else preferred
    details["display_brand"] = _DISPLAYED.get(shown, shown)


def used_network(details: Record) -> str:
    """The network in which a payment method's card is used."""
    preferred = (details.get("networks") or {}).get("preferred")
    return str(details["brand"] if preferred in (None, _INVALID) else preferred)
