"""What is measured, as processes: started without a word, waited for, and stopped, with the memory they have."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], environ: Mapping[str, str]) -> Iterator[int]:
    """The id of the process of a command.

    :param environ: what it finds besides our own environment
    """
    process = subprocess.Popen(
        command,
        env=os.environ | environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(answers: Callable[[], object]) -> None:
    """Return as soon as a call succeeds.

    :raises OSError: that of the last attempt, when it still does not after `START_SECONDS`
    """
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            answers()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.005)
        else:
            return


def resident(pid: int) -> int:
    """How much memory a process has, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    [kib] = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")]
    return int(kib) * 1024
