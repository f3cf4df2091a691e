"""Stopping the real LocalStack with streams and waits open: in time, whole, and without a trace."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.integration.environments import Environment
from tests.integration.host import LocalStackProcess, StartLocalStack, free_port


class OpenRequest:
    """A browser's tab, or a test that waits for mail: a request that stays open until the server ends it."""

    def __init__(self, url: str, host: str | None = None) -> None:
        self._url = url
        self._headers = {"Host": host} if host else {}
        self.ended_at: float | None = None
        self.failed = False
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        try:
            answer = requests.get(self._url, stream=True, timeout=40, headers=self._headers)
            # A wait ends with 503: what it waited for has not come, and will not any more.
            self.failed = answer.status_code not in (200, 503)
            for _ in answer.iter_content(1):
                pass
        except requests.RequestException:
            self.failed = True
        self.ended_at = time.monotonic()

    def wait(self) -> float:
        """When it ended."""
        self._thread.join(30)
        assert self.ended_at is not None
        return self.ended_at


def some_aws_calls(process: LocalStackProcess) -> None:
    """What both runs do before they are stopped, so that they stop the same services."""
    process.client("ses").verify_email_identity(EmailAddress="a@example.com")
    process.client("s3").list_buckets()


@pytest.mark.parametrize(
    "number",
    # LocalStack ends alike upon both, and each takes half a minute.
    [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)],
)
def test_stopping_with_streams_open_takes_no_longer_than_without_extensions(
    start_localstack: StartLocalStack, tmp_path: Path, number: signal.Signals
) -> None:
    environment = Environment(tmp_path / "venv")
    bare = start_localstack(_made(tmp_path / "bare"), python=environment.python)
    some_aws_calls(bare)
    without = bare.stop(number)

    process = start_localstack(_made(tmp_path / "with"))
    process.wait_for_log(r"Stripe API \(gateway\)")
    process.wait_for_log(r"Mail API \(gateway\)")
    some_aws_calls(process)
    events, wait = "/api/v1/events", "/api/own/wait?after=1000000&timeout=30"
    streams = [
        OpenRequest(f"{process.mail_url}{events}"),
        OpenRequest(f"{process.mail_url}{wait}"),
        OpenRequest(f"{process.url}/_extension/mailhog{events}"),
        OpenRequest(f"{process.url}/_extension/mailhog{wait}"),
        OpenRequest(f"{process.url}{events}", "mailhog.localhost.localstack.cloud:4566"),
        OpenRequest(f"{process.url}/mailhog{events}"),
    ]
    time.sleep(1)  # all of them are open by then, and none has ended
    assert all(stream.ended_at is None for stream in streams)
    asked = time.monotonic()
    taken = process.stop(number)

    ours = max(stream.wait() for stream in streams) - asked
    assert ours < 1, f"the extensions took {ours:.2f} s"
    # Other tests run meanwhile, so the two differ by seconds; a stream that is left open would add thirty.
    assert taken < without + 5, f"{taken:.2f} s, and {without:.2f} s without extensions"
    assert not any(stream.failed for stream in streams)
    assert process.exit_status == 0
    assert "Traceback" not in process.log
    for port in (process.port, process.stripe_port, process.smtp_port, process.http_port):
        socket.create_server(("127.0.0.1", port)).close()


def test_it_listens_on_loopback_only(localstack: LocalStackProcess) -> None:
    """As the gateway is told to. LocalStack's own gateway listens everywhere all the same; our ports do not."""
    listening = Path("/proc/net/tcp").read_text()

    for port in (localstack.stripe_port, localstack.smtp_port, localstack.http_port):
        addresses = re.findall(rf"\b([0-9A-F]{{8}}):{port:04X} 00000000:0000 0A", listening)
        assert addresses == ["0100007F"]


def test_it_listens_everywhere_where_the_gateway_is_told_to(
    start_localstack: StartLocalStack, tmp_path: Path
) -> None:
    """As in a container, whose ports are published."""
    port = free_port()
    process = start_localstack(tmp_path, {"GATEWAY_LISTEN": f"0.0.0.0:{port}"})
    process.wait_for_log(r"Stripe API \(gateway\)")
    process.wait_for_log(r"Mail API \(gateway\)")

    listening = Path("/proc/net/tcp").read_text()

    process.stop()
    for each in (process.stripe_port, process.smtp_port, process.http_port):
        assert re.findall(rf"\b([0-9A-F]{{8}}):{each:04X} 00000000:0000 0A", listening) == [
            "00000000"
        ]


def test_health_shows_the_ports_that_were_really_bound(localstack: LocalStackProcess) -> None:
    health = requests.get(f"{localstack.url}/_localstack/health", timeout=10).json()

    endpoints = health["extensions"]["stripe"]["endpoints"]
    assert endpoints["Stripe API"] == localstack.stripe_url
    endpoints = health["extensions"]["mailhog"]["endpoints"]
    assert endpoints["SMTP"] == f"smtp://127.0.0.1:{localstack.smtp_port}"
    assert endpoints["Mail UI"] == localstack.mail_url


def test_the_ready_lines_name_every_address(localstack: LocalStackProcess) -> None:
    ready = localstack.log.partition("Ready.")[2]

    for address in (
        f"LocalStack gateway     http://127.0.0.1:{localstack.port}",
        f"Stripe API             {localstack.stripe_url}",
        f"SMTP                   smtp://127.0.0.1:{localstack.smtp_port}",
        f"Mail UI                {localstack.mail_url}",
        f"Mail API               {localstack.mail_url}/api/v2/messages",
        f"http://localhost.localstack.cloud:{localstack.port}/_extension/stripe",
        f"http://localhost.localstack.cloud:{localstack.port}/_extension/mailhog",
    ):
        assert address in ready


def test_the_plugins_endpoint_shows_the_extensions(localstack: LocalStackProcess) -> None:
    plugins = requests.get(f"{localstack.url}/_localstack/plugins", timeout=30).json()

    loaded = {each["name"]: each["is_loaded"] for each in plugins["localstack.extensions"]}
    assert loaded == {"mailhog": True, "stripe": True}


def test_smtp_falls_back_to_1025_where_25_cannot_be_had_and_says_what_to_change(
    start_localstack: StartLocalStack,
    tmp_path: Path,
) -> None:
    with socket.socket() as occupier:
        try:
            occupier.bind(("127.0.0.1", 25))
            occupier.listen()
        except OSError:
            pass  # taken by someone else, or not permitted: either is the case that is tested
        process = start_localstack(tmp_path, {"MH_SMTP_BIND_ADDR": ""})
        process.wait_for_log(r"Mail API \(gateway\)")
        health = requests.get(f"{process.url}/_localstack/health", timeout=10).json()
        process.stop()

    assert health["extensions"]["mailhog"]["endpoints"]["SMTP"] == "smtp://127.0.0.1:1025"
    warning = next(line for line in process.log.splitlines() if "1025" in line and "WARN" in line)
    assert "25" in warning


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_make_start_runs_in_the_foreground_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    """As a newcomer runs it, once installed: ready in under 15 seconds, gone with the terminal's interrupt."""
    ports = LocalStackProcess(tmp_path)
    log = tmp_path / "log"
    started = time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            ["make", "start"],
            cwd=Path(__file__).parents[2],
            env={**ports.environ, "MAKEFLAGS": ""},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    ports.attach(process)
    ports.wait_for_log(r"Stripe API \(gateway\)")
    seconds = time.monotonic() - started

    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)

    assert seconds < 15
    assert "Traceback" not in log.read_text()
    socket.create_server(("127.0.0.1", ports.stripe_port)).close()
