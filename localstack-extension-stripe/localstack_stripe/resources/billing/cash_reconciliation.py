"""What a customer's cash that has come is used for (https://docs.stripe.com/payments/customer-balance/reconciliation): invoices
and payments that wait for a bank transfer.
"""

from itertools import combinations

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.invoice_finalization import when_invoice_opens
from localstack_stripe.resources.core.customer_balances import TRANSFERS, cash_in, when_funded
from localstack_stripe.resources.payment_methods.bank_transfers import (
    METHOD,
    REFERENCE,
    apply_cash,
    is_automatic,
    missing,
    waits,
)

_OVERDUE = 30 * DAY
"""How long after it was due an invoice is still paid so, in seconds."""

_LARGEST_GROUP, _MOST_LOOKED_AT = 5, 25
"""How many can be paid together where that is just what has come, and among how many of the oldest they are looked for."""


@when_funded
def reconcile(work: UnitOfWork, funded: Record) -> None:
    """Pay what waits: what the transfer refers to; what comes to just what there is; then invoices, as far as they can be
    paid in whole; then payments, also in part; the oldest first.
    """
    customer, currency = funded["customer"], funded["currency"]
    waiting = _waiting(work, customer, currency)
    reference = funded["funded"]["bank_transfer"]["reference"]
    meant = _referred_to(work, waiting, reference) if reference else None
    if meant is not None:
        waiting.remove(meant)
        _fund(work, meant)
    group = _group(work, waiting, cash_in(work, customer, currency))
    for each in group or waiting:
        _fund(work, each)


@when_invoice_opens
def pay_at_once(work: UnitOfWork, invoice: Record) -> None:
    """Pay an invoice from cash that is there already."""
    intent = default_intent(work, invoice)
    if _takes_cash(intent) and is_automatic(work, intent):
        _fund(work, (invoice, intent))


Waiting = tuple[Record | None, Record]
"""An invoice, if it is one, and the payment intent that waits."""


def _waiting(work: UnitOfWork, customer: str, currency: str) -> list[Waiting]:
    """What can be paid: invoices first, then payments, the oldest first."""
    now = work.now(work.require("customer", customer, "customer"))
    invoices = [
        (each, default_intent(work, each))
        for each in reversed(work.where("invoice", "customer", customer))
        if each["status"] == "open"
        and each["currency"] == currency
        and (each["due_date"] is None or now < each["due_date"] + _OVERDUE)
    ]
    invoices = [(each, intent) for each, intent in invoices if _takes_cash(intent)]
    invoices.sort(key=lambda each: each[0]["status_transitions"]["finalized_at"])
    theirs = {intent["id"] for _, intent in invoices}
    payments = [
        (None, each)
        for each in reversed(work.where("payment_intent", "customer", customer))
        if each["currency"] == currency and waits(each) and each["id"] not in theirs
    ]
    return [
        each
        for each in (*invoices, *payments)
        if missing(work, each[1]) and is_automatic(work, each[1])
    ]


def _takes_cash(intent: Record) -> bool:
    is_open = intent["status"] in ("requires_payment_method", "requires_confirmation")
    return waits(intent) or (is_open and METHOD in intent["payment_method_types"])


def _referred_to(work: UnitOfWork, waiting: list[Waiting], reference: str) -> Waiting | None:
    by_number = [each for each in waiting if each[0] is not None and each[0]["number"] == reference]
    by_code = [each for each in waiting if work.noted(each[1], REFERENCE) == reference]
    return next(iter(by_number + by_code), None)


def _group(work: UnitOfWork, waiting: list[Waiting], cash: int) -> tuple[Waiting, ...] | None:
    """The fewest that come to just what there is; among these, those with the most invoices."""
    if not cash:
        return None
    needed = [(each, missing(work, each[1])) for each in waiting[:_MOST_LOOKED_AT]]
    for size in range(1, _LARGEST_GROUP + 1):
        found = [
            tuple(each for each, _ in group)
            for group in combinations(needed, size)
            if sum(amount for _, amount in group) == cash
        ]
        if found:
            return max(found, key=lambda group: sum(invoice is not None for invoice, _ in group))
    return None


def _fund(work: UnitOfWork, waiting: Waiting) -> None:
    """Pay from what cash there is: a payment also in part, and an invoice in whole or not at all."""
    invoice, intent = waiting
    if intent["currency"] not in TRANSFERS:
        return
    cash = cash_in(work, intent["customer"], intent["currency"])
    if cash and (invoice is None or cash >= missing(work, intent)):
        apply_cash(work, work.change(intent), cash)
