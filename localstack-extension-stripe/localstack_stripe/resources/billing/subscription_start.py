"""How a subscription starts: its trial, its first period, and the bill for that
(https://docs.stripe.com/api/subscriptions/create).
"""

from collections.abc import Callable, Mapping, Sequence

from localstack_stripe.billing.periods import Interval, anchor_on, period_at, periods_between
from localstack_stripe.billing.proration import portion
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import CardError, invalid, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.draft_lines import Line
from localstack_stripe.resources.billing.invoice_collection import collect, default_method
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS, schedule
from localstack_stripe.resources.billing.invoice_finalization import finalize_new
from localstack_stripe.resources.billing.subscription_invoices import (
    FREE_STUB,
    item_lines,
    new_cycle_invoice,
    refusing,
    require_means,
)
from localstack_stripe.resources.billing.subscription_setup import prepare
from localstack_stripe.resources.billing.subscription_terms import (
    Period,
    gross,
    is_flexible,
    items_of,
    price_of,
    recurrence,
)
from localstack_stripe.resources.billing.usage_billing import is_metered
from localstack_stripe.resources.tax.invoice_taxes import require_taxes

Billing = Callable[[Call, Record, Record], None]
"""Bills the first period of a subscription to a customer."""

LONGEST_TRIAL = 730 * DAY
"""https://docs.stripe.com/api/subscriptions/create: two years."""


def start_trial(call: Call, subscription: Record, prices: Sequence[Record]) -> None:
    """Begin with a trial, where the request or the first price asks for one."""
    params, now = call.params, subscription["created"]
    end, days = params.get("trial_end"), params.get("trial_period_days")
    if days is None and params.get("trial_from_plan"):
        days = prices[0]["recurring"]["trial_period_days"]
    if end is not None and days is not None:
        raise invalid("You can only specify one of these parameters: trial_end, trial_period_days.")
    if days is not None and days < 0:
        raise too_small("trial_period_days", 0)
    if days:
        end = now + days * DAY
    if end in (None, "now"):
        return
    check_trial_end(end, now)
    subscription["trial_start"], subscription["trial_end"] = now, end
    subscription["status"] = "trialing"


def check_trial_end(end: int, now: int) -> None:
    """Refuse a trial that would end in the past, or too late.

    :raises StripeError: 400
    """
    if end <= now:
        raise invalid(
            "The parameter `trial_end` expects a unix timestamp representing a date and time in the future. You specified "
            f"the value `{end}` which is in the past.",
            "trial_end",
        )
    if end > now + LONGEST_TRIAL:
        raise invalid("Invalid timestamp: can be no more than two years in the future", "trial_end")


def start_date(call: Call, subscription: Record) -> int:
    """When a subscription has started: now, or in the past (https://docs.stripe.com/billing/subscriptions/backdating).

    :raises StripeError: 400 where that is not in the past
    """
    now: int = subscription["created"]
    backdated: int | None = call.params.get("backdate_start_date")
    if backdated is None:
        return now
    if backdated >= now:
        raise invalid(
            "Invalid timestamp: backdate_start_date must be in the past", "backdate_start_date"
        )
    return backdated


