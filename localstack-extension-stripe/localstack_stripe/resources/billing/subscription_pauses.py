"""Pausing and resuming a subscription (https://docs.stripe.com/billing/subscriptions/pause).

Pausing only the collection of its invoices is a parameter of updating it, and another matter.
"""

from functools import partial

from localstack_stripe.engine.behaviours import Call, operation, refuses, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_cycle import pause
from localstack_stripe.resources.billing.subscription_invoices import finish_now, new_cycle_invoice
from localstack_stripe.resources.billing.subscription_pending import attempt_to_resume, discard
from localstack_stripe.resources.billing.subscription_prorations import (
    credit_unused,
    invoice_pending,
)
from localstack_stripe.resources.billing.subscription_terms import items_of, whole_period

PAUSABLE = frozenset({"active", "trialing", "past_due", "unpaid"})

refuses(("POST /v1/subscriptions/{subscription}/resume",), "proration_date")


@operation("POST /v1/subscriptions/{subscription}/pause")
def pause_subscription(call: Call) -> Record:
    """Stop service and invoices; what is unused of the period is credited where ``bill_for`` says so."""
    work, params = call.work, call.params
    found = require_path(call, "subscription", "subscription")
    if found["status"] not in PAUSABLE:
        raise invalid(f"This subscription is {found['status']} and cannot be paused.")
    subscription = work.change(found)
    customer = work.require("customer", subscription["customer"], "customer")
    unused = ((params.get("bill_for") or {}).get("unused_time_from") or {}).get("type", "none")
    if unused != "none" and subscription["status"] != "trialing":
        credit_unused(work, subscription, customer)
        if params.get("invoicing_behavior") == "invoice":
            invoice_pending(work, subscription, customer)
    pause(work, subscription, "pause_requested")
    return subscription


@operation("POST /v1/subscriptions/{subscription}/resume")
def resume_subscription(call: Call) -> Record:
    """Begin again, with a new period or within the one that now is, and bill it.

    https://docs.stripe.com/api/subscriptions/resume
    """
    work, params = call.work, call.params
    found = require_path(call, "subscription", "subscription")
    if found["status"] != "paused":
        raise invalid("This subscription is not paused, and cannot be resumed.")
    subscription = work.change(found)
    resume = partial(_resume, call, subscription)
    if params.get("payment_behavior") == "resume_on_payment_success":
        attempt_to_resume(work, subscription, resume)
    else:
        discard(work, subscription)
        resume()
    return subscription


def _resume(call: Call, subscription: Record) -> None:
    work, params = call.work, call.params
    customer = work.require("customer", subscription["customer"], "customer")
    anchor = (params.get("billing_cycle_anchor") or {}).get("type") or "now"
    _begin_period(work, subscription, anchor)
    subscription.pop("status_details", None)
    subscription["status"] = "active"
    free = anchor == "unchanged" and params.get("proration_behavior") == "none"
    new_cycle_invoice(work, subscription, customer, "subscription_update", stub_is_free=free)
    finish_now(work, subscription)


def _begin_period(work: UnitOfWork, subscription: Record, anchor: str) -> None:
    now = work.now(subscription)
    if anchor == "now":
        subscription["billing_cycle_anchor"] = now
    for item in items_of(work, subscription):
        item = work.change(item)
        item["current_period_start"] = now
        item["current_period_end"] = whole_period(work, subscription, item)[1]
