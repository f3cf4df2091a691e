"""The customer portal (https://docs.stripe.com/customer-management): its configurations and sessions."""

from collections.abc import Iterator

from localstack_stripe.engine.behaviours import Call, before_create, before_update
from localstack_stripe.engine.errors import invalid, missing_parameter
from localstack_stripe.engine.presets import from_the_start, settle
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork

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
            | {"enabled": True, "mode": "at_period_end", "proration_behavior": "none"},
        },
        "is_default": True,
    }


@before_create(CONFIGURATION)
def complete_configuration(call: Call, configuration: Record) -> None:
    """With a login page, it has an address (https://docs.stripe.com/api/customer_portal/configurations/create)."""
    _set_login_page(call, configuration)


@before_update(CONFIGURATION)
def change_configuration(call: Call, configuration: Record, before: Record) -> None:
    """The default stays active."""
    if configuration["is_default"] and not configuration["active"]:
        raise invalid("You cannot deactivate the default configuration.", "active")
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
    session["configuration"] = configuration["id"]
    session["customer"] = customer
    session["return_url"] = params.get("return_url") or configuration["default_return_url"]


def _set_login_page(call: Call, configuration: Record) -> None:
    page = configuration["login_page"]
    if not page["enabled"]:
        page["url"] = None
    elif page["url"] is None:
        page["url"] = f"{call.base}/p/login/test_{call.work.ids.text(20)}"
