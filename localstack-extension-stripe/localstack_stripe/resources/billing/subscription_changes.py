"""Changing what is subscribed to: items, quantities, the billing cycle.

https://docs.stripe.com/billing/subscriptions/prorations
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from localstack_stripe.billing.amounts import price_amount
from localstack_stripe.billing.periods import Interval
from localstack_stripe.engine.assignment import merged_metadata
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.billing_thresholds import item_thresholds
from localstack_stripe.resources.billing.invoice_items import new_item
from localstack_stripe.resources.billing.item_trials import (
    begin_trial,
    follow_trials,
    offer_in,
    require_attachable,
)
from localstack_stripe.resources.billing.requested_items import (
    MAX_ITEMS,
    FindPrice,
    add_item,
    checked_quantity,
    currency_of,
    price_of_item,
    require_different,
    set_discounts,
)
from localstack_stripe.resources.billing.subscription_cycle import announce_near_end
from localstack_stripe.resources.billing.subscription_invoices import (
    finish_now,
    new_cycle_invoice,
)
from localstack_stripe.resources.billing.subscription_prorations import (
    credit_unused,
    credits,
    debits,
    invoice_pending,
    prorate,
    proration_date,
)
from localstack_stripe.resources.billing.subscription_terms import (
    Period,
    begin_period,
    interval_of,
    is_flexible,
    items_of,
    lasting_price,
    price_of,
    recurrence,
    show_single_item,
)
from localstack_stripe.resources.billing.usage_billing import (
    is_metered,
    leave_unbilled,
    rest_of_usage,
)
from localstack_stripe.resources.products.tax_rates import usable_rates


def change_items(
    work: UnitOfWork,
    params: Mapping[str, Any],
    subscription: Record,
    customer: Record,
    *,
    restart: bool = False,
    adapts: bool | None = None,
    find: FindPrice = price_of_item,
) -> None:
    """Change, add or delete items, and bill the difference for the rest of the period.

    :param params: ``items`` and what goes with them, as in updating a subscription
    :param restart: whether a new period is wanted in any case (``billing_cycle_anchor``), or a trial has just begun
    :param adapts: whether a new interval, or a first price that is not zero, starts a new period at once; unless it is
        said, with classic billing only
        (https://docs.stripe.com/billing/subscriptions/billing-mode/compare#reset-the-billing-cycle-anchor)
    :param find: what finds the price of an item
    """
    proration = params.get("proration_behavior") or "create_prorations"
    payment = params.get("payment_behavior") or "allow_incomplete"
    priced = [(dict(item), price_of(work, item)) for item in items_of(work, subscription)]
    old = {item["id"]: item for item, _ in priced}
    before = {item["id"]: recurrence(price) for item, price in priced}
    was_on_trial = subscription["status"] == "trialing"
    at = proration_date(work, params, subscription, old.values())
    period = _period_of(old.values())
    given_back = credits(work, subscription, list(old.values()), at) if proration != "none" else {}
    for place, given in enumerate(params.get("items") or []):
        _change_item(work, subscription, given, f"items[{place}]", period, find)
    items = items_of(work, subscription)
    bills_usage = proration != "none" and subscription["status"] != "paused"
    _settle_usage(work, subscription, customer, priced, bills=bills_usage)
    prices = [price_of(work, item) for item in items]
    _require_together(work, subscription, items, prices)
    after = {recurrence(price) for price in prices}
    show_single_item(work, subscription)
    new = {item["id"]: item for item in items}
    changed = {id for id in old | new if _terms(old.get(id)) != _terms(new.get(id))}
    if subscription["status"] == "incomplete" and (restart or changed):
        raise not_yet_paid("items")
    if subscription["status"] == "paused":
        return
    follow_trials(work, subscription, old.values())
    if subscription["status"] == "trialing":
        if not was_on_trial:
            for id in (id for id in old if id in changed):
                prorate(work, subscription, customer, given_back.get(id, ()), None)
        others = [item for item in items if item["id"] in changed]
        if restart or (others and proration != "none"):
            is_whole = restart or not is_flexible(subscription)
            _bill_trial(work, subscription, customer, items if is_whole else others)
        return
    adapts = not is_flexible(subscription) if adapts is None else adapts
    is_mixed = len({*before.values()}) > 1 or len(after) > 1
    is_other = after != {*before.values()} or (
        _is_paid(prices) and not _is_paid(price for _, price in priced)
    )
    restarts = restart or (adapts and is_other and not is_mixed)
    if not restarts:
        _begin_own_periods(work, subscription, items, before, old)
    if proration != "none":
        charged = {} if restarts else debits(work, subscription, items, at)
        for id in old | new:
            if restarts or id in changed:
                prorate(work, subscription, customer, given_back.get(id, ()), charged.get(id))
    if restarts:
        _begin_anew(work, subscription, customer, items, payment)
    elif proration == "always_invoice":
        invoice_pending(work, subscription, customer, payment)


def _require_together(
    work: UnitOfWork, subscription: Record, items: Sequence[Record], prices: Sequence[Record]
) -> None:
    """Refuse items that a subscription cannot have all at once, now or when their trials are over.

    :param prices: those that the items have now
    :raises StripeError: 400
    """
    if not items:
        raise invalid(
            "A subscription must have at least one active plan. To cancel a subscription, please use the cancel API "
            "endpoint on /v1/subscriptions.",
            "items",
        )
    lasting = [lasting_price(work, item) for item in items]
    require_different(prices, "items")
    require_different(lasting, "items")
    currency_of([*prices, *lasting], subscription["currency"])
    interval_of(lasting, mixed=is_flexible(subscription))


def _begin_anew(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    items: Sequence[Record],
    payment: str,
) -> None:
    """Begin a billing cycle now, and bill its first period.

    :param payment: the ``payment_behavior``
    """
    now = work.now(subscription)
    subscription["billing_cycle_anchor"] = now
    for item in items:
        begin_period(work, subscription, item, now)
    if new_cycle_invoice(work, subscription, customer, "subscription_update"):
        finish_now(work, subscription, payment)


def _settle_usage(
    work: UnitOfWork,
    subscription: Record,
    customer: Record,
    priced: Sequence[tuple[Record, Record]],
    *,
    bills: bool,
) -> None:
    """Bill what was used of items that are gone or have another price, with flexible billing; with classic billing it
    is not billed at all (https://docs.stripe.com/billing/subscriptions/billing-mode/compare#usage-based-pricing).

    :param priced: the items as they were, with their prices
    """
    now = work.now(subscription)
    for item, price in priced:
        found = work.get("subscription_item", item["id"])
        is_kept = found is not None and found["price"] == price["id"]
        if is_kept or not is_metered(price):
            continue
        if not is_flexible(subscription):
            leave_unbilled(work, item, now)
        elif bills:
            for line in rest_of_usage(work, subscription, item, price, now):
                new_item(work, customer, line, subscription["currency"])


def _is_paid(prices: Iterable[Record]) -> bool:
    """Whether one of the prices is not zero, whatever the quantities
    (https://docs.stripe.com/billing/subscriptions/change-price#handle-zero-amount-prices-and-quantities).
    """
    return any(is_metered(price) or price_amount(price, 1) > 0 for price in prices)


def _bill_trial(
    work: UnitOfWork, subscription: Record, customer: Record, items: Sequence[Record]
) -> None:
    """Say on an invoice what is free until the end of a trial, and settle what is pending
    (https://docs.stripe.com/billing/subscriptions/billing-mode/compare#re-bill-for-trial-line-items).
    """
    if new_cycle_invoice(work, subscription, customer, "subscription_update", items=items):
        finish_now(work, subscription)


def not_yet_paid(param: str) -> StripeError:
    """The error of a change that would have to be billed, where the first invoice is not paid yet
    (https://docs.stripe.com/billing/collection-method#failed-incomplete-subscriptions).
    """
    return invalid(
        "A subscription that is incomplete can only be changed in ways that make no invoice and no invoice item.",
        param,
    )


def _begin_own_periods(
    work: UnitOfWork,
    subscription: Record,
    items: Sequence[Record],
    before: Mapping[str, Interval],
    old: Mapping[str, Record],
) -> None:
    """Give items that recur otherwise than they did, or than those that they have joined, a period from now on
    (https://docs.stripe.com/billing/subscriptions/mixed-interval).

    Where one that recurs as they do is about to be renewed, they are renewed with it.

    :param before: how the items recurred, by their ids
    :param old: the items as they were, by their ids
    """
    now = work.now(subscription)
    # A trial has a cycle of its own, which nothing joins.
    lasting = {id: item for id, item in old.items() if item["current_trial"] is None}
    joined = next((before[id] for id in lasting), None)
    over = {before[id]: item for id, item in lasting.items() if item["current_period_end"] <= now}
    for item in items:
        if item["current_trial"] is not None:
            continue
        interval, id = recurrence(price_of(work, item)), item["id"]
        was = before[id] if id in lasting else None if id in old else joined
        if interval == was:
            continue
        if interval in over:
            ended = over[interval]
            item = work.change(item)
            item |= {name: ended[name] for name in ("current_period_end", "current_period_start")}
        else:
            begin_period(work, subscription, item, now)


def _period_of(items: Iterable[Record]) -> Period:
    """The period that a new item joins, which is no trial's where there is another."""
    first = min(items, key=lambda item: item["current_trial"] is not None)
    return first["current_period_start"], first["current_period_end"]


def _terms(item: Record | None) -> tuple[Any, ...] | None:
    return None if item is None else (item["price"], item.get("quantity"), item["current_trial"])


def _change_item(
    work: UnitOfWork,
    subscription: Record,
    given: Mapping[str, Any],
    param: str,
    period: Period,
    find: FindPrice,
) -> None:
    items = items_of(work, subscription)
    if not given.get("id"):
        price = find(work, given, param)
        if len(items) == MAX_ITEMS:
            raise invalid(f"A subscription can have at most {MAX_ITEMS} items.", param)
        add_item(work, subscription, given, price, period, param)
        return
    found = next((item for item in items if item["id"] == given["id"]), None)
    if found is None:
        raise no_such("subscription_item", given["id"], f"{param}[id]")
    if given.get("deleted"):
        work.bury(found)
        return
    item = work.change(found)
    offer = offer_in(work, given, param)
    if offer is not None and (item["current_trial"] or {}).get("trial_offer") == offer["id"]:
        # A trial is as long as it was to be (https://docs.stripe.com/billing/subscriptions/trials#limitations).
        offer = None
    elif offer or given.get("price") or given.get("plan") or given.get("price_data"):
        price = find(work, given, param)
        if price["id"] != item["price"]:
            item["current_trial"] = None
            item["price"] = item["plan"] = price["id"]
            # https://docs.stripe.com/billing/subscriptions/change-price: the quantity goes back to one.
            item.pop("quantity", None)
            if not is_metered(price):
                item["quantity"] = 1
    if offer is not None:
        require_attachable(work, subscription, param)
        begin_trial(work, subscription, item, offer)
    if given.get("quantity") is not None:
        item["quantity"] = checked_quantity(given["quantity"], param)
    if "billing_thresholds" in given:
        item["billing_thresholds"] = item_thresholds(given["billing_thresholds"], param)
    set_discounts(work, subscription, item, given, param)
    if "tax_rates" in given:
        item["tax_rates"] = usable_rates(work, given["tax_rates"] or [], f"{param}[tax_rates]")
    if "metadata" in given:
        changes = given["metadata"]
        item["metadata"] = merged_metadata(item["metadata"], changes) if changes else {}


def be_on_trial(work: UnitOfWork, subscription: Record, end: int, *, prorates: bool) -> None:
    """Let a subscription cost nothing until a moment, when its next period begins.

    :param prorates: whether what is left of a period that was paid for is credited
    """
    now = work.now(subscription)
    if subscription["status"] != "trialing":
        if prorates:
            customer = work.require("customer", subscription["customer"], "customer")
            credit_unused(work, subscription, customer)
        for item in items_of(work, subscription):
            work.change(item)["current_period_start"] = now
        # https://docs.stripe.com/billing/subscriptions/billing-mode/compare#trials
        if subscription["trial_start"] is None or is_flexible(subscription):
            subscription["trial_start"] = now
    subscription["trial_end"] = subscription["billing_cycle_anchor"] = end
    subscription["status"] = "trialing"
    for item in items_of(work, subscription):
        work.change(item)["current_period_end"] = end
    announce_near_end(work, subscription)
