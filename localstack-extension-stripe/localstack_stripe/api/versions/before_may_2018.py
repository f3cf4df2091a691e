"""What a new subscription meant until version 2018-05-21: it began with the trial of its plan
(https://docs.stripe.com/changelog/2018-05-21/subscriptions-default-no-trial-period-plan).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by

_SAY_TRIAL = ("trial_end", "trial_from_plan", "trial_period_days")


def _tried(tree: Tree) -> Tree:
    if any(name in tree for name in _SAY_TRIAL):
        return tree
    return {**tree, "trial_from_plan": "true"}


CHANGE = Change(day="2018-05-21", parameters={"POST /v1/subscriptions": by(_tried)})
