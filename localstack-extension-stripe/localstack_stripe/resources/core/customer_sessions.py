"""Customer sessions (https://docs.stripe.com/api/customer_sessions): which of Stripe's components in a page may know a
customer, and what they let them do.
"""

from localstack_stripe.engine.behaviours import Call, before_create
from localstack_stripe.engine.errors import invalid, too_small
from localstack_stripe.engine.store import Record

SESSION = "customer_session"

MOST_SHOWN = 10
"""How many saved payment methods the Payment Element shows at most."""


@before_create(SESSION)
def complete(call: Call, session: Record) -> None:
    """Show every component; at least one is enabled (https://docs.stripe.com/api/customer_sessions/create).

    :raises StripeError: 400 where none is
    """
    asked = call.params["components"]
    if not any((each or {}).get("enabled") for each in asked.values()):
        raise invalid("You must enable at least one component.", "components")
    shown = call.work.shapes.structure("CustomerSessionComponents")
    components = session["components"] = shown | (session.get("components") or {})
    for name in ("customer_sheet", "mobile_payment_element", "payment_element"):
        features = components[name].get("features")
        if features is not None and not features.get("payment_method_allow_redisplay_filters"):
            features["payment_method_allow_redisplay_filters"] = ["always"]
    features = components["payment_element"].get("features")
    if features is not None:
        _check_limit(features)


def _check_limit(features: Record) -> None:
    limit = features["payment_method_redisplay_limit"]
    if limit is None:
        features["payment_method_redisplay_limit"] = 3
        return
    param = "components[payment_element][features][payment_method_redisplay_limit]"
    if limit < 1:
        raise too_small(param)
    if limit > MOST_SHOWN:
        raise invalid(
            f"This value must be less than or equal to {MOST_SHOWN} (it currently is '{limit}').",
            param,
            "parameter_invalid_integer",
        )
