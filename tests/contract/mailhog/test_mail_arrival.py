"""What is done with mail as it arrives: the webhook, and forwarding."""

import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import SettingError
from tests.contract.mailhog.conftest import Api
from tests.waiting import wait_until

SECONDS = 10


class Receiver:
    """An HTTP server that keeps what is posted to it."""

    def __init__(self) -> None:
        self.posted: list[Any] = []
        self.answers: list[int] = []
        """The statuses of the next answers; 200 when there are none."""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posted.append(json.loads(body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/mail"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.posted) >= count, SECONDS)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server for the webhook."""
    server = Receiver()
    yield server
    server.close()


def keep(sink: MailSink, subject: str, *to: str) -> str:
    raw = f"Subject: {subject}\r\n\r\nYour code is 123456\r\n".encode()
    return sink.deliver(Mail("a@x.example", to or ("b@y.example",), raw)).result(SECONDS)


def test_the_webhook_is_told_of_each_mail_in_order(
    start_sink: Callable[..., MailSink], receiver: Receiver
) -> None:
    sink = start_sink(webhook_url=receiver.url)

    identifiers = [keep(sink, str(number)) for number in range(5)]

    receiver.wait_for(5)
    assert [mail["id"] for mail in receiver.posted] == identifiers
    told = receiver.posted[0]
    assert (told["subject"], told["recipients"], told["codes"]) == (
        "0",
        ["b@y.example"],
        ["123456"],
    )
    assert told == Api(sink.url).get(f"/api/own/messages/{identifiers[0]}").json()


def test_the_webhook_is_told_only_of_what_it_asked_for(
    start_sink: Callable[..., MailSink], receiver: Receiver
) -> None:
    sink = start_sink(webhook_url=receiver.url, webhook_query="to:zoe -subject:spam")

    keep(sink, "no", "b@y.example")
    keep(sink, "spam", "zoe@y.example")
    keep(sink, "yes", "zoe@y.example")

    receiver.wait_for(1)
    assert [mail["subject"] for mail in receiver.posted] == ["yes"]


def test_a_webhook_that_fails_is_tried_again_and_then_left(
    start_sink: Callable[..., MailSink], receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    sink = start_sink(webhook_url=receiver.url)
    receiver.answers = [500, 200]
    keep(sink, "again")
    receiver.wait_for(2)
    receiver.answers = [500, 500, 500]
    keep(sink, "never")
    keep(sink, "next")

    receiver.wait_for(6)

    assert [mail["subject"] for mail in receiver.posted] == ["again"] * 2 + ["never"] * 3 + ["next"]
    assert "did not take" in caplog.text
    assert "status 500" in caplog.text


def test_a_webhook_that_hangs_holds_up_neither_mail_nor_the_end(
    start_sink: Callable[..., MailSink],
) -> None:
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        sink = start_sink(webhook_url=f"http://127.0.0.1:{silent.getsockname()[1]}/")

        keep(sink, "kept")

        assert len(Api(sink.url).messages()) == 1
        started = time.monotonic()
        sink.stop()
        assert time.monotonic() - started < 4  # the receiver would have five seconds


@pytest.fixture
def office(start_sink: Callable[..., MailSink], tmp_path: Path) -> tuple[MailSink, str]:
    """A real server, and the file that names it ``office``."""
    target = start_sink()
    file = tmp_path / "outgoing.json"
    address = target.smtp_address
    file.write_text(
        json.dumps({"office": {"name": "office", "host": address.host, "port": str(address.port)}})
    )
    return target, str(file)


def test_mail_for_certain_recipients_is_sent_on_and_kept(
    start_sink: Callable[..., MailSink], office: tuple[MailSink, str]
) -> None:
    target, file = office
    sink = start_sink(outgoing_smtp=file, forward="*@TEAM.example = office, qa-*=office")

    keep(sink, "no", "b@y.example")
    keep(sink, "yes", "b@y.example", "Zoe@team.example", "qa-1@x.example")

    wait_until(lambda: len(Api(target.url).messages()) == 1, SECONDS)
    [message] = Api(target.url).messages()
    assert message["Raw"]["From"] == "a@x.example"
    assert message["Raw"]["To"] == ["Zoe@team.example", "qa-1@x.example"]
    assert message["Raw"]["Data"].startswith("Subject: yes\r\n\r\nYour code")
    assert len(Api(sink.url).messages()) == 2


def test_mail_that_cannot_be_sent_on_is_kept_and_the_log_says_why(
    start_sink: Callable[..., MailSink],
    office: tuple[MailSink, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    target, file = office
    sink = start_sink(outgoing_smtp=file, forward="*=office")
    target.stop()

    identifier = keep(sink, "kept")

    wait_until(lambda: f"{identifier} was not forwarded" in caplog.text, SECONDS)
    assert len(Api(sink.url).messages()) == 1


@pytest.mark.parametrize("rules", ["*", "=office", "*=", "*=nobody"])
def test_rules_that_make_no_sense_stop_the_start(
    start_sink: Callable[..., MailSink], office: tuple[MailSink, str], rules: str
) -> None:
    with pytest.raises(SettingError, match="MH_FORWARD"):
        start_sink(outgoing_smtp=office[1], forward=rules)


def test_a_sink_does_not_forward_to_itself(
    start_sink: Callable[..., MailSink], office: tuple[MailSink, str]
) -> None:
    target, file = office
    address = target.smtp_address
    target.stop()

    with pytest.raises(SettingError, match="this mail sink itself"):
        start_sink(smtp_bind_addr=address, outgoing_smtp=file, forward="*=office")
