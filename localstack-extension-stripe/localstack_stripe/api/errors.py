"""An error as Stripe answers it: status, body, headers (https://docs.stripe.com/api/errors)."""

from typing import Any

from localstack_stripe.engine.errors import StripeError

DOC_URL = "https://stripe.com/docs/error-codes/"


def error_body(error: StripeError) -> dict[str, Any]:
    """The body of an error's answer."""
    body = error.body()
    if error.code is not None:
        body["doc_url"] = DOC_URL + error.code.replace("_", "-")
    return {"error": dict(sorted(body.items()))}


def unexpected_error() -> StripeError:
    """What a client is told when the emulator itself has failed; the log has the traceback."""
    return StripeError(
        "An unexpected error occurred in the Stripe emulator. Its log has the details, under this request's id.",
        type="api_error",
        status=500,
    )
