"""What a new subscription meant until version 2018-05-21: it began with the trial of its plan
(https://docs.stripe.com/changelog/2018-05-21/subscriptions-default-no-trial-period-plan); and what lines of invoices were named by
(https://docs.stripe.com/changelog/2018-05-21/invoice-line-items-have-unique-ids-cannot-use-subscription).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

_SAY_TRIAL = ("trial_end", "trial_from_plan", "trial_period_days")


def _tried(tree: Tree) -> Tree:
    if any(name in tree for name in _SAY_TRIAL):
        return tree
    return {**tree, "trial_from_plan": "true"}


def _line(work: UnitOfWork, line: Record) -> Record:
    """A subscription's line had the id of the subscription."""
    return {"id": line["subscription"]} if line["type"] == "subscription" else {}


CHANGE = Change(
    day="2018-05-21",
    values={"line_item": _line},
    parameters={"POST /v1/subscriptions": by(_tried)},
)
