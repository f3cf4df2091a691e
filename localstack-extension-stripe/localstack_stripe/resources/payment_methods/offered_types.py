"""Which types of payment methods a customer is offered: those that a configuration has turned on
(https://docs.stripe.com/payments/payment-methods/dynamic-payment-methods), or those that a request lists.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from localstack_stripe.engine.collection import Selection
from localstack_stripe.engine.errors import StripeError, exclusive, invalid, no_such
from localstack_stripe.engine.presets import settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import loaded
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.customer_actions import ways_that_ask
from localstack_stripe.payments.test_debits import CURRENCIES
from localstack_stripe.resources.payment_methods.attachment import can_be_saved, can_be_set_up
from localstack_stripe.resources.payment_methods.payment_method_configurations import CONFIGURATION

NAMED = "payment_method_configuration"
"""The parameter that names a configuration."""

OFFERED_BY = frozenset(
    {
        NAMED,
        "allowed_payment_method_types",
        "capture_method",
        "currency",
        "excluded_payment_method_types",
    }
)
"""The parameters that decide what is offered."""

_INSTEAD_OF_ALLOWED = ("automatic_payment_methods", "excluded_payment_method_types", NAMED)
"""What an intent cannot be told besides the types that it allows
(https://docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter)."""

_INTENTS = ("payment_intent", "setup_intent")

_NO_TYPES = frozenset({"apple_pay", "cartes_bancaires", "google_pay", "jcb"})
"""What a configuration turns on or off that is no type of payment methods: wallets of cards, and networks."""


def offer_types(work: UnitOfWork, owner: Record, params: Mapping[str, Any]) -> None:
    """Say which types an intent or a Checkout session offers, and which configuration says so.

    :raises StripeError: 400 where there is no such configuration, it is not active, or nothing of it is left
    """
    known, automatic = _named_by(owner), params.get("automatic_payment_methods")
    if owner["object"] in _INTENTS and params.get("allowed_payment_method_types"):
        for name in _INSTEAD_OF_ALLOWED:
            if params.get(name) and params[name] != {"enabled": False}:
                raise exclusive("allowed_payment_method_types", name)
    listed = allowed = owner["allowed_payment_method_types"]
    if not listed and known is None:
        # Versions before 2026-09-30.endive list them so.
        listed = owner["payment_method_types"]
    if not listed and automatic and not automatic["enabled"]:
        listed = ["card"]
    excluded = owner.get("excluded_payment_method_types") or ()
    chosen = _chosen(work, params.get(NAMED) or known)
    if listed and chosen is None:
        owner["payment_method_types"] = [
            type
            for type in listed
            if type not in excluded and (not allowed or _suits(work, owner, params, type))
        ]
        if not owner["payment_method_types"]:
            raise _nothing_left("allowed_payment_method_types" if allowed else None)
        return
    configuration = chosen or _default(work)
    if not configuration.active:
        raise invalid(f"The configuration {configuration.id} is not active.", NAMED)
    owner["payment_method_configuration_details"] = {
        "id": configuration.id,
        "parent": configuration.parent,
    }
    owner["payment_method_types"] = [
        type
        for type in configuration.turned_on
        if type not in excluded
        and (not listed or type in listed)
        and _suits(work, owner, params, type)
    ]
    if not owner["payment_method_types"]:
        raise _nothing_left(None if configuration.is_default else NAMED)


def _nothing_left(param: str | None) -> StripeError:
    return invalid(
        "No valid payment method types for this request. Turn some on that suit its currency and how it is captured.",
        param,
    )


def is_offered(work: UnitOfWork, intent: Record, type: str) -> bool:
    """Whether an intent takes a type of payment methods. Where nothing was chosen it takes those too that the default
    configuration has not turned on, so that nobody has to turn them on in tests.
    """
    if type in (intent["excluded_payment_method_types"] or ()):
        return False
    listed = intent["allowed_payment_method_types"] or _chosen(work, _named_by(intent))
    return not listed or type in intent["payment_method_types"]


def _named_by(owner: Record) -> str | None:
    details = owner["payment_method_configuration_details"]
    return None if details is None else details["id"]


class _Configuration(NamedTuple):
    """What is asked of a configuration."""

    id: str
    parent: str | None
    active: bool
    is_default: bool
    turned_on: tuple[str, ...]


def _chosen(work: UnitOfWork, id: str | None) -> _Configuration | None:
    """The configuration that was chosen instead of the default one, if one was."""
    if id is None:
        return None
    configuration = _configuration(work, id)
    return None if configuration.is_default else configuration


def _default(work: UnitOfWork) -> _Configuration:
    settle(work, CONFIGURATION)
    return _configuration(work, next(work.select(CONFIGURATION, Selection({"is_default": True}))))


def _configuration(work: UnitOfWork, id: str) -> _Configuration:
    text = work.text(CONFIGURATION, id)
    if text is None:
        raise no_such(CONFIGURATION, id, NAMED)
    return _read(text)


@lru_cache(maxsize=64)
def _read(text: bytes) -> _Configuration:
    """Every payment reads the same long text of the default one."""
    read = loaded(text)
    turned_on = (
        name
        for name, value in read.items()
        if isinstance(value, dict) and name not in _NO_TYPES and value.get("available")
    )
    return _Configuration(
        read["id"], read["parent"], read["active"], read["is_default"], tuple(turned_on)
    )


def _suits(work: UnitOfWork, owner: Record, params: Mapping[str, Any], type: str) -> bool:
    """Whether a type can pay in the currency, be saved where that is asked for, and be captured as is asked for."""
    if not _can_be_kept(work, owner, params, type):
        return False
    way = ways_that_ask().get(type)
    currencies = way.currencies if way is not None else CURRENCIES.get(type)
    if owner.get("currency") and currencies is not None and owner["currency"] not in currencies:
        return False
    by_hand = way.by_hand if way is not None else type not in CURRENCIES
    return by_hand or owner.get("capture_method") != "manual"


def _can_be_kept(work: UnitOfWork, owner: Record, params: Mapping[str, Any], type: str) -> bool:
    """Whether a type can be saved as it is to be: by itself, by a payment, or not at all."""
    mode = owner.get("mode")
    if owner["object"] == "setup_intent" or mode == "setup":
        return can_be_set_up(work, type)
    payment = params.get("payment_intent_data") or owner
    is_saved = mode == "subscription" or payment.get("setup_future_usage")
    return not is_saved or can_be_saved(work, type)
