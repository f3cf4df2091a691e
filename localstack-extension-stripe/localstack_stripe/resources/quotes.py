"""Quotes (https://docs.stripe.com/quotes): as PDF they are refused, since no PDF is made here."""

from localstack_stripe.engine.behaviours import Call, operation, require_path
from localstack_stripe.engine.content import Content
from localstack_stripe.engine.errors import StripeError


@operation("GET /v1/quotes/{quote}/pdf")
def pdf(call: Call) -> Content:
    """The PDF of a quote that exists (https://docs.stripe.com/api/quotes/pdf).

    :raises StripeError: always: 404 where there is no such quote, else 400
    """
    require_path(call, "quote", "quote")
    raise StripeError(
        "The Stripe emulator does not emulate GET /v1/quotes/{quote}/pdf: it makes no PDFs, and does not answer with "
        "an empty one."
    )
