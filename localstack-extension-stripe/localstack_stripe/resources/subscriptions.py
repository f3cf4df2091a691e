"""Subscriptions (https://docs.stripe.com/billing/subscriptions/overview): items, trials, renewals, their end."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval, period_at
from localstack_stripe.billing.proration import remaining
from localstack_stripe.engine.assignment import assign, merged_metadata
from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY, HOUR
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter, no_such
from localstack_stripe.engine.lists import Page, page_of
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.invoice_items import bill_pending, new_item
from localstack_stripe.resources.invoices import (
    DRAFT_SECONDS,
    Line,
    add_lines,
    collect,
    default_method,
    draft,
    finalize,
    line_description,
    subscription_of,
    void_invoice,
    when_invoice_changes,
)
from localstack_stripe.resources.payment_methods import owned_method
from localstack_stripe.resources.prices import new_price

ENDED = frozenset({"canceled", "incomplete_expired"})
RENEWING = frozenset({"active", "trialing", "past_due", "unpaid"})

FIRST_PAYMENT_SECONDS = 23 * HOUR
"""How long the first payment may be open before the subscription is ``incomplete_expired``."""

MAX_ITEMS = 20
"""https://docs.stripe.com/billing/subscriptions/multiple-products"""


# Creating


@operation("POST /v1/subscriptions")
def create(call: Call) -> Record:
    """Subscribe a customer, and bill the first period."""
    params, work = call.params, call.work
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = work.require("customer", params["customer"], "customer")
    if not params.get("items"):
        raise missing_parameter("items")
    prices = _prices(work, params["items"], "items")
    currency = _currency(prices, params)
    subscription = work.create(
        "subscription",
        **_settings(call, customer),
        currency=currency,
        customer=customer["id"],
        test_clock=customer["test_clock"],
    )
    now = subscription["created"]
    subscription["start_date"] = now
    _start_trial(call, subscription, prices)
    interval = _interval(prices)
    start, end = _first_period(call, subscription, interval)
    for given, price in zip(params["items"], prices, strict=True):
        _new_item(work, subscription, given, price, (start, end))
    _show_single_item(work, subscription)
    if params.get("cancel_at_period_end"):
        _cancel_at_period_end(work, subscription)
    elif isinstance(params.get("cancel_at"), int):
        subscription["cancel_at"] = params["cancel_at"]
    _bill_start(call, subscription, customer, prices, interval)
    return subscription


def _settings(call: Call, customer: Record) -> Record:
    params, work = call.params, call.work
    method = params.get("default_payment_method")
    if method:
        method = owned_method(work, customer, method, "default_payment_method")["id"]
    source = params.get("default_source")
    if source:
        card = work.get("card", source)
        if card is None or card["customer"] != customer["id"]:
            raise no_such("source", source, "default_source")
    collection = params.get("collection_method") or "charge_automatically"
    if collection == "send_invoice" and params.get("days_until_due") is None:
        raise invalid(
            "When `collection_method` is `send_invoice`, `days_until_due` must be set.",
            "days_until_due",
        )
    given = params.get("payment_settings") or {}
    mode = (params.get("billing_mode") or {}).get("type") or "flexible"
    invoice_settings = params.get("invoice_settings") or {}
    end_behavior = (params.get("trial_settings") or {}).get("end_behavior") or {}
    return {
        "application_fee_percent": params.get("application_fee_percent"),
        "billing_mode": {
            "flexible": {"proration_discounts": "included"} if mode == "flexible" else None,
            "type": mode,
        },
        "collection_method": collection,
        "days_until_due": params.get("days_until_due"),
        "default_payment_method": method,
        "default_source": source,
        "default_tax_rates": params.get("default_tax_rates") or [],
        "description": params.get("description"),
        "invoice_settings": {
            "account_tax_ids": invoice_settings.get("account_tax_ids"),
            "custom_fields": invoice_settings.get("custom_fields"),
            "description": invoice_settings.get("description"),
            "footer": invoice_settings.get("footer"),
            "issuer": {"type": "self"},
        },
        "metadata": merged_metadata({}, params.get("metadata") or {}),
        "payment_settings": {
            "payment_method_options": given.get("payment_method_options"),
            "payment_method_types": given.get("payment_method_types") or None,
            "save_default_payment_method": given.get("save_default_payment_method") or "off",
        },
        "status": "incomplete",
        "trial_settings": {
            "end_behavior": {
                "billing_cycle_anchor": end_behavior.get("billing_cycle_anchor"),
                "missing_payment_method": end_behavior.get("missing_payment_method")
                or "create_invoice",
            }
        },
    }


