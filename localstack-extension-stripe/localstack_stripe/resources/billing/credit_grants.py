"""Billing credits (https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits): what customers have paid
in advance, or were given, for what they use.

They are granted, used by invoices for lines of metered prices, and expire.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    list_filter,
    operation,
    plain,
    require_path,
)
from localstack_stripe.engine.errors import invalid, missing_parameter, too_small
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_totals import discounted
from localstack_stripe.resources.billing.pretax_credits import CREDIT, credits_in, shown
from localstack_stripe.resources.billing.usage_billing import is_metered, price_of_usage

GRANT, TRANSACTION = "billing.credit_grant", "billing.credit_balance_transaction"

_TRANSACTIONS = "GET /v1/billing/credit_balance_transactions"

MOST_UNUSED, LOWEST_PRIORITY = 100, 100

EXPIRED = "expired"
"""Noted of a grant: that what was left of it has expired."""

plain(_TRANSACTIONS, "GET /v1/billing/credit_balance_transactions/{id}")


@before_create(GRANT)
def grant(call: Call, record: Record) -> None:
    """Give a customer credits (https://docs.stripe.com/api/billing/credit-grant/create)."""
    work, params = call.work, call.params
    if record["customer"] is None:
        raise missing_parameter("customer")
    if not params["amount"].get("monetary"):
        raise missing_parameter("amount[monetary]")
    if _amount(record) < 1:
        raise too_small("amount[monetary][value]")
    scope = params["applicability_config"]["scope"]
    if bool(scope.get("price_type")) == bool(scope.get("prices")):
        raise invalid(
            "Exactly one of `price_type` and `prices` has to be given.",
            "applicability_config[scope]",
        )
    for place, each in enumerate(scope.get("prices") or ()):
        where = f"applicability_config[scope][prices][{place}][id]"
        price = work.require("price", each["id"], where)
        if not is_metered(price):
            raise invalid("Credits can only be applied to metered prices.", where)
    if record["priority"] is not None and not 0 <= record["priority"] <= LOWEST_PRIORITY:
        raise invalid(f"The priority must be from 0 to {LOWEST_PRIORITY}.", "priority")
    customer = work.require("customer", record["customer"], "customer")
    unused = [
        each for each in work.where(GRANT, "customer", customer["id"]) if _is_unused(work, each)
    ]
    if len(unused) >= MOST_UNUSED:
        raise invalid(
            f"A customer can have at most {MOST_UNUSED} unused credit grants.", "customer"
        )
    record["test_clock"] = customer.get("test_clock")
    for name in ("created", "updated"):
        record[name] = work.now(record)
    record["effective_at"] = params.get("effective_at") or record["created"]
    _require_later(work, record)
    _credit(work, record, "credits_granted", _amount(record))


@before_update(GRANT)
def change(call: Call, record: Record, before: Record) -> None:
    """Change when it expires, as long as it has not (https://docs.stripe.com/api/billing/credit-grant/update)."""
    if "expires_at" in call.params:
        _require_open(call.work, before)
        _require_later(call.work, record)


@operation("POST /v1/billing/credit_grants/{id}/expire")
def expire(call: Call) -> Record:
    """Let what is left of it expire now (https://docs.stripe.com/api/billing/credit-grant/expire)."""
    work = call.work
    record = require_path(call, "id", GRANT)
    _require_open(work, record)
    record = work.change(record)
    record["expires_at"] = record["updated"] = work.now(record)
    take_rest(work, record)
    return record


@operation("POST /v1/billing/credit_grants/{id}/void")
def void(call: Call) -> Record:
    """Take it back, as long as nothing of it was used (https://docs.stripe.com/api/billing/credit-grant/void)."""
    work = call.work
    record = require_path(call, "id", GRANT)
    _require_open(work, record)
    if _left(work, record) != _amount(record):
        raise invalid("A credit grant that was used cannot be voided: expire it instead.")
    record = work.change(record)
    record["voided_at"] = record["updated"] = work.now(record)
    _debit(work, record, "credits_voided", _amount(record))
    return record


@due(
    GRANT,
    next=lambda work, record: (
        None if record["voided_at"] or work.noted(record, EXPIRED) else record["expires_at"]
    ),
)
def take_rest(work: UnitOfWork, record: Record) -> None:
    """What is left of a grant expires."""
    work.note(work.change(record), EXPIRED)
    left = _left(work, record)
    if left:
        _debit(work, record, "credits_expired", left)


def apply(work: UnitOfWork, invoice: Record) -> None:
    """Use the customer's credits for what an invoice that is finalized bills of usage
    (https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits).
    """
    grants = sorted(_usable(work, invoice), key=_order)
    lines = work.where("line_item", "invoice", invoice["id"])[::-1] if grants else []
    for line in lines:
        price = price_of_usage(work, line)
        owed = discounted(line)
        if price is not None and owed > 0:
            _apply_to(work, work.change(line), price["id"], owed, grants)


def _apply_to(
    work: UnitOfWork, line: Record, price: str, owed: int, grants: Iterable[Record]
) -> None:
    used: list[Record] = []
    for record in grants:
        part = min(owed, _left(work, record)) if _covers(record, "metered", [price]) else 0
        if part:
            applied = {"invoice": line["invoice"], "invoice_line_item": line["id"]}
            made = _debit(work, record, "credits_applied", part, applied)
            used.append(
                {
                    "amount": part,
                    "credit_balance_transaction": made["id"],
                    "type": CREDIT,
                }
            )
            owed -= part
    line["pretax_credit_amounts"] = shown(line["discount_amounts"], used)


def give_back(work: UnitOfWork, invoice: Record) -> None:
    """Give the credits back that an invoice has used which is voided."""
    for used in credits_in(invoice["total_pretax_credit_amounts"]):
        debit = work.require(TRANSACTION, used["credit_balance_transaction"], "invoice")
        record = work.require(GRANT, debit["credit_grant"], "invoice")
        applied = dict(debit["debit"]["credits_applied"])
        _credit(work, record, "credits_application_invoice_voided", used["amount"], applied)


def _is_unused(work: UnitOfWork, record: Record) -> bool:
    """https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits#unused-credit-grants-limit"""
    is_over = record["voided_at"] is not None or work.noted(record, EXPIRED)
    return not is_over and _left(work, record) > 0


def _usable(work: UnitOfWork, invoice: Record) -> Iterable[Record]:
    now = work.now(invoice)
    for record in work.where(GRANT, "customer", invoice["customer"]):
        is_over = record["voided_at"] is not None or work.noted(record, EXPIRED)
        in_currency = record["amount"]["monetary"]["currency"] == invoice["currency"]
        if in_currency and not is_over and record["effective_at"] <= now:
            yield record


def _order(record: Record) -> tuple[Any, ...]:
    """Which grant is used first: by priority, then what expires first, what was for free, and what is oldest."""
    return (
        record["priority"],
        record["expires_at"] or math.inf,
        record["category"] != "promotional",
        record["effective_at"],
        record["created"],
    )


@operation("GET /v1/billing/credit_balance_summary")
def summarize(call: Call) -> Record:
    """What a customer has of some credits, in each currency
    (https://docs.stripe.com/api/billing/credit-balance-summary/retrieve).
    """
    work, params = call.work, call.params
    if params.get("customer") is None:
        raise missing_parameter("customer")
    customer = work.require("customer", params["customer"], "customer")
    sums: Counter[str] = Counter()
    for record in _chosen(work, customer, params["filter"]):
        if record["effective_at"] <= work.now(record):
            sums[record["amount"]["monetary"]["currency"]] += _left(work, record)
    balances = []
    for currency in sorted(sums):
        balance = {"monetary": _money(sums[currency], currency), "type": "monetary"}
        balances.append({"available_balance": balance, "ledger_balance": dict(balance)})
    summary = "billing.credit_balance_summary"
    return work.shapes.skeleton(summary) | {
        "id": f"{summary}/{customer['id']}",
        "balances": balances,
        "customer": customer["id"],
    }


def _chosen(work: UnitOfWork, customer: Record, filter: Mapping[str, Any]) -> Iterable[Record]:
    """The customer's grants that a summary is asked of."""
    grants = work.where(GRANT, "customer", customer["id"])
    wanted = filter.get(filter["type"])
    if not wanted:
        raise missing_parameter(f"filter[{filter['type']}]")
    if filter["type"] == "credit_grant":
        return [each for each in grants if each["id"] == wanted]
    prices = [each["id"] for each in wanted.get("prices") or []]
    return [each for each in grants if _covers(each, wanted.get("price_type"), prices)]


def _covers(record: Record, price_type: str | None, prices: list[str]) -> bool:
    scope = record["applicability_config"]["scope"]
    named = [each["id"] for each in scope.get("prices") or []]
    by_type = price_type is not None and scope.get("price_type") == price_type
    return by_type or any(each in named for each in prices)


@list_filter(_TRANSACTIONS, "customer")
def is_of(work: UnitOfWork, transaction: Record, customer: str) -> bool:
    """What happened to a customer's credits."""
    record = work.get(GRANT, transaction["credit_grant"])
    return record is not None and record["customer"] == customer


def _amount(record: Record) -> int:
    return int(record["amount"]["monetary"]["value"])


def _left(work: UnitOfWork, record: Record) -> int:
    """What is left of a grant, in minor units."""
    moved = 0
    for each in work.where(TRANSACTION, "credit_grant", record["id"]):
        sign, side = (1, each["credit"]) if each["type"] == "credit" else (-1, each["debit"])
        moved += sign * side["amount"]["monetary"]["value"]
    return moved


def _require_open(work: UnitOfWork, record: Record) -> None:
    for state, is_so in (
        ("voided", record["voided_at"] is not None),
        ("expired", work.noted(record, EXPIRED)),
    ):
        if is_so:
            raise invalid(f"The credit grant {record['id']} has {state} already.")


def _require_later(work: UnitOfWork, record: Record) -> None:
    """Refuse an end that is past, or before the beginning."""
    end = record["expires_at"]
    if end is not None and (end <= work.now(record) or end <= record["effective_at"]):
        raise invalid(
            "`expires_at` has to be in the future, and after `effective_at`.", "expires_at"
        )


def _credit(
    work: UnitOfWork, record: Record, type: str, amount: int, applied: Record | None = None
) -> Record:
    side = {"credits_application_invoice_voided": applied, "type": type}
    return _move(work, record, "credit", side, amount)


def _debit(
    work: UnitOfWork, record: Record, type: str, amount: int, applied: Record | None = None
) -> Record:
    return _move(work, record, "debit", {"credits_applied": applied, "type": type}, amount)


def _move(work: UnitOfWork, record: Record, type: str, side: Record, amount: int) -> Record:
    currency = record["amount"]["monetary"]["currency"]
    now = work.now(record)
    values: Record = {
        type: {"amount": {"monetary": _money(amount, currency), "type": "monetary"}, **side}
    }
    return work.create(
        TRANSACTION,
        created=now,
        credit_grant=record["id"],
        effective_at=max(now, record["effective_at"]),
        test_clock=record["test_clock"],
        type=type,
        **values,
    )


def _money(amount: int, currency: str) -> Record:
    return {"currency": currency, "value": amount}
