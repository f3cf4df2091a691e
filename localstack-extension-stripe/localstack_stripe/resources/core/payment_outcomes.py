"""How an attempt to pay a payment intent ends: it succeeds, or needs another payment method."""

from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_settled = Listeners()

when_settled = _settled.register
"""Register who is told when an intent has succeeded or failed: an invoice waits for its payment."""

_under_way = Listeners()

when_under_way = _under_way.register
"""Register who is told that an intent's money is on its way, and that it is known later whether it arrives."""

_authorized = Listeners()

when_authorized = _authorized.register
"""Register who is told when the money of an intent is held, until somebody captures it."""


def process(work: UnitOfWork, intent: Record) -> None:
    """Note that an intent, which may be written to, waits for its money."""
    intent["status"], intent["next_action"] = "processing", None
    _under_way.tell(work, intent)


def hold(work: UnitOfWork, intent: Record) -> None:
    """Note that the money of an intent, which may be written to, is authorized, and to be captured by hand."""
    intent["status"] = "requires_capture"
    intent["amount_capturable"] = intent["amount"]
    work.happened("payment_intent.amount_capturable_updated", intent)
    _authorized.tell(work, intent)


def succeed(work: UnitOfWork, intent: Record, amount: int) -> None:
    """Note that an intent, which may be written to, has got its money: *amount* in minor units."""
    intent["status"] = "succeeded"
    intent["amount_received"] = amount
    intent["amount_capturable"] = 0
    intent["next_action"] = intent["last_payment_error"] = None
    work.happened("payment_intent.succeeded", intent)
    _settled.tell(work, intent)


def need_another_method(work: UnitOfWork, intent: Record, failure: Record) -> None:
    """A payment has failed, and with its method it is not tried again.

    The error says of which type the method was
    (https://docs.stripe.com/changelog/endive/2026-09-30/payment-method-type-payment-failures).
    """
    method = work.get("payment_method", failure.get("payment_method") or "")
    if method is not None:
        failure = {**failure, "payment_method_type": method["type"]}
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = intent["source"] = None
    intent["next_action"] = None
    intent["last_payment_error"] = failure
    work.happened("payment_intent.payment_failed", intent)
    _settled.tell(work, intent)
