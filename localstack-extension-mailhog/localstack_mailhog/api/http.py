"""Requests and responses, as far as this API needs them, and how they cross ASGI."""

import asyncio
import contextlib
import dataclasses
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from localstack_shared.asgi import Receive, Send
from localstack_shared.serving import Headers, Message, first_of


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler needs to know of a request."""

    method: str
    path: str
    """Decoded, beginning with ``/``, without the prefix that the application is mounted under."""
    query: dict[str, list[str]]
    arguments: dict[str, str] = field(default_factory=dict)
    """What the route's pattern found in the path."""
    body: bytes = b""
    """Of a request that may change something."""

    def text(self, name: str) -> str:
        """A parameter of the query; empty where it is not there."""
        return self.query.get(name, [""])[0]

    def number(self, name: str, default: int) -> int:
        """A positive whole number of the query; *default* where it is anything else, as in MailHog."""
        text = self.text(name)
        number = int(text) if re.fullmatch(r"\+?[0-9]{1,18}", text) else 0
        return number or default


@dataclass(frozen=True, slots=True)
class Response:
    """A whole response."""

    body: bytes = b""
    content_type: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A response without an end: it is streamed until the client goes or the sink stops."""

    chunks: AsyncIterator[bytes]
    content_type: str


@dataclass(frozen=True, slots=True)
class Frames:
    """The answer to a websocket: text frames, until the client goes or the sink stops."""

    texts: AsyncIterator[str]


Handler = Callable[[Request], Awaitable[Response | Stream | Frames]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, and what answers them."""

    method: str
    path: str
    """With ``{name}`` where any one segment may stand."""
    pattern: re.Pattern[str]
    handler: Handler
    is_websocket: bool = False
    """Whether a websocket is opened there (RFC 6455), and no plain request answered."""
    is_public: bool = False
    """Whether everybody may ask, even where only users may do the rest."""
    at_once: "Callable[[Request], Response | None] | None" = None
    """Answers like the handler where that takes no time, and leaves the others to it."""


def route(
    method: str,
    path: str,
    handler: Handler,
    at_once: Callable[[Request], Response | None] | None = None,
) -> Route:
    """Make a route; the handler finds what stood for ``{name}`` among the request's arguments."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    return Route(method, path, re.compile(pattern), handler, at_once=at_once)


def public(path: str, handler: Handler) -> Route:
    """Make a route that everybody may get."""
    return dataclasses.replace(route("GET", path, handler), is_public=True)


def websocket(path: str, handler: Handler) -> Route:
    """Make a route to a websocket, whose handler returns :class:`Frames`."""
    return Route("GET", path, re.compile(re.escape(path)), handler, is_websocket=True)


def plain(status: int, text: str) -> Response:
    """A response that says something to a person."""
    return Response(f"{text}\n".encode(), "text/plain; charset=utf-8", status)


NOT_FOUND = plain(404, "404 page not found")
"""MailHog's answer to a path or a method that it does not know."""


def query_of(scope: Message) -> dict[str, list[str]]:
    """The parameters of a request's query string."""
    return parameters_of(scope["query_string"].decode("latin-1"))


def parameters_of(query: str) -> dict[str, list[str]]:
    """The parameters that a query string says."""
    try:
        return parse_qs(query, keep_blank_values=True)
    except ValueError:  # more parameters than the parser takes
        return {}


def path_of(scope: Message) -> str:
    """The path below what the application is mounted under: ASGI's ``path`` has ``root_path`` in front."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def header_of(scope: Message, name: bytes) -> bytes:
    """The first header of that name, which is in small letters; empty where there is none."""
    found: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return found


def headers_of(response: Response) -> Headers:
    """A response's headers but for its length."""
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
    ]
    if response.content_type:
        headers.append((b"content-type", response.content_type.encode("latin-1")))
    return headers


async def send_response(send: Send, response: Response) -> None:
    """Send a whole response."""
    headers = [(b"content-length", b"%d" % len(response.body)), *headers_of(response)]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def send_stream(
    receive: Receive, send: Send, stream: Stream, stopping: asyncio.Event
) -> None:
    """Send a stream until it ends, the client goes, or *stopping* is set."""
    headers = [
        (b"content-type", stream.content_type.encode("latin-1")),
        (b"cache-control", b"no-cache"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    # A first chunk at once, so that the client's library reports the connection as open.
    await send({"type": "http.response.body", "body": b"", "more_body": True})

    async def pump() -> None:
        async for chunk in stream.chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})

    await first_of(pump(), client_gone(receive), stopping.wait())
    await send({"type": "http.response.body", "body": b""})


WRITE_SECONDS = 10.0
"""How long a websocket's client may take to take a frame before it is left alone, as in MailHog."""

MOST_HEARD = 1
"""How many bytes a websocket's client may say at once: it has nothing to say."""

GOING_AWAY, TOO_BIG = 1001, 1009
"""Why a websocket is closed (RFC 6455, 7.4.1)."""


async def send_frames(
    receive: Receive, send: Send, frames: Frames, stopping: asyncio.Event
) -> None:
    """Accept a websocket and send frames until the client goes or is too slow, or *stopping* is set."""
    await receive()  # that it wants to be connected
    await send({"type": "websocket.accept"})
    said_too_much = asyncio.Event()

    async def pump() -> None:
        async for text in frames.texts:
            async with asyncio.timeout(WRITE_SECONDS):
                await send({"type": "websocket.send", "text": text})

    async def listen() -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            if len(message.get("text") or message.get("bytes") or b"") > MOST_HEARD:
                said_too_much.set()
                return

    with contextlib.suppress(TimeoutError):
        await first_of(pump(), listen(), stopping.wait())
    if stopping.is_set() or said_too_much.is_set():
        code = TOO_BIG if said_too_much.is_set() else GOING_AWAY
        await send({"type": "websocket.close", "code": code})


async def client_gone(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass
