"""The last requests, as Stripe's Dashboard has them in its log; an error's ``request_log_url`` leads there."""

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from localstack_stripe.api.authentication import authenticate
from localstack_stripe.api.decoding import decode
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.api.redaction import without_live_keys
from localstack_stripe.engine.clock import Timestamp
from localstack_stripe.engine.errors import StripeError

MAX_BODY = 64 * 1024
"""Bytes of a request's or an answer's body that are kept; of a longer one only its length is."""

SECRET = frozenset({"client_secret", "cvc", "key", "number", "secret"})
"""Names of what nobody should find in a log."""

REDACTED = "[redacted]"

_KEY = re.compile(r"\b((?:sk|rk|ek)_(?:org_)?test_)\w+", re.ASCII)

_TOLD = ("idempotency-key", "stripe-account", "stripe-context", "stripe-version", "user-agent")
"""The headers of a request that are shown."""


@dataclass(slots=True)
class _Logged:
    id: str
    at: Timestamp
    seconds: float
    request: Request
    response: Response
    sizes: tuple[int, int]
    """How many bytes the bodies had."""


class RequestLog:
    """The last requests and their answers.

    :param size: how many are kept; 0 for none
    """

    def __init__(self, size: int) -> None:
        self._kept: deque[_Logged] = deque(maxlen=size)

    def add(self, request: Request, response: Response, at: Timestamp, seconds: float) -> None:
        """Keep a request and its answer.

        :param seconds: how long the answer took
        """
        id = response.own.get("Request-Id")
        if id is not None:
            sizes = (len(request.body), len(response.body))
            if sizes[0] > MAX_BODY:
                request = replace(request, body=b"")
            if sizes[1] > MAX_BODY:
                response = replace(response, body=b"")
            self._kept.append(_Logged(id, at, seconds, request, response, sizes))

    def requests(self) -> Iterator[dict[str, Any]]:
        """Each kept request in short, the newest first."""
        return (_summary(each) for each in reversed(self._kept))

    def request(self, id: str) -> dict[str, Any] | None:
        """A kept request with all that is known of it, or nothing."""
        found = next((each for each in reversed(self._kept) if each.id == id), None)
        return None if found is None else _summary(found) | _details(found)

    def forget(self, account: str) -> None:
        """Forget the requests of an account."""
        left = [each for each in self._kept if _account(each) != account]
        self._kept.clear()
        self._kept.extend(left)


def _summary(logged: _Logged) -> dict[str, Any]:
    return {
        "id": logged.id,
        "created": logged.at,
        "account": _account(logged),
        "method": logged.request.verb,
        "path": without_live_keys(logged.request.path),
        "status": logged.response.status,
        "milliseconds": round(logged.seconds * 1000, 3),
        "level": logged.response.own.get("Stripe-Emulator-Level"),
    }


def _account(logged: _Logged) -> str | None:
    named = logged.response.own.get("Stripe-Account")
    if named is not None:
        return named
    try:
        return authenticate(logged.request).account
    except StripeError:
        return None


def _details(logged: _Logged) -> dict[str, Any]:
    headers = logged.request.headers
    details = {
        "request": {
            "headers": {name: headers[name] for name in _TOLD if name in headers},
            "params": _params(logged.request, logged.sizes[0]),
        },
        "response": {
            "headers": logged.response.headers,
            "body": _body(logged.response, logged.sizes[1]),
        },
    }
    text = without_live_keys(orjson.dumps(details).decode())
    told: dict[str, Any] = orjson.loads(_KEY.sub(r"\1…", text))
    return told


def _params(request: Request, size: int) -> Any:
    if size > MAX_BODY:
        return f"{size} bytes"
    try:
        return _redacted(decode(request))
    except StripeError:
        return request.body.decode("utf-8", "replace")


def _body(response: Response, size: int) -> Any:
    if size > MAX_BODY:
        return f"{size} bytes"
    try:
        return _redacted(orjson.loads(response.body))
    except orjson.JSONDecodeError:
        return f"{size} bytes"


def _redacted(value: Any) -> Any:
    match value:
        case Mapping():
            return {
                name: REDACTED if name in SECRET and isinstance(each, str) else _redacted(each)
                for name, each in value.items()
            }
        case list():
            return [_redacted(each) for each in value]
        case str() | int() | float() | None:
            return value
    return str(value)  # a file
