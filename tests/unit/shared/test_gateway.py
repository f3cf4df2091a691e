"""The gateway's side: a WSGI request handed to an ASGI application on the emulator's loop, on LocalStack's router."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from localstack_shared.asgi import ClientGone
from localstack_shared.handoff import hand_off, scope_of
from localstack_shared.routing import GatewayMount
from localstack_shared.service import Endpoint
from localstack_shared.serving import Message, Serving
from tests.waiting import wait_until

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Echo:
    """A service that tells what it was asked, streams, or waits."""

    def __init__(self) -> None:
        self.serving = Serving("echo")
        self.application = self.answer
        self.ended = asyncio.Event()
        self.disconnected = False

    def start(self) -> None:
        self.serving.start([])

    def stop(self) -> None:
        self.serving.stop()

    def endpoints(self) -> list[Endpoint]:
        return []

    async def answer(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        body = (await receive())["body"]
        headers = [(b"x-path", scope["path"].encode()), (b"x-root", scope["root_path"].encode())]
        if path == "/broken":
            raise RuntimeError("broken")
        await send({"type": "http.response.start", "status": 201, "headers": headers})
        if path == "/stream":
            try:
                while not self.serving.stopping.is_set():
                    await send({"type": "http.response.body", "body": b"x", "more_body": True})
                    await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                self.disconnected = True
                raise
        if path == "/cut":
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise ClientGone
        if path == "/silent":
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
            await receive()
            self.disconnected = True
        await send({"type": "http.response.body", "body": scope["raw_path"] + b"|" + body})


@pytest.fixture
def echo() -> Iterator[Echo]:
    service = Echo()
    service.start()
    yield service
    service.stop()


def environ(path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    made = EnvironBuilder(path=path, method=method, **more).get_environ()
    made["RAW_URI"] = path
    return made


def ask(echo: Echo, path: str, prefix: str = "", **more: Any) -> Response:
    return hand_off(echo.answer, echo.serving, environ(path, **more), prefix)


def test_status_headers_and_body_cross(echo: Echo) -> None:
    response = ask(echo, "/_extension/echo/a", "/_extension/echo", method="POST", data=b"body")

    assert response.status_code == 201
    assert response.headers["x-root"] == "/_extension/echo"
    assert response.get_data() == b"/_extension/echo/a|body"


def test_an_encoded_slash_stays_encoded_in_the_raw_path(echo: Echo) -> None:
    response = ask(echo, "/v1/products/a%2Fb")

    assert response.get_data() == b"/v1/products/a%2Fb|"
    assert response.headers["x-path"] == "/v1/products/a/b"


def test_a_stream_is_not_collected_before_it_is_sent(echo: Echo) -> None:
    chunks = iter(ask(echo, "/stream").iter_encoded())

    assert next(chunk for chunk in chunks if chunk) == b"x"


def test_a_client_that_leaves_ends_the_application(echo: Echo) -> None:
    response = ask(echo, "/stream")
    next(iter(response.iter_encoded()))

    response.close()

    wait_until(lambda: echo.disconnected)


def test_a_client_that_leaves_a_silent_stream_is_noticed(echo: Echo) -> None:
    response = ask(echo, "/silent")
    chunks = iter(response.iter_encoded())
    assert next(chunk for chunk in chunks if chunk) == b"x"

    # The gateway only learns of it when something is yielded: an empty chunk, which it does not send.
    assert next(chunks) == b""
    response.close()

    wait_until(lambda: echo.disconnected)


def test_an_answer_that_is_cut_ends_the_connection(
    echo: Echo, caplog: pytest.LogCaptureFixture
) -> None:
    chunks = iter(ask(echo, "/cut").iter_encoded())
    assert next(chunk for chunk in chunks if chunk) == b"half"

    with pytest.raises(ClientGone):
        next(chunks)
    assert caplog.records == []


def test_a_stream_of_events_begins_before_its_first_event(echo: Echo) -> None:
    async def silent(scope: Message, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await receive()
        await receive()

    response = hand_off(silent, echo.serving, environ("/"), "")

    assert next(iter(response.iter_encoded())) == b":\n\n"
    response.close()


def test_stopping_ends_the_streams_that_the_gateway_carries(echo: Echo) -> None:
    response = ask(echo, "/stream")
    chunks = response.iter_encoded()
    next(iter(chunks))

    started = time.monotonic()
    echo.stop()

    list(chunks)
    assert time.monotonic() - started < 1


def test_a_request_after_stopping_is_refused(echo: Echo) -> None:
    echo.stop()

    assert ask(echo, "/").status_code == 503


def test_a_slow_client_does_not_make_the_queue_grow_without_bound(echo: Echo) -> None:
    async def pour(scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(1000):
            await send({"type": "http.response.body", "body": b"x" * 1000, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    response = hand_off(pour, echo.serving, environ("/"), "")

    time.sleep(0.2)
    assert sum(len(chunk) for chunk in response.iter_encoded()) == 1_000_000


def test_the_absolute_form_of_a_proxy_is_understood() -> None:
    asked = environ("/a")
    asked["RAW_URI"] = "http://localhost:4566/_extension/echo/a?b=c"

    scope = scope_of(asked, "/_extension/echo")

    assert scope["path"] == "/_extension/echo/a"
    assert scope["query_string"] == b"b=c"


# On LocalStack's own router


@pytest.fixture
def router() -> Any:
    pytest.importorskip("localstack", reason="LocalStack is not installed")
    from localstack.http import Router
    from localstack.http.dispatcher import handler_dispatcher

    return Router(dispatcher=handler_dispatcher())


def dispatch(router: Any, path: str, **more: Any) -> Response:
    response: Response = router.dispatch(Request(environ(path, **more)))
    return response


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/_extension/echo/v1/a", "localhost:4566"),
        ("/echo/v1/a", "localhost:4566"),
        ("/v1/a", "echo.localhost.localstack.cloud:4566"),
        ("/v1/a", "echo.localhost.localstack.cloud"),
    ],
)
def test_every_way_through_the_gateway_reaches_the_same_application(
    router: Any, echo: Echo, path: str, host: str
) -> None:
    GatewayMount("echo", echo, short_path=True).add_to(router)

    response = dispatch(router, path, headers={"Host": host})

    assert response.status_code == 201
    assert response.headers["x-path"].removeprefix(response.headers["x-root"]) == "/v1/a"


@pytest.mark.parametrize(
    "signed",
    [
        {"headers": {"Authorization": "AWS4-HMAC-SHA256 Credential=a/b"}},
        {"headers": {"Authorization": "AWS key:signature"}},
        {"query_string": {"X-Amz-Algorithm": "AWS4-HMAC-SHA256"}},
        {"query_string": {"AWSAccessKeyId": "test", "Signature": "x"}},
    ],
)
def test_the_short_path_leaves_requests_with_aws_credentials_to_s3(
    router: Any, echo: Echo, signed: dict[str, Any]
) -> None:
    from werkzeug.exceptions import NotFound

    GatewayMount("echo", echo, short_path=True).add_to(router)

    with pytest.raises(NotFound):
        dispatch(router, "/echo/key", **signed)


def test_the_short_path_can_be_switched_off(router: Any, echo: Echo) -> None:
    from werkzeug.exceptions import NotFound

    GatewayMount("echo", echo, short_path=False).add_to(router)

    with pytest.raises(NotFound):
        dispatch(router, "/echo/v1/a")
    assert dispatch(router, "/_extension/echo/v1/a").status_code == 201


def test_an_unmounted_service_leaves_no_rule(router: Any, echo: Echo) -> None:
    from werkzeug.exceptions import NotFound

    mount = GatewayMount("echo", echo, short_path=True)
    mount.add_to(router)

    mount.remove_from(router)

    with pytest.raises(NotFound):
        dispatch(router, "/_extension/echo/v1/a")


def test_an_application_that_fails_is_an_error_without_a_traceback(echo: Echo) -> None:
    response = ask(echo, "/broken")

    assert response.status_code == 500
    assert b"Traceback" not in response.get_data()
