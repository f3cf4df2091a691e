"""What payment intents and setup intents have in common: with which method something is done, and in which state."""

from collections.abc import Collection
from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.core.confirmation_tokens import use_up
from localstack_stripe.resources.payment_methods.payment_methods import given_method

TITLES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}

_PARTICIPLES = {
    "cancel": "canceled",
    "capture": "captured",
    "confirm": "confirmed",
    "increment": "incremented",
    "update": "updated",
}


def set_method_types(call: Call, intent: Record) -> None:
    """Say which types of payment methods a new intent allows: those that are asked for, or all that are turned on."""
    params = call.params
    # Versions before 2026-09-30.endive have the second name.
    allowed = params.get("allowed_payment_method_types") or params.get("payment_method_types")
    intent["payment_method_types"] = allowed or ["card"]
    automatic = params.get("automatic_payment_methods")
    if automatic is None and not allowed:
        automatic = {"enabled": True}
    if automatic:
        intent["automatic_payment_methods"] = {
            "allow_redirects": automatic.get("allow_redirects") or "always",
            "enabled": automatic["enabled"],
        }


def take_method(call: Call, intent: Record) -> None:
    """Use the payment method that the request names or describes."""
    method = given_method(call)
    if method is not None:
        intent["payment_method"] = method["id"]
    use_up(call, intent)
    if intent["payment_method"] and intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"


def require_return_url(call: Call, intent: Record) -> None:
    """Refuse to confirm what may redirect without saying where to.

    :raises StripeError: 400
    """
    automatic = intent.get("automatic_payment_methods") or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") == "always"
    if redirects and not call.params.get("return_url") and not call.publishable:
        raise invalid(
            f"This {TITLES[intent['object']]} is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, you must provide a "
            "`return_url`. If you don't want to accept redirect-based payment methods, set "
            "`automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to "
            "`never` when creating Setup Intents and Payment Intents."
        )


def require_state(intent: Record, action: str, allowed: Collection[str]) -> None:
    """Refuse what an intent's state does not allow.

    :param action: ``confirm``, ``capture``, ``cancel`` or ``update``
    :raises StripeError: 400 with the intent, such as ``payment_intent_unexpected_state``
    """
    status, object = intent["status"], intent["object"]
    if status in allowed:
        return
    title = TITLES[object]
    if action == "confirm" and status == "succeeded":
        message = f"You cannot confirm this {title} because it has already succeeded after being previously confirmed."
    elif action == "update":
        message = f"This {title} could not be updated because it has a status of {status}."
    else:
        message = (
            f"You cannot {action} this {title} because it has a status of {status}. Only a {title} with one of the "
            f"following statuses may be {_PARTICIPLES[action]}: {', '.join(sorted(allowed))}."
        )
    shown: dict[str, Any] = {object: intent}
    raise StripeError(message, code=f"{object}_unexpected_state", **shown)
