"""Payout intents of v2 (https://docs.stripe.com/api/v2/money-management/payout-intents): a payment out of a financial
account that is planned, confirmed where that is wanted, and made when its day has come.
"""

from datetime import UTC, datetime

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import (
    amount_of,
    available,
    money,
    open_account,
    turn,
)
from localstack_stripe.resources.money_management.outbound_payments import (
    PAYMENT,
    send,
    when_posted,
)

INTENT = "v2.money_management.payout_intent"

OPEN = ("pending", "requires_action")
"""The statuses in which it can be changed, and canceled."""

_DUE = "due"
"""Noted of an intent: when it is carried out, in seconds since 1970."""


@before_create(INTENT)
def plan(call: Call, intent: Record) -> None:
    """Plan a payment (https://docs.stripe.com/api/v2/money-management/payout-intents/create)."""
    work, params = call.work, call.params
    account = open_account(work, params["from"]["financial_account"], "from[financial_account]")
    value, currency = amount_of(params)
    intent["confirmation_method"] = params.get("confirmation_method") or "automatic"
    intent["from"] = {
        "currency": currency,
        "debited": money(value, currency),
        "financial_account": account["id"],
    }
    intent["to"] = {**intent["to"], "credited": money(value, currency), "currency": currency}
    intent["status_transitions"] = {}
    work.note(intent, _DUE, _day(call) or work.now())
    if intent["confirmation_method"] == "manual":
        _require_action(work, intent, "confirm", reason="manually_requested")


@before_update(INTENT)
def change(call: Call, intent: Record, before: Record) -> None:
    """Change what has not been carried out (https://docs.stripe.com/api/v2/money-management/payout-intents/update)."""
    _require_open(before, "changed")
    if _day(call):
        call.work.note(intent, _DUE, _day(call))


@operation("POST /v2/money_management/payout_intents/{id}/confirm")
def confirm(call: Call) -> Record:
    """Go ahead (https://docs.stripe.com/api/v2/money-management/payout-intents/confirm)."""
    intent = call.work.change(require_path(call, "id", INTENT))
    if (intent.get("next_action") or {}).get("type") != "confirm":
        raise invalid(f"This payout intent is {intent['status']}: there is nothing to confirm.")
    intent["status"] = "pending"
    del intent["next_action"]
    return intent


@operation("POST /v2/money_management/payout_intents/{id}/cancel")
def cancel(call: Call) -> Record:
    """Do not pay (https://docs.stripe.com/api/v2/money-management/payout-intents/cancel)."""
    intent = call.work.change(require_path(call, "id", INTENT))
    _require_open(intent, "canceled")
    intent.pop("next_action", None)
    turn(call.work, intent, "canceled")
    return intent


def _carried_out_at(work: UnitOfWork, intent: Record) -> int | None:
    at = work.noted(intent, _DUE) if intent["status"] == "pending" else None
    return None if at is None else int(at)


@due(INTENT, next=_carried_out_at)
def carry_out(work: UnitOfWork, intent: Record) -> None:
    """Make the payment, where there is enough for it."""
    intent = work.change(intent)
    value, currency = intent["amount"]["value"], intent["amount"]["currency"]
    account = open_account(work, intent["from"]["financial_account"], "from[financial_account]")
    if available(account, currency) < value:
        _require_action(work, intent, "handle_failure", failure_reason="insufficient_funds")
        return
    carried = ("description", "metadata", "recipient_notification", "statement_descriptor")
    payment = start(
        work,
        PAYMENT,
        {
            "amount": money(value, currency),
            "payout_intent": intent["id"],
            "recipient_notification": {"setting": "configured"},
            "to": {name: each for name, each in intent["to"].items() if name != "currency"},
            **{name: intent[name] for name in carried if intent.get(name) is not None},
        },
    )
    payment["to"].setdefault("recipient", "")
    send(work, payment, account, value, currency)
    intent["latest_payout"] = {"outbound_payment": payment["id"], "type": "outbound_payment"}
    turn(work, intent, "processing")


@when_posted
def finish(work: UnitOfWork, payment: Record) -> None:
    """The payment has arrived."""
    intent = work.get(INTENT, payment.get("payout_intent") or "")
    if intent is not None:
        turn(work, work.change(intent), "posted")


def _require_action(work: UnitOfWork, intent: Record, type: str, **details: str) -> None:
    intent["next_action"] = {"type": type, type: details}
    turn(work, intent, "requires_action")


def _require_open(intent: Record, participle: str) -> None:
    if intent["status"] not in OPEN:
        raise invalid(
            f"This payout intent is {intent['status']}: only one that is pending or requires action can be {participle}."
        )


def _day(call: Call) -> int | None:
    """When the day begins, in UTC, that it is to be carried out on, in seconds since 1970."""
    day = (call.params.get("schedule_options") or {}).get("execute_on")
    if not day:
        return None
    try:
        return int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise invalid(f"Invalid date: {day}", "schedule_options[execute_on]") from None
