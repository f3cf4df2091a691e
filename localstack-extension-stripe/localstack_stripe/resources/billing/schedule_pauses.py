"""Pausing and resuming subscriptions as the ``pause_schedules`` of their schedules say
(https://docs.stripe.com/billing/subscriptions/pause/schedules).

What fails is told by the status of the pause, or of the attempt to resume, and changes nothing.
"""

from collections.abc import Iterator
from typing import Any

from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.pause_schedules import PARAM
from localstack_stripe.resources.billing.subscription_pauses import (
    require_pausable,
    resume,
    stop_service,
)

_UNDER_WAY = ("pending", "requires_action")
"""States of an attempt to resume that waits to be paid for."""


def pause_where_due(work: UnitOfWork, schedule: Record) -> None:
    """Pause the subscription of a schedule, where its time has come."""
    for each in schedule[PARAM]:
        pause = each["pause"]
        if pause["status"]["type"] == "scheduled" and pause["pause_at"] <= work.now(schedule):
            subscription = _subscription(work, schedule)
            try:
                require_pausable(work, subscription)
            except StripeError as error:
                pause["status"] = _failed(error)
            else:
                stop_service(work, subscription, _as_parameters(pause["settings"]))
                pause["status"] = {"type": "succeeded"}


def _as_parameters(settings: Record) -> Record:
    """Settings of a pause, in the words of pausing a subscription."""
    bill_for: dict[str, Any] = {
        name: {"type": "now" if each["type"] == "pause_at" else each["type"]}
        for name, each in settings["bill_for"].items()
    }
    return {"bill_for": bill_for, "invoicing_behavior": settings["invoicing_behavior"]}


def resume_where_due(work: UnitOfWork, schedule: Record) -> None:
    """Try to resume the subscription of a schedule, where its time has come."""
    for attempt in _resumptions(schedule):
        if attempt["status"]["type"] == "scheduled" and attempt["resume_at"] <= work.now(schedule):
            settings = attempt["settings"]
            resets = settings["billing_cycle_anchor"] == "resume_at"
            params = {
                **settings,
                "billing_cycle_anchor": {"type": "now" if resets else "unchanged"},
            }
            rehearsal = work.rehearsal()
            try:
                resume(rehearsal, _subscription(rehearsal, schedule), params)
            except StripeError as error:
                attempt["status"] = _failed(error)
            else:
                resume(work, _subscription(work, schedule), params)
                attempt["status"] = _status(work, schedule)


def follow_attempts(work: UnitOfWork, schedule: Record) -> None:
    """Tell what has become of the attempts to resume that waited to be paid for."""
    for attempt in _resumptions(schedule):
        if attempt["status"]["type"] in _UNDER_WAY:
            attempt["status"] = _status(work, schedule)


def _status(work: UnitOfWork, schedule: Record) -> Record:
    """What has become of an attempt to resume so far."""
    subscription = _subscription(work, schedule)
    if subscription["status"] != "paused":
        return {"type": "succeeded"}
    if subscription["pending_update"] is None:
        message = "The invoice of resuming the subscription was not paid."
        return {"type": "error", "error": {"message": message}}
    invoice = work.require("invoice", subscription["latest_invoice"], "latest_invoice")
    waits = default_intent(work, invoice)["status"] == "requires_action"
    return {"type": "requires_action" if waits else "pending"}


def next_pause(schedule: Record) -> int | None:
    """When a subscription is to be paused or resumed next."""
    moments = [
        each["pause"]["pause_at"]
        for each in schedule[PARAM]
        if each["pause"]["status"]["type"] == "scheduled"
    ]
    moments += [
        attempt["resume_at"]
        for attempt in _resumptions(schedule)
        if attempt["status"]["type"] == "scheduled"
    ]
    return min(moments, default=None)


def has_more(schedule: Record) -> bool:
    """Whether a schedule has something to pause or to resume yet, or waits for what it has begun to resume."""
    return next_pause(schedule) is not None or is_under_way(schedule)


def is_under_way(schedule: Record) -> bool:
    """Whether an attempt to resume waits to be paid for."""
    return any(attempt["status"]["type"] in _UNDER_WAY for attempt in _resumptions(schedule))


def _resumptions(schedule: Record) -> Iterator[Record]:
    return (each["resume"] for each in schedule[PARAM] if each["resume"] is not None)


def _failed(error: StripeError) -> Record:
    told = {"code": error.code} if error.code else {}
    return {"type": "error", "error": {**told, "message": error.message}}


def _subscription(work: UnitOfWork, schedule: Record) -> Record:
    return work.change(work.require("subscription", schedule["subscription"], "subscription"))
