"""Payout intents of v2 (https://docs.stripe.com/api/v2/money-management/payout-intents): a payment out of a financial
account that is planned, confirmed where that is wanted, and made when its day has come.
"""

from datetime import UTC, datetime

from localstack_stripe.billing.jurisdictions import EU
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter, of_type
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
    call_back,
    send,
    when_over,
)
from localstack_stripe.resources.money_management.payout_methods import country_of, require_payee
from localstack_stripe.resources.money_management.recipient_verifications import answer_of_bank

INTENT = "v2.money_management.payout_intent"

OPEN = ("pending", "requires_action")
"""The statuses in which it can be changed."""

VERIFIED_IN = EU | {"GB"}
"""Where banks say whose an account is
(https://docs.stripe.com/changelog/endive/2026-10-28/outbound-flows-api-support)."""

_DUE = "due"
"""Noted of an intent: when it is carried out, in seconds since 1970."""


@before_create(INTENT)
def plan(call: Call, intent: Record) -> None:
    """Plan a payment (https://docs.stripe.com/api/v2/money-management/payout-intents/create)."""
    work, params = call.work, call.params
    account = open_account(work, params["from"]["financial_account"], "from[financial_account]")
    value, currency = amount_of(params)
    if not (params["to"].get("recipient") or params["to"].get("payout_method")):
        raise missing_parameter("to[recipient]")
    require_payee(work, params["to"])
    intent["confirmation_method"] = params.get("confirmation_method") or "automatic"
    intent["from"] = {
        "currency": currency,
        "debited": money(value, currency),
        "financial_account": account["id"],
    }
    intent["to"] = {**intent["to"], "credited": money(value, currency), "currency": currency}
    intent["status_transitions"] = {}
    work.note(intent, _DUE, _day(call) or work.now())
    _verify(work, intent)
    if intent["confirmation_method"] == "manual":
        _require_action(work, intent, "confirm", reason="manually_requested")
    else:
        _go_on(work, intent)


@before_update(INTENT)
def change(call: Call, intent: Record, before: Record) -> None:
    """Change what has not been carried out (https://docs.stripe.com/api/v2/money-management/payout-intents/update)."""
    if before["status"] not in OPEN:
        raise _not("changed", before)
    if intent["to"] != before["to"]:
        require_payee(call.work, intent["to"])
        _verify(call.work, intent)
    day = _day(call)
    if day:
        call.work.note(intent, _DUE, day)


@operation("POST /v2/money_management/payout_intents/{id}/confirm")
def confirm(call: Call) -> Record:
    """Go ahead, or try again what has failed
    (https://docs.stripe.com/api/v2/money-management/payout-intents/confirm).

    :raises StripeError: 400 ``payout_intent_not_confirmable``
    """
    intent = call.work.change(require_path(call, "id", INTENT))
    if intent["status"] != "requires_action":
        raise _not("confirmed", intent, "payout_intent_not_confirmable")
    intent["status"] = "pending"
    del intent["next_action"]
    _go_on(call.work, intent)
    return intent


@operation("POST /v2/money_management/payout_intents/{id}/cancel")
def cancel(call: Call) -> Record:
    """Do not pay, or call back what has not arrived
    (https://docs.stripe.com/api/v2/money-management/payout-intents/cancel).

    :raises StripeError: 400 ``payout_intent_not_cancelable``
    """
    work = call.work
    intent = work.change(require_path(call, "id", INTENT))
    if intent["status"] in OPEN:
        intent.pop("next_action", None)
        turn(work, intent, "canceled")
        return intent
    payment = work.get(PAYMENT, intent.get("latest_payout", {}).get("outbound_payment", ""))
    if payment is None or not payment["cancelable"]:
        raise of_type(
            "not_cancelable",
            f"This payout intent is {intent['status']}, and cannot be canceled.",
            "payout_intent_not_cancelable",
        )
    call_back(work, payment)
    return intent


@operation("POST /v2/money_management/payout_intents/{id}/refresh_fx_quote")
def refresh_fx_quote(call: Call) -> Record:
    """There is none to refresh: what would have to be converted cannot be planned here
    (https://docs.stripe.com/api/v2/money-management/payout-intents/fx-quote).
    """
    intent = require_path(call, "id", INTENT)
    raise invalid(
        f"This payout intent has no FX quote: it sends {intent['from']['currency']} as it is."
    )


@operation("POST /v2/money_management/payout_intents/{id}/refresh_recipient_verification")
def refresh_recipient_verification(call: Call) -> Record:
    """Ask the bank once more whose the account is
    (https://docs.stripe.com/api/v2/money-management/payout-intents/refresh-recipient-verification).
    """
    intent = call.work.change(require_path(call, "id", INTENT))
    if intent["status"] not in OPEN:
        raise _not("verified", intent)
    if not _verify(call.work, intent):
        raise invalid(
            "This payout intent has no recipient verification: banks are asked in Britain and in the EU."
        )
    return intent


def _go_on(work: UnitOfWork, intent: Record) -> None:
    """Carry out at once what waits for no day."""
    if work.noted(intent, _DUE) <= work.now():
        carry_out(work, intent)


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


@when_over
def finish(work: UnitOfWork, payment: Record) -> None:
    """The payment has arrived, came back or is canceled."""
    intent = work.get(INTENT, payment.get("payout_intent") or "")
    if intent is None:
        return
    if payment["status"] == "returned":
        reason = payment["status_details"]["returned"]["reason"]
        _require_action(work, work.change(intent), "handle_failure", failure_reason=reason)
    else:
        turn(work, work.change(intent), payment["status"])


def _verify(work: UnitOfWork, intent: Record) -> bool:
    """Ask the bank whose the account is that is paid, where banks tell, and say whether this one does."""
    intent.pop("recipient_verification", None)
    to = intent["to"]
    tells = country_of(work, to.get("payout_method"), to.get("recipient")) in VERIFIED_IN
    if tells:
        intent["recipient_verification"] = answer_of_bank("match")
    return tells


def _require_action(work: UnitOfWork, intent: Record, type: str, **details: str) -> None:
    intent["next_action"] = {"type": type, type: details}
    turn(work, intent, "requires_action")


def _not(participle: str, intent: Record, code: str | None = None) -> StripeError:
    return invalid(
        f"This payout intent is {intent['status']}, and cannot be {participle}.", code=code
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