def _prices(work: UnitOfWork, items: list[Mapping[str, Any]], param: str) -> list[Record]:
    if len(items) > MAX_ITEMS:
        raise invalid(f"A subscription can have at most {MAX_ITEMS} items.", param)
    prices = [price_of_item(work, item, f"{param}[{place}]") for place, item in enumerate(items)]
    seen = set()
    for price in prices:
        if price["id"] in seen:
            raise invalid(
                f"Cannot add multiple subscription items with the same plan: {price['id']}", param
            )
        seen.add(price["id"])
    return prices


def price_of_item(work: UnitOfWork, item: Mapping[str, Any], param: str) -> Record:
    """The recurring price of an item's parameters, by ``price``, by ``plan`` or described in place."""
    name = "price" if item.get("price") else "plan"
    if item.get(name):
        price = work.get("price", item[name])
        if price is None or (name == "plan" and not price["recurring"]):
            raise no_such(name, item[name], f"{param}[{name}]")
    elif item.get("price_data"):
        data = item["price_data"]
        work.require("product", data["product"], f"{param}[price_data][product]")
        name, price = "price_data", new_price(work, data["product"], data, f"{param}[price_data]")
    else:
        raise missing_parameter(f"{param}[price]")
    if price["recurring"] is None:
        raise invalid(
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.",
            f"{param}[{name}]",
        )
    if not price["active"]:
        raise invalid(
            "The price specified is inactive. This field only accepts active prices.",
            f"{param}[{name}]",
        )
    return price


def _currency(prices: list[Record], params: Mapping[str, Any]) -> str:
    currencies = {price["currency"] for price in prices}
    if len(currencies) > 1:
        raise invalid(
            "The prices of a subscription's items must all be in the same currency.", "items"
        )
    currency: str = currencies.pop()
    wanted = params.get("currency")
    if wanted and wanted != currency:
        raise invalid(
            f"The price specified only supports `{currency}`. This doesn't match the expected currency: `{wanted}`.",
            "currency",
        )
    return currency


def _interval(prices: list[Record]) -> Interval:
    intervals = {
        Interval(price["recurring"]["interval"], price["recurring"]["interval_count"])
        for price in prices
    }
    if len(intervals) > 1:
        raise invalid(
            "Currently, all prices of a subscription must have the same billing interval in this emulator.",
            "items",
        )
    return intervals.pop()


def _start_trial(call: Call, subscription: Record, prices: list[Record]) -> None:
    params, now = call.params, subscription["created"]
    end, days = params.get("trial_end"), params.get("trial_period_days")
    if days is None and params.get("trial_from_plan"):
        days = prices[0]["recurring"]["trial_period_days"]
    if end is not None and days is not None:
        raise invalid("You can only specify one of these parameters: trial_end, trial_period_days.")
    if days:
        end = now + days * DAY
    if end in (None, "now"):
        return
    if end <= now:
        raise invalid("Invalid timestamp: can only specify a future timestamp", "trial_end")
    subscription["trial_start"], subscription["trial_end"] = now, end
    subscription["status"] = "trialing"


def _first_period(call: Call, subscription: Record, interval: Interval) -> tuple[int, int]:
    now, anchor = subscription["created"], call.params.get("billing_cycle_anchor")
    if subscription["trial_end"] is not None:
        subscription["billing_cycle_anchor"] = subscription["trial_end"]
        return now, subscription["trial_end"]
    if anchor is None:
        subscription["billing_cycle_anchor"] = now
        return now, interval.after(now, 1)
    if anchor <= now:
        raise invalid(
            "Invalid timestamp: billing_cycle_anchor must be in the future", "billing_cycle_anchor"
        )
    if anchor > interval.after(now, 1):
        raise invalid(
            "billing_cycle_anchor cannot be later than next natural billing date "
            f"({interval.after(now, 1)}) for plan",
            "billing_cycle_anchor",
        )
    subscription["billing_cycle_anchor"] = anchor
    return now, anchor


