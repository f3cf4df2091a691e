"""What objects and requests had until version 2020-08-27, or some version of the year before it
(https://docs.stripe.com/changelog/2020-08-27, https://docs.stripe.com/changelog/2019-10-17).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import (
    Change,
    by,
    by_each,
    by_names,
    flag,
    found_at,
    listed,
    named,
    only,
    renamed,
    without,
)
from localstack_stripe.engine.errors import not_emulated
from localstack_stripe.engine.paths import at
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.billing.older_subscriptions import PLAN, QUANTITY
from localstack_stripe.resources.products.plans import plan_of
from localstack_stripe.resources.products.tax_percent import OF_PREVIEW, PARAM, percent_of


def _subscription(work: UnitOfWork, subscription: Record) -> Record:
    return {
        "billing": subscription["collection_method"],
        "start": subscription["start_date"],
        "tax_percent": percent_of(work, subscription["default_tax_rates"]),
    }


def _invoice(work: UnitOfWork, invoice: Record) -> Record:
    return {
        "billing": invoice["collection_method"],
        "tax_percent": percent_of(work, invoice["default_tax_rates"]),
    }


def _billed(tree: Tree) -> Tree:
    """``billing`` was ``collection_method``, and ``prorate`` had no third way."""
    tree = renamed(tree, {"billing": "collection_method"})
    prorates = flag(tree, "prorate")
    if prorates is None:
        return tree
    behavior = "create_prorations" if prorates else "none"
    return {"proration_behavior": behavior, **without(tree, "prorate")}


def _changed(tree: Tree) -> Tree:
    """The plan and the quantity of a subscription's one item were its own."""
    tree = _billed(tree)
    return tree if "items" in tree else renamed(tree, {"plan": PLAN, "quantity": QUANTITY})


def _paid_by(tree: Tree) -> Tree:
    """An intent was paid by a source, which is a payment method as well, or by a token."""
    source = tree.get("source")
    if not isinstance(source, str) or "payment_method" in tree or "payment_method_data" in tree:
        return tree
    others = without(tree, "source")
    if source.startswith("tok_"):
        return {**others, "payment_method_data": {"type": "card", "card": {"token": source}}}
    return {**others, "payment_method": source}


def _saved_by(tree: Tree) -> Tree:
    """A payment saved what it was made with where that was asked for."""
    tree = _paid_by(tree)
    others = without(tree, "save_payment_method")
    saves = flag(tree, "save_payment_method")
    return {"setup_future_usage": "off_session", **others} if saves else others


def _subscribed(tree: Tree) -> Tree:
    """A subscription to one plan could name it without an item."""
    tree = _billed(tree)
    if not tree.get("plan") or "items" in tree:
        return tree
    item = only(tree, "plan", "quantity")
    return {**without(tree, *item), "items": [item]}


def _in_plans(phase: Tree) -> Tree:
    """The items of a phase were its plans.

    :raises StripeError: 400 where it has a tax of its own, which is not followed
    """
    if phase.get(PARAM):
        raise not_emulated(PARAM)
    return renamed(phase, {"plans": "items"})


def _charge(work: UnitOfWork, charge: Record) -> Record:
    """What came of 3D Secure was two answers (``updates-3d-scure-charge-object``)."""
    details = charge["payment_method_details"]
    secure = at(details or {}, "card.three_d_secure")
    if not secure:
        return {}
    result = secure["result"]
    told = {
        "authenticated": result == "authenticated",
        "succeeded": result in ("attempt_acknowledged", "authenticated"),
    }
    card = {**details["card"], "three_d_secure": {**secure, **told}}
    return {"payment_method_details": {**details, "card": card}}


def _session(work: UnitOfWork, session: Record) -> Record:
    """What was sold was shown by itself (``removes-display-items-checkout-session``)."""
    return {"display_items": [_display_item(work, item) for item in items_of(work, session)]}


