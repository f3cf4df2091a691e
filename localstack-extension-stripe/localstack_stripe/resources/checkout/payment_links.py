"""Payment links (https://docs.stripe.com/api/payment-link): a Checkout page that many customers can use."""

from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, before_update, refuses
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import add_items, items_of
from localstack_stripe.resources.checkout import checkout_sessions
from localstack_stripe.resources.checkout.checkout_sessions import (
    PAYMENT_DATA,
    SESSION,
    SUBSCRIPTION_DATA,
    offer_optional,
)

LINK = "payment_link"

refuses(("POST /v1/payment_links",), "shipping_options")


@before_create(LINK)
def complete(call: Call, link: Record) -> None:
    """Work out what is sold (https://docs.stripe.com/api/payment-link/create)."""
    if not call.params["line_items"]:
        raise invalid("You must pass at least one line item.", "line_items")
    items = add_items(call.work, link, call.params["line_items"])
    offer_optional(call.work, link)
    link["currency"] = items[0]["currency"]
    if _mode(call.work, link) == "subscription" and "customer_creation" not in call.params:
        link["customer_creation"] = "always"
    link["payment_method_types"] = call.params.get("allowed_payment_method_types")
    link["url"] = f"{call.base}/b/test_{call.work.ids.text(20)}?account={call.work.account}"
    _note(call, link)


@before_update(LINK)
def change(call: Call, link: Record, before: Record) -> None:
    """Change what later customers are offered (https://docs.stripe.com/api/payment-link/update)."""
    _note(call, link)


_NOTED = (PAYMENT_DATA, SUBSCRIPTION_DATA)


def _note(call: Call, link: Record) -> None:
    for name in _NOTED:
        if call.params.get(name):
            call.work.note(link, name, call.params[name])


_CARRIED = (
    "allow_promotion_codes",
    "allowed_payment_method_types",
    "automatic_tax",
    "billing_address_collection",
    "consent_collection",
    "custom_fields",
    "custom_text",
    "customer_creation",
    "invoice_creation",
    "metadata",
    "optional_items",
    "payment_method_collection",
    "phone_number_collection",
    "shipping_address_collection",
    "submit_type",
    "tax_id_collection",
)
"""What a session has as its payment link has it."""


def open_link(work: UnitOfWork, link: Record, base: str) -> Record:
    """The Checkout session of a customer who has opened a payment link
    (https://docs.stripe.com/payment-links/post-payment#track-payments).

    :raises StripeError: 400 where the link is not active
    """
    if not link["active"]:
        raise StripeError(link["inactive_message"] or "The link is no longer active.")
    mode, after = _mode(work, link), link["after_completion"]
    redirect = after.get("redirect") if after["type"] == "redirect" else None
    params: dict[str, Any] = {
        **{name: link[name] for name in _CARRIED if link.get(name)},
        **{name: work.noted(link, name) for name in _NOTED if work.noted(link, name)},
        "line_items": [
            {
                "price": item["price"],
                "quantity": item["quantity"],
                "adjustable_quantity": item["adjustable_quantity"],
            }
            for item in items_of(work, link)
        ],
        "mode": mode,
        "success_url": redirect["url"] if redirect else f"{base}/c/paid",
    }
    if mode != "payment":
        params.pop("customer_creation", None)
    creation = work.contract.operations["POST /v1/checkout/sessions"]
    call = Call(creation, {}, params, work, base=base)
    session = start(work, SESSION, base, {"payment_link": link["id"]})
    assign(work, session, params, work.contract.resources[SESSION].fields)
    checkout_sessions.complete(call, session)
    if redirect is None:
        session["success_url"] = None
    return session


def _mode(work: UnitOfWork, link: Record) -> str:
    prices = [work.require("price", item["price"], "line_items") for item in items_of(work, link)]
    return "subscription" if any(price["recurring"] for price in prices) else "payment"
