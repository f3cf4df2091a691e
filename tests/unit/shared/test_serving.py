"""Serving: ports bound on the caller's thread, requests answered, everything ended within a second."""

import asyncio
import http.client
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from localstack_shared.serving import (
    HttpServer,
    Message,
    PortUnavailable,
    Serving,
    Stopped,
    bind,
    bound_address,
)
from localstack_shared.settings import Address

LOOPBACK = Address("127.0.0.1", 0)

Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Service:
    """An application that greets, streams until stopping, or takes its time."""

    def __init__(self) -> None:
        self.serving = Serving("test")
        listener = bind(LOOPBACK, "TEST_BIND")
        self.address = bound_address(listener)
        self.serving.start([HttpServer(self.answer, [listener]).open])

    async def answer(self, scope: Message, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/stream":
            await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
            await self.serving.stopping.wait()
        elif scope["path"] == "/short":
            await asyncio.sleep(0.2)
        elif scope["path"] == "/stuck":
            await send({"type": "http.response.body", "body": b"first\n", "more_body": True})
            await asyncio.sleep(60)
        await send({"type": "http.response.body", "body": b"last\n"})

    def get(self, path: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(self.address.host, self.address.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse()


@pytest.fixture
def service() -> Iterator[Service]:
    service = Service()
    yield service
    service.serving.stop()


def stop_seconds(service: Service) -> float:
    started = time.monotonic()
    service.serving.stop()
    return time.monotonic() - started


def test_requests_are_answered_once_start_has_returned(service: Service) -> None:
    assert service.get("/").read() == b"last\n"


def test_an_idle_service_stops_at_once_and_frees_its_port(service: Service) -> None:
    service.get("/").read()

    assert stop_seconds(service) < 0.5
    bind(service.address, "TEST_BIND").close()


def test_an_open_stream_ends_itself_when_stopping_is_announced(service: Service) -> None:
    stream = service.get("/stream")
    assert stream.readline() == b"first\n"

    seconds = stop_seconds(service)

    assert stream.read() == b"last\n"
    assert seconds < 1


def test_a_short_request_is_still_answered(service: Service) -> None:
    answers = []
    client = threading.Thread(target=lambda: answers.append(service.get("/short").read()))
    client.start()
    time.sleep(0.1)

    service.serving.stop()

    client.join(5)
    assert answers == [b"last\n"]


def test_a_request_that_does_not_end_is_cut_within_a_second(service: Service) -> None:
    stuck = service.get("/stuck")

    assert stop_seconds(service) < 1
    with pytest.raises(http.client.IncompleteRead):
        stuck.read()


def test_stopping_twice_does_nothing_more(service: Service) -> None:
    service.serving.stop()
    service.serving.stop()


def test_work_handed_over_late_is_refused(service: Service) -> None:
    service.serving.stop()

    with pytest.raises(Stopped):
        service.serving.submit(asyncio.sleep(0))


def test_a_taken_port_is_an_error_that_names_it_and_its_setting() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = Address("127.0.0.1", other.getsockname()[1])

        with pytest.raises(PortUnavailable) as refused:
            bind(taken, "TEST_BIND")

    assert str(taken) in str(refused.value)
    assert "another process uses it" in str(refused.value)
    assert "TEST_BIND" in str(refused.value)


def test_what_cannot_open_stops_what_was_opened() -> None:
    serving = Serving("test")
    listener = bind(LOOPBACK, "TEST_BIND")
    address = bound_address(listener)

    async def fail() -> HttpServer:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        serving.start([HttpServer(Service.answer, [listener]).open, fail])  # type: ignore[list-item]

    bind(address, "TEST_BIND").close()


def test_two_services_live_in_one_process() -> None:
    first, second = Service(), Service()

    first.serving.stop()

    assert second.get("/").read() == b"last\n"
    second.serving.stop()


def test_what_answers_nothing_stops_at_once() -> None:
    """A test suite starts and stops a service for every test: uvicorn alone takes a tenth of a second or two."""

    def stop_with_an_idle_connection() -> float:
        service = Service()
        idle = http.client.HTTPConnection(service.address.host, service.address.port, timeout=10)
        idle.request("GET", "/")
        idle.getresponse().read()
        began = time.monotonic()
        service.serving.stop()
        return time.monotonic() - began

    assert min(stop_with_an_idle_connection() for _ in range(5)) < 0.09
