"""Capturing a payment intent (https://docs.stripe.com/payments/place-a-hold-on-a-payment-method): at once, in parts, or
more than was authorized."""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.connect.charge_shares import change_shares
from localstack_stripe.resources.core.balance_transactions import TRANSACTION
from localstack_stripe.resources.core.charge_captures import (
    can_be_captured_again,
    take_again,
    take_authorized,
)
from localstack_stripe.resources.core.intent_refusals import require_state
from localstack_stripe.resources.core.intents import take_over
from localstack_stripe.resources.core.payment_outcomes import succeed
from localstack_stripe.resources.core.payment_states import ALLOWED_FROM
from localstack_stripe.resources.core.statement_descriptors import refuse_card_descriptor

_SAID_BY_CAPTURE = frozenset(
    {
        "amount_details",
        "hooks",
        "metadata",
        "payment_details",
        "statement_descriptor",
        "statement_descriptor_suffix",
    }
)

_CHANGED_BY_CAPTURE = (
    "application_fee_amount",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
)

_MOST_CAPTURES = 50
"""How often an intent can be captured (https://docs.stripe.com/payments/multicapture)."""


@operation("POST /v1/payment_intents/{intent}/capture")
def capture(call: Call) -> Record:
    """Take the authorized money, or a part of it."""
    work = call.work
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "capture", ALLOWED_FROM["capture"])
    charge = work.require("charge", intent["latest_charge"], "latest_charge")
    is_final = call.params.get("final_capture", True)
    has_many = can_be_captured_again(charge)
    if not is_final and not has_many:
        raise invalid(
            "This PaymentIntent cannot be captured more than once: multicapture has to be asked for before it is "
            "confirmed, with `payment_method_options[card][request_multicapture]`, and captured by hand.",
            "final_capture",
        )
    if len(work.where(TRANSACTION, "source", charge["id"])) >= _MOST_CAPTURES:
        raise invalid(f"This PaymentIntent has been captured {_MOST_CAPTURES} times already.")
    amount = _amount_to_capture(call, intent, charge)
    _require_same_shares(call, intent)
    intent, charge = work.change(intent), work.change(charge)
    change_shares(work, intent, call.params)
    take_over(call, intent, _SAID_BY_CAPTURE)
    refuse_card_descriptor(intent, (charge["payment_method_details"]["type"],))
    charge |= {name: intent.get(name) for name in _CHANGED_BY_CAPTURE}
    if not has_many:
        take_authorized(work, charge, amount)
        intent["amount"] = charge["amount"]
        succeed(work, intent, charge["amount_captured"])
        return intent
    take_again(work, charge, amount, is_final=is_final)
    intent["amount"] = charge["amount"]
    intent["amount_received"] = charge["amount_captured"]
    intent["amount_capturable"] = 0 if is_final else charge["amount"] - charge["amount_captured"]
    work.happened("payment_intent.amount_capturable_updated", intent)
    if is_final:
        succeed(work, intent, charge["amount_captured"])
    return intent


def _amount_to_capture(call: Call, intent: Record, charge: Record) -> int:
    """What is to be captured, in minor units: what the request says, or all that is authorized.

    :raises StripeError: 400 where that is more than can be, or nothing and nothing was captured before
    """
    amount = call.params.get("amount_to_capture")
    capturable = intent["amount_capturable"]
    if amount is None:
        return int(capturable)
    # Where some was captured before, nothing gives back what is left.
    least = 0 if charge["amount_captured"] and call.params.get("final_capture", True) else 1
    if amount < least:
        raise too_small("amount_to_capture", least)
    card = charge["payment_method_details"].get("card") or {}
    most = card.get("overcapture", {}).get("maximum_amount_capturable", charge["amount"])
    if amount > capturable + max(0, most - charge["amount"]):
        raise StripeError(
            "The payment could not be captured because the requested capture amount is greater than the amount you can "
            "capture for this charge. Contact us via https://support.stripe.com/contact/ for help.",
            code="amount_too_large",
            payment_intent=intent,
        )
    return int(amount)


def _require_same_shares(call: Call, intent: Record) -> None:
    """Who has had a share in what was captured first has one in all that is captured later
    (https://docs.stripe.com/payments/multicapture#connect).

    :raises StripeError: 400 where it is not said which
    """
    if not intent["amount_received"]:
        return
    data = call.params.get("transfer_data") or {}
    if intent.get("application_fee_amount") and call.params.get("application_fee_amount") is None:
        raise missing_parameter("application_fee_amount")
    if (intent.get("transfer_data") or {}).get("amount") and data.get("amount") is None:
        raise missing_parameter("transfer_data[amount]")
