"""Refunds (https://docs.stripe.com/refunds): a charge's money, all or a part of it, given back."""

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    plain,
    prepares,
    require_path,
)
from localstack_stripe.engine.errors import invalid, no_such
from localstack_stripe.engine.initial import start
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.text import copy
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.connect.application_fees import (
    FEE,
    application_fee,
    give_fee_back,
    share_of,
)
from localstack_stripe.resources.connect.charge_shares import is_of_card
from localstack_stripe.resources.connect.transfers import REVERSAL, TRANSFER, fee_of, take_back
from localstack_stripe.resources.core.balance_transactions import (
    TRANSACTION,
    new_balance_transaction,
    settles_with,
)
from localstack_stripe.resources.core.charge_captures import can_be_captured_again
from localstack_stripe.resources.core.payment_cancellation import when_canceled
from localstack_stripe.resources.core.payment_outcomes import when_settled
from localstack_stripe.resources.core.refund_eligibility import (
    amount_to_refund,
    charge_to_refund,
    refundable,
)
from localstack_stripe.resources.core.refund_instructions import (
    ask_about,
    return_cash,
    transfer_of,
)
from localstack_stripe.resources.core.refund_outcomes import tell_refunded
from localstack_stripe.resources.core.refund_settlement import RELEASED, destination, send
from localstack_stripe.resources.radar.reviews import close_with

plain("POST /v1/refunds/{refund}")


@prepares("refund")
def name_refund(call: Call) -> Record:
    """What is given back of a payment that was not made by card has an id of its own kind, as the payment has.

    :raises StripeError: 404 of an unknown ``charge``, as if it were in the path
    """
    work, params = call.work, call.params
    intent = work.get("payment_intent", params.get("payment_intent") or "") or {}
    charge = work.get("charge", params.get("charge") or intent.get("latest_charge") or "")
    if charge is None and params.get("charge"):
        raise no_such("charge", params["charge"], "id", status=404)
    if charge is None or is_of_card(charge):
        return {}
    return {"id": work.ids.new("pyr_", 24)}


@before_create("refund")
def from_parameters(call: Call, refund: Record) -> None:
    """Give money back, and say so on the charge."""
    work = call.work
    if call.params.get("origin"):
        return_cash(call, refund)
        return
    charge = charge_to_refund(call)
    amount = amount_to_refund(call, charge)
    params = call.params
    if not charge["captured"] and not charge["amount_captured"]:
        _release(work, refund, charge, amount)
        return
    fees = _take_shares_back(
        work,
        refund,
        charge,
        amount,
        reverse_transfer=bool(params.get("reverse_transfer")),
        refund_application_fee=bool(params.get("refund_application_fee")),
    )
    give_back(work, refund, charge, amount, fees)


@operation("POST /v1/charges/{charge}/refund")
def refund_charge(call: Call) -> Record:
    """The older way, which answers the charge (https://docs.stripe.com/api/charges/object)."""
    work = call.work
    refund = start(work, "refund", {})
    assign(work, refund, call.params, work.contract.resources["refund"].fields)
    from_parameters(call, refund)
    return require_path(call, "charge", "charge")


def _release(work: UnitOfWork, refund: Record, charge: Record, amount: int) -> None:
    """Release what was authorized for a charge without an intent: all of it, or nothing. It moves no money.

    https://docs.stripe.com/api/charges/capture
    """
    if amount != charge["amount"]:
        raise invalid(
            f"The charge {charge['id']} is not captured: only all of it can be refunded. Capture a part instead.",
            "amount",
        )
    charge = work.change(charge)
    charge["amount_refunded"], charge["refunded"] = charge["amount"], True
    same = ("amount", "currency", "customer", "payment_intent", "payment_method")
    refund |= {name: charge[name] for name in same}
    refund["charge"], refund["created"] = charge["id"], work.now(charge)
    refund["status"] = "succeeded"
    refund["destination_details"] = copy(RELEASED)


def _take_shares_back(
    work: UnitOfWork,
    refund: Record,
    charge: Record,
    amount: int,
    *,
    reverse_transfer: bool,
    refund_application_fee: bool,
) -> tuple[Record, ...]:
    """Have others give back the same part of what they got of a charge (https://docs.stripe.com/connect/charges).

    :param reverse_transfer: whether the connected account does, of a destination charge
    :param refund_application_fee: whether the platform does
    :return: what the refund gets back of the fees of a charge that is not the platform's
    :raises StripeError: 400 where they got nothing
    """
    if reverse_transfer or refund_application_fee:
        _refuse_part_of_captures(work, charge, amount)
    transfers = _of_each_capture(
        work, TRANSFER, "source_transaction", charge, charge.get("transfer")
    )
    fee = fee_of(charge) if refund_application_fee else None
    whole = charge["amount_captured"]
    if reverse_transfer:
        if not transfers:
            raise invalid(
                f"Cannot reverse transfer on charge {charge['id']} because it does not have an associated transfer.",
                "reverse_transfer",
            )
        for transfer in transfers:
            left = transfer["amount"] - transfer["amount_reversed"]
            if not left:
                raise invalid(f"The transfer {transfer['id']} is already fully reversed.")
            part = min(share_of(transfer["amount"], amount, whole), left)
            if part:
                reversal = work.create(REVERSAL, source_refund=refund["id"])
                take_back(
                    work, reversal, transfer, part, refund_application_fee=refund_application_fee
                )
                refund["transfer_reversal"] = reversal["id"]
    elif fee is not None and transfers:
        for each in _of_each_capture(work, FEE, "originating_transaction", charge, fee):
            give_fee_back(work, each["id"], amount, whole, is_apart=True)
    elif fee is not None:
        platform = work.platform() or work.account
        there = work.of(platform)
        fees = _of_each_capture(there, FEE, "charge", charge, fee)
        back = sum(give_fee_back(there, each["id"], amount, whole) for each in fees)
        return (application_fee(platform, -back, charge["currency"]),) if back else ()
    return ()


