"""What has come of 3D Secure in a payment by card (https://docs.stripe.com/testing#regulatory-cards), of the cardholder or
without them.
"""

from typing import Any, Literal, NamedTuple

from localstack_stripe.payments.authentications import commerce_indicator, unchallenged
from localstack_stripe.payments.test_cards import TestCard


class Secured(NamedTuple):
    """How a payment was authenticated.

    :param result: as https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure-result
    :param flow: whether the cardholder had to do something; nothing where no bank has answered
    """

    result: Literal[
        "attempt_acknowledged", "authenticated", "failed", "not_supported", "processing_error"
    ]
    flow: Literal["challenge", "frictionless"] | None = None


_REQUIRED = frozenset({"4000000032200000", "4000008400001280"})
"""The numbers of the test cards whose holders are not asked, and with which it is tried in every payment nevertheless."""


def secured(card: TestCard, *, authenticated: bool | None, requested: bool) -> Secured | None:
    """How a payment was authenticated; nothing where 3D Secure was not tried.

    :param authenticated: whether the cardholder has done what they were asked for; nothing where they were not asked
    :param requested: whether the merchant wants them to be
    """
    if authenticated is not None:
        return Secured("authenticated" if authenticated else "failed", "challenge")
    outcome = unchallenged(card)
    if outcome is None or not (requested or card.number in _REQUIRED):
        return None
    return Secured(outcome, "frictionless" if outcome == "authenticated" else None)


_REASONS = {
    "failed": "rejected",
    "not_supported": "network_not_supported",
    "processing_error": "protocol_error",
}


def shown_authentication(brand: str, tried: Secured, transaction: str) -> dict[str, Any]:
    """What is kept of an authentication
    (https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure).

    :param brand: the card's
    :param transaction: by which id the bank knows it, if it was asked
    """
    is_known = tried.result in ("attempt_acknowledged", "authenticated")
    return {
        "authentication_flow": tried.flow,
        "electronic_commerce_indicator": commerce_indicator(brand, tried.result),
        "exemption_indicator": None,
        "result": tried.result,
        "result_reason": _REASONS.get(tried.result),
        "transaction_id": transaction if is_known else None,
        "version": "2.2.0" if is_known else None,
    }
