"""By what a subscription could be paid until version 2018-07-27: by a new source of its customer, that the request named
(https://docs.stripe.com/changelog/2018-07-27/subscriptions-no-longer-support-modifying-source).
"""

from localstack_stripe.api.decoding import Tree
from localstack_stripe.api.versions.change import Change, by, renamed
from localstack_stripe.resources.billing.older_subscriptions import SOURCE


def _of_customer(tree: Tree) -> Tree:
    return renamed(tree, {"source": SOURCE})


_OPERATIONS = ("POST /v1/subscriptions", "POST /v1/subscriptions/{subscription}")

CHANGE = Change(
    day="2018-07-27",
    parameters={key: by(_of_customer) for key in _OPERATIONS},
    accepted={key: {SOURCE: "string"} for key in _OPERATIONS},
)
