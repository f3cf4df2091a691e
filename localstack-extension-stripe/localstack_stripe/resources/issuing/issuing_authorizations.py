"""Authorizations of issued cards (https://docs.stripe.com/issuing/purchases/authorizations): what a merchant asks for is
approved or declined, held, changed, and in the end captured or given up.

Who listens for ``issuing_authorization.request`` with a webhook endpoint decides; anybody else's are approved where
nothing speaks against it.
"""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Any

from localstack_stripe.engine.assignment import assign, merged_metadata
from localstack_stripe.engine.behaviours import Call, before_create, operation, plain, require_path
from localstack_stripe.engine.errors import (
    invalid,
    missing_parameter,
    not_emulated,
    require_positive,
    too_small,
)
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.merchants import described
from localstack_stripe.payments.spending_controls import Purchase, allows
from localstack_stripe.resources.issuing.issuing_cards import count_payment, has_expired
from localstack_stripe.resources.issuing.issuing_funds import (
    AUTHORIZATION,
    CARD,
    can_pay,
    held_for,
    hold,
    in_merchants_currency,
    release,
)

CARDHOLDER, TRANSACTION = "issuing.cardholder", "issuing.transaction"
ANSWER_SECONDS = 2
"""How long who listens has to answer; then it is declined."""

_PRESENT = ("chip", "contactless", "swipe")

_HELPER = "POST /v1/test_helpers/issuing/authorizations/{authorization}"

plain("POST /v1/issuing/authorizations/{authorization}")


# Asking


@before_create(AUTHORIZATION)
def authorize(call: Call, authorization: Record) -> None:
    """Ask for an authorization (https://docs.stripe.com/api/issuing/authorizations/test_mode_create)."""
    work, params = call.work, call.params
    card = work.require(CARD, params["card"], "card")
    amount, merchant_amount = _amounts(call, card)
    method = params.get("authorization_method") or "online"
    authorization |= {
        "amount": 0,
        "authorization_method": method,
        "card": card["id"],
        "card_presence": "present" if method in _PRESENT else "not_present",
        "cardholder": card["cardholder"],
        "currency": card["currency"],
        "merchant_amount": 0,
        "merchant_currency": params.get("merchant_currency") or card["currency"],
        "merchant_data": described(params.get("merchant_data") or {}),
        "network_data": {
            "acquiring_institution_id": (params.get("network_data") or {}).get(
                "acquiring_institution_id"
            ),
            "system_trace_audit_number": work.ids.digits(6),
            "transaction_id": work.ids.digits(15),
        },
    }
    _ask(call, authorization, amount, merchant_amount)


@operation("POST /v1/issuing/cards/{card}/test/authorizations")
def authorize_as_the_cli_does(call: Call) -> Record:
    """Ask for an authorization, as ``stripe trigger issuing_authorization.request`` does
    (https://github.com/stripe/stripe-cli, pkg/fixtures/triggers/issuing_authorization.request.json).
    """
    params = call.params
    asked = {
        "amount": params["held_amount"],
        "authorization_method": params.get("authorization_method"),
        "card": require_path(call, "card", CARD)["id"],
        "currency": params.get("held_currency"),
    }
    authorization = start(call.work, AUTHORIZATION, {})
    authorize(replace(call, params=asked), authorization)
    return authorization


@operation(f"{_HELPER}/increment")
def increment(call: Call) -> Record:
    """Ask for more (https://docs.stripe.com/api/issuing/authorizations/test_mode_increment)."""
    authorization = _held(call)
    more = require_positive(call.params["increment_amount"], "increment_amount")
    to_merchant = in_merchants_currency(authorization, more, "increment_amount")
    _ask(call, authorization, more, to_merchant)
    return authorization


def _amounts(call: Call, card: Record) -> tuple[int, int]:
    params = call.params
    amount, merchant_amount = params.get("amount"), params.get("merchant_amount")
    own = card["currency"]
    if (params.get("currency") or own) != own:
        raise not_emulated("currency")
    merchant_currency = params.get("merchant_currency") or own
    if merchant_currency != own and None in (amount, merchant_amount):
        raise not_emulated("merchant_currency")
    if amount is None:
        amount = merchant_amount
    if amount is None:
        raise missing_parameter("amount")
    if merchant_amount is None:
        merchant_amount = amount
    for name, value in (("amount", amount), ("merchant_amount", merchant_amount)):
        if value < 0:
            raise too_small(name, 0)
    return amount, merchant_amount


