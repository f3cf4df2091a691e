"""The phases of a subscription schedule: what each sells, from when to when
(https://docs.stripe.com/billing/subscriptions/subscription-schedules#phases).
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from localstack_stripe.billing.periods import aligned_end, interval_given
from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_thresholds import PARAM as THRESHOLDS
from localstack_stripe.resources.billing.billing_thresholds import item_thresholds, thresholds
from localstack_stripe.resources.billing.requested_items import (
    FindPrice,
    checked_quantity,
    currency_of,
    price_of_item,
    require_different,
)
from localstack_stripe.resources.billing.subscription_extras import COMMON_PERIOD
from localstack_stripe.resources.billing.subscription_terms import (
    interval_of,
    is_flexible,
    items_of,
    period_around,
)
from localstack_stripe.resources.connect.invoice_shares import subscription_shares
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates

MAX_PHASES = 10

PHASE = "SubscriptionSchedulePhase"

_OWN = {"duration", "end_date", "start_date", "trial", "trial_end", "items", "add_invoice_items"}
"""Parameters of a phase that are not simply written into the field of their name."""

OPTIONAL = (
    "application_fee_percent",
    THRESHOLDS,
    "default_payment_method",
    "description",
    "on_behalf_of",
    "transfer_data",
)
"""What a phase, or the schedule for all of them, may say of a subscription, and need not."""

PriceFinders = tuple[FindPrice, FindPrice]
"""What finds the prices of items, and those of what is sold once."""

NAMED: PriceFinders = (price_of_item, partial(price_of_item, type="one_time"))


def known_price(work: UnitOfWork, item: Mapping[str, Any], param: str) -> Record:
    """The price of an item of which it is known that it can be sold."""
    return work.require("price", item["price"], param)


def planned(
    work: UnitOfWork,
    schedule: Record,
    given: Sequence[Mapping[str, Any]],
    start: int,
    find: PriceFinders = NAMED,
) -> list[Record]:
    """The phases that a ``phases`` parameter describes, one after the other.

    :param start: when the first begins, unless it says so itself, in seconds since 1970
    :raises StripeError: 400 where they do not follow each other, or what they sell cannot be sold
    """
    if not given:
        raise missing_parameter("phases")
    if len(given) > MAX_PHASES:
        raise invalid(f"A subscription schedule can have at most {MAX_PHASES} phases.", "phases")
    now = work.now(schedule)
    anchor = _anchor(work, schedule)
    phases: list[Record] = []
    for place, each in enumerate(given):
        param = f"phases[{place}]"
        begins = _moment(each.get("start_date"), now)
        if begins is not None and place and begins != start:
            raise invalid(
                f"The start_date of a phase must be the end_date of the phase before it ({start}).",
                f"{param}[start_date]",
            )
        phase = _phase(work, schedule, each, param, find)
        phase["start_date"] = start if begins is None else begins
        anchor = phase["start_date"] if anchor is None else anchor
        phase["end_date"] = _end(work, phase, each, now, anchor, param)
        _set_trial(phase, each, now, param)
        phases.append(phase)
        start = phase["end_date"]
    currency_of(
        [
            work.require("price", item["price"], "phases")
            for phase in phases
            for item in phase["items"]
        ],
        phases[0]["currency"] if phases else None,
    )
    return phases


def _moment(given: int | str | None, now: int) -> int | None:
    return now if given == "now" else None if given is None else int(given)


def _phase(
    work: UnitOfWork,
    schedule: Record,
    given: Mapping[str, Any],
    param: str,
    find: PriceFinders,
) -> Record:
    phase = work.shapes.structure(PHASE)
    phase["proration_behavior"] = "create_prorations"
    plain = {name: value for name, value in given.items() if name not in _OWN}
    assign(work, phase, plain, work.contract.structures[PHASE], param)
    phase[THRESHOLDS] = thresholds(given.get(THRESHOLDS), f"{param}[{THRESHOLDS}]")
    if given.get("metadata"):
        # An empty value takes a key off the subscription when the phase begins
        # (https://docs.stripe.com/billing/subscriptions/subscription-schedules#use-phase-metadata).
        phase["metadata"] = {key: str(value or "") for key, value in given["metadata"].items()}
    if not given.get("items"):
        raise missing_parameter(f"{param}[items]")
    prices = []
    for place, each in enumerate(given["items"]):
        price = find[0](work, each, f"{param}[items][{place}]")
        prices.append(price)
        checked_quantity(each.get("quantity") or 0, f"{param}[items][{place}]")
        phase["items"].append(_item(work, each, price, f"{param}[items][{place}]"))
    phase["currency"] = currency_of(prices, given.get("currency"))
    rates = given.get("default_tax_rates") or []
    phase["default_tax_rates"] = usable_rates(
        work, rates, f"{param}[default_tax_rates]", MOST_DEFAULTS
    )
    interval_of(prices, f"{param}[items]", mixed=is_flexible(schedule))
    require_different(prices, f"{param}[items]")
    subscription_shares(work, settings_of(schedule, phase), {})
    for place, each in enumerate(given.get("add_invoice_items") or []):
        price = find[1](work, each, f"{param}[add_invoice_items][{place}]")
        item = _invoice_item(work, each, price, f"{param}[add_invoice_items][{place}]")
        phase["add_invoice_items"].append(item)
    sends = said(schedule, phase, "collection_method") == "send_invoice"
    if sends and days_until_due(schedule, phase) is None:
        raise invalid(
            "When `collection_method` is `send_invoice`, `invoice_settings[days_until_due]` must be set.",
            f"{param}[invoice_settings][days_until_due]",
        )
    return phase


def _item(work: UnitOfWork, given: Mapping[str, Any], price: Record, param: str) -> Record:
    item = work.shapes.structure("SubscriptionSchedulePhaseItem")
    item |= {
        "billing_thresholds": item_thresholds(given.get(THRESHOLDS), param),
        "plan": price["id"],
        "price": price["id"],
        "metadata": dict(given.get("metadata") or {}),
    }
    if price["recurring"]["usage_type"] == "licensed":
        quantity = given.get("quantity")
        item["quantity"] = 1 if quantity is None else quantity
    return item | _own_terms(work, given, param)


def _own_terms(work: UnitOfWork, given: Mapping[str, Any], param: str) -> Record:
    """The discounts and the tax rates that are for an item alone."""
    empty = {"coupon": None, "discount": None, "promotion_code": None}
    terms: Record = {"discounts": [empty | each for each in given.get("discounts") or []]}
    if given.get("tax_rates"):
        terms["tax_rates"] = usable_rates(work, given["tax_rates"], f"{param}[tax_rates]")
    return terms


def _invoice_item(work: UnitOfWork, given: Mapping[str, Any], price: Record, param: str) -> Record:
    item = work.shapes.structure("SubscriptionSchedulePhaseAddInvoiceItem")
    quantity = given.get("quantity")
    return item | {
        "discountable": given.get("discountable"),
        "metadata": dict(given.get("metadata") or {}),
        "period": given.get("period") or COMMON_PERIOD,
        "price": price["id"],
        "quantity": 1 if quantity is None else quantity,
        **_own_terms(work, given, param),
    }


def _anchor(work: UnitOfWork, schedule: Record) -> int | None:
    """What the billing periods of a subscription that there is are counted from."""
    subscription = work.get("subscription", schedule["subscription"] or "")
    return subscription["billing_cycle_anchor"] if subscription is not None else None


def _end(
    work: UnitOfWork, phase: Record, given: Mapping[str, Any], now: int, anchor: int, param: str
) -> int:
    """A phase ends when it says, or after its duration, which is one period of its prices."""
    end, duration = _moment(given.get("end_date"), now), given.get("duration")
    if end is not None and duration is not None:
        raise exclusive("end_date", "duration", param)
    if duration is not None:
        length = interval_given(duration, f"{param}[duration]")
    else:
        prices = [known_price(work, each, param) for each in phase["items"]]
        length = interval_of(prices, mixed=True)
    start: int = phase["start_date"]
    if end is None:
        return aligned_end(anchor, start, length)
    if end <= start:
        raise invalid("The end_date of a phase must be after its start_date.", f"{param}[end_date]")
    return end


def _set_trial(phase: Record, given: Mapping[str, Any], now: int, param: str) -> None:
    """https://docs.stripe.com/changelog/dahlia/2026-07-29/subscription-schedule-phases-trial-property"""
    end = _moment(given.get("trial_end"), now)
    if given.get("trial"):
        if end not in (None, phase["end_date"]):
            raise invalid(
                "A phase that is a trial has its trial_end where it ends itself.",
                f"{param}[trial_end]",
            )
        end = phase["end_date"]
    if end is not None and not phase["start_date"] <= end <= phase["end_date"]:
        raise invalid("A trial must end within its phase.", f"{param}[trial_end]")
    phase["trial_end"] = end
    phase["trial"] = end is not None and end == phase["end_date"]


