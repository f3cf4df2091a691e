"""What a browser may do with a publishable key: act on an object whose client secret it has, and see a part of it."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.store import Record

PUBLIC: Mapping[str, frozenset[str]] = {
    # https://docs.stripe.com/api/payment_intents/object: what is "retrievable with publishable key"
    "payment_intent": frozenset(
        {
            "id",
            "object",
            "amount",
            "amount_details",
            "automatic_payment_methods",
            "canceled_at",
            "cancellation_reason",
            "capture_method",
            "client_secret",
            "confirmation_method",
            "created",
            "currency",
            "description",
            "last_payment_error",
            "livemode",
            "next_action",
            "payment_method",
            "payment_method_configuration_details",
            "payment_method_types",
            "processing",
            "receipt_email",
            "setup_future_usage",
            "shipping",
            "source",
            "status",
        }
    ),
    # https://docs.stripe.com/api/setup_intents/object, the same
    "setup_intent": frozenset(
        {
            "id",
            "object",
            "automatic_payment_methods",
            "cancellation_reason",
            "client_secret",
            "created",
            "description",
            "last_setup_error",
            "livemode",
            "next_action",
            "payment_method",
            "payment_method_configuration_details",
            "payment_method_types",
            "status",
            "usage",
        }
    ),
}
"""The fields that a publishable key shows, of the objects that it does not show whole."""

_TITLES = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent", "source": "Source"}


def require_secret(record: Record, params: Mapping[str, Any], *, publishable: bool) -> None:
    """Let act on a record who gives its client secret, which only a browser has to
    (https://docs.stripe.com/api/payment_intents/retrieve).

    :raises StripeError: 400 where it is missing, or another one
    """
    title = _TITLES.get(record["object"])
    given = params.get("client_secret")
    if title is None or (given is None and not publishable):
        return
    if given is None:
        raise missing_parameter("client_secret")
    if given != record["client_secret"]:
        raise invalid(
            f"The client_secret provided does not match the client_secret associated with the {title}.",
            "client_secret",
        )


def public_part(record: Record) -> Record:
    """What a browser sees of a record."""
    public = PUBLIC.get(record.get("object", ""))
    return record if public is None else {name: record[name] for name in record if name in public}


def secret_key_required() -> StripeError:
    """A publishable key may not do that."""
    return StripeError(
        "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of "
        "your API keys at https://dashboard.stripe.com/account/apikeys.",
        status=401,
        code="secret_key_required",
    )
