"""Forwarding requests (https://docs.stripe.com/api/forwarding/forwarding_requests): sent on with the details of a card, to any
address, and kept with what was answered.

The details are those of Stripe's test cards. Which CVC was typed is not kept: where there is one, it is 123, or 1234 for
American Express.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import orjson

from localstack_stripe.engine.behaviours import Call, operation
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid, not_emulated
from localstack_stripe.engine.schedule import due
from localstack_stripe.engine.store import Record
from localstack_stripe.engine.work import UnitOfWork
from localstack_stripe.resources.forwarding.card_replacements import (
    Details,
    filled,
    without_middle,
)
from localstack_stripe.resources.forwarding.destinations import Header, Incoming, Outgoing, send
from localstack_stripe.resources.payment_methods.payment_methods import bank_card, obtain

REQUEST = "forwarding.request"

_KEPT = 30 * DAY
"""How long it is kept what was sent and answered, in seconds."""

_CVC_USED = "cvc forwarded"
"""Noted of a payment method whose CVC was sent on, which is done once."""

_DETAILS = ("request_context", "request_details", "response_details")

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_OURS = frozenset({"connection", "content-length", "host", "transfer-encoding", "user-agent"})
"""Headers that are not the sender's to choose."""

_SECRET = frozenset({"authorization", "cookie", "proxy-authorization"})

_REDACTED = "[REDACTED]"


@operation("POST /v1/forwarding/requests")
def forward(call: Call) -> Record:
    """Send a request on, and keep it with its answer (https://docs.stripe.com/api/forwarding/forwarding_requests/create).

    :raises StripeError: 400 ``forwarding_api_invalid_parameter`` where it cannot be sent, 402, 502 or 504 where there is no
        answer
    """
    work, params = call.work, call.params
    method = obtain(work, params["payment_method"], "payment_method")
    replacements = params["replacements"]
    details = _details(work, method)
    given = params.get("request") or {}
    url, headers, body = _url(params["url"]), _headers(given), _body(given)
    for place, each in enumerate(replacements):
        if each == "request_signature":
            raise not_emulated(f"replacements[{place}]")
    sent = _text(body, details, replacements).encode()
    answer = call.outside(partial(send, Outgoing(url, headers, sent)))
    if "card_cvc" in replacements:
        work.note(method, _CVC_USED)
    return work.create(
        REQUEST,
        metadata=dict(params.get("metadata") or {}),
        payment_method=method["id"],
        replacements=list(replacements),
        request_context={
            "destination_duration": answer.milliseconds,
            "destination_ip_address": answer.address,
        },
        request_details={
            "body": _text(body, details.redacted, replacements),
            "headers": _shown(
                [each for each in headers if each[0] not in ("Accept", "User-Agent")]
            ),
            "http_method": "POST",
        },
        response_details=_answered(answer, details),
        url=url,
    )


def _details(work: UnitOfWork, method: Record) -> Details:
    card = bank_card(method) if method["type"] == "card" else None
    if card is None:
        raise _wrong("Only cards can be forwarded.", "payment_method")
    shown = method["card"]
    if (shown.get("wallet") or {}).get("type") == "link":
        raise _wrong("Cards that are saved with Link cannot be forwarded.", "payment_method")
    # Whatever asks the bank about the CVC uses it up.
    has_cvc = (shown["checks"] or {}).get("cvc_check") == "unchecked"
    has_cvc = has_cvc and not work.noted(method, _CVC_USED)
    cvc = "1234" if shown["brand"] == "amex" else "123"
    return Details(
        card.number,
        f"{shown['exp_month']:02}",
        str(shown["exp_year"]),
        cvc if has_cvc else "",
        method["billing_details"]["name"] or "",
    )


def _url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_known = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_known = False
    if not is_known or not url.isascii() or not url.isprintable() or " " in url or "@" in url:
        raise _wrong("This is no address that a request can be sent to.", "url")
    return url


def _headers(given: Mapping[str, Any]) -> list[Header]:
    """What is sent: Stripe's headers, and those of the request."""
    own: list[Header] = []
    for place, each in enumerate(given.get("headers") or ()):
        name, value = each["name"], each["value"]
        if not _NAME.fullmatch(name) or name.lower() in _OURS:
            raise _wrong("This header cannot be sent.", f"request[headers][{place}][name]")
        if not _VALUE.fullmatch(value):
            raise _wrong("This header cannot be sent.", f"request[headers][{place}][value]")
        own.append((name, value))
    if not any(name.lower() == "content-type" for name, _ in own):
        own.insert(0, ("Content-Type", "application/json"))
    return [("User-Agent", "Stripe"), ("Accept", "*/*"), *own]


def _body(given: Mapping[str, Any]) -> Any:
    """The body as JSON has it, or nothing where there is none."""
    if not given.get("body"):
        return None
    try:
        return orjson.loads(given["body"])
    except orjson.JSONDecodeError:
        raise not_emulated("request[body]") from None  # XML, which some destinations take


def _text(body: Any, details: Details, replacements: Collection[str]) -> str:
    """A body with the details of a card, as text; empty where there is none."""
    if body is None:
        return ""
    try:
        return json.dumps(filled(body, details, replacements))
    except RecursionError:
        raise _wrong("The body is nested too deeply.", "request[body]") from None


def _shown(headers: Sequence[Header]) -> list[Record]:
    return [
        {"name": name, "value": _REDACTED if name.lower() in _SECRET else value}
        for name, value in headers
    ]


def _answered(answer: Incoming, details: Details) -> Record:
    text = answer.body.decode("utf-8", "replace")
    return {
        "body": text.replace(details.number, without_middle(details.number)),
        "headers": _shown(answer.headers),
        "status": answer.status,
    }


def _forgotten_at(work: UnitOfWork, request: Record) -> int | None:
    return int(request["created"]) + _KEPT if request["request_details"] is not None else None


@due(REQUEST, next=_forgotten_at)
def forget(work: UnitOfWork, request: Record) -> None:
    """What was sent and answered is not kept any longer."""
    work.change(request).update(dict.fromkeys(_DETAILS))


def _wrong(message: str, param: str) -> StripeError:
    return invalid(message, param, "forwarding_api_invalid_parameter")
