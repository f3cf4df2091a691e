"""Invoices (https://docs.stripe.com/api/invoices): made and changed by hand. What is done with one is in
``invoice_transitions``.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    includable,
    list_filter,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, exclusive, invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_advancement import plan_collection
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.invoice_drafts import (
    DRAFT_SECONDS,
    copy_customer,
    require_email,
    schedule,
)
from localstack_stripe.resources.billing.invoice_item_lines import bill_pending
from localstack_stripe.resources.billing.invoice_numbers import require_unused
from localstack_stripe.resources.billing.invoice_parents import subscription_of, subscription_parent
from localstack_stripe.resources.billing.invoice_rendering import (
    begin_rendering,
    look_as_customer_says,
)
from localstack_stripe.resources.billing.invoice_revisions import (
    begin_as,
    copy_discounts,
    copy_lines,
    revised,
)
from localstack_stripe.resources.billing.invoice_shipping import take_shipping
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.connect.invoice_shares import keep_shares
from localstack_stripe.resources.payment_methods.attachment import owned_method
from localstack_stripe.resources.products.discount_reductions import in_force
from localstack_stripe.resources.products.discounts import new_discounts
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax, require_taxes

LONGEST_DRAFT = 5 * 365 * DAY

MAX_CUSTOM_FIELDS = 4

ALWAYS_EDITABLE = {"auto_advance", "metadata", "default_payment_method"}
"""What may change of an invoice that is no draft (https://docs.stripe.com/api/invoices/update); for a description it is
revised (https://docs.stripe.com/invoicing/invoice-edits).
"""


@before_create("invoice")
def from_parameters(call: Call, invoice: Record) -> None:
    """A draft made by hand."""
    original = revised(call)
    if original is not None:
        call = begin_as(call, invoice, original)
    params, work = call.params, call.work
    if not params.get("customer"):
        raise StripeError(
            "Missing required param: customer.", code="parameter_missing", param="customer"
        )
    customer = work.require("customer", params["customer"], "customer")
    copy_customer(work, invoice, customer)
    look_as_customer_says(invoice, customer, params)
    begin_rendering(work, invoice)
    subscription = _subscription_to_bill(call, customer)
    if subscription is not None:
        invoice["parent"] = subscription_parent(subscription)
    if params.get("default_payment_method"):
        owned_method(work, customer, params["default_payment_method"], "default_payment_method")
    invoice["billing_reason"] = "manual"
    invoice["test_clock"] = customer["test_clock"]
    invoice["customer_account"] = customer.get("customer_account")
    invoice["currency"] = params.get("currency") or customer["currency"] or "usd"
    invoice["collection_method"] = params.get("collection_method") or "charge_automatically"
    invoice["period_start"] = invoice["period_end"] = invoice["created"]
    invoice["webhooks_delivered_at"] = invoice["created"]
    if invoice["collection_method"] == "send_invoice":
        require_email(customer)
        invoice["due_date"] = _due_date(invoice, params)
    _refuse_term(invoice, params)
    invoice["auto_advance"] = bool(params.get("auto_advance"))
    _schedule(work, invoice, params)
    _set_taxes(call, invoice)
    take_shipping(call, invoice)
    if params.get("pending_invoice_items_behavior") == "include" or subscription is not None:
        bill_pending(work, invoice, subscription["id"] if subscription else None)
    if original is not None:
        copy_lines(work, invoice, original)
    if "discounts" in params:
        # A promotion code may ask for what the invoice comes to.
        invoice["discounts"] = new_discounts(
            work, params["discounts"] or [], invoice, invoice["currency"]
        )
    elif original is not None:
        copy_discounts(work, invoice, original)
    elif subscription is not None:
        invoice["discounts"] = in_force(work, subscription)
    else:
        # https://docs.stripe.com/api/invoices/create#create_invoice-discounts
        invoice["discounts"] = in_force(work, invoice)
    _check_form(work, invoice, params)
    keep_shares(work, invoice, params)
    add_up(work, invoice)
    require_taxes(work, invoice)


def _due_date(invoice: Record, params: Mapping[str, Any]) -> int:
    """Until when an invoice that is sent is to be paid, in seconds since 1970.

    :raises StripeError: 400 where the request does not say so, or says it twice
    """
    days, date = params.get("days_until_due"), params.get("due_date")
    if days is not None and date is not None:
        raise exclusive("days_until_due", "due_date")
    if date is not None:
        return int(date)
    if days is None:
        raise invalid(
            "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'."
        )
    return int(invoice["created"] + days * DAY)


def _refuse_term(invoice: Record, params: Mapping[str, Any]) -> None:
    """Refuse to say until when an invoice is to be paid that is charged by itself.

    :raises StripeError: 400
    """
    if invoice["collection_method"] == "send_invoice":
        return
    if params.get("days_until_due") is not None or params.get("due_date") is not None:
        raise invalid(
            "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'."
        )


def _schedule(work: UnitOfWork, invoice: Record, params: Mapping[str, Any]) -> None:
    """Say when a draft is finalized by itself, if it is: in an hour, or when the request says
    (https://docs.stripe.com/api/invoices/create, ``automatically_finalizes_at``).
    """
    now, at = work.now(invoice), params.get("automatically_finalizes_at")
    if at is not None and at <= now:
        raise invalid(
            "Invalid timestamp: can only specify a future timestamp", "automatically_finalizes_at"
        )
    if at is not None and at > now + LONGEST_DRAFT:
        raise invalid(
            "Invalid timestamp: can be no more than five years in the future.",
            "automatically_finalizes_at",
        )
    schedule(invoice, (at or now + DRAFT_SECONDS) if invoice["auto_advance"] else None)


def _check_form(work: UnitOfWork, invoice: Record, params: Mapping[str, Any]) -> None:
    """Check what a request says of how an invoice looks (https://docs.stripe.com/invoicing/customize)."""
    require_unused(work, invoice, params.get("number"))
    if len(params.get("custom_fields") or ()) > MAX_CUSTOM_FIELDS:
        raise too_many("custom_fields", MAX_CUSTOM_FIELDS)


def _set_taxes(call: Call, invoice: Record) -> None:
    """Say which taxes an invoice has, as far as the request does: tax rates, or what Stripe Tax finds."""
    params = call.params
    if "automatic_tax" in params or invoice["automatic_tax"]["liability"] is None:
        invoice["automatic_tax"] = automatic_tax(call.work, params.get("automatic_tax"))
    if "default_tax_rates" in params:
        invoice["default_tax_rates"] = usable_rates(
            call.work, params["default_tax_rates"] or [], "default_tax_rates", MOST_DEFAULTS
        )
    if invoice["automatic_tax"]["enabled"] and invoice["default_tax_rates"]:
        raise invalid(
            "You cannot give tax rates where automatic tax is enabled.", "default_tax_rates"
        )


def _subscription_to_bill(call: Call, customer: Record) -> Record | None:
    id = call.params.get("subscription")
    if not id:
        return None
    subscription = call.work.require("subscription", id, "subscription")
    if subscription["customer"] != customer["id"]:
        raise invalid(
            f"The subscription {id} does not belong to the customer {customer['id']}.",
            "subscription",
        )
    return subscription


@before_update("invoice")
def change(call: Call, invoice: Record, before: Record) -> None:
    """A finalized invoice is fixed; a draft's totals and times follow its parameters."""
    params, work = call.params, call.work
    fixed = [name for name in params if name not in ALWAYS_EDITABLE]
    if before["status"] != "draft" and fixed:
        raise invalid("Finalized invoices can't be updated in this way", fixed[0])
    _check_form(work, invoice, params)
    _refuse_term(invoice, params)
    keep_shares(work, invoice, params)
    if params.get("days_until_due") is not None:
        invoice["due_date"] = invoice["created"] + params["days_until_due"] * DAY
    if "discounts" in params:
        invoice["discounts"] = new_discounts(
            work, params["discounts"] or [], invoice, invoice["currency"]
        )
    take_shipping(call, invoice)
    if params.keys() & {"automatic_tax", "default_tax_rates", "discounts", "shipping_cost"}:
        _set_taxes(call, invoice)
        add_up(work, invoice)
        require_taxes(work, invoice)
    if invoice["status"] == "draft" and params.keys() & {
        "auto_advance",
        "automatically_finalizes_at",
    }:
        _schedule(work, invoice, params)
    elif invoice["status"] == "open" and "auto_advance" in call.params:
        plan_collection(work, invoice)


@includable("invoice", "confirmation_secret")
def confirmation_secret(work: UnitOfWork, invoice: Record) -> Record | None:
    """What a browser confirms an open invoice's payment with."""
    if not work.where("invoice_payment", "invoice", invoice["id"]):
        return None
    intent = default_intent(work, invoice)
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}


@includable("invoice", "amount_paid_off_stripe")
def amount_paid_off_stripe(work: UnitOfWork, invoice: Record) -> int:
    """What was paid outside of Stripe
    (https://docs.stripe.com/changelog/dahlia/2026-05-27/invoice-object-amount-paid-off-stripe-property).
    """
    on_stripe = sum(
        payment["amount_paid"] or 0
        for payment in work.where("invoice_payment", "invoice", invoice["id"])
        if payment["payment"]["type"] != "payment_record"
    )
    return max(0, int(invoice["amount_paid"]) - on_stripe)


@list_filter("GET /v1/invoices", "subscription")
def bills_subscription(work: UnitOfWork, invoice: Record, subscription: str) -> bool:
    """Select the invoices of a subscription."""
    return subscription_of(invoice) == subscription
