"""Payment intents (https://docs.stripe.com/payments/paymentintents/lifecycle): one payment, through all its attempts.

Here is how they are made and changed; ``payment_states`` says what is allowed when, and ``payment_confirmation``,
``payment_attempts``, ``payment_outcomes``, ``payment_captures``, … what becomes of them.
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, before_update, defaults
from localstack_stripe.engine.errors import exclusive, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import check_shares
from localstack_stripe.resources.core.charge_amounts import check_amount
from localstack_stripe.resources.core.intent_refusals import refuse_unconfirmed, require_updatable
from localstack_stripe.resources.core.intents import (
    change_method_types,
    complete_options,
    set_method_types,
    take_method,
)
from localstack_stripe.resources.core.payment_confirmation import confirm_intent
from localstack_stripe.resources.core.payment_states import UPDATED_FROM
from localstack_stripe.resources.core.statement_descriptors import refuse_card_descriptor


@defaults("payment_intent")
def plain_intent(work: UnitOfWork) -> Record:
    """What Stripe shows of every payment intent although the contract says it may be absent or null, as recorded."""
    return {
        "amount_details": {"tip": {}},
        "managed_payments": {"enabled": False},
        "transfer_data": None,
    }


def new_intent(work: UnitOfWork, amount: int, currency: str, **values: Any) -> Record:
    """An intent to be paid, in ``requires_payment_method``.

    :param amount: in minor units of *currency*
    """
    intent = work.create(
        "payment_intent",
        amount=amount,
        amount_received=0,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=currency,
        payment_method_options={
            "card": {
                "installments": None,
                "mandate_options": None,
                "network": None,
                "request_three_d_secure": "automatic",
            }
        },
        status="requires_payment_method",
        **{**plain_intent(work), "payment_method_types": ["card"], **values},
    )
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    work.happened("payment_intent.created", intent)
    return intent


@before_create("payment_intent")
def from_parameters(call: Call, intent: Record) -> None:
    """Complete a new intent, and confirm it at once where that is asked for."""
    params, work = call.params, call.work
    if "automatic_payment_methods" in params and "confirmation_method" in params:
        raise exclusive("automatic_payment_methods", "confirmation_method")
    _check_amount(intent)
    check_shares(work, intent)
    intent["client_secret"] = work.ids.client_secret(intent["id"])
    intent["amount_received"] = 0
    intent["capture_method"] = params.get("capture_method") or "automatic_async"
    intent["confirmation_method"] = params.get("confirmation_method") or "automatic"
    intent["amount_details"] = {"tip": {}, **(intent.get("amount_details") or {})}
    set_method_types(call, intent)
    complete_options(work, intent)
    refuse_card_descriptor(intent, params.get("allowed_payment_method_types") or ())
    intent["status"] = "requires_payment_method"
    take_method(call, intent)
    work.happened("payment_intent.created", intent)
    if params.get("confirm"):
        confirm_intent(call, intent)
    else:
        refuse_unconfirmed(call)


def _check_amount(intent: Record) -> None:
    if intent["amount"] < 1:
        raise invalid(
            "The amount must be greater than or equal to the minimum charge amount allowed for your account and the "
            "currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a "
            "Payment Method for future use without an immediate payment, use a Setup Intent instead: "
            "https://docs.stripe.com/payments/setup-intents",
            "amount",
            "parameter_invalid_integer",
        )
    check_amount(intent["amount"], intent["currency"])


@before_update("payment_intent")
def change(call: Call, intent: Record, before: Record) -> None:
    """Change what the payment's state leaves open."""
    for name in call.params:
        if name in UPDATED_FROM:
            require_updatable(before, name, UPDATED_FROM[name])
    # https://docs.stripe.com/api/payment_intents/object: any update clears it.
    intent["last_payment_error"] = None
    change_method_types(call, intent)
    _check_amount(intent)
    check_shares(call.work, intent)
    refuse_card_descriptor(intent, intent["allowed_payment_method_types"] or ())
    take_method(call, intent)
