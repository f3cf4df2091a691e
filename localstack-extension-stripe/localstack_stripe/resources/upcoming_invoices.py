"""Invoices that are still to come: as they are announced, and as they are previewed
(https://docs.stripe.com/billing/subscriptions/webhooks).
"""

from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.invoice_drafts import DRAFT_SECONDS
from localstack_stripe.resources.subscription_cycle import (
    ANNOUNCED_RENEWAL,
    RENEWING,
    come_due,
    items_of,
    next_due,
    renewal_warning,
    when_subscription,
)

PREFIX = "upcoming_"
"""What the id of a previewed invoice begins with (https://docs.stripe.com/api/invoices/object#invoice_object-id)."""

SHOWN = 10
"""How many lines are shown inside of an invoice."""


def upcoming(work: UnitOfWork, invoice: Record) -> Record:
    """A draft of a unit of work that is only looked at, as an invoice that is to come."""
    values = {**invoice, "id": PREFIX + invoice["id"]}
    for line in work.where("line_item", "invoice", invoice["id"])[::-1]:
        work.change(line)["invoice"] = values["id"]
    work.remove(invoice)
    made = work.create(**values)
    made["status"], made["number"], made["billing_reason"] = "draft", None, "upcoming"
    return made


@when_subscription("due")
def announce(work: UnitOfWork, subscription: Record) -> None:
    """Say that an invoice will come, and what will be on it as far as that is known."""
    if subscription["status"] not in RENEWING:
        return
    items = items_of(work, subscription)
    warning = renewal_warning(work, subscription, items)
    if warning is None or warning > work.now(subscription):
        return
    end = min(item["current_period_end"] for item in items)
    work.note(subscription, ANNOUNCED_RENEWAL, end)
    invoice = _next_invoice(work, subscription, end)
    if invoice is not None:
        work.happened("invoice.upcoming", invoice)


def _next_invoice(work: UnitOfWork, subscription: Record, moment: int) -> Record | None:
    """The invoice that a subscription will make by itself at a moment, or nothing where it will not."""
    ahead = work.ahead(moment, work.clock_of(subscription))
    then = ahead.require("subscription", subscription["id"], "subscription")
    # It is announced already, as this unit of work will have it.
    ahead.note(then, ANNOUNCED_RENEWAL, moment)
    latest, due = then["latest_invoice"], None
    while then["latest_invoice"] == latest:
        before, due = due, next_due(ahead, then)
        if due is None or due > moment or due == before:
            return None
        try:
            come_due(ahead, then)
        except StripeError:
            return None
        then = ahead.require("subscription", subscription["id"], "subscription")
    invoice = upcoming(ahead, ahead.require("invoice", then["latest_invoice"], "invoice"))
    invoice["auto_advance"] = True
    invoice["automatically_finalizes_at"] = None
    if invoice["collection_method"] == "charge_automatically":
        invoice["next_payment_attempt"] = moment + DRAFT_SECONDS
    # The lines are seen by nobody else, so they are told with it.
    lines = ahead.where("line_item", "invoice", invoice["id"])[::-1]
    invoice["lines"] = {
        "object": "list",
        "data": lines[:SHOWN],
        "has_more": len(lines) > SHOWN,
        "total_count": len(lines),
        "url": f"/v1/invoices/{invoice['id']}/lines",
    }
    return invoice
