"""What a card's network says of a payment, and what can be done with money that it holds
(https://docs.stripe.com/payments/flexible-payments).
"""

from decimal import Decimal

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.holds import held_until
from localstack_stripe.payments.test_cards import TestCard

_OVERCAPTURED_MOST = Decimal("1.2")
"""How much of an authorized amount can be captured where that is asked for, as in Stripe's example; the networks' limits
are of each merchant category (https://docs.stripe.com/payments/overcapture).
"""

_FLEXIBLE = ("extended_authorization", "incremental_authorization", "multicapture", "overcapture")

_NETWORKS = frozenset({"amex", "discover", "mastercard", "visa"})
"""The brands with all of these; the others are only captured in parts (https://docs.stripe.com/payments/multicapture,
https://docs.stripe.com/payments/incremental-authorization)."""

_INFLEXIBLE = "credit_disableEnterpriseCardFeatures"
"""The test card that has none of these, and of which no more is authorized when that is tried
(https://docs.stripe.com/payments/incremental-authorization#test)."""


def _may_have(brand: str, card: TestCard | None) -> tuple[str, ...]:
    """What can be asked for of a payment with a card that is held."""
    if card is not None and card.name == _INFLEXIBLE:
        return ("incremental_authorization",)
    return _FLEXIBLE if brand in _NETWORKS else ("multicapture",)


def takes_no_more(card: TestCard | None) -> bool:
    """Whether a card's bank authorizes no more than it did before."""
    return card is not None and card.name == _INFLEXIBLE


def most_capturable(amount: int, status: str) -> int:
    """How much can be captured of an authorized amount, by the status of its overcapture; in minor units."""
    return rounded(amount * _OVERCAPTURED_MOST) if status == "available" else amount


def presented_until(created: int, brand: str, options: Record) -> int:
    """Until when the money of a card that was held to a reader can be captured, in seconds since 1970.

    :param options: as in :func:`authorization`
    """
    wanted = bool(options.get("request_extended_authorization"))
    return held_until(created, "card_present", brand, extended=wanted and brand in _NETWORKS)


def authorization(
    work: UnitOfWork,
    charge: Record,
    card: TestCard | None,
    decline: Decline | None,
    options: Record,
    *,
    off_session: bool = False,
) -> Record:
    """What the network said of a payment by card, and what is possible with it
    (https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card).

    :param options: what is asked for of the card's payment, which only money that is captured by hand can have
        (https://docs.stripe.com/payments/flexible-payments)
    """
    is_held = decline is None and not charge["captured"]
    brand = charge["payment_method_details"]["card"]["brand"]
    has = {
        name
        for name in _may_have(brand, card)
        if is_held and options.get(f"request_{name}") == "if_available"
    }
    status = {name: "available" if name in has else "unavailable" for name in _FLEXIBLE}
    is_extended = "extended_authorization" in has
    amount = charge["amount"]
    told: Record = {
        "amount_authorized": amount if decline is None else None,
        "authorization_code": work.ids.digits(6) if decline is None else None,
        "extended_authorization": {"status": "enabled" if is_extended else "disabled"},
        "incremental_authorization": {"status": status["incremental_authorization"]},
        "multicapture": {"status": status["multicapture"]},
        "network_token": {"used": False},
        "network_transaction_id": work.ids.digits(15),
        "overcapture": {
            "maximum_amount_capturable": most_capturable(amount, status["overcapture"]),
            "status": status["overcapture"],
        },
    }
    if is_held:
        told["capture_before"] = held_until(
            charge["created"], "card", brand, off_session=off_session, extended=is_extended
        )
    return told
