"""Transactions of issued cards (https://docs.stripe.com/issuing/purchases/transactions): what merchants capture, with or
without an authorization, and give back.
"""

from datetime import UTC, datetime
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, operation, plain, require_path
from localstack_stripe.engine.errors import invalid, not_emulated, require_positive
from localstack_stripe.engine.store import Record
from localstack_stripe.payments.merchants import described
from localstack_stripe.resources.issuing.issuing_authorizations import held_authorization
from localstack_stripe.resources.issuing.issuing_cards import count_payment
from localstack_stripe.resources.issuing.issuing_funds import (
    AUTHORIZATION,
    CARD,
    held_for,
    hold,
    in_merchants_currency,
    pay,
    release,
)

TRANSACTION = "issuing.transaction"
REFUNDED = "refunded"
"""Noted of a captured transaction: what was refunded of it, in minor units."""

_HELPERS = "POST /v1/test_helpers/issuing"

plain("POST /v1/issuing/transactions/{transaction}")


@operation(f"{_HELPERS}/authorizations/{{authorization}}/capture")
def capture(call: Call) -> Record:
    """Take what was authorized, a part of it, or more; also of an authorization that is over, of which nothing is held
    any more (https://docs.stripe.com/issuing/testing).
    """
    work, params = call.work, call.params
    found = require_path(call, "authorization", AUTHORIZATION)
    is_over = found["approved"] and found["status"] != "pending"
    authorization = work.change(found) if is_over else held_authorization(work, found)
    left = held_for(work, authorization)
    amount, whole = params.get("capture_amount"), authorization["amount"] if is_over else left
    if amount is None and not whole:
        raise invalid("There is nothing left of this authorization to capture.", "capture_amount")
    amount = whole if amount is None else require_positive(amount, "capture_amount")
    to_merchant = in_merchants_currency(authorization, amount, "capture_amount")
    if is_over:
        authorization["status"] = "closed"
    elif params.get("close_authorization", True):
        authorization["status"] = "closed"
        release(work, authorization)
    else:
        hold(work, authorization, -min(amount, left))
    made = _transaction(call, -amount, -to_merchant, authorization, authorization)
    authorization["transactions"] = [*authorization["transactions"], made["id"]]
    return authorization


@operation(f"{_HELPERS}/transactions/create_force_capture")
def force_capture(call: Call) -> Record:
    """Take money that nobody was asked for
    (https://docs.stripe.com/api/issuing/transactions/test_mode_create_force_capture).
    """
    amount = require_positive(call.params["amount"])
    made = _transaction(call, -amount, -amount, _new(call))
    count_payment(call.work, made)
    return made


@operation(f"{_HELPERS}/transactions/create_unlinked_refund")
def unlinked_refund(call: Call) -> Record:
    """Give money back that was not taken with the card
    (https://docs.stripe.com/api/issuing/transactions/test_mode_create_unlinked_refund).
    """
    amount = require_positive(call.params["amount"])
    return _transaction(call, amount, amount, _new(call))


@operation(f"{_HELPERS}/transactions/{{transaction}}/refund")
def refund(call: Call) -> Record:
    """Give back what was captured, or a part of it
    (https://docs.stripe.com/api/issuing/transactions/test_mode_refund).
    """
    work = call.work
    captured = work.change(require_path(call, "transaction", TRANSACTION))
    if captured["type"] != "capture":
        raise invalid("Only a transaction of the type capture can be refunded.", "transaction")
    refunded = int(work.noted(captured, REFUNDED) or 0)
    left = -captured["amount"] - refunded
    amount = call.params.get("refund_amount")
    amount = left if amount is None else require_positive(amount, "refund_amount")
    if amount > left or not left:
        raise invalid(
            f"The amount to refund ({amount}) is more than what was captured and not refunded ({left}).",
            "refund_amount",
        )
    to_merchant = in_merchants_currency(captured, amount, "refund_amount")
    work.note(captured, REFUNDED, refunded + amount)
    id = captured["authorization"]
    authorization = work.change(work.require(AUTHORIZATION, id, "authorization")) if id else None
    made = _transaction(call, amount, to_merchant, captured, authorization)
    if authorization is not None:
        authorization["transactions"] = [*authorization["transactions"], made["id"]]
    return made


def _new(call: Call) -> Record:
    """What a transaction is about that has no authorization: the card, its currency, and the merchant."""
    params = call.params
    card = call.work.require(CARD, params["card"], "card")
    if params.get("currency", card["currency"]) != card["currency"]:
        raise not_emulated("currency")
    return {
        "card": card["id"],
        "cardholder": card["cardholder"],
        "currency": card["currency"],
        "merchant_currency": card["currency"],
        "merchant_data": described(params.get("merchant_data") or {}),
    }


def _transaction(
    call: Call,
    amount: int,
    merchant_amount: int,
    about: Record,
    authorization: Record | None = None,
) -> Record:
    """Make a transaction, and move its money.

    :param amount: in minor units of the card's currency; negative where it is taken
    :param merchant_amount: the same in the merchant's
    :param about: what has its card and merchant: an authorization, another transaction, or a new one's description
    """
    work = call.work
    shared = ("card", "cardholder", "currency", "merchant_currency", "merchant_data")
    made = work.create(
        TRANSACTION,
        **{name: about[name] for name in shared},
        amount=amount,
        amount_details=about.get("amount_details"),
        authorization=authorization["id"] if authorization else None,
        merchant_amount=merchant_amount,
        network_data={
            "authorization_code": work.ids.digits(6),
            "processing_date": datetime.fromtimestamp(work.now(), UTC).date().isoformat(),
            "transaction_id": work.ids.digits(15),
        },
        type="capture" if amount < 0 else "refund",
        wallet=authorization["wallet"] if authorization else None,
    )
    details: dict[str, Any] | None = call.params.get("purchase_details")
    if details:
        fields = work.contract.resources[TRANSACTION].fields
        assign(work, made, {"purchase_details": details}, fields)
    pay(work, made, authorization)
    return made
