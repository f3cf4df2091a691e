"""Confirming a payment intent, and going on when its customer has proved who they are."""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.browsers import secret_key_required
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import check_shares, require_card_payments
from localstack_stripe.resources.core.charge_amounts import check_amount, check_most
from localstack_stripe.resources.core.intent_failures import refused_by_customer
from localstack_stripe.resources.core.intent_refusals import (
    missing_method,
    require_allowed,
    require_owner,
    require_return_url,
    require_state,
    require_updatable,
)
from localstack_stripe.resources.core.intents import (
    change_method_types,
    is_saved_by,
    take_method,
    take_over,
)
from localstack_stripe.resources.core.next_actions import note_return
from localstack_stripe.resources.core.payment_attempts import attempt
from localstack_stripe.resources.core.payment_outcomes import need_another_method
from localstack_stripe.resources.core.payment_states import ALLOWED_FROM, OPEN
from localstack_stripe.resources.payment_methods.attachment import can_be_saved
from localstack_stripe.resources.payment_methods.cvc_updates import take_cvc
from localstack_stripe.resources.payment_methods.mandates import take_mandate
from localstack_stripe.resources.payment_methods.method_notes import refuse_spent
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, obtain
from localstack_stripe.resources.payment_methods.required_options import require_options

_CHANGED_BY_CONFIRMATION = frozenset(
    {
        "allowed_payment_method_types",
        "amount_details",
        "capture_method",
        "excluded_payment_method_types",
        "hooks",
        "payment_details",
        "payment_method_options",
        "radar_options",
        "receipt_email",
        "setup_future_usage",
        "shipping",
    }
)

_AUTHENTICATED = "authenticated"
"""Noted of an intent that is confirmed by hand: the id of the payment method that its customer has authenticated."""


_asked_for = Listeners()

when_asked_to_confirm = _asked_for.register
"""Register who may refuse that a request confirms an intent."""


@operation("POST /v1/payment_intents/{intent}/confirm")
def confirm(call: Call) -> Record:
    """Try to pay."""
    intent = require_path(call, "intent", "payment_intent")
    if intent["status"] == "canceled" and call.params.get("payment_method"):
        require_updatable(intent, "payment_method", OPEN)
    require_state(intent, "confirm", ALLOWED_FROM["confirm"])
    _asked_for.tell(call.work, intent)
    if call.publishable and intent["confirmation_method"] == "manual":
        # https://docs.stripe.com/api/payment_intents/confirm: the server initiates each attempt.
        raise invalid(
            f"This PaymentIntent ({intent['id']}) cannot be confirmed using your publishable key because its "
            "`confirmation_method` is set to `manual`. Please use your secret key instead, or create a PaymentIntent "
            "with `confirmation_method` set to `automatic`."
        )
    intent = call.work.change(intent)
    take_over(call, intent, _CHANGED_BY_CONFIRMATION)
    change_method_types(call, intent)
    take_method(call, intent)
    confirm_intent(call, intent)
    return intent


def authenticate(work: UnitOfWork, intent: Record, *, success: bool) -> Record:
    """The customer has answered their bank, which the intent asked them to: the payment goes on, or has failed.

    https://docs.stripe.com/payments/3d-secure/authentication-flow

    :raises StripeError: where nothing was asked of the customer, or the bank declines nevertheless
    """
    if intent["status"] != "requires_action":
        raise invalid(
            f"This PaymentIntent's status is {intent['status']}: no authentication is under way.",
            code="payment_intent_unexpected_state",
        )
    intent = work.change(intent)
    method = obtain(work, intent["payment_method"], "payment_method")
    if success and intent["confirmation_method"] == "manual":
        # https://docs.stripe.com/api/payment_intents/confirm: the server confirms the payment once more.
        work.note(intent, _AUTHENTICATED, method["id"])
        intent["status"], intent["next_action"] = "requires_confirmation", None
        return intent
    if success:
        error = attempt(work, intent, method, off_session=False, authenticated=True)
        if error is not None:
            raise error
        return intent
    need_another_method(work, intent, refused_by_customer(intent, method))
    return intent


def confirm_intent(call: Call, intent: Record) -> None:
    """Try to pay an intent, which may be written to, as a request that confirms it says.

    :raises StripeError: 400 where it cannot be paid that way, 402 where the bank declines
    """
    work = call.work
    if call.params.get("amount_to_confirm") is not None:
        _confirm_amount(call, intent, call.params["amount_to_confirm"])
    off_session = bool(call.params.get("off_session"))
    id = intent["payment_method"]
    is_authenticated = id is not None and work.noted(intent, _AUTHENTICATED) == id
    if not off_session and not is_authenticated:
        require_return_url(call, intent)
    note_return(call, intent)
    if id is None:
        raise missing_method(intent)
    method = obtain(work, id, "payment_method")
    refuse_spent(work, method)
    require_owner(intent, method)
    require_allowed(work, intent, method)
    require_card_payments(work, method["type"])
    check_most(intent["amount"], intent["currency"], bank_card(method))
    require_options(call, intent, method)
    take_cvc(call, method)
    _require_savable(work, intent, method)
    take_mandate(call, intent, method)
    error = attempt(
        work,
        intent,
        method,
        off_session=off_session,
        authenticated=is_authenticated,
        may_ask=not call.params.get("error_on_requires_action"),
    )
    if error is not None:
        raise error


def _require_savable(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Refuse to save what cannot be (https://docs.stripe.com/payments/payment-methods/payment-method-support#additional-api-supportability)."""
    if is_saved_by(intent, method["type"]) and not can_be_saved(work, method["type"]):
        raise invalid(
            f"Payment methods of type {method['type']} cannot be saved for later payments: leave out `setup_future_usage`, or "
            "say it for the types of payment methods that can be.",
            "setup_future_usage",
        )


def _confirm_amount(call: Call, intent: Record, amount: int) -> None:
    """Have another amount paid than the one so far, such as with a surcharge. Stripe says that servers may, and not how
    the intent shows it: here the amount is the intent's from then on
    (https://docs.stripe.com/changelog/dahlia/2026-04-22/amount-confirmation-parameter-to-paymentintent).
    """
    if call.publishable:
        raise secret_key_required()
    check_amount(amount, intent["currency"], "amount_to_confirm")
    intent["amount"] = amount
    check_shares(call.work, intent)
