"""A subscription's cycle: what falls due, and what its invoices make of it.

https://docs.stripe.com/billing/subscriptions/overview, https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from collections.abc import Sequence

from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_advancement import has_its_taxes
from localstack_stripe.resources.billing.invoice_collection import (
    default_method,
    give_up,
    void_invoice,
    when_invoice_changes,
)
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS, schedule
from localstack_stripe.resources.billing.invoice_finalization import finalize_new
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.invoice_retries import is_given_up
from localstack_stripe.resources.billing.item_trial_ends import end_trials, ending_trials
from localstack_stripe.resources.billing.item_trials import is_on_free_trials
from localstack_stripe.resources.billing.subscription_end import bill_rest, cancel_now, expire
from localstack_stripe.resources.billing.subscription_invoices import FREE_STUB, new_cycle_invoice
from localstack_stripe.resources.billing.subscription_stages import ENDED, RENEWING, tell_followers
from localstack_stripe.resources.billing.subscription_terms import begin_period, items_of

FIRST_PAYMENT_SECONDS = 23 * HOUR
"""How long the first payment may be open before the subscription is ``incomplete_expired``."""

RENEWAL_WARNING = 7 * DAY
"""How long before a renewal its invoice is announced, where the account has not chosen otherwise
(https://docs.stripe.com/billing/subscriptions/webhooks)."""

ANNOUNCED_RENEWAL = "announced renewal"
"""Noted of a subscription: the renewal that was announced."""

TRIAL_WARNING = 3 * DAY
"""How long before a trial's end it is announced."""

ANNOUNCED_END = "announced end of trial"
"""Noted of a subscription: the end of its trial that was announced."""


@when_invoice_changes
def follow_invoice(work: UnitOfWork, invoice: Record) -> None:
    """A subscription is active while its latest invoice is paid, past due when it could not be, and ends with the last
    try to collect one.
    """
    id = subscription_of(invoice)
    found = work.get("subscription", id) if id else None
    if found is None or found["status"] in ENDED:
        return
    if is_given_up(work, invoice):
        cancel_now(work, work.change(found), "payment_failed")
        return
    if found["latest_invoice"] != invoice["id"]:
        return
    if found["pending_update"] is not None:
        # The invoice is that of a change which has not been made.
        return
    subscription = work.change(found)
    status = subscription["status"]
    if invoice["status"] in ("paid", "uncollectible"):
        if status in ("incomplete", "past_due", "unpaid"):
            subscription["status"] = "active"
        if status == "incomplete":
            tell_followers(work, subscription, "begun")
        _save_method(work, subscription, invoice)
    elif invoice["status"] == "void":
        if status in ("past_due", "unpaid"):
            subscription["status"] = "active"
        elif status == "incomplete":
            expire(work, subscription)
    elif invoice["status"] == "open" and status == "active":
        subscription["status"] = "past_due"


def _save_method(work: UnitOfWork, subscription: Record, invoice: Record) -> None:
    """Keep what paid as the subscription's default, where ``save_default_payment_method`` asks for it."""
    if subscription["payment_settings"]["save_default_payment_method"] != "on_subscription":
        return
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        intent = work.get("payment_intent", payment["payment"].get("payment_intent", ""))
        if intent is not None and intent["payment_method"]:
            subscription["default_payment_method"] = intent["payment_method"]


def next_due(work: UnitOfWork, subscription: Record) -> int | None:
    """When something happens to a subscription by itself."""
    status = subscription["status"]
    if status == "incomplete":
        return int(subscription["created"]) + FIRST_PAYMENT_SECONDS
    moments = [subscription["cancel_at"], (subscription["pending_update"] or {}).get("expires_at")]
    if status == "trialing":
        moments.append(_trial_warning(work, subscription))
    if status in RENEWING:
        items = items_of(work, subscription)
        moments += [item["current_period_end"] for item in items]
        moments.append(renewal_warning(work, subscription, items))
        moments += [_collection_resumes(subscription), _overdue_at(work, subscription)]
        moments.append(subscription["next_pending_invoice_item_invoice"])
    elif status != "paused":
        return None
    return min((moment for moment in moments if moment is not None), default=None)


def renewal_warning(work: UnitOfWork, subscription: Record, items: Sequence[Record]) -> int | None:
    """When the next invoice is to be announced, where it was not yet; never in a period that is not as long."""
    end: int = min((item["current_period_end"] for item in items), default=0)
    start: int = min(
        (item["current_period_start"] for item in items if item["current_period_end"] == end),
        default=0,
    )
    ends = subscription["cancel_at"]
    if end - RENEWAL_WARNING <= start or (ends is not None and ends <= end):
        return None
    if subscription["pause_collection"] is not None:
        # https://docs.stripe.com/billing/subscriptions/pause-payment: what is not collected is not announced.
        return None
    known = work.noted(subscription, ANNOUNCED_RENEWAL) == end
    return None if known else end - RENEWAL_WARNING


def _trial_warning(work: UnitOfWork, subscription: Record) -> int | None:
    """When the end of a trial is to be announced, where it was not yet."""
    end: int = subscription["trial_end"]
    return None if work.noted(subscription, ANNOUNCED_END) == end else end - TRIAL_WARNING


def announce_near_end(work: UnitOfWork, subscription: Record) -> None:
    """Announce the end of a trial that is less than three days away.

    https://docs.stripe.com/billing/subscriptions/trials
    """
    end: int = subscription["trial_end"]
    if end - TRIAL_WARNING <= work.now(subscription):
        work.note(subscription, ANNOUNCED_END, end)
        work.happened("customer.subscription.trial_will_end", subscription)


def _collection_resumes(subscription: Record) -> int | None:
    return (subscription["pause_collection"] or {}).get("resumes_at")


def _overdue_at(work: UnitOfWork, subscription: Record) -> int | None:
    """When the invoice that was sent for an active subscription should have been paid."""
    if subscription["status"] != "active" or subscription["collection_method"] != "send_invoice":
        return None
    invoice = work.get("invoice", subscription["latest_invoice"] or "")
    unpaid = invoice is not None and invoice["status"] in ("draft", "open")
    return invoice["due_date"] if invoice is not None and unpaid else None


@due("subscription", next=next_due)
def come_due(work: UnitOfWork, found: Record) -> None:
    """A period, a trial or a pause ends, a cancellation takes effect, or a payment never came."""
    subscription = work.change(found)
    now = next_due(work, subscription)
    tell_followers(work, subscription, "due")
    if next_due(work, subscription) != now:
        return
    if subscription["status"] == "incomplete":
        expire(work, subscription)
    elif subscription["cancel_at"] is not None and subscription["cancel_at"] == now:
        cancel_now(work, subscription, reason=None)
        bill_rest(work, subscription)
    elif subscription["status"] == "trialing" and _trial_warning(work, subscription) == now:
        announce_near_end(work, subscription)
        _go_on(work, subscription, now)
    elif _collection_resumes(subscription) == now:
        subscription["pause_collection"] = None
        _go_on(work, subscription, now)
    elif _overdue_at(work, subscription) == now:
        subscription["status"] = "past_due"
        _go_on(work, subscription, now)
    elif _ends_trial(work, subscription) and ends_without_payment(work, subscription):
        return
    else:
        renew(work, subscription)


def _go_on(work: UnitOfWork, subscription: Record, now: int | None) -> None:
    """A period may end at just that moment, too."""
    if next_due(work, subscription) == now:
        come_due(work, subscription)


def _ends_trial(work: UnitOfWork, subscription: Record) -> bool:
    """Whether a trial is over by now: of the subscription, or of an item of it."""
    if ending_trials(work, subscription):
        return True
    now = work.now(subscription)
    return bool(subscription["status"] == "trialing" and subscription["trial_end"] <= now)


def ends_without_payment(work: UnitOfWork, subscription: Record) -> bool:
    """Cancel or pause after a trial for which nobody has given a payment method, where that is asked for.

    https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment
    """
    wanted = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    customer = work.require("customer", subscription["customer"], "customer")
    if wanted == "create_invoice" or subscription["collection_method"] == "send_invoice":
        return False
    if default_method(work, subscription, customer) is not None:
        return False
    if wanted == "cancel":
        cancel_now(work, subscription)
    else:
        end_trials(work, subscription)
        pause(work, subscription, "trial_end_without_payment_method")
    return True


def pause(work: UnitOfWork, subscription: Record, reason: str) -> None:
    """Stop service and renewing; the current period is over (https://docs.stripe.com/billing/subscriptions/pause)."""
    for item in items_of(work, subscription):
        work.change(item)["current_period_end"] = work.now(subscription)
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {
            "subscription": {"type": reason},
            "transitioned_at": work.now(subscription),
            "type": "subscription",
        }
    }
    tell_followers(work, subscription, "paused")


