"""Reviews (https://docs.stripe.com/radar/reviews): payments that are not blocked, and that somebody should look at.

A payment of elevated risk opens one (https://docs.stripe.com/testing#fraud-prevention).
"""

from localstack_stripe.engine.behaviours import Call, lists_only, operation, plain, require_path
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.payments.risk import risk_of
from localstack_stripe.resources.core.payment_outcomes import when_authorized, when_settled
from localstack_stripe.resources.payment_methods.payment_methods import bank_card

REVIEW = "review"

plain("GET /v1/reviews/{review}")


@when_authorized
@when_settled
def open_one(work: UnitOfWork, intent: Record) -> None:
    """A payment whose risk is elevated has succeeded, or is held (https://docs.stripe.com/radar/reviews/auth-and-capture)."""
    method = work.get("payment_method", intent["payment_method"] or "")
    if intent["status"] not in ("requires_capture", "succeeded") or method is None:
        return
    if risk_of(bank_card(method)).level != "elevated":
        return
    charge = work.change(work.require("charge", intent["latest_charge"], "latest_charge"))
    if charge.get("review"):
        return  # when it was authorized
    review = work.create(
        REVIEW,
        billing_zip=method["billing_details"]["address"]["postal_code"],
        charge=charge["id"],
        open=True,
        opened_reason="rule",
        payment_intent=intent["id"],
        reason="rule",
    )
    charge["review"] = intent["review"] = review["id"]


# https://docs.stripe.com/api/radar/reviews/list
lists_only("GET /v1/reviews", open=True)


@operation("POST /v1/reviews/{review}/approve")
def approve(call: Call) -> Record:
    """Somebody has looked, and it is in order (https://docs.stripe.com/api/radar/reviews/approve)."""
    review = require_path(call, "review", REVIEW)
    if not review["open"]:
        raise invalid(f"Review {review['id']} is closed already.")
    return _close(call.work, review, "approved")


def close_with(work: UnitOfWork, charge: Record, reason: str) -> None:
    """Close the review of a charge, where there is one that is open.

    :param reason: what has become of the charge, such as ``refunded``
    """
    review = work.get(REVIEW, charge["review"]) if charge.get("review") else None
    if review is not None and review["open"]:
        _close(work, review, reason)


def _close(work: UnitOfWork, review: Record, reason: str) -> Record:
    review = work.change(review)
    review |= {"closed_reason": reason, "open": False, "reason": reason}
    return review
