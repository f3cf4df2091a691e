"""Invoices that are still to come: as they are announced, and as they are previewed
(https://docs.stripe.com/billing/subscriptions/webhooks).

What comes is found out by letting it happen, in a unit of work that only looks.
"""

from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.lists import embedded
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import DRAFT_SECONDS
from localstack_stripe.resources.billing.invoice_finalization import apply_balance
from localstack_stripe.resources.billing.subscription_cycle import (
    ANNOUNCED_RENEWAL,
    come_due,
    next_due,
    renewal_warning,
)
from localstack_stripe.resources.billing.subscription_stages import RENEWING, when_subscription
from localstack_stripe.resources.billing.subscription_terms import items_of

PREFIX = "upcoming_"
"""What the id of a previewed invoice begins with (https://docs.stripe.com/api/invoices/object#invoice_object-id)."""


def next_invoice(work: UnitOfWork, subscription: Record) -> Record | None:
    """The invoice that a subscription will make by itself at the end of its period, or nothing where it will not.

    :param work: which only looks
    """
    id, latest = subscription["id"], subscription["latest_invoice"]
    moment = min(item["current_period_end"] for item in items_of(work, subscription))
    work.look_ahead(moment, work.clock_of(subscription))
    # What comes is not announced to whoever looks at it.
    work.note(subscription, ANNOUNCED_RENEWAL, moment)
    then, due = subscription, None
    while then["latest_invoice"] == latest:
        before, due = due, next_due(work, then)
        if due is None or due > moment or due == before:
            return None
        come_due(work, then)
        then = work.require("subscription", id, "subscription")
    return work.require("invoice", then["latest_invoice"], "invoice")


def upcoming(work: UnitOfWork, invoice: Record) -> Record:
    """An invoice that was made to be looked at, as one that is to come: a draft that nobody has paid for yet."""
    values = {**invoice, "id": PREFIX + invoice["id"]}
    for line in work.where("line_item", "invoice", invoice["id"])[::-1]:
        work.change(line)["invoice"] = values["id"]
    work.remove(invoice)
    made = work.create(**values)
    customer = work.get("customer", made["customer"] or "")
    if made["status"] == "draft" and customer is not None:
        apply_balance(work, made, work.change(customer))
    made |= {
        "amount_paid": 0,
        "amount_remaining": made["amount_due"],
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatically_finalizes_at": None,
        "billing_reason": "upcoming",
        "effective_at": None,
        "number": None,
        "status": "draft",
        "status_transitions": dict.fromkeys(made["status_transitions"]),
    }
    if made["collection_method"] == "charge_automatically":
        made["next_payment_attempt"] = made["created"] + DRAFT_SECONDS
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
    if work.is_preview:
        # What comes is not announced to whoever looks at it, who would look further ahead, for ever.
        return
    ahead = work.rehearsal()
    ahead.look_ahead(end, work.clock_of(subscription))
    try:
        then = ahead.require("subscription", subscription["id"], "subscription")
        invoice = next_invoice(ahead, then)
    except StripeError:
        return
    if invoice is not None:
        work.happened("invoice.upcoming", _with_lines(ahead, upcoming(ahead, invoice)))


def _with_lines(work: UnitOfWork, invoice: Record) -> Record:
    """An invoice with its lines in it, which nobody else will find."""
    lines = work.where("line_item", "invoice", invoice["id"])[::-1]
    return {**invoice, "lines": embedded(lines, f"/v1/invoices/{invoice['id']}/lines")}
