"""A subscription's cycle: what a period costs, the invoice that bills it, and what falls due.

https://docs.stripe.com/billing/subscriptions/overview, https://docs.stripe.com/billing/subscriptions/billing-cycle
"""

from collections.abc import Callable, Sequence
from typing import Literal

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval, period_at
from localstack_stripe.billing.proration import remaining
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import CardError, invalid
from localstack_stripe.engine.listeners import Listener, Listeners
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import (
    collect,
    default_method,
    finalize_new,
    give_up,
    has_its_taxes,
    void_invoice,
    when_invoice_changes,
)
from localstack_stripe.resources.billing.invoice_drafts import (
    DRAFT_SECONDS,
    Line,
    add_lines,
    bill_pending,
    draft,
    price_lines,
    schedule,
    subscription_of,
    subscription_parent,
)
from localstack_stripe.resources.billing.usage_billing import (
    is_metered,
    unbilled,
    usage_lines,
    was_used,
)
from localstack_stripe.resources.products.discounts import in_force, reductions, use_up
from localstack_stripe.resources.products.prices import priced_in
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

ENDED = frozenset({"canceled", "incomplete_expired"})
RENEWING = frozenset({"active", "trialing", "past_due", "unpaid"})

FIRST_PAYMENT_SECONDS = 23 * HOUR
"""How long the first payment may be open before the subscription is ``incomplete_expired``."""

Period = tuple[int, int]
"""Start and end, in seconds since 1970."""


Stage = Literal["begun", "due", "changed", "ended"]
"""What happens to a subscription: it runs, for the first time or for another period; something falls due, its items are
changed, or it has ended."""

_FOLLOWERS: dict[Stage, Listeners] = {
    "begun": Listeners(),
    "due": Listeners(),
    "changed": Listeners(),
    "ended": Listeners(),
}


def when_subscription(stage: Stage) -> Callable[[Listener], Listener]:
    """Register who is told of what happens to a subscription: a schedule follows its own."""
    return _FOLLOWERS[stage].register


def tell_followers(work: UnitOfWork, subscription: Record, stage: Stage) -> None:
    """Tell who follows subscriptions what happens to one."""
    _FOLLOWERS[stage].tell(work, subscription)


# Items and what they cost


def items_of(work: UnitOfWork, subscription: Record) -> list[Record]:
    """A subscription's items, in the order in which they were added."""
    return work.where("subscription_item", "subscription", subscription["id"])[::-1]


def price_of(work: UnitOfWork, item: Record) -> Record:
    """An item's price, in its subscription's currency where it has one; it may have been archived or deleted since."""
    price = work.require("price", item["price"], "price")
    subscription = work.get("subscription", item.get("subscription") or "")
    return priced_in(price, subscription["currency"] if subscription is not None else None)


def recurrence(price: Record) -> Interval:
    """How often a price recurs."""
    return Interval(price["recurring"]["interval"], price["recurring"]["interval_count"])


def interval_of(prices: Sequence[Record], param: str = "items", *, mixed: bool = False) -> Interval:
    """How often a subscription to these prices renews: the shortest of their intervals.

    :param param: where the prices are in the request
    :param mixed: whether they may have several (https://docs.stripe.com/billing/subscriptions/mixed-interval)
    :raises StripeError: 400 where they have and may not
    """
    intervals = {recurrence(price) for price in prices}
    if len(intervals) > 1 and not mixed:
        raise invalid(
            "All prices must have the same billing interval here; a subscription's may differ with the billing mode "
            "`flexible`.",
            param,
        )
    return min(intervals, key=lambda interval: interval.shortest)


def is_flexible(subscription: Record) -> bool:
    """Whether a subscription is billed in the flexible way (https://docs.stripe.com/billing/subscriptions/billing-mode)."""
    return bool(subscription["billing_mode"]["type"] == "flexible")


def current_interval(work: UnitOfWork, subscription: Record) -> Interval:
    """How often a subscription renews."""
    prices = [price_of(work, item) for item in items_of(work, subscription)]
    return interval_of(prices, mixed=True)


def whole_period(work: UnitOfWork, subscription: Record, item: Record) -> Period:
    """The period that an item would have without a start or an end of its own, as a first one up to an anchor has."""
    anchor, interval = subscription["billing_cycle_anchor"], recurrence(price_of(work, item))
    return period_at(anchor, interval, item["current_period_start"])


def natural_end(work: UnitOfWork, subscription: Record, item: Record) -> int:
    """When the period of an item ends that begins as it says: with the interval, or with the subscription
    (https://docs.stripe.com/api/subscriptions/create#create_subscription-cancel_at).
    """
    end = whole_period(work, subscription, item)[1]
    ends = subscription["cancel_at"]
    is_cut = ends is not None and item["current_period_start"] < ends < end
    return int(ends) if is_cut else end


