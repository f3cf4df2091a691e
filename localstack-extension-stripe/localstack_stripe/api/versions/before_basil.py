"""What objects and requests had until version 2025-03-31.basil, and have elsewhere since
(https://docs.stripe.com/changelog/basil): invoices and payments name each other, subscriptions have one period.
"""

from collections.abc import Callable
from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import subscription_of
from localstack_stripe.resources.billing.subscription_terms import items_of


def _subscription(work: UnitOfWork, subscription: Record) -> Record:
    """The period of its items, of which there was one (``deprecate-subscription-current-period-start-and-end``)."""
    names = ("current_period_start", "current_period_end")
    items = items_of(work, subscription)
    return {name: items[0][name] for name in names} if items else {}


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    """What pays it, and what it is for (``adds-new-parent-field-to-invoicing-objects``)."""
    payments = work.where("invoice_payment", "invoice", invoice.get("id") or "")
    payments.sort(key=lambda each: (each["status"] == "paid", each["is_default"]), reverse=True)
    named = payments[0]["payment"].get("payment_intent") if payments else None
    intent = work.get("payment_intent", named or "") or {}
    details = at(invoice, "parent.subscription_details")
    taxes = invoice["total_taxes"]
    return {
        "charge": intent.get("latest_charge"),
        "paid": invoice["status"] == "paid",
        "payment_intent": named,
        "quote": at(invoice, "parent.quote_details.quote"),
        "subscription": subscription_of(invoice),
        "subscription_details": {"metadata": details.get("metadata")} if details else None,
        "tax": sum(each["amount"] for each in taxes) if taxes else None,
    }


def _of_parent(record: Record) -> Record:
    """What the parent of a line or of an invoice item says, whatever it is."""
    parent = record["parent"] or {}
    return parent.get(parent.get("type")) or {}


def _priced(work: UnitOfWork, record: Record) -> Record:
    """What it costs by a price, which was a plan as well where it recurs."""
    id = at(record, "pricing.price_details.price")
    price = work.get("price", id or "")
    return {
        "plan": id if price is not None and price["recurring"] else None,
        "price": id,
        "subscription_item": _of_parent(record).get("subscription_item"),
    }


def _line(work: UnitOfWork, line: Record) -> Record:
    parent = _of_parent(line)
    return {
        **_priced(work, line),
        "invoice_item": parent.get("invoice_item"),
        "proration": bool(parent.get("proration")),
        "type": "invoiceitem" if parent.get("invoice_item") else "subscription",
    }


def _item(work: UnitOfWork, item: Record) -> Record:
    return {**_priced(work, item), "subscription": _of_parent(item).get("subscription")}


def _names_invoice(field: str) -> Callable[[UnitOfWork, Record], Record]:
    """What is paid by a payment (``add-support-for-multiple-partial-payments-on-invoices``).

    :param field: where the record has its payment intent
    """

    def names_invoice(work: UnitOfWork, record: Record) -> Record:
        intent = record[field] or ""
        payments = work.where("invoice_payment", "payment.payment_intent", intent)
        return {"invoice": payments[0]["invoice"] if payments else None}

    return names_invoice


def _session(work: UnitOfWork, session: Record) -> Record:
    return {"shipping_details": at(session, "collected_information.shipping_details")}


def _discount_by(tree: Tree) -> Tree:
    """``coupon`` and ``promotion_code`` were parameters of their own."""
    named: list[Any] = [
        {name: tree[name]} for name in ("coupon", "promotion_code") if tree.get(name)
    ]
    if not named or "discounts" in tree:
        return tree
    others = {name: tree[name] for name in tree if name not in ("coupon", "promotion_code")}
    return {**others, "discounts": named}


_LINE = {
    "plan": "#plan | null",
    "price": "#price | null",
    "subscription_item": "string | null",
}

CHANGE = Change(
    day="2025-03-31",
    fields={
        "charge": {"invoice": "@invoice | null"},
        "checkout.session": {"shipping_details": "{any} | null"},
        "invoice": {
            "charge": "@charge | null",
            "paid": "boolean",
            "payment_intent": "@payment_intent | null",
            "quote": "@quote | null",
            "subscription": "@subscription | null",
            "subscription_details": "{any} | null",
            "tax": "integer | null",
        },
        "invoiceitem": {**_LINE, "subscription": "@subscription | null"},
        "line_item": {
            **_LINE,
            "invoice_item": "string | null",
            "proration": "boolean",
            "type": "string",
        },
        "payment_intent": {"invoice": "@invoice | null"},
        "subscription": {"current_period_end": "timestamp", "current_period_start": "timestamp"},
    },
    values={
        "charge": _names_invoice("payment_intent"),
        "checkout.session": _session,
        "invoice": _invoice,
        "invoiceitem": _item,
        "line_item": _line,
        "payment_intent": _names_invoice("id"),
        "subscription": _subscription,
    },
    parameters={
        "POST /v1/subscriptions": _discount_by,
        "POST /v1/subscriptions/{subscription}": _discount_by,
    },
)
