"""Refunds of which only the customer can say where to (https://docs.stripe.com/refunds#requires-action): Stripe asks them by
email for a bank account, and waits.
"""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import (
    StripeError,
    invalid,
    missing_parameter,
    require_positive,
)
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.customer_balances import TRANSFERS, cash_in, move_cash
from localstack_stripe.resources.core.refund_outcomes import fail

_BANKS = {"boleto": "br", "konbini": "jp", "promptpay": "th"}
"""Where the customers have their bank accounts, by the ways to pay that cannot be gone back."""

_LASTS = 45 * DAY
"""How long Stripe waits for the customer, in seconds."""

_TOLD = "told where to"
"""Noted of a refund: when the customer said where to, and whether their bank takes the money."""


def transfer_of(charge: Record) -> str | None:
    """The kind of bank transfer that gives a charge back, where it does not go back the way it came."""
    type = charge["payment_method_details"]["type"]
    bank = TRANSFERS[charge["currency"]] if type == "customer_balance" else _BANKS.get(type)
    return f"{bank}_bank_transfer" if bank else None


def ask_about(work: UnitOfWork, refund: Record, charge: Record, transfer: str) -> None:
    """Ask the customer of a charge where to transfer a refund."""
    address = charge["billing_details"]["email"]
    if charge["payment_method_details"]["type"] == "customer_balance":
        address = (work.get("customer", charge["customer"]) or {}).get("email")
    _ask(work, refund, address, transfer)


def return_cash(call: Call, refund: Record) -> None:
    """Make *refund* the one of a customer's cash, which no payment has taken
    (https://docs.stripe.com/payments/customer-balance/refunding#refund-cash-balance).
    """
    work, params = call.work, call.params
    for name in ("customer", "amount", "currency"):
        if params.get(name) is None:
            raise missing_parameter(name)
    require_positive(params["amount"])
    customer = work.require("customer", params["customer"], "customer")
    currency = params["currency"].lower()
    if params["amount"] > cash_in(work, customer["id"], currency):
        raise invalid("The amount is more than the customer has in cash.", "amount")
    refund |= {"currency": currency, "created": work.now(customer), "charge": None}
    move_cash(work, customer["id"], -refund["amount"], currency, type="return_initiated")
    _ask(work, refund, customer["email"], f"{TRANSFERS[currency]}_bank_transfer")


def _ask(work: UnitOfWork, refund: Record, address: str | None, transfer: str) -> None:
    address = refund.get("instructions_email") or address
    if not address:
        raise invalid(
            "Stripe has to ask the customer by email where this refund is to go, and knows no email address of theirs. "
            "Give the customer one, or say it as `instructions_email`.",
            "instructions_email",
        )
    refund["instructions_email"] = address
    refund["destination_details"] = {
        "type": transfer,
        transfer: {"reference": None, "reference_status": "pending"},
    }
    _wait(work, refund)


def _wait(work: UnitOfWork, refund: Record) -> None:
    refund["status"] = "requires_action"
    sent = {
        "email_sent_at": work.now(refund),
        "email_sent_to": refund["instructions_email"],
    }
    refund["next_action"] = {
        "display_details": {"email_sent": sent, "expires_at": refund["created"] + _LASTS},
        "type": "display_details",
    }


def told_where_to(work: UnitOfWork, refund: Record, *, success: bool) -> Record:
    """The customer has said where to, and the money is on its way.

    :param success: whether the bank that was named will take it
    """
    refund = _waiting(work, refund, "told a bank account")
    refund["status"] = "pending"
    refund.pop("next_action")
    work.note(refund, _TOLD, {"at": work.now(refund), "success": success})
    return refund


def _arrives_at(work: UnitOfWork, refund: Record) -> int | None:
    told = work.noted(refund, _TOLD) if refund["status"] == "pending" else None
    return int(told["at"]) if told else None


@due("refund", next=_arrives_at)
def arrive(work: UnitOfWork, refund: Record) -> None:
    """The customer's bank has the money, or does not take it, and the customer is asked again."""
    refund = work.change(refund)
    if not work.noted(refund, _TOLD)["success"]:
        _wait(work, refund)
        return
    refund["status"] = "succeeded"
    transfer = refund["destination_details"]["type"]
    refund["destination_details"] = {
        "type": transfer,
        transfer: {"reference": work.ids.digits(16), "reference_status": "available"},
    }


@operation("POST /v1/refunds/{refund}/cancel")
def cancel(call: Call) -> Record:
    """Give up a refund that waits for the customer (https://docs.stripe.com/api/refunds/cancel)."""
    work = call.work
    refund = require_path(call, "refund", "refund")
    if refund["status"] != "requires_action":
        raise invalid("Canceling this refund is unsupported.")
    refund = work.change(refund)
    if refund["charge"] is None:
        raise invalid("A refund of a customer's cash can only be canceled in Stripe's Dashboard.")
    refund.pop("next_action")
    fail(work, refund, "merchant_request", status="canceled")
    return refund


@operation("POST /v1/test_helpers/refunds/{refund}/expire")
def expire(call: Call) -> Record:
    """Let the customer's time be over at once (https://docs.stripe.com/api/refunds/expire)."""
    refund = _waiting(call.work, require_path(call, "refund", "refund"), "expired")
    _give_up(call.work, refund)
    return refund


def _expires_at(_: UnitOfWork, refund: Record) -> int | None:
    if refund["status"] != "requires_action":
        return None
    return int(refund["next_action"]["display_details"]["expires_at"])


@due("refund", next=_expires_at)
def end(work: UnitOfWork, refund: Record) -> None:
    """The customer has not answered in time."""
    _give_up(work, work.change(refund))


def _give_up(work: UnitOfWork, refund: Record) -> None:
    """A refund, which may be written to, fails: cash that came by bank transfer is the customer's again, and what was paid
    otherwise is the merchant's (https://docs.stripe.com/payments/customer-balance/refunding).
    """
    refund.pop("next_action")
    charge = work.get("charge", refund["charge"] or "")
    if charge is not None and charge["payment_method_details"]["type"] != "customer_balance":
        fail(work, refund, "unknown")
        return
    refund["status"], refund["failure_reason"] = "failed", "unknown"
    noted: Record = {"type": "return_canceled"}
    if charge is not None:
        noted = {
            "type": "refunded_from_payment",
            "refunded_from_payment": {"refund": refund["id"]},
        }
    move_cash(work, refund["customer"], refund["amount"], refund["currency"], **noted)


def _waiting(work: UnitOfWork, refund: Record, done: str) -> Record:
    """A refund that waits for the customer, to be written to.

    :raises StripeError: 400 where it does not
    """
    if refund["status"] != "requires_action":
        raise _not_waiting(refund, done)
    return work.change(refund)


def _not_waiting(refund: Record, done: str) -> StripeError:
    return invalid(
        f"Refund {refund['id']} has the status {refund['status']}. Only a refund with the status requires_action can "
        f"be {done}."
    )
