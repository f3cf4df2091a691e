"""Canceling a subscription (https://docs.stripe.com/billing/subscriptions/cancel): at once, or at a moment to come.

What its end does is in ``subscription_end``.
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_end import (
    cancel_now,
    cancellation_details,
    expire,
)
from localstack_stripe.resources.billing.subscription_invoices import drop_prorations, last_usage
from localstack_stripe.resources.billing.subscription_prorations import (
    credit_unused,
    invoice_pending,
)
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.billing.subscription_terms import is_flexible, items_of

# At a moment to come


def plan_cancellation(call: Call, subscription: Record) -> None:
    """Plan an end, or take it back, as a request to create or change a subscription says.

    :raises StripeError: 400 where that is contradictory or past, or is for a schedule to say
    """
    params, work = call.params, call.work
    wanted = params.get("cancel_at_period_end")
    if subscription["schedule"] and params.keys() & {"cancel_at", "cancel_at_period_end"}:
        raise invalid(
            f"The subscription is managed by the subscription schedule `{subscription['schedule']}`, and updating any "
            "cancelation behavior directly is not allowed. Please update the schedule instead."
        )
    if wanted and params.get("cancel_at") is not None:
        raise invalid(
            "You can only specify one of these parameters: cancel_at, cancel_at_period_end."
        )
    if wanted:
        _cancel_at(work, subscription, _period_ends(work, subscription)[0], at_period_end=True)
    elif params.get("cancel_at") is not None:
        at = params["cancel_at"]
        if not isinstance(at, int):
            at = _cancellation_moment(work, subscription, at)
        if at <= work.now(subscription):
            raise invalid("Invalid timestamp: cancel_at must be in the future", "cancel_at")
        _cancel_at(work, subscription, at, at_period_end=False)
    elif wanted is False or "cancel_at" in params:
        subscription["cancel_at"] = subscription["canceled_at"] = None
        subscription["cancel_at_period_end"] = False
        subscription["cancellation_details"] = cancellation_details(None)
    if params.get("cancellation_details"):
        subscription["cancellation_details"] |= params["cancellation_details"]


def _cancellation_moment(work: UnitOfWork, subscription: Record, named: str) -> int:
    ends = _period_ends(work, subscription)
    if named == "max_billed_until":
        billed = (item.get("billed_until") or 0 for item in items_of(work, subscription))
        return max(ends[-1], *billed)
    return ends[0] if named == "min_period_end" else ends[-1]


def _period_ends(work: UnitOfWork, subscription: Record) -> list[int]:
    return sorted(item["current_period_end"] for item in items_of(work, subscription))


def _cancel_at(work: UnitOfWork, subscription: Record, at: int, *, at_period_end: bool) -> None:
    subscription["cancel_at"] = at
    if not is_flexible(subscription) and at < (subscription["trial_end"] or 0):
        # https://docs.stripe.com/billing/subscriptions/billing-mode/compare#preserve-original-trial-end-date-when-subscription-cancels
        subscription["trial_end"] = at
    subscription["cancel_at_period_end"] = at_period_end
    subscription["canceled_at"] = work.now(subscription)
    subscription["cancellation_details"] = cancellation_details("cancellation_requested")


def cut_periods(work: UnitOfWork, subscription: Record) -> None:
    """Let first periods end with the subscription, so that they cost less
    (https://docs.stripe.com/api/subscriptions/create#create_subscription-cancel_at).
    """
    ends = subscription["cancel_at"]
    if ends is None or subscription["status"] == "trialing":
        return
    for item in items_of(work, subscription):
        if item["current_period_end"] > ends:
            work.change(item)["current_period_end"] = ends


# At once


@operation("DELETE /v1/subscriptions/{subscription}")
def cancel(call: Call) -> Record:
    """Cancel at once (https://docs.stripe.com/api/subscriptions/cancel)."""
    work, params = call.work, call.params
    found = require_path(call, "subscription", "subscription")
    if found["status"] in ENDED:
        raise no_such("subscription", found["id"], "id", status=404)
    subscription = work.change(found)
    customer = work.require("customer", subscription["customer"], "customer")
    billed = subscription["status"] in ("active", "past_due", "unpaid")
    if subscription["status"] == "incomplete":
        # Nothing of it was paid, so that there is nothing to cancel (https://github.com/pay-rails/pay/issues/91).
        expire(work, subscription)
        subscription["cancellation_details"] = cancellation_details("cancellation_requested")
        subscription["cancellation_details"] |= params.get("cancellation_details") or {}
        return subscription
    if params.get("prorate") and billed:
        credit_unused(work, subscription, customer)
    if not params.get("prorate") and not params.get("invoice_now"):
        drop_prorations(work, subscription)
    if params.get("invoice_now"):
        usage = last_usage(work, subscription, work.now(subscription))
        invoice_pending(work, subscription, customer, usage=usage)
    cancel_now(work, subscription)
    details = params.get("cancellation_details")
    if details:
        subscription["cancellation_details"] |= details
    return subscription
