"""Incremental authorizations (https://docs.stripe.com/payments/incremental-authorization): more than before is authorized."""

from decimal import Decimal

from localstack_stripe.billing.amounts import decimals, rounded, written
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.payments.declines import decline_for
from localstack_stripe.resources.connect.charge_shares import card_of_charge, change_shares
from localstack_stripe.resources.connect.countries import RATES
from localstack_stripe.resources.core.card_authorizations import most_capturable, takes_no_more
from localstack_stripe.resources.core.charge_amounts import check_amount
from localstack_stripe.resources.core.intent_refusals import require_state
from localstack_stripe.resources.core.intents import options_of, take_over
from localstack_stripe.resources.core.payment_states import ALLOWED_FROM
from localstack_stripe.resources.payment_methods.card_errors import declined

_ASKS_FOR_INCREMENTS = (
    "request_incremental_authorization",
    "request_incremental_authorization_support",
)
"""The options of a card, and of one that is presented, without which no more can be authorized later."""

_CHANGED_BY_INCREMENT = ("amount", "description", "metadata", "statement_descriptor")

_INCREMENTED = "incremented"
"""Noted of an intent: how often more was asked for."""

_MOST_INCREMENTS = 10

_MOST_DOLLARS, _MOST_TIMES = 500, 5
"""How much more can be authorized at once."""


@operation("POST /v1/payment_intents/{intent}/increment_authorization")
def increment(call: Call) -> Record:
    """Authorize more than before (https://docs.stripe.com/api/payment_intents/increment_authorization)."""
    work, params = call.work, call.params
    intent = require_path(call, "intent", "payment_intent")
    require_state(intent, "increment", ALLOWED_FROM["capture"])
    charge = work.require("charge", intent["latest_charge"], "latest_charge")
    type = charge["payment_method_details"]["type"]
    options = options_of(intent, type)
    if not any(options.get(name) for name in _ASKS_FOR_INCREMENTS) or not _is_available(charge):
        raise invalid(
            "This PaymentIntent does not support incremental authorizations: they have to be asked for before it is "
            "confirmed, with `payment_method_options[card][request_incremental_authorization]`.",
        )
    if params["amount"] <= intent["amount"]:
        raise invalid(
            f"The amount has to be greater than what is authorized already ({intent['amount']}).",
            "amount",
        )
    check_amount(params["amount"], intent["currency"])
    _refuse_too_much(params["amount"], intent)
    intent, charge = work.change(intent), work.change(charge)
    _count_increment(work, intent, charge)
    take_over(call, intent, _CHANGED_BY_INCREMENT)
    change_shares(work, intent, params)
    charge["amount"] = intent["amount"]
    intent["amount_capturable"] = intent["amount"] - charge["amount_captured"]
    details = charge["payment_method_details"][type]
    details["amount_authorized"] = intent["amount"]
    if type == "card":
        over = details["overcapture"]
        over["maximum_amount_capturable"] = most_capturable(intent["amount"], over["status"])
    return intent


def _is_available(charge: Record) -> bool:
    """Whether the network knows increments; of a card that is presented, it does where that was asked for."""
    card = charge["payment_method_details"].get("card")
    return card is None or bool(card["incremental_authorization"]["status"] == "available")


def _refuse_too_much(amount: int, intent: Record) -> None:
    """Refuse more at once than 500 US dollars, or 500% of what is authorized, whichever is higher.

    :raises StripeError: 400
    """
    authorized, currency = intent["amount"], intent["currency"]
    worth = Decimal(RATES.get(currency, 0)) / Decimal(RATES["usd"])
    most = authorized + max(
        rounded((_MOST_DOLLARS * worth).scaleb(decimals(currency))), authorized * _MOST_TIMES
    )
    if amount > most:
        raise invalid(
            f"The amount can be incremented to {written(most, currency)} at most.",
            "amount",
            "amount_too_large",
        )


def _count_increment(work: UnitOfWork, intent: Record, charge: Record) -> None:
    """Ask the bank for more, which counts even if it declines, and changes nothing then.

    :raises StripeError: 400 where that was done too often, 402 where the bank declines
    """
    before = int(work.noted(intent, _INCREMENTED) or 0)
    if before >= _MOST_INCREMENTS:
        raise invalid(
            f"This PaymentIntent has reached the maximum of {_MOST_INCREMENTS} incremental authorization attempts."
        )
    work.note(intent, _INCREMENTED, before + 1)
    card = card_of_charge(charge)
    refused = refusal(card, "charge", work.forced_decline)
    if refused is None and takes_no_more(card):
        refused = decline_for("generic_decline")
    if refused is not None:
        raise declined(refused, charge=charge["id"], payment_intent=intent)
