"""Charges (https://docs.stripe.com/api/charges): each attempt to get money from a card."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    plain,
    prepares,
    require_path,
)
from localstack_stripe.engine.errors import (
    CardError,
    StripeError,
    invalid,
    missing_parameter,
    not_emulated,
)
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.payments.declines import Decline
from localstack_stripe.payments.holds import held_until
from localstack_stripe.payments.risk import NORMAL, Risk, risk_of, risk_of_debit
from localstack_stripe.resources.connect.account_debits import debit, debited_account
from localstack_stripe.resources.connect.charge_shares import (
    change_shares,
    check_shares,
    collect,
    is_card,
    require_card_payments,
    whole_transfer_data,
)
from localstack_stripe.resources.core.card_authorizations import NETWORKS, authorization
from localstack_stripe.resources.core.charge_amounts import check_amount, check_most
from localstack_stripe.resources.core.intents import options_of
from localstack_stripe.resources.core.next_actions import receipt_address
from localstack_stripe.resources.core.statement_descriptors import descriptor_of
from localstack_stripe.resources.payment_methods.bank_accounts import BANK_ACCOUNT
from localstack_stripe.resources.payment_methods.card_checks import checked
from localstack_stripe.resources.payment_methods.card_details import (
    available_networks,
    used_network,
)
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.card_present import charged, is_presented
from localstack_stripe.resources.payment_methods.cards import new_card
from localstack_stripe.resources.payment_methods.debited_accounts import (
    account_of_method,
    charged_account,
    is_debit,
)
from localstack_stripe.resources.payment_methods.described_methods import (
    billing_details,
    type_details,
)
from localstack_stripe.resources.payment_methods.given_cards import card_by_number, card_by_token
from localstack_stripe.resources.payment_methods.payment_methods import bank_card
from localstack_stripe.resources.payment_methods.source_flows import require_funds, spend
from localstack_stripe.resources.payment_methods.sources import (
    SOURCE,
    card_or_source,
    find_usable,
)

plain("POST /v1/charges/{charge}")

_charged = Listeners()

when_charged = _charged.register
"""Register who is told that an intent's payment was charged, or authorized, before it is over."""


@prepares("charge")
def name(call: Call) -> Record:
    """What pays by a source that is no card has the id of a payment."""
    work, params = call.work, call.params
    if debited_account(call) is not None:
        return {"id": work.ids.new(_PAYMENT, 24)}
    owner = work.get("customer", params.get("customer") or "") or {}
    id = params.get("source") or owner.get("default_source")
    source = work.get(SOURCE, id) if isinstance(id, str) else None
    return {} if source is None or _is_of_card(source) else {"id": work.ids.new(_PAYMENT, 24)}


_PAYMENT = "py_"


@before_create("charge")
def charge_at_once(call: Call, charge: Record) -> None:
    """Charge a token or a customer's source, the way it was done before payment intents.

    https://docs.stripe.com/api/charges/create
    """
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
    source = _source(call)
    if _is_of_card(source):
        require_card_payments(work, "card")
    else:
        _require_chargeable(source, charge, params)
    card = bank_card(source)
    check_most(charge["amount"], charge["currency"], card)
    refused = refusal(card, "charge", work.forced_decline)
    captured = params.get("capture", True)
    charge |= _outcome_of(charge["amount"], refused, risk_of(card), captured=captured)
    charge["customer"] = source.get("customer")
    charge["fraud_details"] = {}
    charge["payment_method"] = source["id"]
    charge["payment_method_details"] = _method_details(work, source)
    if _is_of_card(source):
        told = authorization(work, charge, card, refused, {})
        charge["payment_method_details"]["card"] |= told
    else:
        _tell_risk(charge["outcome"], source["type"])
    charge["billing_details"] = billing_details(_owner(source))
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    charge["source"] = source
    if refused is None:
        charge["receipt_url"] = f"{call.base}/receipts/{work.account}/{charge['id']}"
    if refused is not None:
        raise declined(refused, charge=charge["id"])
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
        account = work.get(BANK_ACCOUNT, id)
        if account is not None and account.get("customer") == customer:
            # The older way to debit a bank account (https://docs.stripe.com/ach-deprecated).
            raise not_emulated("source")
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


def held_by_intent(intent: str, instead: str) -> StripeError:
    """The refusal of what cannot be done to a charge whose money an intent holds.

    :param instead: what has to be done
    """
    return invalid(
        f"This uncaptured Charge was created by a PaymentIntent ({intent}). You must {instead}. For more information, see "
        "https://stripe.com/docs/payments/place-a-hold-on-a-payment-method"
    )


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


