"""Bank accounts in the United States that are debited no more, as a bank has said that they cannot be, or its customer that
they may not be (https://docs.stripe.com/payments/ach-direct-debit/blocked-bank-accounts).

At Stripe that is so of an account wherever it is saved. Its test accounts are everybody's: here only what was debited is
blocked, so that the next customer's account answers as Stripe's page on testing says.
"""

from collections.abc import Mapping

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.test_debits import MESSAGES

_TYPE = "us_bank_account"

_UNUSABLE = "bank_account_unusable"

_REFUSED = Decline(_UNUSABLE, None, MESSAGES[_UNUSABLE])

_UNAUTHORIZED = "debit_not_authorized"

_MOST_UNAUTHORIZED = 1
"""How often a customer may say that they have not agreed before their account is blocked; then they have to agree anew."""

_BLOCKS: Mapping[str, Record] = {
    "account_closed": {"network_code": "R02", "reason": "bank_account_closed"},
    _UNUSABLE: {"network_code": None, "reason": "tokenized_account_number_deactivated"},
    _UNAUTHORIZED: {"network_code": "R10", "reason": _UNAUTHORIZED},
    "no_account": {"network_code": "R03", "reason": "bank_account_invalid_details"},
}
"""What the network and Stripe call it that a debit came back, by the code of its charge. For want of funds none is blocked."""


def block_after(work: UnitOfWork, charge: Record) -> None:
    """Block the account that a charge has debited, if it is saved, where the debit came back for good."""
    code = _UNAUTHORIZED if charge["disputed"] else charge["failure_code"]
    method = work.get("payment_method", charge["payment_method"] or "")
    if method is None or method["type"] != _TYPE or method["customer"] is None:
        return
    if code not in _BLOCKS or why_blocked(method) is not None:
        return
    if code == _UNAUTHORIZED and _times_unauthorized(work, method) <= _MOST_UNAUTHORIZED:
        return
    details = work.change(method)[_TYPE]
    details["status_details"] = {"blocked": {**_BLOCKS[code]}}


def why_blocked(method: Record) -> Decline | None:
    """Why a payment method is not tried, where its account is blocked."""
    details = method.get(_TYPE) if method["object"] == "payment_method" else None
    is_blocked = details is not None and "blocked" in (details["status_details"] or {})
    return _REFUSED if is_blocked else None


def _times_unauthorized(work: UnitOfWork, method: Record) -> int:
    return sum(
        charge["disputed"] or charge["failure_code"] == _UNAUTHORIZED
        for charge in work.where("charge", "payment_method", method["id"])
    )