def _new_item(
    work: UnitOfWork,
    subscription: Record,
    given: Mapping[str, Any],
    price: Record,
    period: tuple[int, int],
) -> Record:
    item = work.create(
        "subscription_item",
        created=work.now(subscription),
        current_period_end=period[1],
        current_period_start=period[0],
        metadata=merged_metadata({}, given.get("metadata") or {}),
        plan=price["id"],
        price=price["id"],
        subscription=subscription["id"],
        tax_rates=given.get("tax_rates") or [],
    )
    if price["recurring"]["usage_type"] == "licensed":
        quantity = given.get("quantity")
        item["quantity"] = 1 if quantity is None else quantity
        if item["quantity"] < 0:
            raise invalid(
                "This value must be greater than or equal to 0.",
                "items",
                "parameter_invalid_integer",
            )
    elif given.get("quantity") is not None:
        raise invalid(
            "You cannot set the quantity of a metered item; report its usage instead.", "items"
        )
    return item


def items_of(work: UnitOfWork, subscription: Record) -> list[Record]:
    """A subscription's items, in the order in which they were added."""
    return work.where("subscription_item", "subscription", subscription["id"])[::-1]


def _show_single_item(work: UnitOfWork, subscription: Record) -> None:
    """``plan`` and ``quantity`` of a subscription with one item, as older code reads them."""
    items = items_of(work, subscription)
    single = items[0] if len(items) == 1 else None
    subscription["plan"] = single["plan"] if single else None
    subscription["quantity"] = single.get("quantity") if single else None


# Billing


def _bill_start(
    call: Call, subscription: Record, customer: Record, prices: list[Record], interval: Interval
) -> None:
    params, work = call.params, call.work
    behavior = params.get("payment_behavior") or "allow_incomplete"
    if behavior == "pending_if_incomplete":
        raise invalid(
            "`payment_behavior=pending_if_incomplete` is only for updating a subscription.",
            "payment_behavior",
        )
    invoice = new_cycle_invoice(work, subscription, customer, "subscription_create", interval)
    method = default_method(work, subscription, customer)
    automatic = subscription["collection_method"] == "charge_automatically"
    must_pay = automatic and behavior != "default_incomplete" and subscription["trial_end"] is None
    if must_pay and method is None and invoice["total"] + customer["balance"] > 0:
        raise StripeError(
            "This customer has no attached payment source or default payment method. Please consider adding a "
            "default payment method. For more information, visit "
            "https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.",
            code="resource_missing",
        )
    finalize(work, invoice)
    if not automatic and subscription["status"] == "incomplete":
        subscription["status"] = "active"
    if invoice["status"] != "open" or not automatic or behavior == "default_incomplete":
        return
    off_session = bool(params.get("off_session"))
    error = collect(work, invoice, method, off_session=off_session)
    if error is not None and behavior == "error_if_incomplete":
        error.commits = False
        error.objects = {}
        raise error
    if invoice["status"] == "open" and behavior == "error_if_incomplete":
        raise StripeError(
            "Subscription creation failed because the subscription has an attached payment method that requires "
            "authentication.",
            status=402,
            code="subscription_payment_intent_requires_action",
        )


