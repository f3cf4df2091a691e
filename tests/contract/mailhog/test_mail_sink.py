"""Starting and stopping: ports, fallbacks, the command."""

import dataclasses
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.serving import PortUnavailable, Stopped
from localstack_shared.settings import Address


@pytest.fixture
def taken() -> Any:
    """A port that somebody else listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield Address("127.0.0.1", listener.getsockname()[1])


def is_free(address: Address) -> bool:
    """Whether nothing listens there."""
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) != 0


def http_of(sink: MailSink) -> Address:
    host, port = sink.url.removeprefix("http://").split(":")
    return Address(host, int(port))


def test_the_endpoints_are_what_was_bound(sink: MailSink) -> None:
    labels = {endpoint.label: endpoint.url for endpoint in sink.endpoints()}

    assert labels == {
        "SMTP": f"smtp://{sink.smtp_address}",
        "Mail UI": sink.url,
        "Mail API": f"{sink.url}/api/v2/messages",
    }
    assert 0 not in (sink.smtp_address.port, http_of(sink).port)


def test_stopping_with_everything_open_takes_less_than_a_second(
    sink: MailSink, api: Any, send: Callable[..., None]
) -> None:
    send(b"Subject: x\r\n\r\n")
    smtp, http = sink.smtp_address, http_of(sink)
    idle = smtplib.SMTP(smtp.host, smtp.port, timeout=5)
    sending = smtplib.SMTP(smtp.host, smtp.port, timeout=5)
    sending.helo()
    sending.mail("a@x")
    sending.rcpt("b@y")
    sending.putcmd("DATA")
    sending.getreply()
    silent = socket.create_connection((http.host, http.port))
    streams = [
        Api_get(api.url, path)
        for path in ("/api/v1/events", "/api/own/changes", "/api/own/wait?after=1&timeout=60")
    ]

    started = time.monotonic()
    sink.stop()
    took = time.monotonic() - started

    assert took < 1
    assert idle.getreply() == (421, b"4.3.2 Service closing")
    assert sending.getreply()[0] == 421
    assert is_free(smtp)
    assert is_free(http)
    for stream in streams:
        stream.settimeout(5)
        answer = b""
        while chunk := stream.recv(65536):
            answer += chunk
        assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 "))
        assert answer.endswith((b"0\r\n\r\n", b"}"))
    silent.close()


def Api_get(url: str, path: str) -> socket.socket:  # noqa: N802
    """A request that is under way: its first bytes have come, or it waits."""
    host, port = url.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    if "wait" in path:
        time.sleep(0.1)
    else:
        client.settimeout(5)
        client.recv(1, socket.MSG_PEEK)
    return client


def test_mail_that_is_being_stored_is_answered_before_the_end(mail_settings: MailSettings) -> None:
    sink = MailSink(mail_settings)
    sink.start()
    assert sink._parts is not None
    mailbox = sink._parts.mailbox
    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port, timeout=5) as client:
        client.helo()
        client.mail("a@x")
        client.rcpt("b@y")
        client.putcmd("DATA")
        client.getreply()
        # The writer is busy with another's mail for a moment.
        mailbox._writer.submit(lambda _: time.sleep(0.15))
        client.send(b"Subject: late\r\n\r\n.\r\n")
        time.sleep(0.05)

        sink.stop()

        assert client.getreply()[0] == 250
        assert client.getreply()[0] == 421
        client.close()


def test_stopping_twice_and_before_the_start_is_no_error(mail_settings: MailSettings) -> None:
    sink = MailSink(mail_settings)
    sink.stop()
    with pytest.raises(Stopped):
        sink.endpoints()

    sink.start()
    sink.stop()
    sink.stop()

    with pytest.raises(Exception, match="closed"):
        sink.deliver(Mail("a", ("b",), b"")).result(1)


def test_two_sinks_live_beside_each_other(sink: MailSink, mail_settings: MailSettings) -> None:
    other = MailSink(mail_settings)
    other.start()

    sink.deliver(Mail("a@x", ("b@y",), b"Subject: one\r\n\r\n")).result(5)

    for running, total in ((sink, 1), (other, 0)):
        with urllib.request.urlopen(f"{running.url}/api/v2/messages", timeout=5) as response:
            assert json.load(response)["total"] == total
    other.stop()


def test_another_port_is_taken_where_nobody_chose_one(
    mail_settings: MailSettings, taken: Address, caplog: pytest.LogCaptureFixture
) -> None:
    settings = dataclasses.replace(
        mail_settings, smtp_bind_addr=taken, smtp_fallback=Address("127.0.0.1", 0)
    )
    sink = MailSink(settings)

    sink.start()

    port = sink.smtp_address.port
    assert port not in (0, taken.port)
    assert f"SMTP listens on port {port}" in caplog.text
    assert f"Set the SMTP port of your application to {port}" in caplog.text
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
        assert client.noop()[0] == 250
    sink.stop()


def test_a_chosen_port_that_is_taken_is_an_error(
    mail_settings: MailSettings, taken: Address
) -> None:
    sink = MailSink(dataclasses.replace(mail_settings, smtp_bind_addr=taken))

    with pytest.raises(PortUnavailable, match="set MH_SMTP_BIND_ADDR"):
        sink.start()


def test_when_one_port_is_taken_none_stays_bound(
    mail_settings: MailSettings, taken: Address, free_address: Address
) -> None:
    settings = dataclasses.replace(
        mail_settings, smtp_bind_addr=free_address, api_bind_addr=taken, ui_bind_addr=taken
    )

    with pytest.raises(PortUnavailable, match="set MH_API_BIND_ADDR"):
        MailSink(settings).start()

    assert is_free(free_address)


@pytest.fixture
def free_address() -> Address:
    """An address that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Address("127.0.0.1", probe.getsockname()[1])


