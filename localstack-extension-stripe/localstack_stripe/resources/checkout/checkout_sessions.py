"""Checkout sessions (https://docs.stripe.com/api/checkout/sessions): what is to be paid, and until when."""

from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    list_filter,
)
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.customer_currency import require_one_currency
from localstack_stripe.resources.checkout.checkout_branding import take_branding
from localstack_stripe.resources.checkout.checkout_intents import (
    AT_ONCE,
    make_payment,
    make_setup,
)
from localstack_stripe.resources.checkout.checkout_items import offer_optional, sell
from localstack_stripe.resources.checkout.checkout_parameters import (
    CUSTOMER_UPDATE,
    EMBEDDED,
    METHOD_DATA,
    PAYMENT_DATA,
    SESSION,
    SETUP_DATA,
    SUBSCRIPTION_DATA,
    check_mode,
    check_page,
    check_trial,
)
from localstack_stripe.resources.checkout.checkout_shares import check_session
from localstack_stripe.resources.checkout.checkout_shipping import take_shipping
from localstack_stripe.resources.checkout.checkout_totals import (
    add_up_session,
    take_discounts,
    take_rates,
    take_taxes,
)
from localstack_stripe.resources.payment_methods.offered_types import offer_types

CREATED_WITH = "created with"
"""Noted of a session that can be recovered: the ``params`` that it was created with, and at which ``base`` address."""


@before_create(SESSION)
def complete(call: Call, session: Record) -> None:
    """Work out what is sold, and where the customer pays (https://docs.stripe.com/api/checkout/sessions/create)."""
    params = call.params
    mode = params.get("mode")
    if mode is None:
        raise missing_parameter("mode")
    check_mode(mode, params)
    if session["after_expiration"] is not None:
        call.work.note(session, CREATED_WITH, {"base": call.base, "params": dict(params)})
    _set_page(call, session)
    take_branding(call.work, session, params.get("branding_settings") or {})
    _set_customer(call, session, mode)
    _set_defaults(call, session, mode)
    for name in (CUSTOMER_UPDATE, METHOD_DATA, PAYMENT_DATA, SETUP_DATA, SUBSCRIPTION_DATA):
        if params.get(name):
            call.work.note(session, name, params[name])
    _set_fields(call.work, session)
    if mode == "setup":
        if not any(params.get(name) for name in _ENOUGH_FOR_TYPES):
            raise missing_parameter("currency")
        session["payment_status"] = "no_payment_required"
        _offer_types(call, session)
        check_session(call.work, mode, params.get(SETUP_DATA) or {}, 0, SETUP_DATA)
        make_setup(call.work, session)
        return
    check_trial(params.get(SUBSCRIPTION_DATA) or {}, call.work.now(session))
    items = sell(call, session)
    offer_optional(call.work, session)
    take_discounts(call.work, session, items, params)
    take_taxes(call.work, session, items, params)
    session["currency"] = items[0]["currency"]
    if mode == "subscription" and session["customer"]:
        require_one_currency(call.work, session["customer"], session["currency"])
    _offer_types(call, session)
    take_shipping(call, session, params.get("shipping_options") or ())
    add_up_session(call.work, session, call.work.get("customer", session["customer"] or ""))
    data = PAYMENT_DATA if mode == "payment" else SUBSCRIPTION_DATA
    check_session(call.work, mode, params.get(data) or {}, session["amount_total"], data)
    if params.get(AT_ONCE) and mode == "payment" and session["amount_total"]:
        make_payment(call.work, session)


_ENOUGH_FOR_TYPES = ("allowed_payment_method_types", "currency", "payment_method_types")
"""What decides which types of payment methods are offered where nothing is sold; older versions list them."""


def _offer_types(call: Call, session: Record) -> None:
    offer_types(call.work, session, call.params)
    if "card" in session["payment_method_types"]:
        options = session["payment_method_options"] or {}
        by_default = {"request_three_d_secure": "automatic"}
        session["payment_method_options"] = {
            **options,
            "card": by_default | (options.get("card") or {}),
        }


def _set_fields(work: UnitOfWork, session: Record) -> None:
    """Have custom fields show what is filled in, which is nothing yet
    (https://docs.stripe.com/payments/checkout/custom-fields).
    """
    for field in session["custom_fields"]:
        type = field["type"]
        field[type] = work.shapes.part("CheckoutSessionCustomField", type) | (field.get(type) or {})