def new_cycle_invoice(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    reason: str,
    interval: Interval,
    *,
    recurring: bool = True,
) -> Record:
    """The draft that bills a subscription's current period, with what is pending.

    :param recurring: whether the period itself is billed, or only what is pending
    """
    now = work.now(subscription)
    items = items_of(work, subscription)
    invoice = draft(
        work,
        customer,
        subscription["currency"],
        auto_advance=True,
        billing_reason=reason,
        collection_method=subscription["collection_method"],
        description=subscription["invoice_settings"]["description"],
        footer=subscription["invoice_settings"]["footer"],
        parent={
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(subscription["metadata"]),
                "subscription": subscription["id"],
            },
            "type": "subscription_details",
        },
    )
    if subscription["collection_method"] == "send_invoice":
        invoice["due_date"] = now + (subscription["days_until_due"] or 0) * DAY
    if reason == "subscription_cycle":
        # What a renewal's invoice covers besides its lines is the period that has just ended.
        invoice["period_start"] = period_at(
            subscription["billing_cycle_anchor"], interval, now - 1
        )[0]
    invoice["period_end"] = now
    subscription["latest_invoice"] = invoice["id"]
    if recurring:
        lines = [_item_line(work, subscription, item, interval) for item in items]
        add_lines(work, invoice, lines)
    bill_pending(work, invoice, subscription["id"])
    return invoice


def _item_line(work: UnitOfWork, subscription: Record, item: Record, interval: Interval) -> Line:
    price = work.require("price", item["price"], "price")
    quantity = item.get("quantity", 0)
    period = (item["current_period_start"], item["current_period_end"])
    amount: int = price_amount(price, quantity)
    product = work.get("product", price["product"])
    description = line_description(price, product, quantity)
    if subscription["status"] == "trialing":
        amount = 0
        description = f"Trial period for {product['name'] if product else price['id']}"
    else:
        whole = period_at(subscription["billing_cycle_anchor"], interval, period[0])
        if whole != period:
            # A first period up to an anchor is shorter than the others, and costs less.
            amount = remaining(amount, whole, period[0])
    return Line(
        amount,
        description,
        period,
        price,
        quantity,
        subscription_item=item["id"],
        subscription=subscription["id"],
    )


@when_invoice_changes
def follow_invoice(work: UnitOfWork, invoice: Record) -> None:
    """A subscription is active while its latest invoice is paid, and past due when it could not be."""
    id = subscription_of(invoice)
    found = work.get("subscription", id) if id else None
    if found is None or found["latest_invoice"] != invoice["id"] or found["status"] in ENDED:
        return
    subscription = work.change(found)
    if invoice["status"] in ("paid", "uncollectible"):
        if subscription["status"] in ("incomplete", "past_due", "unpaid"):
            subscription["status"] = "active"
        _save_method(work, subscription, invoice)
    elif invoice["status"] == "open" and subscription["status"] == "active":
        subscription["status"] = "past_due"


def _save_method(work: UnitOfWork, subscription: Record, invoice: Record) -> None:
    """Keep what paid as the subscription's default, where ``save_default_payment_method`` asks for it."""
    if subscription["payment_settings"]["save_default_payment_method"] != "on_subscription":
        return
    for payment in work.where("invoice_payment", "invoice", invoice["id"]):
        intent = work.get("payment_intent", payment["payment"].get("payment_intent", ""))
        if intent is not None and intent["payment_method"]:
            subscription["default_payment_method"] = intent["payment_method"]


# What falls due


def next_due(work: UnitOfWork, subscription: Record) -> int | None:
    """When something happens to a subscription by itself."""
    status = subscription["status"]
    if status == "incomplete":
        return int(subscription["created"]) + FIRST_PAYMENT_SECONDS
    if status not in RENEWING:
        return None
    moments = [item["current_period_end"] for item in items_of(work, subscription)]
    if subscription["cancel_at"] is not None:
        moments.append(subscription["cancel_at"])
    return min(moments, default=None)


@due("subscription", next=next_due)
def come_due(work: UnitOfWork, found: Record) -> None:
    """A period ends, a trial ends, a cancellation takes effect, or the first payment never came."""
    subscription = work.change(found)
    now = next_due(work, subscription)
    if subscription["status"] == "incomplete":
        _expire(work, subscription)
    elif subscription["cancel_at"] is not None and subscription["cancel_at"] == now:
        cancel_now(work, subscription, reason=None)
    else:
        renew(work, subscription)


