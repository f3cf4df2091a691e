"""What becomes of a Checkout session (https://docs.stripe.com/payments/checkout/how-checkout-works): its customer completes
it, or it expires.

The page on which a customer pays confirms it, and so can a test, as the Stripe CLI does without a page
(https://github.com/stripe/stripe-cli, pkg/fixtures/triggers/checkout.session.completed.json).
"""

from typing import Any, cast

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import AuthenticationNeeded
from localstack_stripe.resources.billing.invoice_collection import default_intent
from localstack_stripe.resources.billing.line_item_amounts import NOBODY, rates_of
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.billing.subscriptions import create as subscribe
from localstack_stripe.resources.checkout.checkout_invoices import invoice_payment, is_invoiced
from localstack_stripe.resources.checkout.checkout_saving import save_by_payment, show_again
from localstack_stripe.resources.checkout.checkout_sessions import (
    CUSTOMER_UPDATE,
    PAYMENT_DATA,
    SESSION,
    SETUP_DATA,
    SUBSCRIPTION_DATA,
    require_open,
)
from localstack_stripe.resources.checkout.checkout_totals import redeem_discounts, require_taxes_of
from localstack_stripe.resources.checkout.payment_links import LINK, count_completed
from localstack_stripe.resources.connect.charge_shares import check_shares
from localstack_stripe.resources.core.intents import require_allowed
from localstack_stripe.resources.core.next_actions import lead_to_page, note_page
from localstack_stripe.resources.core.payment_attempts import answer_to
from localstack_stripe.resources.core.payment_attempts import attempt as attempt_to_pay
from localstack_stripe.resources.core.payment_intents import new_intent
from localstack_stripe.resources.core.payment_outcomes import when_settled
from localstack_stripe.resources.core.setup_intents import attempt as attempt_to_set_up
from localstack_stripe.resources.core.setup_intents import new_setup_intent, when_set_up
from localstack_stripe.resources.payment_methods.debited_accounts import is_debit
from localstack_stripe.resources.payment_methods.mandates import collect_mandate
from localstack_stripe.resources.payment_methods.payment_methods import (
    attach,
    billing_details,
    given_method,
)
from localstack_stripe.resources.products.discounts import as_parameters

plain("GET /v1/payment_pages/{session}")


@operation("POST /v1/payment_pages/{session}/confirm")
def confirm(call: Call) -> Record:
    """Pay, subscribe, or save a payment method, as the session's mode is.

    A session stays open while its intent asks something of the customer.

    :raises StripeError: 400 where the session is not open; 402 where the bank declines
    """
    session = call.work.change(require_path(call, "session", SESSION))
    return finish(call, session, given_method(call), {})


def needs_method(session: Record) -> bool:
    """Whether a session cannot be completed without a payment method
    (https://docs.stripe.com/payments/checkout/free-trials).
    """
    return bool(session["amount_total"]) or session["payment_method_collection"] == "always"


def finish(call: Call, session: Record, method: Record | None, told: Record) -> Record:
    """Confirm a session with a payment method, or without one where nothing has to be paid.

    :param told: what its customer says of themselves where no payment method does: of ``billing_details``
    :raises StripeError: as :func:`confirm`
    """
    work = call.work
    require_open(session)
    if method is None and needs_method(session):
        raise missing_parameter("payment_method")
    billing = billing_details(told) if method is None else method["billing_details"]
    customer = _customer(call, session, billing)
    require_taxes_of(work, session, customer or {**NOBODY, "address": billing["address"]})
    expected = call.params.get("expected_amount")
    if expected is not None and expected != session["amount_total"]:
        raise invalid(
            f"The expected amount {expected} is not the session's, {session['amount_total']}.",
            "expected_amount",
            "checkout_amount_mismatch",
        )
    match session["mode"]:
        case "payment":
            _pay(call, session, method)
        case "setup" if method is not None:
            _set_up(call, session, method)
        case "subscription":
            _subscribe(call, session, method, customer)
            if waiting_intent(work, session) is None:
                _complete(work, session)
    return session


def _complete(work: UnitOfWork, session: Record) -> None:
    if session["status"] == "complete":
        return
    session["status"], session["url"] = "complete", None
    link = work.get(LINK, session["payment_link"] or "")
    if link is not None:
        count_completed(work.change(link))