def first_period(call: Call, subscription: Record, interval: Interval) -> Period:
    """The first period, and with it the anchor that all others are counted from.

    :raises StripeError: 400 where the anchor that is asked for cannot be one
    """
    now = subscription["created"]
    anchor, config = (
        call.params.get("billing_cycle_anchor"),
        call.params.get("billing_cycle_anchor_config"),
    )
    if anchor is not None and config is not None:
        raise invalid(
            "You can only specify one of these parameters: billing_cycle_anchor, billing_cycle_anchor_config."
        )
    trial_end: int | None = subscription["trial_end"]
    paid_from = now if trial_end is None else trial_end
    if config is not None:
        subscription["billing_cycle_anchor"] = _configured_anchor(
            subscription, config, interval, paid_from
        )
        anchor = period_at(subscription["billing_cycle_anchor"], interval, paid_from)[1]
    elif anchor is not None:
        _check_anchor(anchor, paid_from, interval)
        subscription["billing_cycle_anchor"] = anchor
    elif is_flexible(subscription) and trial_end is None and subscription["start_date"] < now:
        # https://docs.stripe.com/billing/subscriptions/billing-mode/compare#backdate-subscriptions
        subscription["billing_cycle_anchor"] = subscription["start_date"]
        return period_at(subscription["start_date"], interval, now)
    else:
        anchor = subscription["billing_cycle_anchor"] = paid_from
    if trial_end is not None:
        if anchor != trial_end and call.params.get("proration_behavior") == "none":
            call.work.note(subscription, FREE_STUB, True)
        return now, trial_end
    if anchor == now:
        return now, interval.after(now, 1)
    if subscription["start_date"] == now:
        return now, anchor
    return max(subscription["start_date"], interval.after(anchor, -1)), anchor


def own_period(subscription: Record, period: Period, price: Record) -> Period:
    """The first period of an item, which has the interval of its price where the others have another."""
    anchor = subscription["billing_cycle_anchor"]
    if anchor != subscription["start_date"]:
        return period
    return period_at(anchor, recurrence(price), subscription["created"])


def _check_anchor(anchor: int, paid_from: int, interval: Interval) -> None:
    """Refuse an anchor that is not within the first period that is paid for.

    :raises StripeError: 400
    """
    if anchor <= paid_from:
        raise invalid(
            "Invalid timestamp: billing_cycle_anchor must be in the future", "billing_cycle_anchor"
        )
    if anchor > interval.after(paid_from, 1):
        raise invalid(
            "billing_cycle_anchor cannot be later than next natural billing date "
            f"({interval.after(paid_from, 1)}) for plan",
            "billing_cycle_anchor",
        )


def _configured_anchor(
    subscription: Record, config: Mapping[str, int], interval: Interval, after: int
) -> int:
    """https://docs.stripe.com/billing/subscriptions/billing-cycle#configure-billing-cycle-dates"""
    if interval.unit not in ("month", "year"):
        raise invalid(
            "`billing_cycle_anchor_config` is for monthly and yearly prices.",
            "billing_cycle_anchor_config",
        )
    limits = {
        "day_of_month": (1, 31),
        "hour": (0, 23),
        "minute": (0, 59),
        "month": (1, 12),
        "second": (0, 59),
    }
    for name, value in config.items():
        least, most = limits[name]
        if not least <= value <= most:
            raise invalid(
                f"Invalid {name}: must be between {least} and {most}",
                f"billing_cycle_anchor_config[{name}]",
            )
    subscription["billing_cycle_anchor_config"] = dict.fromkeys(limits) | dict(config)
    return anchor_on(after, config, interval)


def bill_start(call: Call, subscription: Record, customer: Record) -> None:
    """Bill the first period, as ``payment_behavior`` says.

    :raises StripeError: where the payment fails and everything depends on it, or nothing is there to pay with
    """
    params, work = call.params, call.work
    behavior = params.get("payment_behavior") or "allow_incomplete"
    if behavior == "pending_if_incomplete":
        raise invalid(
            "Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.",
            "payment_behavior",
        )
    invoice = _first_invoice(call, subscription, customer)
    if invoice is None:
        _begin_without_invoice(work, subscription, customer)
        return
    require_taxes(work, invoice)
    if subscription["collection_method"] == "send_invoice":
        # It is owed, not charged: the subscription runs already.
        _leave_open_to_change(subscription, invoice)
        return
    method = default_method(work, subscription, customer)
    if behavior != "default_incomplete":
        require_means(customer, invoice, method)
    finalize_new(work, invoice)
    if invoice["amount_due"] == 0:
        prepare(work, subscription, method)
    if invoice["status"] != "open" or behavior == "default_incomplete":
        return
    error = collect(work, invoice, method, off_session=bool(params.get("off_session")))
    if error is not None and behavior == "error_if_incomplete":
        raise refusing(error)
    if invoice["status"] == "open" and behavior == "error_if_incomplete":
        raise CardError(
            "Subscription creation failed because the subscription has an attached payment method that requires "
            "authentication.",
            code="subscription_payment_intent_requires_action",
            commits=False,
        )


