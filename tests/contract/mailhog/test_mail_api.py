"""MailHog's HTTP API, and what the sink adds to it."""

import json
import re
import smtplib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from localstack_mailhog.api.asgi import Application
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.conftest import Api
from tests.waiting import wait_until

Send = Callable[..., None]


@pytest.fixture
def five(send: Send, api: Any) -> list[str]:
    """Five mails in the sink; their ids, newest first."""
    for number in range(5):
        send(f"Subject: {number}\r\n\r\nbody {number}\r\n".encode())
    return [message["ID"] for message in api.messages()]


def test_the_readme_lists_every_endpoint(sink: MailSink) -> None:
    readme = Path(__file__).parents[3] / "localstack-extension-mailhog" / "README.md"

    listed = re.findall(r"^\| `([A-Z]+) (/[^`?]*)", readme.read_text(), re.MULTILINE)

    assert isinstance(sink.application, Application)
    routes = [(route.method, route.path) for route in sink.application.routes]
    assert sorted(listed) == sorted(routes)


def test_an_empty_sink_has_an_empty_page(api: Any) -> None:
    response = api.get("/api/v2/messages")

    assert response.headers["Content-Type"] == "text/json"
    assert response.text == '{"total":0,"count":0,"start":0,"items":[]}'


def test_a_page_is_newest_first_with_its_counts(five: list[str], api: Any) -> None:
    page = api.get("/api/v2/messages?start=1&limit=2").json()

    assert list(page) == ["total", "count", "start", "items"]
    assert (page["total"], page["count"], page["start"]) == (5, 2, 1)
    assert [item["ID"] for item in page["items"]] == five[1:3]


@pytest.mark.parametrize("start", [5, 6, 10**17])
def test_behind_the_end_is_nothing(five: list[str], api: Any, start: int) -> None:
    page = api.get(f"/api/v2/messages?start={start}").json()

    assert (page["total"], page["count"], page["items"]) == (5, 0, [])


@pytest.mark.parametrize(
    "query", ["start=x", "start=-1", "limit=0", "limit=-1", "limit=x", "limit=", "start=1.5"]
)
def test_senseless_numbers_are_the_default(five: list[str], api: Any, query: str) -> None:
    page = api.get(f"/api/v2/messages?{query}").json()

    assert (page["start"], page["count"]) == (0, 5)


def test_a_page_has_at_most_250_and_50_by_default(sink: MailSink, api: Any) -> None:
    mail = Mail("a@x.example", ("b@y.example",), b"Subject: x\r\n\r\n")
    for future in [sink.deliver(mail) for _ in range(260)]:
        future.result(5)

    assert api.get("/api/v2/messages").json()["count"] == 50
    assert api.get("/api/v2/messages?limit=1000").json()["count"] == 250


def test_a_page_that_is_asked_for_again_has_what_changed_meanwhile(send: Send, api: Any) -> None:
    def subjects(limit: int) -> list[str]:
        items = api.get(f"/api/v2/messages?limit={limit}").json()["items"]
        return [item["Content"]["Headers"]["Subject"][0] for item in items]

    for number in range(8):
        send(f"Subject: {number}\r\n\r\n\r\n".encode())
        [newest, *_] = api.get("/api/v2/messages").json()["items"]
        assert subjects(1) == subjects(1) == [str(number)]
        if number % 2:
            api.delete(f"/api/v1/messages/{newest['ID']}")
            assert subjects(1) == [str(number - 1)]
    assert subjects(50) == ["6", "4", "2", "0"]

    api.delete("/api/v1/messages")
    assert subjects(50) == []


def test_a_page_has_no_mail_that_went_when_it_was_quiet(
    start_sink: Callable[..., MailSink],
) -> None:
    sink = start_sink(max_messages=100)
    mail = Mail("a@x.example", ("b@y.example",), b"Subject: x\r\n\r\n")
    api = Api(sink.url)

    def total() -> int:
        return int(api.get("/api/v2/messages?limit=1").json()["total"])

    for _ in range(100):
        sink.deliver(mail).result(5)
    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port, timeout=10) as client:
        assert total() == 100
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: y\r\n\r\n")
        assert total() >= 100

        wait_until(lambda: total() == 100)


def test_version_1_lists_whole_messages_in_a_bare_array(five: list[str], api: Any) -> None:
    response = api.get("/api/v1/messages?start=2&limit=1")

    assert response.headers["Content-Type"] == "text/json"
    assert [message["ID"] for message in response.json()] == five
    assert response.json() == api.get("/api/v2/messages").json()["items"]


def test_json_has_no_charset_and_needs_none(send: Send, api: Any) -> None:
    send("Subject: Grüße\r\n\r\n😀 €\r\n".encode())

    response = api.get("/api/v2/messages")

    assert response.content.isascii()
    [message] = response.json()["items"]
    assert message["Content"]["Headers"]["Subject"] == ["Grüße"]
    assert message["Content"]["Body"] == "😀 €"
    assert message == api.get(f"/api/v1/messages/{message['ID']}").json()