def gross(work: UnitOfWork, item: Record) -> int:
    """What a whole period of an item costs, before discounts."""
    return price_amount(price_of(work, item), item.get("quantity", 0))


def net(work: UnitOfWork, subscription: Record, items: Sequence[Record]) -> list[int]:
    """What a whole period of each item costs, after the discounts that are in force."""
    priced = []
    for item in items:
        product, amount = price_of(work, item)["product"], gross(work, item)
        [off] = reductions(work, in_force(work, item, subscription), [(product, amount)])
        priced.append((product, amount - sum(off.values())))
    general = reductions(work, in_force(work, subscription), priced)
    return [amount - sum(off.values()) for (_, amount), off in zip(priced, general, strict=True)]


# The invoice of a period


def new_cycle_invoice(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    reason: str,
    *,
    items: Sequence[Record] = (),
    stub_is_free: bool = False,
    before: Sequence[Line] = (),
) -> Record:
    """The draft that bills a subscription's current period, with what is pending.

    :param items: whose period it is, where others have another

    :param stub_is_free: whether a first period that is shorter than the others costs nothing
    :param before: what is billed of the time before
    """
    invoice = new_subscription_invoice(work, subscription, customer, reason)
    if reason == "subscription_cycle":
        # What a renewal's invoice covers besides its lines is the period that has just ended.
        now = work.now(subscription)
        anchor = subscription["billing_cycle_anchor"]
        ended = current_interval(work, subscription)
        invoice["period_start"] = period_at(anchor, ended, now - 1)[0]
    # Pending items come first, then what was subscribed to last
    # (https://docs.stripe.com/api/invoices/object#invoice_object-lines).
    bill_pending(work, invoice, subscription["id"])
    items = items or items_of(work, subscription)
    lines = [
        line
        for item in sorted(items, key=lambda item: item["created"], reverse=True)
        for line in _item_lines(work, subscription, item, stub_is_free=stub_is_free)
    ]
    add_lines(work, invoice, [*before, *lines])
    used = [each["discount"] for each in invoice["total_discount_amounts"] if each["amount"]]
    use_up(work, subscription, used)
    for item in items:
        if item["discounts"]:
            use_up(work, work.change(item), used, subscription)
    return invoice


def new_subscription_invoice(
    work: UnitOfWork, subscription: Record, customer: Record, reason: str
) -> Record:
    """A draft for a subscription, without lines; it becomes the latest one."""
    now = work.now(subscription)
    settings = subscription["invoice_settings"]
    invoice = draft(
        work,
        customer,
        subscription["currency"],
        account_tax_ids=settings["account_tax_ids"],
        auto_advance=True,
        automatic_tax=automatic_tax(work, subscription["automatic_tax"]),
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        default_tax_rates=[*subscription["default_tax_rates"]],
        custom_fields=settings["custom_fields"],
        description=settings["description"],
        discounts=in_force(work, subscription),
        footer=settings["footer"],
        parent=subscription_parent(subscription),
        payment_settings={
            "default_mandate": None,
            "payment_method_options": subscription["payment_settings"]["payment_method_options"],
            "payment_method_types": subscription["payment_settings"]["payment_method_types"],
        },
    )
    if subscription["collection_method"] == "send_invoice":
        invoice["due_date"] = now + (subscription["days_until_due"] or 0) * DAY
    invoice["period_end"] = now
    subscription["latest_invoice"] = invoice["id"]
    return invoice


def new_pending_invoice(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    reason: str,
    usage: Sequence[Line] = (),
) -> Record | None:
    """A draft of what is pending of a subscription; nothing where nothing is.

    :param usage: lines of what was used, which are billed with it
    """
    latest = subscription["latest_invoice"]
    invoice = new_subscription_invoice(work, subscription, customer, reason)
    bill_pending(work, invoice, subscription["id"])
    if usage:
        add_lines(work, invoice, [*usage])
    if work.where("line_item", "invoice", invoice["id"]):
        return invoice
    work.remove(invoice)
    subscription["latest_invoice"] = latest
    return None


def _item_lines(
    work: UnitOfWork, subscription: Record, item: Record, *, stub_is_free: bool
) -> list[Line]:
    price = price_of(work, item)
    period = (item["current_period_start"], item["current_period_end"])
    if is_metered(price):
        before = unbilled(work, item, period[0])
        if before[0] < before[1]:
            own = tuple(in_force(work, item, subscription))
            lines = usage_lines(work, subscription, item, price, before)
            return [line._replace(discounts=own) for line in lines]
    if subscription["status"] == "trialing":
        return item_lines(work, subscription, item, period, 0)
    amount = gross(work, item)
    whole = whole_period(work, subscription, item)
    if whole != period:
        # A first period up to an anchor is shorter than the others, and costs less; so is a last one.
        left = remaining(amount, whole, period[0]) - remaining(amount, whole, period[1])
        amount = 0 if stub_is_free else left
    return item_lines(work, subscription, item, period, amount)