def _expire(work: UnitOfWork, subscription: Record) -> None:
    subscription["status"] = "incomplete_expired"
    subscription["ended_at"] = work.now(subscription)
    invoice = work.get("invoice", subscription["latest_invoice"])
    if invoice is not None and invoice["status"] == "open":
        void_invoice(work, work.change(invoice))


def renew(work: UnitOfWork, subscription: Record) -> None:
    """Begin the next period: a draft invoice, which is finalized and charged an hour later."""
    items = items_of(work, subscription)
    prices = [work.require("price", item["price"], "price") for item in items]
    interval = _interval(prices)
    start = items[0]["current_period_end"]
    end = period_at(subscription["billing_cycle_anchor"], interval, start)[1]
    for item in items:
        item = work.change(item)
        item["current_period_start"], item["current_period_end"] = start, end
    if subscription["status"] == "trialing":
        subscription["status"] = "active"
    customer = work.require("customer", subscription["customer"], "customer")
    invoice = new_cycle_invoice(work, subscription, customer, "subscription_cycle", interval)
    invoice["automatically_finalizes_at"] = work.now(subscription) + DRAFT_SECONDS


# Changing


@operation("POST /v1/subscriptions/{subscription}")
def update(call: Call) -> Record:
    """Change a subscription; what changes its price is prorated."""
    params, work = call.params, call.work
    found = require_path(call, "subscription", "subscription")
    if found["status"] in ENDED:
        raise invalid(
            "A canceled subscription can only update its cancellation_details and metadata."
            if found["status"] == "canceled"
            else "An expired subscription cannot be updated."
        )
    subscription = work.change(found)
    customer = work.require("customer", subscription["customer"], "customer")
    if params.get("default_payment_method"):
        method = owned_method(
            work, customer, params["default_payment_method"], "default_payment_method"
        )
        subscription["default_payment_method"] = method["id"]
    plain = {name: value for name, value in params.items() if name in _PLAIN}
    fields = work.contract.resources["subscription"].fields
    assign(work, subscription, plain, fields)
    _change_cancellation(call, subscription)
    _change_trial(call, subscription)
    if params.get("items"):
        change_items(call, subscription, customer)
    return subscription


_PLAIN = {
    "application_fee_percent",
    "collection_method",
    "days_until_due",
    "default_source",
    "default_tax_rates",
    "description",
    "invoice_settings",
    "metadata",
    "pause_collection",
    "payment_settings",
    "trial_settings",
}
"""Parameters that are simply written into the field of their name."""


def _change_cancellation(call: Call, subscription: Record) -> None:
    params, work = call.params, call.work
    wanted = params.get("cancel_at_period_end")
    if wanted and params.get("cancel_at") is not None:
        raise invalid(
            "You can only specify one of these parameters: cancel_at, cancel_at_period_end."
        )
    if wanted:
        _cancel_at_period_end(work, subscription)
    elif wanted is False or ("cancel_at" in params and params["cancel_at"] is None):
        subscription["cancel_at"] = subscription["canceled_at"] = None
        subscription["cancel_at_period_end"] = False
        subscription["cancellation_details"] = cancellation_details(None)
    elif params.get("cancel_at") is not None:
        at = params["cancel_at"]
        if not isinstance(at, int):
            at = min(item["current_period_end"] for item in items_of(work, subscription))
        if at <= work.now(subscription):
            raise invalid("Invalid timestamp: cancel_at must be in the future", "cancel_at")
        subscription["cancel_at"], subscription["cancel_at_period_end"] = at, False
        subscription["canceled_at"] = work.now(subscription)
        subscription["cancellation_details"] = cancellation_details("cancellation_requested")
    if params.get("cancellation_details"):
        details = subscription["cancellation_details"] or cancellation_details(None)
        subscription["cancellation_details"] = details | params["cancellation_details"]


def _cancel_at_period_end(work: UnitOfWork, subscription: Record) -> None:
    ends = [item["current_period_end"] for item in items_of(work, subscription)]
    subscription["cancel_at"] = min(ends)
    subscription["cancel_at_period_end"] = True
    subscription["canceled_at"] = work.now(subscription)
    subscription["cancellation_details"] = cancellation_details("cancellation_requested")


