"""Requests and responses, as far as this API needs them, and how they cross ASGI."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from localstack_shared.serving import Message

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler needs to know of a request."""

    method: str
    path: str
    """Decoded, beginning with ``/``, without the prefix that the application is mounted under."""
    query: dict[str, list[str]]
    arguments: dict[str, str] = field(default_factory=dict)
    """What the route's pattern found in the path."""

    def number(self, name: str, default: int) -> int:
        """A positive whole number of the query; *default* where it is anything else, as in MailHog."""
        text = self.query.get(name, [""])[0]
        number = int(text) if re.fullmatch(r"\+?[0-9]{1,18}", text) else 0
        return number or default

    def seconds(self, name: str, most: float) -> float:
        """A number of seconds of the query, from 0 to *most*; 0 where it is anything else."""
        text = self.query.get(name, [""])[0]
        return min(float(text), most) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", text) else 0.0


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


Handler = Callable[[Request], Awaitable[Response | Stream]]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path, and what answers them."""

    method: str
    path: str
    """With ``{name}`` where any one segment may stand."""
    pattern: re.Pattern[str]
    handler: Handler


def route(method: str, path: str, handler: Handler) -> Route:
    """Make a route; the handler finds what stood for ``{name}`` among the request's arguments."""
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    return Route(method, path, re.compile(pattern), handler)


NOT_FOUND = Response(b"404 page not found\n", "text/plain; charset=utf-8", 404)
"""MailHog's answer to a path or a method that it does not know."""


def query_of(scope: Message) -> dict[str, list[str]]:
    """The parameters of a request's query string."""
    try:
        return parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    except ValueError:  # more parameters than the parser takes
        return {}


def path_of(scope: Message) -> str:
    """The path below what the application is mounted under: ASGI's ``path`` has ``root_path`` in front."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


async def send_response(send: Send, response: Response) -> None:
    """Send a whole response."""
    headers = [(b"content-length", str(len(response.body)).encode())]
    if response.content_type:
        headers.append((b"content-type", response.content_type.encode("latin-1")))
    headers += [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers
    ]
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


async def client_gone(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def first_of(*waits: Awaitable[object]) -> None:
    """Wait until one of *waits* is done, and end the others; its error is raised here."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*tasks, return_exceptions=True)
