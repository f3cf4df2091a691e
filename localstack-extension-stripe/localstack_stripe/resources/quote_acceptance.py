"""What the acceptance of a quote makes: an invoice, a subscription, or the schedule of one that is to come
(https://docs.stripe.com/quotes/overview#accept).
"""

from collections.abc import Sequence
from dataclasses import replace

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import not_emulated
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.discounts import begin_anew
from localstack_stripe.resources.invoice_drafts import (
    Line,
    add_up,
    draft,
    put_on_invoice,
    quote_parent,
)
from localstack_stripe.resources.invoice_items import new_item
from localstack_stripe.resources.line_items import PARAM, items_of
from localstack_stripe.resources.subscription_schedules import plan_quoted
from localstack_stripe.resources.subscriptions import subscribe

_CONNECT = ("application_fee_amount", "on_behalf_of", "transfer_data")

Priced = tuple[Record, Record]
"""An item of a quote and its price."""


def accept(call: Call, quote: Record) -> None:
    """Make what was quoted; the quote names it.

    :raises StripeError: where a subscription cannot start, as when nothing is there to pay with
    """
    work = call.work
    for name in _CONNECT:
        if quote[name]:
            raise not_emulated(name)
    customer = work.require("customer", quote["customer"], "customer")
    priced = [(item, work.require("price", item["price"], PARAM)) for item in items_of(work, quote)]
    recurring = [each for each in priced if each[1]["recurring"]]
    once = [each for each in priced if not each[1]["recurring"]]
    date = quote["subscription_data"]["effective_date"]
    if not recurring:
        quote["invoice"] = _invoice(work, quote, customer, once)["id"]
    elif date is not None and date > work.now(quote):
        params = _schedule(quote, customer, recurring, once)
        quote["subscription_schedule"] = plan_quoted(call, params)["id"]
    else:
        quote["subscription"] = _subscription(call, quote, customer, recurring, once)["id"]


def _invoice(work: UnitOfWork, quote: Record, customer: Record, once: Sequence[Priced]) -> Record:
    """A draft, which nobody finalizes by itself."""
    settings = quote["invoice_settings"]
    invoice = draft(
        work,
        customer,
        quote["currency"],
        billing_reason="quote_accept",
        collection_method=quote["collection_method"],
        custom_fields=settings["custom_fields"],
        description=settings["description"],
        discounts=quote["discounts"],
        footer=settings["footer"],
        parent=quote_parent(quote),
    )
    if quote["collection_method"] == "send_invoice":
        invoice["due_date"] = invoice["created"] + settings["days_until_due"] * DAY
    begin_anew(work, quote["discounts"], invoice)
    now = work.now(quote)
    for item, price in once:
        line = Line(
            item["amount_subtotal"], item["description"] or "", (now, now), price, item["quantity"]
        )
        waiting = new_item(work, customer, line, quote["currency"])
        waiting["invoice"] = invoice["id"]
        put_on_invoice(work, waiting, invoice)
    add_up(work, invoice)
    return invoice


def _subscription(
    call: Call,
    quote: Record,
    customer: Record,
    recurring: Sequence[Priced],
    once: Sequence[Priced],
) -> Record:
    """What recurs, from now on; what does not is on its first invoice."""
    data, settings = quote["subscription_data"], quote["invoice_settings"]
    params = {
        "add_invoice_items": [_counted(item) for item, _ in once],
        "application_fee_percent": quote["application_fee_percent"],
        "automatic_tax": quote["automatic_tax"],
        "billing_mode": data["billing_mode"],
        "collection_method": quote["collection_method"],
        "customer": customer["id"],
        "days_until_due": settings["days_until_due"],
        "description": data["description"],
        "discounts": [{"discount": id} for id in quote["discounts"]],
        "invoice_settings": settings,
        "items": [_counted(item) for item, _ in recurring],
        "metadata": data["metadata"],
        "trial_period_days": data["trial_period_days"],
    }
    prices, extras = ([price for _, price in each] for each in (recurring, once))
    return subscribe(replace(call, params=params), customer, prices, extras)


def _schedule(
    quote: Record, customer: Record, recurring: Sequence[Priced], once: Sequence[Priced]
) -> Record:
    """The parameters of what recurs from a later date on."""
    data, settings = quote["subscription_data"], quote["invoice_settings"]
    start = data["effective_date"]
    days = data["trial_period_days"]
    phase = {
        "add_invoice_items": [{"price": price["id"], **_counted(item)} for item, price in once],
        "collection_method": quote["collection_method"],
        "description": data["description"],
        "discounts": [{"discount": id} for id in quote["discounts"]],
        "invoice_settings": settings,
        "items": [{"price": price["id"], **_counted(item)} for item, price in recurring],
        "metadata": data["metadata"],
        "trial_end": start + days * DAY if days else None,
    }
    return {
        "billing_mode": data["billing_mode"],
        "customer": customer["id"],
        "phases": [phase],
        "start_date": start,
    }


def _counted(item: Record) -> Record:
    return {} if item["quantity"] is None else {"quantity": item["quantity"]}
