"""What has come of 3D Secure in a payment by card (https://docs.stripe.com/testing#regulatory-cards), of the cardholder or
without them.
"""

from typing import Any, Literal, NamedTuple

from localstack_stripe.payments.authentications import commerce_indicator
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


REFUSED = Secured("failed", "challenge")
"""The cardholder was asked, and has not done what they were asked for."""

_ALWAYS = {
    "4000000032200000": Secured("authenticated", "frictionless"),
    "4000008400001280": Secured("processing_error"),
}
_ON_REQUEST = {
    "378282246310005": Secured("not_supported"),
    "4000000000003097": Secured("processing_error"),
}
"""What comes of it with some test cards, by their number: in every payment, and where it is wanted."""


def secured(card: TestCard | None, *, authenticated: bool, requested: bool) -> Secured | None:
    """How a payment was authenticated; nothing where 3D Secure was not tried.

    :param authenticated: whether the cardholder was asked, and has done what they were asked for
    :param requested: whether the merchant wants them to be
    """
    if card is None:
        return None
    if authenticated:
        return Secured("authenticated", "challenge")
    if card.number in _ALWAYS:
        return _ALWAYS[card.number]
    if not requested or card.authentication:
        return None
    return _ON_REQUEST.get(card.number, Secured("attempt_acknowledged"))


_REASONS = {
    "failed": "rejected",
    "not_supported": "network_not_supported",
    "processing_error": "protocol_error",
}
_TRANSACTION = "9ee68e93-8e0c-4e6d-8d8f-9c2a0f0b3c54"


def shown_authentication(brand: str, tried: Secured) -> dict[str, Any]:
    """What is kept of an authentication
    (https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure).

    :param brand: the card's
    """
    is_known = tried.result in ("attempt_acknowledged", "authenticated")
    return {
        "authentication_flow": tried.flow,
        "electronic_commerce_indicator": commerce_indicator(brand, tried.result),
        "result": tried.result,
        "result_reason": _REASONS.get(tried.result),
        "transaction_id": _TRANSACTION if is_known else None,
        "version": "2.2.0" if is_known else None,
    }
