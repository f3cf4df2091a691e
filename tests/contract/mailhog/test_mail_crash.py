"""A sink that is killed, or whose disk is full, while mail comes loses nothing that it acknowledged."""

import contextlib
import os
import re
import resource
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

SENDERS = 6
COMMAND = str(Path(sys.executable).with_name("localstack-mailhog"))


@contextlib.contextmanager
def running(
    storage: dict[str, str], most_bytes: int = resource.RLIM_INFINITY
) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """The command with a storage: the process, the port for SMTP, where HTTP is.

    :param most_bytes: how large its files may become
    """
    free = dict.fromkeys(
        ("MH_SMTP_BIND_ADDR", "MH_API_BIND_ADDR", "MH_UI_BIND_ADDR"), "127.0.0.1:0"
    )
    process = subprocess.Popen(
        [COMMAND],
        env=os.environ | free | storage,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )
    try:
        assert process.stdout is not None
        said = ""
        while "Ready." not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        smtp = re.search(r"smtp://127\.0\.0\.1:(\d+)", said)
        http = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert smtp
        assert http
        yield process, int(smtp[1]), http[0]
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("kind", ["sqlite", "maildir"])
def test_what_was_acknowledged_is_there_after_the_restart(tmp_path: Path, kind: str) -> None:
    storage = {
        "MH_STORAGE": kind,
        "MH_SQLITE_PATH": str(tmp_path / "sqlite"),
        "MH_MAILDIR_PATH": str(tmp_path / "maildir"),
    }
    acknowledged: list[str] = []
    handed_over: list[str] = []

    def send(sender: int, port: int) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            client = smtplib.SMTP("127.0.0.1", port, timeout=10)
            for number in range(100_000):
                name = f"mail-{sender}-{number}."
                handed_over.append(name)
                body = f"Subject: {name}\r\n\r\n" + f"{name}\r\n" * 200
                client.sendmail("a@x.example", ["b@y.example"], body)
                acknowledged.append(name)

    with running(storage) as (process, port, _):
        threads = [threading.Thread(target=send, args=(sender, port)) for sender in range(SENDERS)]
        for thread in threads:
            thread.start()
        while len(acknowledged) < 300:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join(20)

    with running(storage) as (_, _, url):
        kept = everything(url)
        found = requests.get(
            f"{url}/api/own/messages", {"query": f'subject:"{acknowledged[-1]}"'}, timeout=30
        ).json()

    subjects = [message["subject"] for message in kept]
    assert len(set(subjects)) == len(subjects)
    assert set(acknowledged) <= set(subjects) <= set(handed_over)
    for message in kept:  # whole, or not at all
        name = message["subject"]
        assert message["size"] == len(f"Subject: {name}\r\n\r\n") + 200 * len(f"{name}\r\n")
    assert found["total"] == 1


def test_a_full_disk_refuses_mail_for_now_and_keeps_the_session_and_all_other_mail(
    tmp_path: Path,
) -> None:
    storage = {"MH_STORAGE": "sqlite", "MH_SQLITE_PATH": str(tmp_path)}
    acknowledged: list[str] = []
    refused: list[tuple[int, bytes]] = []

    with running(storage, most_bytes=2_000_000) as (_, port, url):
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            while len(refused) < 3:
                name = f"mail-{len(acknowledged)}."
                try:
                    client.sendmail(
                        "a@x.example", ["b@y.example"], f"Subject: {name}\r\n\r\n" + "x" * 100_000
                    )
                except smtplib.SMTPDataError as error:
                    refused.append((error.smtp_code, error.smtp_error))
                else:
                    acknowledged.append(name)
        assert {code for code, _ in refused} == {452}
        assert [message["subject"] for message in everything(url)] == acknowledged[::-1]

    with running(storage) as (_, _, url):
        assert [message["subject"] for message in everything(url)] == acknowledged[::-1]


def everything(url: str) -> list[dict[str, Any]]:
    """The summary of every mail."""
    messages: list[dict[str, Any]] = []
    while True:
        page = requests.get(
            f"{url}/api/own/messages", {"start": len(messages), "limit": 250}, timeout=30
        ).json()
        messages += page["items"]
        if not page["items"]:
            return messages
