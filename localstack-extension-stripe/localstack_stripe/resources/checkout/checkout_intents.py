"""By which intents a Checkout session asks its customer, and which sessions an intent is of."""

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.checkout.checkout_parameters import (
    PAYMENT_DATA,
    SESSION,
    SETUP_DATA,
)
from localstack_stripe.resources.connect.charge_shares import check_shares
from localstack_stripe.resources.core.payment_intents import new_intent
from localstack_stripe.resources.core.setup_intents import new_setup_intent

_FIRST_PAYMENT = "first_payment"
"""Noted of a session and of the intent that pays what its subscription costs at first: each other's id."""


AT_ONCE = "creates_payment_intent"
"""The parameter by which older versions have a session's payment intent made with it, and not when its customer pays."""


def offered(session: Record) -> Record:
    """What an intent has of its session: which types of payment methods it takes."""
    names = (
        "allowed_payment_method_types",
        "payment_method_configuration_details",
        "payment_method_types",
    )
    excluded = session.get("excluded_payment_method_types")
    return {name: session[name] for name in names} | {"excluded_payment_method_types": excluded}


def make_setup(work: UnitOfWork, session: Record) -> None:
    """Make the intent by which a session saves a payment method; it is there from the start, as recorded from Stripe's test
    mode.
    """
    intent = new_setup_intent(work, session["customer"], None, **offered(session))
    data = work.noted(session, SETUP_DATA) or {}
    assign(work, intent, data, work.contract.resources["setup_intent"].fields, SETUP_DATA)
    work.happened("setup_intent.created", intent)
    session["setup_intent"] = intent["id"]


def make_payment(work: UnitOfWork, session: Record) -> Record:
    """Make the intent by which a session's customer pays once."""
    intent = new_intent(
        work, session["amount_total"], session["currency"], customer=session["customer"]
    )
    intent |= offered(session)
    fields = work.contract.resources["payment_intent"].fields
    options = {"payment_method_options": session["payment_method_options"]}
    assign(work, intent, options, fields)
    assign(work, intent, work.noted(session, PAYMENT_DATA) or {}, fields, PAYMENT_DATA)
    check_shares(work, intent)
    session["payment_intent"] = intent["id"]
    return intent


def note_first_payment(work: UnitOfWork, session: Record, intent: Record) -> None:
    """Remember by which intent a session's customer pays before they are subscribed."""
    work.note(session, _FIRST_PAYMENT, intent["id"])
    work.note(intent, _FIRST_PAYMENT, session["id"])


def first_payment(work: UnitOfWork, session: Record) -> Record | None:
    """That intent, if there is one."""
    return work.get("payment_intent", work.noted(session, _FIRST_PAYMENT) or "")


def intents_of(work: UnitOfWork, session: Record) -> list[Record]:
    """The intents that a session has made so far."""
    kinds = ("payment_intent", "setup_intent")
    found = [work.get(kind, session[kind] or "") for kind in kinds]
    return [each for each in (*found, first_payment(work, session)) if each is not None]


def sessions_of(work: UnitOfWork, intent: Record) -> list[Record]:
    """The sessions that an intent is made for, by themselves or as the first payment of their subscription."""
    if not work.is_known(SESSION):
        return []
    subscribed = work.get(SESSION, work.noted(intent, _FIRST_PAYMENT) or "")
    found = work.where(SESSION, intent["object"], intent["id"])
    return found if subscribed is None else [*found, subscribed]
