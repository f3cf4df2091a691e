"""What a customer has with the account: credit for invoices, and cash (https://docs.stripe.com/billing/customer/balance,
https://docs.stripe.com/payments/customer-balance).
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

CASH = "cash_balance"
CASH_TRANSACTION = "customer_cash_balance_transaction"

_TRANSFERS = {"eur": "eu", "gbp": "gb", "jpy": "jp", "mxn": "mx", "usd": "us"}
"""The bank transfers that fund a cash balance, by currency."""


@operation("POST /v1/customers/{customer}/balance_transactions")
def adjust(call: Call) -> Record:
    """Change what a customer owes (positive) or has in credit (negative), in minor units
    (https://docs.stripe.com/api/customer_balance_transactions/create).
    """
    work, params = call.work, call.params
    customer = work.change(require_path(call, "customer", "customer"))
    currency = params["currency"].lower()
    if customer.get("currency") not in (None, currency):
        raise invalid(
            f"The customer's currency is {customer['currency']}; its balance cannot be in {currency}.",
            "currency",
        )
    customer["currency"] = currency
    return change_balance(
        work,
        customer,
        params["amount"],
        currency,
        type="adjustment",
        description=params.get("description"),
        metadata=dict(params.get("metadata") or {}),
    )


def change_balance(
    work: UnitOfWork, customer: Record, amount: int, currency: str, **values: Any
) -> Record:
    """Change what a customer owes, which may be written to, by an amount in minor units, and note it as a transaction.

    :param values: what else the transaction says, such as its ``type``
    """
    customer["balance"] += amount
    return work.create(
        "customer_balance_transaction",
        amount=amount,
        currency=currency,
        customer=customer["id"],
        ending_balance=customer["balance"],
        **values,
    )


@operation("GET /v1/customers/{customer}/cash_balance")
def cash(call: Call) -> Record:
    """A customer's cash; nothing where none ever came (https://docs.stripe.com/api/cash_balance/retrieve)."""
    return _cash_of(call.work, require_path(call, "customer", "customer"))


@operation("POST /v1/customers/{customer}/cash_balance")
def change_settings(call: Call) -> Record:
    """Choose how the cash is used; ``merchant_default`` leaves it to the account."""
    balance = call.work.change(_cash_of(call.work, require_path(call, "customer", "customer")))
    mode = (call.params.get("settings") or {}).get("reconciliation_mode")
    if mode is not None:
        by_default = mode == "merchant_default"
        balance["settings"] = {
            "reconciliation_mode": "automatic" if by_default else mode,
            "using_merchant_default": by_default,
        }
    return balance


@operation("POST /v1/test_helpers/customers/{customer}/fund_cash_balance")
def fund(call: Call) -> Record:
    """Let a bank transfer of a customer's arrive (https://docs.stripe.com/api/cash_balance/fund_test)."""
    work, params = call.work, call.params
    customer = require_path(call, "customer", "customer")
    currency = params["currency"].lower()
    if params["amount"] < 1:
        raise too_small("amount")
    if currency not in _TRANSFERS:
        raise invalid(
            f"Bank transfers are not supported in {currency}; they are in {', '.join(_TRANSFERS)}.",
            "currency",
        )
    balance = work.change(_cash_of(work, customer))
    available = balance["available"] or {}
    balance["available"] = {**available, currency: available.get(currency, 0) + params["amount"]}
    transfer = {
        "type": f"{_TRANSFERS[currency]}_bank_transfer",
        "reference": params.get("reference"),
    }
    return work.create(
        CASH_TRANSACTION,
        customer=customer["id"],
        currency=currency,
        net_amount=params["amount"],
        ending_balance=balance["available"][currency],
        type="funded",
        funded={"bank_transfer": transfer},
    )


def _cash_of(work: UnitOfWork, customer: Record) -> Record:
    known = work.where(CASH, "customer", customer["id"])
    if known:
        return known[0]
    settings = {"reconciliation_mode": "automatic", "using_merchant_default": True}
    return work.create(CASH, customer=customer["id"], settings=settings)
