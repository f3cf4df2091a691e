"""Setup intents (https://docs.stripe.com/payments/setupintents/lifecycle): saving a payment method without a payment."""

from collections.abc import Collection
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    defaults,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.intent_refusals import (
    missing_method,
    refuse_unconfirmed,
    require_allowed,
    require_owner,
    require_return_url,
    require_state,
    require_updatable,
)
from localstack_stripe.resources.core.intents import (
    change_method_types,
    complete_options,
    set_method_types,
    take_method,
    take_over,
)
from localstack_stripe.resources.core.next_actions import note_return
from localstack_stripe.resources.core.setup_attempts import attempt
from localstack_stripe.resources.payment_methods.attachment import can_be_set_up
from localstack_stripe.resources.payment_methods.mandates import take_mandate
from localstack_stripe.resources.payment_methods.method_notes import refuse_spent
from localstack_stripe.resources.payment_methods.new_mandates import note_single_use
from localstack_stripe.resources.payment_methods.payment_methods import obtain

_OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")

ALLOWED_FROM = {"confirm": _OPEN, "cancel": _OPEN}
"""In which states of a setup intent each action is allowed; from the others it is ``setup_intent_unexpected_state``."""

_UPDATED_WHILE_OPEN = frozenset(
    {
        "allowed_payment_method_types",
        "customer",
        "excluded_payment_method_types",
        "flow_directions",
        "payment_method",
        "payment_method_configuration",
        "payment_method_data",
        "payment_method_options",
    }
)
"""What can be changed until a setup is over; ``metadata`` and ``description`` always can be
(https://docs.stripe.com/api/setup_intents/update)."""


@defaults("setup_intent")
def plain_intent(work: UnitOfWork) -> Record:
    """What Stripe shows of every setup intent although the contract says it may be absent or null, as recorded."""
    return {
        "customer_account": None,
        "flow_directions": None,
        "managed_payments": {"enabled": False},
    }


def new_setup_intent(
    work: UnitOfWork, customer: str | None, method: Record | None, **values: Any
) -> Record:
    """A setup intent that something else needs, to save a payment method; it is not confirmed yet."""
    intent = work.create(
        "setup_intent",
        **{**plain_intent(work), "payment_method_types": ["card"], **values},
        customer=customer,
        payment_method=method["id"] if method is not None else None,
        status="requires_payment_method" if method is None else "requires_confirmation",
        usage="off_session",
    )
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    complete_options(work, intent)
    return intent


@before_create("setup_intent")
def from_parameters(call: Call, intent: Record) -> None:
    """Complete a new setup intent, and confirm it at once where that is asked for."""
    params, work = call.params, call.work
    if params.get("attach_to_self") and intent["customer"]:
        # https://docs.stripe.com/api/setup_intents/create#create_setup_intent-attach_to_self
        raise invalid(
            "`attach_to_self` cannot be set to `true` when setting up a PaymentMethod for a Customer.",
            "attach_to_self",
        )
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    intent["usage"] = params.get("usage") or "off_session"
    set_method_types(call, intent)
    _require_savable(
        work, params.get("allowed_payment_method_types") or (), "allowed_payment_method_types"
    )
    complete_options(work, intent)
    note_single_use(call, intent)
    intent["status"] = "requires_payment_method"
    take_method(call, intent)
    _require_owner(work, intent, shown=False)
    work.happened("setup_intent.created", intent)
    if params.get("confirm"):
        _confirm(call, intent)
    else:
        refuse_unconfirmed(call)


@before_update("setup_intent")
def change(call: Call, intent: Record, before: Record) -> None:
    """Change what is still open."""
    for name in call.params:
        if name in _UPDATED_WHILE_OPEN:
            require_updatable(before, name, _OPEN)
    change_method_types(call, intent)
    take_method(call, intent)
    if not _SAYS_WHOSE.isdisjoint(call.params):
        _require_owner(call.work, intent)


_SAYS_WHOSE = frozenset({"customer", "payment_method", "payment_method_data"})


def _require_owner(work: UnitOfWork, intent: Record, *, shown: bool = True) -> None:
    if intent["payment_method"] is not None:
        require_owner(intent, obtain(work, intent["payment_method"], "payment_method"), shown=shown)


_asked_to_confirm, _asked_to_cancel = Listeners(), Listeners()

when_asked_to_confirm = _asked_to_confirm.register
"""Register who may refuse that a request confirms a setup intent."""

when_asked_to_cancel = _asked_to_cancel.register
"""Register who may refuse that a request cancels one."""


@operation("POST /v1/setup_intents/{intent}/confirm")
def confirm(call: Call) -> Record:
    """Try to set the payment method up."""
    intent = require_path(call, "intent", "setup_intent")
    if not intent["payment_method"] and _NAMES_METHOD.isdisjoint(call.params):
        raise missing_method(intent)
    require_state(intent, "confirm", ALLOWED_FROM["confirm"])
    _asked_to_confirm.tell(call.work, intent)
    intent = call.work.change(intent)
    take_over(call, intent, _CHANGED_BY_CONFIRMATION)
    change_method_types(call, intent)
    take_method(call, intent)
    _confirm(call, intent)
    return intent


_NAMES_METHOD = frozenset({"confirmation_token", "payment_method", "payment_method_data"})

_CHANGED_BY_CONFIRMATION = frozenset(
    {
        "allowed_payment_method_types",
        "payment_method_options",
    }
)


@operation("POST /v1/setup_intents/{intent}/cancel")
def cancel(call: Call) -> Record:
    """Give it up."""
    intent = require_path(call, "intent", "setup_intent")
    require_state(intent, "cancel", ALLOWED_FROM["cancel"])
    _asked_to_cancel.tell(call.work, intent)
    return cancel_setup(call.work, intent, call.params.get("cancellation_reason"))


def cancel_setup(work: UnitOfWork, intent: Record, reason: str | None) -> Record:
    """Cancel a setup intent that is still open."""
    intent = work.change(intent)
    intent["status"] = "canceled"
    intent["cancellation_reason"] = reason
    intent["next_action"] = None
    return intent


def _confirm(call: Call, intent: Record) -> None:
    work = call.work
    id = intent["payment_method"]
    if id is None:
        raise missing_method(intent)
    require_return_url(call, intent)
    note_return(call, intent)
    method = obtain(work, id, "payment_method")
    refuse_spent(work, method)
    require_owner(intent, method)
    require_allowed(work, intent, method)
    _require_savable(work, (method["type"],), "payment_method")
    take_mandate(call, intent, method)
    error = attempt(work, intent, method)
    if error is not None:
        raise error


def _require_savable(work: UnitOfWork, types: Collection[str], param: str) -> None:
    """Refuse to set up what cannot be saved
    (https://docs.stripe.com/payments/payment-methods/payment-method-support#additional-api-supportability).

    :param param: the parameter that asks for it
    :raises StripeError: 400
    """
    for type in types:
        if not can_be_set_up(work, type):
            raise invalid(
                f"Payment methods of type {type} cannot be set up for later payments.", param
            )