def renew(work: UnitOfWork, subscription: Record) -> None:
    """Begin the next period: a draft invoice, which is finalized and charged an hour later."""
    items = items_of(work, subscription)
    start = min(item["current_period_end"] for item in items)
    ended = [work.change(item) for item in items if item["current_period_end"] == start]
    on_trial = end_trials(work, subscription)
    ending = [*ended, *(item for item in on_trial if item not in ended)]
    begin_periods(work, subscription, ending, start)
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = new_cycle_invoice(
        work,
        subscription,
        customer,
        "subscription_cycle",
        items=ending,
        stub_is_free=start == subscription["trial_end"]
        and bool(work.noted(subscription, FREE_STUB)),
    )
    paused = subscription["pause_collection"]
    if invoice is None:
        return
    if paused is None:
        schedule(invoice, work.now(subscription) + DRAFT_SECONDS)
    else:
        _hold_back(work, invoice, paused["behavior"])


def begin_periods(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], start: int
) -> None:
    """Let the next period of items begin."""
    for item in items:
        begin_period(work, subscription, item, start)
    if subscription["status"] == "trialing" and not is_on_free_trials(
        work, items_of(work, subscription)
    ):
        subscription["status"] = "active"
    tell_followers(work, subscription, "begun")
    if subscription["cancel_at_period_end"]:
        ends = (item["current_period_end"] for item in items_of(work, subscription))
        subscription["cancel_at"] = min(ends)


def _hold_back(work: UnitOfWork, invoice: Record, behavior: str) -> None:
    """Do not collect an invoice (https://docs.stripe.com/billing/subscriptions/pause-payment)."""
    invoice["auto_advance"] = False
    if behavior == "keep_as_draft" or not has_its_taxes(work, invoice):
        return
    finalize_new(work, invoice)
    if invoice["status"] == "open":
        if behavior == "mark_uncollectible":
            give_up(work, invoice, "subscription_paused")
        else:
            void_invoice(work, invoice)