def _change_trial(call: Call, subscription: Record) -> None:
    end = call.params.get("trial_end")
    if end is None:
        return
    work, now = call.work, call.work.now(subscription)
    if end == "now":
        if subscription["status"] != "trialing":
            return
        subscription["trial_end"] = now
        subscription["billing_cycle_anchor"] = now
        for item in items_of(work, subscription):
            work.change(item)["current_period_end"] = now
        renew(work, subscription)
        _finish_now(work, subscription)
        return
    if end <= now:
        raise invalid("Invalid timestamp: can only specify a future timestamp", "trial_end")
    subscription["trial_start"] = subscription["trial_start"] or now
    subscription["trial_end"] = subscription["billing_cycle_anchor"] = end
    subscription["status"] = "trialing"
    for item in items_of(work, subscription):
        work.change(item)["current_period_end"] = end


def change_items(call: Call, subscription: Record, customer: Record) -> None:
    """Change, add or delete items, and bill the difference for the rest of the period.

    https://docs.stripe.com/billing/subscriptions/prorations; a new interval starts a new period at once.
    """
    params, work = call.params, call.work
    behavior = params.get("proration_behavior") or "create_prorations"
    at = params.get("proration_date") or work.now(subscription)
    before = _current_interval(work, subscription)
    old = {item["id"]: dict(item) for item in items_of(work, subscription)}
    for place, given in enumerate(params["items"]):
        _change_item(work, subscription, given, f"items[{place}]")
    items = items_of(work, subscription)
    if not items:
        raise invalid("A subscription must have at least one active plan.", "items")
    prices = [work.require("price", item["price"], "items") for item in items]
    _currency(prices, {"currency": subscription["currency"]})
    interval = _interval(prices)
    _show_single_item(work, subscription)
    new = {item["id"]: item for item in items}
    trialing = subscription["status"] == "trialing"
    restarts = interval != before and not trialing
    if behavior != "none" and not trialing:
        for id in old | new:
            _prorate(
                work, subscription, customer, old.get(id), None if restarts else new.get(id), at
            )
    if restarts:
        now = work.now(subscription)
        subscription["billing_cycle_anchor"] = now
        for item in items:
            item = work.change(item)
            item["current_period_start"], item["current_period_end"] = now, interval.after(now, 1)
        new_cycle_invoice(work, subscription, customer, "subscription_update", interval)
        _finish_now(work, subscription)
    elif behavior == "always_invoice" and not trialing:
        _invoice_pending(work, subscription, customer)


def _current_interval(work: UnitOfWork, subscription: Record) -> Interval:
    items = items_of(work, subscription)
    return _interval([work.require("price", item["price"], "price") for item in items])


def _change_item(
    work: UnitOfWork, subscription: Record, given: Mapping[str, Any], param: str
) -> None:
    items = items_of(work, subscription)
    if not given.get("id"):
        price = price_of_item(work, given, param)
        if any(item["price"] == price["id"] for item in items):
            raise invalid(
                f"Cannot add multiple subscription items with the same plan: {price['id']}", param
            )
        period = (items[0]["current_period_start"], items[0]["current_period_end"])
        _new_item(work, subscription, given, price, period)
        return
    found = next((item for item in items if item["id"] == given["id"]), None)
    if found is None:
        raise no_such("subscription_item", given["id"], f"{param}[id]")
    if given.get("deleted"):
        work.bury(found)
        return
    item = work.change(found)
    if given.get("price") or given.get("plan") or given.get("price_data"):
        price = price_of_item(work, given, param)
        item["price"] = item["plan"] = price["id"]
    if given.get("quantity") is not None:
        item["quantity"] = given["quantity"]
    if given.get("metadata"):
        item["metadata"] = merged_metadata(item["metadata"], given["metadata"])


