"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests).

The first result is kept for a day from when the operation began to run, whatever it was; a refused parameter is not
kept, so that the request can be corrected under the same key.
"""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid

MAX_KEY_LENGTH = 255
MAX_KEPT = 10_000
"""Results kept of one account: SDKs send a key with every POST, and memory must not grow with them."""


@dataclass(frozen=True, slots=True)
class _Kept:
    fingerprint: bytes
    response: Response
    until: int


class IdempotencyKeys:
    """The results of one emulator's requests by account and key."""

    def __init__(self) -> None:
        self._kept: dict[str, OrderedDict[str, _Kept]] = {}

    def replay(self, account: str, request: Request, now: int) -> Response | None:
        """The kept result of an earlier request with the same key, or nothing.

        :raises StripeError: 400 where the key is too long, or (``idempotency_error``) was used for something else
        """
        key = key_of(request)
        if key is None:
            return None
        if len(key) > MAX_KEY_LENGTH:
            raise invalid(f"Idempotency keys can be at most {MAX_KEY_LENGTH} characters long.")
        of_account = self._kept.get(account)
        kept = of_account.get(key) if of_account else None
        if kept is None or kept.until <= now:
            return None
        if kept.fingerprint != _fingerprint(request):
            raise StripeError(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
            )
        original = kept.response.headers["Request-Id"]
        headers = {"Idempotent-Replayed": "true", "Original-Request": original}
        return Response(
            kept.response.status, kept.response.body, {**kept.response.headers, **headers}
        )

    def keep(self, account: str, request: Request, response: Response, now: int) -> None:
        """Keep the result of a request that has a key."""
        key = key_of(request)
        if key is None:
            return
        of_account = self._kept.setdefault(account, OrderedDict())
        of_account[key] = _Kept(_fingerprint(request), response, now + DAY)
        of_account.move_to_end(key)
        while len(of_account) > MAX_KEPT:
            of_account.popitem(last=False)

    def forget(self, account: str) -> None:
        """Forget the keys of an account."""
        self._kept.pop(account, None)


def key_of(request: Request) -> str | None:
    """The request's key; only a POST has one, since other verbs are idempotent by themselves."""
    key = request.headers.get("idempotency-key") if request.verb == "POST" else None
    return key or None


def _fingerprint(request: Request) -> bytes:
    digest = hashlib.sha256(f"{request.verb} {request.path}?{request.query}\n".encode())
    digest.update(request.body)
    return digest.digest()
