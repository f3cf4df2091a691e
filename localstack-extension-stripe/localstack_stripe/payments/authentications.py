"""What a cardholder's bank says to a 3D Secure authentication that stands by itself, in the terms of EMV 3-D Secure
(https://docs.stripe.com/testing#regulatory-cards, https://www.emvco.com/emv-technologies/3-d-secure).
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from localstack_stripe.payments.test_cards import TestCard

SERVERS: Mapping[str, str] = {
    "amex": "american_express",
    "cartes_bancaires": "cartes_bancaires",
    "discover": "discover",
    "mastercard": "mastercard",
    "visa": "visa",
}
"""Whose directory server knows a card, by its network."""

Unchallenged = Literal["attempt_acknowledged", "authenticated", "not_supported", "processing_error"]

_UNCHALLENGED: Mapping[str, Unchallenged] = {
    "378282246310005": "not_supported",
    "4000000000003097": "processing_error",
    "4000000032200000": "authenticated",
    "4000008400001280": "processing_error",
}
"""What comes of an authentication that the cardholder has no part in, by the test card's number; with the others it is only
attempted, since they are not enrolled."""

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


_STATUSES = {
    "attempt_acknowledged": "A",
    "authenticated": "Y",
    "informational": "I",
    "not_supported": "U",
    "processing_error": "U",
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
    outcome = _outcome(card, authentication)
    return Answer("C" if outcome is None else _STATUSES[outcome], outcome)


def _outcome(card: TestCard | None, authentication: Mapping[str, Any]) -> str | None:
    preferred = authentication.get("flow_preference") or {"type": None}
    outcome = "not_supported" if card is None else unchallenged(card)
    if card is None or outcome in ("not_supported", "processing_error"):
        return outcome
    if preferred["type"] == "data_share":
        return "informational"
    if authentication["channel"]["type"] == "three_r_i":
        return "authenticated"
    if outcome is not None:
        return outcome
    wanted = preferred["type"] == "challenge" or authentication.get("reason") in _ON_REQUEST
    return None if wanted or card.authentication != "on_request" else "authenticated"


def unchallenged(card: TestCard) -> Unchallenged | None:
    """What comes of an authentication of a card whose holder is never asked; nothing where they may be."""
    if card.authentication:
        return None
    return _UNCHALLENGED.get(card.number, "attempt_acknowledged")


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
