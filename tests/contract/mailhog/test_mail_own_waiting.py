"""Our own API: waiting for mail, and following the mailbox."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from localstack_mailhog.sink import MailSink

Send = Callable[..., None]


@pytest.fixture
def later(send: Send) -> Iterator[Callable[..., None]]:
    """Send mail in a moment: ``later(b"Subject: x", to=[…])``."""
    timers = []

    def later(raw: bytes, **options: Any) -> None:
        timer = threading.Timer(0.2, send, [raw], options)
        timers.append(timer)
        timer.start()

    yield later
    for timer in timers:
        timer.join()


def wait(api: Any, **parameters: Any) -> requests.Response:
    response: requests.Response = api.get("/api/own/wait", params=parameters, timeout=30)
    return response


def test_what_is_there_already_is_the_answer_the_newest_first(send: Send, api: Any) -> None:
    for number in (1, 2):
        send(b"Subject: code %d\r\n\r\n402913\r\n" % number)
    send(b"Subject: other\r\n\r\n")

    message = wait(api, query="subject:code").json()

    assert message["subject"] == "code 2"
    assert message["codes"] == ["402913"]
    assert message == api.get(f"/api/own/messages/{message['id']}").json()


def test_what_comes_later_is_the_answer(send: Send, later: Callable[..., None], api: Any) -> None:
    send(b"Subject: other\r\n\r\n")
    later("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nZürich".encode(), to=["zoe@y.example"])

    response = wait(api, query="grüße zürich mailbox:zoe@y.example", timeout=10)

    assert response.json()["subject"] == "Grüße"


def test_only_what_came_after_a_position_counts_the_first_of_it(send: Send, api: Any) -> None:
    for number in range(5):
        send(b"Subject: %d\r\n\r\n" % number)

    assert wait(api, after=2).json()["subject"] == "2"
    assert wait(api, after=0, query="subject:3 OR subject:4").json()["subject"] == "3"


def test_an_answer_is_far_behind_a_position(sink: MailSink, api: Any) -> None:
    from localstack_mailhog.mailbox.mail import Mail

    futures = [
        sink.deliver(Mail("a@x", ("b@y",), b"Subject: %d\r\n\r\n" % number))
        for number in range(350)
    ]
    for future in futures:
        future.result(5)

    assert wait(api, after=1, query="subject:349", timeout=0).json()["position"] == 350
    assert wait(api, after=1, query="subject:350", timeout=0).status_code == 404


@pytest.mark.parametrize("timeout", ["0", "0.2", "0.", ".2"])
def test_waiting_ends_with_its_time(send: Send, api: Any, timeout: str) -> None:
    send(b"Subject: other\r\n\r\n")

    response = wait(api, query="subject:none", timeout=timeout)

    said = f"no such message came within {float(timeout):g} seconds"
    if timeout.startswith("."):
        assert response.status_code == 400
    else:
        assert (response.status_code, response.json()) == (404, {"error": said})


def test_who_does_not_wait_is_answered_by_what_is_there(send: Send, api: Any) -> None:
    send(b"Subject: x\r\n\r\n")

    assert wait(api, timeout=0).json()["subject"] == "x"
    assert wait(api, timeout=0, after=0, query="x").json()["subject"] == "x"
    assert wait(api, timeout=0, after=1).status_code == 404


@pytest.mark.parametrize("timeout", ["-1", "301", "5s", "nan", "inf", "1e3"])
def test_a_time_that_makes_no_sense_is_refused(api: Any, timeout: str) -> None:
    response = wait(api, timeout=timeout)

    said = "timeout is a number of seconds from 0 to 300"
    assert (response.status_code, response.json()) == (400, {"error": said})


def test_many_wait_and_each_gets_its_own(send: Send, api: Any) -> None:
    with ThreadPoolExecutor(40) as threads:
        waiting = [
            threads.submit(
                requests.get,
                f"{api.url}/api/own/wait",
                {"query": f"mailbox:user{number}@y.example", "after": "0", "timeout": "20"},
                timeout=30,
            )
            for number in range(40)
        ]
        for number in reversed(range(40)):
            send(b"Subject: for %d\r\n\r\n" % number, to=[f"user{number}@y.example"])
        subjects = [each.result().json()["subject"] for each in waiting]

    assert subjects == [f"for {number}" for number in range(40)]


def test_who_leaves_holds_nobody_up(sink: MailSink, send: Send, api: Any) -> None:
    url = urlsplit(sink.url)
    for _ in range(30):
        with socket.create_connection((url.hostname, url.port or 80), timeout=5) as client:
            client.sendall(b"GET /api/own/wait?query=never&timeout=300 HTTP/1.1\r\nHost: x\r\n\r\n")
    send(b"Subject: x\r\n\r\n")

    assert wait(api, after=0, timeout=10).json()["subject"] == "x"


def test_who_waits_is_told_that_the_sink_stops(sink: MailSink, api: Any) -> None:
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait, api, after=0, timeout=60)
        while not waiting.running():
            time.sleep(0.01)
        time.sleep(0.1)

        sink.stop()

        response = waiting.result(5)
    assert (response.status_code, response.json()) == (503, {"error": "the mail sink is stopping"})


def test_changes_are_told_for_arrival_marks_and_deletion(send: Send, api: Any) -> None:
    with api.get("/api/own/changes", stream=True) as response:
        lines = response.iter_lines(chunk_size=1, decode_unicode=True)

        def told() -> dict[str, int]:
            event: dict[str, int] = json.loads(next(filter(None, lines)).removeprefix("data: "))
            return event

        first = told()
        send(b"Subject: x\r\n\r\n")
        arrived = told()
        requests.patch(f"{api.url}/api/own/messages?query=x", json={"unread": False}, timeout=5)
        marked = told()
        requests.delete(f"{api.url}/api/v1/messages", timeout=5)
        deleted = told()

    assert first == {"position": 0, "total": 0, "unread": 0}
    assert arrived == {"position": 1, "total": 1, "unread": 1}
    assert marked == {"position": 1, "total": 1, "unread": 0}
    assert deleted == {"position": 1, "total": 0, "unread": 0}
