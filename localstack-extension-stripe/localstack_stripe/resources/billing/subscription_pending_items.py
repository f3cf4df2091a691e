"""Pending invoice items that are billed in an interval of their own, between the renewals of their subscription
(https://docs.stripe.com/api/subscriptions/create, ``pending_invoice_item_interval``).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.billing.periods import Interval, interval_given
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS, schedule
from localstack_stripe.resources.billing.subscription_invoices import new_pending_invoice
from localstack_stripe.resources.billing.subscription_stages import when_subscription

PARAM = "pending_invoice_item_interval"
MOST = {"day": 365, "week": 52, "month": 12, "year": 1}
"""The largest ``interval_count`` of each interval: a year."""

NEXT = "next_pending_invoice_item_invoice"


def set_interval(work: UnitOfWork, subscription: Record, given: Mapping[str, Any] | None) -> None:
    """Bill a subscription's pending items so often from now on, or no more between its renewals.

    :raises StripeError: 400 where the interval is none
    """
    if not given:
        subscription[PARAM] = subscription[NEXT] = None
        return
    interval = interval_given(given, PARAM)
    most = MOST[interval.unit]
    if interval.count > most:
        raise invalid(
            f"Invalid interval_count: the maximum for the interval {interval.unit} is {most}.",
            f"{PARAM}[interval_count]",
        )
    subscription[PARAM] = {"interval": interval.unit, "interval_count": interval.count}
    subscription[NEXT] = _interval(subscription).after(work.now(subscription), 1)


def _interval(subscription: Record) -> Interval:
    given = subscription[PARAM]
    return Interval(given["interval"], given["interval_count"])


@when_subscription("due")
def bill(work: UnitOfWork, subscription: Record) -> None:
    """Make an invoice of what is pending, where something is; it can be changed for an hour."""
    now = work.now(subscription)
    if subscription[NEXT] is None or subscription[NEXT] > now:
        return
    subscription[NEXT] = _interval(subscription).after(subscription[NEXT], 1)
    customer = work.require("customer", subscription["customer"], "customer")
    reason = "automatic_pending_invoice_item_invoice"
    invoice = new_pending_invoice(work, subscription, customer, reason)
    if invoice is not None:
        schedule(invoice, now + DRAFT_SECONDS)
