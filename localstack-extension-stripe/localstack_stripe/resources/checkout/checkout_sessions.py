"""Checkout sessions (https://docs.stripe.com/api/checkout/sessions): what is to be paid, and until when."""

from collections.abc import Sequence
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    list_filter,
    refuses,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import add_items
from localstack_stripe.resources.billing.subscription_terms import recurrence
from localstack_stripe.resources.checkout.checkout_shipping import take_shipping
from localstack_stripe.resources.checkout.checkout_totals import (
    add_up_session,
    take_discounts,
    take_taxes,
)

SESSION = "checkout.session"

PAYMENT_DATA, SETUP_DATA, SUBSCRIPTION_DATA = (
    "payment_intent_data",
    "setup_intent_data",
    "subscription_data",
)
"""Noted of a session: what the parameter of that name says of what it will make when it is completed."""

CUSTOMER_UPDATE = "customer_update"
"""Noted of a session: what of its customer changes to what is given in the page."""

_ONLY_IN = {
    PAYMENT_DATA: ("payment",),
    SETUP_DATA: ("setup",),
    SUBSCRIPTION_DATA: ("subscription",),
    "line_items": ("payment", "subscription"),
}
"""The modes in which parameters may be given."""

EMBEDDED = ("elements", "embedded_page", "form")
"""The modes of the page in which it is part of the application's own."""

refuses(("POST /v1/checkout/sessions/{session}",), "line_items")


@before_create(SESSION)
def complete(call: Call, session: Record) -> None:
    """Work out what is sold, and where the customer pays (https://docs.stripe.com/api/checkout/sessions/create)."""
    params = call.params
    mode = params.get("mode")
    if mode is None:
        raise missing_parameter("mode")
    _set_page(call, session)
    _set_customer(call, session, mode)
    for name in (CUSTOMER_UPDATE, PAYMENT_DATA, SETUP_DATA, SUBSCRIPTION_DATA):
        if params.get(name):
            call.work.note(session, name, params[name])
    session["payment_method_types"] = params.get("allowed_payment_method_types") or ["card"]
    if "card" in session["payment_method_types"]:
        options = session["payment_method_options"] or {}
        by_default = {"request_three_d_secure": "automatic"}
        session["payment_method_options"] = {
            **options,
            "card": by_default | (options.get("card") or {}),
        }
    _set_fields(call.work, session)
    given = params.get("line_items")
    for name, modes in _ONLY_IN.items():
        if params.get(name) is not None and mode not in modes:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    if mode == "setup":
        session["payment_status"] = "no_payment_required"
        return
    if not given:
        raise missing_parameter("line_items")
    items = add_items(call.work, session, given)
    recurring = any(_price_of(call.work, item)["recurring"] for item in items)
    if recurring != (mode == "subscription"):
        raise invalid(
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices."
            if recurring
            else "You must provide at least one recurring price in `subscription` mode when using prices.",
            "line_items",
        )
    require_one_interval(call.work, items)
    begin_with_trial(call.work, session, items)
    offer_optional(call.work, session)
    take_discounts(call.work, session, items, params)
    take_taxes(call.work, session, items, params)
    session["currency"] = items[0]["currency"]
    take_shipping(call, session, params.get("shipping_options") or ())
    add_up_session(call.work, session, call.work.get("customer", session["customer"] or ""))


def _set_fields(work: UnitOfWork, session: Record) -> None:
    """Have custom fields show what is filled in, which is nothing yet
    (https://docs.stripe.com/payments/checkout/custom-fields).
    """
    for field in session["custom_fields"]:
        type = field["type"]
        field[type] = work.shapes.part("CheckoutSessionCustomField", type) | (field.get(type) or {})


