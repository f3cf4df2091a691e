"""What becomes of a schedule whose subscription is changed directly
(https://docs.stripe.com/billing/subscriptions/subscription-schedules#subscription-schedule-sub-updates).
"""

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.schedule_phases import (
    discounts_as_phase,
    items_as_phase,
    said,
)
from localstack_stripe.resources.billing.subscription_stages import when_subscription

TAKEN_OVER = frozenset(
    {
        "application_fee_percent",
        "automatic_tax",
        "default_tax_rates",
        "discounts",
        "items",
        "trial_end",
    }
)
"""Parameters of a subscription whose change makes another phase."""


@when_subscription("changed")
def split(work: UnitOfWork, subscription: Record) -> None:
    """What is changed holds to the end of the phase, which is two from then on."""
    id = subscription["schedule"]
    schedule = work.change(work.require("subscription_schedule", id, "schedule")) if id else None
    if schedule is None or schedule["current_phase"] is None:
        return
    start, now = schedule["current_phase"]["start_date"], work.now(subscription)
    place = next(
        place for place, phase in enumerate(schedule["phases"]) if phase["start_date"] == start
    )
    phase = schedule["phases"][place]
    other = _other(work, schedule, phase, subscription)
    if not other:
        return
    if now > start:
        later = {**phase, "start_date": now, "add_invoice_items": []}
        phase["end_date"] = now
        if phase["trial_end"] is not None:
            phase["trial_end"] = min(phase["trial_end"], now)
            later["trial_end"] = later["trial_end"] if later["trial_end"] > now else None
            later["trial"] = later["trial_end"] == later["end_date"]
        schedule["phases"].insert(place + 1, later)
        schedule["current_phase"] = {name: later[name] for name in ("end_date", "start_date")}
        phase = later
    phase |= other


def _other(work: UnitOfWork, schedule: Record, phase: Record, subscription: Record) -> Record:
    """What a phase would say of its subscription, and does not."""
    fee, tax = "application_fee_percent", "automatic_tax"
    trial_end = subscription["trial_end"] if subscription["status"] == "trialing" else None
    if trial_end is not None:
        trial_end = min(trial_end, phase["end_date"])
    planned_trial = phase["trial_end"]
    if planned_trial is not None and planned_trial <= work.now(subscription):
        planned_trial = None
    found: Record = {}
    items = items_as_phase(work, subscription)
    if phase["items"] != items:
        found["items"] = items
    if (phase.get("default_tax_rates") or []) != subscription["default_tax_rates"]:
        found["default_tax_rates"] = list(subscription["default_tax_rates"])
    if not _are_its_discounts(work, phase, subscription):
        found["discounts"] = discounts_as_phase(subscription)
    if said(schedule, phase, fee) != subscription[fee]:
        found[fee] = subscription[fee]
    if (said(schedule, phase, tax) or {}).get("enabled", False) != subscription[tax]["enabled"]:
        found[tax] = dict(subscription[tax])
    if planned_trial != trial_end:
        found |= {"trial_end": trial_end, "trial": trial_end == phase["end_date"]}
    return found


def _are_its_discounts(work: UnitOfWork, phase: Record, subscription: Record) -> bool:
    """Whether the discounts of a subscription are those that its phase has given it."""
    if len(phase["discounts"]) != len(subscription["discounts"]):
        return False
    for given, id in zip(phase["discounts"], subscription["discounts"], strict=True):
        discount = work.get("discount", id) or {}
        coupon = (discount.get("source") or {}).get("coupon")
        if (
            given["discount"] not in (None, id)
            or given["promotion_code"] not in (None, discount.get("promotion_code"))
            or given["coupon"] not in (None, coupon)
        ):
            return False
    return True
