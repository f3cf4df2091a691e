"""The customer portal (https://docs.stripe.com/customer-management), where a portal session's ``url`` leads: a customer's
subscriptions, payment methods, details and invoices, and what they may do about them.
"""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any

from localstack_stripe.api.control.chosen_methods import (
    ADDRESS_FIELDS,
    address_fields,
    choice,
    chosen,
)
from localstack_stripe.api.control.dispatch import Asked, Endpoint, OnRecords, whole_number
from localstack_stripe.api.control.pages import alert, field, go_to, is_browser, page, selection
from localstack_stripe.api.messages import Response
from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call, Result
from localstack_stripe.engine.clock import moment
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.feedback_options import OPTION
from localstack_stripe.resources.billing.portal_visits import (
    COMPLETED,
    CUSTOMER_FIELDS,
    Visit,
)
from localstack_stripe.resources.billing.subscription_terms import items_of

SESSION = "billing_portal.session"

_FLOWS = {
    "customer_update": "tell",
    "payment_method_update": "pay_with",
    "subscription_cancel": "cancel",
    "subscription_update": "update",
    "subscription_update_confirm": "confirm",
}
"""The action that completes each flow."""


class PortalPages(OnRecords):
    """``/p/session/{secret}``.

    :param perform: does what a call asks for
    """

    def __init__(
        self,
        begin: Callable[[str], UnitOfWork],
        commit: Callable[[UnitOfWork], None],
        perform: Callable[[Call], Result],
    ) -> None:
        super().__init__(begin, commit)
        self._perform = perform

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /p/session/{secret}": self.show,
            "POST /p/session/{secret}": self.act,
        }

    def show(self, asked: Asked) -> Response:
        """Show what the customer has, or the one thing that the session leads to."""
        return _shown(self._visit(asked))

    def act(self, asked: Asked) -> Any:
        """The customer does something, and sees the portal again, or goes where its flow leads; a program gets what has
        changed.
        """
        visit = self._visit(asked)
        action = str(asked.params.get("action") or "")
        if action not in _ACTIONS:
            raise invalid(f"The action must be one of {', '.join(_ACTIONS)}.", "action")
        try:
            changed = _ACTIONS[action](visit, asked)
        except StripeError as error:
            if error.commits:
                self._commit(visit.work)
            if not is_browser(asked):
                raise
            return _shown(self._visit(asked), error.message)
        flow = visit.flow
        if flow is not None and _FLOWS.get(flow["type"]) == action:
            visit.work.note(visit.work.change(visit.session), COMPLETED)
        self._commit(visit.work)
        return _after(visit.session, flow) if is_browser(asked) else changed

    def _visit(self, asked: Asked) -> Visit:
        work = self._begin(asked.account)
        for session in work.all(SESSION):
            if f"/{asked.path['secret']}?" in session["url"]:
                return Visit(work, session, self._perform)
        raise no_such(SESSION, asked.path["secret"], "session", status=404)


def _after(session: Record, flow: Record | None) -> Response:
    """Where a customer goes who has done something."""
    after: Record = flow["after_completion"] if flow is not None else {"type": "portal_homepage"}
    if after["type"] == "redirect":
        return go_to(after["redirect"]["return_url"])
    if after["type"] == "hosted_confirmation":
        message = (after["hosted_confirmation"] or {}).get("custom_message") or "It is done."
        return page("Billing", f"<p>{escape(message)}</p>{_way_back(session)}")
    return go_to(session["url"])


# What the forms of the page ask for


def _cancel(visit: Visit, asked: Asked) -> Record:
    details = {
        name: str(asked.params[name])
        for name in ("comment", "feedback", "feedback_option")
        if asked.params.get(name)
    }
    return visit.cancel(_text(asked, "subscription"), details)


