"""What only a Checkout session does with its intents (https://docs.stripe.com/api/checkout/sessions/object): to confirm them, and
to cancel them by expiring. A complete session cannot be expired, and its customer may still have something to pay, such as a
voucher.
"""

from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.checkout.checkout_intents import sessions_of
from localstack_stripe.resources.core import (
    payment_cancellation,
    payment_confirmation,
    setup_intents,
)
from localstack_stripe.resources.core.intents import TITLES


@payment_confirmation.when_asked_to_confirm
@setup_intents.when_asked_to_confirm
def confirm_by_completing(work: UnitOfWork, intent: Record) -> None:
    """The intent of an open session is not confirmed by itself.

    :raises StripeError: 400
    """
    session = _open_session(work, intent)
    if session is not None:
        raise _not_directly(intent, session, "confirmed", "Have its customer complete")


@payment_cancellation.when_asked_to_cancel
@setup_intents.when_asked_to_cancel
def cancel_by_expiring(work: UnitOfWork, intent: Record) -> None:
    """The intent of an open session is only canceled by itself where it is a payment that can be captured
    (https://docs.stripe.com/api/payment_intents/cancel, https://docs.stripe.com/api/setup_intents/cancel).

    :raises StripeError: 400
    """
    session = _open_session(work, intent)
    if session is not None and intent["status"] != "requires_capture":
        raise _not_directly(intent, session, "canceled", "Expire")


def _open_session(work: UnitOfWork, intent: Record) -> Record | None:
    return next((each for each in sessions_of(work, intent) if each["status"] == "open"), None)


def _not_directly(intent: Record, session: Record, done: str, instead: str) -> StripeError:
    return invalid(
        f"This {TITLES[intent['object']]} is that of the Checkout Session {session['id']}, and cannot be {done} directly. "
        f"{instead} the Checkout Session instead."
    )