def _display_item(work: UnitOfWork, item: Record) -> Record:
    price = work.require("price", item["price"], "price")
    product = work.get("product", price["product"]) or {}
    shown = {
        "amount": price["unit_amount"],
        "currency": item["currency"],
        "quantity": item["quantity"],
    }
    if price["recurring"]:
        return {**shown, "plan": plan_of(price), "type": "plan"}
    custom = {name: product.get(name) or None for name in ("description", "images", "name")}
    return {**shown, "custom": custom, "type": "custom"}


def _schedule(work: UnitOfWork, schedule: Record) -> Record:
    """https://docs.stripe.com/changelog/2020-08-27/renames-phases-attributes-subscription-schedules"""
    return {"phases": [{**phase, "plans": phase["items"]} for phase in schedule["phases"]]}


def _requesting(tree: Tree) -> Tree:
    """An account's capabilities were listed."""
    given = listed(tree.get("requested_capabilities"))
    if given is None or "capabilities" in tree:
        return tree
    asked = {name: {"requested": "true"} for name in given if isinstance(name, str)}
    return {**without(tree, "requested_capabilities"), "capabilities": asked}


_LINKS = {
    "custom_account_update": "account_update",
    "custom_account_verification": "account_onboarding",
}


def _linking(tree: Tree) -> Tree:
    """A link led to one address when all was told, and to another when it was not."""
    tree = renamed(tree, {"failure_url": "refresh_url", "success_url": "return_url"})
    return {**tree, "type": named(tree["type"], _LINKS)} if "type" in tree else tree


_BALANCE = by_names(account_balance="balance")

_PERCENTAGE = {PARAM: "number"}

CHANGE = Change(
    day="2020-08-27",
    fields={
        "SubscriptionSchedulePhase": {"plans": "[SubscriptionSchedulePhaseItem]"},
        "checkout.session": {"display_items": "[any]"},
        "customer": {"account_balance": "integer"},
        "invoice": {"billing": "string", "tax_percent": "number | null"},
        "subscription": {
            "billing": "string",
            "start": "timestamp",
            "tax_percent": "number | null",
        },
    },
    values={
        "charge": _charge,
        "checkout.session": _session,
        "customer": found_at(account_balance="balance"),
        "invoice": _invoice,
        "subscription": _subscription,
        "subscription_schedule": _schedule,
    },
    shown={"customer": ("sources", "subscriptions", "tax_ids")},
    parameters={
        "POST /v1/account_links": by(_linking),
        "POST /v1/accounts": by(_requesting),
        "POST /v1/accounts/{account}": by(_requesting),
        "POST /v1/customers": _BALANCE,
        "POST /v1/customers/{customer}": _BALANCE,
        "POST /v1/invoices": by(_billed),
        "POST /v1/invoices/{invoice}": by(_billed),
        "POST /v1/payment_intents": by(_saved_by),
        "POST /v1/payment_intents/{intent}": by(_saved_by),
        "POST /v1/payment_intents/{intent}/confirm": by(_saved_by),
        "POST /v1/subscription_items": by(_billed),
        "POST /v1/subscription_items/{item}": by(_billed),
        "POST /v1/subscription_schedules": by_each("phases", _in_plans),
        "POST /v1/subscription_schedules/{schedule}": by_each("phases", _in_plans),
        "POST /v1/subscriptions": by(_subscribed),
        "POST /v1/subscriptions/{subscription}": by(_changed),
    },
    accepted={
        "POST /v1/invoices": _PERCENTAGE,
        "POST /v1/invoices/create_preview": {OF_PREVIEW: "number"},
        "POST /v1/invoices/{invoice}": _PERCENTAGE,
        "POST /v1/subscriptions": _PERCENTAGE,
        "POST /v1/subscriptions/{subscription}": {
            **_PERCENTAGE,
            PLAN: "@plan",
            QUANTITY: "integer",
        },
    },
)
