"""Invoices (https://docs.stripe.com/api/invoices): what is done to one by hand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    includable,
    list_filter,
    operation,
    require_path,
    understands,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import CardError, StripeError, exclusive, invalid, too_many
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_advancement import plan_collection
from localstack_stripe.resources.billing.invoice_collection import (
    cancel_payment,
    collect,
    default_intent,
    default_payment,
    give_up,
    mark_paid,
    method_for,
    void_invoice,
)
from localstack_stripe.resources.billing.invoice_drafts import (
    DRAFT_SECONDS,
    copy_customer,
    require_email,
    schedule,
)
from localstack_stripe.resources.billing.invoice_finalization import finalize
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
from localstack_stripe.resources.payment_methods.payment_methods import obtain
from localstack_stripe.resources.products.discount_reductions import in_force
from localstack_stripe.resources.products.discounts import new_discounts
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax, require_taxes

NEEDS_ACTION = "invoice_payment_intent_requires_action"
"""The code of the error that an invoice is not paid yet because its cardholder has to authenticate."""

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
        if params.get("days_until_due") is not None and params.get("due_date") is not None:
            raise exclusive("days_until_due", "due_date")
        if not params.get("days_until_due") and not params.get("due_date"):
            raise invalid(
                "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'."
            )
        invoice["due_date"] = (
            params.get("due_date") or invoice["created"] + params["days_until_due"] * DAY
        )
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


@operation("POST /v1/invoices/{invoice}/finalize")
def finalize_now(call: Call) -> Record:
    """Open a draft without waiting."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid(
            "This invoice is already finalized, you can't re-finalize a non-draft invoice."
        )
    invoice = call.work.change(invoice)
    if call.params.get("auto_advance") is not None:
        invoice["auto_advance"] = call.params["auto_advance"]
    finalize(call.work, invoice)
    if invoice["status"] == "open":
        plan_collection(call.work, invoice)
    return invoice


@operation("POST /v1/invoices/{invoice}/pay")
def pay(call: Call) -> Record:
    """Pay now (https://docs.stripe.com/api/invoices/pay).

    :raises CardError: 402 with the failed charge and the intent, both of which stay; with
        ``invoice_payment_intent_requires_action`` where the cardholder has to authenticate
    """
    work, params = call.work, call.params
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "paid":
        raise invalid("Invoice is already paid")
    if invoice["status"] == "void":
        raise invalid("Voided invoices cannot be paid.")
    invoice = work.change(invoice)
    if invoice["status"] == "draft":
        finalize(work, invoice)
        if invoice["status"] == "paid":
            return invoice
    if params.get("paid_out_of_band"):
        cancel_payment(work, invoice, default_payment(work, invoice))
        mark_paid(work, invoice, attempted=False)
        return invoice
    if params.get("payment_method"):
        method: Record | None = obtain(work, params["payment_method"], "payment_method")
    elif params.get("source"):
        method = work.require("card", params["source"], "source")
    else:
        method = method_for(work, invoice)
    if method is None:
        raise invalid(
            "There is no `default_payment_method` set on this Customer or Invoice. Please provide a payment method to "
            "pay this invoice, or set a default."
        )
    error = collect(work, invoice, method, off_session=params.get("off_session", True))
    if error is not None:
        raise error
    intent = default_intent(work, invoice)
    if intent["status"] == "requires_action":
        raise CardError(
            "This payment requires additional user action before it can be completed successfully. Payment can be "
            f"completed using the PaymentIntent associated with the invoice, `{intent['id']}`.",
            code=NEEDS_ACTION,
            payment_intent=intent,
        )
    return invoice


@operation("POST /v1/invoices/{invoice}/void")
def void(call: Call) -> Record:
    """Void an open invoice."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "paid":
        raise invalid("Invoices with `paid` payments cannot be voided.")
    if invoice["status"] not in ("open", "uncollectible"):
        raise _not_open()
    invoice = call.work.change(invoice)
    void_invoice(call.work, invoice)
    return invoice


def _not_open() -> StripeError:
    return invalid("You can only pass in open invoices. This invoice isn't open.")


@operation("POST /v1/invoices/{invoice}/send")
def send(call: Call) -> Record:
    """Send to the customer, which finalizes a draft (https://docs.stripe.com/api/invoices/send)."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] not in ("draft", "open"):
        raise invalid(
            "This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with "
            "details, so we can help."
        )
    if invoice["collection_method"] != "send_invoice":
        raise invalid(
            "You can only manually send an invoice if its collection method is 'send_invoice'."
        )
    invoice = call.work.change(invoice)
    if invoice["status"] == "draft":
        finalize(call.work, invoice)
    call.work.happened("invoice.sent", invoice)
    return invoice


FORGIVEN = "forgiven"
"""What older versions say of an invoice that nobody is expected to pay any more."""


@understands(FORGIVEN)
def forgive(call: Call) -> Call:
    """Give up an invoice, in the words of before version 2018-11-08
    (https://docs.stripe.com/changelog/2018-11-08/mark-invoice-uncollectible-instead-forgiven).
    """
    if not call.params[FORGIVEN]:
        return call
    action = call.work.contract.operations["POST /v1/invoices/{invoice}/mark_uncollectible"]
    return replace(call, operation=action, params={})


@operation("POST /v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call) -> Record:
    """Give an open invoice up."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] == "uncollectible":
        raise invalid("This invoice has already been marked uncollectible.")
    if invoice["status"] != "open":
        raise _not_open()
    invoice = call.work.change(invoice)
    give_up(call.work, invoice, "user_forgiven")
    return invoice


@operation("DELETE /v1/invoices/{invoice}")
def delete(call: Call) -> Record:
    """Delete a draft that is for no subscription (https://docs.stripe.com/api/invoices/delete)."""
    invoice = require_path(call, "invoice", "invoice")
    if invoice["status"] != "draft":
        raise invalid("You can only delete draft invoices.")
    if subscription_of(invoice) is not None:
        raise invalid("You can't delete an invoice that is for a subscription; it must be voided.")
    return call.work.bury(invoice)


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
