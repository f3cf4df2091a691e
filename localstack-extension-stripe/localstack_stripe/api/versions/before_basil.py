"""What objects and requests had until version 2025-03-31.basil, and have elsewhere since
(https://docs.stripe.com/changelog/basil): invoices and payments name each other, subscriptions have one period.

More of that version is in ``discounts_before_basil``, ``invoice_lines_before_basil``, ``upcoming_invoices_before_basil`` and
``before_meters``.
"""

from collections.abc import Callable

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, found_at, without
from localstack_stripe.api.versions.invoice_lines_before_basil import tax_amounts
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.connect.invoice_shares import intent_shares
from localstack_stripe.resources.core.charge_captures import is_released


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
    taxes, is_paid = invoice["total_taxes"], invoice["status"] == "paid"
    shares = intent_shares(work, dict(invoice)) if invoice.get("id") else {}
    data = shares.get("transfer_data")
    return {
        "application_fee_amount": shares.get("application_fee_amount"),
        "charge": intent.get("latest_charge"),
        "paid": is_paid,
        "paid_out_of_band": is_paid
        and invoice["amount_due"] > 0
        and not any(each["status"] == "paid" for each in payments),
        "payment_intent": named,
        "quote": at(invoice, "parent.quote_details.quote"),
        "subscription": subscription_of(invoice),
        "subscription_details": {"metadata": details.get("metadata")} if details else None,
        "subscription_proration_date": (details or {}).get("subscription_proration_date"),
        "tax": sum(each["amount"] for each in taxes) if taxes else None,
        "total_tax_amounts": tax_amounts(taxes),
        "transfer_data": {"amount": None, **data} if data else None,
    }


def _names_invoice(field: str) -> Callable[[UnitOfWork, Record], Record]:
    """What is paid by a payment (``add-support-for-multiple-partial-payments-on-invoices``).

    :param field: where the record has its payment intent
    """

    def names_invoice(work: UnitOfWork, record: Record) -> Record:
        intent = record[field] or ""
        payments = work.where("invoice_payment", "payment.payment_intent", intent)
        return {"invoice": payments[0]["invoice"] if payments else None}

    return names_invoice


def _charge(work: UnitOfWork, charge: Record) -> Record:
    """What was authorized and never captured counted as refunded
    (``remove-refund-from-partial-capture-and-payment-cancellation-flow``).
    """
    named = _NAMED_BY_INTENT(work, charge)
    intent = work.get("payment_intent", charge["payment_intent"] or "") or {}
    is_over = intent.get("status") == "canceled" or is_released(work, charge)
    if not charge["paid"] or not (charge["captured"] or is_over):
        return named
    back = charge["amount_refunded"] + max(0, charge["amount"] - charge["amount_captured"])
    return {**named, "amount_refunded": back, "refunded": back == charge["amount"]}


def _note(work: UnitOfWork, note: Record) -> Record:
    """There was one refund, and taxes had another name."""
    refunds = note["refunds"]
    return {
        "refund": refunds[0]["refund"] if refunds else None,
        "tax_amounts": tax_amounts(note["total_taxes"]),
    }


def _refund_by(tree: Tree) -> Tree:
    """A credit note named the one refund that it is linked with, which gave back all of it that was paid."""
    if not tree.get("refund") or "refunds" in tree:
        return tree
    return {**without(tree, "refund"), "refunds": [{"refund": tree["refund"]}]}


_NAMED_BY_INTENT = _names_invoice("payment_intent")


CHANGE = Change(
    day="2025-03-31",
    fields={
        "charge": {"invoice": "@invoice | null"},
        "checkout.session": {"shipping_details": "{any} | null"},
        "credit_note": {"refund": "@refund | null", "tax_amounts": "[any]"},
        "invoice": {
            "application_fee_amount": "integer | null",
            "charge": "@charge | null",
            "paid": "boolean",
            "paid_out_of_band": "boolean",
            "payment_intent": "@payment_intent | null",
            "quote": "@quote | null",
            "subscription": "@subscription | null",
            "subscription_details": "{any} | null",
            "subscription_proration_date": "timestamp | null",
            "tax": "integer | null",
            "total_tax_amounts": "[any]",
            "transfer_data": "{any} | null",
        },
        "payment_intent": {"invoice": "@invoice | null"},
        "subscription": {
            "current_period_end": "timestamp",
            "current_period_start": "timestamp",
        },
    },
    values={
        "charge": _charge,
        "checkout.session": found_at(shipping_details="collected_information.shipping_details"),
        "credit_note": _note,
        "invoice": _invoice,
        "payment_intent": _names_invoice("id"),
        "subscription": _subscription,
    },
    telling=("charge",),
    parameters={
        "GET /v1/credit_notes/preview": by(_refund_by),
        "GET /v1/credit_notes/preview/lines": by(_refund_by),
        "POST /v1/credit_notes": by(_refund_by),
    },
)
