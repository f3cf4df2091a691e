"""A customer's credit with which a Checkout session pays a part of what its subscription costs at first: it is held while
the customer pays the rest, and theirs again where they do not
(https://docs.stripe.com/changelog/basil/2025-03-31/new-customer-transaction-types).
"""

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


def release_credit(work: UnitOfWork, session: Record) -> Record | None:
    """Give the credit back that is held for a session, if any is.

    :return: the transaction that does
    """
    held = work.get(_TRANSACTION, work.noted(session, _HELD) or "")
    if held is None:
        return None
    work.note(session, _HELD, None)
    return _move(work, session, -held["amount"], f"{_USED}_canceled")


def use_credit(work: UnitOfWork, session: Record, held: str | None, back: Record | None) -> None:
    """Say of the credit that the invoice of a session has used that the session did.

    :param held: the transaction that has held it
    :param back: the one that has given it back for the invoice
    """
    before = work.get(_TRANSACTION, held or "")
    for used in work.where(_TRANSACTION, "invoice", session["invoice"] or ""):
        if used["type"] != "applied_to_invoice":
            continue
        if before is not None and back is not None and before["amount"] == used["amount"]:
            work.change(before)["invoice"] = session["invoice"]
            work.remove(used)
            work.remove(back)
            return
        used = work.change(used)
        used["type"], used["checkout_session"] = _USED, session["id"]


def held_by(work: UnitOfWork, session: Record) -> str | None:
    """The id of the transaction that holds credit for a session, if one does."""
    held: str | None = work.noted(session, _HELD)
    return held


def _move(work: UnitOfWork, session: Record, amount: int, type: str) -> Record:
    customer = work.change(work.require("customer", session["customer"], "customer"))
    return change_balance(
        work, customer, amount, session["currency"], type=type, checkout_session=session["id"]
    )
