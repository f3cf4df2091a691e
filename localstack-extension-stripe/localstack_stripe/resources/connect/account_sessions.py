"""Account sessions (https://docs.stripe.com/api/account_sessions): what an owner of a connected account may see and do in
the components of Stripe that a platform has in its pages.
"""

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.connect.kept_accounts import ACCOUNT

SESSION = "account_session"

_ALLOWED = frozenset({"capture_payments", "dispute_management", "refund_management"})
"""What a component allows unless something else is said (https://docs.stripe.com/api/account_sessions/create)."""

_COLLECTION, _UNAUTHENTICATED = "external_account_collection", "disable_stripe_user_authentication"
_COLLECTS_NOTHING = "financial_account"


@before_create(SESSION)
def complete(call: Call, session: Record) -> None:
    """Show every component, with what it allows; at least one is enabled.

    :raises StripeError: 400 where none is, or a feature is for who asks accounts for what is required themselves
    """
    account = call.work.require(ACCOUNT, session["account"], "account")
    asked = call.params["components"]
    if not any((each or {}).get("enabled") for each in asked.values()):
        raise invalid("You must enable at least one component.", "components")
    is_ours = account["controller"].get("requirement_collection") == "application"
    for name, component in session["components"].items():
        given = (asked.get(name) or {}).get("features") or {}
        features = component["features"] = component.get("features") or {}
        if not is_ours:
            _require_stripe(name, given)
        for each in features.keys() - given.keys():
            features[each] = each in _ALLOWED
        if _COLLECTION in features and _COLLECTION not in given:
            features[_COLLECTION] = name != _COLLECTS_NOTHING
        if _UNAUTHENTICATED in features and _UNAUTHENTICATED not in given:
            # https://docs.stripe.com/api/account_sessions/object: the opposite of what is collected
            features[_UNAUTHENTICATED] = given.get(_COLLECTION) is False


def _require_stripe(name: str, given: Record) -> None:
    """Where Stripe asks an account for what is required, it also sees to who is asked."""
    for feature, wrong in ((_UNAUTHENTICATED, True), (_COLLECTION, False)):
        if given.get(feature) is wrong:
            raise invalid(
                f"`{feature}` can only be `{str(wrong).lower()}` for accounts where "
                "`controller.requirement_collection` is `application`.",
                f"components[{name}][features][{feature}]",
            )
