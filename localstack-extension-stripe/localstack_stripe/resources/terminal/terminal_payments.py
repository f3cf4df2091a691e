"""A card that is held to a reader (https://docs.stripe.com/terminal/references/testing): it pays, is saved, or is given
its money back, as the reader was told.
"""

from collections.abc import Callable
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.errors import CardError, invalid, too_small
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import reason_by_amount
from localstack_stripe.payments.test_cards import TestCard, card_of_number
from localstack_stripe.resources.core import payment_attempts, setup_attempts
from localstack_stripe.resources.core.refunds import give_back
from localstack_stripe.resources.payment_methods.card_present import is_presented, presented
from localstack_stripe.resources.payment_methods.payment_methods import (
    bank_card,
    described_method,
    obtain,
)
from localstack_stripe.resources.terminal.terminal_readers import (
    READER,
    fail,
    succeed,
    waiting_reader,
)

VISA = "4242424242424242"
"""What is presented where nothing is said of it."""

BY_ITSELF = ("confirm_payment_intent", "set_reader_display")
"""What a reader does without a customer: as soon as it is told to."""


@operation("POST /v1/test_helpers/terminal/readers/{reader}/present_payment_method")
def present_payment_method(call: Call) -> Record:
    """Hold a card to the reader (https://docs.stripe.com/api/terminal/readers/present_payment_method).

    A decline is the action's failure, not the request's.
    """
    reader = waiting_reader(call, *_PRESENTED)
    if (call.params.get("amount_tip") or 0) < 0:
        raise too_small("amount_tip", 0)
    method = _presented(call, reader)
    action = reader["action"]
    error = _PRESENTED[action["type"]](call, action[action["type"]], method)
    _end(reader, error)
    return reader


def _presented(call: Call, reader: Record) -> Record:
    work, params = call.work, call.params
    type = params.get("type") or "card_present"
    given = params.get(type) or {}
    if type == "card":
        return described_method(work, {"type": type, type: given}, "", raw_allowed=True)
    number = given.get("number") or VISA
    return presented(work, _test_card(number, f"{type}[number]"), type, reader)


def _test_card(number: str, param: str) -> TestCard:
    card = card_of_number(number)
    if card is None:
        raise invalid(
            "This is not the number of a test card that a simulated reader knows. See "
            "https://docs.stripe.com/terminal/references/testing#simulated-test-cards.",
            param,
        )
    return card


def _pay(call: Call, told: Record, method: Record) -> CardError | None:
    work = call.work
    intent = work.change(work.require("payment_intent", told["payment_intent"], "payment_intent"))
    _tip(intent, call.params.get("amount_tip"))
    return _charge(work, intent, method)


def _collect(call: Call, told: Record, method: Record) -> None:
    work = call.work
    intent = work.change(work.require("payment_intent", told["payment_intent"], "payment_intent"))
    _tip(intent, call.params.get("amount_tip"))
    intent["payment_method"] = method["id"]
    intent["status"] = "requires_confirmation"
    told["payment_method"] = method


def _save(call: Call, told: Record, method: Record) -> CardError | None:
    work = call.work
    intent = work.change(work.require("setup_intent", told["setup_intent"], "setup_intent"))
    intent["payment_method"] = method["id"]
    error = setup_attempts.attempt(work, intent, method)
    if error is None:
        attempt = work.require("setup_attempt", intent["latest_attempt"], "latest_attempt")
        details = attempt["payment_method_details"].get(method["type"]) or {}
        told["generated_card"] = details.get("generated_card") or method["id"]
    return error


def _refund(call: Call, told: Record, method: Record) -> None:
    work = call.work
    charge = work.require("charge", told["charge"], "charge")
    refund = start(work, "refund", {"metadata": dict(told["metadata"])})
    give_back(work, refund, charge, told["amount"])
    told["refund"] = refund["id"]


_PRESENTED: dict[str, Callable[[Call, Record, Record], CardError | None]] = {
    "collect_payment_method": _collect,
    "process_payment_intent": _pay,
    "process_setup_intent": _save,
    "refund_payment": _refund,
}
"""By what the reader was told, what is done with the card that it was waiting for."""


def _tip(intent: Record, amount: int | None) -> None:
    """Add what the customer gives besides (https://docs.stripe.com/terminal/features/collecting-tips/on-reader)."""
    if amount:
        intent["amount"] += amount
        details = intent.get("amount_details") or {}
        intent["amount_details"] = {**details, "tip": {"amount": amount}}


def _charge(work: UnitOfWork, intent: Record, method: Record) -> CardError | None:
    reason = None
    if is_presented(method):
        reason = reason_by_amount(bank_card(method), intent["amount"], intent["currency"])
    # Who holds a card to a reader has shown that it is theirs: no bank asks for more.
    return payment_attempts.attempt(
        work, intent, method, off_session=False, authenticated=True, refused_for=reason
    )


def _end(reader: Record, error: CardError | None) -> None:
    if error is None:
        succeed(reader)
    else:
        fail(reader, error.code or error.type, error.message, _shown(error))


def _shown(error: CardError) -> Record:
    """What a reader says of an error: the intent is found elsewhere."""
    ids: dict[str, Any] = {name: id for name, id in error.objects.items() if name == "charge"}
    fields = {name: value for name, value in error.body().items() if name not in error.objects}
    return fields | ids


# Without a customer


def _at_once(work: UnitOfWork, reader: Record) -> int | None:
    action = reader["action"]
    waits = action is not None and action["status"] == "in_progress"
    return reader["last_seen_at"] // 1000 if waits and action["type"] in BY_ITSELF else None


@due(READER, next=_at_once)
def act_alone(work: UnitOfWork, reader: Record) -> None:
    """A cart is shown, and a payment whose card was collected is made."""
    reader = work.change(reader)
    told = reader["action"].get("confirm_payment_intent")
    error = None
    if told is not None:
        intent = work.get("payment_intent", told["payment_intent"])
        if intent is None or intent["status"] != "requires_confirmation":
            fail(reader, "intent_invalid_state", "The payment intent cannot be confirmed any more.")
            return
        method = obtain(work, intent["payment_method"], "payment_method")
        error = _charge(work, work.change(intent), method)
    _end(reader, error)
