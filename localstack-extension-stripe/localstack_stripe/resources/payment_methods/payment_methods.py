"""Payment methods (https://docs.stripe.com/api/payment_methods), made from Stripe's test cards."""

from dataclasses import replace

from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    before_update,
    operation,
    require_path,
    stands_in,
    understands,
)
from localstack_stripe.engine.errors import exclusive, invalid, missing_parameter, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.declines import mistake_in_expiry
from localstack_stripe.payments.test_cards import (
    TestCard,
    card_of_fingerprint,
    card_of_payment_method,
)
from localstack_stripe.payments.test_debits import debit_of_payment_method
from localstack_stripe.resources.connect.kept_accounts import keeper_of
from localstack_stripe.resources.payment_methods.card_checks import checked, to_check_of
from localstack_stripe.resources.payment_methods.card_details import card_details, prefer_network
from localstack_stripe.resources.payment_methods.card_errors import declined
from localstack_stripe.resources.payment_methods.card_expiry import given_expiry, this_year
from localstack_stripe.resources.payment_methods.debited_accounts import details_of_test
from localstack_stripe.resources.payment_methods.described_methods import (
    billing_details,
    described_values,
    require_details,
)
from localstack_stripe.resources.payment_methods.given_cards import checks_of
from localstack_stripe.resources.payment_methods.method_notes import mark_verified, refuse_spent


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


def of_path(call: Call) -> Record:
    """The payment method that a request's path names: one of that id, or the new one of a test value."""
    made = from_test_value(call.work, call.path["payment_method"])
    return made or require_path(call, "payment_method", "payment_method")


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


_TYPED = ("payment_method", "source")
"""What says under its type what it is."""


def bank_card(method: Record) -> TestCard | None:
    """The test card behind a payment method, a card or a source, which decides what its bank says."""
    details = method if method["object"] not in _TYPED else method.get(method["type"])
    return card_of_fingerprint(details.get("fingerprint") or "") if details else None


def described_method(work: UnitOfWork, data: Record, param: str, *, raw_allowed: bool) -> Record:
    """The payment method that an intent's ``payment_method_data`` describes."""
    return work.create(
        "payment_method", **described_values(work, data, param, raw_allowed=raw_allowed)
    )


def given_method(call: Call) -> Record | None:
    """The payment method that a request names, or describes in place, or nothing."""
    work, params = call.work, call.params
    named, data = params.get("payment_method"), params.get("payment_method_data")
    if named and data:
        raise exclusive("payment_method", "payment_method_data")
    if named:
        return obtain(work, named, "payment_method")
    if data:
        made = described_method(work, data, "payment_method_data", raw_allowed=call.publishable)
        require_details(data["type"], data)
        return made
    return None


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
    """Make one as the request describes it, or as the platform's one is that it clones
    (https://docs.stripe.com/api/payment_methods/create).
    """
    params = call.params
    if params.get("payment_method"):
        method |= params["payment_method"]
        return
    if params.get("customer") or params.get("customer_account"):
        raise invalid(
            "You cannot attach a PaymentMethod to a Customer during PaymentMethod creation. Please instead create the "
            "PaymentMethod and then attach it using the attachment method of the PaymentMethods API."
        )
    if not params.get("type"):
        raise missing_parameter("type")
    method |= described_values(call.work, dict(params), "", raw_allowed=call.publishable)
    require_details(params["type"], params)


@before_update("payment_method")
def change(call: Call, method: Record, before: Record) -> None:
    """Change what a customer has saved (https://docs.stripe.com/api/payment_methods/update).

    :raises StripeError: 400 where no customer has, or where it is of another type than what is changed; 402 where no card can
        expire then
    """
    if before["customer"] is None:
        raise invalid(
            "You must save this PaymentMethod to a customer before you can update it.",
            "payment_method",
        )
    for type in ("card", "us_bank_account"):
        if type in call.params and type != before["type"]:
            raise invalid(
                f"You cannot update `{type}` of a PaymentMethod of the type `{before['type']}`.",
                type,
            )
    card = call.params.get("card") or {}
    networks = card.get("networks") or {}
    if "preferred" in networks:
        prefer_network(method["card"], networks["preferred"])
    if "exp_month" in card or "exp_year" in card:
        expiry = given_expiry(method["card"])
        mistake = mistake_in_expiry(**expiry, this_year=this_year(call.work))
        if mistake is not None:
            raise declined(mistake)
        method["card"] = {**method["card"], **expiry}


@operation("GET /v1/payment_methods/{payment_method}")
def retrieve(call: Call) -> Record:
    """A test value can be retrieved too: it is a new payment method each time."""
    return of_path(call)
