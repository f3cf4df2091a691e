"""Faults on demand: what a test makes the next requests meet, to see what its application does then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from localstack_stripe.api.authentication import authenticate
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.errors import StripeError, invalid

MAX_DELAY = 300.0
"""Seconds that an answer may be held back: longer than any SDK waits."""

RATE_LIMITED = StripeError(
    "Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode. You can learn more "
    "about rate limits here https://stripe.com/docs/rate-limits.",
    status=429,
    code="rate_limit",
)

_LIMITED_BY = {"Stripe-Rate-Limited-Reason": "global-rate"}
"""The header that says which limit was reached (https://docs.stripe.com/rate-limits)."""

_ENDS = ("error", "status", "rate_limit")
"""What is answered instead of doing what was asked."""

_THEN = frozenset({*_ENDS, "decline", "delay", "cut"})
_MATCH = ("account", "method", "path")
_ERROR = ("code", "decline_code", "message", "param", "status", "type")


@dataclass(slots=True)
class Fault:
    """What the next matching requests meet.

    :param account: whose requests; anyone's where there is none
    :param method: their verb; any where there is none
    :param path: their path, as a pattern: ``/v1/payment_intents*``
    :param times: how many requests are left to meet it
    :param error: what they are refused with, instead of being done
    :param decline: the reason with which the bank declines, whatever the card
    :param delay: seconds that their answer is held back
    :param cut: whether their answer breaks off in the middle, after what was asked is done
    """

    id: str
    account: str | None
    method: str | None
    path: str
    times: int
    error: StripeError | None
    decline: str | None
    delay: float
    cut: bool
    then: Mapping[str, Any]

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer has in its headers besides."""
        return _LIMITED_BY if self.error is RATE_LIMITED else {}

    def meets(self, request: Request, account: str | None) -> bool:
        """Whether a request is one of those."""
        return (
            self.account in (None, account)
            and self.method in (None, request.verb)
            and fnmatchcase(request.path, self.path)
        )

    def described(self) -> dict[str, Any]:
        """The fault as it was asked for, with how often it is still to happen."""
        match = {name: getattr(self, name) for name in _MATCH if getattr(self, name) is not None}
        return {"id": self.id, "match": match, "times": self.times, "then": dict(self.then)}

    def upon(self, response: Response) -> Response:
        """The answer, held back or broken off."""
        return replace(response, delay=self.delay, cut=self.cut)


class Faults:
    """The faults that are still to happen, in the order they were asked for."""

    def __init__(self) -> None:
        self.left: list[Fault] = []
        self._number = 0

    def add(self, params: Mapping[str, Any]) -> Fault:
        """Have the next requests meet a fault.

        :param params: ``match``, ``times`` and ``then``
        :raises StripeError: 400 where it cannot be understood
        """
        match, then = _hash(params, "match"), _hash(params, "then")
        _only(params, ("match", "times", "then"))
        _only(match, _MATCH)
        _only(then, _THEN)
        if not then:
            raise invalid(f"'then' says what happens: one or more of {', '.join(sorted(_THEN))}.")
        times = _number(params, "times", 1)
        if times < 1 or times != int(times):
            raise invalid("'times' must be a whole number, 1 or more.", "times")
        method = match.get("method")
        self._number += 1
        fault = Fault(
            id=f"fault_{self._number}",
            account=match.get("account"),
            method=str(method).upper() if method else None,
            path=str(match.get("path", "*")),
            times=int(times),
            error=_error(then),
            decline=then.get("decline"),
            delay=min(_number(then, "delay", 0.0), MAX_DELAY),
            cut=bool(then.get("cut")),
            then=then,
        )
        self.left.append(fault)
        return fault

    def next(self, request: Request) -> Fault | None:
        """The first fault that a request meets, which then has happened once more."""
        try:
            account: str | None = authenticate(request).account
        except StripeError:
            account = None
        account = request.headers.get("stripe-account", account)
        for fault in self.left:
            if fault.meets(request, account):
                fault.times -= 1
                if not fault.times:
                    self.left.remove(fault)
                return fault
        return None

    def forget(self, id: str | None = None) -> None:
        """Forget a fault, or all."""
        # In place: whoever asks whether there are any looks at this very list.
        self.left[:] = [each for each in self.left if id is not None and each.id != id]


def _hash(params: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = params.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"'{name}' must be an object.", name)
    return value


def _only(given: Mapping[str, Any], known: Any) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise invalid(f"Faults have no {', '.join(unknown)}; they have {', '.join(sorted(known))}.")


def _number(params: Mapping[str, Any], name: str, default: float) -> float:
    try:
        value = float(params.get(name, default))
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value < 1e9:
        raise invalid(f"'{name}' must be a number, not negative.", name)
    return value


def _error(then: Mapping[str, Any]) -> StripeError | None:
    """What a request is refused with, or nothing."""
    if "error" in then:
        error = _hash(then, "error")
        _only(error, _ERROR)
        status = int(_number(error, "status", 400))
        reason = {"decline_code": error["decline_code"]} if "decline_code" in error else {}
        return StripeError(
            str(error.get("message", "A fault that was asked for.")),
            type=str(error.get("type", "invalid_request_error")),
            status=_status(status),
            code=error.get("code"),
            param=error.get("param"),
            **reason,
        )
    if "status" in then:
        status = _status(int(_number(then, "status", 500)))
        kind = "api_error" if status >= 500 else "invalid_request_error"
        return StripeError("A fault that was asked for.", type=kind, status=status)
    return RATE_LIMITED if then.get("rate_limit") else None


def _status(status: int) -> int:
    if not 400 <= status <= 599:
        raise invalid("The status of an error is from 400 to 599.", "status")
    return status
