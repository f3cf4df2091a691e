"""Pending updates: a change of a subscription that has to be paid for waits until it is
(https://docs.stripe.com/billing/subscriptions/pending-updates).

The change is really made, and taken back where its invoice could not be paid; how the subscription would be is noted.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from localstack_stripe.engine.clock import HOUR
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import (
    void_invoice,
    when_invoice_changes,
)
from localstack_stripe.resources.billing.invoice_parents import subscription_of
from localstack_stripe.resources.billing.subscription_cycle import follow_invoice
from localstack_stripe.resources.billing.subscription_stages import (
    tell_followers,
    when_subscription,
)
from localstack_stripe.resources.billing.subscription_terms import items_of

BEHAVIOR = "pending_if_incomplete"

LIFETIME = 23 * HOUR
"""How long an update waits, unless the period or a trial ends before."""

SUPPORTED = frozenset(
    {
        "add_invoice_items",
        "billing_cycle_anchor",
        "cancel_at_period_end",
        "discounts",
        "items",
        "metadata",
        "off_session",
        "payment_behavior",
        "plan",
        "price",
        "price_data",
        "proration_behavior",
        "proration_date",
        "quantity",
        "subscription",
        "trial_end",
        "trial_from_plan",
    }
)
"""https://docs.stripe.com/billing/subscriptions/pending-updates-reference#supported-attributes"""

ATTEMPTED = "attempted"
"""What an update can wait for besides a state of its invoice: that somebody tries to pay it."""

_WAITS = "pending update"
"""Noted of a subscription: the invoice that an update waits for, what has to become of it, and what the subscription
will be like then."""

_CHANGED = (
    "billing_cycle_anchor",
    "cancel_at",
    "cancel_at_period_end",
    "canceled_at",
    "cancellation_details",
    "discounts",
    "plan",
    "quantity",
    "status",
    "trial_end",
    "trial_start",
)
"""Fields of a subscription that an update may change, its metadata and its items aside."""


def attempt(
    work: UnitOfWork,
    subscription: Record,
    params: Collection[str],
    change: Callable[[], None],
) -> None:
    """Change a subscription if what it costs is paid at once, and let the change wait if not.

    :param params: the names of what the request sends
    :raises StripeError: 400 where something is sent that cannot wait
    """
    for name in params:
        if name not in SUPPORTED:
            raise invalid(
                f"When `payment_behavior` is set to `{BEHAVIOR}`, you can only pass supported params. `{name}` is not "
                "supported. See "
                "https://stripe.com/docs/billing/subscriptions/pending-updates-reference#supported-attributes for more "
                "details.",
                name,
            )
    discard(work, subscription)
    before = dict(subscription)
    items = [dict(item) for item in items_of(work, subscription)]
    change()
    invoice = work.get("invoice", subscription["latest_invoice"] or "")
    billed = invoice is not None and invoice["id"] != before["latest_invoice"]
    charged = subscription["collection_method"] == "charge_automatically"
    if invoice is not None and billed and charged and invoice["status"] == "open":
        ends = [item["current_period_end"] for item in items]
        expires_at = min(work.now(subscription) + LIFETIME, *ends)
        _wait(work, subscription, before, items, invoice, expires_at, ["paid"])


def attempt_to_resume(
    work: UnitOfWork,
    subscription: Record,
    resume: Callable[[], Record | None],
    lifetime: int,
    until: Sequence[str],
) -> None:
    """Resume a paused subscription if nothing has to be paid for that, and let it stay paused until that was done.

    :param resume: does it, and returns the invoice of what it costs, where there is one
    :param lifetime: how long it may take to be paid, in seconds
    :param until: what has to become of the invoice
    """
    discard(work, subscription)
    before = copy(subscription)
    items = [dict(item) for item in items_of(work, subscription)]
    invoice = resume()
    if invoice is not None and invoice["status"] == "open":
        expires_at = work.now(subscription) + lifetime
        _wait(work, subscription, before, items, invoice, expires_at, until)


def _wait(
    work: UnitOfWork,
    subscription: Record,
    before: Record,
    items: list[Record],
    invoice: Record,
    expires_at: int,
    until: Sequence[str],
) -> None:
    """Take a change back, note it, and show that it waits.

    :param expires_at: for how long it does, in seconds since 1970
    :param until: what has to become of the invoice: its states, or ``ATTEMPTED``
    """
    changes = {
        name: subscription.get(name)
        for name in _CHANGED
        if subscription.get(name) != before.get(name)
    }
    if changes.get("status") == "past_due":
        changes["status"] = "active"
    metadata = {
        key: value
        for key, value in subscription["metadata"].items()
        if before["metadata"].get(key) != value
    }
    wanted = [dict(item) for item in items_of(work, subscription)]
    work.note(
        subscription,
        _WAITS,
        {
            "invoice": invoice["id"],
            "until": [*until],
            "changes": changes,
            "metadata": metadata,
            "items": wanted,
        },
    )
    subscription.clear()
    subscription.update(before)
    _have_items(work, subscription, items)
    subscription["latest_invoice"] = invoice["id"]
    subscription["pending_update"] = {
        "billing_cycle_anchor": changes.get("billing_cycle_anchor"),
        "cancel_at_period_end": changes.get("cancel_at_period_end"),
        "discount": None,
        "discounts": changes.get("discounts"),
        "expires_at": expires_at,
        "metadata": metadata or None,
        "subscription_items": wanted if wanted != items else None,
        "trial_end": changes.get("trial_end"),
        "trial_from_plan": None,
    }
    tell_followers(work, subscription, "changed")


def _have_items(work: UnitOfWork, subscription: Record, items: Iterable[Record]) -> None:
    """Make the items of a subscription be these."""
    wanted = {item["id"]: item for item in items}
    for item in items_of(work, subscription):
        if item["id"] not in wanted:
            work.remove(item)
    for id, item in wanted.items():
        known = work.get("subscription_item", id)
        if known is None:
            work.create(**item)
        else:
            changed = work.change(known)
            changed.clear()
            changed.update(item)


def discard(work: UnitOfWork, subscription: Record) -> None:
    """Let go of an update that waits; nobody has to pay for it any more."""
    if not work.noted(subscription, _WAITS):
        return
    waits = _let_go(work, subscription)
    invoice = work.require("invoice", waits["invoice"], "invoice")
    if invoice["status"] == "open":
        void_invoice(work, work.change(invoice))


def _let_go(work: UnitOfWork, subscription: Record) -> dict[str, Any]:
    waits: dict[str, Any] = work.noted(subscription, _WAITS)
    work.note(subscription, _WAITS, None)
    subscription["pending_update"] = None
    return waits


@when_invoice_changes
def follow_its_invoice(work: UnitOfWork, invoice: Record) -> None:
    """An update is made when what it waits for becomes of its invoice, and let go of when that is voided."""
    id = subscription_of(invoice)
    found = work.get("subscription", id) if id else None
    waiting = work.noted(found, _WAITS) if found is not None else None
    if found is None or not waiting or waiting["invoice"] != invoice["id"]:
        return
    subscription = work.change(found)
    if invoice["status"] == "void":
        _let_go(work, subscription)
    elif invoice["status"] in waiting["until"] or (
        invoice["attempted"] and ATTEMPTED in waiting["until"]
    ):
        waits = _let_go(work, subscription)
        subscription |= waits["changes"]
        if subscription["status"] != "paused":
            subscription.pop("status_details", None)
        subscription["metadata"] = subscription["metadata"] | waits["metadata"]
        _have_items(work, subscription, waits["items"])
        tell_followers(work, subscription, "changed")
        work.happened("customer.subscription.pending_update_applied", subscription)
        follow_invoice(work, invoice)


@when_subscription("due")
def expire(work: UnitOfWork, subscription: Record) -> None:
    """An update that has waited for too long is not made any more."""
    waiting = subscription["pending_update"]
    if waiting is not None and waiting["expires_at"] <= work.now(subscription):
        _let_expire(work, subscription)


def expire_where_contradicted(
    work: UnitOfWork, subscription: Record, at_period_end: bool | None
) -> None:
    """An update that waits is not made any more when another says otherwise of the end of the subscription
    (https://docs.stripe.com/changelog/endive/2026-09-30/scheduled-subscription-cancellation).

    :param at_period_end: whether the other lets it end with its period, if it says so
    """
    waits = (subscription["pending_update"] or {}).get("cancel_at_period_end")
    if None not in (waits, at_period_end) and waits != at_period_end:
        _let_expire(work, subscription)


def _let_expire(work: UnitOfWork, subscription: Record) -> None:
    discard(work, subscription)
    work.happened("customer.subscription.pending_update_expired", subscription)


@when_subscription("ended")
def end(work: UnitOfWork, subscription: Record) -> None:
    """Of a subscription that has ended nothing is updated."""
    discard(work, subscription)
