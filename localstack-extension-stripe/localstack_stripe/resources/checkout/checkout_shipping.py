"""What it costs to bring what is sold in a Checkout session, or by a payment link
(https://docs.stripe.com/payments/during-payment/charge-shipping).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.products.shipping_rates import chosen_rate, cost_of

MOST_OPTIONS = 5
"""How many ways to bring it a session can offer (https://docs.stripe.com/api/checkout/sessions/create)."""

PARAM = "shipping_options"


def take_shipping(call: Call, session: Record, given: Sequence[Mapping[str, Any]]) -> None:
    """Take the ways that a request offers: the first of them is chosen until somebody chooses another.

    :raises StripeError: as :func:`offer_shipping`
    """
    offer_shipping(call, session, given, session["mode"])
    options = session["shipping_options"]
    session["shipping_cost"] = _cost(options[0]) if options else None


def choose_shipping(session: Record, rate: str) -> None:
    """The customer chooses one of the ways that a session offers.

    :raises StripeError: 400 where it is none of them
    """
    for option in session["shipping_options"]:
        if option["shipping_rate"] == rate:
            session["shipping_cost"] = _cost(option)
            return
    raise invalid("This is none of the shipping options.", "shipping_rate")


def offer_shipping(
    call: Call, owner: Record, given: Sequence[Mapping[str, Any]], mode: str
) -> None:
    """Offer ways to bring what is sold.

    :param owner: a session, or a payment link
    :param mode: the session's, or that of the link's sessions
    :raises StripeError: 400 where a rate does not exist, is archived, or costs nothing in the owner's currency
    """
    if given and mode != "payment":
        raise invalid("Only Checkout Sessions in `payment` mode support shipping options.", PARAM)
    if len(given) > MOST_OPTIONS:
        raise invalid(f"You can give at most {MOST_OPTIONS} shipping options.", PARAM)
    chosen = [
        chosen_rate(call, each, owner["currency"], f"{PARAM}[{place}]")
        for place, each in enumerate(given)
    ]
    owner["shipping_options"] = [
        {"shipping_amount": amount, "shipping_rate": rate} for rate, amount in chosen
    ]


def _cost(option: Record) -> Record:
    return cost_of(option["shipping_rate"], option["shipping_amount"])
