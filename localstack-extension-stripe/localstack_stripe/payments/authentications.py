"""What a cardholder's bank says to a 3D Secure authentication that stands by itself, in the terms of EMV 3-D Secure
(https://docs.stripe.com/testing#regulatory-cards, https://www.emvco.com/emv-technologies/3-d-secure).
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from localstack_stripe.payments.test_cards import TestCard

SERVERS: Mapping[str, str] = {
    "amex": "american_express",
    "cartes_bancaires": "cartes_bancaires",
    "discover": "discover",
    "mastercard": "mastercard",
    "visa": "visa",
}
"""Whose directory server knows a card, by its network."""

_NOT_SUPPORTED = "378282246310005"
_FAILS = "4000008400001280"
"""The test cards that 3D Secure is not supported for, and where it fails."""

_ON_REQUEST = {"cardholder_authentication", "issuer_requested", "regulatory_compliance"}
"""The reasons for which a cardholder is asked whose bank leaves that to the merchant."""

_INDICATORS: Mapping[str, Mapping[str, str]] = {
    "challenge": {"preferred": "03", "mandated": "04"},
    "data_share": {"emv_standard": "06", "ds_specific": "06"},
    "frictionless": {"none": "02", "low_risk": "05"},
}
"""How the bank is told of the flow that is preferred (EMV's 3DS Requestor Challenge Indicator): the first where no more is
said than the flow."""

_COMMERCE: Mapping[str, str] = {
    "attempt_acknowledged": "06",
    "authenticated": "05",
    "denied": "07",
    "informational": "07",
}
_COMMERCE_OF_MASTERCARD: Mapping[str, str] = {
    "attempt_acknowledged": "01",
    "authenticated": "02",
    "denied": "00",
    "informational": "04",
}


class Answer(NamedTuple):
    """A bank's answer.

    :param status: EMV's ``transStatus``
    :param outcome: what has come of it; nothing where the cardholder is asked
    """

    status: str
    outcome: str | None


def answer_of(card: TestCard | None, authentication: Mapping[str, Any]) -> Answer:
    """What the bank of *card* answers to an authentication."""
    preferred = authentication.get("flow_preference") or {"type": None}
    if card is None or card.number == _NOT_SUPPORTED:
        return Answer("U", "not_supported")
    if card.number == _FAILS:
        return Answer("U", "processing_error")
    if preferred["type"] == "data_share":
        return Answer("I", "informational")
    if authentication["channel"]["type"] == "three_r_i":
        return Answer("Y", "authenticated")
    if not card.authentication:
        return Answer("A", "attempt_acknowledged")
    wanted = preferred["type"] == "challenge" or authentication.get("reason") in _ON_REQUEST
    is_asked = wanted or card.authentication != "on_request"
    return Answer("C", None) if is_asked else Answer("Y", "authenticated")


def challenge_indicator(preferred: Mapping[str, Any]) -> str:
    """How a bank is told of the flow that is preferred; ``01`` is no preference."""
    type = preferred.get("type")
    if type is None:
        return "01"
    known = _INDICATORS[type]
    return known[preferred.get(type, {}).get("type") or next(iter(known))]


def commerce_indicator(server: str, outcome: str) -> str | None:
    """The Electronic Commerce Indicator (ECI) of an outcome, as the network has it; none where there is no result."""
    known = _COMMERCE_OF_MASTERCARD if server == "mastercard" else _COMMERCE
    return known.get(outcome)
