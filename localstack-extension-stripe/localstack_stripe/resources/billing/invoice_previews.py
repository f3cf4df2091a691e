"""Previews of invoices (https://docs.stripe.com/api/invoices/create_preview): what would be billed next.

A preview is what the unit of work comes to when what is asked about is really done in it, and time goes on to the
invoice; it is then not committed.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import BEHAVIOURS, Call, operation
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing import (
    invoice_items,
    subscription_pauses,
    subscription_schedules,
)
from localstack_stripe.resources.billing.invoice_drafts import draft
from localstack_stripe.resources.billing.invoice_item_lines import bill_pending
from localstack_stripe.resources.billing.invoice_totals import add_up
from localstack_stripe.resources.billing.schedule_course import SCHEDULE, proceed
from localstack_stripe.resources.billing.subscription_stages import ENDED
from localstack_stripe.resources.billing.subscription_terms import items_of
from localstack_stripe.resources.billing.upcoming_invoices import next_invoice, upcoming
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax, require_taxes
from localstack_stripe.resources.tax.tax_ids import check_tax_id

_CREATE, _UPDATE = "POST /v1/subscriptions", "POST /v1/subscriptions/{subscription}"
_CANCEL = "DELETE /v1/subscriptions/{subscription}"

RECURRING = "recurring"
"""The ``preview_mode`` that asks only for what is billed again and again
(https://docs.stripe.com/api/invoices/create_preview#create_create_preview-preview_mode)."""

_OF_RESUMING = ("billing_cycle_anchor", "proration_behavior", "proration_date")
"""Of ``subscription_details``, beside ``resume_at``."""

_BILLED_NO_MORE = (*ENDED, "paused")


@operation("POST /v1/invoices/create_preview")
def preview(call: Call) -> Record:
    """The invoice that comes next, after the change that is asked about."""
    work, params = call.work, call.params
    work.preview()
    call = _with_customer(call)
    _add_items(call)
    invoice = work.change(_invoice(call))
    if params.get("preview_mode") == RECURRING:
        _leave_what_recurs(work, invoice)
    if "automatic_tax" in params:
        invoice["automatic_tax"] = automatic_tax(work, params["automatic_tax"])
        add_up(work, invoice)
    require_taxes(work, invoice)
    return upcoming(work, invoice)


def _leave_what_recurs(work: UnitOfWork, invoice: Record) -> None:
    """Take off what is billed once: prorations and other invoice items."""
    for line in work.where("line_item", "invoice", invoice["id"]):
        if line["parent"]["type"] == "invoice_item_details":
            work.remove(line)
    add_up(work, invoice)


def _invoice(call: Call) -> Record:
    params = call.params
    details = params.get("subscription_details") or {}
    if params.get("schedule") or params.get("schedule_details"):
        found = _of_schedule(call)
    elif params.get("subscription"):
        found = _of_subscription(call, params["subscription"], details)
    elif details.get("items"):
        found = _of_new_subscription(call, details)
    elif "invoice_items" in params:
        found = _of_customer(call)
    else:
        # https://docs.stripe.com/changelog/basil/2025-03-31/invoice-preview-api-deprecations; the wording is in
        # https://github.com/stripe/stripe-node/issues/2347
        raise invalid(
            "You must provide at least one of: `subscription`, `schedule`, `subscription_details.items`, "
            "`schedule_details.phases`, `invoice_items`."
        )
    if found is None:
        raise _none(params.get("customer"))
    return found


def _none(customer: str | None) -> StripeError:
    return StripeError(
        f"No upcoming invoices for customer: {customer}", status=404, code="invoice_upcoming_none"
    )


# Who is billed


def _with_customer(call: Call) -> Call:
    """The call with the customer that it is about, whom ``customer_details`` describe."""
    work, params = call.work, call.params
    id = params.get("customer")
    for name, kind in (("subscription", "subscription"), ("schedule", SCHEDULE)):
        if id is None and params.get(name):
            id = work.require(kind, params[name], name)["customer"]
    details = params.get("customer_details")
    is_new = (params.get("subscription_details") or {}).get("items") or params.get("invoice_items")
    if id is None and (details or is_new):
        id = start(work, "customer", {})["id"]
    if details and id is not None:
        customer = work.change(work.require("customer", id, "customer"))
        known = {
            name: details[name] for name in ("address", "shipping", "tax_exempt") if name in details
        }
        assign(work, customer, known, work.contract.resources["customer"].fields)
        for place, each in enumerate(details.get("tax_ids") or []):
            check_tax_id(each["type"], each["value"], f"customer_details[tax_ids][{place}][value]")
            work.create("tax_id", customer=id, type=each["type"], value=each["value"])
    return replace(call, params={**params, "customer": id})


def _add_items(call: Call) -> None:
    """Add and change pending items, as ``invoice_items`` says."""
    work, customer = call.work, call.params.get("customer")
    fields = work.contract.resources["invoiceitem"].fields
    for given in call.params.get("invoice_items") or []:
        each = _as_item(given)
        one = replace(call, params={**each, "customer": customer})
        if given.get("invoiceitem"):
            before = work.require("invoiceitem", given["invoiceitem"], "invoice_items")
            item = work.change(before)
            assign(work, item, each, fields)
            invoice_items.change(one, item, dict(before))
        else:
            item = start(work, "invoiceitem", {"customer": customer})
            assign(work, item, each, fields)
            invoice_items.from_parameters(one, item)


def _as_item(given: Mapping[str, Any]) -> Record:
    """One of ``invoice_items`` in the words of creating an invoice item."""
    each = {name: value for name, value in given.items() if name != "invoiceitem"}
    price, amount = each.pop("price", None), each.pop("unit_amount", None)
    if price is not None:
        each["pricing"] = {"price": price}
    if amount is not None:
        each["unit_amount_decimal"] = str(amount)
    return each


# What is billed


def _of_subscription(call: Call, id: str, details: Mapping[str, Any]) -> Record | None:
    work, params = call.work, call.params
    found = work.require("subscription", id, "subscription")
    if found["status"] in ENDED:
        return None
    latest = found["latest_invoice"]
    path = {"subscription": id}
    if details.get("pause") is not None:
        pausing = replace(call, path=path, params=details["pause"])
        subscription_pauses.pause_subscription(pausing)
    elif details.get("resume_at"):
        resuming = {name: details[name] for name in _OF_RESUMING if name in details}
        subscription_pauses.resume_subscription(replace(call, path=path, params=resuming))
    elif details.get("cancel_now"):
        prorates = details.get("proration_behavior") != "none"
        end = {"invoice_now": True, "prorate": prorates}
        BEHAVIOURS.operations[_CANCEL](replace(call, path=path, params=end))
    else:
        # When it started cannot be changed any more.
        no_change = ("cancel_now", "start_date")
        changes = {name: value for name, value in details.items() if name not in no_change}
        if changes and params.get("preview_mode") == RECURRING:
            # What a change costs once is not asked for.
            changes["proration_behavior"] = "none"
            changes.pop("billing_schedules", None)
        if "discounts" in params:
            changes["discounts"] = params["discounts"]
        if changes:
            changes["payment_behavior"] = "default_incomplete"
            BEHAVIOURS.operations[_UPDATE](replace(call, path=path, params=changes))
    subscription = work.require("subscription", id, "subscription")
    if subscription["latest_invoice"] != latest:
        return work.require("invoice", subscription["latest_invoice"], "invoice")
    is_over = subscription["status"] in _BILLED_NO_MORE or details.get("resume_at")
    return None if is_over else next_invoice(work, subscription)


def _of_new_subscription(call: Call, details: Mapping[str, Any]) -> Record | None:
    anchor = details.get("billing_cycle_anchor") or {}
    if call.params.get("preview_mode") == RECURRING:
        # A whole period is what recurs.
        anchor = {}
        once = ("billing_schedules", "trial_end")
        details = {name: value for name, value in details.items() if name not in once}
    begins = details.get("start_date")
    customer = call.work.require("customer", call.params["customer"], "customer")
    if begins is not None and begins > call.work.now(customer):
        call.work.look_ahead(begins, call.work.clock_of(customer))
        begins = None
    params = {
        **{name: value for name, value in details.items() if name != "start_date"},
        "backdate_start_date": begins,
        "billing_cycle_anchor": anchor.get("timestamp"),
        "customer": call.params["customer"],
        "discounts": call.params.get("discounts"),
        "payment_behavior": "default_incomplete",
    }
    subscription = BEHAVIOURS.operations[_CREATE](replace(call, params=params))
    assert isinstance(subscription, dict)
    invoice = call.work.get("invoice", subscription["latest_invoice"] or "")
    return next_invoice(call.work, subscription) if invoice is None else invoice


def _of_customer(call: Call) -> Record | None:
    """The invoice of the subscription that renews first, or of what is pending where there is none."""
    work = call.work
    customer = work.require("customer", call.params["customer"], "customer")
    due = [
        (min(item["current_period_end"] for item in items_of(work, each)), each["id"])
        for each in work.where("subscription", "customer", customer["id"])
        if each["status"] not in _BILLED_NO_MORE and not each["cancel_at_period_end"]
    ]
    if due:
        return _of_subscription(call, min(due)[1], {})
    currency = call.params.get("currency") or customer["currency"] or "usd"
    invoice = draft(work, customer, currency, billing_reason="upcoming")
    bill_pending(work, invoice, None)
    return invoice if work.where("line_item", "invoice", invoice["id"]) else None


def _of_schedule(call: Call) -> Record | None:
    """The next invoice of a schedule, of one that is changed, or of one that there is not."""
    work, params = call.work, call.params
    details = params.get("schedule_details") or {}
    if params.get("schedule"):
        found = work.require(SCHEDULE, params["schedule"], "schedule")
        schedule, before = work.change(found), dict(found)
        latest = _latest_of(work, schedule)
        if details:
            schedule["end_behavior"] = details.get("end_behavior") or schedule["end_behavior"]
            subscription_schedules.change(replace(call, params=details), schedule, before)
    else:
        schedule = start(work, SCHEDULE, {"customer": params.get("customer")})
        latest = None
        planned = {**details, "customer": params.get("customer")}
        subscription_schedules.create(replace(call, params=planned), schedule)
    if schedule["status"] == "not_started":
        work.look_ahead(schedule["phases"][0]["start_date"], work.clock_of(schedule))
        proceed(work, schedule)
    now = _latest_of(work, schedule)
    if now is None or now != latest:
        return work.require("invoice", now, "invoice") if now else None
    subscription = work.require("subscription", schedule["subscription"], "schedule")
    return None if subscription["status"] in ENDED else next_invoice(work, subscription)


def _latest_of(work: UnitOfWork, schedule: Record) -> str | None:
    subscription = work.get("subscription", schedule["subscription"] or "")
    return subscription["latest_invoice"] if subscription is not None else None