def _of_each_capture(
    work: UnitOfWork, kind: str, field: str, charge: Record, last: str | None
) -> list[Record]:
    """The transfers or the fees of a charge: one of each time that it was captured.

    :param field: which says whose they are
    :param last: the id of the one of the only capture, or of the last
    """
    found = work.get(kind, last or "")
    if found is None:
        return []
    return work.where(kind, field, charge["id"]) if can_be_captured_again(charge) else [found]


def _refuse_part_of_captures(work: UnitOfWork, charge: Record, amount: int) -> None:
    """Nobody's share is taken back with a part of what was captured more than once
    (https://docs.stripe.com/payments/multicapture#connect).

    :raises StripeError: 400
    """
    captures = work.where(TRANSACTION, "source", charge["id"])
    if len(captures) > 1 and amount < charge["amount_captured"]:
        raise invalid(
            f"The charge {charge['id']} was captured more than once: a part of it cannot be refunded with "
            "`refund_application_fee` or `reverse_transfer`. Refund the application fees and reverse the transfers "
            "themselves."
        )


def give_back(
    work: UnitOfWork, refund: Record, charge: Record, amount: int, fees: tuple[Record, ...] = ()
) -> None:
    """Make *refund* the one of an amount, in minor units, of a charge that has that much left.

    :param fees: what is given back of the charge's fees, which are negative
    """
    charge = work.change(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["captured"] and not refundable(charge)
    if charge["refunded"]:
        is_fraud = refund.get("reason") == "fraudulent"
        close_with(work, charge, "refunded_as_fraud" if is_fraud else "refunded")
    if refund.get("reason") == "fraudulent":
        charge["fraud_details"] = {**(charge["fraud_details"] or {}), "user_report": "fraudulent"}
    refund["amount"] = amount
    refund["created"] = work.now(charge)
    refund["charge"], refund["payment_intent"] = charge["id"], charge["payment_intent"]
    refund["currency"], refund["customer"] = charge["currency"], charge["customer"]
    if charge["customer"]:
        owner = work.get("customer", charge["customer"]) or {}
        refund["customer_account"] = owner.get("customer_account")
    refund["payment_method"] = charge["payment_method"]
    if charge["status"] == "pending":
        refund["status"], refund["pending_reason"] = "pending", _CHARGE_PENDING
        refund["destination_details"] = destination(work, charge)
        return
    _send(work, refund, charge, fees)


_CHARGE_PENDING = "charge_pending"
"""The ``pending_reason`` of a refund of what the bank has not paid yet."""


def _send(work: UnitOfWork, refund: Record, charge: Record, fees: tuple[Record, ...] = ()) -> None:
    """Take the money of a refund, which may be written to, out of the balance, and send it."""
    is_card, what = is_of_card(charge), charge["description"]
    told = "REFUND FOR CHARGE" if is_card else "REFUND FOR PAYMENT"
    refund["balance_transaction"] = new_balance_transaction(
        work,
        refund,
        type="refund" if is_card else "payment_refund",
        amount=-refund["amount"],
        fees=fees,
        available_on=settles_with(work, charge["balance_transaction"]),
        description=f"{told} ({what})" if what else told,
    )["id"]
    transfer = transfer_of(charge)
    if transfer is not None:
        ask_about(work, refund, charge, transfer)
    else:
        send(work, refund, charge)
    tell_refunded(work, refund)


@when_canceled
@when_settled
def follow_debit(work: UnitOfWork, intent: Record) -> None:
    """What is given back of a debit is sent when the bank has paid, and not at all where it does not
    (https://docs.stripe.com/payments/acss-debit#refunds).
    """
    _follow(work, work.where("refund", "payment_intent", intent["id"]))


def follow_charge(work: UnitOfWork, charge: Record) -> None:
    """The same of a debit without an intent."""
    _follow(work, work.where("refund", "charge", charge["id"]))


def _follow(work: UnitOfWork, refunds: list[Record]) -> None:
    for found in refunds:
        if found.get("pending_reason") != _CHARGE_PENDING:
            continue
        refund = work.change(found)
        refund.pop("pending_reason")
        charge = work.change(work.require("charge", refund["charge"], "charge"))
        if charge["paid"]:
            _send(work, refund, charge)
        else:
            refund["status"] = "canceled"
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
