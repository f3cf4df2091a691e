"""Charges (https://docs.stripe.com/api/charges): each attempt to get an intent's money."""

from localstack_stripe.engine.behaviours import plain
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.risk import NORMAL, risk_of, risk_of_debit
from localstack_stripe.resources.connect.charge_shares import collect, is_card, whole_transfer_data
from localstack_stripe.resources.connect.transfers import own_group
from localstack_stripe.resources.core.card_authentication import authentication_of
from localstack_stripe.resources.core.card_authorizations import authorization, presented_until
from localstack_stripe.resources.core.charge_method_details import method_details
from localstack_stripe.resources.core.charge_outcomes import outcome_of
from localstack_stripe.resources.core.installments import chosen_plan
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.next_actions import receipt_address
from localstack_stripe.resources.core.statement_descriptors import descriptor_of
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.card_details import available_networks
from localstack_stripe.resources.payment_methods.debited_accounts import (
    OLDER_TYPE,
    account_of_method,
    is_debit,
)
from localstack_stripe.resources.payment_methods.described_methods import billing_details
from localstack_stripe.resources.payment_methods.payment_methods import bank_card

plain("POST /v1/charges/{charge}")

_charged = Listeners()

when_charged = _charged.register
"""Register who is told that an intent's payment was charged, or authorized, before it is over."""

PAYMENT = "py_"
"""What the id begins with of a charge of anything but a card."""


def new_charge(
    work: UnitOfWork,
    intent: Record,
    method: Record,
    decline: Decline | None,
    *,
    captured: bool,
    pending: bool = False,
    authenticated: bool = False,
    mandate: str | None = None,
    collected: bool = True,
    off_session: bool = False,
) -> Record:
    """Record an attempt to charge *method* for an intent, as the bank answered it.

    :param pending: whether the bank has not answered yet
    :param authenticated: whether the customer has authenticated it
    :param mandate: the id of the mandate with which a bank account is debited
    :param collected: whether captured money goes into the balance at once; else :func:`collect_afterwards` sees to that
    :param off_session: whether the merchant has initiated it, without the customer
    """
    card = bank_card(method)
    type = method.get("type") or (OLDER_TYPE if method["object"] == BANK_ACCOUNT else "card")
    options = options_of(intent, type)
    risk = risk_of_debit(account_of_method(method)) if is_debit(type) else risk_of(card)
    outcome = outcome_of(intent["amount"], type, decline, risk, captured=captured)
    if pending:
        outcome |= {"paid": False, "status": "pending"}
    shown = authentication_of(work, intent, method, authenticated=authenticated or None)
    details = method_details(work, method, authentication=shown, mandate=mandate, options=options)
    if intent.get("transfer_data") and not intent["transfer_group"]:
        intent["transfer_group"] = own_group(intent)
    named = {} if is_card(type) else {"id": work.ids.new(PAYMENT, 24)}
    charge = work.create(
        "charge",
        **named,
        **outcome,
        **_shared(intent),
        billing_details=method.get("billing_details") or billing_details({}),
        fraud_details={},
        radar_options={},
        payment_method=method["id"],
        payment_method_details=details,
        source=None if method["object"] == "payment_method" else copy(method),
    )
    if type == "card":
        told = authorization(work, charge, card, decline, options, off_session=off_session)
        if card is not None and options.get("network") in available_networks(card):
            told["network"] = options["network"]
        told["installments"] = chosen_plan(options)
        details["card"] |= told
    elif type == "card_present" and decline is None and not captured:
        until = presented_until(charge["created"], details["card_present"]["brand"], options)
        details["card_present"]["capture_before"] = until
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    if decline is None:
        charge["receipt_url"] = receipt_address(work, intent, charge["id"])
    whole_transfer_data(charge)
    if charge["captured"] and collected and not pending:
        collect(work, charge, charge["amount"])
    work.happened(f"charge.{charge['status']}", charge)
    if charge["status"] == "succeeded":
        _charged.tell(work, charge)
    return charge


def _shared(intent: Record) -> Record:
    """What a charge has from its intent."""
    shared = {name: intent.get(name) for name in _OF_INTENT}
    return {**shared, "metadata": dict(intent["metadata"]), "payment_intent": intent["id"]}


def end_pending(work: UnitOfWork, charge: Record, decline: Decline | None) -> None:
    """Take over a bank's late answer to a charge, which may be written to."""
    captured = decline is None
    type = charge["payment_method_details"]["type"]
    charge |= outcome_of(charge["amount"], type, decline, NORMAL, captured=captured)
    if captured:
        collect(work, charge, charge["amount"])
    work.happened(f"charge.{charge['status']}", charge)


_OF_INTENT = (
    "amount",
    "application_fee_amount",
    "currency",
    "customer",
    "description",
    "on_behalf_of",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
"""What a charge has as its intent has it."""
