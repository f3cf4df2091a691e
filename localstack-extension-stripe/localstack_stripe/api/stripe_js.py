"""Requests as Stripe.js sends them: with its key, account and version among the parameters, so that a browser need not
ask beforehand whether it may send headers (https://fetch.spec.whatwg.org/#cors-safelisted-request-header).
"""

from dataclasses import replace
from urllib.parse import unquote_plus

from localstack_stripe.api.messages import Request

_HEADERS = {
    "key": "authorization",
    "_stripe_account": "stripe-account",
    "_stripe_version": "stripe-version",
}
"""The parameters that stand for headers."""

_FORM = "application/x-www-form-urlencoded"


def with_headers(request: Request) -> Request:
    """The request with the headers that its parameters stand for. One that has a key in its headers is as it is."""
    if "authorization" in request.headers:
        return request
    query, found = _taken_from(request.query)
    body = request.body
    if body and request.headers.get("content-type", "").startswith(_FORM):
        text, more = _taken_from(body.decode("latin-1"))
        body, found = text.encode("latin-1"), found | more
    if not found:
        return request
    return replace(request, query=query, body=body, headers={**request.headers, **found})


def _taken_from(form: str) -> tuple[str, dict[str, str]]:
    """A form without the parameters that stand for headers, and those headers."""
    left, headers = [], {}
    for piece in form.split("&"):
        name, _, value = piece.partition("=")
        if name in _HEADERS:
            text = unquote_plus(value)
            headers[_HEADERS[name]] = f"Bearer {text}" if name == "key" else text
        else:
            left.append(piece)
    return "&".join(left), headers
