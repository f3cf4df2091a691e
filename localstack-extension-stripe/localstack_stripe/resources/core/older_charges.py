"""Charges without an intent (https://docs.stripe.com/payments/charges-api): the way it was done before payment intents."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    prepares,
    require_path,
)
from localstack_stripe.engine.errors import (
    CardError,
    StripeError,
    invalid,
    missing_parameter,
)
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.payments.holds import held_until
from localstack_stripe.payments.risk import risk_of
from localstack_stripe.resources.connect.account_debits import debit, debited_account
from localstack_stripe.resources.connect.charge_shares import (
    change_shares,
    check_shares,
    collect,
    require_card_payments,
    whole_transfer_data,
)
from localstack_stripe.resources.core.card_authorizations import authorization
from localstack_stripe.resources.core.charge_amounts import check_amount, check_most
from localstack_stripe.resources.core.charge_captures import (
    held_by_intent,
    is_released,
    release_expired,
    take_authorized,
)
from localstack_stripe.resources.core.charge_method_details import method_details
from localstack_stripe.resources.core.charge_outcomes import outcome_of
from localstack_stripe.resources.core.charges import PAYMENT
from localstack_stripe.resources.core.older_debits import charged_account, debit_account
from localstack_stripe.resources.core.statement_descriptors import descriptor_of
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.cards import new_card
from localstack_stripe.resources.payment_methods.described_methods import billing_details
from localstack_stripe.resources.payment_methods.given_cards import card_by_number, card_by_token
from localstack_stripe.resources.payment_methods.payment_methods import bank_card
from localstack_stripe.resources.payment_methods.source_flows import require_funds, spend
from localstack_stripe.resources.payment_methods.sources import (
    SOURCE,
    card_or_source,
    find_usable,
)


@prepares("charge")
def name(call: Call) -> Record:
    """What pays by a source that is no card has the id of a payment."""
    work, params = call.work, call.params
    if debited_account(call) is not None or charged_account(call) is not None:
        return {"id": work.ids.new(PAYMENT, 24)}
    owner = work.get("customer", params.get("customer") or "") or {}
    id = params.get("source") or owner.get("default_source")
    source = work.get(SOURCE, id) if isinstance(id, str) else None
    return {} if source is None or _is_of_card(source) else {"id": work.ids.new(PAYMENT, 24)}


@before_create("charge")
def charge_at_once(call: Call, charge: Record) -> None:
    """Charge a token or a customer's source (https://docs.stripe.com/api/charges/create)."""
    params, work = call.params, call.work
    for name in ("amount", "currency"):
        if params.get(name) is None:
            raise missing_parameter(name)
    check_amount(params["amount"], params["currency"])
    debited = debited_account(call)
    if debited is not None:
        debit(call, charge, debited)
        return
    charge |= _older_shares(params)
    whole_transfer_data(charge)
    check_shares(work, charge)
    account = charged_account(call)
    if account is not None:
        debit_account(call, charge, account)
        return
    source = _source(call)
    if _is_of_card(source):
        require_card_payments(work, "card")
    else:
        _require_chargeable(source, charge, params)
    card = bank_card(source)
    check_most(charge["amount"], charge["currency"], card)
    refused = refusal(card, "charge", work.forced_decline)
    captured = params.get("capture", True)
    details = method_details(work, source)
    charge |= outcome_of(
        charge["amount"], details["type"], refused, risk_of(card), captured=captured
    )
    charge["customer"] = source.get("customer")
    charge["fraud_details"], charge["radar_options"] = {}, {}
    charge["payment_method"] = source["id"]
    charge["payment_method_details"] = details
    if _is_of_card(source):
        details["card"] |= authorization(work, charge, card, refused, {})
    charge["billing_details"] = billing_details(_owner(source))
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    charge["source"] = source
    if refused is not None:
        raise declined(refused, charge=charge["id"])
    charge["receipt_url"] = f"{call.base}/receipts/{work.account}/{charge['id']}"
    if source["object"] == SOURCE:
        charge["source"] = copy(spend(work, source, charge["amount"]))
    if captured:
        collect(work, charge, charge["amount_captured"])


def _older_shares(params: Mapping[str, Any]) -> Record:
    """What others have of a charge, in the words that were used before ``transfer_data`` and after."""
    shares: Record = {}
    destination = params.get("destination")
    if destination:
        shares["transfer_data"] = {
            "amount": destination.get("amount"),
            "destination": destination["account"],
        }
    if params.get("application_fee") is not None:
        shares["application_fee_amount"] = params["application_fee"]
    return shares


