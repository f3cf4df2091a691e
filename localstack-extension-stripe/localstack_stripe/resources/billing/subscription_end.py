"""How a subscription ends (https://docs.stripe.com/billing/subscriptions/cancel)."""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import stop, void_invoice
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS, schedule
from localstack_stripe.resources.billing.subscription_invoices import (
    last_usage,
    new_pending_invoice,
)
from localstack_stripe.resources.billing.subscription_stages import tell_followers


def expire(work: UnitOfWork, subscription: Record) -> None:
    """Give up a subscription whose first payment never came."""
    subscription["status"] = "incomplete_expired"
    subscription["canceled_at"] = subscription["ended_at"] = work.now(subscription)
    tell_followers(work, subscription, "ended")
    invoice = work.get("invoice", subscription["latest_invoice"] or "")
    if invoice is not None and invoice["status"] == "open":
        void_invoice(work, work.change(invoice))


def cancel_now(
    work: UnitOfWork, subscription: Record, reason: str | None = "cancellation_requested"
) -> None:
    """End a subscription; what is open of it is no longer collected by itself.

    :param reason: nothing where the end was decided before, and the reason is in the record already
    """
    now = work.now(subscription)
    subscription["status"] = "canceled"
    subscription["ended_at"] = now
    subscription["canceled_at"] = subscription["canceled_at"] or now
    if reason is not None:
        subscription["cancellation_details"] = cancellation_details(reason)
    field = "parent.subscription_details.subscription"
    for invoice in work.where("invoice", field, subscription["id"]):
        if invoice["status"] in ("draft", "open"):
            stop(work.change(invoice))
    tell_followers(work, subscription, "ended")


def bill_rest(work: UnitOfWork, subscription: Record) -> None:
    """Bill what was used and what is still pending, prorations among it, when a subscription has ended as it was
    planned (https://docs.stripe.com/api/subscriptions/cancel).
    """
    usage = last_usage(work, subscription, subscription["ended_at"])
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = new_pending_invoice(work, subscription, customer, "subscription_cycle", usage)
    if invoice is not None:
        schedule(invoice, work.now(subscription) + DRAFT_SECONDS)


def cancellation_details(reason: str | None) -> Record:
    """Why a subscription ends."""
    return {"comment": None, "feedback": None, "feedback_option": None, "reason": reason}