def bill_paid(paid_by: Record, call: Call, subscription: Record, customer: Record) -> None:
    """Bill the first period where the customer has paid for it before, as Checkout has them do.

    :param paid_by: the payment intent; its payment may still be on its way
    """
    invoice = _first_invoice(call, subscription, customer)
    if invoice is None:
        _begin_without_invoice(call.work, subscription, customer)
        return
    require_taxes(call.work, invoice)
    invoice["attempted"], invoice["attempt_count"] = True, 1
    finalize_new(call.work, invoice, paid_by)


def bill_later(call: Call, subscription: Record, customer: Record) -> None:
    """Bill the first period in an hour, however the payment goes, as a schedule does."""
    invoice = _first_invoice(call, subscription, customer)
    if invoice is None:
        _begin_without_invoice(call.work, subscription, customer)
    else:
        _leave_open_to_change(subscription, invoice)


def bill_quoted(call: Call, subscription: Record, customer: Record) -> None:
    """Bill the first period of what was quoted in an hour (https://docs.stripe.com/quotes/overview#accept).

    :raises StripeError: 400 where nothing is there to pay with
    """
    bill_later(call, subscription, customer)
    work = call.work
    invoice = work.get("invoice", subscription["latest_invoice"] or "")
    if invoice is not None and subscription["collection_method"] == "charge_automatically":
        require_means(customer, invoice, default_method(work, subscription, customer))


def _begin_without_invoice(work: UnitOfWork, subscription: Record, customer: Record) -> None:
    """Run, as there is nothing to pay yet."""
    if subscription["status"] == "incomplete":
        subscription["status"] = "active"
    if subscription["collection_method"] == "charge_automatically":
        prepare(work, subscription, default_method(work, subscription, customer))


def _first_invoice(call: Call, subscription: Record, customer: Record) -> Record | None:
    """The draft that bills the first period, and the time before it since a start in the past; nothing where neither is
    billed.
    """
    return new_cycle_invoice(
        call.work,
        subscription,
        customer,
        "subscription_create",
        stub_is_free=call.params.get("proration_behavior") == "none",
        before=_past(call, subscription),
    )


MAX_PAST_LINES = 250
"""https://docs.stripe.com/billing/subscriptions/backdating"""


def _past(call: Call, subscription: Record) -> list[Line]:
    """What the time costs between a start in the past and the first period
    (https://docs.stripe.com/billing/subscriptions/backdating).

    With flexible billing, each period has a line; with classic billing, all of it has one, and is counted in periods
    from the start.
    """
    work, start = call.work, subscription["start_date"]
    if call.params.get("proration_behavior") == "none":
        return []
    each_period = is_flexible(subscription)
    anchor = subscription["billing_cycle_anchor"] if each_period else start
    lines: list[Line] = []
    for item in items_of(work, subscription):
        price = price_of(work, item)
        if is_metered(price):
            continue
        interval, end = recurrence(price), item["current_period_start"]
        whole = gross(work, item)
        parts: list[tuple[Period, int]] = [
            (part, portion(whole, period, part))
            for part, period in periods_between(anchor, interval, start, end)
        ]
        if not each_period and parts:
            parts = [((start, end), sum(amount for _, amount in parts))]
        for part, amount in parts:
            lines += item_lines(work, subscription, item, part, amount)
    if len(lines) > MAX_PAST_LINES:
        raise invalid(
            f"Backdating is not supported when an invoice has more than {MAX_PAST_LINES} line items.",
            "backdate_start_date",
        )
    return lines


def _leave_open_to_change(subscription: Record, invoice: Record) -> None:
    """Let the subscription run while its invoice is a draft, for an hour."""
    schedule(invoice, invoice["created"] + DRAFT_SECONDS)
    if subscription["status"] == "incomplete":
        subscription["status"] = "active"
