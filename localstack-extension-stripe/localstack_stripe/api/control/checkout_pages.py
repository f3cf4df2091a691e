"""The page of a Checkout session (https://docs.stripe.com/payments/checkout), and where payment links lead: what is sold, and
a choice of Stripe's test values to pay it with.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, cast

from localstack_stripe.api.control.chosen_methods import choice, chosen
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords
from localstack_stripe.api.control.pages import alert, go_to, is_browser, page, table
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import StripeError, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.line_items import items_of
from localstack_stripe.resources.checkout.checkout_completion import (
    completed_address,
    confirm,
    waiting_intent,
)
from localstack_stripe.resources.checkout.checkout_sessions import SESSION
from localstack_stripe.resources.checkout.payment_links import LINK, open_link
from localstack_stripe.resources.core.next_actions import page_address


class CheckoutPages(OnRecords):
    """``/c/pay/{session}``, ``/c/paid`` and ``/b/{link}``."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /b/{link}": self.open,
            "GET /c/paid": self.thank,
            "GET /c/pay/{session}": self.show,
            "POST /c/pay/{session}": self.pay,
        }

    def open(self, asked: Asked) -> Response:
        """Make a session of a payment link, and go to its page."""
        work = self._begin(asked.account)
        for link in work.all(LINK):
            if f"/{asked.path['link']}?" in link["url"]:
                try:
                    session = open_link(work, link, link["url"].rpartition("/b/")[0])
                except StripeError as error:
                    return page("Payment link", f"<p>{escape(error.message)}</p>")
                self._commit(work)
                return go_to(session["url"])
        raise no_such(LINK, asked.path["link"], "payment_link", status=404)

    def thank(self, asked: Asked) -> Response:
        """What is shown where a payment link leads nowhere else."""
        return page("Thanks for your payment", "<p>The payment was made, in test mode.</p>")

    def show(self, asked: Asked) -> Response:
        """Show what is sold."""
        work = self._begin(asked.account)
        return _shown(work, _session(work, asked), asked)

    def pay(self, asked: Asked) -> Any:
        """The customer pays, and goes where the session sends them; a program gets the session."""
        work = self._begin(asked.account)
        session = _session(work, asked)
        base = str(session["url"] or "").rpartition("/c/pay/")[0]
        try:
            method = chosen(work, asked)
            operation = work.contract.operations["POST /v1/payment_pages/{session}/confirm"]
            params = {"payment_method": method["id"]}
            call = Call(operation, {"session": session["id"]}, params, work, base=base)
            confirmed = cast(Record, confirm(call))
        except StripeError as error:
            if not is_browser(asked):
                if error.commits:
                    self._commit(work)
                raise
            shown = _shown(work, work.get(SESSION, session["id"]) or session, asked, error.message)
            if error.commits:
                self._commit(work)
            return shown
        address = _goes_to(work, confirmed, base)
        self._commit(work)
        return go_to(address) if is_browser(asked) else confirmed


def _session(work: UnitOfWork, asked: Asked) -> Record:
    session = work.get(SESSION, asked.path["session"])
    if session is None:
        raise no_such("checkout.session", asked.path["session"], "session", status=404)
    return session


def _goes_to(work: UnitOfWork, session: Record, base: str) -> str:
    intent = waiting_intent(work, session) if session["status"] == "open" else None
    if intent is not None:
        return page_address(work, intent) or base
    return completed_address(session) or f"{base}/c/paid"


def _shown(work: UnitOfWork, session: Record, asked: Asked, refused: str = "") -> Response:
    if session["status"] != "open":
        return page("Checkout", f"<p>This Checkout session is {session['status']}.</p>")
    email = session["customer_email"] or (session["customer_details"] or {}).get("email") or ""
    back = session["cancel_url"]
    button = {"setup": "Save", "subscription": "Subscribe"}.get(session["mode"], "Pay")
    return page(
        "Checkout",
        table(_rows(work, session))
        + alert(refused)
        + f'<form method="post" action="?account={escape(work.account)}">'
        f'<label>Email <input name="email" type="email" value="{escape(email)}"></label>'
        '<label>Name <input name="name" autocomplete="name"></label>'
        f"{choice(session['payment_method_types'])}"
        f'<button type="submit">{button}</button></form>'
        + (f'<p><a href="{escape(back)}">Back</a></p>' if back else ""),
    )


def _rows(work: UnitOfWork, session: Record) -> list[tuple[str, str]]:
    rows = [
        (f"{item['quantity']} × {item['description']}", item["amount_total"], item["currency"])
        for item in items_of(work, session)
    ]
    if session["amount_total"] is not None:
        rows.append(("Total", session["amount_total"], session["currency"]))
    return [(what, written(amount, currency)) for what, amount, currency in rows]
