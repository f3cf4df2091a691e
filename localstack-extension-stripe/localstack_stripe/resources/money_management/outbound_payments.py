"""Outbound payments of v2 (https://docs.stripe.com/api/v2/money-management/outbound-payments): money that leaves a
financial account for somebody, and takes a day. It comes back from one of Stripe's test accounts that fail.
"""

from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.errors import of_type
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import (
    SINCE,
    amount_of,
    available,
    begin,
    enter,
    money,
    open_account,
    transaction_of,
    turn,
)
from localstack_stripe.resources.money_management.payout_methods import require_payee, sends_back
from localstack_stripe.resources.money_management.recipient_verifications import consume

PAYMENT = "v2.money_management.outbound_payment"
_ARRIVES = "expected_arrival_date"


@before_create(PAYMENT)
def pay(call: Call, payment: Record) -> None:
    """Pay somebody out of an account (https://docs.stripe.com/api/v2/money-management/outbound-payments/create)."""
    work, params = call.work, call.params
    account = open_account(work, params["from"]["financial_account"], "from[financial_account]")
    value, currency = amount_of(params)
    require_payee(work, params["to"])
    if available(account, currency) < value:
        raise of_type(
            "insufficient_funds",
            "The financial account does not have enough funds for this. In a test, money comes to it by "
            "`POST /v2/money_management/test_helpers/financial_addresses/{id}/credit`.",
            param="amount",
        )
    setting = params.get("recipient_notification") or {"setting": "configured"}
    payment["recipient_notification"] = dict(setting)
    if params.get("recipient_verification"):
        consume(work, params["recipient_verification"], payment)
    send(work, payment, account, value, currency)


def send(work: UnitOfWork, payment: Record, account: Record, value: int, currency: str) -> None:
    """Let a payment of an amount in minor units leave an account, which has that much."""
    payment["from"] = {"debited": money(value, currency), "financial_account": account["id"]}
    payment["to"] = {**payment["to"], "credited": money(value, currency)}
    payment["status_transitions"] = {}
    payment[_ARRIVES] = moment(work.now() + DAY)
    impact = {"available": -value, "outbound_pending": value}
    begin(work, payment, account["id"], "outbound_payment", -value, **impact)
    work.note(payment, SINCE, work.now())


_over = Listeners()

when_over = _over.register
"""Register who is told when a payment has arrived, came back or is canceled: a payout intent waits for that."""


@operation("POST /v2/money_management/outbound_payments/{id}/cancel")
def cancel(call: Call) -> Record:
    """Keep the money after all (https://docs.stripe.com/api/v2/money-management/outbound-payments/cancel).

    :raises StripeError: 400 ``already_canceled``, ``not_cancelable``
    """
    payment = require_path(call, "id", PAYMENT)
    if payment["status"] == "canceled":
        raise of_type("already_canceled", "This outbound payment has already been canceled.")
    if not payment["cancelable"]:
        raise of_type(
            "not_cancelable",
            f"This outbound payment is {payment['status']}: only one that is processing can be canceled.",
        )
    return call_back(call.work, payment)


def call_back(work: UnitOfWork, payment: Record) -> Record:
    """Cancel a payment that can be canceled: the money stays in the account."""
    return _keep(work, work.change(payment), "canceled")


def _posts_at(work: UnitOfWork, payment: Record) -> int | None:
    since = work.noted(payment, SINCE) if payment["status"] == "processing" else None
    return None if since is None else int(since) + DAY


@due(PAYMENT, next=_posts_at)
def post(work: UnitOfWork, payment: Record) -> None:
    """It has arrived, or comes back."""
    payment = work.change(payment)
    reason = sends_back(work, payment["to"])
    if reason:
        payment["status_details"] = {"returned": {"reason": reason}}
        _keep(work, payment, "returned")
        return
    transaction = transaction_of(work, payment)
    enter(work, transaction, outbound_pending=-payment["amount"]["value"])
    turn(work, transaction, "posted")
    _finish(work, payment, "posted")


def _keep(work: UnitOfWork, payment: Record, status: str) -> Record:
    """End a payment without having paid."""
    value = payment["amount"]["value"]
    transaction = transaction_of(work, payment)
    enter(work, transaction, available=value, outbound_pending=-value)
    turn(work, transaction, "void")
    del payment[_ARRIVES]
    _finish(work, payment, status)
    return payment


def _finish(work: UnitOfWork, payment: Record, status: str) -> None:
    payment["cancelable"] = False
    turn(work, payment, status)
    _over.tell(work, payment)
