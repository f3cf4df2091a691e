"""HTTP/1.1 on the wire: what clients send and leave out, and what they get, whether a request is answered at once or not."""

import asyncio
import http.client
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping

import pytest

from localstack_shared.http_exchange import lines_of
from localstack_shared.http_server import HttpServer
from localstack_shared.serving import ASGIApplication, Message, Serving, bind, bound_address
from localstack_shared.settings import Address
from tests.waiting import wait_until

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

SECONDS = 5
MEGABYTE = 1 << 20


class Service:
    """Answers ``/at-once…`` at once, and everything else as an application."""

    def __init__(self) -> None:
        self.serving = Serving("test")
        listener = bind(Address("127.0.0.1", 0), "TEST_BIND")
        self.address = bound_address(listener)
        self.events: list[str] = []
        self.asked: list[str] = []
        self.go_on = threading.Event()
        server = HttpServer(self.application, [listener], at_once=self.at_once)
        self.serving.start([server.open])

    def at_once(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes, bytes] | ASGIApplication | None:
        self.asked.append(path)
        if path == "/at-once/not-yet":
            return self._later
        if path == "/at-once/broken":
            raise LookupError("broken")
        if path == "/at-once/injecting":
            return 200, lines_of([(b"x-name", b"a\r\nx-other: b")]), b""
        if not path.startswith("/at-once"):
            return None
        if path == "/at-once/headers":
            return 200, b"", repr(headers).encode()
        said = f"{method} {path} {query} ".encode()
        if path == "/at-once/large":
            said += b"x" * MEGABYTE
        if path == "/at-once/slow":
            time.sleep(0.2)
        return 200, b"content-type: text/plain\r\n", said + body

    async def _later(self, scope: Message, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.01)
        await send({"type": "http.response.start", "status": 202, "headers": []})
        await send({"type": "http.response.body", "body": b"later " + (await receive())["body"]})

    async def application(self, scope: Message, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == "/broken":
            raise LookupError("broken")
        if path == "/slow":
            await asyncio.sleep(0.1)
        if path == "/streaming":
            await self._stream(receive, send)
            return
        if path == "/large":
            await self._send_much(send)
            return
        body = b""
        if path != "/not-reading":
            while True:
                message = await receive()
                body += message["body"]
                if not message["more_body"]:
                    break
        headers = [(b"content-type", b"text/plain")]
        if path == "/injecting":
            headers.append((b"x-name", b"a\r\nx-other: b"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if path == "/breaking-off":
            await send({"type": "http.response.body", "body": b"begun", "more_body": True})
            raise LookupError("broken")
        await send(
            {"type": "http.response.body", "body": f"{scope['method']} {path} ".encode() + body}
        )

    async def _stream(self, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await receive()
        if (await receive())["type"] == "http.disconnect":
            self.events.append("gone")
        try:
            await send({"type": "http.response.body", "body": b"last"})
        except OSError:
            self.events.append("refused")

    async def _send_much(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(32):
            await send({"type": "http.response.body", "body": b"x" * MEGABYTE, "more_body": True})
            self.events.append(str(number))
        await send({"type": "http.response.body", "body": b""})

    def connect(self) -> socket.socket:
        return socket.create_connection((self.address.host, self.address.port), timeout=SECONDS)

    def exchange(self, request: bytes) -> bytes:
        """What comes back until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return read_all(connection)

    def request(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection(
            self.address.host, self.address.port, timeout=SECONDS
        )
        connection.request(method, path, body, headers)  # type: ignore[arg-type]
        response = connection.getresponse()
        return response, response.read()


def read_all(connection: socket.socket) -> bytes:
    received = []
    while chunk := connection.recv(1 << 16):
        received.append(chunk)
    return b"".join(received)


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.serving.stop()


@pytest.fixture(params=["/at-once", "/by-application"])
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_who_answers_at_once_is_asked_once(service: Service, path: str) -> None:
    response, body = service.request("GET", path)

    assert (response.status, body.split()[:2]) == (200, [b"GET", path.encode()])
    assert service.asked == [path]


def test_what_turns_out_to_take_its_time_has_an_application_of_its_own(service: Service) -> None:
    connection = http.client.HTTPConnection(service.address.host, service.address.port)
    answers = []
    for path in ("/at-once/not-yet", "/by-application", "/at-once/not-yet", "/at-once"):
        connection.request("POST", path, path)
        response = connection.getresponse()
        answers.append((response.status, response.read().split()[0]))
    connection.close()

    assert answers == [(202, b"later"), (200, b"POST"), (202, b"later"), (200, b"POST")]


def test_a_connection_is_kept_for_the_next_request(service: Service, path: str) -> None:
    connection = http.client.HTTPConnection(service.address.host, service.address.port)
    for number in range(3):
        connection.request("POST", path, str(number))
        response = connection.getresponse()

        assert response.read().endswith(str(number).encode())
        assert response.getheader("date")
    connection.close()


def test_requests_that_come_together_are_answered_in_their_order(service: Service) -> None:
    paths = ["/slow", "/at-once/1", "/by-application", "/at-once/2", "/slow", "/at-once/3"]
    last = b"GET /at-once/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    requests = b"".join(f"GET {each} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for each in paths)

    received = service.exchange(requests + last)

    places = [received.index(f"GET {each} ".encode()) for each in paths[:4]]
    assert places == sorted(places)
    assert received.count(b"HTTP/1.1 200 OK") == len(paths) + 1
    assert received.rstrip().endswith(b"GET /at-once/last")


def test_a_thousand_requests_that_come_together_are_answered(service: Service, path: str) -> None:
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    last = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()

    assert service.exchange(request * 999 + last).count(b"HTTP/1.1 200 OK") == 1000


def test_what_was_answered_before_what_is_no_request_is_sent(service: Service) -> None:
    received = service.exchange(b"GET /at-once HTTP/1.1\r\nHost: x\r\n\r\nNO REQUEST\r\n\r\n")

    assert received.index(b"GET /at-once") < received.index(b"HTTP/1.1 400")


def test_clients_that_ask_at_the_same_time_get_their_own_answers(service: Service) -> None:
    with service.connect() as first:
        first.sendall(b"GET /at-once/slow HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: service.asked == ["/at-once/slow"])
        others = [service.connect() for _ in range(8)]
        for number, other in enumerate(others):  # while the server is busy with the first
            other.sendall(f"GET /at-once/{number} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

        assert b"GET /at-once/slow" in first.recv(1000)
    for number, other in enumerate(others):
        with other:
            assert f"GET /at-once/{number} ".encode() in other.recv(1000)


def test_a_client_that_leaves_takes_no_answer_from_others(service: Service) -> None:
    with service.connect() as first, service.connect() as leaving, service.connect() as staying:
        first.sendall(b"GET /at-once/slow HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: service.asked == ["/at-once/slow"])
        leaving.sendall(b"GET /at-once/leaving HTTP/1.1\r\nHost: x\r\n\r\n")
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        leaving.close()
        staying.sendall(b"GET /at-once/staying HTTP/1.1\r\nHost: x\r\n\r\n")

        assert b"GET /at-once/staying" in staying.recv(1000)


def test_who_does_not_read_is_not_answered_at_once_any_more(service: Service) -> None:
    request = b"GET /at-once/large HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /at-once/last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with service.connect() as connection:
        connection.sendall(request * 50 + last)
        time.sleep(0.3)
        assert len(service.asked) < 20

        assert read_all(connection).count(b"HTTP/1.1 200 OK") == 51


def test_the_loop_sleeps_again_when_all_are_answered(service: Service) -> None:
    service.request("GET", "/at-once")
    time.sleep(0.05)
    before = time.process_time()
    time.sleep(0.5)

    assert time.process_time() - before < 0.25


def test_a_request_may_come_byte_by_byte(service: Service, path: str) -> None:
    request = (
        f"POST {path}?a=%20b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
        "Connection: close\r\n\r\nhello"
    )
    with service.connect() as connection:
        for each in request.encode():
            connection.sendall(bytes([each]))
            time.sleep(0.001)
        received = read_all(connection)

    assert received.endswith(b"hello")


def test_a_body_may_come_in_chunks(service: Service, path: str) -> None:
    _, body = service.request("POST", path, iter([b"he", b"llo"]))

    assert body.endswith(b"hello")


def test_a_large_body_comes_whole(service: Service, path: str) -> None:
    large = bytes(range(256)) * 16 * 1024

    _, body = service.request("POST", path, large)

    assert body.endswith(large)


@pytest.mark.parametrize("size", [60_000, 200_000])
def test_a_head_and_its_body_may_come_together(service: Service, path: str, size: int) -> None:
    large = b"x" * size
    received = service.exchange(
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n".encode()
        + b"Connection: close\r\n\r\n"
        + large
    )

    assert received.endswith(large)


def test_what_follows_a_body_is_no_header(service: Service) -> None:
    received = service.exchange(
        b"POST /at-once/headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n2\r\nhi\r\n0\r\nAuthorization: later\r\n\r\n"
    )

    assert b"200 OK" in received
    assert b"later" not in received


def test_a_client_that_asks_may_go_on(service: Service, path: str) -> None:
    with service.connect() as connection:
        connection.sendall(
            f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n"
            "Expect: 100-continue\r\nConnection: close\r\n\r\n".encode()
        )
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"hello")

        assert read_all(connection).endswith(b"hello")


def test_head_is_answered_without_a_body(service: Service, path: str) -> None:
    received = service.exchange(
        f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    )

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b"\r\n\r\n")


def test_the_connection_of_an_old_client_is_closed(service: Service, path: str) -> None:
    received = service.exchange(f"GET {path} HTTP/1.0\r\n\r\n".encode())

    assert b"connection: close\r\n" in received
    assert received.partition(b"\r\n\r\n")[2].startswith(b"GET " + path.encode())


def test_an_old_client_gets_a_stream_without_chunks(service: Service) -> None:
    received = service.exchange(b"GET /large HTTP/1.0\r\n\r\n")

    head, _, body = received.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert body == b"x" * 32 * MEGABYTE


@pytest.mark.parametrize(
    "request_",
    [
        b"NONSENSE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 100,  # a TLS handshake
        b"GET /at-once HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST /at-once HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"POST /at-once HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(service: Service, request_: bytes) -> None:
    assert service.exchange(request_).startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_a_wrong_address_is_refused_before_the_body_is_there(service: Service) -> None:
    received = service.exchange(
        b"POST http://[ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
    )

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize("begins", [b"GET /", b"GET / HTTP/1.1\r\nX-Long: "])
def test_a_head_without_an_end_is_refused(service: Service, begins: bytes) -> None:
    received = service.exchange(begins + b"x" * (1 << 18))

    assert b" 431 " in received


def test_a_head_that_is_too_long_is_refused_with_all_of_its_body(service: Service) -> None:
    received = service.exchange(
        b"POST /by-application HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nX-Long: "
        + b"x" * 70_000
        + b"\r\n\r\n"
        + b"y" * 100_000
    )

    assert received.startswith(b"HTTP/1.1 431 ")
    assert received.count(b"HTTP/1.1") == 1


def test_a_path_is_decoded_and_may_be_no_unicode(service: Service) -> None:
    received = service.exchange(
        b"GET /by-application/%C3%BC%FF HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )

    assert "GET /by-application/ü\ufffd ".encode() in received


def test_a_path_has_no_bytes_beyond_ascii(service: Service) -> None:
    received = service.exchange(b"GET /at-once/\xff HTTP/1.1\r\nHost: x\r\n\r\n")

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize(
    "broken", ["/at-once/broken", "/broken", "/injecting", "/at-once/injecting"]
)
def test_an_error_is_a_500_and_not_shown(service: Service, broken: str) -> None:
    response, body = service.request("GET", broken)

    assert response.status == 500
    assert response.getheader("x-other") is None
    assert b"LookupError" not in body


def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(service: Service) -> None:
    with pytest.raises(http.client.IncompleteRead):
        service.request("GET", "/breaking-off")


def test_a_client_that_leaves_is_told_to_the_application(service: Service) -> None:
    with service.connect() as connection:
        connection.sendall(b"GET /streaming HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.recv(100)

    wait_until(lambda: service.events == ["gone", "refused"])


def test_an_application_waits_for_a_client_that_does_not_read(service: Service) -> None:
    with service.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        time.sleep(0.3)
        assert len(service.events) < 20

        assert read_all(connection).count(b"x") == 32 * MEGABYTE


def test_a_client_that_leaves_in_the_middle_of_its_request_is_not_answered(
    service: Service,
) -> None:
    with service.connect() as connection:
        connection.sendall(b"POST /at-once HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel")
        connection.shutdown(socket.SHUT_WR)

        assert read_all(connection) == b""


def test_a_body_that_the_application_does_not_want_does_not_become_a_request(
    service: Service,
) -> None:
    hidden = b"GET /at-once/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    large = hidden + b"y" * 200_000
    received = service.exchange(
        b"POST /not-reading HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        % len(large)
        + large[:100_000]
    )

    assert b"POST /not-reading" in received
    assert b"hidden" not in received


def test_another_protocol_is_not_spoken_and_the_request_answered(
    service: Service, path: str
) -> None:
    offer = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    with service.connect() as connection:
        for _ in range(2):
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{offer}\r\n".encode())
            received = connection.recv(1000)
            while b"GET " not in received:
                received += connection.recv(1000)

            assert received.startswith(b"HTTP/1.1 200 OK")


def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localstack_shared.http_connection.KEEP_ALIVE_SECONDS", 0.2)
    service = Service()
    try:
        with service.connect() as connection:
            connection.sendall(b"GET /at-once HTTP/1.1\r\nHost: x\r\n\r\n")
            started = time.monotonic()

            assert b"200 OK" in read_all(connection)
            assert time.monotonic() - started < SECONDS
    finally:
        service.serving.stop()
