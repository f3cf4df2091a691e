"""A request and a response as plain values: what the pipeline takes and gives, without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_shared.http_exchange import lines_of_text
from localstack_shared.serving import Headers

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

    @property
    def headers(self) -> dict[str, str]:
        """All headers."""
        return {**self.standing.headers, **self.own}
