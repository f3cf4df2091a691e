"""Pause schedules of a subscription schedule: when its subscription is to be paused and resumed, as requests say
(https://docs.stripe.com/billing/subscriptions/pause/schedules). What comes of that is in ``schedule_pauses``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from localstack_stripe.billing.periods import interval_given
from localstack_stripe.engine.errors import already_exists, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_pauses import require_pausable
from localstack_stripe.resources.billing.subscription_terms import is_flexible

PARAM = "pause_schedules"

PAUSING: Mapping[str, Any] = {
    "bill_for": {
        "outstanding_usage_through": {"type": "pause_at"},
        "unused_time_from": {"type": "pause_at"},
    },
    "invoicing_behavior": "pending_invoice_item",
    "type": "subscription",
}
"""How a subscription is paused where nothing else is said."""

RESUMING: Mapping[str, Any] = {
    "billing_cycle_anchor": "resume_at",
    "payment_behavior": "resume_on_payment_success",
    "proration_behavior": "create_prorations",
}
"""How it is resumed."""


def planned_pauses(
    work: UnitOfWork,
    schedule: Record,
    given: Sequence[Mapping[str, Any]] | None,
    before: Sequence[Record] = (),
) -> list[Record]:
    """The pause schedules that a request describes; one that there is already is changed by its ``key``.

    :param before: those that there are
    :raises StripeError: 400 where they cannot be followed, or not all of them
    """
    known = {each["key"]: copy(each) for each in before}
    found: dict[str, Record] = {}
    for place, each in enumerate(given or ()):
        param = f"{PARAM}[{place}]"
        made = _pause_schedule(work, schedule, each, known.get(each.get("key") or ""), param)
        if made["key"] in found:
            raise already_exists("pause schedule", f"{param}[key]")
        found[made["key"]] = made
    in_order = sorted(found.values(), key=lambda each: int(each["pause"]["pause_at"]))
    for earlier, later in pairwise(in_order):
        ends = earlier["resume"] and earlier["resume"]["resume_at"]
        if ends is None or ends > later["pause"]["pause_at"]:
            raise invalid("Pause schedules cannot overlap.", PARAM)
    return list(found.values())


def require_pausable_phases(schedule: Record) -> None:
    """Refuse pause schedules where what is planned could not be paused.

    :raises StripeError: 400
    """
    if not schedule[PARAM]:
        return
    if not is_flexible(schedule):
        raise invalid(
            "Pause schedules are only for schedules whose `billing_mode` is `flexible`.", PARAM
        )
    methods = [schedule["default_settings"], *schedule["phases"]]
    if any(each["collection_method"] == "send_invoice" for each in methods):
        raise invalid(
            "Pause schedules are only for schedules all of whose phases have the `collection_method` "
            "`charge_automatically`.",
            PARAM,
        )


def _pause_schedule(
    work: UnitOfWork,
    schedule: Record,
    given: Mapping[str, Any],
    known: Record | None,
    param: str,
) -> Record:
    before = known or {"pause": None, "resume": None}
    pause = _pause(work, schedule, given.get("pause"), before["pause"], f"{param}[pause]")
    if "resume" not in given:
        resume = before["resume"]
    else:
        resume = _resume(
            work, schedule, given["resume"], before["resume"], pause, f"{param}[resume]"
        )
    if pause["settings"] is None and resume is None:
        raise missing_parameter(f"{param}[resume]")
    return {"key": given.get("key") or work.ids.text(24), "pause": pause, "resume": resume}


def _pause(
    work: UnitOfWork,
    schedule: Record,
    given: Mapping[str, Any] | None,
    known: Record | None,
    param: str,
) -> Record:
    """When and how a subscription is paused; where a request does not say it, it has to be paused already."""
    if not given:
        return known if known is not None else _present_pause(work, schedule, param)
    if known is not None and known["status"]["type"] != "scheduled":
        raise invalid("What has been paused already cannot be paused otherwise.", param)
    at = given.get("pause_at")
    if at is not None:
        moment = _moment(work, schedule, at, f"{param}[pause_at]")
        if at["type"] == "now":
            require_pausable(work, _subscription(work, schedule, f"{param}[pause_at][type]"))
    elif known is not None:
        moment = known["pause_at"]
    else:
        raise missing_parameter(f"{param}[pause_at]")
    return {
        "pause_at": moment,
        "settings": _merged(
            PAUSING if known is None else known["settings"], given.get("settings") or {}
        ),
        "status": {"type": "scheduled"},
    }


def _present_pause(work: UnitOfWork, schedule: Record, param: str) -> Record:
    """The pause that a subscription is in which no schedule has paused."""
    subscription = work.get("subscription", schedule["subscription"] or "")
    if subscription is None or subscription["status"] != "paused":
        raise missing_parameter(param)
    return {
        "pause_at": subscription["status_details"]["paused"]["transitioned_at"],
        "settings": None,
        "status": {"type": "succeeded"},
    }


def _resume(
    work: UnitOfWork,
    schedule: Record,
    given: Mapping[str, Any] | None,
    known: Record | None,
    pause: Record,
    param: str,
) -> Record | None:
    if known is not None and known["status"]["type"] != "scheduled":
        raise invalid("What has been resumed already cannot be resumed otherwise.", param)
    if not given:
        return None
    at = given.get("resume_at")
    if at is not None:
        moment = _resume_moment(work, schedule, at, pause, f"{param}[resume_at]")
    elif known is not None:
        moment = known["resume_at"]
    else:
        raise missing_parameter(f"{param}[resume_at]")
    return {
        "resume_at": moment,
        "settings": _merged(
            RESUMING if known is None else known["settings"], given.get("settings") or {}
        ),
        "status": {"type": "scheduled"},
    }


def _resume_moment(
    work: UnitOfWork, schedule: Record, at: Mapping[str, Any], pause: Record, param: str
) -> int:
    if at["type"] != "duration":
        moment = _moment(work, schedule, at, param)
        if moment <= pause["pause_at"]:
            raise invalid("A subscription is resumed after it is paused.", param)
        return moment
    length = at.get("duration")
    if length is None:
        raise missing_parameter(f"{param}[duration]")
    # From the pause on, or from now on where that has begun.
    begins = max(pause["pause_at"], work.now(schedule))
    return interval_given(length, f"{param}[duration]").after(begins, 1)


def _moment(work: UnitOfWork, schedule: Record, at: Mapping[str, Any], param: str) -> int:
    now = work.now(schedule)
    if at["type"] == "now":
        return now
    moment = at.get("timestamp")
    if moment is None:
        raise missing_parameter(f"{param}[timestamp]")
    if moment <= now:
        raise invalid(
            "Invalid timestamp: can only specify a future timestamp", f"{param}[timestamp]"
        )
    return int(moment)


def _subscription(work: UnitOfWork, schedule: Record, param: str) -> Record:
    if schedule["subscription"] is None:
        raise invalid("A subscription that has not begun cannot be paused now.", param)
    return work.require("subscription", schedule["subscription"], "subscription")


def _merged(known: Mapping[str, Any], given: Mapping[str, Any]) -> Record:
    """Settings with what is said of them, at any depth."""
    return {
        name: _merged(value, given.get(name) or {})
        if isinstance(value, Mapping)
        else given.get(name) or value
        for name, value in known.items()
    }