def item_lines(
    work: UnitOfWork, subscription: Record, item: Record, period: Period, amount: int
) -> list[Line]:
    """The lines that bill an item for a period."""
    price = price_of(work, item)
    line = Line(
        amount,
        None,
        period,
        price,
        item.get("quantity", 0),
        subscription_item=item["id"],
        subscription=subscription["id"],
        discounts=tuple(in_force(work, item, subscription)),
        metadata=subscription["metadata"],
    )
    is_free = subscription["status"] == "trialing" and period[0] >= subscription["trial_start"]
    if not is_free:
        return price_lines(work, line)
    product = work.get("product", price["product"])
    name = product["name"] if product else price["id"]
    return [line._replace(description=f"Trial period for {name}")]


def finish_now(work: UnitOfWork, subscription: Record, behavior: str = "allow_incomplete") -> None:
    """Finalize the latest invoice without the hour's wait, and charge it.

    :param behavior: ``payment_behavior``: whether a failed payment refuses the change that led to it
    :raises CardError: where it does
    """
    invoice = work.change(work.require("invoice", subscription["latest_invoice"], "latest_invoice"))
    finalize_new(work, invoice)
    if subscription["collection_method"] != "charge_automatically" or invoice["status"] != "open":
        return
    if behavior == "default_incomplete":
        # The payment is left to the customer, as when subscribing.
        if subscription["status"] == "active":
            subscription["status"] = "past_due"
        return
    customer = work.get("customer", subscription["customer"])
    error = collect(work, invoice, default_method(work, subscription, customer), off_session=False)
    if behavior == "error_if_incomplete" and invoice["status"] == "open":
        raise refusing(error)


def refusing(error: CardError | None) -> CardError:
    """The error of a payment on which everything else depended, so that nothing of it stays."""
    if error is None:
        return CardError(
            "The payment of this change requires an action of the customer.",
            code="subscription_payment_intent_requires_action",
            commits=False,
        )
    error.commits = False
    error.objects = {}
    return error


@when_invoice_changes
def follow_invoice(work: UnitOfWork, invoice: Record) -> None:
    """A subscription is active while its latest invoice is paid, and past due when it could not be."""
    id = subscription_of(invoice)
    found = work.get("subscription", id) if id else None
    if found is None or found["latest_invoice"] != invoice["id"] or found["status"] in ENDED:
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


# What falls due


def next_due(work: UnitOfWork, subscription: Record) -> int | None:
    """When something happens to a subscription by itself."""
    status = subscription["status"]
    if status == "incomplete":
        return int(subscription["created"]) + FIRST_PAYMENT_SECONDS
    moments = [subscription["cancel_at"]]
    if status == "trialing":
        moments.append(_trial_warning(work, subscription))
    if status in RENEWING:
        items = items_of(work, subscription)
        moments += [item["current_period_end"] for item in items]
        moments.append(renewal_warning(work, subscription, items))
        moments += [_collection_resumes(subscription), _overdue_at(work, subscription)]
        moments.append((subscription["pending_update"] or {}).get("expires_at"))
        moments.append(subscription["next_pending_invoice_item_invoice"])
    elif status != "paused":
        return None
    return min((moment for moment in moments if moment is not None), default=None)


RENEWAL_WARNING = 7 * DAY
"""How long before a renewal its invoice is announced, where the account has not chosen otherwise
(https://docs.stripe.com/billing/subscriptions/webhooks)."""

ANNOUNCED_RENEWAL = "announced renewal"
"""Noted of a subscription: the renewal that was announced."""


def renewal_warning(work: UnitOfWork, subscription: Record, items: Sequence[Record]) -> int | None:
    """When the next invoice is to be announced, where it was not yet; never in a period that is not as long."""
    end: int = min((item["current_period_end"] for item in items), default=0)
    start: int = min((item["current_period_start"] for item in items), default=0)
    ends = subscription["cancel_at"]
    if end - RENEWAL_WARNING <= start or (ends is not None and ends <= end):
        return None
    known = work.noted(subscription, ANNOUNCED_RENEWAL) == end
    return None if known else end - RENEWAL_WARNING


TRIAL_WARNING = 3 * DAY
"""How long before a trial's end it is announced."""

