"""What payment intents and setup intents have in common: with which method something is done, and in which state."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import StripeError, doc_url, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.customer_actions import REFUSALS, ways_that_ask
from localstack_stripe.resources.core.confirmation_tokens import use_up
from localstack_stripe.resources.payment_methods.offered_types import (
    OFFERED_BY,
    is_offered,
    offer_types,
)
from localstack_stripe.resources.payment_methods.payment_methods import given_method

TITLES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}

_PARTICIPLES = {
    "cancel": "canceled",
    "capture": "captured",
    "confirm": "confirmed",
    "increment": "incremented",
}


def set_method_types(call: Call, intent: Record) -> None:
    """Say which types of payment methods a new intent allows: those that are asked for, or all that are turned on."""
    offer_types(call.work, intent, call.params)
    automatic = call.params.get("automatic_payment_methods")
    if automatic is None and intent["payment_method_configuration_details"]:
        automatic = {"enabled": True}
    if automatic:
        intent["automatic_payment_methods"] = {
            "allow_redirects": automatic.get("allow_redirects") or "always",
            "enabled": automatic["enabled"],
        }


def change_method_types(call: Call, intent: Record) -> None:
    """Say it anew, and the options of those types, where a request changes what decides it."""
    if not OFFERED_BY.isdisjoint(call.params):
        offer_types(call.work, intent, call.params)
    complete_options(call.work, intent)


_OPTIONS = {
    "payment_intent": "PaymentIntentPaymentMethodOptions",
    "setup_intent": "SetupIntentPaymentMethodOptions",
}

_DEFAULT_OPTIONS: Mapping[str, Record] = {
    "bancontact": {"preferred_language": "en"},
    "boleto": {"expires_after_days": 3},
    "card": {"request_three_d_secure": "automatic"},
    "oxxo": {"expires_after_days": 3},
    "us_bank_account": {"verification_method": "automatic"},
}


def complete_options(work: UnitOfWork, intent: Record) -> None:
    """Say the ``payment_method_options`` of every type that an intent allows, as Stripe does whether they were given or not
    (https://docs.stripe.com/api/payment_intents/object#payment_intent_object-payment_method_options).
    """
    given = intent["payment_method_options"] or {}
    of = _OPTIONS[intent["object"]]
    known = work.contract.structures[of]
    options: Record = {}
    for type in (*intent["payment_method_types"], *given):
        if type in known and type not in options:
            options[type] = work.shapes.part(of, type) | _DEFAULT_OPTIONS.get(type, {})
            options[type] |= {
                name: v for name, v in (given.get(type) or {}).items() if v is not None
            }
    intent["payment_method_options"] = options


def options_of(intent: Record, type: str | None) -> Record:
    """What an intent says of a type of payment methods, or nothing."""
    options: Record = (intent["payment_method_options"] or {}).get(type) or {}
    return options


def wants_authentication(intent: Record) -> bool:
    """Whether a merchant wants whoever pays by card to authenticate wherever that is possible
    (https://docs.stripe.com/payments/3d-secure/authentication-flow#manual-three-ds).
    """
    return options_of(intent, "card").get("request_three_d_secure") in ("any", "challenge")


def is_saved_by(intent: Record, type: str | None) -> bool:
    """Whether a payment intent saves a payment method of a type that pays it; what is said for the type comes first
    (https://docs.stripe.com/api/payment_intents/object#payment_intent_object-setup_future_usage).
    """
    usage = options_of(intent, type).get("setup_future_usage") or intent["setup_future_usage"]
    return usage not in (None, "none")


def take_over(call: Call, intent: Record, names: Collection[str]) -> None:
    """Keep what a request for an action, such as to confirm, says of an intent besides."""
    said = {name: value for name, value in call.params.items() if name in names}
    assign(call.work, intent, said, call.work.contract.resources[intent["object"]].fields)


def take_method(call: Call, intent: Record) -> None:
    """Use the payment method that the request names or describes; with another one, nothing is asked of the customer any
    more (https://docs.stripe.com/api/payment_intents/update).
    """
    method = given_method(call)
    if method is not None:
        intent["payment_method"] = method["id"]
        if intent["status"] == "requires_action":
            intent["status"], intent["next_action"] = "requires_confirmation", None
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


def refused_by_customer(intent: Record, method: Record) -> Record:
    """What an intent keeps of a customer who has not done what was asked of them, as its error."""
    way = ways_that_ask().get(method["type"])
    return refusal_of(intent, method, way.refusal if way is not None else "authentication")


def refusal_of(intent: Record, method: Record, kind: str) -> Record:
    """The same, where it is known how they have not: a key of :data:`REFUSALS`."""
    code, message = REFUSALS[kind]
    title = TITLES[intent["object"]]
    return failure_of(method, code.format(intent=intent["object"]), message.format(title=title))


def failure_of(method: Record, code: str, message: str) -> Record:
    """Why a payment method failed that no bank has declined, as an intent keeps it."""
    return {
        "code": code,
        "doc_url": doc_url(code),
        "message": message,
        "payment_method": method["id"],
        "type": "invalid_request_error",
    }


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
