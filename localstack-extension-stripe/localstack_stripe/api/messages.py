"""A request and a response as plain values: what the pipeline takes and gives, without I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from localstack_shared.http_exchange import lines_of_text
from localstack_shared.serving import Headers
from localstack_stripe.engine.errands import Brought

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request that are read; files may be up to 16 MB at Stripe."""


# Neither is frozen, although nothing changes them: making one would take as long as answering some requests does.


@dataclass(slots=True)
class Request:
    """One HTTP request.

    :param path: decoded no further than the server leaves it: ``%2F`` inside an id is kept
    :param headers: by lower-case name
    :param base: what the client has before the path: scheme, host, and the prefix of a gateway
    :param too_large: whether the body had more than :data:`MAX_BODY` bytes; it is left out then
    """

    verb: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = ""
    too_large: bool = False

    @property
    def is_v2(self) -> bool:
        """Whether it is for the namespace ``/v2`` (https://docs.stripe.com/api-v2-overview)."""
        return self.path.startswith("/v2/")


def encoded(headers: Mapping[str, str]) -> Headers:
    """Headers as the wire has them."""
    return [
        (name.encode("ascii"), value.encode("latin-1", "replace"))
        for name, value in headers.items()
    ]


class Standing:
    """Headers that are the same in many answers, and so are written once."""

    __slots__ = ("headers", "lines")

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers
        self.lines = lines_of_text(headers)


NO_STANDING = Standing({})


class Errand(NamedTuple):
    """What has to be done before there is an answer.

    :param run: does it, in a thread
    :param go_on: gives the answer, on the loop, or the next errand
    """

    run: Callable[[], Any]
    go_on: Callable[[Brought], "Response"]


@dataclass(slots=True)
class Response:
    """One HTTP response.

    :param body: it may be kept: it holds on to nothing more than its own bytes
    :param own: the headers that are not in *standing*
    """

    status: int
    body: bytes
    own: Mapping[str, str] = field(default_factory=dict)
    standing: Standing = NO_STANDING
    delay: float = 0.0
    """Seconds that it is held back."""
    cut: bool = False
    """Whether it breaks off in the middle."""
    errand: Errand | None = None
    """What has to be done first: what comes of that is the answer, and this is one for who cannot do it."""

    @property
    def headers(self) -> dict[str, str]:
        """All headers."""
        return {**self.standing.headers, **self.own}
