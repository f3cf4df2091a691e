"""Previews of invoices (https://docs.stripe.com/api/invoices/create_preview): what would be billed next.

A preview is what the unit of work comes to when the change and the renewal are really made in it, and it is then not
committed.
"""

from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import BEHAVIOURS, Call, operation, refuses
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.discounts import new_discounts
from localstack_stripe.resources.invoice_drafts import add_up
from localstack_stripe.resources.invoice_taxes import automatic_tax, require_taxes
from localstack_stripe.resources.subscription_changes import change_items
from localstack_stripe.resources.subscription_cycle import ENDED, items_of, renew
from localstack_stripe.resources.upcoming_invoices import upcoming

_KEY = "POST /v1/invoices/create_preview"

refuses(
    (_KEY,), "customer_details", "invoice_items", "preview_mode", "schedule", "schedule_details"
)

_FOLLOWED = {"items", "proration_behavior", "proration_date", "billing_cycle_anchor"}
"""Of ``subscription_details``, for a subscription that exists."""


@operation(_KEY)
def preview(call: Call) -> Record:
    """The invoice that comes next, after the change that is asked about."""
    call.work.preview()
    if call.params.get("subscription"):
        invoice = _of_subscription(call)
    elif (call.params.get("subscription_details") or {}).get("items"):
        invoice = _of_new_subscription(call)
    else:
        raise invalid(
            "You must pass a subscription, or the items of a new one in `subscription_details`.",
            "subscription",
        )
    invoice = call.work.change(invoice)
    if "automatic_tax" in call.params:
        invoice["automatic_tax"] = automatic_tax(call.work, call.params["automatic_tax"])
        add_up(call.work, invoice)
    require_taxes(call.work, invoice)
    return upcoming(call.work, invoice)


def _of_subscription(call: Call) -> Record:
    work, params = call.work, call.params
    details = params.get("subscription_details") or {}
    _require_followed(details, _FOLLOWED)
    found = work.require("subscription", params["subscription"], "subscription")
    if found["status"] in ENDED or found["cancel_at_period_end"]:
        raise StripeError(
            f"No upcoming invoices for customer: {found['customer']}",
            status=404,
            code="invoice_upcoming_none",
        )
    subscription = work.change(found)
    if "discounts" in params:
        subscription["discounts"] = new_discounts(
            work, params["discounts"] or [], subscription, subscription["currency"]
        )
    customer = work.require("customer", subscription["customer"], "customer")
    latest = subscription["latest_invoice"]
    restart = (details.get("billing_cycle_anchor") or {}).get("type") == "now"
    if details.get("items") or restart:
        change_items(work, details, subscription, customer, restart=restart)
    if subscription["latest_invoice"] == latest:
        due = min(item["current_period_end"] for item in items_of(work, subscription))
        renew(work, subscription)
        invoice = work.change(work.require("invoice", subscription["latest_invoice"], "invoice"))
        invoice["created"] = invoice["period_end"] = due
    return work.require("invoice", subscription["latest_invoice"], "invoice")


def _of_new_subscription(call: Call) -> Record:
    work, details = call.work, call.params["subscription_details"]
    _require_followed(details, {"items", "trial_end", "proration_behavior"})
    params: dict[str, Any] = {
        "customer": call.params.get("customer"),
        "discounts": call.params.get("discounts"),
        "payment_behavior": "default_incomplete",
        **details,
    }
    subscription = BEHAVIOURS.operations["POST /v1/subscriptions"](replace(call, params=params))
    assert isinstance(subscription, dict)
    return work.require("invoice", subscription["latest_invoice"], "invoice")


def _require_followed(details: Record, followed: set[str]) -> None:
    for name, value in details.items():
        if value and name not in followed:
            raise invalid(
                f"The Stripe emulator does not follow `{name}` in a preview yet.",
                f"subscription_details[{name}]",
            )
