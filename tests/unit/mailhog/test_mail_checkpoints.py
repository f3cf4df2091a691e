"""What was committed is carried from the log into the database, while mail comes and without anybody's waiting."""

import contextlib
from pathlib import Path

import pytest

from localstack_mailhog.mailbox import checkpoints, connections
from localstack_mailhog.mailbox.connections import Databases
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.store import Mailbox
from tests.waiting import wait_until

SECONDS = 5
MAIL = Mail("a@x.example", ("b@y.example",), b"Subject: x\r\n\r\n" + b"x" * 20_000)


def test_mail_is_carried_over_while_the_mailbox_stays_open(tmp_path: Path) -> None:
    mailbox = Mailbox.lasting(tmp_path, "host.example")
    try:
        empty = mailbox.path.stat().st_size
        mailbox.add(MAIL).result(SECONDS)

        wait_until(lambda: mailbox.path.stat().st_size >= empty + len(MAIL.raw))
    finally:
        mailbox.close()


def test_the_log_does_not_grow_while_mail_pours_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "SECONDS", 0.01)
    for module in (checkpoints, connections):
        monkeypatch.setattr(module, "MOST_LOGGED", 100)
    mailbox = Mailbox.lasting(tmp_path, "host.example")
    log = mailbox.path.with_name(mailbox.path.name + "-wal")
    sent = 0
    try:
        while sent < 4000:
            for future in [mailbox.add(MAIL) for _ in range(10)]:
                future.result(SECONDS)
            sent += 10

        assert sent * len(MAIL.raw) > 3 * log.stat().st_size
        with mailbox.look() as view:
            assert view.total() == sent
    finally:
        mailbox.close()


def test_it_ends_when_it_is_closed_just_after_it_has_waited_for_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "SECONDS", 0.001)
    databases = Databases(tmp_path, lasting=True)
    made = checkpoints.Checkpoints(databases, contextlib.nullcontext)
    wait = made._closed.wait

    def closed_behind_the_waiting(seconds: float) -> bool:
        has_ended = wait(seconds)
        made._closed.set()
        made._committed.set()
        return has_ended

    monkeypatch.setattr(made._closed, "wait", closed_behind_the_waiting)
    made.tell()

    made._thread.join(SECONDS)

    assert not made._thread.is_alive()
