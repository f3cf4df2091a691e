"""Invoices that go on by themselves: drafts are finalized, and what is open is charged, or overdue
(https://docs.stripe.com/invoicing/integration/automatic-advancement-collection).
"""

from localstack_stripe.engine.clock import HOUR
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import (
    collect,
    default_intent,
    method_for,
    set_delinquent,
)
from localstack_stripe.resources.billing.invoice_drafts import copy_customer, schedule
from localstack_stripe.resources.billing.invoice_finalization import finalize
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.invoice_retries import PLANNED, is_worth_trying
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.tax.invoice_taxes import require_taxes

COLLECTION_SECONDS = HOUR
"""How long after it is finalized by hand an invoice that advances by itself is charged
(https://docs.stripe.com/invoicing/integration/automatic-advancement-collection)."""

OVERDUE = "overdue"
"""Noted of an invoice that was sent: that it should have been paid by now."""


def plan_collection(work: UnitOfWork, invoice: Record) -> None:
    """Say when an open invoice is charged by itself, where it is."""
    is_charged = invoice["auto_advance"] and invoice["collection_method"] == "charge_automatically"
    at = work.now(invoice) + COLLECTION_SECONDS
    invoice["next_payment_attempt"] = at if is_charged else None


def _advances_at(work: UnitOfWork, invoice: Record) -> int | None:
    """When an invoice goes on by itself: a draft is finalized, an open one charged, or overdue."""
    at: int | None = None
    if invoice["status"] == "draft":
        at = invoice["automatically_finalizes_at"]
    elif invoice["status"] == "open" and invoice["collection_method"] == "send_invoice":
        at = None if work.noted(invoice, OVERDUE) else invoice["due_date"]
    elif invoice["status"] == "open" and invoice["auto_advance"]:
        at = invoice["next_payment_attempt"]
    return at


@due("invoice", next=_advances_at)
def advance(work: UnitOfWork, invoice: Record) -> None:
    """An automatic draft is finalized after an hour, and charged; an open invoice is charged when that is due, or
    should have been paid by its customer.
    """
    invoice = work.change(invoice)
    if invoice["status"] == "open" and invoice["collection_method"] == "send_invoice":
        work.note(invoice, OVERDUE)
        set_delinquent(work, invoice, True)
        return
    if invoice["status"] == "draft":
        if not has_its_taxes(work, invoice):
            return
        finalize(work, invoice)
    invoice["next_payment_attempt"] = None
    if invoice["collection_method"] != "charge_automatically":
        work.happened("invoice.sent", invoice)
        return
    method = method_for(work, invoice)
    if work.noted(invoice, PLANNED) and method is not None:
        # What is in vain counts as a try, too, and is not tried.
        method = method if is_worth_trying(default_intent(work, invoice), method) else None
    collect(work, invoice, method, off_session=True)
    if invoice["status"] == "open" and default_intent(work, invoice)["status"] != "processing":
        set_delinquent(work, invoice, True)


def has_its_taxes(work: UnitOfWork, invoice: Record) -> bool:
    """See to it that an invoice can be finalized without anybody: a subscription whose customer is nowhere goes on
    without automatic tax (https://docs.stripe.com/tax/customer-locations), any other invoice stays a draft.
    """
    copy_customer(work, invoice, work.require("customer", invoice["customer"], "customer"))
    add_up(work, invoice)
    id = subscription_of(invoice)
    if id is not None and invoice["automatic_tax"]["status"] == "requires_location_inputs":
        off = {"enabled": False, "liability": None}
        subscription = work.get("subscription", id)
        if subscription is not None:
            work.change(subscription)["automatic_tax"] |= off | {
                "disabled_reason": "requires_location_inputs"
            }
        invoice["automatic_tax"] |= off | {
            "disabled_reason": "finalization_requires_location_inputs",
            "provider": None,
        }
    try:
        require_taxes(work, invoice, located=True)
    except StripeError as error:
        invoice["last_finalization_error"] = error.body()
        schedule(invoice, None)
        work.happened("invoice.finalization_failed", invoice)
        return False
    return True
