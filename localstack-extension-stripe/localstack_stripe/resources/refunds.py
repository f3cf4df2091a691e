"""Refunds (https://docs.stripe.com/refunds): a charge's money, all or a part of it, given back."""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import (
    Call,
    before_create,
    operation,
    plain,
    refuses,
    require_path,
)
from localstack_stripe.engine.errors import StripeError, invalid, no_such
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.charges import new_balance_transaction

plain("POST /v1/refunds/{refund}")
refuses(
    ("POST /v1/refunds",),
    "instructions_email",
    "origin",
    "refund_application_fee",
    "reverse_transfer",
)


@before_create("refund")
def from_parameters(call: Call, refund: Record) -> None:
    """Give money back, and say so on the charge."""
    work = call.work
    charge = charge_to_refund(call)
    give_back(work, refund, charge, amount_to_refund(call, charge))


def give_back(work: UnitOfWork, refund: Record, charge: Record, amount: int) -> None:
    """Make *refund* the one of an amount, in minor units, of a charge that has that much left."""
    charge = work.change(charge)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    refund["amount"] = amount
    refund["created"] = work.now(charge)
    refund["charge"], refund["payment_intent"] = charge["id"], charge["payment_intent"]
    refund["currency"], refund["customer"] = charge["currency"], charge["customer"]
    refund["payment_method"] = charge["payment_method"]
    refund["status"] = "succeeded"
    refund["destination_details"] = {
        "card": {
            "reference": work.ids.digits(16),
            "reference_status": "available",
            "reference_type": "acquirer_reference_number",
            "type": "refund",
        },
        "type": "card",
    }
    refund["balance_transaction"] = new_balance_transaction(
        work, refund, type="refund", amount=-amount, fee=0
    )["id"]


def charge_to_refund(call: Call) -> Record:
    """The charge that a request names by ``charge`` or ``payment_intent``, and that has something to give back.

    :raises StripeError: 400 otherwise
    """
    work, params = call.work, call.params
    if params.get("charge") and params.get("payment_intent"):
        raise invalid("You may only specify one of these parameters: charge, payment_intent.")
    if params.get("charge"):
        charge = work.require("charge", params["charge"], "charge")
    elif params.get("payment_intent"):
        charge = _charge_of(work, params["payment_intent"])
    else:
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    if not charge["paid"]:
        raise StripeError(
            f"The charge {charge['id']} has failed and cannot be refunded.",
            code="charge_not_refundable",
            param="charge",
        )
    if not charge["captured"]:
        raise invalid(
            f"The charge {charge['id']} is not captured. Cancel its PaymentIntent to release the money.",
            "charge",
        )
    if charge["refunded"]:
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    return charge


def _charge_of(work: UnitOfWork, id: str) -> Record:
    intent = work.get("payment_intent", id)
    if intent is None:
        raise no_such("payment_intent", id, "payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(
            f"This PaymentIntent ({id}) does not have a successful charge to refund.",
            "payment_intent",
        )
    return work.require("charge", intent["latest_charge"], "payment_intent")


def amount_to_refund(call: Call, charge: Record) -> int:
    """What is to be given back of a charge, in minor units: what the request says, or all that is left.

    :raises StripeError: 400 where that is more than is left
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    amount = call.params.get("amount")
    if amount is None:
        return int(left)
    if amount < 1:
        raise invalid(
            "This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer"
        )
    if amount > left:
        asked, rest = written(amount, charge["currency"]), written(left, charge["currency"])
        what = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise invalid(f"Refund amount ({asked}) is greater than {what} ({rest})", "amount")
    return int(amount)


@operation("POST /v1/refunds/{refund}/cancel")
def cancel(call: Call) -> Record:
    """Only a refund that waits for the customer can be canceled (https://docs.stripe.com/api/refunds/cancel)."""
    refund = require_path(call, "refund", "refund")
    raise invalid(
        f"Refund {refund['id']} has the status {refund['status']}. Only a refund with the status requires_action can "
        "be canceled."
    )
