"""The ASGI adapter: HTTP to plain values and back."""

from collections.abc import Awaitable, Callable

from localstack_shared.serving import ASGIApplication, Message
from localstack_stripe.api.messages import Request, Response

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request that are read; files may be up to 16 MB at Stripe."""


def application(handle: Callable[[Request], Response]) -> ASGIApplication:
    """An ASGI application that answers with *handle*, on the event loop's own thread."""

    async def serve(
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        body = await _read(receive)
        if body is None:
            response = Response(413, b'{"error":{"message":"Request body is too large."}}')
        else:
            response = handle(_request(scope, body))
        headers = [
            (name.encode("ascii"), value.encode("latin-1", "replace"))
            for name, value in response.headers.items()
        ]
        headers.append((b"Content-Length", b"%d" % len(response.body)))
        await send({"type": "http.response.start", "status": response.status, "headers": headers})
        content = b"" if scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": content})

    return serve


async def _read(receive: Callable[[], Awaitable[Message]]) -> bytes | None:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > MAX_BODY:
            return None
    return b"".join(chunks)


def _request(scope: Message, body: bytes) -> Request:
    path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
    return Request(
        scope["method"],
        path.removeprefix(scope.get("root_path", "")),
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body,
    )
