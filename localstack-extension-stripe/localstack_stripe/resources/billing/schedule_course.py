"""The course of a subscription schedule: entering one phase after the other, and what comes after the last
(https://docs.stripe.com/billing/subscriptions/subscription-schedules).
"""

from collections.abc import Sequence

from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import when_invoice_changes
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.schedule_pauses import (
    follow_attempts,
    has_more,
    is_under_way,
    next_pause,
    pause_where_due,
    resume_where_due,
)
from localstack_stripe.resources.billing.schedule_phases import (
    OPTIONAL,
    known_price,
    said,
    settings_of,
)
from localstack_stripe.resources.billing.subscription_changes import be_on_trial, change_items
from localstack_stripe.resources.billing.subscription_end import cancel_now
from localstack_stripe.resources.billing.subscription_extras import add_invoice_items
from localstack_stripe.resources.billing.subscription_prorations import move_ends
from localstack_stripe.resources.billing.subscription_stages import when_subscription
from localstack_stripe.resources.billing.subscription_start import bill_later
from localstack_stripe.resources.billing.subscription_terms import items_of, price_of
from localstack_stripe.resources.billing.subscriptions import subscribe
from localstack_stripe.resources.products.discounts import as_parameters, new_discounts

SCHEDULE = "subscription_schedule"

ALIVE = frozenset({"not_started", "active"})
"""The states in which a schedule still has something before it."""

WARNING = 7 * DAY
"""How long before its end a schedule is announced to be expiring (https://docs.stripe.com/api/events/types)."""

ANNOUNCED_END = "announced end"
"""Noted of a schedule: the end that was announced."""

_SUBSCRIBE = "POST /v1/subscriptions"


def proceed(work: UnitOfWork, schedule: Record) -> None:
    """Begin, enter the next phase, pause or resume, or end, as far as that is due."""
    now = work.now(schedule)
    if schedule["status"] == "not_started" and schedule["phases"][0]["start_date"] <= now:
        _begin(work, schedule)
    if schedule["status"] == "active":
        pause_where_due(work, schedule)
        while schedule["current_phase"]["end_date"] <= now and not _is_in_last_phase(schedule):
            end = schedule["current_phase"]["end_date"]
            phase = next(each for each in schedule["phases"] if each["start_date"] >= end)
            enter(work, schedule, phase, phase["proration_behavior"])
        resume_where_due(work, schedule)
        if schedule["current_phase"]["end_date"] <= now and not _waits(schedule):
            _finish(work, schedule)


def _is_in_last_phase(schedule: Record) -> bool:
    return bool(schedule["current_phase"]["end_date"] == schedule["phases"][-1]["end_date"])


def _waits(schedule: Record) -> bool:
    """Whether a schedule does not let go of its subscription before it has paused and resumed it."""
    return (
        _is_in_last_phase(schedule) and schedule["end_behavior"] != "cancel" and has_more(schedule)
    )


def _begin(work: UnitOfWork, schedule: Record) -> None:
    """Subscribe to the first phase; its invoice can be changed for an hour."""
    phase = schedule["phases"][0]
    customer = work.get("customer", schedule["customer"])
    if customer is None:
        cancel(work, schedule)
        return
    params = {
        **settings_of(schedule, phase),
        "add_invoice_items": _extras(phase),
        "billing_mode": schedule["billing_mode"],
        "currency": phase["currency"],
        "customer": customer["id"],
        "discounts": as_parameters(phase["discounts"]),
        "items": _with_discounts(phase["items"]),
        "trial_end": phase["trial_end"],
    }
    if phase["start_date"] < work.now(schedule):
        params["backdate_start_date"] = phase["start_date"]
    call = Call(work.contract.operations[_SUBSCRIBE], {}, params, work)
    prices, extras = (
        [price_of(work, each) for each in phase[name]] for name in ("items", "add_invoice_items")
    )
    subscription = subscribe(call, customer, prices, extras, bill_later)
    schedule["subscription"], subscription["schedule"] = subscription["id"], schedule["id"]
    schedule["status"] = "active"
    _be_in(work, schedule, phase)


def _with_discounts(items: Sequence[Record]) -> list[Record]:
    """Items of a phase as parameters."""
    return [{**item, "discounts": as_parameters(item["discounts"])} for item in items]


def _extras(phase: Record) -> list[Record]:
    """What is sold once with a phase as parameters of its subscription, which knows no phases."""
    moments = {"phase_end": phase["end_date"], "phase_start": phase["start_date"]}
    return [
        {
            **item,
            "period": {
                end: {"timestamp": moments[each["type"]], "type": "timestamp"}
                if each["type"] in moments
                else each
                for end, each in item["period"].items()
            },
        }
        for item in _with_discounts(phase["add_invoice_items"])
    ]