def open_session(work: UnitOfWork, params: dict[str, Any], **values: Any) -> Record:
    """Open a session without a request for one, as when somebody opens a payment link.

    :param params: what a request would say
    :param values: what no request can say
    :raises StripeError: as :func:`complete`
    """
    creation = work.contract.operations["POST /v1/checkout/sessions"]
    session = start(work, SESSION, values)
    assign(work, session, params, work.contract.resources[SESSION].fields)
    complete(Call(creation, {}, params, work), session)
    return session


def _set_defaults(call: Call, session: Record, mode: str) -> None:
    """Say what is done where a request does not."""
    shapes, params = call.work.shapes, call.params
    by_default = "if_required" if mode == "payment" else "always"
    session["payment_method_collection"] = params.get("payment_method_collection") or by_default
    session.setdefault("phone_number_collection", {"enabled": False})
    sells = mode != "setup"
    session["adaptive_pricing"] = session["adaptive_pricing"] or {"enabled": sells}
    if sells:
        session["managed_payments"] = session["managed_payments"] or {"enabled": False}
    collected = shapes.structure("CheckoutSessionCollectedInformation")
    session["collected_information"] = session["collected_information"] or collected
    if mode == "payment" and session["invoice_creation"] is None:
        session["invoice_creation"] = shapes.structure("CheckoutSessionInvoiceCreation")
    if sells and (session["customer"] or session["customer_creation"] == "always"):
        saved = shapes.structure("CheckoutSessionSavedPaymentMethodOptions")
        saved |= {"allow_redisplay_filters": ["always"], "payment_method_remove": "disabled"}
        given = session["saved_payment_method_options"] or {}
        saved |= {name: value for name, value in given.items() if value is not None}
        session["saved_payment_method_options"] = saved


@before_update(SESSION)
def change(call: Call, session: Record, before: Record) -> None:
    """Sell something else (https://docs.stripe.com/payments/checkout/dynamically-update-line-items), or offer other ways to
    bring it (https://docs.stripe.com/payments/checkout/custom-shipping-options).
    """
    work, params = call.work, call.params
    if params.keys() - {"expand", "metadata"}:
        require_open(before)
    check_mode(session["mode"], params)
    if "collected_information" in params and session["ui_mode"] not in EMBEDDED:
        raise invalid(
            "`collected_information` can only be set where the page is part of your own.",
            "collected_information",
        )
    if params.get(PAYMENT_DATA):
        data = dict(work.noted(session, PAYMENT_DATA) or {})
        fields = work.contract.resources["payment_intent"].fields
        assign(work, data, params[PAYMENT_DATA], fields, PAYMENT_DATA)
        work.note(session, PAYMENT_DATA, data)
    if "line_items" in params:
        take_rates(work, session, sell(call, session), params["line_items"])
    if "shipping_options" in params:
        take_shipping(call, session, params["shipping_options"] or ())
    if not params.keys().isdisjoint(("line_items", "shipping_options")):
        add_up_session(work, session, work.get("customer", session["customer"] or ""))


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
    session["ui_mode"] = ui_mode = call.params.get("ui_mode") or "hosted_page"
    check_page(ui_mode, call.params)
    if ui_mode in EMBEDDED:
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
    if session["customer"] is None and call.params.get(CUSTOMER_UPDATE):
        raise invalid("`customer_update` can only be used with `customer`.", CUSTOMER_UPDATE)
    updated = (call.params.get(CUSTOMER_UPDATE) or {}).get("name")
    asks_tax_id = (call.params.get("tax_id_collection") or {}).get("enabled")
    if session["customer"] is not None and asks_tax_id and updated != "auto":
        raise invalid(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an "
            "existing customer, please set `customer_update[name]` to `auto`."
        )
    if mode == "setup":
        session["customer_creation"] = call.params.get("customer_creation")
    elif session["customer"] is None:
        by_default = "always" if mode == "subscription" else "if_required"
        session["customer_creation"] = call.params.get("customer_creation") or by_default
    customer = call.work.get("customer", session["customer"] or "") or {}
    known = customer.get("email") or email
    if known is not None:
        details = call.work.shapes.structure("CheckoutSessionCustomerDetails")
        exempt = None if mode == "setup" else "none"
        session["customer_details"] = details | {"email": known, "tax_exempt": exempt}