def take_authorized(
    work: UnitOfWork, charge: Record, amount: int, *, is_final: bool = True
) -> None:
    """Capture an amount, in minor units, of an authorized charge, or more of one of which some was captured before.

    :param is_final: whether what is left is released; else it stays authorized, and the charge is not captured yet
    """
    charge["amount_captured"] += amount
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    whole_transfer_data(charge)
    if amount:
        collect(work, charge, amount)
    if is_final:
        charge["captured"] = True
        given_back = charge["amount_refunded"]
        charge["refunded"] = bool(given_back) and given_back == charge["amount_captured"]


def can_be_captured_again(charge: Record) -> bool:
    """Whether a charge's money can be captured in parts (https://docs.stripe.com/payments/multicapture)."""
    card = charge["payment_method_details"].get("card") or {}
    return bool(card.get("multicapture", {}).get("status") == "available")


def take_again(work: UnitOfWork, charge: Record, amount: int, *, is_final: bool) -> None:
    """Capture an amount of a charge that can be captured more than once, and tell of it as each such capture does: what
    is new, such as the balance transaction, replaces that of the capture before
    (https://docs.stripe.com/payments/multicapture#webhooks).
    """
    before = {name: charge.get(name) for name in (*_COLLECTED, "amount_captured")}
    take_authorized(work, charge, amount, is_final=is_final)
    _tell_collected(work, charge, before)


_RELEASED = "released"
"""Noted of a charge whose money was not captured in time."""


def release_expired(work: UnitOfWork, charge: Record) -> None:
    """Release what was authorized for a charge and was not captured in time. That is no refund, and moves no money
    (https://docs.stripe.com/changelog/basil/2025-03-31/remove-refund-from-partial-capture-and-payment-cancellation-flow).
    """
    work.note(charge, _RELEASED)
    work.happened("charge.expired", charge)


def is_released(work: UnitOfWork, charge: Record) -> bool:
    """Whether a charge's money was not captured in time."""
    return bool(work.noted(charge, _RELEASED))


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


def _outcome_of(amount: int, decline: Decline | None, risk: Risk, *, captured: bool) -> Record:
    """What the bank's answer makes of a charge."""
    taken = captured and decline is None
    return {
        "amount_captured": amount if taken else 0,
        "captured": taken,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "outcome": _outcome(decline, risk),
        "paid": decline is None,
        "status": "failed" if decline else "succeeded",
    }


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
    amount = intent["amount"]
    card = bank_card(method)
    risk = (
        risk_of_debit(account_of_method(method)) if is_debit(method.get("type")) else risk_of(card)
    )
    outcome = _outcome_of(amount, decline, risk, captured=captured)
    target_date = options_of(intent, method.get("type")).get("target_date")
    details = _method_details(
        work, method, authenticated=authenticated, mandate=mandate, target_date=target_date
    )
    values: Record = {}
    if not is_card(details["type"]):
        values["id"] = work.ids.new(_PAYMENT, 24)
        _tell_risk(outcome["outcome"], details["type"])
    charge = work.create(
        "charge",
        **values,
        **(outcome | {"paid": False, "status": "pending"} if pending else outcome),
        amount=amount,
        billing_details=method.get("billing_details") or billing_details({}),
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        fraud_details={},
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details,
        receipt_email=intent["receipt_email"],
        **{name: intent.get(name) for name in _OF_INTENT},
    )
    if details["type"] == "card":
        options = options_of(intent, "card")
        told = authorization(work, charge, card, decline, options, off_session=off_session)
        if card is not None and options.get("network") in available_networks(card):
            told["network"] = options["network"]
        details["card"] |= told
    if details["type"] == "card_present" and decline is None and not captured:
        presented = details["card_present"]
        options = options_of(intent, "card_present")
        until = held_until(
            charge["created"],
            "card_present",
            presented["brand"],
            extended=bool(options.get("request_extended_authorization"))
            and presented["brand"] in NETWORKS,
        )
        presented["capture_before"] = until
    charge["calculated_statement_descriptor"] = descriptor_of(work, charge)
    if decline is None:
        charge["receipt_url"] = receipt_address(work, intent, charge["id"])
    whole_transfer_data(charge)
    if charge["captured"] and collected and not pending:
        collect(work, charge, amount)
    work.happened(f"charge.{charge['status']}", charge)
    if charge["status"] == "succeeded":
        _charged.tell(work, charge)
    return charge


def collect_afterwards(work: UnitOfWork, charge: Record) -> None:
    """Take a charge's money into the balance when its payment has succeeded, and tell of that, as asynchronous capture does
    (https://docs.stripe.com/payments/payment-intents/asynchronous-capture).
    """
    before = {name: charge.get(name) for name in _COLLECTED}
    collect(work, charge, charge["amount_captured"])
    _tell_collected(work, charge, before)


def _tell_collected(work: UnitOfWork, charge: Record, before: Record) -> None:
    previous = {name: value for name, value in before.items() if charge.get(name) != value}
    work.happened("charge.updated", charge, previous)


