"""What a request may say of a Checkout session, by the session's mode and by that of its page
(https://docs.stripe.com/api/checkout/sessions/create).
"""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import exclusive, invalid, too_small

SESSION = "checkout.session"

CUSTOMER_UPDATE = "customer_update"
"""Noted of a session: what of its customer changes to what is given in the page."""

METHOD_DATA, PAYMENT_DATA, SETUP_DATA, SUBSCRIPTION_DATA = (
    "payment_method_data",
    "payment_intent_data",
    "setup_intent_data",
    "subscription_data",
)
"""Noted of a session: what the parameter of that name says of what it will make when it is completed."""

ONLY_IN = {
    PAYMENT_DATA: ("payment",),
    SETUP_DATA: ("setup",),
    SUBSCRIPTION_DATA: ("subscription",),
    "customer_creation": ("payment", "setup"),
    "invoice_creation": ("payment",),
    "line_items": ("payment", "subscription"),
    "payment_method_collection": ("subscription",),
    "saved_payment_method_options": ("payment", "subscription"),
    "submit_type": ("payment", "subscription"),
}
"""The modes in which parameters may be given (https://docs.stripe.com/api/checkout/sessions/create)."""

_NOT_WITH = {
    "elements": (
        "after_expiration",
        "branding_settings",
        "cancel_url",
        "custom_fields",
        "custom_text",
        "optional_items",
        "origin_context",
        "submit_type",
        "success_url",
    ),
    "embedded_page": ("cancel_url", "success_url"),
    "form": ("optional_items", "success_url"),
    "hosted_page": ("permissions",),
}
"""What cannot be said of a session by the mode of its page: what an application's own page does itself
(https://docs.stripe.com/api/checkout/sessions/create)."""

_MOST = {"custom_fields": 3, "optional_items": 10}
"""How many of something a session can have."""

EMBEDDED = ("elements", "embedded_page", "form")
"""The modes of the page in which it is part of the application's own."""


def check_mode(mode: str, params: Mapping[str, Any]) -> None:
    """Refuse what sessions of a mode do not know, or not so much of.

    :raises StripeError: 400
    """
    for name, modes in ONLY_IN.items():
        if params.get(name) is not None and mode not in modes:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)
    for name, most in _MOST.items():
        if len(params.get(name) or ()) > most:
            raise invalid(f"You can give at most {most} of `{name}`.", name)


def check_page(ui_mode: str, params: Mapping[str, Any]) -> None:
    """Refuse what a page of a mode does not know.

    :raises StripeError: 400
    """
    for name in _NOT_WITH[ui_mode]:
        if params.get(name) is not None:
            raise invalid(f"`{name}` can not be used with `ui_mode: {ui_mode}`.", name)


def check_trial(data: Mapping[str, Any], now: int) -> None:
    """Refuse a trial that no subscription of Checkout can begin with.

    :param data: a parameter ``subscription_data``
    :param now: in seconds since 1970
    :raises StripeError: 400
    """
    days, end = data.get("trial_period_days"), data.get("trial_end")
    if days is not None and end is not None:
        raise exclusive("trial_end", "trial_period_days", SUBSCRIPTION_DATA)
    if days is not None and days < 1:
        raise too_small(f"{SUBSCRIPTION_DATA}[trial_period_days]")
    if end is not None and end < now + 2 * DAY:
        raise invalid(
            f"The `{SUBSCRIPTION_DATA}[trial_end]` timestamp has to be at least 48 hours in the future.",
            f"{SUBSCRIPTION_DATA}[trial_end]",
        )
