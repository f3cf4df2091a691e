"""The page of a Checkout session (https://docs.stripe.com/payments/checkout), and where payment links lead: what is sold, and
a choice of Stripe's test values to pay it with.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from localstack_stripe.api.control.chosen_methods import (
    NONE,
    address_fields,
    choice,
    chosen,
    said_of_owner,
)
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import (
    alert,
    field,
    go_to,
    is_browser,
    page,
    selection,
    table,
)
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import StripeError, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.checkout.checkout_choices import take_choices
from localstack_stripe.resources.checkout.checkout_completion import (
    completed_address,
    finish,
    needs_method,
)
from localstack_stripe.resources.checkout.checkout_expiration import recover, recovered_by
from localstack_stripe.resources.checkout.checkout_outcomes import waiting_intent
from localstack_stripe.resources.checkout.checkout_parameters import SESSION
from localstack_stripe.resources.checkout.checkout_saving import asks_to_save
from localstack_stripe.resources.checkout.payment_links import LINK, open_link
from localstack_stripe.resources.core.next_actions import page_address


class CheckoutPages(OnRecords):
    """``/c/pay/{session}``, ``/c/paid``, ``/b/{account}/{link}`` and ``/r/{account}/{link}``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /b/{account}/{link}": self.open,
            "GET /c/paid": self.thank,
            "GET /c/pay/{session}": self.show,
            "GET /r/{account}/{link}": self.recover,
            "POST /c/pay/{session}": self.pay,
        }

    def open(self, asked: Asked) -> Response:
        """Make a session of a payment link, and go to its page.

        Applications add parameters to a link's address (https://docs.stripe.com/payment-links/url-parameters), so that
        it names its account in its path.
        """
        work = self._begin(asked.path["account"])
        for link in work.all(LINK):
            if link["url"].endswith(f"/{asked.path['link']}"):
                try:
                    session = open_link(work, link, asked.params)
                except StripeError as error:
                    return page("Payment link", f"<p>{escape(error.message)}</p>")
                self._commit(work)
                return go_to(session["url"])
        raise no_such(LINK, asked.path["link"], "payment_link", status=404)

    def recover(self, asked: Asked) -> Response:
        """Make a session of one that has expired, and go to its page."""
        work = self._begin(asked.path["account"])
        expired = recovered_by(work, f"/{asked.path['link']}")
        if expired is None:
            raise no_such(SESSION, asked.path["link"], "link", status=404)
        try:
            session = recover(work, expired)
        except StripeError as error:
            return page("Checkout", f"<p>{escape(error.message)}</p>")
        self._commit(work)
        return go_to(session["url"] or session["return_url"])

    def thank(self, asked: Asked) -> Response:
        """What is shown where a payment link leads nowhere else."""
        return page("Thanks for your payment", "<p>The payment was made, in test mode.</p>")

    def show(self, asked: Asked) -> Response:
        """Show what is sold."""
        work = self._begin(asked.account)
        return _shown(work, _session(work, asked))

    def pay(self, asked: Asked) -> Any:
        """The customer pays, and goes where the session sends them; a program gets the session."""
        work = self._begin(asked.account)
        session = _session(work, asked)
        if session["status"] == "complete" and is_browser(asked):
            return go_to(_goes_to(work, session))  # the button was clicked twice
        work.base = str(session["url"] or "").rpartition("/c/pay/")[0]
        try:
            take_choices(work, work.change(session), asked.params)
            if asked.params.get("apply"):
                self._commit(work)
                return go_to(session["url"]) if is_browser(asked) else session
            is_free = asked.params.get("payment_method") == NONE
            method = None if is_free else chosen(work, asked)
            operation = work.contract.operations["POST /v1/payment_pages/{session}/confirm"]
            call = Call(operation, {"session": session["id"]}, {}, work)
            confirmed = finish(call, work.change(session), method, said_of_owner(asked))
        except StripeError as error:
            if error.commits:
                self._commit(work)
            if not is_browser(asked):
                raise
            # What was chosen in vain is forgotten.
            work = self._begin(asked.account)
            return _shown(work, _session(work, asked), error.message)
        address = _goes_to(work, confirmed)
        self._commit(work)
        return go_to(address) if is_browser(asked) else confirmed


def _session(work: UnitOfWork, asked: Asked) -> Record:
    session = work.get(SESSION, asked.path["session"])
    if session is None:
        raise no_such("checkout.session", asked.path["session"], "session", status=404)
    return session