def _ask(call: Call, authorization: Record, amount: int, merchant_amount: int) -> None:
    work = call.work
    authorization["pending_request"] = {
        "amount": amount,
        "amount_details": authorization["amount_details"],
        "currency": authorization["currency"],
        "is_amount_controllable": bool(call.params.get("is_amount_controllable")),
        "merchant_amount": merchant_amount,
        "merchant_currency": authorization["merchant_currency"],
        "network_risk_score": None,
    }
    refused = _refusal(work, authorization, amount)
    if refused is None and _is_listened_for(work):
        authorization["approved"] = bool(authorization["request_history"])
        if not authorization["request_history"]:
            # That it was created is told with what was decided.
            work.has_always_been(authorization)
        work.note(authorization, "asked", work.now())
        work.happened("issuing_authorization.request", authorization)
        return
    _decide(work, authorization, refused or "card_active", approved=refused is None)


def _is_listened_for(work: UnitOfWork) -> bool:
    return any(
        "issuing_authorization.request" in each["enabled_events"] and each["status"] == "enabled"
        for each in work.all("webhook_endpoint")
    )


# Deciding


@operation("POST /v1/issuing/authorizations/{authorization}/approve")
def approve(call: Call) -> Record:
    """Approve what was asked for (https://docs.stripe.com/api/issuing/authorizations/approve)."""
    work, authorization = call.work, _asked(call)
    pending, amount = authorization["pending_request"], call.params.get("amount")
    if amount is not None:
        if not pending["is_amount_controllable"]:
            raise invalid("The amount of this authorization cannot be controlled.", "amount")
        to_merchant = in_merchants_currency(pending, require_positive(amount), "amount")
        pending |= {"amount": amount, "merchant_amount": to_merchant}
    # More may be approved than was asked for, and something else may have been paid meanwhile.
    enough = can_pay(work, work.require(CARD, authorization["card"], "card"), pending["amount"])
    reason = "webhook_approved" if enough else "insufficient_funds"
    _decide(work, authorization, reason, approved=enough)
    return authorization


@operation("POST /v1/issuing/authorizations/{authorization}/decline")
def decline(call: Call) -> Record:
    """Decline what was asked for (https://docs.stripe.com/api/issuing/authorizations/decline)."""
    authorization = _asked(call)
    _decide(call.work, authorization, "webhook_declined", approved=False)
    return authorization


def _answer_until(work: UnitOfWork, authorization: Record) -> int | None:
    asked = work.noted(authorization, "asked") if authorization["pending_request"] else None
    return None if asked is None else int(asked) + ANSWER_SECONDS


@due(AUTHORIZATION, next=_answer_until)
def time_out(work: UnitOfWork, authorization: Record) -> None:
    """Nobody has answered in time."""
    _decide(work, work.change(authorization), "webhook_timeout", approved=False)


def _asked(call: Call) -> Record:
    authorization = call.work.change(require_path(call, "authorization", AUTHORIZATION))
    if authorization["pending_request"] is None or authorization["status"] != "pending":
        raise invalid(
            f"Authorization {authorization['id']} has no pending request: it has been decided already."
        )
    if call.params.get("metadata"):
        metadata = merged_metadata(authorization["metadata"], call.params["metadata"])
        authorization["metadata"] = metadata
    return authorization


def _decide(work: UnitOfWork, authorization: Record, reason: str, *, approved: bool) -> None:
    pending, is_first = authorization["pending_request"], not authorization["request_history"]
    shared = ("amount", "amount_details", "currency", "merchant_amount", "merchant_currency")
    request: Record = {
        **{name: pending[name] for name in shared},
        "approved": approved,
        "authorization_code": work.ids.digits(6) if approved else None,
        "created": work.now(),
        "network_risk_score": None,
        "reason": reason,
        "reason_message": None,
        "requested_at": work.now(),
    }
    authorization["request_history"] = [request, *authorization["request_history"]]
    authorization["pending_request"] = None
    if approved or is_first:
        authorization["amount"] += pending["amount"]
        authorization["merchant_amount"] += pending["merchant_amount"]
        authorization["approved"] = approved
    if approved:
        hold(work, authorization, pending["amount"])
        if is_first:
            count_payment(work, authorization)
    elif is_first:
        authorization["status"] = "closed"
    if is_first and work.noted(authorization, "asked"):
        work.happened("issuing_authorization.created", authorization)


