"""Quotes (https://docs.stripe.com/quotes): drafting one, finalizing it, and what becomes of it.

What one comes to is in ``quote_totals``, what its acceptance makes in ``quote_acceptance``.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
)
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.errors import (
    invalid,
    missing_parameter,
    too_small,
)
from localstack_stripe.engine.initial import INITIAL
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_item_amounts import (
    DISCOUNTS,
    as_parameters,
    note_rates,
    own_discounts,
)
from localstack_stripe.resources.billing.line_items import (
    PARAM,
    items_of,
    replace_items,
)
from localstack_stripe.resources.billing.quote_acceptance import accept
from localstack_stripe.resources.billing.quote_pdf import pdf_of
from localstack_stripe.resources.billing.quote_totals import add_up_quote
from localstack_stripe.resources.billing.usage_billing import is_metered
from localstack_stripe.resources.core.customer_locations import require_located
from localstack_stripe.resources.products.discounts import check_currency, copied, new_discounts
from localstack_stripe.resources.products.tax_rates import MOST_DEFAULTS, usable_rates
from localstack_stripe.resources.tax.invoice_taxes import automatic_tax

QUOTE = "quote"
LIFETIME: int = INITIAL[QUOTE]["expires_at"].seconds

TRANSITIONS = {
    "draft": {"open", "canceled"},
    "open": {"accepted", "canceled"},
    "accepted": set(),
    "canceled": set(),
}
"""Which states a quote may go to from each (https://docs.stripe.com/quotes/overview#quote-statuses)."""

TRANSITION_TIMES = {"open": "finalized_at", "accepted": "accepted_at", "canceled": "canceled_at"}

EDITABLE_WHEN_OPEN = {"expires_at", "metadata"}

NUMBER, NUMBERED = "number", "quotes numbered"
"""Noted of a quote: its number among the customer's, and its revision; and of a customer: how many have one."""


# Drafting


@before_create(QUOTE)
def draft(call: Call, quote: Record) -> None:
    """A draft, of its own or after another quote (https://docs.stripe.com/api/quotes/create)."""
    work, params = call.work, call.params
    quote["invoice_settings"]["issuer"] = quote["invoice_settings"].get("issuer") or {
        "type": "self"
    }
    quote.setdefault("default_tax_rates", [])
    if params.get("from_quote"):
        _clone(call, quote)
    _live_where_customer_lives(work, quote)
    now = quote["created"] = work.now(quote)
    if params.get("expires_at") is None:
        # The customer may live in another time than the one in which the request came.
        quote["expires_at"] = now + LIFETIME
    _complete(call, quote)
    if params.get("line_items"):
        _sell(work, quote, params["line_items"])
    _total(call, quote)


def _clone(call: Call, quote: Record) -> None:
    """Take everything over from another quote (https://docs.stripe.com/quotes/clone)."""
    work, params = call.work, call.params
    others = params.keys() - {"from_quote", "expires_at"}
    if others:
        raise invalid(
            "When using `from_quote`, you cannot specify any other parameters except for `expires_at`.",
            min(others),
        )
    given = params["from_quote"]
    revises = bool(given.get("is_revision"))
    origin = work.require(QUOTE, given["quote"], "from_quote[quote]")
    if origin["status"] == "canceled" or (revises and origin["status"] != "open"):
        raise invalid(
            f"The quote {origin['id']} has a status of {origin['status']}, and cannot be "
            f"{'revised' if revises else 'duplicated'}.",
            "from_quote[quote]",
        )
    quote |= copy({name: origin[name] for name in _TAKEN_OVER})
    quote["from_quote"] = {"is_revision": revises, "quote": origin["id"]}
    quote["discounts"] = copied(work, origin["discounts"], quote)
    again = [_repeated(work, quote, item) for item in items_of(work, origin)]
    _sell(work, quote, again)


_TAKEN_OVER = (
    "application_fee_amount",
    "application_fee_percent",
    "automatic_tax",
    "collection_method",
    "customer",
    "customer_account",
    "default_tax_rates",
    "description",
    "footer",
    "header",
    "invoice_settings",
    "metadata",
    "on_behalf_of",
    "subscription_data",
    "test_clock",
    "transfer_data",
)


def _repeated(work: UnitOfWork, quote: Record, item: Record) -> Record:
    own = copied(work, own_discounts(work, item), quote)
    return {
        **as_parameters(work, item),
        "discounts": [{"discount": id} for id in own],
        "price": item["price"],
    }


def _sell(work: UnitOfWork, quote: Record, given: Sequence[Mapping[str, Any]]) -> None:
    """The items are those that are sent, each with the tax rates and the discounts that are for it alone."""
    counted = [each if each.get("id") else _counted(work, each) for each in given]
    items = replace_items(work, quote, counted)
    for place, (item, each) in enumerate(zip(items, given, strict=True)):
        param = f"{PARAM}[{place}]"
        note_rates(work, item, each, param)
        if "discounts" in each:
            own = new_discounts(
                work, each["discounts"] or [], quote, item["currency"], f"{param}[discounts]"
            )
            work.note(item, DISCOUNTS, own)


def _live_where_customer_lives(work: UnitOfWork, quote: Record) -> None:
    """A quote is on its customer's test clock."""
    if quote["customer"] is None:
        return
    customer = work.require("customer", quote["customer"], "customer")
    if quote["test_clock"] not in (None, customer["test_clock"]):
        raise invalid(
            "The customer of this quote is not on the test clock that it names.", "test_clock"
        )
    quote["test_clock"] = customer["test_clock"]
    quote["customer_account"] = customer.get("customer_account")


def _complete(call: Call, quote: Record) -> None:
    """Check and derive what creating and updating have in common."""
    params, work = call.params, call.work
    _require_future(work, quote)
    if "automatic_tax" in params:
        found = automatic_tax(work, params["automatic_tax"])
        quote["automatic_tax"] = {name: found[name] for name in quote["automatic_tax"]}
    if "default_tax_rates" in params:
        rates = params["default_tax_rates"] or []
        quote["default_tax_rates"] = usable_rates(work, rates, "default_tax_rates", MOST_DEFAULTS)
    data = params.get("subscription_data") or {}
    if data.get("effective_date") == "current_period_end":
        # Only what there is has a current period, and here a quote makes its subscription.
        raise invalid(
            "`current_period_end` can only be the `effective_date` of a quote that updates a subscription.",
            "subscription_data[effective_date]",
        )
    days = data.get("trial_period_days")
    if days is not None and days < 1:
        raise too_small("subscription_data[trial_period_days]")
    sends = quote["collection_method"] == "send_invoice"
    if sends and quote["invoice_settings"]["days_until_due"] is None:
        raise invalid(
            "When `collection_method` is `send_invoice`, `invoice_settings[days_until_due]` must be set.",
            "invoice_settings[days_until_due]",
        )
    if params.get("customer"):
        work.require("customer", params["customer"], "customer")


def _require_future(work: UnitOfWork, quote: Record) -> None:
    """Refuse a quote that would have expired already.

    :raises StripeError: 400
    """
    if quote["expires_at"] <= work.now(quote):
        raise invalid("Invalid timestamp: can only specify a future timestamp", "expires_at")


def _total(call: Call, quote: Record) -> None:
    """Take over the discounts, now that the items say in which currency they are, and add up."""
    work = call.work
    items = items_of(work, quote)
    currency = items[0]["currency"] if items else None
    check_currency(work, quote["discounts"], currency)
    if "discounts" in call.params:
        quote["discounts"] = new_discounts(work, call.params["discounts"] or [], quote, currency)
    add_up_quote(work, quote)


def _counted(work: UnitOfWork, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """An item with its quantity: one, where it is not said, of what is not metered."""
    named = work.get("price", given.get("price") or "")
    if named is not None and is_metered(named):
        return given
    return {"quantity": 1, **given}


@before_update(QUOTE)
def change(call: Call, quote: Record, before: Record) -> None:
    """A draft can be edited, of an open quote only when it expires (https://docs.stripe.com/quotes/overview)."""
    work, params = call.work, call.params
    status = before["status"]
    fixed = params.keys() - (EDITABLE_WHEN_OPEN if status == "open" else set())
    if status != "draft" and fixed:
        raise invalid(
            f"This quote has a status of {status}, and its {', '.join(sorted(fixed))} can no longer be updated.",
            min(fixed),
        )
    if before["customer"] not in (None, quote["customer"]):
        raise invalid("The customer of a quote cannot be changed.", "customer")
    if status == "open":
        _require_future(work, quote)
        return
    _live_where_customer_lives(work, quote)
    _complete(call, quote)
    if params.get("line_items") is not None:
        _sell(work, quote, params["line_items"])
    _total(call, quote)


# Its life


@operation("POST /v1/quotes/{quote}/finalize")
def finalize(call: Call) -> Record:
    """Open a draft to be accepted, under a number (https://docs.stripe.com/api/quotes/finalize)."""
    work = call.work
    found = require_path(call, QUOTE, QUOTE)
    _require_possible(found, "open", "finalize")
    if found["customer"] is None:
        raise missing_parameter("customer")
    if not items_of(work, found):
        raise missing_parameter(PARAM)
    quote = work.change(found)
    if call.params.get("expires_at") is not None:
        expiry = {"expires_at": call.params["expires_at"]}
        assign(work, quote, expiry, work.contract.resources[QUOTE].fields)
        _require_future(work, quote)
    if quote["automatic_tax"]["enabled"]:
        require_located(work, work.require("customer", quote["customer"], "customer"))
    _give_number(work, quote)
    move(work, quote, "open")
    return quote


def _give_number(work: UnitOfWork, quote: Record) -> None:
    """https://docs.stripe.com/quotes/overview#finalize: the customer's prefix, the quote, and its revision."""
    customer = work.require("customer", quote["customer"], "customer")
    origin = quote["from_quote"]
    if origin and origin["is_revision"]:
        revised = work.require(QUOTE, origin["quote"], "from_quote")
        sequence, revision = work.noted(revised, NUMBER)
        revision += 1
        if revised["status"] == "open":
            move(work, work.change(revised), "canceled")
    else:
        sequence, revision = (work.noted(customer, NUMBERED) or 0) + 1, 1
        work.note(customer, NUMBERED, sequence)
    work.note(quote, NUMBER, [sequence, revision])
    quote["number"] = f"QT-{customer['invoice_prefix']}-{sequence:04d}-{revision}"


@operation("POST /v1/quotes/{quote}/cancel")
def cancel(call: Call) -> Record:
    """Take a quote back (https://docs.stripe.com/api/quotes/cancel)."""
    found = require_path(call, QUOTE, QUOTE)
    _require_possible(found, "canceled", "cancel")
    quote = call.work.change(found)
    move(call.work, quote, "canceled")
    return quote


@operation("POST /v1/quotes/{quote}/accept")
def accept_quote(call: Call) -> Record:
    """Make what was quoted (https://docs.stripe.com/api/quotes/accept)."""
    found = require_path(call, QUOTE, QUOTE)
    _require_possible(found, "accepted", "accept")
    quote = call.work.change(found)
    accept(call, quote)
    move(call.work, quote, "accepted")
    return quote


def _require_possible(quote: Record, status: str, verb: str) -> None:
    if status not in TRANSITIONS[quote["status"]]:
        possible = [each for each, reached in TRANSITIONS.items() if status in reached]
        raise invalid(
            f"You cannot {verb} this quote because it has a status of {quote['status']}. Only a quote with one of "
            f"the following statuses may: {', '.join(possible)}."
        )


def move(work: UnitOfWork, quote: Record, status: str) -> None:
    """Bring a quote into another state, and note when."""
    quote["status"] = status
    quote["status_transitions"][TRANSITION_TIMES[status]] = work.now(quote)


def _expires(work: UnitOfWork, quote: Record) -> int | None:
    """When a quote that nobody has accepted is canceled."""
    return quote["expires_at"] if "canceled" in TRANSITIONS[quote["status"]] else None


@due(QUOTE, next=_expires)
def expire(work: UnitOfWork, quote: Record) -> None:
    """A quote that has expired can no longer be accepted."""
    move(work, work.change(quote), "canceled")


@operation("GET /v1/quotes/{quote}/pdf")
def pdf(call: Call) -> Content:
    """A finalized quote as a PDF (https://docs.stripe.com/api/quotes/pdf).

    :raises StripeError: 404 where there is no such quote, 400 where it is a draft
    """
    quote = require_path(call, QUOTE, QUOTE)
    if quote["number"] is None:
        raise invalid("You can only download the PDF of a quote that was finalized.")
    return pdf_of(call.work, quote)
