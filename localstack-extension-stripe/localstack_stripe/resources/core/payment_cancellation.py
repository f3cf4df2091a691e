"""Canceling a payment intent, also where its time is over: money that was authorized is released."""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.holds import held_until
from localstack_stripe.resources.core.charge_captures import release_expired, take_authorized
from localstack_stripe.resources.core.intent_refusals import require_state
from localstack_stripe.resources.core.payment_outcomes import succeed
from localstack_stripe.resources.core.payment_states import ALLOWED_FROM
from localstack_stripe.resources.radar.reviews import close_with

EXPIRED = "expired"
"""The ``cancellation_reason`` of an intent whose money was not captured in time."""

_asked_for = Listeners()

when_asked_to_cancel = _asked_for.register
"""Register who may refuse that a request cancels an intent."""

_given_up = Listeners()

when_canceled = _given_up.register
"""Register who is told that an intent is given up, while it is as it was."""


@operation("POST /v1/payment_intents/{intent}/cancel")
def cancel(call: Call) -> Record:
    """Give a payment up."""
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "cancel", ALLOWED_FROM["cancel"])
    _asked_for.tell(call.work, intent)
    return cancel_intent(call.work, intent, call.params.get("cancellation_reason"))


def cancel_intent(work: UnitOfWork, intent: Record, reason: str | None) -> Record:
    """Cancel an intent that is still open; money that was authorized for it is released.

    One that was captured in part has succeeded instead where its time is over.
    """
    _given_up.tell(work, intent)
    # What happens to the charge happens before the intent is canceled, and so do the events.
    if intent["status"] == "requires_capture":
        charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
        if charge["amount_captured"]:
            # https://docs.stripe.com/payments/multicapture: what was never captured is released.
            take_authorized(work, charge, 0)
            if reason == EXPIRED:
                intent = work.change(intent)
                succeed(work, intent, charge["amount_captured"])
                return intent
        elif reason == EXPIRED:
            release_expired(work, charge)
        close_with(work, charge, "canceled")
    intent = work.change(intent)
    intent["status"] = "canceled"
    intent["canceled_at"] = work.now(intent)
    intent["cancellation_reason"] = reason
    intent["amount_capturable"] = 0
    intent["next_action"] = None
    return intent


def _captured_until(work: UnitOfWork, intent: Record) -> int | None:
    if intent["status"] != "requires_capture":
        return None
    charge = work.get("charge", intent["latest_charge"])
    if charge is None:
        return None
    details = charge["payment_method_details"]
    type = details["type"]
    until = held_until(charge["created"], type)
    return int((details.get(type) or {}).get("capture_before", until))


@due("payment_intent", next=_captured_until)
def expire(work: UnitOfWork, intent: Record) -> None:
    """Nobody has captured the money in time (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method)."""
    cancel_intent(work, intent, EXPIRED)
