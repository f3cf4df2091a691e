"""Where the money for issued cards is: the Issuing balance (https://docs.stripe.com/issuing/funding/balance), or the
financial account that a card belongs to (https://docs.stripe.com/treasury/account-management/issuing-cards).
"""

from decimal import Decimal

from localstack_stripe.billing.amounts import rounded
from localstack_stripe.engine.errors import not_emulated
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balance_transactions import new_balance_transaction
from localstack_stripe.resources.treasury.treasury_ledger import (
    ACCOUNT,
    TRANSACTION,
    begin,
    close,
    enter,
    held,
    settle,
)
from localstack_stripe.resources.treasury.treasury_methods import billing_of
from localstack_stripe.resources.treasury.treasury_received import (
    CREDIT,
    DEBIT,
    book_credit,
    book_debit,
)

CARD, AUTHORIZATION = "issuing.card", "issuing.authorization"
HELD = "held"
"""Noted of an authorization: what is held for it still, in minor units."""


def in_merchants_currency(record: Record, amount: int, param: str) -> int:
    """What an amount of an authorization or a transaction is to the merchant, at the rate at which it was asked for.

    :raises StripeError: 400 where that was nothing, so that there is no rate
    """
    if amount == abs(record["amount"]):
        return abs(int(record["merchant_amount"]))
    first = (record.get("request_history") or [record])[-1]
    same_currency = first["currency"] == first["merchant_currency"]
    if same_currency and first["amount"] == first["merchant_amount"]:
        return amount
    if not first["amount"]:
        raise not_emulated(param)
    return rounded(Decimal(amount * abs(first["merchant_amount"])) / abs(first["amount"]))


def can_pay(work: UnitOfWork, card: Record, amount: int) -> bool:
    """Whether there is enough; the Issuing balance always has enough in a test."""
    account = _account(work, card)
    return account is None or held(account, card["currency"]) >= amount


def held_for(work: UnitOfWork, authorization: Record) -> int:
    """What is held for an authorization still."""
    return int(work.noted(authorization, HELD) or 0)


def hold(work: UnitOfWork, authorization: Record, amount: int) -> None:
    """Hold more for an authorization, or release some of it where *amount* is negative."""
    if not amount:
        return
    type = "issuing_authorization_hold" if amount > 0 else "issuing_authorization_release"
    work.note(authorization, HELD, held_for(work, authorization) + amount)
    account = _account(work, work.require(CARD, authorization["card"], "card"))
    if account is None:
        made = _move(work, authorization, type, -amount)
        authorization["balance_transactions"] = [*authorization["balance_transactions"], made["id"]]
        return
    impact = {"cash": -amount, "outbound_pending": amount}
    if authorization.get("treasury") is None:
        flow = {**authorization, "financial_account": account["id"]}
        begun = begin(work, flow, -amount, type, **impact)
        authorization["treasury"] = {
            "received_credits": [],
            "received_debits": [],
            "transaction": begun["id"],
        }
    else:
        enter(work, _held_by(work, authorization), type, **impact)


def release(work: UnitOfWork, authorization: Record) -> None:
    """Release all that is held: nothing more will be taken for it, and nothing that was asked for is decided any more."""
    authorization["pending_request"] = None
    hold(work, authorization, -held_for(work, authorization))
    if authorization.get("treasury") is not None:
        close(work, _held_by(work, authorization), "void")


def pay(work: UnitOfWork, transaction: Record, authorization: Record | None) -> None:
    """Take what a merchant captured (a negative amount), or add what was refunded."""
    account = _account(work, work.require(CARD, transaction["card"], "card"))
    if account is None:
        made = _move(work, transaction, "issuing_transaction", transaction["amount"])
        transaction["balance_transaction"] = made["id"]
        return
    flow = _flow(work, transaction, account)
    name = flow["object"].removeprefix("treasury.")
    transaction["treasury"] = {"received_credit": None, "received_debit": None, name: flow["id"]}
    if authorization is not None and authorization.get("treasury") is not None:
        treasury = authorization["treasury"]
        authorization["treasury"] = {**treasury, f"{name}s": [*treasury[f"{name}s"], flow["id"]]}


def reinstate(work: UnitOfWork, dispute: Record, transaction: Record) -> None:
    """Give the money of a dispute that was won back: to a financial account by a debit reversal
    (https://docs.stripe.com/treasury/moving-money/financial-accounts/into/debit-reversals).
    """
    account = _account(work, work.require(CARD, transaction["card"], "card"))
    if account is None:
        made = _move(work, dispute, "issuing_dispute", dispute["amount"])
        known = dispute.get("balance_transactions") or []
        dispute["balance_transactions"] = [*known, made["id"]]
        return
    debit = work.change(work.require(DEBIT, transaction["treasury"]["received_debit"], "treasury"))
    reversal = work.create(
        "treasury.debit_reversal",
        amount=dispute["amount"],
        currency=dispute["currency"],
        financial_account=account["id"],
        linked_flows={"issuing_dispute": dispute["id"]},
        network="card",
        received_debit=debit["id"],
        status="succeeded",
        status_transitions={"completed_at": work.now()},
    )
    reversal["transaction"] = settle(work, reversal, reversal["amount"], cash=reversal["amount"])[
        "id"
    ]
    debit["linked_flows"]["debit_reversal"] = reversal["id"]
    dispute["treasury"] = {"debit_reversal": reversal["id"], "received_debit": debit["id"]}


def _account(work: UnitOfWork, card: Record) -> Record | None:
    id = card.get("financial_account")
    return work.require(ACCOUNT, id, "financial_account") if id else None


def _held_by(work: UnitOfWork, authorization: Record) -> Record:
    id = authorization["treasury"]["transaction"]
    return work.change(work.require(TRANSACTION, id, "transaction"))


def _move(work: UnitOfWork, source: Record, type: str, amount: int) -> Record:
    return new_balance_transaction(work, source, type=type, amount=amount, balance="issuing")


def _flow(work: UnitOfWork, transaction: Record, account: Record) -> Record:
    """What a financial account has received of a transaction: a debit, or a credit."""
    taken = transaction["amount"] < 0
    flow = work.create(
        DEBIT if taken else CREDIT,
        amount=abs(transaction["amount"]),
        currency=transaction["currency"],
        description=transaction["merchant_data"]["name"] or "",
        financial_account=account["id"],
        initiating_payment_method_details={
            "billing_details": billing_of({}),
            "issuing_card": transaction["card"],
            "type": "issuing_card",
        },
        network="card",
        reversal_details={"deadline": None, "restricted_reason": "source_flow_restricted"},
        status="succeeded",
    )
    flow["linked_flows"] |= {
        "issuing_authorization": transaction["authorization"],
        "issuing_transaction": transaction["id"],
    }
    if taken:
        book_debit(work, flow, forced=True)
    else:
        book_credit(work, flow)
    return flow
