"""The ASGI adapter: HTTP to plain values and back."""

import asyncio
from collections.abc import Callable, Mapping

from localstack_shared.asgi import BodyTooLarge, ClientGone, Receive, Send, read_body
from localstack_shared.http_exchange import lines_of_text
from localstack_shared.serving import AnswerAtOnce, ASGIApplication, Message
from localstack_stripe.api.messages import MAX_BODY, Request, Response, encoded


def application(handle: Callable[[Request], Response]) -> ASGIApplication:
    """An ASGI application that answers with *handle*, on the event loop's own thread."""

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        try:
            request = _request(scope, await read_body(receive, MAX_BODY))
        except BodyTooLarge:
            request = _request(scope, b"", too_large=True)
        except ClientGone:
            return  # half a request is none
        response = handle(request)
        if response.delay:
            await asyncio.sleep(response.delay)
        content = response.body
        headers = [*encoded(response.headers), (b"Content-Length", b"%d" % len(content))]
        start = {"type": "http.response.start", "status": response.status, "headers": headers}
        await send(start)
        if response.cut:
            half = content[: len(content) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
            raise ClientGone  # as far as this answer goes: the connection ends
        await send(
            {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content}
        )

    return serve


def at_once(handle: Callable[[Request], Response], waits: Callable[[], object]) -> AnswerAtOnce:
    """What answers a whole request with *handle*.

    :param waits: whether an answer may have to be held back or broken off, which the application does
    """

    def answer(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | None:
        if waits():
            return None
        base = f"http://{headers.get('host', 'localhost')}"
        response = handle(Request(method, path, query, headers, body, base))
        return response.status, response.standing.lines + lines_of_text(response.own), response.body

    return answer


def _request(scope: Message, body: bytes, *, too_large: bool = False) -> Request:
    path = scope["raw_path"].decode("latin-1") if scope.get("raw_path") else scope["path"]
    prefix = scope.get("root_path", "")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Request(
        scope["method"],
        path.removeprefix(prefix),
        scope["query_string"].decode("latin-1"),
        headers,
        body,
        f"{scope['scheme']}://{headers.get('host', 'localhost')}{prefix}",
        too_large,
    )
