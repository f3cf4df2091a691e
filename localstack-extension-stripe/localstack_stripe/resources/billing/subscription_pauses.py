"""Pausing and resuming a subscription (https://docs.stripe.com/billing/subscriptions/pause).

Pausing only the collection of its invoices is a parameter of updating it, and another matter.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_method, stop
from localstack_stripe.resources.billing.invoice_finalization import finalize_new
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.subscription_cycle import pause
from localstack_stripe.resources.billing.subscription_invoices import (
    finish_now,
    last_usage,
    new_cycle_invoice,
    new_pending_invoice,
    require_means,
)
from localstack_stripe.resources.billing.subscription_pending import (
    ATTEMPTED,
    attempt_to_resume,
    discard,
)
from localstack_stripe.resources.billing.subscription_prorations import (
    credits,
    debits,
    invoice_pending,
    prorate,
    proration_date,
)
from localstack_stripe.resources.billing.subscription_stages import tell_followers
from localstack_stripe.resources.billing.subscription_terms import (
    begin_period,
    is_flexible,
    items_of,
    period_around,
)
from localstack_stripe.resources.billing.usage_billing import leave_unbilled

_PAUSABLE = frozenset({"active", "past_due", "unpaid"})

_SETTLED = ("paid", "uncollectible")


@operation("POST /v1/subscriptions/{subscription}/pause")
def pause_subscription(call: Call) -> Record:
    """Stop service and invoices; what is unused of the period is credited, and what was used of it is billed."""
    work, params = call.work, call.params
    found = require_path(call, "subscription", "subscription")
    require_pausable(work, found)
    if found["schedule"]:
        raise invalid(
            f"This subscription is managed by the subscription schedule `{found['schedule']}`, whose `pause_schedules` "
            "pause it."
        )
    subscription = work.change(found)
    stop_service(work, subscription, params)
    return subscription


def stop_service(work: UnitOfWork, subscription: Record, params: Mapping[str, Any]) -> None:
    """Pause a subscription that can be.

    :param params: those of pausing one
    """
    discard(work, subscription)
    _settle(work, subscription, params)
    pause(work, subscription, "pause_requested")


def require_pausable(work: UnitOfWork, subscription: Record) -> None:
    """Refuse to pause what cannot be (https://docs.stripe.com/billing/subscriptions/pause#limitations).

    :raises StripeError: 400
    """
    if any(item["current_trial"] for item in items_of(work, subscription)):
        raise invalid("This subscription has an active trial offer and cannot be paused.")
    if subscription["status"] not in _PAUSABLE:
        raise invalid(f"This subscription is {subscription['status']} and cannot be paused.")
    if subscription["collection_method"] != "charge_automatically":
        raise invalid(
            "Only a subscription whose `collection_method` is `charge_automatically` can be paused."
        )
    if not is_flexible(subscription):
        raise invalid("Only a subscription whose `billing_mode` is `flexible` can be paused.")


def _settle(work: UnitOfWork, subscription: Record, params: Mapping[str, Any]) -> None:
    """Credit and bill what is left of the periods, as ``bill_for`` and ``invoicing_behavior`` say."""
    bill_for = params.get("bill_for") or {}
    customer = work.require("customer", subscription["customer"], "customer")
    items, now = items_of(work, subscription), work.now(subscription)
    unused = (bill_for.get("unused_time_from") or {}).get("type") or "now"
    if unused != "none":
        since = now if unused == "now" else None
        for given_back in credits(work, subscription, items, since).values():
            prorate(work, subscription, customer, given_back, None)
    billed = (bill_for.get("outstanding_usage_through") or {}).get("type") != "none"
    usage = last_usage(work, subscription, now) if billed else []
    for item in items:
        leave_unbilled(work, item, now)
    if params.get("invoicing_behavior") == "invoice":
        invoice_pending(work, subscription, customer, usage=usage)
        return
    for line in usage:
        new_item(work, customer, line, subscription["currency"])


@operation("POST /v1/subscriptions/{subscription}/resume")
def resume_subscription(call: Call) -> Record:
    """Begin again, with a new period or within the one that now is. Where that costs something, the subscription stays
    paused until it is paid for, or until an attempt to collect it has failed, as ``payment_behavior`` says.

    https://docs.stripe.com/billing/subscriptions/pause#payment-behavior
    """
    found = require_path(call, "subscription", "subscription")
    subscription = call.work.change(found)
    resume(call.work, subscription, call.params)
    return subscription


def resume(work: UnitOfWork, subscription: Record, params: Mapping[str, Any]) -> None:
    """Resume a paused subscription, or try to.

    :param params: those of resuming one
    :raises StripeError: 400 where it cannot be resumed
    """
    if subscription["status"] != "paused":
        raise invalid("You can only resume a subscription if it is `paused`.")
    if subscription["collection_method"] != "charge_automatically":
        raise invalid(
            "Only a subscription whose `collection_method` is `charge_automatically` can be resumed."
        )
    has_to_be_paid = params.get("payment_behavior") == "resume_on_payment_success"
    if has_to_be_paid and not is_flexible(subscription):
        raise invalid(
            "`resume_on_payment_success` is only for subscriptions whose `billing_mode` is `flexible`.",
            "payment_behavior",
        )
    begin = partial(_resume, work, subscription, params, charges=has_to_be_paid)
    if has_to_be_paid:
        attempt_to_resume(work, subscription, begin, 365 * DAY, _SETTLED)
    else:
        attempt_to_resume(work, subscription, begin, 23 * HOUR, [*_SETTLED, ATTEMPTED])


def _resume(
    work: UnitOfWork, subscription: Record, params: Mapping[str, Any], *, charges: bool
) -> Record | None:
    """Let the subscription run, and return the invoice of what that costs at once, where it does.

    :param charges: whether it is charged; else it is left to be paid
    :raises StripeError: 400 where nothing is there to charge
    """
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = _begin_again(work, subscription, customer, params)
    if invoice is None:
        return None
    if not charges:
        stop(invoice)
        finalize_new(work, invoice)
        return invoice
    require_means(customer, invoice, default_method(work, subscription, customer))
    finish_now(work, subscription)
    return invoice


def _begin_again(
    work: UnitOfWork, subscription: Record, customer: Record, params: Mapping[str, Any]
) -> Record | None:
    resets = ((params.get("billing_cycle_anchor") or {}).get("type") or "now") == "now"
    now = work.now(subscription)
    if resets:
        subscription["billing_cycle_anchor"] = now
    for item in items_of(work, subscription):
        began, _ = period_around(work, subscription, item, now)
        begin_period(work, subscription, item, began)
        leave_unbilled(work, item, now)
    subscription["status"] = "active"
    subscription.pop("status_details", None)
    tell_followers(work, subscription, "begun")
    if resets:
        return new_cycle_invoice(work, subscription, customer, "subscription_update")
    proration = params.get("proration_behavior") or "create_prorations"
    if proration != "none":
        items = items_of(work, subscription)
        at = proration_date(work, params, subscription, items)
        for debit in debits(work, subscription, items, at).values():
            new_item(work, customer, debit, subscription["currency"])
    if proration != "always_invoice":
        return None
    return new_pending_invoice(work, subscription, customer, "subscription_update")
