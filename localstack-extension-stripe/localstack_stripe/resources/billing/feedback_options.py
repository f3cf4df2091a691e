"""Feedback options (https://docs.stripe.com/api/billing/feedback-option): a merchant's own reasons to cancel, which customers
choose from in the portal.
"""

from collections.abc import Sequence

from localstack_stripe.engine.behaviours import plain
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.work import UnitOfWork

OPTION = "billing.feedback_option"

plain(
    "POST /v1/billing/feedback_options",
    "POST /v1/billing/feedback_options/{id}",
    "POST /v1/billing/feedback_options/{id}/deactivate",
)


def require_active(work: UnitOfWork, options: Sequence[str], param: str) -> None:
    """Refuse options that were deactivated (https://docs.stripe.com/api/billing/feedback-option/deactivate).

    :raises StripeError: 400
    """
    for place, id in enumerate(options):
        if work.require(OPTION, id, f"{param}[{place}]")["status"] != "active":
            raise invalid(
                f"The feedback option {id} was deactivated, and cannot be used.",
                f"{param}[{place}]",
            )
