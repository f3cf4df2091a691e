"""Payment links (https://docs.stripe.com/api/payment-link): a Checkout page that many customers can use."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.children import PARENT
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.formats import email
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import (
    ITEM,
    add_items,
    change_items,
    items_of,
)
from localstack_stripe.resources.checkout.checkout_items import (
    offer_optional,
    require_one_interval,
)
from localstack_stripe.resources.checkout.checkout_parameters import (
    ONLY_IN,
    PAYMENT_DATA,
    SUBSCRIPTION_DATA,
    check_trial,
)
from localstack_stripe.resources.checkout.checkout_sessions import open_session
from localstack_stripe.resources.checkout.checkout_shares import check_link
from localstack_stripe.resources.checkout.checkout_shipping import offer_shipping
from localstack_stripe.resources.products.prices import when_archived
from localstack_stripe.resources.products.promotion_codes import promotion_of_code

LINK = "payment_link"


@before_create(LINK)
def complete(call: Call, link: Record) -> None:
    """Work out what is sold (https://docs.stripe.com/api/payment-link/create)."""
    if not call.params["line_items"]:
        raise invalid("You must pass at least one line item.", "line_items")
    items = add_items(call.work, link, call.params["line_items"])
    require_one_interval(call.work, items)
    offer_optional(call.work, link)
    link["currency"] = items[0]["currency"]
    if _mode(call.work, link) == "subscription" and "customer_creation" not in call.params:
        link["customer_creation"] = "always"
    link["url"] = f"{call.base}/b/{call.work.account}/test_{call.work.ids.text(20)}"
    _offer(call, link)


@before_update(LINK)
def change(call: Call, link: Record, before: Record) -> None:
    """Change what later customers are offered (https://docs.stripe.com/api/payment-link/update)."""
    change_items(call.work, link, call.params.get("line_items") or ())
    _offer(call, link)


def _offer(call: Call, link: Record) -> None:
    params = call.params
    check_trial(params.get(SUBSCRIPTION_DATA) or {}, call.work.now())
    mode = _mode(call.work, link)
    if "shipping_options" in params:
        offer_shipping(call, link, params["shipping_options"] or (), mode)
    amount = sum(item["amount_total"] for item in items_of(call.work, link))
    check_link(call.work, mode, link, amount)
    for name in _NOTED:
        if params.get(name):
            call.work.note(link, name, params[name])


def count_completed(link: Record) -> None:
    """Count a session that was completed; a link that may be used so often is closed by the last one
    (https://docs.stripe.com/payment-links/customize#limit-the-number-of-payments).
    """
    restriction = (link["restrictions"] or {}).get("completed_sessions")
    if restriction is not None:
        restriction["count"] += 1
        if restriction["count"] >= restriction["limit"]:
            link["active"] = False


@when_archived
def close(work: UnitOfWork, price: Record) -> None:
    """A link to what is sold no more is deactivated
    (https://docs.stripe.com/products-prices/manage-prices#archive-price).
    """
    for item in work.where(ITEM, "price", price["id"]):
        link = work.get(LINK, item[PARENT])
        if link is not None and link["active"]:
            work.change(link)["active"] = False


_NOTED = (PAYMENT_DATA, SUBSCRIPTION_DATA)
"""Noted of a link: what the parameter of that name says of what its sessions make."""

_CARRIED = (
    "allow_promotion_codes",
    "automatic_tax",
    "billing_address_collection",
    "consent_collection",
    "currency",
    "custom_fields",
    "custom_text",
    "customer_creation",
    "invoice_creation",
    "metadata",
    "name_collection",
    "optional_items",
    "payment_method_collection",
    "payment_method_options",
    "phone_number_collection",
    "shipping_address_collection",
    "submit_type",
    "tax_id_collection",
)
"""What a session has as its payment link has it."""


def open_link(work: UnitOfWork, link: Record, given: Mapping[str, Any]) -> Record:
    """The Checkout session of a customer who has opened a payment link
    (https://docs.stripe.com/payment-links/post-payment#track-payments).

    :param given: what was added to its address
    :raises StripeError: 400 where the link is not active
    """
    if not link["active"]:
        raise StripeError(link["inactive_message"] or "The link is no longer active.")
    work.base = base = link["url"].rpartition("/b/")[0]
    mode, after = _mode(work, link), link["after_completion"]
    redirect = after.get("redirect") if after["type"] == "redirect" else None
    params: dict[str, Any] = {
        **{name: link[name] for name in _CARRIED if link.get(name)},
        **_data_of(work, link, mode),
        **_prefilled(work, link, given),
        "allowed_payment_method_types": link["payment_method_types"],
        "shipping_options": [
            {"shipping_rate": each["shipping_rate"]} for each in link["shipping_options"]
        ],
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
    params = {name: value for name, value in params.items() if mode in ONLY_IN.get(name, (mode,))}
    if "discounts" in params:
        params.pop("allow_promotion_codes", None)
    session = open_session(work, params, payment_link=link["id"])
    if redirect is None:
        session["success_url"] = None
    return session


_REFERENCE = re.compile(r"[\w-]{1,200}", re.ASCII)


def _prefilled(work: UnitOfWork, link: Record, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a session says because the link's address did; what of that is not valid is left out
    (https://docs.stripe.com/payment-links/url-parameters).
    """
    reference = str(given.get("client_reference_id") or "")
    address = given.get("locked_prefilled_email") or given.get("prefilled_email")
    said: dict[str, Any] = {}
    if _REFERENCE.fullmatch(reference):
        said["client_reference_id"] = reference
    with suppress(StripeError):
        said["customer_email"] = email(str(address or ""), "prefilled_email")
    code = given.get("prefilled_promo_code")
    if code and link["allow_promotion_codes"]:
        with suppress(StripeError):
            promotion = promotion_of_code(work, str(code), None)
            said["discounts"] = [{"promotion_code": promotion["id"]}]
    return said


_DATA = {
    "payment": (PAYMENT_DATA, "application_fee_amount"),
    "subscription": (SUBSCRIPTION_DATA, "application_fee_percent"),
}
"""By the mode of a link's sessions: what says what they make, and what the platform's share of it is called."""


def _data_of(work: UnitOfWork, link: Record, mode: str) -> dict[str, Any]:
    """What a session says of the payment or the subscription that it makes, what a platform takes of it included
    (https://docs.stripe.com/connect/payment-links).
    """
    name, fee = _DATA[mode]
    shares = ("on_behalf_of", "transfer_data", fee)
    said = {each: link[each] for each in shares if link[each] is not None}
    if said.get("transfer_data"):
        transfer = said["transfer_data"]
        said["transfer_data"] = {key: value for key, value in transfer.items() if value is not None}
    data = {**(work.noted(link, name) or {}), **said}
    return {name: data} if data else {}


def _mode(work: UnitOfWork, link: Record) -> str:
    prices = [work.require("price", item["price"], "line_items") for item in items_of(work, link)]
    return "subscription" if any(price["recurring"] for price in prices) else "payment"
