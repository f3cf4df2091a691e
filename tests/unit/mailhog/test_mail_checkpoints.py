"""What was committed is carried from the log into the database, while mail comes and without anybody's waiting."""

import time
from pathlib import Path

import pytest

from localstack_mailhog.mailbox import checkpoints
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
    monkeypatch.setattr(checkpoints, "MOST_LOGGED", 100)
    mailbox = Mailbox.lasting(tmp_path, "host.example")
    log = mailbox.path.with_name(mailbox.path.name + "-wal")
    sent = 0
    try:
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for future in [mailbox.add(MAIL) for _ in range(10)]:
                future.result(SECONDS)
            sent += 10

        assert sent * len(MAIL.raw) > 3 * log.stat().st_size
        with mailbox.look() as view:
            assert view.total() == sent
    finally:
        mailbox.close()
