"""Balance transactions (https://docs.stripe.com/api/balance_transactions): all that moves money into an account's
balance and out of it. The balance is always their sum.
"""

from collections.abc import Sequence
from typing import Any

from localstack_stripe.engine.behaviours import list_filter, plain
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balances import move

TRANSACTION = "balance_transaction"

PAID_OUT = "paid out with"
"""Noted of a transaction: the automatic payout that has paid it out."""

# https://docs.stripe.com/reports/reporting-categories
_CATEGORIES = {
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "payment": "charge",
    "payment_refund": "refund",
    "payout_cancel": "payout_reversal",
    "payout_failure": "payout_reversal",
    "transfer_refund": "transfer_reversal",
}

plain("GET /v1/balance_transactions", "GET /v1/balance_transactions/{id}")


def new_balance_transaction(
    work: UnitOfWork,
    source: Record,
    *,
    type: str,
    amount: int,
    fees: Sequence[Record] = (),
    available_on: int | None = None,
    category: str | None = None,
    description: str | None = None,
    balance: str = "payments",
) -> Record:
    """Change the account's balance by an amount in minor units, less the fees, and note what it was for.

    :param source: what it was for: a charge, a refund, a payout
    :param available_on: when it counts, in seconds since 1970; at once where nothing is said
    :param category: how reports call it, where the type does not say it
    :param balance: which of the account's balances: ``payments``, or ``issuing``, which is only added up when it is read
    """
    created = work.now(source)
    fee = sum(each["amount"] for each in fees)
    has_settled = available_on is None or available_on <= work.now()
    transaction = work.create(
        TRANSACTION,
        amount=amount,
        available_on=created if available_on is None else available_on,
        balance_type=balance,
        created=created,
        currency=source["currency"],
        description=description or source.get("description"),
        fee=fee,
        fee_details=list(fees),
        net=amount - fee,
        reporting_category=category or _CATEGORIES.get(type, type),
        source=source["id"],
        status="available" if has_settled else "pending",
        type=type,
    )
    if balance == "payments":
        move(work, transaction["currency"], **{transaction["status"]: transaction["net"]})
    return transaction


def fee_detail(amount: int, currency: str, type: str, description: str, **values: Any) -> Record:
    """One of the fees of a transaction: ``stripe_fee`` or ``application_fee``."""
    return {
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": description,
        "type": type,
        **values,
    }


def settles_with(work: UnitOfWork, id: str | None) -> int | None:
    """When the money of another transaction counts, where it does not yet: what is taken from it waits for it."""
    transaction = work.get(TRANSACTION, id) if id else None
    is_pending = transaction is not None and transaction["status"] == "pending"
    return transaction["available_on"] if transaction is not None and is_pending else None


def _settles_at(work: UnitOfWork, transaction: Record) -> int | None:
    pending = transaction["status"] == "pending"
    return int(transaction["available_on"]) if pending else None


@due(TRANSACTION, next=_settles_at)
def become_available(work: UnitOfWork, transaction: Record) -> None:
    """The money has settled (https://docs.stripe.com/payments/balances)."""
    work.change(transaction)["status"] = "available"
    net = transaction["net"]
    balance = move(work, transaction["currency"], pending=-net, available=net)
    work.happened("balance.available", balance)


@list_filter("GET /v1/balance_transactions", "payout")
def was_paid_out_with(work: UnitOfWork, transaction: Record, payout: str) -> bool:
    """What an automatic payout has paid out (https://docs.stripe.com/api/balance_transactions/list)."""
    paid_out = work.get("payout", payout)
    if paid_out is not None and not paid_out["automatic"]:
        raise invalid(
            "Balance transaction history can only be filtered on automatic transfers, not manual.",
            "payout",
        )
    return payout in (transaction["source"], work.noted(transaction, PAID_OUT))
