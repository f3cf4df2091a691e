"""The money of v2 (https://docs.stripe.com/financial-accounts/storage): a financial account, the addresses that money
comes to it by, and what moves into it and out of it, in one currency.

What takes a bank its time takes a day.
"""

from collections.abc import Callable
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    list_filter,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.errors import (
    invalid,
    missing_parameter,
    no_such,
    not_emulated,
    too_small,
)
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.recipient_verifications import consume

_V2 = "v2.money_management."
ACCOUNT, ADDRESS = f"{_V2}financial_account", f"{_V2}financial_address"
CREDIT, SIMULATION = f"{_V2}received_credit", f"{_V2}financial_address_credit_simulation"
PAYMENT, TRANSFER = f"{_V2}outbound_payment", f"{_V2}inbound_transfer"
TRANSACTION, ENTRY = f"{_V2}transaction", f"{_V2}transaction_entry"

PARTS = ("available", "inbound_pending", "outbound_pending")

plain(
    "GET /v2/money_management/financial_accounts",
    "GET /v2/money_management/financial_accounts/{id}",
    "POST /v2/money_management/financial_accounts/{id}",
    "GET /v2/money_management/received_credits",
    "GET /v2/money_management/received_credits/{id}",
    "GET /v2/money_management/transactions",
    "GET /v2/money_management/transactions/{id}",
    "POST /v2/money_management/transactions/{id}",
    "GET /v2/money_management/transaction_entries",
    "GET /v2/money_management/transaction_entries/{id}",
)

_SINCE = "since"
"""Noted of what takes its time: when it began, in seconds since 1970."""


@from_the_start(ACCOUNT)
def accounts(work: UnitOfWork) -> list[Record]:
    """One that stores US dollars."""
    empty = {part: {"usd": money(0, "usd")} for part in PARTS}
    storage = {"holds_currencies": ["usd"]}
    values = {"country": "US", "status": "open", "storage": storage, "type": "storage"}
    return [{"balance": empty, **values}]


# Addresses, and what comes to them


@before_create(ADDRESS)
def open_address(call: Call, address: Record) -> None:
    """Give an account a bank account's number, which works a moment later
    (https://docs.stripe.com/api/v2/money-management/financial-addresses/create).
    """
    work, bank = call.work, call.params.get("bank_account")
    open_account(work, call.params["financial_account"], "financial_account")
    if not bank:
        raise missing_parameter("bank_account")
    currency = bank["currency"]
    if currency != "usd":
        raise not_emulated("bank_account[currency]")
    address["bank_account"] = {
        "aba": {
            "account_number": work.ids.digits(12),
            "bank_name": "STRIPE TEST BANK",
            "routing_number": "110000000",
        },
        "country": bank.get("country") or "US",
        "currency": currency,
        "type": "aba",
    }
    address["settlement_currency"] = currency
    work.note(address, _SINCE, work.now())


def _activates_at(work: UnitOfWork, address: Record) -> int | None:
    return int(work.noted(address, _SINCE) or 0) if address["status"] == "pending" else None


@due(ADDRESS, next=_activates_at)
def activate(work: UnitOfWork, address: Record) -> None:
    """The bank has opened it."""
    work.change(address)["status"] = "active"


@operation("POST /v2/money_management/test_helpers/financial_addresses/{id}/credit")
def credit(call: Call) -> Record:
    """Money has come (https://docs.stripe.com/api/v2/money-management/financial-address-credit-simulations/credit)."""
    work, params = call.work, call.params
    address = require_path(call, "id", ADDRESS)
    if address["status"] != "active":
        raise invalid(f"This financial address is {address['status']}.")
    value, currency = params["amount"]["value"], params["amount"]["currency"]
    if value < 1:
        raise too_small("amount[value]")
    if currency != address["settlement_currency"]:
        raise not_emulated("amount[currency]")
    transfer: Record = {
        "financial_address": address["id"],
        "network": params["network"],
        "originating_bank_account": {
            "aba": {
                "bank_name": "STRIPE TEST BANK",
                "last4": "6789",
                "routing_number": "110000000",
            },
            "type": "aba",
        },
    }
    if params.get("statement_descriptor"):
        transfer["statement_descriptor"] = params["statement_descriptor"]
    made = work.create(
        CREDIT,
        amount=money(value, currency),
        amount_received=money(value, currency),
        bank_transfer=transfer,
        financial_account=address["financial_account"],
        status="succeeded",
        status_transitions={"succeeded_at": moment(work.now())},
        type="bank_transfer",
    )
    begun = _begin(work, made, made["financial_account"], "received_credit", value, available=value)
    _end(work, begun, "posted")
    return work.shapes.skeleton(SIMULATION) | {"id": "", "status": "succeeded"}


