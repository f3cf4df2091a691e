"""Subscriptions (https://docs.stripe.com/api/subscriptions): subscribing and changing.

What is said of one is in ``subscription_settings``, how one starts in ``subscription_start``, what happens by itself in
``subscription_cycle``, what a change of items costs in ``subscription_changes``, how one is canceled in
``subscription_cancellation``.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.errors import StripeError, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.customer_currency import require_one_currency
from localstack_stripe.resources.billing.invoice_collection import default_method
from localstack_stripe.resources.billing.item_trials import follow_trials, require_possible
from localstack_stripe.resources.billing.prebilling import PARAM as PREBILLING
from localstack_stripe.resources.billing.prebilling import prebill
from localstack_stripe.resources.billing.requested_items import (
    add_item,
    currency_of,
    lasting_prices,
    prices_of,
)
from localstack_stripe.resources.billing.schedule_splits import TAKEN_OVER
from localstack_stripe.resources.billing.subscription_cancellation import (
    cut_periods,
    plan_cancellation,
)
from localstack_stripe.resources.billing.subscription_changes import (
    be_on_trial,
    change_items,
    not_yet_paid,
)
from localstack_stripe.resources.billing.subscription_cycle import (
    announce_near_end,
    ends_without_payment,
    renew,
)
from localstack_stripe.resources.billing.subscription_extras import (
    add_invoice_items,
    one_time_prices,
)
from localstack_stripe.resources.billing.subscription_invoices import finish_now, require_means
from localstack_stripe.resources.billing.subscription_pending import (
    BEHAVIOR,
    attempt,
    discard,
    expire_where_contradicted,
)
from localstack_stripe.resources.billing.subscription_pending_items import set_interval
from localstack_stripe.resources.billing.subscription_prorations import invoice_pending, move_ends
from localstack_stripe.resources.billing.subscription_settings import (
    billing_mode,
    change_settings,
    new_settings,
    require_one_kind_of_tax,
)
from localstack_stripe.resources.billing.subscription_stages import ENDED, tell_followers
from localstack_stripe.resources.billing.subscription_start import (
    Billing,
    bill_start,
    check_trial_end,
    first_period,
    own_period,
    start_date,
    start_trial,
)
from localstack_stripe.resources.billing.subscription_terms import (
    interval_of,
    is_flexible,
    is_itemized,
    items_of,
    show_single_item,
)
from localstack_stripe.resources.products.discount_deletion import tell_removed
from localstack_stripe.resources.products.discounts import new_discounts

_CREATE, _UPDATE = "POST /v1/subscriptions", "POST /v1/subscriptions/{subscription}"


# Creating


@operation(_CREATE)
def create(call: Call) -> Record:
    """Subscribe a customer, and bill the first period."""
    params, work = call.params, call.work
    if not params.get("customer"):
        raise missing_parameter("customer")
    customer = work.require("customer", params["customer"], "customer")
    if not params.get("items"):
        raise missing_parameter("items")
    prices = prices_of(work, params["items"], "items")
    extras = one_time_prices(work, params.get("add_invoice_items") or [])
    currency = currency_of(prices, params.get("currency"), customer["currency"])
    require_one_currency(work, customer["id"], currency)
    return subscribe(call, customer, prices, extras)


def subscribe(
    call: Call,
    customer: Record,
    prices: Sequence[Record],
    extras: Sequence[Record],
    bill: Billing = bill_start,
) -> Record:
    """Subscribe a customer to prices, with the parameters of creating a subscription.

    :param prices: of the ``items``
    :param extras: of the ``add_invoice_items``
    :param bill: bills the first period
    """
    params, work = call.params, call.work
    subscription = work.create(
        "subscription",
        **new_settings(call, customer),
        currency=currency_of(prices, params.get("currency"), customer["currency"]),
        customer=customer["id"],
        customer_account=customer.get("customer_account"),
        test_clock=customer["test_clock"],
    )
    if is_flexible(subscription):
        subscription["billing_mode"]["updated_at"] = subscription["created"]
    subscription["start_date"] = start_date(call, subscription)
    set_interval(work, subscription, params.get("pending_invoice_item_interval"))
    require_one_kind_of_tax(subscription, params["items"])
    require_possible(subscription, params, params["items"])
    start_trial(call, subscription, prices)
    lasting = lasting_prices(work, params["items"], prices, "items")
    currency_of(lasting, subscription["currency"])
    interval = interval_of(lasting, mixed=is_flexible(subscription))
    period = first_period(call, subscription, interval)
    for place, (given, price) in enumerate(zip(params["items"], prices, strict=True)):
        own = own_period(subscription, period, price)
        add_item(work, subscription, given, price, own, f"items[{place}]")
    show_single_item(work, subscription)
    follow_trials(work, subscription)
    subscription["discounts"] = new_discounts(
        work, params.get("discounts") or [], subscription, subscription["currency"]
    )
    plan_cancellation(call, subscription)
    # https://docs.stripe.com/billing/subscriptions/billing-mode/compare#scheduled-subscription-cancellation
    if params.get("proration_behavior") != "none" or not is_flexible(subscription):
        cut_periods(work, subscription)
    extra_items = params.get("add_invoice_items") or []
    add_invoice_items(work, subscription, customer, extra_items, extras)
    prebill(work, subscription, customer, params)
    bill(call, subscription, customer)
    tell_followers(work, subscription, "begun")
    if subscription["status"] == "trialing":
        announce_near_end(work, subscription)
    return subscription


# Changing


@operation(_UPDATE)
def update(call: Call) -> Record:
    """Change a subscription; what changes its price is prorated."""
    params, work = call.params, call.work
    found = require_path(call, "subscription", "subscription")
    if found["status"] in ENDED and params.keys() - {"metadata", "cancellation_details"}:
        raise invalid(
            "A canceled subscription can only update its cancellation_details and metadata.",
            code="invalid_canceled_subscription_fields",
        )
    if found["status"] == "incomplete":
        for name in ("add_invoice_items", "billing_cycle_anchor", "trial_end"):
            if params.get(name):
                raise not_yet_paid(name)
    subscription = work.change(found)
    customer = work.require("customer", subscription["customer"], "customer")
    if params.get("payment_behavior") == BEHAVIOR:
        attempt(work, subscription, params, partial(_change, call, subscription, customer))
    else:
        if params.keys() & {"items", "billing_cycle_anchor", "trial_end"}:
            discard(work, subscription)
        expire_where_contradicted(work, subscription, params.get("cancel_at_period_end"))
        if PREBILLING in params:
            _change_and_prebill(call, subscription, customer)
        else:
            _change(call, subscription, customer)
    return subscription


def _change_and_prebill(call: Call, subscription: Record, customer: Record) -> None:
    """Change a subscription and bill it ahead as it is then, on one invoice."""
    work, params = call.work, call.params
    at_once = params.get("proration_behavior") == "always_invoice"
    first = {**params, "proration_behavior": "create_prorations"} if at_once else params
    _change(replace(call, params=first), subscription, customer)
    prebill(work, subscription, customer, params)
    if at_once:
        payment = params.get("payment_behavior") or "allow_incomplete"
        invoice_pending(work, subscription, customer, payment)


def _change(call: Call, subscription: Record, customer: Record) -> None:
    params, work = call.params, call.work
    change_settings(call, subscription, customer)
    if "discounts" in params:
        before = subscription["discounts"]
        subscription["discounts"] = new_discounts(
            work, params["discounts"] or [], subscription, subscription["currency"], is_new=False
        )
        tell_removed(work, before, subscription["discounts"])
    ended_at = subscription["cancel_at"]
    plan_cancellation(call, subscription)
    if subscription["cancel_at"] != ended_at and subscription["status"] != "trialing":
        proration = params.get("proration_behavior")
        move_ends(work, subscription, customer, prorates=proration != "none")
        if proration == "always_invoice" and not params.get("items"):
            payment = params.get("payment_behavior") or "allow_incomplete"
            invoice_pending(work, subscription, customer, payment)
    extra_items = params.get("add_invoice_items") or []
    extras = one_time_prices(work, extra_items)
    add_invoice_items(work, subscription, customer, extra_items, extras)
    require_possible(
        subscription, params, [*(params.get("items") or ()), *items_of(work, subscription)]
    )
    was_on_trial = subscription["status"] == "trialing"
    begins_trial = _change_trial(call, subscription)
    has_begun_anew = was_on_trial and params.get("trial_end") == "now"
    restart = (params.get("billing_cycle_anchor") or {}).get("type") == "now" and not has_begun_anew
    if restart and subscription["status"] == "trialing":
        # https://docs.stripe.com/changelog/endive/2026-10-28/error-code-billing-cycle-trial-end-validation-subscriptions
        raise StripeError(
            "The billing cycle cannot begin anew before the trial has ended. End the trial first: set `trial_end` to "
            "`now`.",
            code="subscription_update_trial_after_billing_cycle_anchor",
            param="billing_cycle_anchor",
        )
    if restart and subscription["status"] == "paused":
        raise invalid(
            "A paused subscription begins no period: resume it instead.", "billing_cycle_anchor"
        )
    restart = restart or begins_trial
    if params.get("items") or restart:
        change_items(work, params, subscription, customer, restart=restart)
    if restart or params.keys() & TAKEN_OVER:
        tell_followers(work, subscription, "changed")


def _change_trial(call: Call, subscription: Record) -> bool:
    """Let a trial begin, end at another time, or end now.

    :return: whether one has begun
    """
    end = call.params.get("trial_end")
    if end is None:
        return False
    work, now = call.work, call.work.now(subscription)
    if subscription["status"] == "paused":
        raise invalid("A paused subscription has no trial: resume it first.", "trial_end")
    if end == "now":
        if subscription["status"] != "trialing":
            return False
        subscription["trial_end"] = now
        announce_near_end(work, subscription)
        subscription["billing_cycle_anchor"] = now
        for item in items_of(work, subscription):
            work.change(item)["current_period_end"] = now
        if ends_without_payment(work, subscription):
            return False
        renew(work, subscription)
        if subscription["collection_method"] == "charge_automatically":
            customer = work.require("customer", subscription["customer"], "customer")
            invoice = work.require("invoice", subscription["latest_invoice"], "invoice")
            require_means(customer, invoice, default_method(work, subscription, customer))
        finish_now(work, subscription, call.params.get("payment_behavior") or "allow_incomplete")
        return False
    check_trial_end(end, now)
    begins = bool(subscription["status"] != "trialing")
    prorates = call.params.get("proration_behavior") != "none"
    be_on_trial(work, subscription, end, prorates=prorates)
    return begins


@operation("POST /v1/subscriptions/{subscription}/migrate")
def migrate(call: Call) -> Record:
    """Bill a subscription in the flexible way from now on (https://docs.stripe.com/api/subscriptions/migrate)."""
    found = require_path(call, "subscription", "subscription")
    if found["status"] in ENDED:
        raise invalid(f"A subscription that is {found['status']} cannot be migrated.")
    mode = billing_mode(call.params)
    if is_flexible(found) and (
        is_itemized(found) or mode["flexible"] == found["billing_mode"]["flexible"]
    ):
        raise invalid("This subscription already has the billing mode `flexible`.", "billing_mode")
    subscription = call.work.change(found)
    subscription["billing_mode"] = {**mode, "updated_at": call.work.now(subscription)}
    return subscription
