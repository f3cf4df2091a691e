"""What a customer has with the account: credit for invoices, and cash (https://docs.stripe.com/billing/customer/balance,
https://docs.stripe.com/payments/customer-balance).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import Call, hides, includable, operation, require_path
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balances import default_currency

CASH = "cash_balance"
CASH_TRANSACTION = "customer_cash_balance_transaction"

BY_CURRENCY = "invoice_credit_balance"
hides("customer", BY_CURRENCY)


@includable("customer", BY_CURRENCY)
def shown_by_currency(work: UnitOfWork, customer: Record) -> Record:
    """A customer's balances, where they are expanded, as recorded from Stripe's test mode: none are an empty object."""
    return customer.get(BY_CURRENCY) or {}


TRANSFERS = {"eur": "eu", "gbp": "gb", "jpy": "jp", "mxn": "mx", "usd": "us"}
"""The bank transfers that fund a cash balance, by currency."""


@operation("POST /v1/customers/{customer}/balance_transactions")
def adjust(call: Call) -> Record:
    """Change what a customer owes (positive) or has in credit (negative), in minor units
    (https://docs.stripe.com/api/customer_balance_transactions/create).
    """
    work, params = call.work, call.params
    customer = work.change(require_path(call, "customer", "customer"))
    currency = params["currency"].lower()
    customer["currency"] = customer.get("currency") or currency
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

    It has a balance in each currency (https://docs.stripe.com/invoicing/multi-currency-customers).

    :param values: what else the transaction says, such as its ``type``
    """
    balance = balance_in(customer, currency) + amount
    customer[BY_CURRENCY] = {**(customer.get(BY_CURRENCY) or {}), currency: balance}
    if customer.get("currency") in (None, currency):
        customer["balance"] = balance
    return work.create(
        "customer_balance_transaction",
        amount=amount,
        currency=currency,
        customer=customer["id"],
        customer_account=customer.get("customer_account"),
        ending_balance=balance,
        **values,
    )


def balance_in(customer: Record, currency: str) -> int:
    """What a customer owes (positive) or has in credit (negative) in a currency, in minor units."""
    return int((customer.get(BY_CURRENCY) or {}).get(currency, 0))


def set_balance(work: UnitOfWork, customer: Record, before: int, type: str) -> None:
    """Note as a transaction that a request has set a customer's balance, which may be written to.

    :param before: what it was
    :param type: ``initial`` of a new customer's, else ``adjustment``
    """
    change = customer["balance"] - before
    if change:
        customer["currency"] = customer.get("currency") or default_currency(work)
        change_balance(work, customer, change, customer["currency"], type=type)


@operation("GET /v1/customers/{customer}/cash_balance")
def cash(call: Call) -> Record:
    """A customer's cash; nothing where none ever came (https://docs.stripe.com/api/cash_balance/retrieve)."""
    return cash_of(call.work, require_path(call, "customer", "customer")["id"])


@operation("POST /v1/customers/{customer}/cash_balance")
def change_settings(call: Call) -> Record:
    """Choose how the cash is used; ``merchant_default`` leaves it to the account."""
    return choose(call, require_path(call, "customer", "customer")["id"], call.params)


def choose(call: Call, customer: str, params: Mapping[str, Any]) -> Record:
    """Choose how the cash of a customer, known by an id, is used, as parameters with ``settings`` say."""
    balance = call.work.change(cash_of(call.work, customer))
    mode = (params.get("settings") or {}).get("reconciliation_mode")
    if mode is not None:
        by_default = mode == "merchant_default"
        balance["settings"] = {
            "reconciliation_mode": "automatic" if by_default else mode,
            "using_merchant_default": by_default,
        }
    return balance


@includable("customer", CASH)
def shown_cash(work: UnitOfWork, customer: Record) -> Record:
    """A customer's cash, where it is expanded (https://docs.stripe.com/payments/customer-balance#view-the-customer-balance)."""
    return cash_of(work, customer["id"])


@operation("POST /v1/test_helpers/customers/{customer}/fund_cash_balance")
def fund(call: Call) -> Record:
    """Let a bank transfer of a customer's arrive (https://docs.stripe.com/api/cash_balance/fund_test)."""
    work, params = call.work, call.params
    customer = require_path(call, "customer", "customer")
    currency = params["currency"].lower()
    if params["amount"] < 1:
        raise too_small("amount")
    if currency not in TRANSFERS:
        raise invalid(
            f"Bank transfers are not supported in {currency}; they are in {', '.join(TRANSFERS)}.",
            "currency",
        )
    return receive(work, customer["id"], params["amount"], currency, params.get("reference"))


def receive(
    work: UnitOfWork, customer: str, amount: int, currency: str, reference: str | None
) -> Record:
    """A bank transfer of a customer's, known by an id, has come: an amount in minor units."""
    transfer = {"type": f"{TRANSFERS[currency]}_bank_transfer", "reference": reference}
    funded = move_cash(
        work, customer, amount, currency, type="funded", funded={"bank_transfer": transfer}
    )
    _funded.tell(work, funded)
    if cash_in(work, customer, currency):
        work.happened("cash_balance.funds_available", cash_of(work, customer))
    return funded


_funded = Listeners()

when_funded = _funded.register
"""Register who is told of cash that has come, by its transaction: what waits for it is paid."""


def move_cash(work: UnitOfWork, customer: str, amount: int, currency: str, **values: Any) -> Record:
    """Change a customer's cash by an amount in minor units, and note it as a transaction.

    :param customer: whose it is, an id
    :param values: what else the transaction says, such as its ``type``
    """
    balance = work.change(cash_of(work, customer))
    left = cash_in(work, customer, currency) + amount
    balance["available"] = {**(balance["available"] or {}), currency: left}
    return work.create(
        CASH_TRANSACTION,
        customer=customer,
        currency=currency,
        net_amount=amount,
        ending_balance=left,
        **values,
    )


def cash_in(work: UnitOfWork, customer: str, currency: str) -> int:
    """What a customer has in cash, in minor units of a currency."""
    return int((cash_of(work, customer)["available"] or {}).get(currency, 0))


def cash_of(work: UnitOfWork, customer: str) -> Record:
    """The cash of a customer, known by an id; nothing where none ever came."""
    known = work.where(CASH, "customer", customer)
    if known:
        return known[0]
    settings = {"reconciliation_mode": "automatic", "using_merchant_default": True}
    return work.create(CASH, customer=customer, settings=settings)
