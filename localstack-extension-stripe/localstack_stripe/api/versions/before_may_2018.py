"""What a new subscription meant until version 2018-05-21: it began with the trial of its plan
(https://docs.stripe.com/changelog/2018-05-21/subscriptions-default-no-trial-period-plan); and what lines of invoices were named by
(https://docs.stripe.com/changelog/2018-05-21/invoice-line-items-have-unique-ids-cannot-use-subscription).
"""

from localstack_stripe.api.versions.change import Change, by_default
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork


def _line(work: UnitOfWork, line: Record) -> Record:
    """A subscription's line had the id of the subscription."""
    return {"id": line["subscription"]} if line["type"] == "subscription" else {}


_TRIED = by_default({"trial_from_plan": "true"}, "trial_end", "trial_period_days")

CHANGE = Change(
    day="2018-05-21",
    values={"line_item": _line},
    parameters={"POST /v1/subscriptions": _TRIED},
)