def _prorate(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    old: Record | None,
    new: Record | None,
    at: int,
) -> None:
    """Credit what is left of the old item and charge what is left of the new one."""
    terms = ("price", "quantity")
    if old and new and all(old.get(name) == new.get(name) for name in terms):
        return
    for item, sign, words in ((old, -1, "Unused time on"), (new, 1, "Remaining time on")):
        if item is None:
            continue
        price = work.require("price", item["price"], "price")
        quantity = item.get("quantity", 0)
        period = (item["current_period_start"], item["current_period_end"])
        product = work.get("product", price["product"])
        name = product["name"] if product else price["id"]
        counted = f"{quantity} × {name}" if quantity != 1 else name
        line = Line(
            sign * remaining(price_amount(price, quantity), period, at),
            f"{words} {counted} after {datetime.fromtimestamp(at, UTC):%d %b %Y}",
            (at, period[1]),
            price,
            quantity,
            subscription_item=item["id"],
            subscription=subscription["id"],
            proration=True,
        )
        new_item(work, customer, line, subscription["currency"])


def _invoice_pending(work: UnitOfWork, subscription: Record, customer: Record) -> None:
    """Bill prorations at once instead of with the next period."""
    interval = _current_interval(work, subscription)
    invoice = new_cycle_invoice(
        work, subscription, customer, "subscription_update", interval, recurring=False
    )
    if not work.where("line_item", "invoice", invoice["id"]):
        work.remove(invoice)
        return
    _finish_now(work, subscription)


def _finish_now(work: UnitOfWork, subscription: Record) -> None:
    """Finalize and charge the latest invoice without the hour's wait."""
    invoice = work.change(work.require("invoice", subscription["latest_invoice"], "latest_invoice"))
    finalize(work, invoice)
    if subscription["collection_method"] == "charge_automatically":
        customer = work.get("customer", subscription["customer"])
        collect(work, invoice, default_method(work, subscription, customer), off_session=False)


# Ending


@operation("DELETE /v1/subscriptions/{subscription}")
def cancel(call: Call) -> Record:
    """Cancel at once (https://docs.stripe.com/api/subscriptions/cancel)."""
    found = require_path(call, "subscription", "subscription")
    if found["status"] in ENDED:
        raise no_such("subscription", found["id"], "id", status=404)
    subscription = call.work.change(found)
    cancel_now(call.work, subscription)
    details = call.params.get("cancellation_details")
    if details:
        subscription["cancellation_details"] |= details
    return subscription


def cancel_now(
    work: UnitOfWork, subscription: Record, reason: str | None = "cancellation_requested"
) -> None:
    """End a subscription; what is open of it is no longer collected by itself.

    :param reason: nothing where the end was decided before, and the reason is in the record already
    """
    now = work.now(subscription)
    subscription["status"] = "canceled"
    subscription["ended_at"] = now
    subscription["canceled_at"] = subscription["canceled_at"] or now
    if reason is not None:
        subscription["cancellation_details"] = cancellation_details(reason)
    for invoice in work.where("invoice", "customer", subscription["customer"]):
        if subscription_of(invoice) == subscription["id"] and invoice["status"] in (
            "draft",
            "open",
        ):
            invoice = work.change(invoice)
            invoice["auto_advance"] = False
            invoice["automatically_finalizes_at"] = None


def cancellation_details(reason: str | None) -> Record:
    """Why a subscription ends."""
    return {"comment": None, "feedback": None, "feedback_option": None, "reason": reason}


# Lists


@operation("GET /v1/subscriptions")
def list_subscriptions(call: Call) -> Page:
    """Those that have not ended, unless a status is asked for (https://docs.stripe.com/api/subscriptions/list)."""
    conditions = {"status": "not_canceled", **call.params}
    filters = {"status": has_status, "price": has_price, "plan": has_price}
    return page_of(
        call.work, ["subscription"], call.operation, call.path, conditions, "list", filters
    )


def has_status(work: UnitOfWork, subscription: Record, wanted: str) -> bool:
    """Select by status, or by Stripe's groups of them."""
    status = subscription["status"]
    if wanted == "all":
        return True
    if wanted == "ended":
        return status in ENDED
    if wanted == "not_canceled":
        return status not in ENDED
    return bool(status == wanted)


def has_price(work: UnitOfWork, subscription: Record, price: str) -> bool:
    """Select by the price of an item."""
    return any(item["price"] == price for item in items_of(work, subscription))