def enter(
    work: UnitOfWork,
    schedule: Record,
    phase: Record,
    proration: str,
    before: Record | None = None,
) -> None:
    """Make the subscription of a schedule what a phase says.

    :param proration: ``proration_behavior``
    :param before: the same phase as it was, where it is changed while it lasts
    """
    subscription = work.change(
        work.require("subscription", schedule["subscription"], "subscription")
    )
    customer = work.require("customer", subscription["customer"], "customer")
    settings = settings_of(schedule, phase) | _ended(schedule, phase, before)
    metadata = settings.pop("metadata")
    settings["invoice_settings"] = subscription["invoice_settings"] | settings["invoice_settings"]
    if "automatic_tax" in settings:
        settings["automatic_tax"] = subscription["automatic_tax"] | settings["automatic_tax"]
    subscription |= settings
    subscription["metadata"] = merged_metadata(subscription["metadata"], metadata)
    if before is None or before["discounts"] != phase["discounts"]:
        subscription["discounts"] = new_discounts(
            work, as_parameters(phase["discounts"]), subscription, subscription["currency"]
        )
    if before is None:
        extra = _extras(phase)
        prices = [price_of(work, each) for each in extra]
        add_invoice_items(work, subscription, customer, extra, prices)
    anchor = phase["billing_cycle_anchor"] or schedule["default_settings"]["billing_cycle_anchor"]
    now = work.now(subscription)
    over = all(item["current_period_end"] <= now for item in items_of(work, subscription))
    trial = phase["trial_end"]
    # A phase that begins while its subscription is paused has no trial.
    runs = subscription["status"] != "paused"
    begins_trial = runs and before is None and trial is not None and trial > now
    if begins_trial:
        be_on_trial(work, subscription, trial, prorates=not over and proration != "none")
    _be_in(work, schedule, phase)
    if not over and not begins_trial:
        move_ends(work, subscription, customer, prorates=proration != "none")
    change_items(
        work,
        {
            "items": _changes(work, subscription, phase, before),
            # Nothing is left of a period that ends just now.
            "proration_behavior": "none" if over else proration,
        },
        subscription,
        customer,
        restart=begins_trial or (before is None and anchor == "phase_start"),
        adapts=True,
        find=known_price,
    )


def _ended(schedule: Record, phase: Record, before: Record | None) -> Record:
    """What a phase said of its subscription that neither the next one nor the schedule does
    (https://docs.stripe.com/billing/subscriptions/subscription-schedules#phase-attribute-inheritance).

    :param before: as in :func:`enter`
    """
    start = schedule["current_phase"]["start_date"]
    was = before or next(each for each in schedule["phases"] if each["start_date"] == start)
    return {
        name: None
        for name in OPTIONAL
        if was.get(name) is not None and said(schedule, phase, name) is None
    }


def _changes(
    work: UnitOfWork, subscription: Record, phase: Record, before: Record | None
) -> list[Record]:
    """What has to be done to a subscription's items, so that they are a phase's.

    :param before: as in :func:`enter`: what it says of discounts has been done already
    """
    have = {item["price"]: item["id"] for item in items_of(work, subscription)}
    wanted = {item["price"]: item for item in _with_discounts(phase["items"])}
    was = {item["price"]: item for item in _with_discounts((before or {}).get("items", ()))}
    gone = [{"id": id, "deleted": True} for price, id in have.items() if price not in wanted]
    kept = [
        {
            "id": have[price],
            "billing_thresholds": item["billing_thresholds"],
            "quantity": item.get("quantity"),
            "tax_rates": item.get("tax_rates"),
            # Metadata adds keys and replaces them; what is not named of it stays.
            **({"metadata": item["metadata"]} if item["metadata"] else {}),
            **_other_discounts(item, was.get(price)),
        }
        for price, item in wanted.items()
        if price in have
    ]
    new = [item for price, item in wanted.items() if price not in have]
    return [*gone, *kept, *new]


def _other_discounts(item: Record, was: Record | None) -> Record:
    is_done = was is not None and was["discounts"] == item["discounts"]
    return {} if is_done else {"discounts": item["discounts"]}


def _be_in(work: UnitOfWork, schedule: Record, phase: Record) -> None:
    schedule["current_phase"] = {name: phase[name] for name in ("end_date", "start_date")}
    follow_end(work, schedule)


