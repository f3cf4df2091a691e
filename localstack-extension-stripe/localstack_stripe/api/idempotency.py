"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests).

In v1 the first result is kept for a day from when the operation began to run, whatever it was; a refused parameter is
not kept, so that the request can be corrected under the same key. In v2 a success is kept for thirty days, and what
failed is tried again (https://docs.stripe.com/api-v2-overview#idempotency).
"""

import hashlib
import logging
from collections import OrderedDict
from collections.abc import Mapping
from math import inf
from time import monotonic
from typing import Any, NamedTuple

import orjson

from localstack_stripe.api.messages import NO_STANDING, Request, Response, Standing
from localstack_stripe.engine.clock import DAY
from localstack_stripe.engine.errors import StripeError, invalid

LOG = logging.getLogger(__name__)

MAX_KEY_LENGTH = 255
MAX_KEPT = 64 * 1024 * 1024
"""Bytes of all results that are kept: SDKs send a key with every POST, and memory must not grow with them for ever."""

_OVERHEAD = 512
"""About how many bytes a kept result takes besides its body."""


class Use(NamedTuple):
    """A request that has a key.

    :param fingerprint: tells its parameters apart, in whatever order and encoding they came
    :param is_v2: whether its result is kept as v2 keeps it
    """

    account: str
    key: str
    path: str
    fingerprint: bytes
    is_v2: bool


class _Kept(NamedTuple):
    use: Use
    status: int
    body: bytes
    standing: Standing
    request_id: str
    until: int
    sent: float
    """When the client has the result, on the monotonic clock; 0 where it has had it at once."""

    @property
    def size(self) -> int:
        return len(self.body) + _OVERHEAD


class IdempotencyKeys:
    """The results of one emulator's requests by account and key.

    :param most: how many bytes of results are kept; the oldest go first
    """

    def __init__(self, most: int = MAX_KEPT) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._has_warned = False

    def replay(self, use: Use, now: int, headers: dict[str, str]) -> Response | None:
        """The kept result of an earlier request with the same key, or nothing.

        :param headers: those of the answer to this request, which has its own id
        :raises StripeError: 400 where the key is too long, or (``idempotency_error``) was used for something else, which v2
            says with 409; 409 where the first request has not had its answer
        """
        if len(use.key) > MAX_KEY_LENGTH:
            raise invalid(f"Idempotency keys can be at most {MAX_KEY_LENGTH} characters long.")
        kept = self._kept.get((use.account, use.key))
        if kept is None or kept.until <= now:
            return None
        if kept.sent and monotonic() < kept.sent:
            raise _in_use(use.key)
        first = kept.use
        if first.path != use.path:
            what = (
                f"for the same endpoint they were first used for ('{use.path}' vs '{first.path}')"
            )
            raise _used(what, use.key)
        if first.fingerprint != use.fingerprint:
            raise _used("with the same parameters they were first used with", use.key)
        headers["Idempotent-Replayed"] = "true"
        headers["Original-Request"] = kept.request_id
        return Response(kept.status, kept.body, headers, kept.standing)

    def keep(self, use: Use, response: Response, now: int, held_back: float = 0.0) -> None:
        """Keep the result of a request that has a key, if it is one that is kept.

        :param held_back: seconds until the client has it
        """
        if use.is_v2 and response.status >= 400:
            return
        kept = _Kept(
            use,
            response.status,
            response.body,
            response.standing,
            response.own["Request-Id"],
            now + (30 * DAY if use.is_v2 else DAY),
            monotonic() + held_back if held_back else 0.0,
        )
        self._add(kept, now)

    def hold(self, use: Use, now: int) -> None:
        """Have a key in use until it is released."""
        self._add(_Kept(use, 0, b"", NO_STANDING, "", now + DAY, inf), now)

    def release(self, use: Use) -> None:
        """Have a key no longer in use for a request, unless it has been forgotten and is another's by now."""
        key = (use.account, use.key)
        kept = self._kept.get(key)
        if kept is not None and kept.use is use:
            self._drop(key)

    def _add(self, kept: _Kept, now: int) -> None:
        key = (kept.use.account, kept.use.key)
        self._drop(key)
        self._kept[key] = kept
        self._size += kept.size
        self._make_room(now)

    def forget(self, account: str) -> None:
        """Forget the keys of an account."""
        for key in [key for key in self._kept if key[0] == account]:
            self._drop(key)

    def _make_room(self, now: int) -> None:
        while self._kept:
            oldest, kept = next(iter(self._kept.items()))
            if kept.until > now and self._size <= self._most:
                return
            if kept.until > now and not self._has_warned:
                self._has_warned = True
                LOG.warning(
                    "Results of requests with idempotency keys come to more than %d MB; the oldest are forgotten before "
                    "their time. POST /_emulator/reset forgets an account's.",
                    self._most >> 20,
                )
            self._drop(oldest)

    def _drop(self, key: tuple[str, str]) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= kept.size


def key_of(request: Request) -> str | None:
    """The request's key: only a POST has one, and in v2 a DELETE; other requests are idempotent by themselves."""
    key = request.headers.get("idempotency-key")
    if not key:
        return None
    may = request.verb == "POST" or (request.verb == "DELETE" and request.is_v2)
    return key if may else None


def use_of(account: str, request: Request, params: Mapping[str, Any]) -> Use | None:
    """The use that a request makes of a key, if it has one."""
    key = key_of(request)
    if key is None:
        return None
    text = orjson.dumps(params, default=_digest_of_file, option=orjson.OPT_SORT_KEYS)
    fingerprint = hashlib.blake2b(request.verb.encode() + text, digest_size=16).digest()
    return Use(account, key, request.path, fingerprint, request.is_v2)


def _in_use(key: str) -> StripeError:
    return StripeError(
        "There is currently another in-progress request using this Idempotent Key (that probably means you submitted "
        f"twice, and the other request is still going through): {key}. Please try again later.",
        status=409,
        code="idempotency_key_in_use",
    )


def _used(how: str, key: str) -> StripeError:
    return StripeError(
        f"Keys for idempotent requests can only be used {how}. Try using a key other than '{key}' if you meant to "
        "execute a different request.",
        type="idempotency_error",
    )


def _digest_of_file(content: object) -> str:
    if isinstance(content, bytes):
        return hashlib.blake2b(content).hexdigest()
    raise TypeError(f"{type(content).__name__} is no parameter")