# Out


@before_create(PAYMENT)
def pay(call: Call, payment: Record) -> None:
    """Pay somebody out of an account (https://docs.stripe.com/api/v2/money-management/outbound-payments/create)."""
    work, params = call.work, call.params
    amount, source = params["amount"], params["from"]
    account = open_account(work, source["financial_account"], "from[financial_account]")
    value, currency = amount["value"], amount["currency"]
    if value < 1:
        raise too_small("amount[value]")
    require_same(currency, source["currency"], "from[currency]")
    require_same(currency, params["to"].get("currency"), "to[currency]")
    if available(account, currency) < value:
        raise invalid(
            "The financial account does not have enough funds for this. In a test, money comes to it by "
            "`POST /v2/money_management/test_helpers/financial_addresses/{id}/credit`.",
            "amount",
            "insufficient_funds",
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
    impact = {"available": -value, "outbound_pending": value}
    _begin(work, payment, account["id"], "outbound_payment", -value, **impact)
    work.note(payment, _SINCE, work.now())


Listener = Callable[[UnitOfWork, Record], None]

_LISTENERS: list[Listener] = []


def when_posted(listener: Listener) -> Listener:
    """Register who is told when a payment has arrived: a payout intent waits for that."""
    _LISTENERS.append(listener)
    return listener


@operation("POST /v2/money_management/outbound_payments/{id}/cancel")
def cancel(call: Call) -> Record:
    """Keep the money after all (https://docs.stripe.com/api/v2/money-management/outbound-payments/cancel)."""
    work = call.work
    payment = work.change(require_path(call, "id", PAYMENT))
    if payment["status"] != "processing":
        raise invalid(
            f"This outbound payment is {payment['status']}: only one that is processing can be canceled."
        )
    value = payment["amount"]["value"]
    _finish(work, payment, "canceled")
    transaction = _transaction_of(work, payment)
    _enter(work, transaction, available=value, outbound_pending=-value)
    _end(work, transaction, "void")
    return payment


def _posts_at(work: UnitOfWork, payment: Record) -> int | None:
    since = work.noted(payment, _SINCE) if payment["status"] == "processing" else None
    return None if since is None else int(since) + DAY


@due(PAYMENT, next=_posts_at)
def post(work: UnitOfWork, payment: Record) -> None:
    """It has arrived."""
    payment = work.change(payment)
    _finish(work, payment, "posted")
    transaction = _transaction_of(work, payment)
    _enter(work, transaction, outbound_pending=-payment["amount"]["value"])
    _end(work, transaction, "posted")
    for listener in _LISTENERS:
        listener(work, payment)


def _finish(work: UnitOfWork, payment: Record, status: str) -> None:
    payment["status"], payment["cancelable"] = status, False
    payment["status_transitions"] = {f"{status}_at": moment(work.now())}


# In


@before_create(TRANSFER)
def fetch(call: Call, transfer: Record) -> None:
    """Fetch money from a bank account (https://docs.stripe.com/api/v2/money-management/inbound-transfers/create)."""
    work, params = call.work, call.params
    amount, to = params["amount"], params["to"]
    account = open_account(work, to["financial_account"], "to[financial_account]")
    value, currency = amount["value"], amount["currency"]
    if value < 1:
        raise too_small("amount[value]")
    require_same(currency, to["currency"], "to[currency]")
    require_same(currency, params["from"].get("currency"), "from[currency]")
    method = {"type": "us_bank_account", "us_bank_account": params["from"]["payment_method"]}
    transfer["from"] = {"debited": money(value, currency), "payment_method": method}
    transfer["to"] = {
        "credited": money(value, currency),
        "financial_account": account["id"],
    }
    transfer["transfer_history"] = [_step(work, each) for each in ("queued", "processing")]
    _begin(work, transfer, account["id"], "inbound_transfer", value, inbound_pending=value)
    work.note(transfer, _SINCE, work.now())


def _arrives_at(work: UnitOfWork, transfer: Record) -> int | None:
    steps = [each["type"] for each in transfer["transfer_history"]]
    is_on_its_way = steps[-1:] == ["bank_debit_processing"]
    return int(work.noted(transfer, _SINCE)) + DAY if is_on_its_way else None


@due(TRANSFER, next=_arrives_at)
def arrive(work: UnitOfWork, transfer: Record) -> None:
    """The bank has sent it."""
    transfer, value = work.change(transfer), transfer["amount"]["value"]
    transfer["transfer_history"] = [*transfer["transfer_history"], _step(work, "succeeded")]
    transaction = _transaction_of(work, transfer)
    _enter(work, transaction, available=value, inbound_pending=-value)
    _end(work, transaction, "posted")


def _step(work: UnitOfWork, name: str) -> Record:
    now, type = moment(work.now()), f"bank_debit_{name}"
    id = work.ids.new("ibthist_test_", 24)
    return {"id": id, type: {}, "created": now, "effective_at": now, "type": type}


# The books


@list_filter("GET /v2/money_management/transactions", "flow")
def is_of_flow(work: UnitOfWork, transaction: Record, flow: str) -> bool:
    """Those of a payment, a transfer or a credit."""
    return bool(transaction["flow"][transaction["category"]] == flow)


def open_account(work: UnitOfWork, id: str, param: str) -> Record:
    """The financial account that a parameter names.

    :raises StripeError: 400 where there is none, or it is closed
    """
    settle(work, ACCOUNT)
    account = work.get(ACCOUNT, id)
    if account is None:
        raise no_such("financial account", id, param)
    if account["status"] != "open":
        raise invalid("This financial account is closed.", param)
    return account


def available(account: Record, currency: str) -> int:
    """What an account can spend, in minor units."""
    held: Record = account["balance"]["available"].get(currency) or {"value": 0}
    return int(held["value"])


def _begin(
    work: UnitOfWork, flow: Record, account: str, category: str, value: int, **impact: int
) -> Record:
    """Open a transaction of an amount in minor units, with its first entry."""
    currency = flow["amount"]["currency"]
    transaction = work.create(
        TRANSACTION,
        amount=money(value, currency),
        balance_impact={part: money(0, currency) for part in PARTS},
        category=category,
        financial_account=account,
        flow={"type": category, category: flow["id"]},
        regulatory_receipt={"status": "not_applicable"},
        status="pending",
        status_transitions={},
    )
    work.note(flow, "transaction", transaction["id"])
    _enter(work, transaction, **impact)
    return transaction


def _enter(work: UnitOfWork, transaction: Record, **impact: int) -> None:
    """Add an entry to a transaction, and what it changes to the account's balance."""
    currency = transaction["amount"]["currency"]
    account = work.change(open_account(work, transaction["financial_account"], "financial_account"))
    for part, value in impact.items():
        held = account["balance"][part].get(currency, money(0, currency))
        for place, name, before in (
            (account["balance"][part], currency, held),
            (transaction["balance_impact"], part, transaction["balance_impact"][part]),
        ):
            place[name] = money(before["value"] + value, currency)
    shared = ("category", "financial_account", "flow")
    work.create(
        ENTRY,
        balance_impact={part: money(impact.get(part, 0), currency) for part in PARTS},
        effective_at=moment(work.now()),
        transaction=transaction["id"],
        transaction_details={name: transaction[name] for name in shared},
    )


def _end(work: UnitOfWork, transaction: Record, status: str) -> None:
    transaction["status"] = status
    transaction["status_transitions"] = {f"{status}_at": moment(work.now())}


def _transaction_of(work: UnitOfWork, flow: Record) -> Record:
    return work.change(work.require(TRANSACTION, work.noted(flow, "transaction"), "transaction"))


def money(value: int, currency: str) -> dict[str, Any]:
    """An amount in minor units, as v2 writes it."""
    return {"currency": currency, "value": value}


def require_same(currency: str, other: str | None, param: str) -> None:
    """Refuse to convert money.

    :raises StripeError: 400
    """
    if other not in (None, currency):
        raise not_emulated(param)