_COLLECTED = ("application_fee", "balance_transaction", "transfer", "transfer_group")
"""What a charge has from when its money was taken into the balance."""


def end_pending(work: UnitOfWork, charge: Record, decline: Decline | None) -> None:
    """Take over a bank's late answer to a charge, which may be written to."""
    captured = decline is None
    charge |= _outcome_of(charge["amount"], decline, NORMAL, captured=captured)
    _tell_risk(charge["outcome"], charge["payment_method_details"]["type"])
    if captured:
        collect(work, charge, charge["amount"])
    work.happened(f"charge.{charge['status']}", charge)


_OF_INTENT = (
    "application_fee_amount",
    "on_behalf_of",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)
"""What a charge has as its intent has it."""


def _outcome(decline: Decline | None, risk: Risk) -> Record:
    """What the network and the risk check said (https://docs.stripe.com/api/charges/object#charge_object-outcome)."""
    outcome: Record = {
        "advice_code": decline.advice_code if decline else None,
        "network_advice_code": None,
        "network_decline_code": decline.network_decline_code if decline else None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline.decline_code if decline else None,
        "risk_level": risk.level,
        "risk_score": risk.score,
        "seller_message": decline.seller_message if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }
    if decline is None:
        return outcome | (_REVIEWED if risk.level == "elevated" else {})
    return outcome | (_BLOCKED if risk.blocks else {})


_REVIEWED = {
    "reason": "elevated_risk_level",
    "rule": "manual_review_if_elevated_risk",
    "seller_message": "Stripe evaluated this payment as having elevated risk, and placed it in your manual review queue.",
    "type": "manual_review",
}
_BLOCKED = {
    "network_status": "not_sent_to_network",
    "reason": "highest_risk_level",
    "rule": "block_if_high_risk__enabled",
    "seller_message": "Stripe blocked this payment as too risky.",
    "type": "blocked",
}
"""What Radar's own rules make of a payment (https://docs.stripe.com/radar/risk-evaluation)."""


_ASSESSED = frozenset({"sepa_debit", "us_bank_account"})
"""The types of payment methods besides cards whose risk Radar assesses."""


def _tell_risk(outcome: Record, type: str) -> None:
    """Tell how risky a payment is that is not of a card only where Radar does
    (https://docs.stripe.com/radar/risk-evaluation#not-evaluated).

    :param type: of its payment method
    """
    if type not in _ASSESSED:
        outcome["risk_level"] = "not_assessed"
        outcome.pop("risk_score", None)


def _method_details(
    work: UnitOfWork,
    method: Record,
    *,
    authenticated: bool = False,
    mandate: str | None = None,
    target_date: str | None = None,
) -> Record:
    if is_presented(method):
        return charged(work, method)
    card = method if method["object"] == "card" else method.get("card")
    if is_debit(method.get("type")):
        return {
            "type": method["type"],
            method["type"]: charged_account(method, mandate, target_date),
        }
    if card is None:
        details = type_details(work, "ChargePaymentMethodDetails", method)
        return {"type": method["type"], method["type"]: details}
    names = ("country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    known = bank_card(method)
    brand = card["brand"].lower().replace("american express", "amex").split()[0]
    told = card.get("checks") or {
        "address_line1_check": card.get("address_line1_check"),
        "address_postal_code_check": card.get("address_zip_check"),
        "cvc_check": card.get("cvc_check"),
    }
    return {
        "type": "card",
        "card": {name: card[name] for name in names}
        | dict.fromkeys(_UNKNOWN_OF_CARD)
        | {
            "brand": brand,
            "checks": told if known is None else checked(known, told),
            "electronic_commerce_indicator": _indicator(brand, authenticated),
            "network": used_network({**card, "brand": brand}),
            "regulated_status": "unregulated",
            "three_d_secure": dict(_AUTHENTICATED) if authenticated else None,
        },
    }


def _indicator(brand: str, authenticated: bool) -> str | None:
    """How far a payment was authenticated, as Visa has it; what other networks say is not known here."""
    if brand != "visa":
        return None
    return "05" if authenticated else "07"


_AUTHENTICATED = {
    "authentication_flow": "challenge",
    "electronic_commerce_indicator": "05",
    "exemption_indicator": None,
    "result": "authenticated",
    "result_reason": None,
    "transaction_id": "9ee68e93-8e0c-4e6d-8d8f-9c2a0f0b3c54",
    "version": "2.2.0",
}
"""What is kept of an authentication
(https://docs.stripe.com/api/charges/object#charge_object-payment_method_details-card-three_d_secure)."""


_UNKNOWN_OF_CARD = (
    "installments",
    "mandate",
    "transaction_link_id",
    "wallet",
)
"""What a real network would have said of a payment."""
