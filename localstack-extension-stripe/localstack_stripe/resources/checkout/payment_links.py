"""Payment links (https://docs.stripe.com/api/payment-link): a Checkout page that many customers can use."""

from localstack_stripe.engine.behaviours import Call, before_create, refuses
from localstack_stripe.engine.errors import invalid
from localstack_stripe.engine.store import Record
from localstack_stripe.resources.billing.line_items import add_items

refuses(("POST /v1/payment_links",), "optional_items", "shipping_options")


@before_create("payment_link")
def complete(call: Call, link: Record) -> None:
    """Work out what is sold (https://docs.stripe.com/api/payment-link/create)."""
    if not call.params["line_items"]:
        raise invalid("You must pass at least one line item.", "line_items")
    items = add_items(call.work, link, call.params["line_items"])
    link["currency"] = items[0]["currency"]
