"""The mail servers that are compared, each a process of its own: ours with either store, smtp-sink, and maildev."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from benchmarks.processes import free_port, resident, running, wait_until

MEMORY = "localstack-mailhog"
FILE = "localstack-mailhog, sqlite"
SMTP_SINK = "smtp-sink"
MAILDEV = "maildev"


@dataclass(frozen=True)
class MailServer:
    """A running server."""

    name: str
    pid: int
    smtp: int
    """The port where it takes mail."""
    http: int
    """The port of its API; 0 where it has none."""

    @property
    def is_ours(self) -> bool:
        """Whether it has our API."""
        return self.name in (MEMORY, FILE)

    @property
    def listing(self) -> str:
        """The path of its list of mail, the newest first where it has pages."""
        return "/api/v2/messages?limit=1" if self.is_ours else "/api/email"

    def resident(self) -> int:
        """How much memory it has, in bytes."""
        return resident(self.pid)


@contextmanager
def all_servers() -> Iterator[dict[str, MailServer]]:
    """Every server that is installed, by name; of the others it is said how to get them."""
    with ExitStack() as stack:
        starting = [ours(MEMORY), ours(FILE), smtp_sink(), maildev()]
        servers = [stack.enter_context(each) for each in starting if each is not None]
        yield {server.name: server for server in servers}


@contextmanager
def ours(name: str, settings: Mapping[str, str] | None = None) -> Iterator[MailServer]:
    """The command ``localstack-mailhog``, with such settings and a mailbox without mail."""
    smtp, http = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="bench-mailhog-") as folder:
        environ = {
            "MH_SMTP_BIND_ADDR": f"127.0.0.1:{smtp}",
            "MH_API_BIND_ADDR": f"127.0.0.1:{http}",
            "MH_UI_BIND_ADDR": f"127.0.0.1:{http}",
            "MH_STORAGE": "sqlite" if name == FILE else "memory",
            "MH_SQLITE_PATH": folder,
            **(settings or {}),
        }
        command = [str(Path(sys.executable).parent / "localstack-mailhog")]
        with running(command, environ) as pid:
            yield _started(MailServer(name, pid, smtp, http))


def smtp_sink() -> AbstractContextManager[MailServer] | None:
    """Postfix's sink, which keeps nothing: the limit."""
    command = postfix("smtp-sink")
    return None if command is None else _smtp_sink(command)


def maildev() -> AbstractContextManager[MailServer] | None:
    """maildev, from npm."""
    command = shutil.which("maildev") or os.environ.get("MAILDEV")
    if not command:
        _say_once("maildev is left out: npm install maildev, and name its command with MAILDEV=…")
        return None
    return _maildev(command)


def postfix(name: str) -> str | None:
    """Where one of Postfix's tools is; where it is not, it is said how to get it."""
    command = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if command is None:
        _say_once(f"{name} is left out: it is part of Postfix (apt-get install postfix)")
    return command


@cache
def _say_once(text: str) -> None:
    print(text)


@contextmanager
def _smtp_sink(command: str) -> Iterator[MailServer]:
    port = free_port()
    as_root = ["-u", "nobody"] if os.geteuid() == 0 else []
    with running([command, *as_root, f"127.0.0.1:{port}", "1024"], {}) as pid:
        yield _started(MailServer(SMTP_SINK, pid, port, 0))


@contextmanager
def _maildev(command: str) -> Iterator[MailServer]:
    smtp, http = free_port(), free_port()
    places = ["--smtp", str(smtp), "--ip", "127.0.0.1", "--web", str(http), "--web-ip", "127.0.0.1"]
    with running([command, *places, "--silent"], {}) as pid:
        yield _started(MailServer(MAILDEV, pid, smtp, http))


def _started(server: MailServer) -> MailServer:
    """The same server, once it accepts."""
    for port in filter(None, (server.smtp, server.http)):
        wait_until(partial(_connect, port))
    return server


def _connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=5).close()
