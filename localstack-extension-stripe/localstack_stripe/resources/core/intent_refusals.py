"""How payment intents and setup intents refuse what cannot be done with them, or not in the state that they are in."""

from collections.abc import Sequence
from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.intents import TITLES
from localstack_stripe.resources.payment_methods.offered_types import is_offered

_PARTICIPLES = {
    "cancel": "canceled",
    "capture": "captured",
    "confirm": "confirmed",
    "increment": "incremented",
}


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


_OF_CONFIRMATION = (
    "error_on_requires_action",
    "mandate",
    "mandate_data",
    "off_session",
    "return_url",
)


def refuse_unconfirmed(call: Call) -> None:
    """Refuse what only a request says that confirms a new intent
    (https://docs.stripe.com/api/payment_intents/create, https://docs.stripe.com/api/setup_intents/create).

    :raises StripeError: 400
    """
    for name in _OF_CONFIRMATION:
        if call.params.get(name):
            raise invalid(f"You can only provide `{name}` when `confirm` is set to `true`.", name)


_NOT_EMULATED = frozenset({"custom", "payto"})
"""The types of payment methods of which nothing is known."""


def require_allowed(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Refuse a payment method of a type that an intent does not offer.

    The words are those of https://github.com/stripe/stripe-terminal-react-native/issues/745.

    :raises StripeError: 400
    """
    type, title = method["type"], TITLES[intent["object"]]
    if type in _NOT_EMULATED:
        raise invalid(
            f"The Stripe emulator does not emulate payment methods of type {type} yet.",
            "payment_method",
        )
    if not is_offered(work, intent, type):
        raise invalid(
            f"The PaymentMethod provided ({type}) is not allowed for this {title}. Please attach a PaymentMethod of one "
            f"of the following types: {', '.join(intent['payment_method_types'])}. Alternatively, update the allowed "
            f'payment_method_types for this {title} to include "{type}"',
            "payment_method",
        )


def require_owner(intent: Record, method: Record, *, shown: bool = True) -> None:
    """Refuse a payment method that is another customer's than the intent.

    The words are those of Stripe's test mode, as recorded in https://github.com/Kiln-AI/Seahaven.

    :param shown: whether there is an intent to show already
    :raises StripeError: 400
    """
    owner, customer, id = method["customer"], intent["customer"], method["id"]
    if owner is None or owner == customer:
        return
    title = TITLES[intent["object"]]
    param, code = "payment_method", None
    if customer is not None:
        message = (
            f"The PaymentMethod {id} does not belong to the Customer you supplied {customer}. Please use this "
            "PaymentMethod with the Customer that it belongs to instead."
        )
    elif intent["object"] == "payment_intent":
        message = (
            f"The `payment_method` parameter supplied {id} belongs to the Customer {owner}. Please include the Customer "
            f"in the `customer` parameter on the {title}."
        )
        param, code = "source", "parameter_missing"
    else:
        message = (
            f"The payment method supplied ({id}) belongs to the Customer {owner}. Please include the Customer in the "
            f"`customer` parameter on the {title}."
        )
    about: dict[str, Any] = {intent["object"]: intent} if shown else {}
    raise StripeError(message, code=code, param=param, **about)


def missing_method(intent: Record) -> StripeError:
    """The refusal to confirm an intent that has no payment method."""
    title, customer = TITLES[intent["object"]], intent["customer"]
    message = f"You cannot confirm this {title} because it's missing a payment method. "
    if customer is not None and intent["object"] == "payment_intent":
        message += (
            f"To confirm the {title} with {customer}, specify a payment method attached to this customer along with the "
            "customer ID."
        )
    else:
        message += (
            f"You can either update the {title} with a payment method and then confirm it again, or confirm it again "
            "directly with a payment method or ConfirmationToken."
        )
    return _unexpected(intent, message)


def _unexpected(intent: Record, message: str, param: str | None = None) -> StripeError:
    object = intent["object"]
    shown: dict[str, Any] = {object: intent}
    return StripeError(message, code=f"{object}_unexpected_state", param=param, **shown)


def require_state(intent: Record, action: str, allowed: Sequence[str]) -> None:
    """Refuse what an intent's state does not allow.

    :param action: ``confirm``, ``capture``, ``cancel`` or ``increment``
    :raises StripeError: 400 with the intent, such as ``payment_intent_unexpected_state``
    """
    status, object = intent["status"], intent["object"]
    if status in allowed:
        return
    title = TITLES[object]
    said = _SAID_OF.get((object, action, status))
    if said is None:
        listed = _LISTED.get((object, action), ", ".join(allowed))
        cannot = (
            "This PaymentIntent could not be captured"
            if action == "capture"
            else f"You cannot {action} this {title}"
        )
        said = (
            f"{cannot} because it has a status of {status}. Only a {title} with one of the following statuses may be "
            f"{_PARTICIPLES[action]}: {listed}."
        )
    raise _unexpected(intent, said)


_SAID_OF = {
    ("payment_intent", "confirm", "succeeded"): (
        "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
    ),
    ("payment_intent", "capture", "succeeded"): (
        "The remaining amount on this PaymentIntent could not be captured because the remainder of the authorized amount "
        "has been released."
    ),
    ("setup_intent", "confirm", "succeeded"): (
        "You cannot confirm this SetupIntent because it has already succeeded."
    ),
    ("setup_intent", "confirm", "canceled"): (
        "You cannot confirm this SetupIntent because it has been canceled."
    ),
    ("setup_intent", "cancel", "canceled"): (
        "You cannot cancel this SetupIntent because it is already canceled."
    ),
}
"""What Stripe says where it does not list the states that would be right."""

_LISTED = {
    ("payment_intent", "cancel"): (
        "requires_payment_method, requires_capture, requires_reauthorization, requires_confirmation, requires_action, "
        "expired, processing"
    ),
    ("setup_intent", "cancel"): (
        "`requires_payment_method`, `requires_confirmation`, or `requires_action`"
    ),
}
"""The states that Stripe lists, where those are more than there are, or written in a way of their own."""


def require_updatable(intent: Record, param: str, allowed: Sequence[str]) -> None:
    """Refuse to change what of an intent can no longer be changed.

    :param allowed: the states in which *param* can be
    :raises StripeError: 400 with the intent
    """
    status, title = intent["status"], TITLES[intent["object"]]
    if status in allowed:
        return
    if intent["object"] == "setup_intent" and param == "payment_method":
        over = "has already succeeded" if status == "succeeded" else "has been canceled"
        raise _unexpected(intent, f"You cannot update this {title} because it {over}.")
    raise _unexpected(
        intent,
        f"This {title}'s {param} could not be updated because it has a status of {status}. You may only update the "
        f"{param} of a {title} with one of the following statuses: {', '.join(allowed)}.",
        param,
    )
