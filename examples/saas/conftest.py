"""LocalStack for the tests: the one that is running, or one that lives as long as the tests do."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

RUNNING = "http://127.0.0.1:4566"
START_SECONDS = 120
STOP_SECONDS = 30


@pytest.fixture(scope="session", autouse=True)
def localstack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where LocalStack is. The application and the fixtures of the extensions are told by their variables."""
    with pytest.MonkeyPatch.context() as environment, _running_or_own(tmp_path_factory) as url:
        environment.setenv("SAAS_AWS__ENDPOINT_URL", url)
        environment.setenv("STRIPE_API_BASE", f"{url}/_extension/stripe")
        environment.setenv("MAILHOG_URL", f"{url}/_extension/mailhog")
        yield url


@contextmanager
def _running_or_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if _has_both_extensions(RUNNING):
        yield RUNNING
        return
    if find_spec("localstack") is None:
        pytest.skip(
            f"LocalStack is not installed here, and none with both extensions is at {RUNNING}"
        )
    folder = tmp_path_factory.mktemp("localstack")
    url = f"http://127.0.0.1:{_free_port()}"
    process = _start(url, folder)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _has_both_extensions(url):
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"LocalStack did not start:\n{(folder / 'log').read_text()}")
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        finally:
            process.kill()


def _start(url: str, folder: Path) -> "subprocess.Popen[bytes]":
    anywhere = "127.0.0.1:0"
    settings = {
        "GATEWAY_LISTEN": url.removeprefix("http://"),
        "STRIPE_BIND_ADDR": anywhere,
        "MH_SMTP_BIND_ADDR": anywhere,
        "MH_API_BIND_ADDR": anywhere,
        "MH_UI_BIND_ADDR": anywhere,
        "FILESYSTEM_ROOT": str(folder),
        "OVERRIDE_IN_DOCKER": "0",
        "DNS_ADDRESS": "0",
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
    }
    with open(folder / "log", "wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "localstack.runtime.main"],
            env={**os.environ, **settings},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _has_both_extensions(url: str) -> bool:
    # No proxy of the environment has to do with an address of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_localstack/health", timeout=5) as answer:
            extensions: dict[str, object] = json.load(answer).get("extensions", {})
    except (OSError, ValueError):
        return False
    return {"stripe", "mailhog"} <= extensions.keys()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
