"""Subscribing by a Checkout session: its customer pays, and is subscribed then; until then, and after a payment that fails,
there is neither a subscription nor an invoice
(https://docs.stripe.com/changelog/basil/2025-03-31/checkout-legacy-subscription-upgrade).
"""

from functools import partial
from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.line_item_amounts import rates_of
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.billing.subscription_start import bill_paid, bill_start
from localstack_stripe.resources.billing.subscriptions import subscribe as new_subscription
from localstack_stripe.resources.checkout.checkout_credit import (
    hold_credit,
    release_credit,
    use_credit,
)
from localstack_stripe.resources.checkout.checkout_intents import first_payment, note_first_payment
from localstack_stripe.resources.checkout.checkout_parameters import SUBSCRIPTION_DATA
from localstack_stripe.resources.core.payment_intents import new_intent
from localstack_stripe.resources.payment_methods.attachment import attach
from localstack_stripe.resources.products.discounts import as_parameters

_TERMS = (
    "amount",
    "application_fee_amount",
    "description",
    "on_behalf_of",
    "setup_future_usage",
    "transfer_data",
)
"""What the first payment's intent has of the one that the first invoice would have."""

_CREDIT = "credit used"
"""Noted of a session: how much of the customer's credit its subscription uses at first, in minor units."""


def ask_first_payment(work: UnitOfWork, session: Record) -> Record | None:
    """The intent to pay what the subscription of a session costs now, which may be written to; nothing where it costs
    nothing yet.
    """
    release_credit(work, session)
    ahead = work.rehearsal()
    subscription = _create(ahead, session, payment_behavior="default_incomplete")
    invoice = ahead.get("invoice", subscription["latest_invoice"] or "")
    if invoice is None or invoice["status"] != "open":
        return None
    asked = default_intent(ahead, invoice)
    known = first_payment(work, session)
    if known is None:
        intent = new_intent(
            work, asked["amount"], session["currency"], customer=session["customer"]
        )
        note_first_payment(work, session, intent)
    else:
        intent = work.change(known)
    intent |= {name: asked[name] for name in _TERMS if name in asked}
    work.note(session, _CREDIT, invoice["ending_balance"] - invoice["starting_balance"])
    return intent


def wait_for_first_payment(work: UnitOfWork, session: Record) -> None:
    """Hold what credit the subscription of a session uses, while its customer is asked to pay the rest."""
    hold_credit(work, session, work.noted(session, _CREDIT))


def subscribe(
    work: UnitOfWork, session: Record, method: Record | None, paid_by: Record | None
) -> None:
    """Subscribe the customer of a session, which may be written to.

    :param method: what the subscription is paid with
    :param paid_by: the intent that has paid what it costs at first, or is about to
    """
    customer = work.require("customer", session["customer"], "customer")
    if method is not None and method["customer"] is None:
        method = attach(work, method, customer)
    released = release_credit(work, session)
    subscription = _create(
        work,
        session,
        paid_by,
        default_payment_method=method and method["id"],
        payment_behavior="error_if_incomplete",
    )
    session["subscription"] = subscription["id"]
    session["invoice"] = subscription["latest_invoice"]
    use_credit(work, session, released)


def _create(work: UnitOfWork, session: Record, paid_by: Record | None = None, **how: Any) -> Record:
    recurring: list[Record] = []
    once: list[Record] = []
    prices: list[Record] = []
    extras: list[Record] = []
    for item in items_of(work, session):
        price = work.require("price", item["price"], "line_items")
        given = {"price": price["id"], "quantity": item["quantity"]}
        if rates_of(work, item):
            given["tax_rates"] = rates_of(work, item)
        (recurring if price["recurring"] else once).append(given)
        (prices if price["recurring"] else extras).append(price)
    params: dict[str, Any] = {
        **(work.noted(session, SUBSCRIPTION_DATA) or {}),
        "add_invoice_items": once,
        "automatic_tax": {"enabled": session["automatic_tax"]["enabled"]},
        "currency": session["currency"],
        "customer": session["customer"],
        "discounts": as_parameters(session["discounts"] or ()),
        "items": recurring,
        **how,
    }
    creation = work.contract.operations["POST /v1/subscriptions"]
    call = Call(creation, {}, params, work)
    customer = work.require("customer", session["customer"], "customer")
    bill = bill_start if paid_by is None else partial(bill_paid, paid_by)
    # What was offered is sold, though it may be archived since, or be there for this one use.
    return new_subscription(call, customer, prices, extras, bill)
