"""How a subscription was canceled at its period's end until version 2018-08-23: by the request that cancels it
(https://docs.stripe.com/changelog/2018-08-23).
"""

from localstack_stripe.api.versions.change import Change
from localstack_stripe.resources.billing.older_subscriptions import AT_PERIOD_END

CHANGE = Change(
    day="2018-08-23",
    accepted={"DELETE /v1/subscriptions/{subscription}": {AT_PERIOD_END: "boolean"}},
)