def _customer(call: Call, session: Record, billing: Record) -> Record | None:
    """Who pays: the session's customer, or a new one where the session makes one; a guest is none."""
    work = call.work
    email = billing["email"] or session["customer_email"]
    known = {"email": email, "name": billing["name"], "phone": billing["phone"]}
    shipping = _shipping(session, billing["phone"])
    said_of = {"address": _said(billing["address"]), "name": billing["name"], "shipping": shipping}
    needed = session["customer_creation"] == "always" or is_invoiced(session)
    if session["customer"] is None and needed:
        made = start(work, "customer", call.base, known)
        made["address"], made["shipping"] = said_of["address"], shipping
        session["customer"] = made["id"]
    customer = work.get("customer", session["customer"] or "")
    for name, how in (work.noted(session, CUSTOMER_UPDATE) or {}).items():
        if customer is not None and how == "auto" and said_of[name]:
            customer = work.change(customer)
            customer[name] = said_of[name]
    told = {name: value for name, value in known.items() if value is not None}
    said = {name: customer.get(name) for name in known} if customer is not None else known
    empty = work.shapes.structure("CheckoutSessionCustomerDetails")
    session["customer_details"] = {
        **empty,
        "tax_exempt": "none",
        "tax_ids": [],
        **said,
        **told,
        "address": billing["address"],
    }
    return customer


def _said(address: Record) -> Record | None:
    """An address, where it says something."""
    return address if any(address.values()) else None


def _shipping(session: Record, phone: str | None) -> Record | None:
    """Where the customer wants it brought to, where they have said so, as a customer has it."""
    details = (session["collected_information"] or {}).get("shipping_details")
    return {**details, "phone": phone} if details else None


def _pay(call: Call, session: Record, method: Record | None) -> None:
    work = call.work
    redeem_discounts(work, session)
    if method is None or not session["amount_total"]:
        _complete(work, session)
        return
    known = work.get("payment_intent", session["payment_intent"] or "")
    intent = work.change(known) if known is not None else _intent(work, session)
    session["payment_intent"] = intent["id"]
    intent["amount"] = session["amount_total"]
    shipping = _shipping(session, method["billing_details"]["phone"])
    if shipping is not None:
        intent["shipping"] = {"carrier": None, "tracking_number": None, **shipping}
    _note_page(call, session, intent)
    require_allowed(work, intent, method)
    save_by_payment(work, session, intent, method)
    collect_mandate(work, intent, method)
    error = attempt_to_pay(work, intent, method, off_session=False)
    if error is not None:
        raise error
    if intent["status"] != "requires_action":
        _complete(work, session)


@when_settled
def follow_payment(work: UnitOfWork, intent: Record) -> None:
    """A payment that was asked for by a session has succeeded, or has failed after the session was completed
    (https://docs.stripe.com/checkout/fulfillment#delayed-notification).
    """
    if not work.is_known(SESSION):
        return
    for session in _sessions_of(work, intent):
        if intent["status"] == "succeeded":
            session = work.change(session)
            session["payment_status"] = "paid"
            invoice_payment(work, session, intent)
            _complete(work, session)
        elif session["status"] == "complete" and session["payment_status"] == "unpaid":
            work.happened("checkout.session.async_payment_failed", session)


def _sessions_of(work: UnitOfWork, intent: Record) -> list[Record]:
    """The sessions that a payment is made for, by themselves or by the first invoice of their subscription."""
    found = [*work.where(SESSION, "payment_intent", intent["id"])]
    for payment in work.where("invoice_payment", "payment.payment_intent", intent["id"]):
        of_invoice = work.where(SESSION, "invoice", payment["invoice"])
        found += [
            each
            for each in of_invoice
            if each["payment_status"] == "unpaid" and each["subscription"]
        ]
    return found


def waiting_intent(work: UnitOfWork, session: Record) -> Record | None:
    """The intent of an open session that asks something of the customer, or nothing."""
    for kind in ("payment_intent", "setup_intent"):
        intent = work.get(kind, session[kind] or "")
        if intent is not None and intent["status"] == "requires_action":
            return intent
    invoice = work.get("invoice", session["invoice"] or "")
    if session["subscription"] is None or invoice is None or invoice["status"] != "open":
        return None
    intent = default_intent(work, invoice)
    return intent if intent["status"] == "requires_action" else None


@when_set_up
def follow_setup(work: UnitOfWork, intent: Record) -> None:
    """What a session was to save is saved."""
    if work.is_known(SESSION):
        for session in work.where(SESSION, "setup_intent", intent["id"]):
            _complete(work, work.change(session))


def _note_page(call: Call, session: Record, intent: Record) -> None:
    note_page(call, intent, completed_address(session), refused_url=session["url"])