# What a phase says of its subscription


def said(schedule: Record, phase: Record, name: str) -> Any:
    """What a phase says of a subscription, or else the schedule for all of them."""
    own = phase.get(name)
    return schedule["default_settings"].get(name) if own is None else own


def days_until_due(schedule: Record, phase: Record) -> int | None:
    """How long an invoice that is sent may be open."""
    own = (phase["invoice_settings"] or {}).get("days_until_due")
    days: int | None = schedule["default_settings"]["invoice_settings"]["days_until_due"]
    return days if own is None else own


def settings_of(schedule: Record, phase: Record) -> Record:
    """The parameters of a subscription that follow from its phase, its items aside."""
    settings = {name: said(schedule, phase, name) for name in ("automatic_tax", *OPTIONAL)}
    general = schedule["default_settings"]["invoice_settings"]
    return {
        **{name: value for name, value in settings.items() if value is not None},
        "collection_method": said(schedule, phase, "collection_method") or "charge_automatically",
        "days_until_due": days_until_due(schedule, phase),
        "default_tax_rates": phase.get("default_tax_rates") or [],
        "invoice_settings": {
            name: (phase["invoice_settings"] or {}).get(name) or general[name]
            for name in ("account_tax_ids", "custom_fields", "description", "footer", "issuer")
        },
        "metadata": phase["metadata"] or {},
    }


