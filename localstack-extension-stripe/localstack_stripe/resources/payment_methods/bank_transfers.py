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
    receive,
)
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.next_actions import page_address
from localstack_stripe.resources.core.payment_attempts import ask, pays_by, take
from localstack_stripe.resources.core.payment_cancellation import when_canceled
from localstack_stripe.resources.payment_methods.funding_instructions import (
    EU_COUNTRIES,
    financial_addresses,
    require_country,
)
from localstack_stripe.resources.payment_methods.payment_methods import new_method, obtain

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
    _require_transfer(intent)
    if is_automatic(work, intent):
        apply_cash(work, intent, cash_in(work, intent["customer"], currency))
    if intent["status"] != "succeeded":
        ask(work, intent, _instructions(work, intent))


_OPTIONS = "payment_method_options[customer_balance][bank_transfer]"


def _require_transfer(intent: Record) -> None:
    """Refuse to ask for a transfer that there is not in the currency, or to a country without accounts.

    :raises StripeError: 400
    """
    asked = options_of(intent, METHOD).get("bank_transfer") or {}
    type, currency = asked.get("type"), intent["currency"]
    if type not in (None, f"{TRANSFERS[currency]}_bank_transfer"):
        raise invalid(f"Transfers of the type {type} are not in {currency}.", f"{_OPTIONS}[type]")
    country = (asked.get("eu_bank_transfer") or {}).get("country")
    if country is not None:
        require_country(country, f"{_OPTIONS}[eu_bank_transfer][country]")


@operation("POST /v1/payment_intents/{intent}/apply_customer_balance")
def apply(call: Call) -> Record:
    """Apply cash by hand (https://docs.stripe.com/api/payment_intents/apply_customer_balance)."""
    work, params = call.work, call.params
    intent = require_path(call, "intent", "payment_intent")
    if not waits(intent):
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
        amount = min(there, missing(work, intent))
    require_positive(amount)
    if amount > min(there, missing(work, intent)):
        raise invalid(
            "The amount is more than the customer has in cash, or than the PaymentIntent still needs.",
            "amount",
        )
    intent = work.change(intent)
    apply_cash(work, intent, amount)
    return intent


@when_canceled
def unapply(work: UnitOfWork, intent: Record) -> None:
    """What an intent has got of a customer's cash is theirs again when it is given up."""
    applied = work.noted(intent, APPLIED) or 0
    if applied:
        _note_of(work, intent, "unapplied_from_payment", applied)
        work.note(intent, APPLIED, 0)


def apply_cash(work: UnitOfWork, intent: Record, amount: int) -> None:
    """Apply cash to an intent, which may be written to, as far as it needs it; one that has no payment method yet gets one
    when it is paid.
    """
    part = min(amount, missing(work, intent))
    if part < 1:
        return
    _note_of(work, intent, "applied_to_payment", -part)
    work.note(intent, APPLIED, (work.noted(intent, APPLIED) or 0) + part)
    if not missing(work, intent):
        if intent["payment_method"] is None:
            intent["payment_method"] = new_method(work, METHOD, {})["id"]
        take(work, intent, obtain(work, intent["payment_method"], "payment_method"))
        return
    if waits(intent):
        intent["next_action"] = _instructions(work, intent)
    work.happened("payment_intent.partially_funded", intent)


def _note_of(work: UnitOfWork, intent: Record, type: str, amount: int) -> None:
    values: Record = {type: {"payment_intent": intent["id"]}}
    move_cash(work, intent["customer"], amount, intent["currency"], type=type, **values)


def missing(work: UnitOfWork, intent: Record) -> int:
    """How much cash an intent still needs, in minor units."""
    return int(intent["amount"]) - int(work.noted(intent, APPLIED) or 0)


def waits(intent: Record) -> bool:
    """Whether an intent waits for a bank transfer."""
    return (intent["next_action"] or {}).get("type") == INSTRUCTIONS


def transfer(work: UnitOfWork, intent: Record) -> None:
    """The customer of an intent that waits for a bank transfer has sent what is missing."""
    reference = work.noted(intent, REFERENCE)
    receive(work, intent["customer"], missing(work, intent), intent["currency"], reference)


def is_automatic(work: UnitOfWork, intent: Record) -> bool:
    """Whether the cash of an intent's customer is applied by itself."""
    settings = cash_of(work, intent["customer"])["settings"]
    return bool(settings["reconciliation_mode"] == "automatic")


def _instructions(work: UnitOfWork, intent: Record) -> Record:
    """What the customer has to know to send the money."""
    reference = work.noted(intent, REFERENCE)
    # Japanese banks do not pass one on (https://docs.stripe.com/payments/bank-transfers/accept-a-payment).
    if reference is None and intent["currency"] != "jpy":
        reference = work.ids.capitals(12)
        work.note(intent, REFERENCE, reference)
    type = f"{TRANSFERS[intent['currency']]}_bank_transfer"
    options = options_of(intent, METHOD).get("bank_transfer")
    country = ((options or {}).get(type) or {}).get("country")
    if country is None and type == "eu_bank_transfer":
        country = _country_of(work, intent["customer"])
    return {
        INSTRUCTIONS: {
            "amount_remaining": missing(work, intent),
            "currency": intent["currency"],
            "financial_addresses": financial_addresses(work, intent["customer"], type, country),
            "hosted_instructions_url": page_address(work, intent),
            "reference": reference,
            "type": type,
        },
        "type": INSTRUCTIONS,
    }


def _country_of(work: UnitOfWork, customer: str) -> str:
    """Where a customer's account in Europe is, if nothing else is asked for
    (https://docs.stripe.com/payments/bank-transfers/accept-a-payment).
    """
    address = work.require("customer", customer, "customer")["address"] or {}
    country = address.get("country")
    return str(country) if country in EU_COUNTRIES else "IE"