def _update(visit: Visit, asked: Asked) -> Record:
    named = asked.params.get("quantity")
    quantity = whole_number(asked.params, "quantity", 1) if named else None
    price, code = _text(asked, "price") or None, _text(asked, "promotion_code") or None
    return visit.update(_text(asked, "subscription"), price, quantity, code)


def _tell(visit: Visit, asked: Asked) -> Record:
    told: dict[str, Any] = {
        name: _text(asked, name) for name in CUSTOMER_FIELDS if name in asked.params
    }
    if any(name in asked.params for name in ADDRESS_FIELDS):
        told["address"] = {
            name: _text(asked, name) for name in ADDRESS_FIELDS if _text(asked, name)
        }
    if asked.params.get("tax_id"):
        told["tax_id"] = {"type": _text(asked, "tax_id_type"), "value": _text(asked, "tax_id")}
    return visit.tell(told)


def _text(asked: Asked, name: str) -> str:
    return str(asked.params.get(name) or "")


_ACTIONS: Mapping[str, Callable[[Visit, Asked], Record]] = {
    "cancel": _cancel,
    "confirm": lambda visit, asked: visit.confirm(),
    "make_default": lambda visit, asked: visit.make_default(_text(asked, "payment_method")),
    "pay_with": lambda visit, asked: visit.pay_with(chosen(visit.work, asked)),
    "remove": lambda visit, asked: visit.remove(_text(asked, "payment_method")),
    "renew": lambda visit, asked: visit.renew(_text(asked, "subscription")),
    "tell": _tell,
    "update": _update,
}


# The page


def _shown(visit: Visit, refused: str = "") -> Response:
    only = (visit.flow or {}).get("type")
    parts = [alert(refused)]
    if only is None or only.startswith("subscription_"):
        parts += [part for each in visit.subscriptions() for part in _subscription(visit, each)]
    if only in (None, "payment_method_update"):
        parts += _methods(visit)
    if only in (None, "customer_update"):
        parts += _details(visit)
    if only is None and visit.features["invoice_history"]["enabled"]:
        parts += _invoices(visit)
    return page("Billing", "".join(parts) + _way_back(visit.session))


def _subscription(visit: Visit, subscription: Record) -> Iterator[str]:
    work, features = visit.work, visit.features
    for item in items_of(work, subscription):
        priced = _priced(work, work.require("price", item["price"], "price"))
        yield f"<h2>{escape(priced)}</h2>"
        ends = moment(item["current_period_end"])
    known = {"subscription": subscription["id"]}
    going = subscription["cancel_at"] is None
    until = f"Renews on {ends}." if going else f"Ends on {moment(subscription['cancel_at'])}."
    yield f"<p>This subscription is {subscription['status']}. {until}</p>"
    only = (visit.flow or {}).get("type")
    if only == "subscription_update_confirm":
        [wanted] = (visit.flow or {})[only]["items"]
        price = work.require("price", wanted["price"] or item["price"], "price")
        quantity = wanted["quantity"] or item["quantity"]
        change = f"Change to {quantity} × {escape(_priced(work, price))}"
        yield f"<p>{change}</p>{_form('confirm', 'Confirm', known)}"
        return
    if only in (None, "subscription_update") and features["subscription_update"]["enabled"]:
        yield from _update_form(visit, subscription)
    if only in (None, "subscription_cancel") and features["subscription_cancel"]["enabled"]:
        if going:
            yield _form("cancel", "Cancel subscription", known, _reasons(visit))
        elif subscription["cancel_at_period_end"]:
            yield _form("renew", "Don't cancel subscription", known)


def _update_form(visit: Visit, subscription: Record) -> Iterator[str]:
    allowed = visit.features["subscription_update"]["default_allowed_updates"]
    prices = visit.prices(subscription)
    if not prices:
        return
    [item] = items_of(visit.work, subscription)
    fields = ""
    if "price" in allowed:
        options = {each["id"]: _priced(visit.work, each) for each in prices}
        fields += selection("Plan", "price", options, item["price"])
    if "quantity" in allowed:
        fields += field("Quantity", "quantity", str(item["quantity"]))
    if "promotion_code" in allowed:
        fields += field("Promotion code", "promotion_code")
    yield _form("update", "Update subscription", {"subscription": subscription["id"]}, fields)


