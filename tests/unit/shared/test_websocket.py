"""Websockets: on a service's own port, and handed over by a gateway; with a real client.

The gateway is rolo's, as LocalStack uses it, on rolo's ASGI adapter; in LocalStack it is on Twisted.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import websocket

from localstack_shared import under_uvicorn
from localstack_shared.http_server import HttpServer
from localstack_shared.serving import (
    ASGIApplication,
    Message,
    Serving,
    bind,
    bound_address,
)
from localstack_shared.settings import Address
from localstack_shared.websocket import hand_off_websocket
from tests.waiting import wait_until

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

PREFIX = "/_extension/echo"


class Echo:
    """An application that says again what it hears, and shows other ways to behave."""

    def __init__(self) -> None:
        self.serving = Serving("echo")
        self.scopes: list[Message] = []
        self.ended: list[Message] = []
        self.gone = False

    async def answer(self, scope: Message, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        path = scope["path"].removeprefix(scope["root_path"])
        assert (await receive())["type"] == "websocket.connect"
        if path == "/broken":
            raise RuntimeError("broken")
        if path == "/forbidden":
            await send({"type": "websocket.close"})
            return
        if path == "/refused":
            headers = [(b"x-why", b"because")]
            await send({"type": "websocket.http.response.start", "status": 418, "headers": headers})
            await send({"type": "websocket.http.response.body", "body": b"no ", "more_body": True})
            await send({"type": "websocket.http.response.body", "body": b"tea"})
            return
        accept = {"type": "websocket.accept", "headers": [(b"x-greeting", b"hello")]}
        protocols = scope["subprotocols"]
        await send(accept | ({"subprotocol": protocols[-1]} if protocols else {}))
        if path == "/later-broken":
            raise RuntimeError("broken")
        if path == "/over":
            return
        if path == "/pouring":
            try:
                while not self.serving.stopping.is_set():
                    await send({"type": "websocket.send", "text": "x" * 1000})
                    await asyncio.sleep(0)
            except OSError:
                self.gone = True
            return
        while (message := await receive())["type"] == "websocket.receive":
            if message.get("text") == "leave":
                await send({"type": "websocket.close", "code": 4321})
                return
            await send({**message, "type": "websocket.send"})
        self.ended.append(message)


class Reached:
    """An :class:`Echo` that clients reach on a port, directly or through a gateway."""

    def __init__(self, echo: Echo, port: Address, prefix: str) -> None:
        self.echo = echo
        self._url = f"ws://{port}{prefix}"

    def connect(self, path: str = "/", **options: Any) -> websocket.WebSocket:
        return websocket.create_connection(f"{self._url}{path}", timeout=5, **options)


def on_its_own_port(ending: ExitStack) -> Reached:
    echo = Echo()
    port = serve(echo.answer, echo.serving)
    ending.callback(echo.serving.stop)
    return Reached(echo, port, "")


def through_a_gateway(ending: ExitStack) -> Reached:
    pytest.importorskip("rolo", reason="LocalStack is not installed")
    from rolo.asgi import ASGIAdapter
    from rolo.websocket import WebSocketRequest

    echo = Echo()
    echo.serving.start([])

    @WebSocketRequest.listener
    def listen(request: Any) -> None:
        hand_off_websocket(echo.answer, echo.serving, request, PREFIX)

    async def host(scope: Message, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        adapter = ASGIAdapter(lambda *_: [], event_loop=loop, websocket_listener=listen)
        await adapter(scope, receive, send)

    gateway = Serving("gateway")
    port = serve(host, gateway)
    ending.callback(gateway.stop)
    ending.callback(echo.serving.stop)
    return Reached(echo, port, PREFIX)


def serve(application: ASGIApplication, on: Serving) -> Address:
    listener = bind(Address("127.0.0.1", 0), "TEST_BIND")
    on.start([HttpServer(application, [listener], websockets=True).open])
    return bound_address(listener)


@pytest.fixture(params=[on_its_own_port, through_a_gateway])
def reached(request: pytest.FixtureRequest) -> Iterator[Reached]:
    """The same application, reached in each way."""
    with ExitStack() as ending:
        yield request.param(ending)


def close_code(socket: websocket.WebSocket) -> int:
    """Why the server closed, once it has."""
    while True:
        kind, data = socket.recv_data()
        if kind == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


def test_texts_and_bytes_cross_both_ways_in_order(reached: Reached) -> None:
    socket = reached.connect()
    for number in range(100):
        socket.send(f"grüße {number}")
    socket.send_binary(b"\x00\xff")

    texts = [socket.recv() for _ in range(100)]

    assert texts == [f"grüße {number}" for number in range(100)]
    assert socket.recv_data() == (websocket.ABNF.OPCODE_BINARY, b"\x00\xff")
    socket.close()


def test_the_scope_says_what_was_asked_for(reached: Reached) -> None:
    socket = reached.connect("/a%2Fb?c=d", header={"X-Mine": "yes"})
    [scope] = reached.echo.scopes

    assert scope["type"] == "websocket"
    assert scope["scheme"] == "ws"
    assert scope["path"].removeprefix(scope["root_path"]) == "/a/b"
    assert scope["raw_path"].endswith(b"/a%2Fb")
    assert scope["query_string"] == b"c=d"
    assert (b"x-mine", b"yes") in scope["headers"]
    assert socket.getheaders()["x-greeting"] == "hello"
    socket.close()


def test_the_application_chooses_a_subprotocol() -> None:
    with ExitStack() as ending:
        socket = on_its_own_port(ending).connect(subprotocols=["one", "two"])

        assert socket.getsubprotocol() == "two"
        socket.close()


def test_the_applications_close_reaches_the_client(reached: Reached) -> None:
    socket = reached.connect()
    socket.send("leave")

    assert close_code(socket) == 4321


@pytest.mark.parametrize("leave", ["close", "shutdown"])
def test_a_client_that_leaves_is_told_to_the_application(reached: Reached, leave: str) -> None:
    socket = reached.connect()

    getattr(socket, leave)()

    wait_until(lambda: reached.echo.ended)
    assert reached.echo.ended[0]["type"] == "websocket.disconnect"


def test_a_client_that_leaves_ends_an_application_that_only_sends(reached: Reached) -> None:
    socket = reached.connect("/pouring")
    assert socket.recv() == "x" * 1000

    socket.shutdown()

    wait_until(lambda: reached.echo.gone)


@pytest.mark.parametrize(
    ("path", "status", "body"), [("/refused", 418, b"no tea"), ("/forbidden", 403, None)]
)
def test_a_refusal_is_a_plain_response(
    reached: Reached, path: str, status: int, body: bytes | None
) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        reached.connect(path)

    assert refused.value.status_code == status
    if body is not None:
        assert refused.value.resp_headers["x-why"] == "because"


def test_an_application_that_fails_before_it_accepts_is_a_500(reached: Reached) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        reached.connect("/broken")

    assert refused.value.status_code == 500
    assert b"broken" not in (refused.value.resp_body or b"")


def test_stopping_ends_open_websockets_within_a_second(reached: Reached) -> None:
    sockets = [reached.connect() for _ in range(5)]

    started = time.monotonic()
    reached.echo.serving.stop()

    assert time.monotonic() - started < 1.5
    for socket in sockets:
        with contextlib.suppress(websocket.WebSocketConnectionClosedException):
            close_code(socket)


# Through the gateway only


@pytest.fixture
def gateway() -> Iterator[Reached]:
    """The application, behind a gateway."""
    with ExitStack() as ending:
        yield through_a_gateway(ending)


def test_an_application_that_fails_later_closes_the_websocket(gateway: Reached) -> None:
    assert close_code(gateway.connect("/later-broken")) == 1011


def test_an_application_that_returns_closes_the_websocket(gateway: Reached) -> None:
    assert close_code(gateway.connect("/over")) == 1000


def test_a_websocket_after_stopping_is_refused(gateway: Reached) -> None:
    gateway.echo.serving.stop()

    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        gateway.connect()

    assert refused.value.status_code == 503


# On the own port only


def test_a_client_that_does_not_answer_pings_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_uvicorn, "PING_SECONDS", 0.05)
    monkeypatch.setattr(under_uvicorn, "PONG_SECONDS", 0.05)
    with ExitStack() as ending:
        reached = on_its_own_port(ending)
        socket = reached.connect()

        wait_until(lambda: reached.echo.ended)

        assert socket.recv_frame().opcode == websocket.ABNF.OPCODE_PING
        socket.shutdown()


def test_a_client_that_answers_pings_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_uvicorn, "PING_SECONDS", 0.05)
    with ExitStack() as ending:
        reached = on_its_own_port(ending)
        socket = reached.connect()

        pings = [socket.recv_data(control_frame=True)[0] for _ in range(3)]

        assert pings == [websocket.ABNF.OPCODE_PING] * 3
        assert not reached.echo.ended
        socket.close()


def test_a_message_that_is_too_long_closes_the_websocket() -> None:
    with ExitStack() as ending:
        socket = on_its_own_port(ending).connect()

        socket.send("x" * (under_uvicorn.MESSAGE_BYTES + 1))

        assert close_code(socket) == 1009
