"""The ASGI adapter: HTTP to plain values and back."""

import asyncio
from collections.abc import Callable, Mapping, Sized
from functools import partial

from localstack_shared.asgi import BodyTooLarge, ClientGone, Receive, Send, read_body
from localstack_shared.beside import beside
from localstack_shared.http_exchange import lines_of_text
from localstack_shared.serving import AnswerAtOnce, ASGIApplication, Message, first_of
from localstack_stripe.api.messages import MAX_BODY, Request, Response, encoded
from localstack_stripe.engine.errands import brought_by


def application(handle: Callable[[Request], Response], stopping: asyncio.Event) -> ASGIApplication:
    """An ASGI application that answers with *handle*, on the event loop's own thread.

    :param stopping: set when the emulator stops; nobody waits for an errand then
    """

    async def serve(scope: Message, receive: Receive, send: Send) -> None:
        try:
            request = _request(scope, await read_body(receive, MAX_BODY))
        except BodyTooLarge:
            request = _request(scope, b"", too_large=True)
        except ClientGone:
            return  # half a request is none
        await _answer(handle(request), scope, send, stopping)

    return serve


async def _answer(response: Response, scope: Message, send: Send, stopping: asyncio.Event) -> None:
    """Send a response, when what it waits for has been done outside, or when nobody can wait any longer."""
    while response.errand is not None:
        run, go_on = response.errand
        bringing = asyncio.ensure_future(beside("stripe-errand", partial(brought_by, run)))
        await first_of(bringing, stopping.wait())
        if bringing.cancelled():
            break
        response = go_on(bringing.result())
    if response.delay:
        await asyncio.sleep(response.delay)
    content = response.body
    headers = [*encoded(response.headers), (b"Content-Length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.cut:
        half = content[: len(content) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
        raise ClientGone  # as far as this answer goes: the connection ends
    await send(
        {"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content}
    )


def at_once(
    handle: Callable[[Request], Response], waits: Sized, stopping: asyncio.Event
) -> AnswerAtOnce:
    """What answers a whole request with *handle*.

    :param waits: what there is because of which an answer may have to be held back or broken off, which the application does
    :param stopping: as of :func:`application`
    """

    def answer(
        method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | ASGIApplication | None:
        if waits:
            return None
        base = f"http://{headers.get('host', 'localhost')}"
        response = handle(Request(method, path, query, headers, body, base))
        if response.errand is not None:
            return lambda scope, receive, send: _answer(response, scope, send, stopping)
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
