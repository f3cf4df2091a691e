"""Billing thresholds (https://docs.stripe.com/billing/subscriptions/usage-based/thresholds): what was used is billed before
its period is over, once it comes to so much.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import require_positive, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS, schedule
from localstack_stripe.resources.billing.meters import METER, customer_of, when_reported
from localstack_stripe.resources.billing.subscription_cycle import begin_periods
from localstack_stripe.resources.billing.subscription_invoices import (
    last_usage,
    new_cycle_invoice,
    new_pending_invoice,
)
from localstack_stripe.resources.billing.subscription_stages import RENEWING
from localstack_stripe.resources.billing.subscription_terms import items_of, price_of
from localstack_stripe.resources.billing.usage_billing import (
    is_metered,
    owed,
    quantity_used,
    unbilled,
)
from localstack_stripe.resources.billing.usage_records import when_recorded

PARAM = "billing_thresholds"

LEAST_AMOUNT = 50
"""https://docs.stripe.com/billing/subscriptions/usage-based/thresholds#monetary-thresholds"""


def thresholds(given: Mapping[str, Any] | None, param: str = PARAM) -> Record | None:
    """What a subscription shows of the thresholds that a request gives it; nothing where it takes them away.

    :param param: where they are in the request
    :raises StripeError: 400 where an amount is too small
    """
    if not given:
        return None
    amount = given.get("amount_gte")
    if amount is not None and amount < LEAST_AMOUNT:
        raise too_small(f"{param}[amount_gte]", LEAST_AMOUNT)
    resets = bool(given.get("reset_billing_cycle_anchor"))
    return {"amount_gte": amount, "reset_billing_cycle_anchor": resets}


def item_thresholds(given: Mapping[str, Any] | None, param: str) -> Record | None:
    """The same of an item: how much of it may be used.

    :param param: where the item is in the request
    """
    if not given:
        return None
    return {"usage_gte": require_positive(given["usage_gte"], f"{param}[{PARAM}][usage_gte]")}


@when_reported
def bill(work: UnitOfWork, event: Record) -> None:
    """Make an invoice of what was used, where that is as much as a threshold says; it can be changed for an hour."""
    for meter in work.where(METER, "event_name", event["event_name"]):
        for found in work.where("subscription", "customer", customer_of(meter, event) or ""):
            if _is_watched(work, found) and _is_reached(work, found):
                _bill_usage(work, work.change(found))


@when_recorded
def bill_recorded(work: UnitOfWork, item: Record) -> None:
    """The same of what was recorded of an item."""
    subscription = work.require("subscription", item["subscription"], "subscription")
    if _is_watched(work, subscription) and _is_reached(work, subscription):
        _bill_usage(work, work.change(subscription))


def _is_watched(work: UnitOfWork, subscription: Record) -> bool:
    """Whether thresholds count: not in a trial, and not in the last day of a subscription
    (https://docs.stripe.com/billing/subscriptions/usage-based/monitor-usage).
    """
    ends = subscription["cancel_at"]
    is_last_day = ends is not None and work.now(subscription) > ends - DAY
    return subscription["status"] in RENEWING - {"trialing"} and not is_last_day


def _is_reached(work: UnitOfWork, subscription: Record) -> bool:
    limit = (subscription[PARAM] or {}).get("amount_gte")
    amount = 0
    for item in items_of(work, subscription):
        of_item = (item[PARAM] or {}).get("usage_gte")
        price = price_of(work, item)
        if (limit is None and of_item is None) or not is_metered(price):
            continue
        period = unbilled(work, item, _end(work, subscription))
        if of_item is not None:
            used = quantity_used(work, subscription, item["id"], price, period)
            if used >= of_item:
                return True
        if limit is not None:
            amount += owed(work, subscription, item, price, period)
    return limit is not None and amount >= limit


def _end(work: UnitOfWork, subscription: Record) -> int:
    """The end of what was used until now, which is part of it."""
    return work.now(subscription) + 1


def _bill_usage(work: UnitOfWork, subscription: Record) -> None:
    customer = work.require("customer", subscription["customer"], "customer")
    reason, end = "subscription_threshold", _end(work, subscription)
    resets = bool((subscription[PARAM] or {}).get("reset_billing_cycle_anchor"))
    usage = last_usage(work, subscription, end, is_early=not resets)
    licensed = _begin_anew(work, subscription) if resets else []
    if licensed:
        invoice = new_cycle_invoice(
            work, subscription, customer, reason, items=licensed, before=usage
        )
    else:
        invoice = new_pending_invoice(work, subscription, customer, reason, usage)
    if invoice is not None:
        schedule(invoice, work.now(subscription) + DRAFT_SECONDS)


def _begin_anew(work: UnitOfWork, subscription: Record) -> list[Record]:
    """Let all periods begin now, as if those that were had come to their end
    (https://docs.stripe.com/billing/subscriptions/usage-based/thresholds#thresholds-and-the-billing-cycle-anchor).

    :return: the items whose new period is paid for in advance
    """
    now = work.now(subscription)
    subscription["billing_cycle_anchor"] = now
    begin_periods(work, subscription, items_of(work, subscription), now)
    items = items_of(work, subscription)
    return [item for item in items if not is_metered(price_of(work, item))]
