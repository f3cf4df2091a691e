"""Usage records, by which usage was reported until version 2025-03-31.basil: of a subscription's item whose price has no meter
(https://docs.stripe.com/billing/subscriptions/usage-based-legacy/recording-usage).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid, too_small
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.lists import Page, page_of_made
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.products.prices import aggregation_of

ITEM, RECORD, SUMMARY = "subscription_item", "usage_record", "usage_record_summary"

DRIFT = 5 * 60
"""How far a client's clock may be ahead, or behind the end of a period, in seconds."""

_USAGE = "usage"
"""Noted of an item: what was reported, as pairs of a moment and a quantity, in the order of the moments."""

_recorded = Listeners()

when_recorded = _recorded.register
"""Register who is told of an item of which usage was reported."""


@operation("POST /v1/subscription_items/{subscription_item}/usage_records")
def record(call: Call) -> Record:
    """Keep how much was used at a moment: more than was said before, or in place of it
    (https://docs.stripe.com/api/usage_records/create?api-version=2025-01-27.acacia).
    """
    work, params = call.work, call.params
    item = require_path(call, "subscription_item", ITEM)
    subscription = work.require("subscription", item["subscription"], "subscription")
    _check(work, item, subscription, params)
    quantity, sets = params["quantity"], params.get("action") == "set"
    moment = _moment(work, item, subscription, params.get("timestamp"))
    usage = dict(_usage(work, item["id"]))
    usage[moment] = quantity + (0 if sets else usage.get(moment, 0))
    work.note(item, _USAGE, sorted(usage.items()))
    _recorded.tell(work, item)
    return {
        "id": f"mbur_{work.ids.text(24)}",
        "object": RECORD,
        "livemode": False,
        "quantity": usage[moment],
        "subscription_item": item["id"],
        "timestamp": moment,
    }


def _check(work: UnitOfWork, item: Record, subscription: Record, params: Mapping[str, Any]) -> None:
    """Refuse a record of what no records are for, and a quantity that is none.

    :raises StripeError: 400
    """
    id, price = item["id"], work.require("price", item["price"], "price")
    if price["recurring"]["meter"] is not None:
        raise invalid(
            f"Cannot create a usage record for `{id}` because it is not on the legacy metered billing system. Call "
            "/v1/billing/meter_events instead."
        )
    if aggregation_of(work, price) is None:
        raise invalid(f"Cannot create a usage record for `{id}` because its price is not metered.")
    if subscription["status"] in ENDED:
        raise invalid(
            "Cannot create the usage record because the subscription has been canceled.",
        )
    if params["quantity"] < 0:
        raise too_small("quantity", 0)
    has_thresholds = subscription["billing_thresholds"] or item["billing_thresholds"]
    if params.get("action") == "set" and has_thresholds:
        raise invalid("Only `increment` is allowed with billing thresholds.", "action")


def _moment(work: UnitOfWork, item: Record, subscription: Record, given: int | str | None) -> int:
    """When it was used, which must be in the current period; sums may be a little late, for clocks that differ.

    :raises StripeError: 400
    """
    now, start = work.now(subscription), item["current_period_start"]
    moment = now if given in (None, "now") else int(given or 0)
    if moment > now + DRIFT:
        raise _not_then("timestamps must not be in the future")
    if moment >= start:
        return moment
    price = work.require("price", item["price"], "price")
    is_late = moment >= start - DRIFT and now <= start + DRIFT and moment >= item["created"]
    if aggregation_of(work, price) != "sum" or not is_late:
        raise _not_then(
            "timestamps must be after the subscription's last invoice period (or current period start time)"
        )
    latest = work.get("invoice", subscription["latest_invoice"] or "")
    # What is billed already cannot grow any more.
    return moment if latest is not None and latest["status"] == "draft" else int(start)


def _not_then(why: str) -> StripeError:
    return invalid(
        f"Cannot create the usage record with this timestamp because {why}.", "timestamp"
    )


@operation("GET /v1/subscription_items/{subscription_item}/usage_record_summaries")
def summarize(call: Call) -> Page:
    """What was used in each period, the current one first
    (https://docs.stripe.com/api/usage-record-summary/list?api-version=2025-01-27.acacia).
    """
    work = call.work
    item = require_path(call, "subscription_item", ITEM)
    price = work.require("price", item["price"], "price")
    period = (item["current_period_start"], item["current_period_end"])
    summaries = [_summary(item, None, period, recorded(work, item["id"], price, period))]
    billed: dict[tuple[str, int, int], Decimal] = {}
    of_item = "parent.subscription_item_details.subscription_item"
    for line in work.where("line_item", of_item, item["id"]):
        invoice = work.require("invoice", line["invoice"], "invoice")
        # Neither the line of a first period says what was used, nor one that takes off what was billed before. What a
        # threshold bills is up to the end of the second in which it was reached.
        if line["period"]["end"] <= invoice["created"] + 1 and at(line, "pricing.price_details"):
            key = (invoice["id"], line["period"]["start"], line["period"]["end"])
            billed[key] = billed.get(key, Decimal(0)) + Decimal(line["quantity_decimal"])
    for (of, start, end), quantity in billed.items():
        summaries.append(_summary(item, of, (start, end), quantity))
    summaries.sort(key=lambda each: each["period"]["start"], reverse=True)
    return page_of_made(summaries, SUMMARY, call.params, call.operation.path.format(**call.path))


def _summary(
    item: Record, invoice: str | None, period: tuple[int, int], quantity: Decimal
) -> Record:
    return {
        "id": f"sis_{item['id'].removeprefix('si_')}{period[0]}{period[1]}",
        "object": SUMMARY,
        "invoice": invoice,
        "livemode": False,
        "period": {"end": period[1], "start": period[0]},
        "subscription_item": item["id"],
        "total_usage": int(quantity),
    }


def recorded(work: UnitOfWork, item: str, price: Record, period: tuple[int, int]) -> Decimal:
    """What was reported of an item, known by its id, in a period, as its price counts it."""
    way = aggregation_of(work, price)
    start, end = period
    before = [(moment, quantity) for moment, quantity in _usage(work, item) if moment < end]
    quantities = [quantity for moment, quantity in before if moment >= start]
    match way:
        case "last_ever":
            return Decimal(before[-1][1] if before else 0)
        case "last_during_period":
            return Decimal(quantities[-1] if quantities else 0)
        case "max":
            return Decimal(max(quantities, default=0))
    return Decimal(sum(quantities))


def _usage(work: UnitOfWork, item: str) -> list[tuple[int, int]]:
    noted = work.noted({"object": ITEM, "id": item}, _USAGE) or ()
    return [(moment, quantity) for moment, quantity in noted]
