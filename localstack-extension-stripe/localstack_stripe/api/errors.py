"""An error as Stripe answers it: status, body, headers (https://docs.stripe.com/api/errors)."""

from typing import Any

from localstack_stripe.api.messages import MAX_BODY
from localstack_stripe.engine.errors import OAuthError, StripeError, doc_url

_NOT_ON_THE_PAGE = frozenset({"not_found", "property_expansion_max_depth"})
"""Codes that https://docs.stripe.com/error-codes does not list, so that Stripe's errors do not lead there."""

_OF_NOBODY = frozenset({"account_invalid"})
"""Codes of errors that say, as those of wrong keys do, that it is not known whose request it was."""


def in_words_of_v2(error: StripeError) -> StripeError:
    """An error as v2 says it, where that is otherwise than in v1
    (https://docs.stripe.com/api/v2/core/event_destinations/delete#errors).
    """
    if error.status == 404 and error.code == "resource_missing":
        error.code = "not_found"
    elif error.type == "idempotency_error":
        error.status = 409
    return error


def error_body(error: StripeError, log_url: str | None = None) -> dict[str, Any]:
    """The body of an error's answer.

    :param log_url: where the request can be looked up. Stripe does not say it where it does not know whose it was
    """
    if isinstance(error, OAuthError):
        return {"error": error.code, "error_description": error.message}
    body = error.body()
    if error.code is not None and error.code not in _NOT_ON_THE_PAGE:
        body["doc_url"] = doc_url(error.code)
    if log_url is not None and error.status != 401 and error.code not in _OF_NOBODY:
        body["request_log_url"] = log_url
    return {"error": dict(sorted(body.items()))}


def unexpected_error() -> StripeError:
    """What a client is told when the emulator itself has failed; the log has the traceback."""
    return StripeError(
        "An unexpected error occurred in the Stripe emulator. Its log has the details, under this request's id.",
        type="api_error",
        status=500,
    )


def errand_left() -> StripeError:
    """A request needs something that is done outside, and whoever brings it cannot wait for that."""
    return StripeError(
        "The Stripe emulator has to ask another server for this, which only a request over its port can wait for, and only "
        "as long as it runs.",
        type="api_error",
        status=503,
    )


def forgotten_meanwhile() -> StripeError:
    """Everything that a request was about has been forgotten while something was done outside for it."""
    return StripeError(
        "The account was reset while the Stripe emulator waited for another server: what came of that is not kept."
    )


def too_large() -> StripeError:
    """A request's body has more bytes than are read."""
    return StripeError(
        f"The request's body is too large: at most {MAX_BODY >> 20} MB are read.", status=413
    )
