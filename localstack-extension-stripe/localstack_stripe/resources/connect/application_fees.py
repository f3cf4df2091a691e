"""Application fees (https://docs.stripe.com/api/application_fees): a platform's share in its connected accounts'
charges, and what it gives back of it.
"""

from decimal import Decimal
from typing import Any

from localstack_stripe.billing.amounts import rounded, written
from localstack_stripe.engine.applications import application_of
from localstack_stripe.engine.behaviours import Call, before_create, includable, plain, stands_in
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.balance_transactions import (
    fee_detail,
    new_balance_transaction,
    settles_with,
)

FEE, REFUND = "application_fee", "fee_refund"

plain(
    "GET /v1/application_fees",
    "GET /v1/application_fees/{id}",
    "GET /v1/application_fees/{id}/refunds",
    "GET /v1/application_fees/{fee}/refunds/{id}",
    "POST /v1/application_fees/{fee}/refunds/{id}",
)


@stands_in("charge")
def charge_of_fee(work: UnitOfWork, id: str) -> Record | None:
    """The connected account's charge that a fee was taken from: the platform may ask for fees by it."""
    fees = work.where(FEE, "charge", id)
    return work.of(fees[0]["account"]).get("charge", id) if fees else None


@includable(FEE, "charge")
def charge(work: UnitOfWork, fee: Record) -> Record | str:
    """The same, where it is expanded."""
    found: Record | str = charge_of_fee(work, fee["charge"]) or fee["charge"]
    return found


def application_fee(platform: str, amount: int, currency: str) -> Record:
    """The fee as one of those that a connected account's balance transaction has."""
    return fee_detail(
        amount,
        currency,
        "application_fee",
        "Application fee",
        application=application_of(platform),
    )


def earn(work: UnitOfWork, payment: Record, amount: int, settles: int | None, **values: Any) -> str:
    """Give the platform, whose work it is, its fee in minor units, and return the fee's id.

    :param payment: the connected account's charge or payment that the fee is for
    :param settles: when that has settled, in seconds since 1970; nothing where it has
    :param values: what else the fee says, such as its ``account``
    """
    fee = work.create(
        FEE,
        amount=amount,
        application=application_of(work.account),
        charge=payment["id"],
        created=payment["created"],
        currency=payment["currency"],
        fee_source={"charge": payment["id"], "type": "charge"},
        **values,
    )
    fee["balance_transaction"] = new_balance_transaction(
        work, fee, type="application_fee", amount=amount, available_on=settles
    )["id"]
    return str(fee["id"])


@before_create(REFUND)
def from_parameters(call: Call, refund: Record) -> None:
    """Give a fee back, all that is left of it or a part (https://docs.stripe.com/api/fee_refunds/create)."""
    work = call.work
    fee = work.require(FEE, refund["fee"], "id")
    left = fee["amount"] - fee["amount_refunded"]
    amount = call.params.get("amount", left)
    if amount < 1 and left:
        raise too_small("amount")
    if amount > left or not left:
        raise invalid(
            f"Refund amount ({written(amount or fee['amount'], fee['currency'])}) is greater than unrefunded amount on "
            f"fee ({written(left, fee['currency'])})",
            "amount",
        )
    _give_back(work, refund, fee, amount)
    _pay_back(work, refund, fee, amount)


def share_of(amount: int, part: int, whole: int) -> int:
    """As much of an amount in minor units as *part* is of *whole*."""
    return rounded(Decimal(amount * part) / whole)


def give_fee_back(
    work: UnitOfWork, id: str, part: int, whole: int, *, is_apart: bool = False
) -> int:
    """Give back as much of a fee as *part* is of *whole*, as far as there is that much left of it.

    :param is_apart: whether it is booked alone with who paid the fee, and not with what it is given back for
    :return: how much, in minor units
    """
    fee = work.require(FEE, id, "application_fee")
    amount = min(share_of(fee["amount"], part, whole), fee["amount"] - fee["amount_refunded"])
    if amount > 0:
        refund = work.create(REFUND, fee=id)
        _give_back(work, refund, fee, amount)
        if is_apart:
            _pay_back(work, refund, fee, amount)
    return int(amount)


def _give_back(work: UnitOfWork, refund: Record, fee: Record, amount: int) -> None:
    """Make *refund* the one of an amount in minor units."""
    fee = work.change(fee)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    refund["amount"], refund["currency"] = amount, fee["currency"]
    refund["balance_transaction"] = new_balance_transaction(
        work,
        refund,
        type="application_fee_refund",
        amount=-amount,
        available_on=settles_with(work, fee["balance_transaction"]),
    )["id"]


def _pay_back(work: UnitOfWork, refund: Record, fee: Record, amount: int) -> None:
    """Book alone with the account that paid a fee what it is given back of it."""
    new_balance_transaction(
        work.of(fee["account"]),
        refund,
        type="adjustment",
        amount=amount,
        available_on=settles_with(work, fee["balance_transaction"]),
        category="fee",
        description="Application fee refund",
    )