def require_one_interval(work: UnitOfWork, items: Sequence[Record]) -> None:
    """Refuse prices that recur in several intervals, as only subscriptions made without Checkout can have them
    (https://docs.stripe.com/billing/subscriptions/mixed-interval#limitations).

    :raises StripeError: 400
    """
    prices = [_price_of(work, item) for item in items]
    if len({recurrence(price) for price in prices if price["recurring"]}) > 1:
        raise invalid(
            "Checkout does not support multiple prices with different billing intervals.",
            "line_items",
        )


def begin_with_trial(work: UnitOfWork, session: Record, items: Sequence[Record]) -> None:
    """Have items that recur cost nothing yet, where a trial comes first
    (https://docs.stripe.com/payments/checkout/free-trials).
    """
    data = work.noted(session, SUBSCRIPTION_DATA) or {}
    if data.get("trial_period_days") or data.get("trial_end"):
        for item in items:
            if _price_of(work, item)["recurring"]:
                item["amount_subtotal"] = item["amount_total"] = 0


def offer_optional(work: UnitOfWork, owner: Record) -> None:
    """Offer what a customer may add on the page of a session or a payment link; here nobody does
    (https://docs.stripe.com/payments/checkout/optional-items).

    :raises StripeError: 400 where a price does not exist
    """
    for place, item in enumerate(owner.get("optional_items") or ()):
        work.require("price", item["price"], f"optional_items[{place}][price]")
        item.setdefault("adjustable_quantity", None)


@before_update(SESSION)
def change(call: Call, session: Record, before: Record) -> None:
    """Offer other ways to bring what is sold
    (https://docs.stripe.com/payments/checkout/custom-shipping-options).
    """
    require_open(before)
    if "shipping_options" in call.params:
        take_shipping(call, session, call.params["shipping_options"] or ())
        add_up_session(call.work, session, call.work.get("customer", session["customer"] or ""))


def require_open(session: Record) -> None:
    """Only an open session can be changed.

    :raises StripeError: 400 otherwise
    """
    if session["status"] != "open":
        raise invalid(f"This Checkout Session is {session['status']}, and cannot be updated.")


@list_filter("GET /v1/checkout/sessions", "customer_details")
def is_of(work: UnitOfWork, session: Record, details: Any) -> bool:
    """Select by the email address that the customer gave."""
    return bool((session["customer_details"] or {}).get("email") == details["email"])


def _set_page(call: Call, session: Record) -> None:
    session["ui_mode"] = call.params.get("ui_mode") or "hosted_page"
    if session["ui_mode"] in EMBEDDED:
        if call.params.get("success_url") is not None:
            raise invalid(
                f"`success_url` can not be used with `ui_mode: {session['ui_mode']}`.",
                "success_url",
            )
        session["url"] = None
        session["client_secret"] = call.work.ids.client_secret(session["id"])
        session["redirect_on_completion"] = call.params.get("redirect_on_completion") or "always"
    elif call.params.get("success_url") is None:
        raise missing_parameter("success_url")
    else:
        # The page asks in which account the session is.
        session["url"] += f"?account={call.work.account}"
    if call.params.get("expires_at") is None:
        # Of a customer on a test clock, it lives in the time of that.
        session["expires_at"] = session["created"] + DAY
    until = session["expires_at"] - session["created"]
    if not 30 * 60 <= until <= 24 * 3600:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.",
            "expires_at",
        )


def _set_customer(call: Call, session: Record, mode: str) -> None:
    email = call.params.get("customer_email")
    if session["customer"] is not None and email is not None:
        raise exclusive("customer", "customer_email")
    if session["customer"] is None and mode != "setup":
        by_default = "always" if mode == "subscription" else "if_required"
        session["customer_creation"] = call.params.get("customer_creation") or by_default
    customer = call.work.get("customer", session["customer"] or "") or {}
    known = customer.get("email") or email
    if known is not None:
        details = call.work.shapes.structure("CheckoutSessionCustomerDetails")
        session["customer_details"] = details | {"email": known, "tax_exempt": "none"}


def _price_of(work: UnitOfWork, item: Record) -> Record:
    return work.require("price", item["price"], "line_items")
