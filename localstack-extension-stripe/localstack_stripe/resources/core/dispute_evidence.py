"""What a merchant says against a dispute (https://docs.stripe.com/disputes/api#update-dispute)."""

from typing import Any

from localstack_stripe.contract.loader import Reference
from localstack_stripe.engine.behaviours import Call, before_update
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.shapes import one_of
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.core.dispute_eligibility import (
    eligibility,
    lacks_acknowledgement,
)
from localstack_stripe.resources.core.disputes import DISPUTE, OPEN, closed

_MOST_CHARACTERS = 150_000
"""How long all the evidence may be together."""

_PURPOSES = {"customer_signature": ("customer_signature", "dispute_evidence")}
"""What files may be uploaded for, by the evidence that they are, if not only as evidence."""


@before_update(DISPUTE)
def give_evidence(call: Call, made: Record, before: Record) -> None:
    """Keep evidence, and submit it unless only that is asked for (https://docs.stripe.com/api/disputes/update)."""
    if not call.params.get("evidence") and not call.params.get("submit"):
        return
    if before["status"] not in OPEN:
        raise closed(before["status"], "evidence can no longer be given")
    details = made["evidence_details"]
    if details["past_due"]:
        raise invalid("The time to give evidence is over.", "evidence")
    length = sum(len(each) for each in made["evidence"].values() if isinstance(each, str))
    if length > _MOST_CHARACTERS:
        raise invalid(
            f"The evidence has {length} characters; all of it together may have {_MOST_CHARACTERS}.",
            "evidence",
        )
    for name, value in call.params.get("evidence", {}).items():
        if value:
            _require_purpose(call, name, value)
    details["has_evidence"] = any(made["evidence"].values())
    details["enhanced_eligibility"] = eligibility(made)
    if call.params.get("submit", True):
        unacknowledged = lacks_acknowledgement(details["enhanced_eligibility"])
        if unacknowledged is not None:
            raise invalid(
                "Evidence for this dispute can only be submitted when the network's fee is acknowledged.",
                f"evidence[enhanced_evidence][{unacknowledged}][fee_acknowledged]",
            )
        details["submission_count"] += 1
        details["submission_method"] = "manual"
        made["status"] = OPEN[before["status"]]


def _require_purpose(call: Call, name: str, value: Any) -> None:
    """Refuse a file that was uploaded for something else.

    :raises StripeError: 400
    """
    if one_of(call.work.contract.structures["DisputeEvidence"][name].type, Reference) is None:
        return
    param = f"evidence[{name}]"
    purpose = call.work.require("file", value, param)["purpose"]
    allowed = _PURPOSES.get(name, ("dispute_evidence",))
    if purpose not in allowed:
        raise invalid(
            f"The file {value} has the purpose {purpose}. It has to be {' or '.join(allowed)}.",
            param,
        )
