"""A real LocalStack, in host mode, as a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3

READY_SECONDS = 60
STOP_SECONDS = 30


StartLocalStack = Callable[..., "LocalStackProcess"]
"""What the fixture ``start_localstack`` gives: the arguments of :class:`LocalStackProcess` to one that is ready."""


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalStackProcess:
    """LocalStack, started as ``make start`` does, on ports of its own.

    :param folder: where its files and its log go
    :param environ: variables besides those that every test needs
    :param python: the interpreter of another environment
    """

    def __init__(
        self, folder: Path, environ: dict[str, str] | None = None, python: str = sys.executable
    ) -> None:
        self.port = free_port()
        self.stripe_port = free_port()
        self.smtp_port = free_port()
        self.http_port = free_port()
        self.folder = folder
        self._python = python
        self.environ = {
            **os.environ,
            "DISABLE_EVENTS": "1",
            "DNS_ADDRESS": "0",
            "FILESYSTEM_ROOT": str(folder / "root"),
            "GATEWAY_LISTEN": f"127.0.0.1:{self.port}",
            "MH_API_BIND_ADDR": f":{self.http_port}",
            "MH_SMTP_BIND_ADDR": f":{self.smtp_port}",
            "MH_UI_BIND_ADDR": f":{self.http_port}",
            "OVERRIDE_IN_DOCKER": "0",
            "PYTHONUNBUFFERED": "1",
            "SKIP_SSL_CERT_DOWNLOAD": "1",
            "STRIPE_BIND_ADDR": f":{self.stripe_port}",
            **(environ or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stripe_url(self) -> str:
        """The Stripe API's own port."""
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def mail_url(self) -> str:
        """The mail sink's own HTTP port."""
        return f"http://127.0.0.1:{self.http_port}"

    def client(self, service: str, region: str = "us-east-1") -> Any:
        """A client of boto3 for one of its services."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    @property
    def log(self) -> str:
        """What it has printed so far."""
        return (self.folder / "log").read_text(errors="replace")

    def __enter__(self) -> "LocalStackProcess":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def kill(self) -> None:
        """End it at once, however it is; nothing where it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def start(self) -> "LocalStackProcess":
        """Start, and return when the last extension has said where it is."""
        (self.folder / "root").mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [self._python, "-m", "localstack.runtime.main"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environ,
                cwd=self.folder,
                start_new_session=True,
            )
        self.wait_for_log(r"^Ready\.$")
        return self

    def attach(self, process: "subprocess.Popen[bytes]") -> None:
        """Watch a process that was started otherwise, with :attr:`environ` and its output in the log."""
        self._process = process

    def wait_for_log(self, pattern: str, seconds: float = READY_SECONDS) -> None:
        """Wait until a line matches."""
        deadline = time.monotonic() + seconds
        while not re.search(pattern, self.log, re.MULTILINE):
            assert self._process is not None
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"LocalStack did not say {pattern!r}:\n{self.log}")
            time.sleep(0.05)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Ask it to end, and return how many seconds that took."""
        assert self._process is not None
        started = time.monotonic()
        self._process.send_signal(number)
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self.kill()
        return time.monotonic() - started

    @property
    def exit_status(self) -> int | None:
        """How it ended, if it has."""
        return self._process.poll() if self._process else None