def _reasons(visit: Visit) -> str:
    asked = visit.features["subscription_cancel"]["cancellation_reason"]
    if not asked["enabled"]:
        return ""
    reasons = {each: each.replace("_", " ") for each in asked["options"]}
    own = {
        id: visit.work.require(OPTION, id, "feedback_option")["description"]
        for id in asked["feedback_options"] or ()
    }
    offered = [("Reason", "feedback", reasons), ("Or", "feedback_option", own)]
    choices = (selection(label, name, {"": "", **texts}) for label, name, texts in offered if texts)
    return "".join(choices) + field("Comment", "comment")


def _methods(visit: Visit) -> Iterator[str]:
    customer = visit.customer
    default = customer["invoice_settings"]["default_payment_method"]
    yield "<h2>Payment methods</h2>"
    changes = visit.features["payment_method_update"]["enabled"]
    for each in visit.work.where("payment_method", "customer", customer["id"]):
        details = each.get(each["type"]) or {}
        named = f"{details.get('brand') or each['type']} {details.get('last4') or ''}".strip()
        is_default = each["id"] == default
        yield f"<p>{escape(named)}{', the default' if is_default else ''}</p>"
        if changes and visit.flow is None:
            known = {"payment_method": each["id"]}
            if not is_default:
                yield _form("make_default", "Make default", known)
            yield _form("remove", "Delete", known)
    if changes:
        yield _form("pay_with", "Add payment method", {}, choice(["card", "us_bank_account"]))


def _details(visit: Visit) -> Iterator[str]:
    feature, customer = visit.features["customer_update"], visit.customer
    if not feature["enabled"]:
        return
    fields = "".join(
        field(name.capitalize(), name, customer[name] or "")
        for name in CUSTOMER_FIELDS
        if name in feature["allowed_updates"]
    )
    if "address" in feature["allowed_updates"]:
        address = customer["address"] or {}
        fields += address_fields(address)
    if "tax_id" in feature["allowed_updates"]:
        fields += field("Type of tax ID", "tax_id_type", "eu_vat") + field("Tax ID", "tax_id")
    yield f"<h2>Billing information</h2>{_form('tell', 'Save', {}, fields)}"


def _invoices(visit: Visit) -> Iterator[str]:
    yield "<h2>Invoices</h2>"
    for each in visit.work.where("invoice", "customer", visit.session["customer"]):
        if each["hosted_invoice_url"]:
            total = written(each["total"], each["currency"])
            yield (
                f'<p><a href="{escape(each["hosted_invoice_url"])}">{escape(each["number"])}</a> '
                f"{escape(total)}, {each['status']}</p>"
            )


def _form(action: str, button: str, known: Mapping[str, str], fields: str = "") -> str:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in known.items()
    )
    named = f'<button name="action" value="{action}">{escape(button)}</button>'
    return f'<form method="post">{hidden}{fields}{named}</form>'


def _way_back(session: Record) -> str:
    address = session["return_url"]
    return f'<p><a href="{escape(address)}">Return</a></p>' if address else ""


def _priced(work: UnitOfWork, price: Record) -> str:
    """A price as a customer reads it: ``Pro, $10.00 a month``."""
    product = work.get("product", price["product"]) or {}
    recurring, amount = price["recurring"], price["unit_amount"]
    count, unit = recurring["interval_count"], recurring["interval"]
    every = f"a {unit}" if count == 1 else f"every {count} {unit}s"
    costs = f", {written(amount, price['currency'])} {every}" if amount is not None else ""
    return f"{product.get('name') or price['id']}{costs}"
