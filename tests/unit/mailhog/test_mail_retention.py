"""How much mail is kept, and what becomes of the rest."""

import sqlite3
from pathlib import Path

import pytest

from localstack_mailhog.mailbox import keeper
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.retention import Retention
from localstack_mailhog.mailbox.store import Mailbox
from tests.waiting import wait_until

SECONDS = 5


def a_mail(number: int) -> Mail:
    return Mail(str(number), ("b@y.example",), f"Subject: {number}\r\n\r\nHello.\r\n".encode())


def senders(mailbox: Mailbox) -> list[str]:
    with mailbox.look() as view:
        return [entry.sender for entry in view.newest(0, 1000)]


def stored(path: Path) -> int:
    """How many mails' bytes are in the file."""
    with sqlite3.connect(path) as connection:
        return int(connection.execute("SELECT count(*) FROM content").fetchone()[0])


def test_the_oldest_give_way_to_the_newest() -> None:
    mailbox = Mailbox.temporary("host.example", Retention(messages=3))
    try:
        for number in range(10):
            mailbox.add(a_mail(number)).result(SECONDS)
            assert len(senders(mailbox)) <= 3

        assert senders(mailbox) == ["9", "8", "7"]
        wait_until(lambda: stored(mailbox.path) == 3)
    finally:
        mailbox.close()


def test_many_that_come_at_once_do_not_exceed_the_limit() -> None:
    mailbox = Mailbox.temporary("host.example", Retention(messages=3))
    try:
        futures = [mailbox.add(a_mail(number)) for number in range(500)]
        for future in futures:
            future.result(SECONDS)

        assert senders(mailbox) == ["499", "498", "497"]
        wait_until(lambda: stored(mailbox.path) == 3)
    finally:
        mailbox.close()


def test_the_oldest_of_many_go_in_portions_and_the_rest_in_a_quiet_moment() -> None:
    mailbox = Mailbox.temporary("host.example", Retention(messages=100))
    most = 0
    try:
        wait_until(lambda: mailbox.add_at_once([a_mail(0)]) is not None)
        for number in range(1, 301):
            # None: the mailbox was tidying up just then.
            if mailbox.add_at_once([a_mail(number)]) is None:
                mailbox.add(a_mail(number)).result(SECONDS)
            most = max(most, len(senders(mailbox)))

        assert 100 < most <= 102
        wait_until(lambda: len(senders(mailbox)) == 100)
        assert senders(mailbox) == [str(number) for number in range(300, 200, -1)]
        wait_until(lambda: stored(mailbox.path) == 100)
    finally:
        mailbox.close()


def test_what_was_deleted_by_hand_does_not_count() -> None:
    mailbox = Mailbox.temporary("host.example", Retention(messages=3))
    try:
        for number in range(3):
            mailbox.add(a_mail(number)).result(SECONDS)
        mailbox.delete_many([2]).result(SECONDS)

        mailbox.add(a_mail(3)).result(SECONDS)

        assert senders(mailbox) == ["3", "2", "0"]
    finally:
        mailbox.close()


def test_what_is_too_old_goes_without_being_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "AGE_SECONDS", 0.0)
    mailbox = Mailbox.temporary("host.example", Retention(age=0.2))
    try:
        mailbox.add(a_mail(1)).result(SECONDS)
        assert senders(mailbox) == ["1"]

        wait_until(lambda: senders(mailbox) == [])
        wait_until(lambda: stored(mailbox.path) == 0)
    finally:
        mailbox.close()


def test_what_has_gone_is_not_found_and_leaves_the_index() -> None:
    mailbox = Mailbox.temporary("host.example", Retention(messages=2))
    index = mailbox.path.with_name("index.sqlite3")

    def indexed() -> set[int]:
        with sqlite3.connect(index) as connection:
            return {
                row[0]
                for table in ("summary", "recipient")
                for row in connection.execute(f"SELECT position FROM {table}")
            }

    try:
        for number in range(5):
            mailbox.add(a_mail(number)).result(SECONDS)
            mailbox.settle()

        wait_until(lambda: indexed() == {4, 5})
        mailbox.delete_all().result(SECONDS)
        wait_until(lambda: indexed() == set())
    finally:
        mailbox.close()


def test_space_is_used_again_after_everything_was_deleted() -> None:
    mailbox = Mailbox.temporary("host.example")
    at_once = 200 * 20_000
    try:
        for _ in range(5):
            for _ in range(200):
                mailbox.add(Mail("a", ("b",), b"x" * 20_000))
            mailbox.delete_all().result(SECONDS)
            wait_until(lambda: stored(mailbox.path) == 0)

        assert mailbox.path.stat().st_size < 2 * at_once
    finally:
        mailbox.close()
