"""What the bank, and Radar, make of a charge (https://docs.stripe.com/declines, https://docs.stripe.com/radar/risk-evaluation)."""

from localstack_stripe.engine.store import Record
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.risk import Risk
from localstack_stripe.resources.connect.charge_shares import is_card


def outcome_of(
    amount: int, type: str, decline: Decline | None, risk: Risk, *, captured: bool
) -> Record:
    """What the bank's answer makes of a charge.

    :param amount: in minor units
    :param type: of the payment method
    """
    taken = captured and decline is None
    return {
        "amount_captured": amount if taken else 0,
        "captured": taken,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "outcome": _outcome(type, decline, risk),
        "paid": decline is None,
        "status": "failed" if decline else "succeeded",
    }


def _outcome(type: str, decline: Decline | None, risk: Risk) -> Record:
    """What the network and the risk check said (https://docs.stripe.com/api/charges/object#charge_object-outcome)."""
    outcome: Record = {
        "advice_code": decline.advice_code if decline else None,
        "network_advice_code": None,
        "network_decline_code": decline.network_decline_code if decline else None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.decline_code if decline else None,
        "risk_level": risk.level,
        "risk_score": risk.score,
        "seller_message": decline.seller_message if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }
    if not is_card(type) and type not in _ASSESSED:
        # https://docs.stripe.com/radar/risk-evaluation#not-evaluated
        outcome["risk_level"] = "not_assessed"
        del outcome["risk_score"]
    if decline is None:
        return outcome | (_REVIEWED if risk.level == "elevated" else {})
    return outcome | (_BLOCKED if risk.blocks else {})


_REVIEWED = {
    "reason": "elevated_risk_level",
    "rule": "manual_review_if_elevated_risk",
    "seller_message": "Stripe evaluated this payment as having elevated risk, and placed it in your manual review queue.",
    "type": "manual_review",
}
_BLOCKED = {
    "network_status": "not_sent_to_network",
    "reason": "highest_risk_level",
    "rule": "block_if_high_risk__enabled",
    "seller_message": "Stripe blocked this payment as too risky.",
    "type": "blocked",
}
"""What Radar's own rules make of a payment (https://docs.stripe.com/radar/risk-evaluation)."""


_ASSESSED = frozenset({"sepa_debit", "us_bank_account"})
"""The types of payment methods besides cards whose risk Radar assesses."""
