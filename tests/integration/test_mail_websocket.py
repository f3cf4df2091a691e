"""MailHog's websocket through LocalStack's gateway, with a real client."""

import json
import smtplib
import time
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import requests
import websocket

from tests.integration.host import LocalStackProcess, StartLocalStack

WAYS = [
    ("/_extension/mailhog/api/v2/websocket", None),
    ("/mailhog/api/v2/websocket", None),
    ("/api/v2/websocket", "mailhog.localhost.localstack.cloud:4566"),
]


def connect(
    process: LocalStackProcess, path: str, host: str | None = None, **options: Any
) -> websocket.WebSocket:
    url = f"ws://127.0.0.1:{process.port}{path}"
    # What a page from the gateway sends; from elsewhere LocalStack lets none in.
    origin = f"http://localhost:{process.port}"
    return websocket.create_connection(url, timeout=10, host=host, origin=origin, **options)


def send(process: LocalStackProcess, subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", process.smtp_port, timeout=10) as client:
        client.sendmail("a@x.example", ["b@y.example"], f"Subject: {subject}\r\n\r\n".encode())


@pytest.mark.parametrize(("path", "host"), WAYS)
def test_each_mail_is_a_frame_on_every_path_and_host(
    localstack: LocalStackProcess, path: str, host: str | None
) -> None:
    socket = connect(localstack, path, host)
    for number in range(3):
        send(localstack, f"{path} {number}")

    frames = [socket.recv() for _ in range(3)]

    socket.close()
    assert all(frame.endswith("}\n") for frame in frames)
    told = [json.loads(frame) for frame in frames]
    assert [message["Content"]["Headers"]["Subject"] for message in told] == [
        [f"{path} {number}"] for number in range(3)
    ]
    own = f"{localstack.mail_url}/api/v2/messages?limit=3"
    assert told == requests.get(own, timeout=10).json()["items"][::-1]


def test_pings_are_answered_and_pongs_disturb_nothing(localstack: LocalStackProcess) -> None:
    socket = connect(localstack, WAYS[0][0])
    socket.pong("unasked")
    socket.ping("there?")
    kind, data = socket.recv_data(control_frame=True)
    send(localstack, "still open")

    frame = socket.recv()

    assert (kind, data) == (websocket.ABNF.OPCODE_PONG, b"there?")
    assert "still open" in frame
    socket.close()


def test_a_client_that_says_something_is_closed(localstack: LocalStackProcess) -> None:
    socket = connect(localstack, WAYS[0][0])
    socket.send("hello")

    kind, data = socket.recv_data()

    assert kind == websocket.ABNF.OPCODE_CLOSE
    assert int.from_bytes(data[:2], "big") == 1009


@pytest.mark.parametrize(
    "path",
    ["/_extension/mailhog/api/v2/messages", "/_extension/mailhog/", "/_extension/stripe/v1/events"],
)
def test_there_is_no_websocket_elsewhere(localstack: LocalStackProcess, path: str) -> None:
    said_before = len(localstack.log)
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect(localstack, path)

    assert refused.value.status_code in (403, 404)
    assert "Traceback" not in localstack.log[said_before:]


def test_clients_that_leave_leave_nothing_behind(localstack: LocalStackProcess) -> None:
    said_before = len(localstack.log)
    for number in range(30):
        socket = connect(localstack, WAYS[0][0])
        if number % 2:
            socket.close()
        else:
            socket.shutdown()  # without a word

    send(localstack, "to nobody")

    socket = connect(localstack, WAYS[0][0])
    send(localstack, "to the last")
    assert "to the last" in socket.recv()
    socket.close()
    assert "Traceback" not in localstack.log[said_before:]


def test_users_and_a_web_path_hold_through_the_gateway_and_stopping_closes_every_websocket(
    start_localstack: StartLocalStack, tmp_path: Path
) -> None:
    users = tmp_path / "users"
    users.write_text(f"zoe:{bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode()}\n")
    process = start_localstack(
        tmp_path / "localstack", {"MH_AUTH_FILE": str(users), "MH_UI_WEB_PATH": "mail"}
    )
    process.wait_for_log(r"Mail API \(gateway\)")
    user = {"auth": ("zoe", "secret"), "timeout": 10}
    paths = {
        f"{process.url}/_extension/mailhog/": 200,
        f"{process.url}/_extension/mailhog/mail/": 200,
        f"{process.url}/_extension/mailhog/mail/api/v2/messages": 200,
        f"{process.mail_url}/mail/": 200,
        f"{process.mail_url}/": 404,
    }

    answers = {url: requests.get(url, **user).status_code for url in paths}
    refused = requests.get(f"{process.url}/_extension/mailhog/", timeout=10)
    with pytest.raises(websocket.WebSocketBadStatusException) as closed:
        connect(process, WAYS[0][0])
    header = {"Authorization": requests.auth._basic_auth_str("zoe", "secret")}
    sockets = [connect(process, WAYS[0][0], header=header) for _ in range(3)]
    seconds = process.stop()

    assert answers == paths
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic")
    assert closed.value.status_code == 401
    started = time.monotonic()
    for socket in sockets:
        kind, data = socket.recv_data()
        assert kind == websocket.ABNF.OPCODE_CLOSE
        assert int.from_bytes(data[:2], "big") == 1001
    assert time.monotonic() - started < 1
    assert seconds < 15
    assert "Traceback" not in process.log
