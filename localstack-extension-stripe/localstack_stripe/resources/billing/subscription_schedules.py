"""Subscription schedules (https://docs.stripe.com/api/subscription_schedules): planning one, changing it, ending it.

What its phases say is in ``schedule_phases``, how it goes through them in ``schedule_course``.
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.errors import invalid, not_emulated
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_thresholds import PARAM as THRESHOLDS
from localstack_stripe.resources.billing.billing_thresholds import thresholds
from localstack_stripe.resources.billing.pause_schedules import PARAM as PAUSES
from localstack_stripe.resources.billing.pause_schedules import (
    planned_pauses,
    require_pausable_phases,
)
from localstack_stripe.resources.billing.schedule_course import (
    ALIVE,
    SCHEDULE,
    cancel,
    enter,
    follow_end,
    proceed,
    release,
)
from localstack_stripe.resources.billing.schedule_phases import (
    NAMED,
    PriceFinders,
    known_price,
    phase_of,
    planned,
    settings_from,
)
from localstack_stripe.resources.billing.subscription_end import cancel_now
from localstack_stripe.resources.billing.subscription_prorations import (
    credit_unused,
    invoice_pending,
)
from localstack_stripe.resources.billing.subscription_settings import billing_mode
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.owners import belong_to_a_customer


@before_create(SCHEDULE)
def create(call: Call, schedule: Record) -> None:
    """Plan a new subscription, or go on with one that there is
    (https://docs.stripe.com/api/subscription_schedules/create).
    """
    params, work = call.params, call.work
    _check(params)
    if params.get("from_subscription"):
        _go_on(call, schedule)
        return
    belong_to_a_customer(call, schedule)
    _plan_new(work, params, schedule, NAMED)


def _plan_new(
    work: UnitOfWork, params: Mapping[str, Any], schedule: Record, find: PriceFinders
) -> None:
    customer = work.require("customer", schedule["customer"], "customer")
    schedule["customer_account"] = customer.get("customer_account")
    schedule["test_clock"] = customer["test_clock"]
    schedule["billing_mode"] = billing_mode(params)
    settings = schedule["default_settings"]
    given = (params.get("default_settings") or {}).get("invoice_settings") or {}
    settings["invoice_settings"]["issuer"] = dict(given.get("issuer") or {"type": "self"})
    settings["collection_method"] = settings["collection_method"] or "charge_automatically"
    now = work.now(schedule)
    begins = now if params.get("start_date") in (None, "now") else params["start_date"]
    schedule["phases"] = planned(work, schedule, params.get("phases") or [], begins, find)
    schedule[PAUSES] = planned_pauses(work, schedule, params.get(PAUSES))
    require_pausable_phases(schedule)
    if schedule["phases"][0]["end_date"] <= now:
        # What would have happened in a phase that is over is not made up for.
        raise not_emulated("start_date")
    proceed(work, schedule)


def plan_quoted(call: Call, params: Mapping[str, Any]) -> Record:
    """The schedule that a quote asks for, whose prices may have been described for the quote alone.

    :param params: those of creating a schedule: ``billing_mode``, ``customer``, ``phases`` and ``start_date``
    """
    work = call.work
    schedule = start(work, SCHEDULE, {"customer": params["customer"]})
    _plan_new(work, params, schedule, (known_price, known_price))
    return schedule


def _check(params: Mapping[str, Any]) -> None:
    # The SDKs know two more, of the time before schedules could be released.
    if params.get("end_behavior") not in (None, "cancel", "release"):
        raise invalid("Invalid end_behavior: must be one of cancel or release", "end_behavior")
    settings = params.get("default_settings") or {}
    thresholds(settings.get(THRESHOLDS), f"default_settings[{THRESHOLDS}]")


def _go_on(call: Call, schedule: Record) -> None:
    """Manage a subscription from its current period on."""
    params, work = call.params, call.work
    others = params.keys() - {"from_subscription", PAUSES}
    if others:
        raise invalid(f"You cannot set `{min(others)}` if `from_subscription` is set.", min(others))
    found = work.require("subscription", params["from_subscription"], "from_subscription")
    if found["schedule"]:
        raise invalid(
            "You cannot migrate a subscription that is already attached to a schedule: "
            f"`{found['schedule']}`",
            "from_subscription",
        )
    if found["status"] in ENDED or (found["status"] == "paused" and not params.get(PAUSES)):
        raise invalid(
            f"You cannot migrate a subscription that is {found['status']}.", "from_subscription"
        )
    if any(item["current_trial"] for item in items_of(work, found)):
        raise invalid(
            "You cannot migrate a subscription that has an active trial offer.", "from_subscription"
        )
    subscription = work.change(found)
    phase = phase_of(work, subscription)
    if subscription["cancel_at"] is not None:
        schedule["end_behavior"] = "cancel"
        phase["end_date"] = subscription["cancel_at"]
    schedule |= {
        "billing_mode": subscription["billing_mode"],
        "current_phase": {name: phase[name] for name in ("end_date", "start_date")},
        "customer": subscription["customer"],
        "customer_account": subscription["customer_account"],
        "default_settings": settings_from(work, subscription),
        "phases": [phase],
        "status": "active",
        "subscription": subscription["id"],
        "test_clock": subscription["test_clock"],
    }
    schedule["created"] = work.now(schedule)
    schedule[PAUSES] = planned_pauses(work, schedule, params.get(PAUSES))
    require_pausable_phases(schedule)
    subscription["schedule"] = schedule["id"]
    follow_end(work, schedule)
    proceed(work, schedule)


@before_update(SCHEDULE)
def change(call: Call, schedule: Record, before: Record) -> None:
    """Change what is planned; a change of the current phase is made at once
    (https://docs.stripe.com/api/subscription_schedules/update).
    """
    params, work = call.params, call.work
    if before["status"] not in ALIVE and params.keys() - {"metadata"}:
        raise invalid(
            f"You cannot update a subscription schedule that is in the `{before['status']}` status. Only one with "
            "one of the following statuses may: not_started, active."
        )
    _check(params)
    if params.get("phases") and all(each.get("start_date") is None for each in params["phases"]):
        # https://docs.stripe.com/api/subscription_schedules/update, in the words of
        # https://github.com/stripe/stripe-dotnet/issues/1754.
        raise invalid(
            "The subscription schedule update is missing at least one phase with a `start_date` to anchor end dates to.",
            "phases",
        )
    if PAUSES in params:
        schedule[PAUSES] = planned_pauses(work, schedule, params[PAUSES], before[PAUSES])
    if before["status"] == "not_started":
        if params.get("phases") is not None:
            begins = before["phases"][0]["start_date"]
            schedule["phases"] = planned(work, schedule, params["phases"], begins)
    elif before["status"] == "active":
        _change_running(call, schedule, before)
    require_pausable_phases(schedule)
    proceed(work, schedule)


def _change_running(call: Call, schedule: Record, before: Record) -> None:
    work, params = call.work, call.params
    now = work.now(schedule)
    current = before["current_phase"]["start_date"]
    if params.get("phases") is not None:
        phases = planned(work, schedule, params["phases"], current)
        # What is over stays as it was.
        begins = phases[0]["start_date"]
        past = [
            copy(each) | {"end_date": min(each["end_date"], begins)}
            for each in before["phases"]
            if each["start_date"] < begins
        ]
        schedule["phases"] = [*past, *phases]
    phase = next(
        (each for each in schedule["phases"] if each["start_date"] <= now < each["end_date"]), None
    )
    if phase is None:
        raise invalid(
            "You must pass the current phase of the subscription schedule, or one that begins now.",
            "phases",
        )
    if phase["start_date"] != current:
        enter(work, schedule, phase, phase["proration_behavior"])
    elif {"phases", "default_settings"} & params.keys():
        was = next(each for each in before["phases"] if each["start_date"] == current)
        proration = params.get("proration_behavior") or "create_prorations"
        enter(work, schedule, phase, proration, was)
    else:
        follow_end(work, schedule)


@operation("POST /v1/subscription_schedules/{schedule}/cancel")
def cancel_schedule(call: Call) -> Record:
    """End a schedule and its subscription, and settle what is left of that
    (https://docs.stripe.com/api/subscription_schedules/cancel).
    """
    work, params = call.work, call.params
    schedule = _alive(call, "cancel")
    id = schedule["subscription"]
    cancel(work, schedule)
    if id is None:
        return schedule
    subscription = work.change(work.require("subscription", id, "subscription"))
    customer = work.require("customer", subscription["customer"], "customer")
    if subscription["status"] in ("active", "past_due", "unpaid"):
        if params.get("prorate") is not False:
            credit_unused(work, subscription, customer)
        if params.get("invoice_now") is not False:
            invoice_pending(work, subscription, customer)
    if subscription["status"] not in ENDED:
        cancel_now(work, subscription)
    return schedule


@operation("POST /v1/subscription_schedules/{schedule}/release")
def release_schedule(call: Call) -> Record:
    """Leave the subscription to itself (https://docs.stripe.com/api/subscription_schedules/release)."""
    schedule = _alive(call, "release")
    release(call.work, schedule, keeps_end=bool(call.params.get("preserve_cancel_date")))
    return schedule


def _alive(call: Call, verb: str) -> Record:
    found = require_path(call, "schedule", SCHEDULE)
    if found["status"] not in ALIVE:
        raise invalid(
            f"You cannot {verb} a subscription schedule that is in the `{found['status']}` status. Only one with one "
            "of the following statuses may: not_started, active."
        )
    return call.work.change(found)