def _refusal(work: UnitOfWork, authorization: Record, amount: int) -> str | None:
    """Why Stripe declines without asking, as ``request_history`` says it, or nothing."""
    card = work.require(CARD, authorization["card"], "card")
    holder = work.require(CARDHOLDER, card["cardholder"], "cardholder")
    if card["status"] != "active":
        return f"card_{card['status']}"
    if has_expired(work, card):
        return "card_expired"
    if holder["status"] != "active":
        return f"cardholder_{holder['status']}"
    if (holder["requirements"] or {}).get("past_due"):
        return "cardholder_verification_required"
    purchase = Purchase(
        authorization["amount"] + amount,
        amount,
        card["currency"],
        authorization["merchant_data"]["category"],
        authorization["merchant_data"]["country"],
        authorization["card_presence"],
    )
    for field, owner in (("card", card), ("cardholder", holder)):
        spent = partial(spent_by, work, field, owner["id"])
        if not allows(owner["spending_controls"] or {}, purchase, spent, work.now()):
            return "spending_controls"
    return None if can_pay(work, card, amount) else "insufficient_funds"


def spent_by(work: UnitOfWork, field: str, id: str, since: int, categories: Collection[str]) -> int:
    """What was spent with a card, or by a cardholder: what is held, and what was captured and not refunded.

    :param field: ``card`` or ``cardholder``
    :param since: seconds since 1970
    :param categories: of merchants; none means all
    """

    def counts(record: Record) -> bool:
        category = record["merchant_data"]["category"]
        return record["created"] >= since and (not categories or category in categories)

    authorized = (each for each in work.where(AUTHORIZATION, field, id) if counts(each))
    moved = (each for each in work.where(TRANSACTION, field, id) if counts(each))
    taken = -sum(int(each["amount"]) for each in moved)
    return sum(held_for(work, each) for each in authorized) + taken


# What becomes of it


@operation(f"{_HELPER}/finalize_amount")
def finalize_amount(call: Call) -> Record:
    """Say what it comes to, after an estimate (https://docs.stripe.com/api/issuing/authorizations/test_mode_finalize_amount)."""
    authorization = _held(call)
    final = require_positive(call.params["final_amount"], "final_amount")
    to_merchant = in_merchants_currency(authorization, final, "final_amount")
    left = held_for(call.work, authorization)
    captured = authorization["amount"] - left
    hold(call.work, authorization, max(final - captured, 0) - left)
    authorization["amount"], authorization["merchant_amount"] = final, to_merchant
    details: dict[str, Any] = {
        name: call.params[name] for name in ("fleet", "fuel") if call.params.get(name)
    }
    assign(call.work, authorization, details, call.work.contract.resources[AUTHORIZATION].fields)
    return authorization


@operation(f"{_HELPER}/reverse")
def reverse(call: Call) -> Record:
    """Give all or a part of it up (https://docs.stripe.com/api/issuing/authorizations/test_mode_reverse)."""
    work, authorization = call.work, _held(call)
    left = held_for(work, authorization)
    if authorization["amount"] and not left:
        raise invalid("There is nothing left of this authorization to reverse.", "reverse_amount")
    amount = call.params.get("reverse_amount")
    amount = left if amount is None else require_positive(amount, "reverse_amount")
    if amount > left:
        raise invalid(
            f"The amount to reverse ({amount}) is more than what is authorized ({left}).",
            "reverse_amount",
        )
    authorization["merchant_amount"] -= in_merchants_currency(
        authorization, amount, "reverse_amount"
    )
    authorization["amount"] -= amount
    if amount == left:
        authorization["status"] = "reversed"
        release(work, authorization)
    else:
        hold(work, authorization, -amount)
    return authorization


@operation(f"{_HELPER}/expire")
def expire(call: Call) -> Record:
    """Nobody has captured it (https://docs.stripe.com/api/issuing/authorizations/test_mode_expire)."""
    authorization = _held(call)
    authorization["status"] = "expired"
    release(call.work, authorization)
    return authorization


@operation(f"{_HELPER}/fraud_challenges/respond")
def respond(call: Call) -> Record:
    """The cardholder answers a text message (https://docs.stripe.com/issuing/controls/fraud-challenges).

    Nothing here makes such a challenge, so there is none to answer.
    """
    authorization = require_path(call, "authorization", AUTHORIZATION)
    raise invalid(f"Authorization {authorization['id']} has no pending fraud challenge.")


def held_authorization(work: UnitOfWork, authorization: Record) -> Record:
    """An authorization that is approved and not over, to be changed.

    :raises StripeError: 400 otherwise
    """
    if authorization["status"] != "pending" or not authorization["approved"]:
        state = (
            "pending and not approved"
            if authorization["status"] == "pending"
            else authorization["status"]
        )
        raise invalid(
            f"Authorization {authorization['id']} is {state}; this can only be done to one that is approved and "
            "pending."
        )
    return work.change(authorization)


def _held(call: Call) -> Record:
    return held_authorization(call.work, require_path(call, "authorization", AUTHORIZATION))
