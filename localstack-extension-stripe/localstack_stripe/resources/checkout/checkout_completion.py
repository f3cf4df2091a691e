"""How the customer of a Checkout session completes it (https://docs.stripe.com/payments/checkout/how-checkout-works).

The page on which a customer pays confirms it, and so can a test, as the Stripe CLI does without a page
(https://github.com/stripe/stripe-cli, pkg/fixtures/triggers/checkout.session.completed.json).
"""

from localstack_stripe.engine.behaviours import Call, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.line_item_amounts import NOBODY
from localstack_stripe.resources.checkout.checkout_intents import (
    make_payment,
    offered,
)
from localstack_stripe.resources.checkout.checkout_invoices import is_invoiced
from localstack_stripe.resources.checkout.checkout_outcomes import complete, takes_days
from localstack_stripe.resources.checkout.checkout_parameters import (
    CUSTOMER_UPDATE,
    SESSION,
)
from localstack_stripe.resources.checkout.checkout_restrictions import refuse_restricted
from localstack_stripe.resources.checkout.checkout_saving import save_by_payment, show_again
from localstack_stripe.resources.checkout.checkout_sessions import require_open
from localstack_stripe.resources.checkout.checkout_subscriptions import (
    ask_first_payment,
    subscribe,
    wait_for_first_payment,
)
from localstack_stripe.resources.checkout.checkout_totals import redeem_discounts, require_taxes_of
from localstack_stripe.resources.core.intent_refusals import require_allowed
from localstack_stripe.resources.core.next_actions import note_page
from localstack_stripe.resources.core.payment_attempts import attempt as attempt_to_pay
from localstack_stripe.resources.core.setup_attempts import attempt as attempt_to_set_up
from localstack_stripe.resources.payment_methods.described_methods import billing_details
from localstack_stripe.resources.payment_methods.mandates import collect_mandate
from localstack_stripe.resources.payment_methods.payment_methods import given_method

plain("GET /v1/payment_pages/{session}")


@operation("POST /v1/payment_pages/{session}/confirm")
def confirm(call: Call) -> Record:
    """Pay, subscribe, or save a payment method, as the session's mode is.

    A session stays open while its intent asks something of the customer that they do at once.

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
    if method is not None:
        refuse_restricted(session, method)
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
    return session


def _customer(call: Call, session: Record, billing: Record) -> Record | None:
    """Who pays: the session's customer, or a new one where the session makes one; a guest is none."""
    work = call.work
    email = billing["email"] or session["customer_email"]
    known = {"email": email, "name": billing["name"], "phone": billing["phone"]}
    shipping = _shipping(session, billing["phone"])
    said_of = {"address": _said(billing["address"]), "name": billing["name"], "shipping": shipping}
    needed = session["customer_creation"] == "always" or is_invoiced(session)
    if session["customer"] is None and needed:
        made = start(work, "customer", known)
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
        complete(work, session)
        return
    known = work.get("payment_intent", session["payment_intent"] or "")
    intent = work.change(known) if known is not None else make_payment(work, session)
    intent["amount"], intent["customer"] = session["amount_total"], session["customer"]
    shipping = _shipping(session, method["billing_details"]["phone"])
    if shipping is not None:
        intent["shipping"] = {"carrier": None, "tracking_number": None, **shipping}
    save_by_payment(work, session, intent, method)
    _pay_by(call, session, intent, method)
    if intent["status"] != "requires_action" or takes_days(intent):
        complete(work, session)


def _pay_by(call: Call, session: Record, intent: Record, method: Record) -> None:
    """Attempt to pay what a session asks for by an intent, which may be written to.

    :raises StripeError: 400 where the intent does not take the method; 402 where the bank declines
    """
    work = call.work
    _note_page(call, session, intent)
    require_allowed(work, intent, method)
    collect_mandate(work, intent, method)
    error = attempt_to_pay(work, intent, method, off_session=False)
    if error is not None:
        raise error


def _note_page(call: Call, session: Record, intent: Record) -> None:
    note_page(call, intent, completed_address(session), refused_url=session["url"])


def completed_address(session: Record) -> str | None:
    """Where the customer goes who has completed a session
    (https://docs.stripe.com/payments/checkout/custom-success-page).
    """
    address: str | None = session.get("success_url") or session.get("return_url")
    return address and address.replace("{CHECKOUT_SESSION_ID}", session["id"])


def _set_up(call: Call, session: Record, method: Record) -> None:
    work = call.work
    intent = work.change(work.require("setup_intent", session["setup_intent"], "setup_intent"))
    intent["customer"], intent["payment_method"] = session["customer"], method["id"]
    _note_page(call, session, intent)
    require_allowed(work, intent, method)
    show_again(work, session, method, is_saved=False)
    collect_mandate(work, intent, method)
    error = attempt_to_set_up(work, intent, method)
    if error is not None:
        raise error
    if takes_days(intent):
        complete(work, session)


def _subscribe(call: Call, session: Record, method: Record | None, customer: Record | None) -> None:
    work = call.work
    if customer is None:
        raise missing_parameter("customer")
    if method is not None and method["customer"] is None:
        show_again(work, session, method, is_saved=True)
    intent = None if method is None else ask_first_payment(work, session)
    if intent is None or method is None:
        subscribe(work, session, method, None)
        invoice = work.get("invoice", session["invoice"] or "")
        is_paid = invoice is not None and invoice["total"] > 0  # by the customer's balance
        session["payment_status"] = "paid" if is_paid else "no_payment_required"
        complete(work, session)
        return
    intent |= offered(session)
    _pay_by(call, session, intent, method)
    if intent["status"] == "requires_action":
        wait_for_first_payment(work, session)