def phase_of(work: UnitOfWork, subscription: Record) -> Record:
    """The phase that a subscription is in which no schedule has managed so far: the current period."""
    items = items_of(work, subscription)
    ends = [item["current_period_end"] for item in items]
    if subscription["status"] == "paused":
        # Its periods were over when it was paused.
        now = work.now(subscription)
        ends = [period_around(work, subscription, item, now)[1] for item in items]
    phase = work.shapes.structure(PHASE)
    return phase | {
        "currency": subscription["currency"],
        "default_tax_rates": list(subscription["default_tax_rates"]),
        "discounts": discounts_as_phase(subscription),
        "end_date": min(ends),
        "items": items_as_phase(work, subscription),
        "proration_behavior": "create_prorations",
        "start_date": min(item["current_period_start"] for item in items),
        "trial": subscription["status"] == "trialing",
        "trial_end": subscription["trial_end"] if subscription["status"] == "trialing" else None,
    }


def discounts_as_phase(subscription: Record) -> list[Record]:
    """A subscription's discounts, as those of a phase."""
    return [
        {"coupon": None, "discount": id, "promotion_code": None} for id in subscription["discounts"]
    ]


def items_as_phase(work: UnitOfWork, subscription: Record) -> list[Record]:
    """A subscription's items, as those of a phase."""
    return [
        _item(
            work,
            {**item, "discounts": [{"discount": id} for id in item["discounts"]]},
            work.require("price", item["price"], "price"),
            "items",
        )
        for item in items_of(work, subscription)
    ]


def settings_from(work: UnitOfWork, subscription: Record) -> Record:
    """What a schedule takes over of a subscription's settings, for all phases."""
    settings = work.shapes.structure("SubscriptionScheduleDefaultSettings")
    for name in (
        "application_fee_percent",
        THRESHOLDS,
        "collection_method",
        "default_payment_method",
        "description",
        "on_behalf_of",
        "transfer_data",
    ):
        settings[name] = subscription[name]
    settings["automatic_tax"] = dict(subscription["automatic_tax"])
    settings["invoice_settings"] |= {
        **subscription["invoice_settings"],
        "days_until_due": subscription["days_until_due"],
    }
    return settings
