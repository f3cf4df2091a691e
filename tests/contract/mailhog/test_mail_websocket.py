"""MailHog's websocket, with a real client."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from localstack_mailhog.api import http
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.sink import MailSink

Send = Callable[..., None]

PATH = "/api/v2/websocket"


def connect(sink: MailSink, path: str = PATH, **options: Any) -> websocket.WebSocket:
    url = sink.url.replace("http", "ws") + path
    return websocket.create_connection(url, timeout=5, **options)


@pytest.fixture
def socket(sink: MailSink) -> Iterator[websocket.WebSocket]:
    """An open websocket."""
    opened = connect(sink)
    yield opened
    opened.close()


def test_each_mail_is_one_text_frame_of_compact_json_and_a_line_end(
    socket: websocket.WebSocket, send: Send, api: Any
) -> None:
    send("Subject: Grüße\r\n\r\n<b>&\r\n".encode())

    kind, frame = socket.recv_data()

    assert kind == websocket.ABNF.OPCODE_TEXT
    assert frame.endswith(b"}\n")
    assert b": " not in frame.partition(b'"Content"')[0]
    assert [json.loads(frame)] == api.messages()


def test_mail_is_told_once_in_order_to_each_client_from_when_it_came(
    sink: MailSink, send: Send, api: Any
) -> None:
    send(b"Subject: before\r\n\r\n")
    first = connect(sink)
    send(b"Subject: one\r\n\r\n")
    second = connect(sink)
    send(b"Subject: two\r\n\r\n")

    told = [json.loads(first.recv()), json.loads(first.recv())], [json.loads(second.recv())]

    newest_first = api.messages()
    assert told == (newest_first[1::-1], newest_first[:1])
    first.close()
    second.close()


def test_deleting_is_not_told(socket: websocket.WebSocket, send: Send, api: Any) -> None:
    api.delete("/api/v1/messages")
    send(b"Subject: after\r\n\r\n")

    assert "after" in socket.recv()


def test_pages_of_any_origin_may_listen(sink: MailSink) -> None:
    connect(sink, origin="https://elsewhere.example").close()


def test_a_client_that_says_something_is_closed(socket: websocket.WebSocket) -> None:
    socket.send("x")
    socket.send("hello")

    kind, data = socket.recv_data()

    assert kind == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 1009


@pytest.mark.parametrize(
    "path", ["/api/v2/messages", "/api/v1/events", "/", "/nothing", "/api/v2/websocket/"]
)
def test_there_is_no_websocket_elsewhere(sink: MailSink, path: str) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(sink, path)

    assert refused.value.status_code == 404


def test_a_plain_request_is_refused_and_options_are_not_known(api: Any) -> None:
    assert api.get(PATH).status_code == 400
    assert api("OPTIONS", PATH).status_code == 404
    assert api("HEAD", PATH).status_code == 404


def test_stopping_closes_the_websockets_within_a_second(sink: MailSink) -> None:
    opened = [connect(sink) for _ in range(20)]

    started = time.monotonic()
    sink.stop()

    assert time.monotonic() - started < 1
    for socket in opened:
        kind, data = socket.recv_data()
        assert kind == websocket.ABNF.OPCODE_CLOSE
        assert int.from_bytes(data[:2], "big") == 1001


def test_a_client_that_does_not_read_holds_up_nobody(sink: MailSink, api: Any) -> None:
    deaf, listening = connect(sink), connect(sink, skip_utf8_validation=True)
    large = Mail("a@x.example", ("b@y.example",), b"Subject: large\r\n\r\n" + b"x" * 1_000_000)

    for _ in range(8):
        sink.deliver(large).result(5)

    assert all("large" in listening.recv() for _ in range(8))
    assert api.get("/api/v2/messages?limit=1").json()["total"] == 8
    deaf.shutdown()
    listening.close()


def test_a_client_that_does_not_read_is_dropped(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "WRITE_SECONDS", 0.2)
    deaf = connect(sink, skip_utf8_validation=True)
    large = Mail("a@x.example", ("b@y.example",), b"x" * 4_000_000)
    for _ in range(4):
        sink.deliver(large).result(5)
    time.sleep(2)  # making this much JSON takes its time, too

    with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
        [deaf.recv() for _ in range(4)]
