"""How a refund ends: the money is given back, or comes back."""

from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.charge_shares import is_of_card
from localstack_stripe.resources.core.balance_transactions import (
    new_balance_transaction,
    settles_with,
)

_refunded = Listeners()

when_refunded = _refunded.register
"""Register who is told that money was given back, and again where the refund fails: who has recorded the sale."""

tell_refunded = _refunded.tell


def fail(work: UnitOfWork, refund: Record, reason: str, *, status: str = "failed") -> None:
    """The money of a refund, which may be written to, comes back: as it was canceled, or has failed
    (https://docs.stripe.com/refunds#failed-refunds, https://docs.stripe.com/reports/balance-transaction-types).
    """
    refund["status"], refund["failure_reason"] = status, reason
    charge = work.change(work.require("charge", refund["charge"], "charge"))
    refund["failure_balance_transaction"] = new_balance_transaction(
        work,
        refund,
        type="refund_failure" if is_of_card(charge) else "payment_refund",
        amount=refund["amount"],
        available_on=settles_with(work, refund["balance_transaction"]),
        category="refund_failure",
    )["id"]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    tell_refunded(work, refund)