@pytest.mark.parametrize("encode", [str, quote], ids=["raw", "percent-encoded"])
def test_one_message_is_found_by_its_id(
    five: list[str], api: Any, encode: Callable[[str], str]
) -> None:
    response = api.get(f"/api/v1/messages/{encode(five[3])}")

    assert response.headers["Content-Type"] == "text/json"
    assert response.json()["ID"] == five[3]
    assert response.json()["Content"]["Body"] == "body 1"


def test_a_download_has_the_bytes_and_the_name(five: list[str], api: Any) -> None:
    response = api.get(f"/api/v1/messages/{quote(five[0])}/download")

    assert response.content == b"Subject: 4\r\n\r\nbody 4\r\n"
    assert response.headers["Content-Type"] == "message/rfc822"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{five[0]}.eml"'


def test_one_message_is_deleted(five: list[str], api: Any) -> None:
    response = api.delete(f"/api/v1/messages/{quote(five[2])}")

    assert (response.status_code, response.content) == (200, b"")
    assert [message["ID"] for message in api.messages()] == five[:2] + five[3:]


def test_all_messages_are_deleted(five: list[str], api: Any) -> None:
    response = api.delete("/api/v1/messages")

    assert (response.status_code, response.content) == (200, b"")
    assert api.get("/api/v2/messages").json()["total"] == 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/messages/none@mailhog.example"),
        ("DELETE", "/api/v1/messages/none@mailhog.example"),
        ("GET", "/api/v1/messages/none@mailhog.example/download"),
    ],
)
def test_an_unknown_id_is_not_found(five: list[str], api: Any, method: str, path: str) -> None:
    assert api(method, path).status_code == 404
    assert len(api.messages()) == 5


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nothing"),
        ("GET", "/api/v3/messages"),
        ("GET", "/api/v1/messages/"),
        ("PUT", "/api/v1/messages"),
        ("POST", "/"),
        ("GET", "/static/../pages.py"),
    ],
)
def test_unknown_paths_and_methods_are_mailhogs_404(api: Any, method: str, path: str) -> None:
    response = api(method, path)

    assert (response.status_code, response.text) == (404, "404 page not found\n")
    assert response.headers["Content-Type"].startswith("text/plain")


def test_head_is_answered_by_404_everywhere(api: Any) -> None:
    assert api("HEAD", "/api/v2/messages").status_code == 404
    assert api("HEAD", "/").status_code == 404


def test_options_are_answered_on_the_paths_of_the_api(api: Any) -> None:
    response = api("OPTIONS", "/api/v1/messages")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    "target",
    [b"/api/v2/messages?" + b"&".join([b"a=1"] * 5000), b"/?\xff", b"/%ff%fe", b"/messages/%00"],
)
def test_no_request_gets_a_traceback(api: Any, target: bytes) -> None:
    url = urlsplit(api.url)

    with socket.create_connection((url.hostname, url.port or 80), timeout=5) as client:
        client.sendall(b"GET " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk

    assert answer.startswith(b"HTTP/1.1 ")
    assert b"Traceback" not in answer


@pytest.fixture
def arrivals(api: Any) -> Iterator[Iterator[str]]:
    """The lines of the event stream, opened."""
    with api.get("/api/v1/events", stream=True) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        yield response.iter_lines(chunk_size=1, decode_unicode=True)


def event(lines: Iterator[str]) -> str:
    """The text of the next event."""
    texts = []
    for line in lines:
        if not line:
            break
        texts.append(line.removeprefix("data: "))
    return "\n".join(texts)


def test_events_tell_each_arrival_once_in_order(
    five: list[str], arrivals: Iterator[str], send: Send, api: Any
) -> None:
    for number in range(3):
        send(f"Subject: live {number}\r\n\r\n".encode())

    told = [json.loads(event(arrivals)) for _ in range(3)]

    assert told == list(reversed(api.messages()[:3]))


def test_an_event_is_indented_json_line_by_line(arrivals: Iterator[str], send: Send) -> None:
    send(b"Subject: live\r\n\r\n")

    text = event(arrivals)

    assert text.startswith('{\n  "ID": "')
    assert text.endswith("\n}")


def test_mail_is_there_when_the_client_has_its_250(sink: MailSink, api: Any, smtp: Any) -> None:
    for number in range(50):
        smtp.sendmail("a@x.example", ["b@y.example"], f"Subject: {number}\r\n\r\n".encode())

        [newest] = api.get("/api/v2/messages?limit=1").json()["items"]

        assert newest["Content"]["Headers"]["Subject"] == [str(number)]
