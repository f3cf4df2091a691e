"""Bank transfers (https://docs.stripe.com/payments/customer-balance): a customer sends money, which is their cash until
it is applied to a payment.

A payment intent with the payment method ``customer_balance`` takes what cash there is, and waits for the rest.
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid, require_positive
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_balances import (
    TRANSFERS,
    cash_in,
    cash_of,
    move_cash,
    when_funded,
)
from localstack_stripe.resources.core.payment_attempts import pays_by, take
from localstack_stripe.resources.core.payment_cancellation import when_canceled
from localstack_stripe.resources.payment_methods.funding_instructions import financial_addresses
from localstack_stripe.resources.payment_methods.payment_methods import obtain

METHOD = "customer_balance"
INSTRUCTIONS = "display_bank_transfer_instructions"

APPLIED = "cash applied"
"""Noted of an intent: how much of the customer's cash it has got, in minor units."""

REFERENCE = "reference"
"""Noted of an intent: what the customer is to write on the transfer."""


@pays_by(METHOD)
def pay_from_cash(work: UnitOfWork, intent: Record, method: Record) -> None:
    """Pay from a customer's cash, or ask for a transfer of what is missing."""
    currency = intent["currency"]
    if intent["customer"] is None:
        raise invalid(
            "A payment with the payment method `customer_balance` has to have a `customer`.",
            "customer",
        )
    if currency not in TRANSFERS:
        raise invalid(
            f"Bank transfers are not supported in {currency}; they are in {', '.join(TRANSFERS)}.",
            "currency",
        )
    is_automatic = _is_automatic(work, intent)
    _apply(work, intent, cash_in(work, intent["customer"], currency) if is_automatic else 0)
    if intent["status"] != "succeeded":
        intent["status"] = "requires_action"
        intent["next_action"] = _instructions(work, intent)
        work.happened("payment_intent.requires_action", intent)


@operation("POST /v1/payment_intents/{intent}/apply_customer_balance")
def apply(call: Call) -> Record:
    """Apply cash by hand (https://docs.stripe.com/api/payment_intents/apply_customer_balance)."""
    work, params = call.work, call.params
    intent = require_path(call, "intent", "payment_intent")
    if not _waits(intent):
        raise StripeError(
            f"This PaymentIntent's status is {intent['status']}: it does not wait for a bank transfer.",
            code="payment_intent_unexpected_state",
            payment_intent=intent,
        )
    if params.get("currency") not in (None, intent["currency"]):
        raise invalid("The currency has to be that of the PaymentIntent.", "currency")
    there = cash_in(work, intent["customer"], intent["currency"])
    amount = params.get("amount")
    if amount is None:
        amount = min(there, _missing(work, intent))
    require_positive(amount)
    if amount > min(there, _missing(work, intent)):
        raise invalid(
            "The amount is more than the customer has in cash, or than the PaymentIntent still needs.",
            "amount",
        )
    intent = work.change(intent)
    _apply(work, intent, amount)
    return intent


@when_funded
def reconcile(work: UnitOfWork, funded: Record) -> None:
    """Pay with cash that has come what waits for it: what it refers to, what it is just right for, then the oldest."""
    customer, currency = funded["customer"], funded["currency"]
    waiting = [
        each
        for each in reversed(work.where("payment_intent", "customer", customer))
        if each["currency"] == currency and _waits(each)
    ]
    reference = funded["funded"]["bank_transfer"]["reference"]
    waiting.sort(
        key=lambda each: (
            reference is None or work.noted(each, REFERENCE) != reference,
            _missing(work, each) != funded["net_amount"],
        )
    )
    for each in waiting:
        left = cash_in(work, customer, currency)
        if left and _is_automatic(work, each):
            _apply(work, work.change(each), left)


@when_canceled
def unapply(work: UnitOfWork, intent: Record) -> None:
    """What an intent has got of a customer's cash is theirs again when it is given up."""
    applied = work.noted(intent, APPLIED) or 0
    if applied:
        _note_of(work, intent, "unapplied_from_payment", applied)
        work.note(intent, APPLIED, 0)


def _apply(work: UnitOfWork, intent: Record, amount: int) -> None:
    """Apply cash to an intent, which may be written to, as far as it needs it."""
    part = min(amount, _missing(work, intent))
    if part < 1:
        return
    _note_of(work, intent, "applied_to_payment", -part)
    work.note(intent, APPLIED, (work.noted(intent, APPLIED) or 0) + part)
    if not _missing(work, intent):
        take(work, intent, obtain(work, intent["payment_method"], "payment_method"))
        return
    if _waits(intent):
        intent["next_action"] = _instructions(work, intent)
    work.happened("payment_intent.partially_funded", intent)


def _note_of(work: UnitOfWork, intent: Record, type: str, amount: int) -> None:
    values: Record = {type: {"payment_intent": intent["id"]}}
    move_cash(work, intent["customer"], amount, intent["currency"], type=type, **values)


def _missing(work: UnitOfWork, intent: Record) -> int:
    return int(intent["amount"]) - int(work.noted(intent, APPLIED) or 0)


def _waits(intent: Record) -> bool:
    return (intent["next_action"] or {}).get("type") == INSTRUCTIONS


def _is_automatic(work: UnitOfWork, intent: Record) -> bool:
    settings = cash_of(work, intent["customer"])["settings"]
    return bool(settings["reconciliation_mode"] == "automatic")


def _instructions(work: UnitOfWork, intent: Record) -> Record:
    """What the customer has to know to send the money."""
    reference = work.noted(intent, REFERENCE)
    if reference is None:
        reference = work.ids.capitals(12)
        work.note(intent, REFERENCE, reference)
    type = f"{TRANSFERS[intent['currency']]}_bank_transfer"
    options = ((intent["payment_method_options"] or {}).get(METHOD) or {}).get("bank_transfer")
    country = ((options or {}).get(type) or {}).get("country")
    return {
        INSTRUCTIONS: {
            "amount_remaining": _missing(work, intent),
            "currency": intent["currency"],
            "financial_addresses": financial_addresses(work, intent["customer"], type, country),
            "hosted_instructions_url": None,
            "reference": reference,
            "type": type,
        },
        "type": INSTRUCTIONS,
    }
