"""Verifying that a bank account is whose a platform thinks
(https://docs.stripe.com/api/v2/money-management/recipient-verifications).

Everybody's name matches, unless a test says otherwise. In the EU, a verification is good for five minutes.
"""

from localstack_stripe.billing.jurisdictions import EU
from localstack_stripe.engine.behaviours import Call, before_create, operation, require_path
from localstack_stripe.engine.clock import moment, seconds_at
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.money_management.money_management import turn
from localstack_stripe.resources.money_management.payout_methods import (
    country_of,
    require_payout_method,
)

VERIFICATION = "v2.money_management.recipient_verification"

_LASTS = 5 * 60

MESSAGES = {
    "close_match": "The name is similar to the one of the bank account's owner.",
    "match": "The name is the one of the bank account's owner.",
    "no_match": "The name is not the one of the bank account's owner.",
    "unavailable": "The bank could not be asked.",
}
"""What is said of each result."""


@before_create(VERIFICATION)
def verify(call: Call, verification: Record) -> None:
    """Ask the bank; what does not match has to be acknowledged
    (https://docs.stripe.com/api/v2/money-management/recipient-verifications/create).
    """
    result = call.params.get("match_result") or "match"
    method, recipient = verification["payout_method"], call.params.get("recipient")
    require_payout_method(call.work, method, recipient, "payout_method")
    in_eu = country_of(call.work, method, recipient) in EU
    verification |= {
        **answer_of_bank(result),
        "status": "verified" if result == "match" else "awaiting_acknowledgement",
        "status_transitions": {},
        "verification_type": "verification_of_payee" if in_eu else "confirmation_of_payee",
    }
    if in_eu:
        verification["expires_at"] = moment(call.work.now() + _LASTS)


def _expires_at(work: UnitOfWork, verification: Record) -> int | None:
    at = verification.get("expires_at")
    if at is None or verification["status"] in ("consumed", "expired"):
        return None
    return seconds_at(at)


@due(VERIFICATION, next=_expires_at)
def expire(work: UnitOfWork, verification: Record) -> None:
    """It is too late to pay with it."""
    work.change(verification)["status"] = "expired"


def answer_of_bank(result: str) -> Record:
    """What a bank says of the name of an account's owner."""
    matched = {"matched_name": "Jenny Rosen"} if result in ("close_match", "match") else {}
    details = {"message": MESSAGES[result], "provided_name": "Jenny Rosen", **matched}
    return {"match_result": result, "match_result_details": details}


@operation("POST /v2/money_management/recipient_verifications/{id}/acknowledge")
def acknowledge(call: Call) -> Record:
    """Pay nevertheless (https://docs.stripe.com/api/v2/money-management/recipient-verifications/acknowledge)."""
    verification = call.work.change(require_path(call, "id", VERIFICATION))
    if verification["status"] != "awaiting_acknowledgement":
        raise invalid(
            f"This recipient verification is {verification['status']}: there is nothing to acknowledge."
        )
    turn(call.work, verification, "acknowledged")
    return verification


def consume(work: UnitOfWork, id: str, payment: Record) -> None:
    """Use a verification up for a payment.

    :raises StripeError: 400 where there is none, or it does not allow one
    """
    found = work.require(VERIFICATION, id, "recipient_verification")
    if found["status"] not in ("acknowledged", "verified"):
        raise invalid(
            f"This recipient verification is {found['status']}: no payment can be made with it.",
            "recipient_verification",
        )
    verification = work.change(found)
    turn(work, verification, "consumed")
    verification["consumed_by"] = {"outbound_payment": payment["id"], "type": "outbound_payment"}
