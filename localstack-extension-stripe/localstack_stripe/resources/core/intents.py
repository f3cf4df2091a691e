"""What payment intents and setup intents have in common: with which method something is done, and what is said of it."""

from collections.abc import Collection, Mapping

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.confirmation_tokens import use_up
from localstack_stripe.resources.core.installments import offer_installments
from localstack_stripe.resources.core.outside_authentication import note_outside
from localstack_stripe.resources.payment_methods.offered_types import OFFERED_BY, offer_types
from localstack_stripe.resources.payment_methods.payment_methods import given_method

TITLES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}


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
    note_outside(call, intent)
    method = given_method(call)
    if method is not None:
        intent["payment_method"] = method["id"]
        if intent["status"] == "requires_action":
            intent["status"], intent["next_action"] = "requires_confirmation", None
    use_up(call, intent)
    if intent["object"] == "payment_intent":
        offer_installments(call.work, intent, options_of(intent, "card"))
    if intent["payment_method"] and intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
