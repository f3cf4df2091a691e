"""What of a charge can be given back, and why nothing (https://docs.stripe.com/refunds)."""

from localstack_stripe.billing.amounts import written
from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid, no_such, too_small
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.refund_windows import NEVER, refundable_until
from localstack_stripe.resources.core.charge_captures import held_by_intent, is_released


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
    if not charge["paid"] and charge["status"] != "pending":
        if charge["payment_intent"] is not None:
            raise _unpaid(charge["payment_intent"])
        raise _not_refundable(charge, "has failed and cannot be refunded")
    if not (charge["captured"] or charge["amount_captured"]):
        _refuse_held(work, charge)
    if charge.get("source_transfer"):
        raise invalid(
            f"The payment {charge['id']} came by the transfer {charge['source_transfer']}: reverse the transfer instead.",
            "charge",
        )
    _refuse_disputed(work, charge)
    _refuse_by_type(work, charge)
    if charge["refunded"] or (charge["amount_captured"] and not refundable(charge)):
        raise StripeError(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    return charge


def _refuse_by_type(work: UnitOfWork, charge: Record) -> None:
    """Refuse to give back what a type of payment method does not, or not any more."""
    type = charge["payment_method_details"]["type"]
    until = refundable_until(type, charge["created"])
    if type in NEVER:
        reason = f"payments by {type} cannot be"
    elif until is not None and work.now(charge) > until:
        reason = f"payments by {type} can only be for {(until - charge['created']) // DAY} days"
    else:
        return
    raise _not_refundable(charge, f"cannot be refunded: {reason}")


def _not_refundable(charge: Record, why: str) -> StripeError:
    return StripeError(
        f"The charge {charge['id']} {why}.", code="charge_not_refundable", param="charge"
    )


def refundable(charge: Record) -> int:
    """What is left to be given back of a charge, in minor units: of what was captured so far, or of what is authorized
    where nothing was.
    """
    return int(charge["amount_captured"] or charge["amount"]) - int(charge["amount_refunded"])


def _refuse_disputed(work: UnitOfWork, charge: Record) -> None:
    """Refuse to give back what the cardholder's bank has taken back already."""
    disputes = work.where("dispute", "charge", charge["id"]) if charge["disputed"] else []
    if not all(each["is_charge_refundable"] for each in disputes):
        raise StripeError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )


def _charge_of(work: UnitOfWork, id: str) -> Record:
    intent = work.get("payment_intent", id)
    if intent is None:
        raise no_such("payment_intent", id, "payment_intent")
    is_debited = intent["status"] == "processing" and intent["latest_charge"]
    is_taken = intent["status"] == "succeeded" or intent["amount_received"] or is_debited
    if intent["status"] == "requires_capture" and not is_taken:
        raise _uncaptured(id)
    if not is_taken:
        raise _unpaid(id)
    return work.require("charge", intent["latest_charge"], "payment_intent")


def _refuse_held(work: UnitOfWork, charge: Record) -> None:
    """Refuse to give back what was not taken: an intent is canceled, and what was released is not there any more."""
    intent = work.get("payment_intent", charge["payment_intent"] or "")
    if intent is not None:
        raise (_unpaid if intent["status"] == "canceled" else _uncaptured)(intent["id"])
    if is_released(work, charge):
        raise _not_refundable(charge, "has expired and cannot be refunded")


def _unpaid(intent: str) -> StripeError:
    return invalid(f"This PaymentIntent ({intent}) does not have a successful charge to refund.")


def _uncaptured(intent: str) -> StripeError:
    return held_by_intent(
        intent,
        "cancel the PaymentIntent to reverse the authorization instead of refunding the Charge directly",
    )


def amount_to_refund(call: Call, charge: Record) -> int:
    """What is to be given back of a charge, in minor units: what the request says, or all that is left.

    :raises StripeError: 400 where that is more than is left
    """
    left = refundable(charge)
    amount = call.params.get("amount")
    if amount is None:
        return left
    if amount < 1:
        raise too_small("amount")
    if amount > left:
        asked, rest = written(amount, charge["currency"]), written(left, charge["currency"])
        what = "unrefunded amount on charge" if charge["amount_refunded"] else "charge amount"
        raise invalid(f"Refund amount ({asked}) is greater than {what} ({rest})", "amount")
    return int(amount)
