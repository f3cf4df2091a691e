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
    """What an intent's cardholder has done elsewhere."""
    told = work.noted(intent, _TOLD) or {}
    imported = told.get("three_d_secure")
    if imported is None:
        return Outside(bool(told.get("moto")), None)
    indicator = imported.get("electronic_commerce_indicator")
    result = _RESULTS.get(indicator, "authenticated")
    shown = {
        "authentication_flow": None,
        "electronic_commerce_indicator": indicator,
        "exemption_indicator": imported.get("exemption_indicator"),
        "result": result,
        "result_reason": None,
        "transaction_id": imported.get("transaction_id"),
        "version": imported.get("version"),
    }
    return Outside(result != "failed", shown)
