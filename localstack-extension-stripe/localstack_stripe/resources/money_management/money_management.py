"""The books of v2's financial accounts (https://docs.stripe.com/financial-accounts/storage): their balances, and the
transactions and entries that these are the sum of. Nothing is converted.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import find, list_filter, plain
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import no_such, not_emulated, of_type, require_positive
from localstack_stripe.engine.presets import from_the_start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

ACCOUNT = "v2.money_management.financial_account"
TRANSACTION = "v2.money_management.transaction"
ENTRY = "v2.money_management.transaction_entry"

PARTS = ("available", "inbound_pending", "outbound_pending")

SINCE = "since"
"""Noted of what takes its time: when it began, in seconds since 1970."""

plain(
    "GET /v2/money_management/financial_accounts",
    "GET /v2/money_management/financial_accounts/{id}",
    "POST /v2/money_management/financial_accounts/{id}",
    "GET /v2/money_management/transactions",
    "GET /v2/money_management/transactions/{id}",
    "POST /v2/money_management/transactions/{id}",
    "GET /v2/money_management/transaction_entries",
    "GET /v2/money_management/transaction_entries/{id}",
)


@from_the_start(ACCOUNT)
def accounts(work: UnitOfWork) -> list[Record]:
    """One that stores US dollars."""
    empty = {part: {"usd": money(0, "usd")} for part in PARTS}
    storage = {"holds_currencies": ["usd"]}
    values = {"country": "US", "status": "open", "storage": storage, "type": "storage"}
    return [{"balance": empty, **values}]


@list_filter("GET /v2/money_management/transactions", "flow")
def is_of_flow(work: UnitOfWork, transaction: Record, flow: str) -> bool:
    """Those of a payment, a transfer or a credit."""
    return bool(transaction["flow"][transaction["category"]] == flow)


def open_account(work: UnitOfWork, id: str, param: str) -> Record:
    """The financial account that a parameter names.

    :raises StripeError: 400 where there is none, or (``financial_account_not_open``) it is closed
    """
    account = find(work, ACCOUNT, id)
    if account is None:
        raise no_such("financial account", id, param)
    if account["status"] != "open":
        raise of_type(
            "financial_account_not_open", "This financial account is closed.", param=param
        )
    return account


def available(account: Record, currency: str) -> int:
    """What an account can spend, in minor units."""
    held: Record = account["balance"]["available"].get(currency) or {"value": 0}
    return int(held["value"])


def begin(
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
        **({"description": flow["description"]} if flow.get("description") else {}),
    )
    work.note(flow, "transaction", transaction["id"])
    enter(work, transaction, **impact)
    return transaction


def enter(work: UnitOfWork, transaction: Record, **impact: int) -> None:
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


def turn(work: UnitOfWork, record: Record, status: str) -> None:
    """Give what is to be changed another status, and say when it got it."""
    at = {f"{status}_at": moment(work.now())}
    record["status"] = status
    record["status_transitions"] = {**record.get("status_transitions", {}), **at}


def transaction_of(work: UnitOfWork, flow: Record) -> Record:
    """The transaction of a payment, a transfer or a credit, to be changed."""
    return work.change(work.require(TRANSACTION, work.noted(flow, "transaction"), "transaction"))


def tell_available(work: UnitOfWork, flow: Record, transaction: Record) -> None:
    """Tell that what has come by a transfer or a credit can be spent."""
    work.happened(f"{flow['object']}.available", flow, data={"transaction_id": transaction["id"]})


def money(value: int, currency: str) -> dict[str, Any]:
    """An amount in minor units, as v2 writes it."""
    return {"currency": currency, "value": value}


def amount_of(params: Mapping[str, Any]) -> tuple[int, str]:
    """The amount that is to move, in minor units, and its currency, which is that of both ends.

    :raises StripeError: 400 where it is nothing, or would have to be converted
    """
    value, currency = params["amount"]["value"], params["amount"]["currency"]
    require_positive(value, "amount[value]")
    for end in ("from", "to"):
        if params.get(end, {}).get("currency", currency) != currency:
            raise not_emulated(f"{end}[currency]")
    return int(value), str(currency)
