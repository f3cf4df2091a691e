"""A customer's credit with which a Checkout session pays a part of what its subscription costs at first: it is held while
the customer pays the rest, and theirs again where they do not
(https://docs.stripe.com/changelog/basil/2025-03-31/new-customer-transaction-types).
"""

from typing import NamedTuple

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_balances import change_balance

_TRANSACTION = "customer_balance_transaction"

_USED = "checkout_session_subscription_payment"

_HELD = "credit held"
"""Noted of a session: the transaction that holds the customer's credit."""


def hold_credit(work: UnitOfWork, session: Record, amount: int) -> None:
    """Hold an amount of credit, in minor units, until the customer of a session has paid the rest."""
    if amount > 0:
        work.note(session, _HELD, _move(work, session, amount, _USED)["id"])


class Released(NamedTuple):
    """Credit that was held for a session.

    :param held: the transaction by which it was
    :param back: the one that has given it back
    """

    held: Record
    back: Record


def release_credit(work: UnitOfWork, session: Record) -> Released | None:
    """Give the credit back that is held for a session, if any is."""
    held = work.get(_TRANSACTION, work.noted(session, _HELD) or "")
    if held is None:
        return None
    work.note(session, _HELD, None)
    return Released(held, _move(work, session, -held["amount"], f"{_USED}_canceled"))


def use_credit(work: UnitOfWork, session: Record, released: Released | None) -> None:
    """Say of the credit that the invoice of a session has used that the session did.

    :param released: what was held; where the invoice has used just that, the customer's credit is said to have moved once
    """
    for used in work.where(_TRANSACTION, "invoice", session["invoice"] or ""):
        if used["type"] != "applied_to_invoice":
            continue
        if released is not None and released.held["amount"] == used["amount"]:
            work.change(released.held)["invoice"] = session["invoice"]
            work.remove(used)
            work.remove(released.back)
            return
        used = work.change(used)
        used["type"], used["checkout_session"] = _USED, session["id"]


def _move(work: UnitOfWork, session: Record, amount: int, type: str) -> Record:
    customer = work.change(work.require("customer", session["customer"], "customer"))
    return change_balance(
        work, customer, amount, session["currency"], type=type, checkout_session=session["id"]
    )
