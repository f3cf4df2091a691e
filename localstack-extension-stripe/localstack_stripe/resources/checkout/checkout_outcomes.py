"""What becomes of a Checkout session when the intent by which it asks its customer goes on
(https://docs.stripe.com/checkout/fulfillment).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.checkout.checkout_credit import release_credit
from localstack_stripe.resources.checkout.checkout_intents import intents_of, sessions_of
from localstack_stripe.resources.checkout.checkout_invoices import invoice_payment
from localstack_stripe.resources.checkout.checkout_subscriptions import subscribe
from localstack_stripe.resources.checkout.payment_links import LINK, count_completed
from localstack_stripe.resources.core.payment_outcomes import when_settled, when_under_way
from localstack_stripe.resources.core.setup_attempts import when_set_up
from localstack_stripe.resources.payment_methods.reusable import saved_by


def complete(work: UnitOfWork, session: Record) -> None:
    """Note that a session, which may be written to, is complete."""
    if session["status"] == "complete":
        return
    session["status"], session["url"] = "complete", None
    link = work.get(LINK, session["payment_link"] or "")
    if link is not None:
        count_completed(work.change(link))


_TAKES_DAYS = frozenset(
    {
        "boleto_display_details",
        "display_bank_transfer_instructions",
        "konbini_display_details",
        "multibanco_display_details",
        "oxxo_display_details",
        "verify_with_microdeposits",
    }
)
"""What a customer is asked for, elsewhere and later, when they have submitted the page: to pay a voucher, to transfer money, to
tell what came to their account (https://docs.stripe.com/payments/oxxo/accept-a-payment#fulfill-your-orders,
https://docs.stripe.com/payments/bank-transfers/accept-a-payment)."""


def takes_days(intent: Record) -> bool:
    """Whether an intent asks for something that is done elsewhere, after its session was completed."""
    return (intent["next_action"] or {}).get("type") in _TAKES_DAYS


@when_under_way
def wait_for_money(work: UnitOfWork, intent: Record) -> None:
    """The customer of a session has done what there is to do, and the money is on its way."""
    for session in sessions_of(work, intent):
        if session["status"] == "open":
            session = work.change(session)
            if session["mode"] == "subscription":
                subscribe(work, session, _paid_with(work, intent), intent)
            complete(work, session)


@when_settled
def follow_payment(work: UnitOfWork, intent: Record) -> None:
    """A payment that was asked for by a session has succeeded, or has failed after the session was completed
    (https://docs.stripe.com/checkout/fulfillment#delayed-notification).
    """
    for session in sessions_of(work, intent):
        if intent["status"] == "succeeded":
            session = work.change(session)
            session["payment_status"] = "paid"
            invoice_payment(work, session, intent)
            if session["mode"] == "subscription" and session["subscription"] is None:
                subscribe(work, session, _paid_with(work, intent), intent)
            complete(work, session)
        elif session["status"] == "complete" and session["payment_status"] == "unpaid":
            work.happened("checkout.session.async_payment_failed", session)
        elif session["status"] == "open":
            release_credit(work, session)


def _paid_with(work: UnitOfWork, intent: Record) -> Record:
    """What the next payments are made with, after the first one."""
    method = work.require("payment_method", intent["payment_method"], "payment_method")
    return saved_by(work, method, work.require("charge", intent["latest_charge"], "charge"))


def waiting_intent(work: UnitOfWork, session: Record) -> Record | None:
    """The intent of a session that asks something of the customer, or nothing."""
    waiting = (each for each in intents_of(work, session) if each["status"] == "requires_action")
    return next(waiting, None)


@when_set_up
def follow_setup(work: UnitOfWork, intent: Record) -> None:
    """What a session was to save is saved."""
    for session in sessions_of(work, intent):
        complete(work, work.change(session))
