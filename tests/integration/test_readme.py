"""What the README tells to do is done, and works."""

import json
import os
import shutil
import signal
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.documents import ROOT, runnable_block
from tests.integration.environments import Environment
from tests.integration.host import LocalStackProcess

RESOLVE_IN_PYTHON = """
import socket
original = socket.getaddrinfo
def resolve(host, *rest, **named):
    return original("127.0.0.1" if host == "localhost.localstack.cloud" else host, *rest, **named)
socket.getaddrinfo = resolve
"""
"""The name has a public DNS record that says 127.0.0.1; a test asks nobody."""

RESOLVE_IN_NODE = """
const dns = require('dns');
const original = dns.lookup;
dns.lookup = (name, ...rest) =>
  original(name === 'localhost.localstack.cloud' ? '127.0.0.1' : name, ...rest);
"""


def with_ports(text: str, localstack: LocalStackProcess) -> str:
    """A snippet, at the ports of the instance that the tests share."""
    return text.replace("8420", str(localstack.stripe_port)).replace(
        "8025", str(localstack.http_port)
    )


def test_the_python_snippet(localstack: LocalStackProcess, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(RESOLVE_IN_PYTHON)
    script = tmp_path / "snippet.py"
    script.write_text(with_ports(runnable_block("README.md", "python"), localstack))

    finished = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        timeout=60,
        check=False,
    )

    assert finished.stdout.strip() == "active", finished.stderr


@pytest.mark.skipif(shutil.which("npm") is None, reason="Node.js and npm are not installed")
def test_the_node_snippet(localstack: LocalStackProcess, tmp_path: Path) -> None:
    from tools.contract.sources import NODE_SDK_VERSION

    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--silent", f"stripe@{NODE_SDK_VERSION}"],
        cwd=tmp_path,
        check=True,
        timeout=120,
    )
    (tmp_path / "resolve.cjs").write_text(RESOLVE_IN_NODE)
    script = tmp_path / "snippet.cjs"
    script.write_text(with_ports(runnable_block("README.md", "node"), localstack))

    finished = subprocess.run(
        ["node", "--require", "./resolve.cjs", str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert finished.stdout.strip() == "zoe@example.com", finished.stderr


def test_the_mail_command(localstack: LocalStackProcess) -> None:
    command = with_ports(runnable_block("README.md", "mail"), localstack)

    finished = subprocess.run(
        ["sh", "-ec", command], capture_output=True, text=True, timeout=30, check=True
    )

    assert {"total", "count", "start", "items"} == set(json.loads(finished.stdout))


def test_the_pytest_snippet(tmp_path: Path) -> None:
    """With nothing running: the fixtures start what they need."""
    (tmp_path / "test_snippet.py").write_text(runnable_block("README.md", "pytest"))
    environ = {
        name: value
        for name, value in os.environ.items()
        if name not in ("MAILHOG_URL", "STRIPE_API_BASE")
    }

    finished = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_snippet.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environ,
        timeout=60,
        check=False,
    )

    assert "2 passed" in finished.stdout, finished.stdout


def test_the_one_line(wheels: Path, tmp_path: Path) -> None:
    """In an environment that has LocalStack and the shared distribution, as the line before it leaves it."""
    environment = Environment(tmp_path / "venv")
    environment.install(*wheels.glob("localstack_extension_shared-*.whl"))
    (tmp_path / "dist").symlink_to(wheels)
    ports = LocalStackProcess(tmp_path)
    environ = ports.environ | {
        "PATH": f"{Path(environment.python).parent}:{os.environ['PATH']}",
        "PIP_CONFIG_FILE": "/dev/null",
        "PIP_NO_INDEX": "1",
    }
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            ["sh", "-ec", runnable_block("README.md", "auto-install")],
            cwd=tmp_path,
            env=environ,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ports.attach(process)

    ports.wait_for_log(r"Stripe API \(gateway\)")
    ports.wait_for_log(r"Mail API \(gateway\)")

    os.killpg(process.pid, signal.SIGTERM)
    process.wait(30)


def test_running_alone(wheels: Path, tmp_path: Path) -> None:
    """A fresh environment without LocalStack, from the wheels and the package index."""
    venv.create(tmp_path / "venv", with_pip=True)
    (tmp_path / "dist").symlink_to(wheels)

    finished = subprocess.run(
        ["sh", "-ec", runnable_block("README.md", "alone")],
        cwd=tmp_path,
        env=os.environ | {"PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    assert "Run the Stripe API emulator" in finished.stdout
    assert "Take mail by SMTP" in finished.stdout


@pytest.mark.slow
def test_a_newcomers_two_commands(tmp_path: Path) -> None:
    """Clone, `make start`: everything installed anew, as on a newcomer's machine."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(tmp_path / "clone")], check=True)
    ports = LocalStackProcess(tmp_path)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            ["make", "start"],
            cwd=tmp_path / "clone",
            env={**ports.environ, "MAKEFLAGS": ""},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    ports.attach(process)

    ports.wait_for_log(r"Stripe API \(gateway\)", seconds=900)

    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
