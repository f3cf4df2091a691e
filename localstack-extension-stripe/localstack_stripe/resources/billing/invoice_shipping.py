"""What it costs to bring what an invoice bills (https://docs.stripe.com/api/invoices/create#create_invoice-shipping_cost)."""

from typing import NamedTuple

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.products.shipping_rates import chosen_rate, cost_of

PARAM = "shipping_cost"


def take_shipping(call: Call, invoice: Record) -> None:
    """Take the rate that a request names or describes, or do without one where it says so.

    :raises StripeError: 400 where it does not exist, is archived, or costs nothing in the invoice's currency
    """
    if PARAM not in call.params:
        return
    given = call.params[PARAM]
    invoice[PARAM] = (
        cost_of(*chosen_rate(call, given, invoice["currency"], PARAM)) if given else None
    )


class Shipping(NamedTuple):
    """What an invoice asks for shipping, in minor units.

    :param amount: what the rate says
    :param total: with the taxes on it
    :param net: without any taxes
    """

    amount: int = 0
    total: int = 0
    net: int = 0


def shipping_of(invoice: Record) -> Shipping:
    """What an invoice asks for shipping, once its taxes are known."""
    cost = invoice[PARAM]
    if not cost:
        return Shipping()
    total = cost["amount_total"]
    return Shipping(cost["amount_subtotal"], total, total - cost["amount_tax"])
