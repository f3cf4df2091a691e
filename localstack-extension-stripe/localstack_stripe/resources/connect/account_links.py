"""Account links (https://docs.stripe.com/api/v2/core/account-links): a page where an account says what it is asked."""

from localstack_stripe.engine.behaviours import Call, checks, find
from localstack_stripe.engine.errors import no_such
from localstack_stripe.engine.store import Record

LINK = "v2.core.account_link"


@checks(LINK)
def require_account(call: Call, link: Record) -> None:
    """The account has to be there; the contract does not say of v2's link that it names one.

    :raises StripeError: 400 ``resource_missing``
    """
    id = link["account"]
    if not any(find(call.work, kind, id) for kind in ("v2.core.account", "account")):
        raise no_such("account", id, "account")
