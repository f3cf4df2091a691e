"""How the page of a Checkout session looks (https://docs.stripe.com/payments/checkout/customization/appearance)."""

from collections.abc import Mapping
from typing import Any

from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.billing.invoice_issuers import details_of_maker

_PLAIN: dict[str, Any] = {
    "background_color": "#ffffff",
    "border_style": "rounded",
    "button_color": "#0074d4",
    "font_family": "default",
    "icon": None,
    "logo": None,
}
"""Where nobody has chosen anything, as recorded from Stripe's test mode."""


def take_branding(work: UnitOfWork, session: Record, given: Mapping[str, Any]) -> None:
    """Have a session say how its page looks, where a request does not; an application's own page looks as it does.

    :param given: the request's ``branding_settings``
    """
    if session["ui_mode"] == "elements":
        return
    chosen = {name: session["branding_settings"][name] for name in given}
    name = details_of_maker(work)["account_name"]
    session["branding_settings"] = {**_PLAIN, "display_name": name, **chosen}
