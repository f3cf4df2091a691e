"""The ASGI adapter: HTTP to plain values and back."""

from collections.abc import Callable

from localstack_shared.asgi import BodyTooLarge, ClientGone, Receive, Send, read_body
from localstack_shared.serving import ASGIApplication, Headers, Message
from localstack_stripe.api.messages import Request, Response

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a request that are read; files may be up to 16 MB at Stripe."""

TOO_LARGE: tuple[int, Headers, bytes] = (
    413,
    [(b"Content-Type", b"application/json")],
    b'{"error":{"message":"Request body is too large."}}',
)


def application(handle: Callable[[Request], Response]) -> ASGIApplication:
    """An ASGI application that answers with *handle*, on the event loop's own thread."""
    answer = at_once(handle)

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        try:
            status, headers, content = answer(scope, await read_body(receive, MAX_BODY))
        except BodyTooLarge:
            status, headers, content = TOO_LARGE
        except ClientGone:
            return  # half a request is none
        headers = [*headers, (b"Content-Length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content}
        )

    return serve


def at_once(
    handle: Callable[[Request], Response],
) -> Callable[[Message, bytes], tuple[int, Headers, bytes]]:
    """What answers a whole request with *handle*."""

    def answer(scope: Message, body: bytes) -> tuple[int, Headers, bytes]:
        response = handle(_request(scope, body))
        headers = [
            (name.encode("ascii"), value.encode("latin-1", "replace"))
            for name, value in response.headers.items()
        ]
        return response.status, headers, response.body

    return answer


def _request(scope: Message, body: bytes) -> Request:
    path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
    return Request(
        scope["method"],
        path.removeprefix(scope.get("root_path", "")),
        scope["query_string"].decode("latin-1"),
        {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body,
    )
