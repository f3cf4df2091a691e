"""Serving: ports bound on the caller's thread, requests answered, everything ended within a second."""

import asyncio
import http.client
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from email.utils import parsedate_to_datetime

import pytest

from localstack_shared.http_server import HttpServer, http_date
from localstack_shared.serving import (
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


@pytest.fixture(params=["its own server", "uvicorn"])
def service(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Served as where httptools is installed, and as where it is not."""
    if request.param == "uvicorn":
        monkeypatch.setitem(sys.modules, "localstack_shared.http_connection", None)
    service = Service()
    yield service
    service.serving.stop()


def stop_seconds(service: Service) -> float:
    started = time.monotonic()
    service.serving.stop()
    return time.monotonic() - started


def test_requests_are_answered_once_start_has_returned(service: Service) -> None:
    assert service.get("/").read() == b"last\n"


def test_answers_have_the_date_as_http_writes_it(service: Service) -> None:
    date = parsedate_to_datetime(service.get("/").headers["date"])

    assert abs(date.timestamp() - time.time()) < 2


def test_dates_are_written_as_http_has_them() -> None:
    # From RFC 9110, 5.6.7
    assert http_date(784111777) == b"Sun, 06 Nov 1994 08:49:37 GMT"


def test_what_takes_long_to_import_is_not_imported_for_plain_requests() -> None:
    code = """
import asyncio, sys
from localstack_shared.http_server import HttpServer, http_date
from localstack_shared.serving import Serving, bind
from localstack_shared.settings import Address
serving = Serving("test")
serving.start([HttpServer(None, [bind(Address("127.0.0.1", 0), "TEST_BIND")]).open])
serving.stop()
print(sorted({"click", "uvicorn", "wsproto"} & set(sys.modules)))
"""
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"


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


def test_a_request_that_does_not_end_is_cut(service: Service) -> None:
    stuck = service.get("/stuck")

    assert (
        stop_seconds(service) < 3
    )  # a second, and what a busy machine adds: it would have taken a minute
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
    """A test suite starts and stops a service for every test."""

    def stop_with_an_idle_connection() -> float:
        service = Service()
        idle = http.client.HTTPConnection(service.address.host, service.address.port, timeout=10)
        idle.request("GET", "/")
        idle.getresponse().read()
        began = time.monotonic()
        service.serving.stop()
        return time.monotonic() - began

    assert min(stop_with_an_idle_connection() for _ in range(5)) < 0.09
