"""What the acceptance of a quote makes: an invoice, a subscription, or the schedule of one that is to come
(https://docs.stripe.com/quotes/overview#accept).
"""

from collections.abc import Sequence
from dataclasses import replace

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_drafts import draft
from localstack_stripe.resources.billing.invoice_parents import quote_parent
from localstack_stripe.resources.billing.line_item_amounts import (
    as_parameters,
    own_discounts,
    put_items,
)
from localstack_stripe.resources.billing.line_items import PARAM, items_of
from localstack_stripe.resources.billing.subscription_schedules import plan_quoted
from localstack_stripe.resources.billing.subscription_start import bill_quoted
from localstack_stripe.resources.billing.subscriptions import subscribe
from localstack_stripe.resources.connect.invoice_shares import keep_shares
from localstack_stripe.resources.products.discounts import begin_anew
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

Priced = tuple[Record, Record]
"""An item of a quote and its price."""


def accept(call: Call, quote: Record) -> None:
    """Make what was quoted; the quote names it.

    :raises StripeError: where a subscription cannot start, as when nothing is there to pay with
    """
    work = call.work
    customer = work.require("customer", quote["customer"], "customer")
    priced = [(item, work.require("price", item["price"], PARAM)) for item in items_of(work, quote)]
    recurring = [each for each in priced if each[1]["recurring"]]
    once = [each for each in priced if not each[1]["recurring"]]
    date = quote["subscription_data"]["effective_date"]
    if not recurring:
        quote["invoice"] = _invoice(work, quote, customer, once)["id"]
    elif date is not None and date > work.now(quote):
        params = _schedule(work, quote, customer, recurring, once)
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
        automatic_tax=automatic_tax(work, quote["automatic_tax"]),
        billing_reason="quote_accept",
        collection_method=quote["collection_method"],
        custom_fields=settings["custom_fields"],
        default_tax_rates=list(quote["default_tax_rates"]),
        description=settings["description"],
        discounts=quote["discounts"],
        footer=settings["footer"],
        issuer=dict(settings["issuer"]),
        on_behalf_of=quote["on_behalf_of"],
        parent=quote_parent(quote),
    )
    if quote["collection_method"] == "send_invoice":
        invoice["due_date"] = invoice["created"] + settings["days_until_due"] * DAY
    own = [id for item, _ in once for id in own_discounts(work, item)]
    begin_anew(work, [*quote["discounts"], *own], invoice)
    shares = {name: quote[name] for name in ("application_fee_amount", "transfer_data")}
    keep_shares(work, invoice, {name: share for name, share in shares.items() if share})
    put_items(work, invoice, customer, [item for item, _ in once])
    return invoice


def _subscription(
    call: Call,
    quote: Record,
    customer: Record,
    recurring: Sequence[Priced],
    once: Sequence[Priced],
) -> Record:
    """What recurs, from now on; what does not is on its first invoice, which is a draft for an hour."""
    work = call.work
    data, settings = quote["subscription_data"], quote["invoice_settings"]
    params = {
        **_shares(quote),
        "add_invoice_items": [as_parameters(work, item) for item, _ in once],
        "automatic_tax": quote["automatic_tax"],
        "billing_mode": data["billing_mode"],
        "collection_method": quote["collection_method"],
        "customer": customer["id"],
        "default_tax_rates": quote["default_tax_rates"],
        "days_until_due": settings["days_until_due"],
        "description": data["description"],
        "discounts": [{"discount": id} for id in quote["discounts"]],
        "invoice_settings": settings,
        "items": [as_parameters(work, item) for item, _ in recurring],
        "metadata": data["metadata"],
        "trial_period_days": data["trial_period_days"],
    }
    prices, extras = ([price for _, price in each] for each in (recurring, once))
    return subscribe(replace(call, params=params), customer, prices, extras, bill_quoted)


def _schedule(
    work: UnitOfWork,
    quote: Record,
    customer: Record,
    recurring: Sequence[Priced],
    once: Sequence[Priced],
) -> Record:
    """The parameters of what recurs from a later date on."""
    data, settings = quote["subscription_data"], quote["invoice_settings"]
    start = data["effective_date"]
    days = data["trial_period_days"]
    phase = {
        **_shares(quote),
        "add_invoice_items": [
            {"price": price["id"], **as_parameters(work, item)} for item, price in once
        ],
        "automatic_tax": quote["automatic_tax"],
        "collection_method": quote["collection_method"],
        "description": data["description"],
        "discounts": [{"discount": id} for id in quote["discounts"]],
        "invoice_settings": settings,
        "default_tax_rates": quote["default_tax_rates"],
        "items": [{"price": price["id"], **as_parameters(work, item)} for item, price in recurring],
        "metadata": data["metadata"],
        "trial_end": start + days * DAY if days else None,
    }
    return {
        "billing_mode": data["billing_mode"],
        "customer": customer["id"],
        "phases": [phase],
        "start_date": start,
    }


def _shares(quote: Record) -> Record:
    """Who else has a share in what a subscription brings, as its parameters."""
    shares = {name: quote[name] for name in ("application_fee_percent", "on_behalf_of")}
    data = quote["transfer_data"]
    if data:
        names = ("amount_percent", "destination")
        shares["transfer_data"] = {name: data[name] for name in names if data[name] is not None}
    return shares
