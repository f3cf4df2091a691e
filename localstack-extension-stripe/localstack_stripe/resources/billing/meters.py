"""Meters (https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage): usage by customer, and its sums.

What has happened counts at once; at Stripe it takes a moment.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

from localstack_stripe.engine.behaviours import Call, checks, operation, plain, require_path
from localstack_stripe.engine.clock import DAY, HOUR, moment, seconds_at
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.lists import Page, page_of_made
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

METER, EVENT, SUMMARY = "billing.meter", "billing.meter_event", "billing.meter_event_summary"

PAST, FUTURE = 35 * DAY, 5 * 60
"""How old an event may be, and how far ahead, in seconds (https://docs.stripe.com/api/billing/meter-event/create)."""


WINDOWS = {"day": DAY, "hour": HOUR}


_reported = Listeners()

when_reported = _reported.register
"""Register who is told of an event that a meter has taken."""

plain(
    "GET /v1/billing/meters",
    "POST /v1/billing/meters",
    "GET /v1/billing/meters/{id}",
    "POST /v1/billing/meters/{id}",
)


@checks(METER)
def require_sole(call: Call, meter: Record) -> None:
    """Only one active meter takes events of a name."""
    _require_sole(call.work, meter)


def _require_sole(work: UnitOfWork, meter: Record) -> None:
    for other in work.where(METER, "event_name", meter["event_name"]):
        if other["id"] != meter["id"] and other["status"] == meter["status"] == "active":
            raise invalid(
                f"An active meter with the event_name {meter['event_name']} already exists.",
                "event_name",
            )


@operation("POST /v1/billing/meters/{id}/deactivate")
def deactivate(call: Call) -> Record:
    """It takes no events any more, and no new price can be for it (https://docs.stripe.com/api/billing/meter/deactivate)."""
    meter = _changing(call, "inactive")
    meter["status_transitions"]["deactivated_at"] = call.work.now()
    return meter


@operation("POST /v1/billing/meters/{id}/reactivate")
def reactivate(call: Call) -> Record:
    """It takes events again, where no other meter does (https://docs.stripe.com/api/billing/meter/reactivate)."""
    meter = _changing(call, "active")
    meter["status_transitions"]["deactivated_at"] = None
    _require_sole(call.work, meter)
    return meter


def _changing(call: Call, status: str) -> Record:
    meter = call.work.change(require_path(call, "id", METER))
    if meter["status"] == status:
        raise invalid(f"This meter is already {status}.", "id")
    meter["status"] = status
    call.work.stamp(meter, "updated")
    return meter


@operation("POST /v1/billing/meter_events")
def report(call: Call) -> Record:
    """Keep what a customer has used (https://docs.stripe.com/api/billing/meter-event/create)."""
    return keep_event(call.work, call.params)


@operation("POST /v2/billing/meter_events")
def report_v2(call: Call) -> Record:
    """The same in v2, at once (https://docs.stripe.com/api/v2/billing/meter-event/create)."""
    event = keep_event(call.work, call.params)
    shown = {name: event[name] for name in ("event_name", "identifier", "livemode", "payload")}
    return {
        **shown,
        "id": event["id"],
        "object": "v2.billing.meter_event",
        "created": moment(event["created"]),
        "timestamp": moment(event["timestamp"]),
    }


@operation("POST /v1/billing/meter_event_adjustments")
def adjust(call: Call) -> Record:
    """Take an event back, within a day (https://docs.stripe.com/api/billing/meter-event-adjustment/create)."""
    return _take_back(call, "billing.meter_event_adjustment")


@operation("POST /v2/billing/meter_event_adjustments")
def adjust_v2(call: Call) -> Record:
    """The same in v2."""
    return _take_back(call, "v2.billing.meter_event_adjustment")


@operation("GET /v1/billing/meters/{id}/event_summaries")
def summarize(call: Call) -> Page:
    """What a customer has used in a time, in all or by the hour or day
    (https://docs.stripe.com/api/billing/meter-event-summary/list).
    """
    meter = require_path(call, "id", METER)
    params = call.params
    start, end = params["start_time"], params["end_time"]
    window = params.get("value_grouping_window")
    grain = WINDOWS[window] if window else 60
    for name in ("start_time", "end_time"):
        if params[name] % grain:
            raise invalid(
                f"Invalid {name}: must be aligned with {window or 'minute'} boundaries.", name
            )
    if end <= start:
        raise invalid("Invalid end_time: must be after start_time.", "end_time")
    events = list(_events(call.work, meter, params["customer"]))
    summaries = []
    step = grain if window else end - start
    for begin in range(start, end, step):
        within = [each for each in events if begin <= each["timestamp"] < begin + step]
        if within or not window:
            values = {"start_time": begin, "end_time": begin + step, "meter": meter["id"]}
            summary = call.work.shapes.skeleton(SUMMARY) | values
            summary["id"] = f"mtrusg_test_{meter['id'][-12:]}{begin}"
            summary["aggregated_value"] = aggregated(meter, within)
            summaries.append(summary)
    summaries.reverse()
    url = call.operation.path.format(**call.path)
    return page_of_made(summaries, SUMMARY, params, url)


def used(work: UnitOfWork, meter: Record, customer: str, start: int, end: int) -> Decimal:
    """What a customer, known by an id, has used from one moment until another, by the meter's formula."""
    events = [each for each in _events(work, meter, customer) if start <= each["timestamp"] < end]
    return Decimal(str(aggregated(meter, events)))


def keep_event(work: UnitOfWork, given: Mapping[str, Any]) -> Record:
    """Keep one event.

    :raises StripeError: 400 where no meter can take it
    """
    name, payload = given["event_name"], given["payload"]
    meters = work.where(METER, "event_name", name)
    if not meters:
        raise invalid(
            f"No meter was found matching event_name {name}.", "event_name", code="no_meter"
        )
    meter = next((each for each in meters if each["status"] == "active"), None)
    if meter is None:
        raise invalid(
            f"No active meter found for event_name '{name}'.",
            "event_name",
            code="archived_meter",
        )
    key = meter["customer_mapping"]["event_payload_key"]
    customer = payload.get(key)
    if not customer:
        raise invalid(
            f"Customer mapping key {key} not found in payload.",
            "payload",
            code="meter_event_no_customer_defined",
        )
    owner = work.get("customer", customer)
    if owner is None:
        raise invalid(
            f"No such customer: '{customer}'", "payload", code="meter_event_customer_not_found"
        )
    _require_value(meter, payload)
    now = work.now(owner)
    at = given.get("timestamp", now)
    if isinstance(at, str):
        at = seconds_at(at)
    if not now - PAST <= at <= now + FUTURE:
        raise invalid(
            "The timestamp must be within the past 35 days or up to 5 minutes in the future.",
            "timestamp",
            code="timestamp_too_far_in_past" if at < now else "timestamp_in_future",
        )
    identifier = given.get("identifier") or work.ids.text(32)
    if work.where(EVENT, "identifier", identifier):
        raise StripeError(
            f"An event already exists with identifier {identifier}.",
            code="duplicate_meter_event",
            param="identifier",
        )
    event = work.create(
        EVENT,
        created=now,
        event_name=name,
        identifier=identifier,
        payload=dict(payload),
        timestamp=at,
    )
    _reported.tell(work, event)
    return event


def _take_back(call: Call, kind: str) -> Record:
    """Take an event back; what is made is the adjustment, of the kind of its version."""
    identifier = (call.params.get("cancel") or {}).get("identifier")
    events = call.work.where(EVENT, "identifier", identifier)
    if not events or events[0]["event_name"] != call.params["event_name"]:
        raise invalid(
            f"No meter event with the identifier {identifier} exists.", "cancel[identifier]"
        )
    meters = call.work.where(METER, "event_name", events[0]["event_name"])
    payer = customer_of(meters[0], events[0]) if meters else None
    owner = call.work.get("customer", payer or "")
    if events[0]["created"] < call.work.now(owner) - DAY:
        raise invalid("Only events of the last 24 hours can be canceled.", "cancel[identifier]")
    call.work.remove(events[0])
    return call.work.create(
        kind,
        cancel={"identifier": identifier},
        event_name=call.params["event_name"],
        status="pending",
        type="cancel",
    )


def events_of(work: UnitOfWork, meter: Record) -> list[Record]:
    """What a meter has taken, newest first."""
    return work.where(EVENT, "event_name", meter["event_name"])


def customer_of(meter: Record, event: Record) -> str | None:
    """The id of who has used what an event reports, as a meter reads it."""
    id: str | None = event["payload"].get(meter["customer_mapping"]["event_payload_key"])
    return id


def _events(work: UnitOfWork, meter: Record, customer: str) -> Iterator[Record]:
    for event in events_of(work, meter):
        if customer_of(meter, event) == customer:
            yield event


def aggregated(meter: Record, events: list[Record]) -> float:
    """The value of events, newest first, by the meter's formula."""
    values = [_value(meter, event["payload"]) for event in events]
    match meter["default_aggregation"]["formula"]:
        case "count":
            return len(values)
        case "last":
            latest = max(events, key=lambda each: each["timestamp"], default=None)
            return _value(meter, latest["payload"]) if latest else 0
        case "max":
            return max(values, default=0)
    return sum(values)


MOST_DIGITS = 15
"""How exact a value can be."""


def _require_value(meter: Record, payload: Mapping[str, str]) -> None:
    """Refuse a payload without a value, or with one that is more exact than can be counted
    (https://docs.stripe.com/changelog/dahlia/2026-04-22/billing-meter-event-values-validation).

    :raises StripeError: 400
    """
    if meter["default_aggregation"]["formula"] == "count":
        return
    if not isfinite(_value(meter, payload)):
        raise _not_a_number(meter)
    given = payload[meter["value_settings"]["event_payload_key"]]
    if len(Decimal(given).normalize().as_tuple().digits) > MOST_DIGITS:
        raise invalid(
            f"The value in the event payload can have at most {MOST_DIGITS} digits. Received {given}.",
            "payload",
            code="meter_event_value_too_many_digits",
        )


def _not_a_number(meter: Record) -> StripeError:
    key = meter["value_settings"]["event_payload_key"]
    return invalid(
        f"The payload's '{key}' must be a number.", "payload", code="meter_event_invalid_value"
    )


def _value(meter: Record, payload: Mapping[str, str]) -> float:
    if meter["default_aggregation"]["formula"] == "count":
        return 1
    key = meter["value_settings"]["event_payload_key"]
    try:
        value = float(payload[key])
    except KeyError:
        raise invalid(
            f"Value key {key} not found in payload.", "payload", code="meter_event_value_not_found"
        ) from None
    except ValueError:
        raise _not_a_number(meter) from None
    return int(value) if value.is_integer() else value
