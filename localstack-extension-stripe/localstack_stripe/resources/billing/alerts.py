"""Billing alerts (https://docs.stripe.com/billing/subscriptions/usage-based/alerts): who has used how much is told once.

As at Stripe, only usage counts that was reported after an alert was made, and that of customers on test clocks does not.
"""

from collections.abc import Iterator

from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter, require_positive
from localstack_stripe.engine.lists import Filter, Page, page_of
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.meters import (
    METER,
    aggregated,
    customer_of,
    events_of,
    when_reported,
)

ALERT, TRIGGERED = "billing.alert", "billing.alert_triggered"
MOST = 25
"""How many alerts there can be for a meter and a customer."""

COUNTED_FROM = "counted from"
"""Noted of an alert: the last event that its meter had taken before it was made, and when that was made."""
TOLD = "told"
"""Noted of an alert: the customers that it was triggered for."""

_PATH = "/v1/billing/alerts/{id}"

plain(f"GET {_PATH}")


@before_create(ALERT)
def watch(call: Call, alert: Record) -> None:
    """Begin to count (https://docs.stripe.com/api/billing/alert/create).

    :raises StripeError: 400 where there is nothing to count, or there are too many alerts of the kind already
    """
    work = call.work
    threshold = alert["usage_threshold"]
    if threshold is None:
        raise missing_parameter("usage_threshold")
    require_positive(threshold["gte"], "usage_threshold[gte]")
    filters = threshold["filters"] = threshold["filters"] or []
    if len(filters) > 1:
        raise invalid("You can only specify one filter.", "usage_threshold[filters]")
    same = [
        each
        for each in work.where(ALERT, "usage_threshold.meter", threshold["meter"])
        if each["usage_threshold"]["filters"] == filters and each["status"] != "archived"
    ]
    if len(same) > MOST:
        raise invalid(
            f"There can be at most {MOST} alerts for a meter and a customer.", "usage_threshold"
        )
    meter = work.require(METER, threshold["meter"], "usage_threshold[meter]")
    for last in events_of(work, meter)[:1]:
        work.note(alert, COUNTED_FROM, [last["id"], last["created"]])


@operation("GET /v1/billing/alerts")
def list_alerts(call: Call) -> Page:
    """Those that are not archived (https://docs.stripe.com/api/billing/alert/list)."""
    params = {**call.params, "kept": True}
    filters: dict[str, Filter] = {"meter": _watches, "kept": _is_kept}
    return page_of(call.work, [ALERT], call.operation, call.path, params, "list", filters)


@operation(f"POST {_PATH}/activate")
def activate(call: Call) -> Record:
    """It can be triggered again (https://docs.stripe.com/api/billing/alert/activate)."""
    alert = _changed(call, "active")
    call.work.note(alert, TOLD, [])
    return alert


@operation(f"POST {_PATH}/deactivate")
def deactivate(call: Call) -> Record:
    """It is not triggered for a time (https://docs.stripe.com/api/billing/alert/deactivate)."""
    return _changed(call, "inactive")


@operation(f"POST {_PATH}/archive")
def archive(call: Call) -> Record:
    """It is not triggered, or listed, any more; that cannot be taken back
    (https://docs.stripe.com/api/billing/alert/archive).
    """
    return _changed(call, "archived")


@when_reported
def trigger(work: UnitOfWork, event: Record) -> None:
    """Tell of who has used as much as an alert says, the first time."""
    for meter in work.where(METER, "event_name", event["event_name"]):
        if meter["status"] != "active":
            continue
        owner = work.get("customer", customer_of(meter, event) or "")
        if owner is None or owner.get("test_clock") is not None:
            continue
        for alert in work.where(ALERT, "usage_threshold.meter", meter["id"]):
            if _is_for(alert, owner["id"]):
                _count(work, alert, meter, owner)


def _count(work: UnitOfWork, alert: Record, meter: Record, customer: Record) -> None:
    told = work.noted(alert, TOLD) or []
    if customer["id"] in told:
        return
    counted = _counted(work, alert, meter)
    value = aggregated(
        meter, [each for each in counted if customer_of(meter, each) == customer["id"]]
    )
    if value < alert["usage_threshold"]["gte"]:
        return
    work.note(alert, TOLD, [*told, customer["id"]])
    work.create(
        TRIGGERED, alert=alert["id"], created=work.now(), customer=customer["id"], value=int(value)
    )


def _counted(work: UnitOfWork, alert: Record, meter: Record) -> Iterator[Record]:
    """The events of a meter since an alert was made."""
    id, moment = work.noted(alert, COUNTED_FROM) or ("", 0)
    for event in events_of(work, meter):
        if event["id"] == id or event["created"] < moment:
            return
        yield event


def _is_for(alert: Record, customer: str) -> bool:
    filters = alert["usage_threshold"]["filters"]
    return alert["status"] == "active" and all(each["customer"] == customer for each in filters)


def _watches(work: UnitOfWork, alert: Record, meter: str) -> bool:
    return bool(alert["usage_threshold"]["meter"] == meter)


def _is_kept(work: UnitOfWork, alert: Record, wanted: bool) -> bool:
    return bool(alert["status"] != "archived")


def _changed(call: Call, status: str) -> Record:
    alert = call.work.change(require_path(call, "id", ALERT))
    if alert["status"] == "archived":
        raise invalid("This alert is archived, which cannot be taken back.", "id")
    alert["status"] = status
    return alert
