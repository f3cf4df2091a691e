"""Whether a Checkout session saves what its customer pays with, and whether that is shown to them again
(https://docs.stripe.com/payments/checkout/save-during-payment).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.checkout.checkout_parameters import METHOD_DATA
from localstack_stripe.resources.core.intents import is_saved_by

_AGREED = "agreed to save"
"""Noted of a session: whether its customer wants what they pay with to be saved."""


def asks_to_save(session: Record) -> bool:
    """Whether a customer is asked on the page."""
    options = session["saved_payment_method_options"] or {}
    return options.get("payment_method_save") == "enabled"


def take_agreement(work: UnitOfWork, session: Record, told: Mapping[str, Any]) -> None:
    """Note what a customer says who is asked."""
    if asks_to_save(session):
        work.note(session, _AGREED, bool(told.get("save_payment_method")))


def save_by_payment(work: UnitOfWork, session: Record, intent: Record, method: Record) -> None:
    """Have a payment, which may be written to, save its method where the customer agrees."""
    has_agreed = work.noted(session, _AGREED)
    if has_agreed and session["customer"] and not is_saved_by(intent, method["type"]):
        intent["setup_future_usage"] = "on_session"
    show_again(work, session, method, is_saved=is_saved_by(intent, method["type"]))


def show_again(work: UnitOfWork, session: Record, method: Record, *, is_saved: bool) -> None:
    """Say of a new payment method whether its customer is shown it again."""
    shown = (work.noted(session, METHOD_DATA) or {}).get("allow_redisplay")
    if shown is None and is_saved:
        shown = "always" if work.noted(session, _AGREED) else "limited"
    if shown is not None and method["customer"] is None:
        work.change(method)["allow_redisplay"] = shown
