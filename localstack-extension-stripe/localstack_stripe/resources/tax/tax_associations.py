"""Tax associations (https://docs.stripe.com/tax/payment-intent): the tax transactions of a payment that was made with a
tax calculation, and of its refunds.
"""

from typing import Any

from localstack_stripe.engine.behaviours import Call, operation, understands
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.core.payment_outcomes import when_settled
from localstack_stripe.resources.core.refund_outcomes import when_refunded
from localstack_stripe.resources.tax.tax_calculations import CALCULATION
from localstack_stripe.resources.tax.tax_transactions import (
    TRANSACTION,
    give_back,
    is_reversed,
    is_used,
    left_of,
    sell,
    take_back,
)

ASSOCIATION = "tax.association"

PARAM = "hooks[inputs][tax][calculation]"


@understands("hooks")
def check_calculation(call: Call) -> Call:
    """What a payment is linked with has to exist.

    :raises StripeError: 400 otherwise
    """
    id = _calculation(call.params)
    if id:
        call.work.require(CALCULATION, id, PARAM)
    return call


@operation("GET /v1/tax/associations/find")
def look_up(call: Call) -> Record:
    """The association of a payment intent that names a calculation (https://docs.stripe.com/api/tax/association/find).

    :raises StripeError: 404 where it names none
    """
    id = call.params["payment_intent"]
    intent = call.work.require("payment_intent", id, "payment_intent")
    if not _calculation(intent):
        raise no_such("tax association", id, "payment_intent", status=404)
    return _association(call.work, intent)


@when_settled
def commit(work: UnitOfWork, intent: Record) -> None:
    """Record the sale once it is paid; what cannot be recorded does not stop the payment."""
    id = _calculation(intent)
    calculation = work.get(CALCULATION, id) if id else None
    if intent["status"] != "succeeded" or calculation is None:
        return
    reason = _obstacle(work, intent, calculation)
    association = _association(work, intent)
    if reason is not None:
        _fail(work, association, intent["id"], reason)
        return
    transaction = sell(work, calculation, {"reference": intent["id"]}, work.now())
    _succeed(work, association, intent["id"], transaction)


@when_refunded
def reverse(work: UnitOfWork, refund: Record) -> None:
    """Reverse a sale's tax with its refund, and take that back where the refund fails.

    Refunds of a payment whose sale was not recorded have nothing to reverse.
    """
    id, paid = refund["id"], refund["payment_intent"]
    known = work.where(ASSOCIATION, "payment_intent", paid) if paid else []
    of_failure = refund["status"] == "failed"
    committed = _committed(known[0], id if of_failure else paid) if known else None
    if committed is None:
        return
    association, original = known[0], work.require(TRANSACTION, committed, "transaction")
    left = 0 if of_failure else left_of(work, original)
    if is_reversed(work, original) or not (of_failure or left):
        _fail(work, association, id, "original_transaction_voided")
    elif of_failure:
        # The refund's own reversal has its id for a reference.
        again = {"reference": refund["failure_balance_transaction"]}
        _succeed(work, association, id, take_back(work, original, again))
    elif is_used(work, id):
        _fail(work, association, id, "unique_reference_violation")
    else:
        amount = min(refund["amount"], left)
        _succeed(work, association, id, give_back(work, original, {"reference": id}, amount))


def _obstacle(work: UnitOfWork, intent: Record, calculation: Record) -> str | None:
    """Why a sale cannot be recorded, in Stripe's terms (https://docs.stripe.com/api/tax/associations/object)."""
    if calculation["currency"] != intent["currency"]:
        return "currency_mismatch"
    if calculation["expires_at"] <= work.now():
        return "calculation_expired"
    if any(
        _committed(each, each["payment_intent"])
        for each in work.where(ASSOCIATION, "calculation", calculation["id"])
    ):
        return "another_payment_associated_with_calculation"
    if is_used(work, intent["id"]):
        return "unique_reference_violation"
    return None


def _association(work: UnitOfWork, intent: Record) -> Record:
    """The one of a payment, with the calculation that it names by now."""
    calculation = _calculation(intent)
    known = work.where(ASSOCIATION, "payment_intent", intent["id"])
    if not known:
        return work.create(ASSOCIATION, calculation=calculation, payment_intent=intent["id"])
    if known[0]["calculation"] != calculation:
        work.change(known[0])["calculation"] = calculation
    return known[0]


def _calculation(of: Any) -> Any:
    inputs = (of.get("hooks") or {}).get("inputs") or {}
    return (inputs.get("tax") or {}).get("calculation")


def _committed(association: Record, source: str) -> str | None:
    """The transaction that was made because of a payment or a refund."""
    for attempt in association["tax_transaction_attempts"] or []:
        if attempt["source"] == source and attempt["status"] == "committed":
            return str(attempt["committed"]["transaction"])
    return None


def _succeed(work: UnitOfWork, association: Record, source: str, transaction: Record) -> None:
    committed = {"transaction": transaction["id"]}
    _add(work, association, {"committed": committed, "source": source, "status": "committed"})


def _fail(work: UnitOfWork, association: Record, source: str, reason: str) -> None:
    _add(work, association, {"errored": {"reason": reason}, "source": source, "status": "errored"})


def _add(work: UnitOfWork, association: Record, attempt: Record) -> None:
    earlier = association["tax_transaction_attempts"] or []
    work.change(association)["tax_transaction_attempts"] = [*earlier, attempt]