def follow_end(work: UnitOfWork, schedule: Record) -> None:
    """A subscription that ends with its schedule says when, from the last phase on
    (https://docs.stripe.com/billing/subscriptions/subscription-schedules#complete-a-schedule).
    """
    subscription = work.change(
        work.require("subscription", schedule["subscription"], "subscription")
    )
    end = schedule["phases"][-1]["end_date"]
    is_last = schedule["current_phase"]["end_date"] == end
    subscription["cancel_at"] = end if is_last and schedule["end_behavior"] == "cancel" else None
    subscription["cancel_at_period_end"] = False


# The end


def _finish(work: UnitOfWork, schedule: Record) -> None:
    """https://docs.stripe.com/api/subscription_schedules/object, ``end_behavior``"""
    if schedule["end_behavior"] != "cancel":
        release(work, schedule)
        return
    schedule["status"], schedule["completed_at"] = "completed", work.now(schedule)
    schedule["current_phase"] = None
    subscription = work.require("subscription", schedule["subscription"], "subscription")
    cancel_now(work, work.change(subscription), reason=None)


def release(work: UnitOfWork, schedule: Record, *, keeps_end: bool = False) -> None:
    """Leave the subscription to itself.

    :param keeps_end: whether it ends when the schedule would have ended it
    """
    schedule["status"], schedule["released_at"] = "released", work.now(schedule)
    schedule["current_phase"] = None
    id = schedule["subscription"]
    if id is None:
        return
    schedule["subscription"], schedule["released_subscription"] = None, id
    subscription = work.change(work.require("subscription", id, "subscription"))
    subscription["schedule"] = None
    if not keeps_end:
        subscription["cancel_at"] = None


def cancel(work: UnitOfWork, schedule: Record) -> None:
    """Give a schedule up; its subscription is another matter."""
    schedule["status"], schedule["canceled_at"] = "canceled", work.now(schedule)
    schedule["current_phase"] = None


@when_subscription("ended")
def end_with_subscription(work: UnitOfWork, subscription: Record) -> None:
    """A schedule is canceled with its subscription; where that was never paid for, it is aborted."""
    schedule = _schedule_of(work, subscription)
    if schedule is None or schedule["status"] not in ALIVE:
        return
    cancel(work, schedule)
    if subscription["status"] == "incomplete_expired":
        work.happened("subscription_schedule.aborted", schedule)


@when_invoice_changes
def follow_resumption(work: UnitOfWork, invoice: Record) -> None:
    """An attempt to resume succeeds when its invoice is paid, and fails when that is voided."""
    id = subscription_of(invoice)
    subscription = work.get("subscription", id) if id else None
    schedule = _schedule_of(work, subscription) if subscription is not None else None
    if schedule is not None and is_under_way(schedule):
        follow_attempts(work, schedule)
        proceed(work, schedule)


@when_subscription("due")
def keep_time(work: UnitOfWork, subscription: Record) -> None:
    """A phase that ends with a period ends before the next one is billed."""
    schedule = _schedule_of(work, subscription)
    if schedule is not None:
        proceed(work, schedule)


def _schedule_of(work: UnitOfWork, subscription: Record) -> Record | None:
    id = subscription["schedule"]
    return work.change(work.require(SCHEDULE, id, "schedule")) if id else None


# What falls due


def _next_due(work: UnitOfWork, schedule: Record) -> int | None:
    if schedule["status"] not in ALIVE or not schedule["phases"]:
        return None
    if schedule["status"] == "not_started":
        return int(schedule["phases"][0]["start_date"])
    end = None if _waits(schedule) else int(schedule["current_phase"]["end_date"])
    moments = (end, _warning(work, schedule), next_pause(schedule))
    return min((moment for moment in moments if moment is not None), default=None)


def _warning(work: UnitOfWork, schedule: Record) -> int | None:
    """When the end is to be announced, where it was not yet; never of what does not last that long."""
    end: int = schedule["phases"][-1]["end_date"]
    short = end - WARNING <= schedule["phases"][0]["start_date"]
    return None if short or work.noted(schedule, ANNOUNCED_END) == end else end - WARNING


@due(SCHEDULE, next=_next_due)
def come_due(work: UnitOfWork, found: Record) -> None:
    """A phase begins or ends, or the end is near."""
    schedule = work.change(found)
    warning = _warning(work, schedule) if schedule["status"] == "active" else None
    if warning is not None and warning <= work.now(schedule):
        work.note(schedule, ANNOUNCED_END, schedule["phases"][-1]["end_date"])
        work.happened("subscription_schedule.expiring", schedule)
    proceed(work, schedule)
