"""Answers: the headers that every one has, and the bodies of results and errors."""

import logging
import traceback
from typing import Any

from localstack_stripe.api.authentication import LiveKey
from localstack_stripe.api.errors import error_body, in_words_of_v2, unexpected_error
from localstack_stripe.api.idempotency import key_of
from localstack_stripe.api.messages import Request, Response, Standing
from localstack_stripe.api.redaction import without_live_keys
from localstack_stripe.engine.errors import StripeError
from localstack_stripe.engine.ids import IdGenerator
from localstack_stripe.engine.text import dumped

LOG = logging.getLogger(__name__)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry, "
    "X-Stripe-External-Auth-Required, X-Stripe-Privileged-Session-Required",
    "Access-Control-Max-Age": "300",
    "Vary": "Origin",
}
"""Stripe.js calls the API from the page's origin, whatever it is."""

PREFLIGHT = Response(200, b"", {}, Standing(CORS))

OF_CONTENT = Standing({"Cache-Control": "no-cache, no-store", **CORS})
"""The headers of every answer that has content of a type of its own, as a file has."""

OF_JSON = Standing({"Content-Type": "application/json", **OF_CONTENT.headers})
"""The headers of every other answer."""


def headers_for(request: Request, ids: IdGenerator, version: str) -> dict[str, str]:
    """The headers of the answer to *request* that are its own.

    :param version: the API version that is served
    """
    id = "req_" + ids.text(14)
    headers = {"Request-Id": id, "Stripe-Version": version}
    key = request.headers.get("idempotency-key")
    if key is not None:
        headers["Idempotency-Key"] = key
        if key_of(request) is not None:
            headers["Original-Request"] = id
    return headers


def answer(status: int, body: Any, headers: dict[str, str]) -> Response:
    """A response with a JSON body, indented as Stripe's are.

    :param body: its text, or what is yet to be written
    """
    if not isinstance(body, bytes):
        body = dumped(body)
    return Response(status, body, headers, OF_JSON)


def refusal(request: Request, error: StripeError, headers: dict[str, str]) -> Response:
    """The answer that is an error."""
    if isinstance(error, LiveKey):
        LOG.warning("A live key was sent to %s and refused. Use a test key here.", error.where)
    if request.is_v2:
        error = in_words_of_v2(error)
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="Stripe"'
    log_url = f"{request.base}/_emulator/requests/{headers['Request-Id']}"
    return answer(error.status, error_body(error, log_url), headers)


def failed(request: Request, headers: dict[str, str]) -> Response:
    """The answer where the emulator itself has failed: no traceback to the client, and one in the log."""
    what = f"{headers['Request-Id']}: {request.verb} {request.path} failed"
    LOG.error("%s", without_live_keys(f"{what}\n{traceback.format_exc()}"))
    return refusal(request, unexpected_error(), headers)
