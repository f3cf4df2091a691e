"""The commands, alone: help, version, a ready line, a clean stop, and one clear line where they cannot start."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

ANY_PORTS = {
    "MH_API_BIND_ADDR": "127.0.0.1:0",
    "MH_SMTP_BIND_ADDR": "127.0.0.1:0",
    "MH_UI_BIND_ADDR": "127.0.0.1:0",
    "PYTHONUNBUFFERED": "1",
    "STRIPE_BIND_ADDR": "127.0.0.1:0",
}

COMMANDS = ["localstack-stripe", "localstack-mailhog"]

SOON = 4
"""Seconds: a second, and the end of the interpreter on a busy machine. What waited for a client would take twenty."""


def path_of(command: str) -> str:
    return str(Path(sys.executable).parent / command)


def run(command: str, *arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [path_of(command), *arguments],
        capture_output=True,
        text=True,
        env=os.environ | ANY_PORTS | environ,
        timeout=30,
        check=False,
    )


class Running:
    """A command that serves."""

    def __init__(self, command: str) -> None:
        self.process = subprocess.Popen(
            [path_of(command)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | ANY_PORTS,
        )
        assert self.process.stdout is not None
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith("Ready"):
                break
        self.urls = re.findall(r"(?:http|smtp)://\S+", "\n".join(self.lines))

    def stop(self, number: signal.Signals) -> tuple[float, str]:
        """How long it took, and what else it printed."""
        started = time.monotonic()
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=10)
        return time.monotonic() - started, rest


@contextmanager
def running(command: str) -> Iterator[Running]:
    started = Running(command)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_the_settings(command: str) -> None:
    finished = run(command, "--help")

    assert finished.returncode == 0
    assert "BIND_ADDR" in finished.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_version_says_which(command: str) -> None:
    assert run(command, "--version").stdout.strip().endswith("1.0.0")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_is_ready_when_it_says_so_and_stops_cleanly_within_a_second(
    command: str, number: signal.Signals
) -> None:
    with running(command) as started:
        web = next(url for url in started.urls if url.startswith("http"))
        assert requests.get(web, timeout=5).status_code in (200, 401, 404)

        seconds, rest = started.stop(number)

        assert started.process.returncode == 0
        assert seconds < SOON
        assert rest.strip() == ""


def test_a_waiting_request_and_an_open_page_do_not_delay_the_end() -> None:
    with running("localstack-mailhog") as started:
        base = next(url for url in started.urls if url.startswith("http")).rstrip("/")
        events = requests.get(f"{base}/api/v1/events", stream=True, timeout=20)
        waiting = requests.get(f"{base}/api/own/changes", stream=True, timeout=20)
        smtp = socket.create_connection(_smtp_address(started))
        assert smtp.recv(100).startswith(b"220")

        seconds, rest = started.stop(signal.SIGTERM)

        assert seconds < SOON
        assert rest.strip() == ""
        assert smtp.recv(100).startswith(b"421")
        events.close()
        waiting.close()


def _smtp_address(started: Running) -> tuple[str, int]:
    url = next(url for url in started.urls if url.startswith("smtp"))
    host, _, port = url.removeprefix("smtp://").partition(":")
    return host, int(port)


@pytest.mark.parametrize(
    ("command", "variable"),
    [("localstack-stripe", "STRIPE_BIND_ADDR"), ("localstack-mailhog", "MH_API_BIND_ADDR")],
)
def test_a_taken_port_is_one_line_that_names_it_and_the_setting(
    command: str, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"

        finished = run(command, **{variable: address, "MH_UI_BIND_ADDR": address})

    assert finished.returncode == 1
    assert address in finished.stderr
    assert variable in finished.stderr
    assert "Traceback" not in finished.stderr


@pytest.mark.parametrize(
    ("command", "variable"),
    [("localstack-stripe", "STRIPE_BIND_ADDR"), ("localstack-mailhog", "MH_SMTP_BIND_ADDR")],
)
def test_a_wrong_setting_is_one_line(command: str, variable: str) -> None:
    finished = run(command, **{variable: "somewhere"})

    assert finished.returncode == 1
    assert len(finished.stderr.strip().splitlines()) == 1
    assert f"{variable}='somewhere'" in finished.stderr


@pytest.mark.parametrize("package", ["localstack_stripe", "localstack_mailhog"])
def test_nothing_of_localstack_is_imported_below_the_shell(package: str) -> None:
    module = {"localstack_stripe": "emulator", "localstack_mailhog": "sink"}[package]
    code = (
        f"import sys; import {package}.{module}; "
        "print([name for name in sys.modules if name.split('.')[0] in ('localstack', 'moto')])"
    )

    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"


def test_a_start_imports_nothing_that_takes_long_and_is_rarely_needed() -> None:
    """What a start takes is imports, most of all: measured in docs/performance.md."""
    code = """
import sys
from localstack_stripe.cli import main
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from localstack_shared.settings import Address
emulator = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0)))
emulator.start()
emulator.stop()
rare = {"calendar", "click", "dateutil", "email", "multiprocessing", "python_multipart", "uvicorn", "werkzeug", "wsproto"}
rare |= {"http.client", "localstack_stripe.api.seeding", "localstack_stripe.api.unknown_ids", "localstack_stripe.api.versions.older"}
print(sorted(rare & set(sys.modules)))
"""
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert finished.stdout.strip() == "[]"
