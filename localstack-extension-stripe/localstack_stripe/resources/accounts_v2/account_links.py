"""Account links of v2 (https://docs.stripe.com/api/v2/core/account-links): a page where an account says what it is
asked.
"""

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.errors import missing_parameter
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.accounts_v2.accounts import require_open_account
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT
from localstack_stripe.resources.connect.onboarding import new_link

LINK = "v2.core.account_link"

_LASTS = 10 * 60
"""How long a link can be used, in seconds."""


@before_create(LINK)
def require_account_and_case(call: Call, link: Record) -> None:
    """The account has to be there, and what its link is used for to be described; the contract says neither. Who has a part
    in payments is led to the onboarding of their account of v1, which is the same.

    :raises StripeError: 400 ``resource_missing``, ``parameter_missing``
    """
    configured = require_open_account(call.work, link["account"], "account", 400)
    use_case = call.params["use_case"]
    told = use_case.get(use_case["type"])
    if told is None:
        raise missing_parameter(f"use_case.{use_case['type']}")
    account = call.work.get(ACCOUNT, link["account"])
    if account is not None and told.get("refresh_url"):
        until = call.work.now() + _LASTS
        link["url"] = new_link(call, account, until, told, _returned(configured, use_case["type"]))


def _returned(account: Record, use_case: str) -> Record:
    """What the event says when the owner has come back from the page."""
    return {
        "account_id": account["id"],
        "configurations": account["applied_configurations"],
        "use_case": use_case,
    }