def completed_address(session: Record) -> str | None:
    """Where the customer goes who has completed a session
    (https://docs.stripe.com/payments/checkout/custom-success-page).
    """
    address: str | None = session.get("success_url") or session.get("return_url")
    return address and address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _intent(work: UnitOfWork, session: Record) -> Record:
    intent = new_intent(
        work, session["amount_total"], session["currency"], customer=session["customer"]
    )
    intent |= _offered(session)
    fields = work.contract.resources["payment_intent"].fields
    options = {"payment_method_options": session["payment_method_options"]}
    assign(work, intent, options, fields)
    assign(work, intent, work.noted(session, PAYMENT_DATA) or {}, fields, PAYMENT_DATA)
    check_shares(work, intent)
    return intent


def _offered(session: Record) -> Record:
    """What an intent has of its session: which types of payment methods it takes."""
    names = (
        "allowed_payment_method_types",
        "payment_method_configuration_details",
        "payment_method_types",
    )
    excluded = session.get("excluded_payment_method_types")
    return {name: session[name] for name in names} | {"excluded_payment_method_types": excluded}


def _set_up(call: Call, session: Record, method: Record) -> None:
    work = call.work
    intent = new_setup_intent(work, session["customer"], method, **_offered(session))
    data = work.noted(session, SETUP_DATA) or {}
    assign(work, intent, data, work.contract.resources["setup_intent"].fields, SETUP_DATA)
    work.happened("setup_intent.created", intent)
    session["setup_intent"] = intent["id"]
    _note_page(call, session, intent)
    require_allowed(work, intent, method)
    show_again(work, session, method, is_saved=False)
    collect_mandate(work, intent, method)
    error = attempt_to_set_up(work, intent, method)
    if error is not None:
        raise error


def _subscribe(call: Call, session: Record, method: Record | None, customer: Record | None) -> None:
    work = call.work
    if customer is None:
        raise missing_parameter("customer")
    if method is not None and method["customer"] is None:
        show_again(work, session, method, is_saved=True)
        method = attach(work, method, customer)
    if session["subscription"] is not None and method is not None:
        _pay_first_invoice(call, session, method)
        return
    recurring: list[Record] = []
    once: list[Record] = []
    for item in items_of(work, session):
        price = work.require("price", item["price"], "line_items")
        given = {"price": price["id"], "quantity": item["quantity"]}
        if rates_of(work, item):
            given["tax_rates"] = rates_of(work, item)
        (recurring if price["recurring"] else once).append(given)
    params: dict[str, Any] = {
        **(work.noted(session, SUBSCRIPTION_DATA) or {}),
        "add_invoice_items": once,
        "automatic_tax": {"enabled": session["automatic_tax"]["enabled"]},
        "currency": session["currency"],
        "customer": customer["id"],
        "default_payment_method": None if method is None else method["id"],
        "discounts": as_parameters(session["discounts"] or ()),
        "items": recurring,
        "payment_behavior": "allow_incomplete"
        if method and _waits(work, method)
        else "error_if_incomplete",
    }
    creation = work.contract.operations["POST /v1/subscriptions"]
    subscription = cast(Record, subscribe(Call(creation, {}, params, work, base=call.base)))
    session["subscription"], session["invoice"] = (
        subscription["id"],
        subscription["latest_invoice"],
    )
    invoice = work.get("invoice", subscription["latest_invoice"] or "")
    if invoice is None:
        session["payment_status"] = "no_payment_required"
    elif invoice["status"] == "open":
        lead_to_page(
            call,
            default_intent(work, invoice),
            completed_address(session),
            refused_url=session["url"],
        )
    elif session["payment_status"] != "paid":
        session["payment_status"] = "paid" if invoice["total"] else "no_payment_required"


def _waits(work: UnitOfWork, method: Record) -> bool:
    """Whether a payment waits for a customer who has to authenticate, or for a bank that takes its time."""
    answer = answer_to(work, method, off_session=False)
    return isinstance(answer, AuthenticationNeeded) or is_debit(method["type"])


def _pay_first_invoice(call: Call, session: Record, method: Record) -> None:
    """The customer has refused before, and tries again to pay what subscribes them."""
    work = call.work
    subscription = work.change(work.require("subscription", session["subscription"], "session"))
    subscription["default_payment_method"] = method["id"]
    intent = work.change(
        default_intent(work, work.require("invoice", session["invoice"], "session"))
    )
    _note_page(call, session, intent)
    error = attempt_to_pay(work, intent, method, off_session=False)
    if error is not None:
        raise error
