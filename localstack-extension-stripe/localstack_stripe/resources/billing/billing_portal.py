"""The customer portal (https://docs.stripe.com/customer-management): its configurations and sessions."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from localstack_stripe.engine.assignment import assign
from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, missing_parameter, no_such
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.feedback_options import require_active

CONFIGURATION = "billing_portal.configuration"


@from_the_start(CONFIGURATION)
def default_configuration(work: UnitOfWork) -> Iterator[Record]:
    """The one that is used where a session names none; at Stripe, somebody has saved it in the Dashboard."""
    features = work.shapes.skeleton(CONFIGURATION)["features"]
    yield {
        "active": True,
        "features": features
        | {
            "customer_update": {"allowed_updates": ["email", "tax_id"], "enabled": True},
            "invoice_history": {"enabled": True},
            "payment_method_update": features["payment_method_update"] | {"enabled": True},
            "subscription_cancel": features["subscription_cancel"]
            | deepcopy(_CHOSEN["subscription_cancel"])
            | {"enabled": True},
            "subscription_update": features["subscription_update"] | _CHOSEN["subscription_update"],
        },
        "is_default": True,
    }


_CHOSEN: Mapping[str, Mapping[str, Any]] = {
    "subscription_cancel": {
        "cancellation_reason": {
            "enabled": False,
            "feedback_options": None,
            "options": [
                "too_expensive",
                "missing_features",
                "switched_service",
                "unused",
                "other",
            ],
        },
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_update": {"proration_behavior": "none", "trial_update_behavior": "end_trial"},
}
"""What is chosen of a feature where a request does not."""


@before_create(CONFIGURATION)
def complete_configuration(call: Call, configuration: Record) -> None:
    """Its features are as Stripe has them where nothing else is said, and with a login page it has an address
    (https://docs.stripe.com/api/customer_portal/configurations/create).
    """
    given = call.params.get("features") or {}
    for name, chosen in _CHOSEN.items():
        left = {key: value for key, value in chosen.items() if key not in (given.get(name) or {})}
        configuration["features"][name] |= deepcopy(left)
    _check_reasons(call)
    _set_login_page(call, configuration)


@before_update(CONFIGURATION)
def change_configuration(call: Call, configuration: Record, before: Record) -> None:
    """The default stays active."""
    if configuration["is_default"] and not configuration["active"]:
        raise invalid("You cannot deactivate the default configuration.", "active")
    _check_reasons(call)
    _set_login_page(call, configuration)


@before_create("billing_portal.session")
def open_session(call: Call, session: Record) -> None:
    """A session is a customer's, with a configuration that is active
    (https://docs.stripe.com/api/customer_portal/sessions/create).
    """
    work, params = call.work, call.params
    settle(work, CONFIGURATION)
    named = params.get("configuration")
    configuration = (
        work.require(CONFIGURATION, named, "configuration")
        if named is not None
        else work.where(CONFIGURATION, "is_default", True)[0]
    )
    if not configuration["active"]:
        raise invalid("This configuration is not active, and cannot be used.", "configuration")
    customer = params.get("customer")
    if customer is None:
        raise missing_parameter("customer")
    work.require("customer", customer, "customer")
    # The page asks in which account the session is.
    session["url"] += f"?account={work.account}"
    session["configuration"] = configuration["id"]
    session["customer"] = customer
    session["return_url"] = params.get("return_url") or configuration["default_return_url"]
    if params.get("flow_data"):
        _set_flow(call, session, configuration)


_FEATURES = {
    "customer_update": "customer_update",
    "payment_method_update": "payment_method_update",
    "subscription_cancel": "subscription_cancel",
    "subscription_pause": "subscription_pause",
    "subscription_update": "subscription_update",
    "subscription_update_confirm": "subscription_update",
}
"""The feature that each flow needs."""


def _set_flow(call: Call, session: Record, configuration: Record) -> None:
    """Lead the customer to one thing only (https://docs.stripe.com/customer-management/portal-deep-links).

    :raises StripeError: 400 where the configuration does not have that, or the subscription is not the customer's
    """
    work, flow = call.work, call.params["flow_data"]
    type = flow["type"]
    if not configuration["features"][_FEATURES[type]]["enabled"]:
        feature = _FEATURES[type].replace("_", " ")
        raise invalid(
            f"This flow cannot be used because the {feature} feature in the portal configuration is disabled.",
            "flow_data[type]",
        )
    if type.startswith("subscription_"):
        named = f"flow_data[{type}][subscription]"
        if not flow.get(type):
            raise missing_parameter(f"flow_data[{type}]")
        subscription = work.require("subscription", flow[type]["subscription"], named)
        if subscription["customer"] != session["customer"]:
            raise invalid("This subscription does not belong to the customer.", named)
        for place, each in enumerate(flow[type].get("items") or ()):
            item = work.get("subscription_item", each["id"])
            if item is None or item["subscription"] != subscription["id"]:
                named = f"flow_data[{type}][items][{place}][id]"
                raise no_such("subscription item", each["id"], named)
    completed = flow.get("after_completion") or {"type": "portal_homepage"}
    if completed["type"] == "redirect" and not completed.get("redirect"):
        raise missing_parameter("flow_data[after_completion][redirect]")
    fields = work.contract.resources[session["object"]].fields
    assign(work, session, {"flow": {**flow, "after_completion": completed}}, fields)


def _check_reasons(call: Call) -> None:
    canceling = (call.params.get("features") or {}).get("subscription_cancel") or {}
    own = (canceling.get("cancellation_reason") or {}).get("feedback_options") or []
    require_active(call.work, own, _OWN_REASONS)


_OWN_REASONS = "features[subscription_cancel][cancellation_reason][feedback_options]"


def _set_login_page(call: Call, configuration: Record) -> None:
    page = configuration["login_page"]
    if not page["enabled"]:
        page["url"] = None
    elif page["url"] is None:
        page["url"] = f"{call.base}/p/login/test_{call.work.ids.text(20)}"
