"""What objects and requests had until version 2025-03-31.basil, and have elsewhere since
(https://docs.stripe.com/changelog/basil): invoices and payments name each other, subscriptions have one period.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import (
    Change,
    Moved,
    by,
    by_each,
    flag,
    found_at,
    renamed,
    without,
)
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.billing.upcoming_invoices import PREFIX
from localstack_stripe.resources.connect.invoice_shares import intent_shares
from localstack_stripe.resources.core.charge_captures import is_released
from localstack_stripe.resources.products.customer_discounts import PARAMS


def _subscription(work: UnitOfWork, subscription: Record) -> Record:
    """The period of its items, of which there was one (``deprecate-subscription-current-period-start-and-end``)."""
    names = ("current_period_start", "current_period_end")
    items = items_of(work, subscription)
    periods = {name: items[0][name] for name in names} if items else {}
    return {**periods, "discount": _discount_of(subscription)}


def _discount_of(record: Record) -> str | None:
    """What there was one of."""
    return record["discounts"][0] if record["discounts"] else None


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
        "discount": _discount_of(invoice),
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
        "total_tax_amounts": [_tax_amount(each) for each in taxes or ()],
        "transfer_data": {"amount": None, **data} if data else None,
    }


def _tax_amount(tax: Record) -> Record:
    return {
        "amount": tax["amount"],
        "inclusive": _is_inside(tax),
        "tax_rate": at(tax, "tax_rate_details.tax_rate"),
        "taxability_reason": tax["taxability_reason"],
        "taxable_amount": tax["taxable_amount"],
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
        "invoice": None if _is_upcoming(line["invoice"]) else line["invoice"],
        "invoice_item": parent.get("invoice_item"),
        "proration": bool(parent.get("proration")),
        "proration_details": parent.get("proration_details") or {"credited_items": None},
        "subscription": parent.get("subscription"),
        "tax_amounts": [_tax_amount(each) for each in line["taxes"] or ()],
        "tax_rates": [at(each, "tax_rate_details.tax_rate") for each in line["taxes"] or ()],
        "type": "invoiceitem" if parent.get("invoice_item") else "subscription",
        **_excluding_tax(line, line["quantity"]),
    }


def _excluding_tax(line: Record, quantity: int | None) -> Record:
    """What a line asks for without tax, and each one of it
    (https://docs.stripe.com/api/invoice-line-item/object?api-version=2025-02-24.acacia).
    """
    included = (each["amount"] for each in line["taxes"] or () if _is_inside(each))
    amount = line["amount"] - sum(included)
    unit = Decimal(amount) / quantity if quantity else Decimal(amount)
    return {
        "amount_excluding_tax": amount,
        "unit_amount_excluding_tax": f"{round(unit, 12).normalize():f}",
    }


def _is_inside(tax: Record) -> bool:
    return bool(tax["tax_behavior"] == "inclusive")


def _item(work: UnitOfWork, item: Record) -> Record:
    unit = at(item, "pricing.unit_amount_decimal")
    return {
        **_priced(work, item),
        "subscription": _of_parent(item).get("subscription"),
        "unit_amount": int(unit) if unit is not None and unit.lstrip("-").isdecimal() else None,
        "unit_amount_decimal": unit,
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


def _note(work: UnitOfWork, note: Record) -> Record:
    """There was one refund, and taxes had another name."""
    refunds = note["refunds"]
    return {
        "refund": refunds[0]["refund"] if refunds else None,
        "tax_amounts": [_tax_amount(each) for each in note["total_taxes"] or ()],
    }


def _note_line(work: UnitOfWork, line: Record) -> Record:
    return {
        "tax_amounts": [_tax_amount(each) for each in line["taxes"] or ()],
        **_excluding_tax(line, line["quantity"]),
    }


def _schedule(work: UnitOfWork, schedule: Record) -> Record:
    """A phase had one coupon."""
    phases = schedule["phases"]
    return {"phases": [{**phase, "coupon": _coupon_of(work, phase)} for phase in phases]}


def _coupon_of(work: UnitOfWork, phase: Record) -> str | None:
    for each in phase["discounts"]:
        discount = work.get("discount", each.get("discount") or "") or {}
        coupon: str | None = each.get("coupon") or at(discount, "source.coupon")
        return coupon
    return None


def _refund_by(tree: Tree) -> Tree:
    """A credit note named the one refund that it is linked with, which gave back all of it that was paid."""
    if not tree.get("refund") or "refunds" in tree:
        return tree
    return {**without(tree, "refund"), "refunds": [{"refund": tree["refund"]}]}


def _lines_of(work: UnitOfWork, invoice: Record) -> list[Record]:
    return work.where("line_item", "invoice", invoice["id"])[::-1]


def _is_upcoming(invoice: str | None) -> bool:
    return (invoice or "").startswith(PREFIX)


def _nameless(invoice: Record) -> tuple[str, ...]:
    """An upcoming invoice had no id (https://docs.stripe.com/api/invoices/object?api-version=2025-02-24.acacia)."""
    return ("id",) if _is_upcoming(invoice.get("id")) else ()


def _discounted(tree: Tree) -> Tree:
    """``coupon`` and ``promotion_code`` were parameters of their own, which took the discount away where they were empty."""
    given = {name: tree[name] for name in ("coupon", "promotion_code") if name in tree}
    if not given or "discounts" in tree:
        return tree
    named: list[Any] = [{name: value} for name, value in given.items() if value]
    return {**without(tree, *given), "discounts": named or ""}


def _priced_by(tree: Tree) -> Tree:
    """An item's price stood in it (``adds-new-parent-field-to-invoicing-objects``), and its amount could be rounded."""
    tree = renamed(tree, {"unit_amount": "unit_amount_decimal"})
    price = tree.get("price")
    if not price or "pricing" in tree:
        return tree
    return {**without(tree, "price"), "pricing": {"price": price}}


_OF_SUBSCRIPTION = (
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "cancel_now",
    "default_tax_rates",
    "items",
    "proration_behavior",
    "proration_date",
    "resume_at",
    "start_date",
    "trial_end",
)
"""What was said of the subscription of an upcoming invoice, after ``subscription_``."""


def _preview(tree: Tree) -> Tree:
    """Upcoming invoices had more parameters than a preview has, and a customer was enough of them
    (``invoice-preview-api-deprecations``).
    """
    names = {f"subscription_{name}": name for name in _OF_SUBSCRIPTION}
    details = {new: tree[old] for old, new in names.items() if old in tree}
    if flag(tree, "subscription_prorate") is False:
        details["proration_behavior"] = "none"
    others = without(_discounted(tree), *names, "subscription_prorate")
    if details:
        given = tree.get("subscription_details") or {}
        others["subscription_details"] = {**details, **given} if isinstance(given, dict) else given
    about = ("schedule", "schedule_details", "subscription", "subscription_details")
    return others if any(name in others for name in about) else {"invoice_items": [], **others}


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


_NAMED_BY_INTENT = _names_invoice("payment_intent")

_WITHOUT_TAX = {
    "amount_excluding_tax": "integer | null",
    "unit_amount_excluding_tax": "decimal | null",
}

_LINE = {
    "plan": "#plan | null",
    "price": "#price | null",
    "subscription_item": "string | null",
}

_OF_CUSTOMER = dict.fromkeys(PARAMS, "'' | string")
"""What gave a customer a discount of its own."""

CHANGE = Change(
    day="2025-03-31",
    fields={
        "charge": {"invoice": "@invoice | null"},
        "checkout.session": {"shipping_details": "{any} | null"},
        "SubscriptionSchedulePhase": {"coupon": "@coupon | null"},
        "credit_note": {"refund": "@refund | null", "tax_amounts": "[any]"},
        "credit_note_line_item": {**_WITHOUT_TAX, "tax_amounts": "[any]"},
        "invoice": {
            "application_fee_amount": "integer | null",
            "charge": "@charge | null",
            "discount": "#discount | null",
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
        "invoiceitem": {
            **_LINE,
            "subscription": "@subscription | null",
            "unit_amount": "integer | null",
            "unit_amount_decimal": "decimal | null",
        },
        "line_item": {
            **_LINE,
            **_WITHOUT_TAX,
            "invoice_item": "string | null",
            "proration": "boolean",
            "proration_details": "{any}",
            "tax_amounts": "[any]",
            "tax_rates": "[#tax_rate]",
            "type": "string",
        },
        "payment_intent": {"invoice": "@invoice | null"},
        "subscription": {
            "current_period_end": "timestamp",
            "current_period_start": "timestamp",
            "discount": "#discount | null",
        },
    },
    values={
        "charge": _charge,
        "checkout.session": found_at(shipping_details="collected_information.shipping_details"),
        "credit_note": _note,
        "credit_note_line_item": _note_line,
        "invoice": _invoice,
        "invoiceitem": _item,
        "line_item": _line,
        "payment_intent": _names_invoice("id"),
        "subscription": _subscription,
        "subscription_schedule": _schedule,
    },
    absent={"invoice": _nameless},
    telling=("charge",),
    parameters={
        "GET /v1/credit_notes/preview": by(_refund_by),
        "GET /v1/credit_notes/preview/lines": by(_refund_by),
        "POST /v1/credit_notes": by(_refund_by),
        "POST /v1/invoiceitems": by(_priced_by),
        "POST /v1/invoiceitems/{invoiceitem}": by(_priced_by),
        "POST /v1/invoices/create_preview": by(_preview),
        "POST /v1/invoices/{invoice}/add_lines": by_each("lines", _priced_by),
        "POST /v1/invoices/{invoice}/update_lines": by_each("lines", _priced_by),
        "POST /v1/subscription_schedules": by_each("phases", _discounted),
        "POST /v1/subscription_schedules/{schedule}": by_each("phases", _discounted),
        "POST /v1/subscriptions": by(_discounted),
        "POST /v1/subscriptions/{subscription}": by(_discounted),
    },
    accepted={
        "POST /v1/customers": _OF_CUSTOMER,
        "POST /v1/customers/{customer}": _OF_CUSTOMER,
    },
    moved={
        ("GET", "/v1/invoices/upcoming"): Moved("POST", "/v1/invoices/create_preview"),
        ("GET", "/v1/invoices/upcoming/lines"): Moved(
            "POST", "/v1/invoices/create_preview", part=_lines_of
        ),
    },
)
