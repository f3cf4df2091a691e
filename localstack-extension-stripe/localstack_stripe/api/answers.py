"""Answers: the headers that every one has, and the bodies of results and errors."""

import logging
from typing import Any

import orjson

from localstack_stripe.api.errors import error_body, unexpected_error
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.ids import IdGenerator

LOG = logging.getLogger(__name__)

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Expose-Headers": "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry",
    "Access-Control-Max-Age": "300",
}
"""Stripe.js calls the API from the page's origin, whatever it is."""

PREFLIGHT = Response(200, b"", CORS)


def headers_for(request: Request, ids: IdGenerator, version: str) -> dict[str, str]:
    """The headers of the answer to *request*.

    :param version: the API version that is served
    """
    headers = {
        "Content-Type": "application/json",
        "Request-Id": "req_" + ids.text(14),
        "Stripe-Version": request.headers.get("stripe-version", version),
        **CORS,
    }
    if "idempotency-key" in request.headers:
        headers["Idempotency-Key"] = request.headers["idempotency-key"]
    return headers


def answer(status: int, body: Any, headers: dict[str, str]) -> Response:
    """A response with a JSON body, indented as Stripe's are."""
    return Response(status, orjson.dumps(body, option=orjson.OPT_INDENT_2), headers)


def failed(request: Request, headers: dict[str, str]) -> Response:
    """The answer where the emulator itself has failed: no traceback to the client, and one in the log."""
    LOG.exception("%s: %s %s failed", headers["Request-Id"], request.verb, request.path)
    error = unexpected_error()
    return answer(error.status, error_body(error), headers)