def test_ui_and_api_may_have_ports_of_their_own(
    mail_settings: MailSettings, free_address: Address
) -> None:
    sink = MailSink(dataclasses.replace(mail_settings, ui_bind_addr=free_address))
    sink.start()

    labels = {endpoint.label: endpoint.url for endpoint in sink.endpoints()}

    assert labels["Mail UI"] == f"http://{free_address}"
    assert labels["Mail API"] != f"http://{free_address}/api/v2/messages"
    for url in labels["Mail UI"], labels["Mail API"]:
        with urllib.request.urlopen(url, timeout=5) as response:
            assert response.status == 200
    sink.stop()


COMMAND = [str(Path(sysconfig.get_path("scripts"), "localstack-mailhog"))]


def command_environment(**variables: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MH_")}
    return {**kept, "PYTHONUNBUFFERED": "1", **variables}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_says_where_it_is_and_stops_cleanly(number: int, tmp_path: Path) -> None:
    environment = command_environment(
        MH_SMTP_BIND_ADDR=":0", MH_API_BIND_ADDR=":0", MH_UI_BIND_ADDR=":0", TMPDIR=str(tmp_path)
    )
    process = subprocess.Popen(
        COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line == "Ready.\n":
            break
    said = "\n".join(lines)
    smtp = re.search(r"^SMTP +smtp://127\.0\.0\.1:(\d+)$", said, re.MULTILINE)
    api = re.search(r"^Mail API +(http://127\.0\.0\.1:\d+/api/v2/messages)$", said, re.MULTILINE)
    assert smtp
    assert api
    with smtplib.SMTP("127.0.0.1", int(smtp[1]), timeout=5) as client:
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: x\r\n\r\n")
    with urllib.request.urlopen(api[1], timeout=5) as response:
        assert json.load(response)["total"] == 1

    started = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=10)

    assert time.monotonic() - started < 4  # the interpreter's own end included, on a busy machine
    assert (process.returncode, errors) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_command_names_what_it_cannot_use(taken: Address) -> None:
    def run(**variables: str) -> subprocess.CompletedProcess[str]:
        environment = command_environment(MH_SMTP_BIND_ADDR=":0", **variables)
        return subprocess.run(
            COMMAND, capture_output=True, text=True, env=environment, timeout=30, check=False
        )

    wrong = run(MH_MAX_MESSAGE_SIZE="big")
    busy = run(MH_API_BIND_ADDR=str(taken), MH_UI_BIND_ADDR=str(taken))

    assert wrong.returncode == 1
    assert "MH_MAX_MESSAGE_SIZE='big' cannot be used" in wrong.stderr
    assert busy.returncode == 1
    assert f"cannot listen on {taken}: another process uses it; set MH_API_BIND_ADDR" in busy.stderr
    assert "Traceback" not in wrong.stderr + busy.stderr


def test_the_command_knows_its_version_and_settings() -> None:
    def output(option: str) -> str:
        return subprocess.run(
            [*COMMAND, option], capture_output=True, text=True, timeout=30, check=True
        ).stdout

    assert re.search(r"\b1\.\d+\.\d+\b", output("--version"))
    assert "MH_SMTP_BIND_ADDR (:25)" in output("--help")


def test_alone_nothing_of_localstack_is_imported() -> None:
    program = (
        "import sys\n"
        "from localstack_mailhog.sink import MailSink\n"
        "from localstack_mailhog.settings import from_environment\n"
        "sink = MailSink(from_environment({'MH_SMTP_BIND_ADDR': ':0', 'MH_API_BIND_ADDR': ':0',"
        " 'MH_UI_BIND_ADDR': ':0'}))\n"
        "sink.start()\n"
        "sink.stop()\n"
        "import localstack_mailhog.aws.tap\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('localstack', 'moto')])\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    ).stdout

    assert output == "[]\n"