def _goes_to(work: UnitOfWork, session: Record) -> str:
    intent = waiting_intent(work, session)
    if intent is not None:
        return page_address(work, intent) or work.base
    return completed_address(session) or f"{work.base}/c/paid"


def _shown(work: UnitOfWork, session: Record, refused: str = "") -> Response:
    if session["status"] != "open":
        return page("Checkout", f"<p>This Checkout session is {session['status']}.</p>")
    email = session["customer_email"] or (session["customer_details"] or {}).get("email") or ""
    back = session["cancel_url"]
    button = {"setup": "Save", "subscription": "Subscribe"}.get(session["mode"], "Pay")
    order = _order_fields(work, session)
    return page(
        "Checkout",
        table(_rows(work, session))
        + alert(refused)
        + f'<form method="post" action="?account={escape(work.account)}">'
        + order
        + field("Email", "email", email, "email")
        + field("Name", "name")
        + _more_fields(session)
        + choice(session["payment_method_types"], needed=needs_method(session))
        + f'<button type="submit">{button}</button>'
        # The first button of a form is the one that the Enter key presses.
        + ('<button name="apply" value="true">Apply</button>' if order else "")
        + "</form>"
        + (f'<p><a href="{escape(back)}">Back</a></p>' if back else ""),
    )


def _order_fields(work: UnitOfWork, session: Record) -> str:
    """What the customer can change of what they buy."""
    fields = "".join(
        field(item["description"], f"quantity[{item['id']}]", str(item["quantity"]), "number")
        for item in items_of(work, session)
        if item["adjustable_quantity"]
    )
    if session["allow_promotion_codes"]:
        fields += field("Promotion code", "promotion_code")
    if session["shipping_options"]:
        options = {
            each["shipping_rate"]: f"{_rate_name(work, each)}, "
            f"{written(each['shipping_amount'], session['currency'])}"
            for each in session["shipping_options"]
        }
        now = session["shipping_cost"]["shipping_rate"]
        fields += selection("Shipping", "shipping_rate", options, now)
    return fields


def _rate_name(work: UnitOfWork, option: Record) -> str:
    rate = work.require("shipping_rate", option["shipping_rate"], "shipping_rate")
    return str(rate["display_name"] or rate["id"])


def _more_fields(session: Record) -> str:
    """What a session asks its customer besides."""
    fields = ""
    if (session.get("phone_number_collection") or {}).get("enabled"):
        fields += field("Phone", "phone", kind="tel")
    if session["billing_address_collection"] == "required" or session["automatic_tax"]["enabled"]:
        fields += f"<h2>Billing address</h2>{address_fields({})}"
    if session["shipping_address_collection"]:
        fields += f"<h2>Shipping address</h2>{field('Name', 'shipping[name]')}" + address_fields(
            {}, "shipping"
        )
    for each in session["custom_fields"]:
        label, name = each["label"]["custom"] or each["key"], f"custom_fields[{each['key']}]"
        details = each[each["type"]]
        value = details.get("value") or details.get("default_value") or ""
        if each["type"] == "dropdown":
            options = {"": "", **{one["value"]: one["label"] for one in details["options"]}}
            fields += selection(label, name, options, value)
        else:
            fields += field(label, name, value)
    if asks_to_save(session):
        fields += field("Save this payment method", "save_payment_method", "yes", "checkbox")
    consent = session["consent_collection"] or {}
    if consent.get("terms_of_service") == "required":
        fields += field("I agree to the terms of service", "terms_of_service", "yes", "checkbox")
    if consent.get("promotions") == "auto":
        fields += field("Send me news and offers", "promotions", "yes", "checkbox")
    return fields


def _rows(work: UnitOfWork, session: Record) -> list[tuple[str, str]]:
    rows = [
        (_counted(item), item["amount_subtotal"], item["currency"])
        for item in items_of(work, session)
    ]
    details = session["total_details"] or {}
    sums = {
        "Discount": -(details.get("amount_discount") or 0),
        "Shipping": details.get("amount_shipping"),
        "Tax": details.get("amount_tax"),
    }
    rows += [(what, amount, session["currency"]) for what, amount in sums.items() if amount]
    if session["amount_total"] is not None:
        rows.append(("Total", session["amount_total"], session["currency"]))
    return [(what, written(amount, currency)) for what, amount, currency in rows]


def _counted(item: Record) -> str:
    """What is sold, and how many of it, which is not known yet of what is metered."""
    return (
        item["description"]
        if item["quantity"] is None
        else f"{item['quantity']} × {item['description']}"
    )
