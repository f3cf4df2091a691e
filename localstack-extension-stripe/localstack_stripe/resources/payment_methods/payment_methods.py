"""Payment methods (https://docs.stripe.com/api/payment_methods), made from Stripe's test cards."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
    stands_in,
    understands,
)
from localstack_stripe.engine.errors import (
    invalid,
    missing_parameter,
    no_such,
)
from localstack_stripe.engine.listeners import Listeners
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.bank import refusal
from localstack_stripe.payments.required_details import REQUIRED_DETAILS
from localstack_stripe.payments.test_cards import (
    TestCard,
    card_of_fingerprint,
    card_of_payment_method,
)
from localstack_stripe.payments.test_debits import debit_of_payment_method
from localstack_stripe.resources.connect.kept_accounts import keeper_of
from localstack_stripe.resources.payment_methods.card_checks import checked, to_check, to_check_of
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.card_expiry import expiry_year
from localstack_stripe.resources.payment_methods.debited_accounts import (
    address_to_debit,
    described_details,
    details_of_test,
    is_debit,
)
from localstack_stripe.resources.payment_methods.given_cards import checks_of, given_card, holder_of


@stands_in("payment_method")
def from_test_value(work: UnitOfWork, id: str) -> Record | None:
    """The payment method that ``pm_card_visa`` and its like stand for; each request that names one makes one."""
    made = work.stand_ins.get(id)
    if made is None:
        card, debit = card_of_payment_method(id), debit_of_payment_method(id)
        if card is not None:
            new = new_card_method(work, card)
        elif debit is not None:
            new = new_method(work, debit.type, details_of_test(work, debit))
            if debit.outcome != "unverifiable":
                mark_verified(work, new)
        else:
            return None
        made = work.stand_ins[id] = new["id"]
    return work.get("payment_method", made)


def obtain(work: UnitOfWork, id: str, param: str) -> Record:
    """The payment method of that id, or the new one that a test value stands for.

    :raises StripeError: 400 ``resource_missing``
    """
    method = work.get("payment_method", id) or from_test_value(work, id)
    if method is None:
        raise no_such("PaymentMethod", id, param)
    return method


def new_card_method(work: UnitOfWork, card: TestCard) -> Record:
    """A payment method of type card."""
    return new_method(work, "card", card_details(work, card) | {"checks": to_check_of(card)})


def new_method(work: UnitOfWork, type: str, details: Record) -> Record:
    """A payment method that nothing is known of but what its type says."""
    values: Record = {type: details}
    return work.create(
        "payment_method",
        type=type,
        allow_redisplay="unspecified",
        billing_details=billing_details({}),
        customer=None,
        **values,
    )


def show_as_method(
    work: UnitOfWork, source: Record, card: TestCard, details: Record, holder: Record
) -> None:
    """Let a customer's card, or the source of one, be used as a payment method of the same id too
    (https://docs.stripe.com/payments/payment-methods/transitioning).

    :param details: what the card says of itself
    :param holder: what is known of who has it, in a payment method's words
    """
    shown = card_details(work, card) | {
        "checks": checked(card, checks_of(details)),
        "exp_month": details["exp_month"],
        "exp_year": details["exp_year"],
    }
    work.create(
        "payment_method",
        id=source["id"],
        type="card",
        allow_redisplay="unspecified",
        billing_details=billing_details(holder),
        card=shown,
        customer=source["customer"],
    )


_detached = Listeners()

when_detached = _detached.register
"""Register who is told that a payment method, which may be written to, is its customer's no more."""


def card_details(work: UnitOfWork, card: TestCard) -> Record:
    """The ``card`` of a payment method: https://docs.stripe.com/api/payment_methods/object#payment_method_object-card."""
    return {
        "brand": card.brand,
        "checks": None,
        "country": card.country,
        "display_brand": _DISPLAYED.get(card.brand, card.brand),
        "exp_month": 8,
        "exp_year": expiry_year(work),
        "fingerprint": card.fingerprint,
        "funding": card.funding,
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": available_networks(card), "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


_DISPLAYED = {
    "amex": "american_express",
    "diners": "diners_club",
    "eftpos_au": "eftpos_australia",
    "unionpay": "union_pay",
    "unknown": "other",
}
"""What a brand is called where it is shown, if that is otherwise
(https://docs.stripe.com/api/payment_methods/object#payment_method_object-card-display_brand)."""

_INVALID = "invalid_preference"


def available_networks(card: TestCard) -> list[str]:
    """The networks that a card can be used in (https://docs.stripe.com/co-badged-cards-compliance)."""
    return [card.co_brand, card.brand] if card.co_brand else [card.brand]


def prefer_network(details: Record, preferred: str | None) -> None:
    """Note in the ``card`` of a payment method in which of its networks its holder wants it to be used, if in one."""
    networks = details["networks"]
    if preferred and preferred not in networks["available"]:
        preferred = _INVALID
    details["networks"] = networks | {"preferred": preferred or None}
    shown = details["brand"] if preferred in (None, "", _INVALID) else preferred
    details["display_brand"] = _DISPLAYED.get(shown, shown)


def used_network(details: Record) -> str:
    """The network in which a payment method's card is used."""
    preferred = (details.get("networks") or {}).get("preferred")
    return str(details["brand"] if preferred in (None, _INVALID) else preferred)


def billing_details(given: Record) -> Record:
    """Billing details, complete."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details = {"address": address, "email": None, "name": None, "phone": None, "tax_id": None}
    details |= {name: value for name, value in given.items() if name != "address"}
    details["address"] = address | (given.get("address") or {})
    return details


_CLONED = ("allow_redisplay", "billing_details", "type")
"""What a clone has of the original, besides what its type says."""


@understands("payment_method")
def from_platform(call: Call) -> Call:
    """Find what a connected account is to clone of its platform
    (https://docs.stripe.com/connect/direct-charges-multiple-accounts): the call has that in place of its id.

    :raises StripeError: 400 where the platform has no such payment method, or it is another customer's
    """
    if call.operation.key != "POST /v1/payment_methods":
        return call
    params, keeper = dict(call.params), keeper_of(call.work)
    original = obtain(keeper, params["payment_method"], "payment_method")
    if call.work.platform() is None:
        raise invalid("Cloning payment methods is for connected accounts.", "payment_method")
    refuse_spent(keeper, original)
    owner, named = original["customer"], params.pop("customer", None)
    if owner is not None and named is None:
        raise missing_parameter("customer")
    if named not in (None, owner):
        raise invalid(
            f"The customer {named} does not have a payment method with the ID {original['id']}.",
            "payment_method",
        )
    clone = {name: original[name] for name in (*_CLONED, original["type"]) if name in original}
    return replace(call, params={**params, "payment_method": clone})


@before_create("payment_method")
def from_parameters(call: Call, method: Record) -> None:
    """Make a card from its token; raw numbers are refused, as at Stripe (https://support.stripe.com, raw card data)."""
    params = call.params
    if params.get("payment_method"):
        method |= params["payment_method"]
        return
    if params.get("customer") or params.get("customer_account"):
        raise invalid(
            "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the "
            "PaymentMethod and then attach it using the attachment method of the PaymentMethods API."
        )
    if not params.get("type") and params.get("card") is None:
        raise missing_parameter("type")
    method["type"] = type = params.get("type") or "card"
    method["customer"] = None
    method["billing_details"] = billing_details(params.get("billing_details") or {})
    details = params.get(type) or {}
    if is_debit(type):
        method[type] = described_details(call.work, type, details, type)
    elif type != "card":
        method[type] = type_details(call.work, "payment_method", {"type": type, type: details})
    elif not details:
        raise missing_parameter("card")
    else:
        method["card"] = described_card(
            call.work, details, method["billing_details"], "card", raw_allowed=call.publishable
        )
    method["allow_redisplay"] = params.get("allow_redisplay") or "unspecified"
    require_details(type, params)


def require_details(type: str, described: Mapping[str, Any]) -> None:
    """Refuse to describe a payment method without what has to be known of the customer.

    :param described: the parameters that describe it
    :raises StripeError: 400
    """
    address = address_to_debit(type, described.get(type) or {})
    for param in (*REQUIRED_DETAILS.get(type, ()), *address):
        told: Any = described
        for name in param.replace("]", "").split("["):
            told = (told or {}).get(name)
        if not told:
            raise missing_parameter(param)


def described_method(work: UnitOfWork, data: Record, param: str, *, raw_allowed: bool) -> Record:
    """The payment method that an intent's ``payment_method_data`` describes."""
    return work.create(
        "payment_method", **described_values(work, data, param, raw_allowed=raw_allowed)
    )


def described_values(
    work: UnitOfWork, data: Record, param: str, *, raw_allowed: bool
) -> dict[str, Any]:
    """What the payment method is like that a ``payment_method_data`` describes."""
    type = data.get("type")
    if not type:
        raise missing_parameter(f"{param}[type]")
    billing = billing_details(data.get("billing_details") or {})
    values = {
        "type": type,
        "allow_redisplay": data.get("allow_redisplay") or "unspecified",
        "billing_details": billing,
        "customer": None,
    }
    if is_debit(type):
        return values | {
            type: described_details(work, type, data.get(type) or {}, f"{param}[{type}]")
        }
    if type != "card":
        return values | {type: type_details(work, "payment_method", data)}
    if not data.get("card"):
        raise missing_parameter(f"{param}[card]")
    card = described_card(work, data["card"], billing, f"{param}[card]", raw_allowed=raw_allowed)
    return values | {"card": card}


def type_details(work: UnitOfWork, of: str, described: Record) -> Record:
    """What is said of a payment method's type where there is no more to it than what was told.

    :param of: what says it: a resource, or a structure, that has a field of the type's name
    :param described: the payment method, or the parameters that describe it
    """
    details = work.shapes.part(of, described["type"])
    given = described.get(described["type"]) or {}
    return details | {name: given[name] for name in details if given.get(name) is not None}


def given_method(call: Call) -> Record | None:
    """The payment method that a request names, or describes in place, or nothing."""
    work, params = call.work, call.params
    named, data = params.get("payment_method"), params.get("payment_method_data")
    if named:
        return obtain(work, named, "payment_method")
    if data:
        made = described_method(work, data, "payment_method_data", raw_allowed=call.publishable)
        require_details(data["type"], data)
        return made
    return None


def described_card(
    work: UnitOfWork, details: Record, billing: Record, param: str, *, raw_allowed: bool
) -> Record:
    """The ``card`` of a payment method that a request describes by token or by number.

    :param billing: its billing details; what a token says of its holder is added where nothing else was said
    """
    given = given_card(work, details, param, raw_allowed=raw_allowed)
    checks = to_check(billing["address"], has_cvc=False)
    checks |= {name: check for name, check in given.checks.items() if check}
    holder = holder_of(given.said)
    billing["name"] = billing["name"] or holder["name"]
    if not any(billing["address"].values()):
        billing["address"] |= holder["address"]
    described = card_details(work, given.test) | {"checks": checks} | given.expiry
    prefer_network(described, (details.get("networks") or {}).get("preferred"))
    return described


_TYPED = ("payment_method", "source")
"""What says under its type what it is."""


def bank_card(method: Record) -> TestCard | None:
    """The test card behind a payment method, a card or a source, which decides what its bank says."""
    details = method if method["object"] not in _TYPED else method.get(method["type"])
    return card_of_fingerprint(details.get("fingerprint") or "") if details else None


def can_be_set_up(work: UnitOfWork, type: str) -> bool:
    """Whether payment methods of a type can be saved without a payment
    (https://docs.stripe.com/api/setup_attempts/object#setup_attempt_object-payment_method_details).
    """
    return type in work.contract.structures["SetupAttemptPaymentMethodDetails"]


def can_be_saved(work: UnitOfWork, type: str) -> bool:
    """Whether payment methods of a type can be saved to pay again; Alipay's only by a payment
    (https://docs.stripe.com/payments/alipay).
    """
    return can_be_set_up(work, type) or type == "alipay"


def attach(work: UnitOfWork, method: Record, customer: Record) -> Record:
    """Attach a payment method to a customer (https://docs.stripe.com/api/payment_methods/attach).

    :raises CardError: where the card's bank refuses it already now
    """
    owner = method["customer"]
    if owner is not None and owner != customer["id"]:
        raise invalid(
            "The payment method you provided has already been attached to a customer.",
            "payment_method",
        )
    if method["type"] in ("card_present", "interac_present"):
        raise invalid(
            f"A PaymentMethod of type {method['type']} cannot be attached to a customer. Use the `generated_card` that "
            "saving it makes.",
            "payment_method",
        )
    if not can_be_saved(work, method["type"]):
        raise invalid(
            f"Payment methods of type {method['type']} cannot be saved to customers.",
            "payment_method",
        )
    refuse_spent(work, method)
    card = bank_card(method)
    refused = refusal(card, "attach", work.forced_decline)
    if refused is not None:
        raise declined(refused)
    method = work.change(method)
    if card is not None and method["type"] == "card":
        method["card"]["checks"] = checked(card, method["card"]["checks"])
    method["customer"], method["customer_account"] = (
        customer["id"],
        customer.get("customer_account"),
    )
    return method


_SET_UP = "set_up"
"""Noted of a payment method: its owner has authenticated that it is charged in their absence."""


def mark_set_up(work: UnitOfWork, method: Record) -> None:
    """Note that a card's bank was told by its owner of later payments (https://docs.stripe.com/testing#regulatory-cards)."""
    work.note(method, _SET_UP)


def is_set_up(work: UnitOfWork, method: Record) -> bool:
    """Whether a payment method was set up for payments in its owner's absence."""
    return bool(work.noted(method, _SET_UP))


_VERIFIED = "verified"
"""Noted of a payment method: its bank account is known to be the customer's."""


def mark_verified(work: UnitOfWork, method: Record) -> None:
    """Note that a bank account was verified (https://docs.stripe.com/payments/ach-direct-debit#verification)."""
    work.note(method, _VERIFIED)


def is_verified(work: UnitOfWork, method: Record) -> bool:
    """Whether a bank account was verified, as those are that were connected through Financial Connections."""
    connected = method[method["type"]].get("financial_connections_account")
    return connected is not None or bool(work.noted(method, _VERIFIED))


SPENT = "spent"
"""Noted of a payment method that was detached, or used without being attached: it may not be used again."""


def mark_spent(work: UnitOfWork, method: Record) -> None:
    """Note that a payment method may not be used again."""
    work.note(method, SPENT)


def refuse_spent(work: UnitOfWork, method: Record) -> None:
    """Refuse a payment method that may not be used again (https://docs.stripe.com/api/payment_methods/detach).

    :raises StripeError: 400
    """
    if method["customer"] is None and work.noted(method, SPENT):
        raise invalid(
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be "
            "used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.",
            "payment_method",
        )


def owned_method(work: UnitOfWork, customer: Record, id: str, param: str) -> Record:
    """A payment method that is attached to the customer: attaching is not making default, nor the reverse.

    :raises StripeError: 400 ``resource_missing`` where it does not exist or is not attached
    """
    method = obtain(work, id, param)
    if method["customer"] != customer["id"]:
        raise invalid(
            f"The customer does not have a payment method with the ID {id}. The payment method must be attached to "
            "the customer.",
            param,
            "resource_missing",
        )
    return method


@before_update("payment_method")
def change(call: Call, method: Record, before: Record) -> None:
    """Keep which network a card's holder prefers (https://docs.stripe.com/api/payment_methods/update)."""
    networks = (call.params.get("card") or {}).get("networks") or {}
    if "preferred" in networks:
        prefer_network(method["card"], networks["preferred"])


@operation("POST /v1/payment_methods/{payment_method}/attach")
def attach_to_customer(call: Call) -> Record:
    """Attach, which does not make it the default."""
    customer = call.params.get("customer")
    if not customer:
        raise invalid("Must provide customer or customer_account.", code="parameter_missing")
    owner = call.work.require("customer", customer, "customer")
    return attach(call.work, _of_path(call), owner)


@operation("POST /v1/payment_methods/{payment_method}/detach")
def detach(call: Call) -> Record:
    """Detach, and let go of it wherever it was a default (https://docs.stripe.com/api/payment_methods/detach)."""
    work = call.work
    method = require_path(call, "payment_method", "payment_method")
    if method["customer"] is None:
        raise invalid(
            "The payment method you provided is not attached to a customer so detachment is impossible.",
            "payment_method",
        )
    customer = work.change(work.require("customer", method["customer"], "customer"))
    if customer["invoice_settings"]["default_payment_method"] == method["id"]:
        customer["invoice_settings"]["default_payment_method"] = None
    for subscription in work.where("subscription", "default_payment_method", method["id"]):
        work.change(subscription)["default_payment_method"] = None
    method = work.change(method)
    method["customer"] = method["customer_account"] = None
    mark_spent(work, method)
    _detached.tell(work, method)
    return method


@operation("GET /v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> Record:
    """A test value can be retrieved too: it is a new payment method each time."""
    return _of_path(call)


def _of_path(call: Call) -> Record:
    made = from_test_value(call.work, call.path["payment_method"])
    return made or require_path(call, "payment_method", "payment_method")
