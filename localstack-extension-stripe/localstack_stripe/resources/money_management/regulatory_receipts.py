"""Receipts of v2's transactions (https://docs.stripe.com/changelog/endive/2026-10-28/transaction-regulatory-receipts): which
have none here until somebody asks for one.
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY, moment
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import TRANSACTION

_LASTS = 60 * DAY
"""How long its address is valid, in seconds, as receipts of v1 are
(https://docs.stripe.com/treasury/connect/legacy/v1/moving-money/regulatory-receipts)."""

_EXPIRES = "receipt_expires"
"""Noted of a transaction: when the address of its receipt is valid no more, in seconds since 1970."""


@operation("POST /v2/money_management/transactions/{id}/refresh_regulatory_receipt")
def refresh(call: Call) -> Record:
    """Make an address at which the receipt is shown
    (https://docs.stripe.com/api/v2/money-management/transactions/refresh-regulatory-receipt).
    """
    work = call.work
    transaction = work.change(require_path(call, "id", TRANSACTION))
    expires = work.now() + _LASTS
    work.note(transaction, _EXPIRES, expires)
    transaction["regulatory_receipt"] = {
        "status": "available",
        "url": f"{call.base}/transaction_receipts/{work.account}/{transaction['id']}",
        "url_expires_at": moment(expires),
    }
    return transaction


def _expires_at(work: UnitOfWork, transaction: Record) -> int | None:
    is_shown = transaction["regulatory_receipt"]["status"] == "available"
    at: int | None = work.noted(transaction, _EXPIRES) if is_shown else None
    return at


@due(TRANSACTION, next=_expires_at)
def expire(work: UnitOfWork, transaction: Record) -> None:
    """The address is valid no more."""
    work.change(transaction)["regulatory_receipt"] = {"status": "url_expired"}
