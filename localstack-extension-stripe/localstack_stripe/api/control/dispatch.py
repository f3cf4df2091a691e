"""Which of the emulator's own endpoints a request means, and its answer."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

import orjson

from localstack_stripe.api.authentication import DEFAULT_ACCOUNT, authenticate
from localstack_stripe.api.decoding import Tree, decode
from localstack_stripe.api.errors import error_body, unexpected_error
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.errors import StripeError, invalid
from localstack_stripe.engine.formats import is_digits
from localstack_stripe.engine.work import UnitOfWork

LOG = logging.getLogger(__name__)


class Asked(NamedTuple):
    """A request for one of the emulator's own endpoints.

    :param path: the values of the path's placeholders
    :param params: of the query and the body, form-encoded or JSON
    """

    request: Request
    path: Mapping[str, str]
    params: Tree

    @property
    def account(self) -> str:
        """The account that is meant: the parameter ``account``, else the key's, else the one of made-up keys."""
        named = self.params.get("account")
        if isinstance(named, str) and named:
            return named
        if self.request.headers.get("authorization"):
            return authenticate(self.request).account
        return DEFAULT_ACCOUNT


Endpoint = Callable[[Asked], Any]
"""What answers: the body as JSON has it, or a whole response."""


class Subject(Protocol):
    """Some endpoints about one thing."""

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers, by verb and path: ``GET /_emulator/requests/{id}``."""


class OnRecords:
    """Endpoints that read and change an account's records.

    :param begin: makes a unit of work for an account
    :param commit: makes what it changed everyone's
    """

    def __init__(
        self, begin: Callable[[str], UnitOfWork], commit: Callable[[UnitOfWork], None]
    ) -> None:
        self._begin = begin
        self._commit = commit


class Control:
    """What a test or a person does with the emulator itself."""

    def __init__(self, subjects: Iterable[Subject]) -> None:
        self._endpoints = [
            (*_split(key), endpoint)
            for subject in subjects
            for key, endpoint in subject.endpoints().items()
        ]
        self.keys = [f"{verb} /{'/'.join(segments)}" for verb, segments, _ in self._endpoints]
        paths = {key.partition(" ")[2] for key in self.keys if "/_" not in key}
        self._endings = tuple(path for path in paths if "{" not in path)
        self._beginnings = tuple(path.partition("{")[0] for path in paths if "{" in path)

    def answer(self, request: Request) -> Response | None:
        """The answer, where the path is one of the emulator's own; else nothing."""
        if not self._may_be_own(request.path):
            return None  # what nearly every request is for
        segments = [segment for segment in request.path.split("/") if segment]
        for verb, pattern, endpoint in self._endpoints:
            named = _match(pattern, segments) if verb == request.verb else None
            if named is not None:
                return _answered(endpoint, request, named)
        if segments[:1] == ["_emulator"]:
            verbs = {
                verb
                for verb, pattern, _ in self._endpoints
                if _match(pattern, segments) is not None
            }
            hint = f"; it takes {' and '.join(sorted(verbs))}" if verbs else ""
            message = f"The emulator has no {request.verb} {request.path}{hint}"
            return json_response(405 if verbs else 404, {"error": {"message": message}})
        return None

    def _may_be_own(self, path: str) -> bool:
        """Whether it is worth while to look whose a path is; one with doubled slashes is compared without them."""
        return (
            "/_" in path
            or path.endswith(self._endings)
            or path.startswith(self._beginnings)
            or "//" in path
        )


def _answered(endpoint: Endpoint, request: Request, path: dict[str, str]) -> Response:
    try:
        body = endpoint(Asked(request, path, _params(request)))
    except StripeError as error:
        return json_response(error.status, error_body(error))
    except Exception:
        LOG.exception("%s %s failed", request.verb, request.path)
        return json_response(500, error_body(unexpected_error()))
    return body if isinstance(body, Response) else json_response(200, body)


def _params(request: Request) -> Tree:
    """The parameters, of which those in the body may be JSON whatever it is sent as: curl's default is a form; what is put
    somewhere is a file.
    """
    if request.verb == "PUT":
        return decode(replace(request, body=b""))
    if request.body.lstrip()[:1] != b"{":
        return decode(request)
    try:
        body: Tree = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise invalid("The body is not valid JSON.") from None
    return decode(replace(request, body=b"")) | body


def is_true(value: Any) -> bool:
    """Whether a parameter says yes: JSON's ``true``, or text."""
    return value is True or (isinstance(value, str) and value.lower() in ("1", "true", "yes", "on"))


def whole_number(params: Tree, name: str, default: int) -> int:
    """A parameter that is a number, not negative.

    :raises StripeError: 400 where it is none
    """
    text = str(params.get(name, default))
    if not (is_digits(text) and len(text) < 16):
        raise invalid(f"{name} must be a whole number, not {text!r}", name)
    return int(text)


def outcome_of(params: Tree, known: Collection[str], default: str) -> str:
    """What came of something, by the parameter ``outcome``.

    :raises StripeError: 400 where it is none of those that are known
    """
    outcome = str(params.get("outcome", default))
    if outcome not in known:
        raise invalid(f"The outcome must be one of {', '.join(known)}.", "outcome")
    return outcome


def json_response(status: int, body: Any) -> Response:
    """A response with a JSON body."""
    written = orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(status, written, {"Content-Type": "application/json"})


def _split(key: str) -> tuple[str, list[str]]:
    verb, path = key.split(" ")
    return verb, path.strip("/").split("/")


def _match(pattern: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(segments):
        return None
    path = {}
    for expected, segment in zip(pattern, segments, strict=True):
        if expected.startswith("{"):
            path[expected[1:-1]] = segment
        elif expected != segment:
            return None
    return path
