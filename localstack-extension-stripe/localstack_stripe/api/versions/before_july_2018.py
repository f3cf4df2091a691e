"""By what a subscription could be paid until version 2018-07-27: by a new source of its customer, that the request named
(https://docs.stripe.com/changelog/2018-07-27/subscriptions-no-longer-support-modifying-source).
"""

from localstack_stripe.api.versions.change import Change, by_names
from localstack_stripe.resources.billing.older_subscriptions import SOURCE

_OPERATIONS = ("POST /v1/subscriptions", "POST /v1/subscriptions/{subscription}")

CHANGE = Change(
    day="2018-07-27",
    parameters={key: by_names(source=SOURCE) for key in _OPERATIONS},
    accepted={key: {SOURCE: "string"} for key in _OPERATIONS},
)