ANNOUNCED_END = "announced end of trial"
"""Noted of a subscription: the end of its trial that was announced."""


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
    invoice = work.get("invoice", subscription["latest_invoice"])
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
        _bill_rest(work, subscription)
    elif subscription["status"] == "trialing" and _trial_warning(work, subscription) == now:
        announce_near_end(work, subscription)
    elif _collection_resumes(subscription) == now:
        subscription["pause_collection"] = None
    elif _overdue_at(work, subscription) == now:
        subscription["status"] = "past_due"
    elif subscription["status"] == "trialing" and _ends_without_payment(work, subscription):
        return
    else:
        renew(work, subscription)


def expire(work: UnitOfWork, subscription: Record) -> None:
    """Give up a subscription whose first payment never came."""
    subscription["status"] = "incomplete_expired"
    subscription["canceled_at"] = subscription["ended_at"] = work.now(subscription)
    tell_followers(work, subscription, "ended")
    invoice = work.get("invoice", subscription["latest_invoice"])
    if invoice is not None and invoice["status"] == "open":
        void_invoice(work, work.change(invoice))


def _ends_without_payment(work: UnitOfWork, subscription: Record) -> bool:
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
        cancel_now(work, subscription, reason=None)
    else:
        pause(work, subscription, "trial_end_without_payment_method")
    return True


def pause(work: UnitOfWork, subscription: Record, reason: str) -> None:
    """Stop renewing (https://docs.stripe.com/billing/subscriptions/pause)."""
    subscription["status"] = "paused"
    subscription["status_details"] = {
        "paused": {
            "subscription": {"type": reason},
            "transitioned_at": work.now(subscription),
            "type": "subscription",
        }
    }


def renew(work: UnitOfWork, subscription: Record) -> None:
    """Begin the next period: a draft invoice, which is finalized and charged an hour later."""
    items = items_of(work, subscription)
    start = min(item["current_period_end"] for item in items)
    ending = [work.change(item) for item in items if item["current_period_end"] == start]
    for item in ending:
        item["current_period_start"] = start
        item["current_period_end"] = natural_end(work, subscription, item)
    end = min(item["current_period_end"] for item in items_of(work, subscription))
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    tell_followers(work, subscription, "begun")
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = new_cycle_invoice(work, subscription, customer, "subscription_cycle", items=ending)
    paused = subscription["pause_collection"]
    if paused is None:
        schedule(invoice, work.now(subscription) + DRAFT_SECONDS)
    else:
        _hold_back(work, invoice, paused["behavior"])


def _hold_back(work: UnitOfWork, invoice: Record, behavior: str) -> None:
    """Do not collect an invoice (https://docs.stripe.com/billing/subscriptions/pause-payment)."""
    invoice["auto_advance"] = False
    if behavior == "keep_as_draft" or not has_its_taxes(work, invoice):
        return
    finalize_new(work, invoice)
    if invoice["status"] == "open":
        give_up(work, invoice) if behavior == "mark_uncollectible" else void_invoice(work, invoice)


# Ending


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
            invoice = work.change(invoice)
            invoice["auto_advance"] = False
            schedule(invoice, None)
    tell_followers(work, subscription, "ended")


def last_usage(work: UnitOfWork, subscription: Record, end: int) -> list[Line]:
    """The lines that bill what was used until a subscription's end, where something was
    (https://docs.stripe.com/billing/subscriptions/cancel#usage-based).
    """
    priced = [(item, price_of(work, item)) for item in items_of(work, subscription)]
    return [
        line
        for item, price in priced
        if is_metered(price) and was_used(work, subscription, price, unbilled(work, item, end))
        for line in usage_lines(work, subscription, item, price, unbilled(work, item, end))
    ]


def _bill_rest(work: UnitOfWork, subscription: Record) -> None:
    """Bill what was used and what is still pending, prorations among it, when a subscription has ended as it was
    planned (https://docs.stripe.com/api/subscriptions/cancel).
    """
    usage = last_usage(work, subscription, subscription["ended_at"])
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = new_pending_invoice(work, subscription, customer, "subscription_cycle", usage)
    if invoice is not None:
        schedule(invoice, work.now(subscription) + DRAFT_SECONDS)


def drop_prorations(work: UnitOfWork, subscription: Record) -> None:
    """Forget the prorations of a subscription that no invoice has yet."""
    for item in work.where("invoiceitem", "customer", subscription["customer"]):
        is_pending = item["proration"] and item["invoice"] is None
        if is_pending and subscription_of(item) == subscription["id"]:
            work.bury(item)


def cancellation_details(reason: str | None) -> Record:
    """Why a subscription ends."""
    return {"comment": None, "feedback": None, "feedback_option": None, "reason": reason}