def _source(call: Call) -> Record:
    params, work = call.params, call.work
    customer = params.get("customer")
    if customer:
        owner = work.require("customer", customer, "customer")
        id = params.get("source") or owner["default_source"]
        if not id:
            raise _nothing_saved(work, owner)
        if not isinstance(id, str):
            raise invalid(
                "A card that is described cannot be charged with a customer. Add it to the customer, or make a token of it.",
                "source",
            )
        source = card_or_source(work, id)
        if source is None or source.get("customer") != customer:
            raise invalid(
                f"Customer {customer} does not have a linked source with ID {id}.",
                "source",
                "missing",
            )
        return find_usable(work, id, "source") if source["object"] == SOURCE else source
    if not params.get("source"):
        raise invalid("Must provide source or customer.", code="parameter_missing")
    given = params["source"]
    if not isinstance(given, str):
        card = card_by_number(work, given, "source", raw_allowed=False)
    elif given.startswith("src_"):
        return find_usable(work, given, "source")
    else:
        card = card_by_token(work, given, "source")
    # It belongs to the charge alone: it is kept in it, and nowhere else.
    source = new_card(work, card)
    work.remove(source)
    return source


def _nothing_saved(work: UnitOfWork, customer: Record) -> CardError:
    """The refusal to charge a customer who has no card or source of the older kind."""
    if work.where("payment_method", "customer", customer["id"]):
        message = (
            "This Customer doesn't have any legacy saved payment details, but does have a Payment Method attached. Use a "
            "Payment Intent instead of creating a Charge: https://stripe.com/docs/payments/payment-intents/migration"
        )
    else:
        message = (
            "This Customer doesn't have any saved payment details. Attach a legacy Token, Card, Bank Account, or Source to "
            "this Customer and then try this request again, or use Payment Intents and Payment Methods instead."
        )
    return CardError(message, code="missing", param="card", commits=False)


def _is_of_card(source: Record) -> bool:
    return bool(source["object"] != SOURCE or source["type"] == "card")


def _require_chargeable(source: Record, charge: Record, params: Mapping[str, Any]) -> None:
    """Refuse what cannot be asked of a source that is no card."""
    require_funds(source, charge["amount"], charge["currency"])
    if params.get("capture") is False:
        raise invalid(f"Sources of type {source['type']} cannot be captured by hand.", "capture")


def _owner(source: Record) -> Record:
    """What a source says of who pays, as the charge says it."""
    owner = source.get("owner") or {}
    return {name: owner.get(name) for name in ("address", "email", "name", "phone")}


@operation("POST /v1/charges/{charge}/capture")
def capture(call: Call) -> Record:
    """Take the authorized money of a charge that was made without an intent."""
    work = call.work
    charge = require_path(call, "charge", "charge")
    if charge["captured"]:
        raise StripeError(
            f"Charge {charge['id']} has already been captured.", code="charge_already_captured"
        )
    if charge["refunded"]:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    if is_released(work, charge):
        raise StripeError(
            "The charge cannot be captured as the authorization has expired. Auth and capture charges must be captured "
            "within a set number of days (7 by default).",
            code="charge_expired_for_capture",
        )
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not been authorized: it cannot be captured.")
    if charge["payment_intent"] is not None:
        raise held_by_intent(charge["payment_intent"], "capture the PaymentIntent instead")
    charge = work.change(charge)
    amount = call.params.get("amount") or charge["amount"]
    if amount > charge["amount"]:
        raise invalid("Amount to capture is greater than the authorized amount.", "amount")
    charge |= _older_shares(call.params)
    for name in ("receipt_email", "statement_descriptor", "statement_descriptor_suffix"):
        if call.params.get(name) is not None:
            charge[name] = call.params[name]
    change_shares(work, charge, call.params)
    take_authorized(work, charge, amount)
    return charge


def _expires_at(work: UnitOfWork, charge: Record) -> int | None:
    is_open = charge["paid"] and not charge["captured"] and not charge["refunded"]
    if not is_open or charge["payment_intent"] is not None or is_released(work, charge):
        return None
    return held_until(int(charge["created"]), "card")


@due("charge", next=_expires_at)
def expire(work: UnitOfWork, charge: Record) -> None:
    """Nobody has captured the money in time of a charge without an intent, which has its own
    (https://docs.stripe.com/api/charges/capture).
    """
    release_expired(work, charge)
