"""What a request tells of a cardholder's authentication that was not made here: with another provider of 3D Secure
(https://docs.stripe.com/payments/payment-intents/three-d-secure-import), or not at all, as they have ordered by mail or phone
(https://docs.stripe.com/api/payment_intents/create#create_payment_intent-payment_method_options-card-moto).
"""

from typing import NamedTuple

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_TOLD = "authentication told"
"""Noted of an intent: what was told."""

_RESULTS = {"01": "attempt_acknowledged", "06": "attempt_acknowledged", "07": "failed"}
"""What has come of an authentication, by its Electronic Commerce Indicator (ECI); else the cardholder is authenticated."""

_EXEMPT = "low_risk"


class Outside(NamedTuple):
    """An authentication that was not made here.

    :param suffices: whether the bank wants no other
    :param shown: what a charge tells of it, as ``three_d_secure``; nothing where there was none
    """

    suffices: bool
    shown: Record | None


def note_outside(call: Call, intent: Record) -> None:
    """Remember what a request tells, until another one tells something else."""
    card = (call.params.get("payment_method_options") or {}).get("card") or {}
    told = {name: card[name] for name in ("moto", "three_d_secure") if card.get(name)}
    if told:
        call.work.note(intent, _TOLD, told)


def outside(work: UnitOfWork, intent: Record) -> Outside:
    """What an intent's cardholder has done elsewhere. A test bank takes whatever is told, and wants no more."""
    told = work.noted(intent, _TOLD) or {}
    imported = told.get("three_d_secure")
    return Outside(bool(told), imported and _shown(imported))


def _shown(imported: Record) -> Record:
    indicator = imported.get("electronic_commerce_indicator")
    exemption = imported.get("exemption_indicator")
    is_exempt = exemption == _EXEMPT
    shown = {
        "authentication_flow": "frictionless" if is_exempt else None,
        "electronic_commerce_indicator": indicator,
        "exemption_indicator": exemption,
        "result": "exempted" if is_exempt else _RESULTS.get(indicator or "", "authenticated"),
        "result_reason": None,
        "transaction_id": imported.get("transaction_id"),
        "version": imported.get("version"),
    }
    return {**shown, "exemption_indicator_applied": True} if exemption else shown
