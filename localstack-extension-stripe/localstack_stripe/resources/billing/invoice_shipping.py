"""What it costs to bring what an invoice bills (https://docs.stripe.com/api/invoices/create#create_invoice-shipping_cost)."""

from localstack_stripe.engine.behaviours import Call
from localstack_stripe.engine.errors import not_emulated
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


def refuse_taxed(invoice: Record) -> None:
    """Refuse shipping beside automatic tax, which would have to find the tax of it.

    :raises StripeError: 400
    """
    if invoice[PARAM] and invoice["automatic_tax"]["enabled"]:
        raise not_emulated(PARAM)


def shipping_of(invoice: Record) -> int:
    """What an invoice asks for shipping, in minor units."""
    return int(invoice[PARAM]["amount_total"]) if invoice[PARAM] else 0
