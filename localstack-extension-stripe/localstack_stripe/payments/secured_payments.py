"""What has come of 3D Secure in a payment by card (https://docs.stripe.com/testing#regulatory-cards), of the cardholder or
without them.
"""

from typing import Literal, NamedTuple

from localstack_stripe.payments.test_cards import TestCard


class Secured(NamedTuple):
    """How a payment was authenticated.

    :param result: as https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure-result
    :param flow: whether the cardholder had to do something; nothing where no bank has answered
    """

    result: Literal["attempt_acknowledged", "authenticated", "not_supported", "processing_error"]
    flow: Literal["challenge", "frictionless"] | None = None


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
