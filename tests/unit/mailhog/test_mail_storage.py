"""Mail that lasts: in a file, and in a maildir."""

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from localstack_mailhog.mailbox.connections import Databases
from localstack_mailhog.mailbox.errors import MailboxError, MailboxUnavailable
from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.mailbox.query import parse
from localstack_mailhog.mailbox.store import Mailbox

SECONDS = 5
HOST = "host.example"
MAIL = Mail(
    "a@x.example",
    ("zoë@y.example", "c@y.example"),
    b"X-Tags: one\r\nSubject: caf\xe9\r\n\r\n\x00.\r\nFrom here\r\n",
    "client",
)


def all_mail(mailbox: Mailbox) -> list[Mail]:
    with mailbox.look() as view:
        return [
            Mail(entry.sender, entry.recipients, view.raw(entry), entry.helo)
            for entry in reversed(view.newest(0, 1000))
        ]


def found(mailbox: Mailbox, query: str) -> int:
    mailbox.settle()
    with mailbox.look() as view:
        return view.search(parse(query, datetime.now(UTC)), 0, 10)[0]


# In a file


def test_mail_marks_and_tags_are_there_when_it_is_opened_again(tmp_path: Path) -> None:
    mailbox = Mailbox.lasting(tmp_path / "new" / "folder", HOST)
    mailbox.add(MAIL).result(SECONDS)
    mailbox.add(Mail("", ("b",), b"")).result(SECONDS)
    mailbox.change([1], unread=False).result(SECONDS)
    mailbox.change([1], add=["two"]).result(SECONDS)
    mailbox.close()

    mailbox = Mailbox.lasting(tmp_path / "new" / "folder", HOST)

    try:
        with mailbox.look() as view:
            first = view.newest(1, 1)[0]
            assert (first.unread, first.tags) == (False, ("one", "two"))
            assert view.latest() == 2
        assert all_mail(mailbox)[0] == MAIL
        assert found(mailbox, "from:a@x is:read tag:two") == 1
    finally:
        mailbox.close()


def test_positions_go_on_after_everything_was_deleted_and_it_is_opened_again(
    tmp_path: Path,
) -> None:
    mailbox = Mailbox.lasting(tmp_path, HOST)
    mailbox.add(MAIL).result(SECONDS)
    mailbox.settle()
    mailbox.delete_all().result(SECONDS)
    mailbox.close()

    mailbox = Mailbox.lasting(tmp_path, HOST)

    try:
        mailbox.add(Mail("", ("b",), b"Subject: other\r\n\r\n")).result(SECONDS)
        with mailbox.look() as view:
            assert view.latest() == 2
        assert (found(mailbox, "subject:other"), found(mailbox, "subject:caf")) == (1, 0)
    finally:
        mailbox.close()


@pytest.mark.parametrize("damage", ["missing", "garbage", "another version", "behind"])
def test_an_index_that_is_lost_or_damaged_is_made_again(tmp_path: Path, damage: str) -> None:
    mailbox = Mailbox.lasting(tmp_path, HOST)
    mailbox.add(MAIL).result(SECONDS)
    mailbox.settle()
    mailbox.close()
    index = Databases(tmp_path, lasting=True).index
    if damage == "missing":
        index.unlink()
    elif damage == "garbage":
        index.write_bytes(b"nonsense" * 1000)
    elif damage == "another version":
        with sqlite3.connect(index) as connection:
            connection.execute("PRAGMA user_version = 99")
            connection.execute("DROP TABLE summary")
    else:
        with sqlite3.connect(index) as connection:
            connection.execute("UPDATE progress SET position = 0")
            connection.execute("DELETE FROM summary")
            connection.execute("DELETE FROM head")
            connection.execute("DELETE FROM recipient")
            connection.execute("DELETE FROM words")

    mailbox = Mailbox.lasting(tmp_path, HOST)

    try:
        assert found(mailbox, "subject:café tag:one") == 1
    finally:
        mailbox.close()


def test_one_file_is_not_used_by_two_at_once(tmp_path: Path) -> None:
    mailbox = Mailbox.lasting(tmp_path, HOST)
    try:
        with pytest.raises(MailboxUnavailable, match="another process uses the mailbox"):
            Mailbox.lasting(tmp_path, HOST)
    finally:
        mailbox.close()

    Mailbox.lasting(tmp_path, HOST).close()


@pytest.mark.parametrize("damage", ["newer", "garbage", "a file"])
def test_a_mailbox_that_cannot_be_read_says_so_and_stays_as_it_is(
    tmp_path: Path, damage: str
) -> None:
    folder = tmp_path / "box"
    if damage == "a file":
        folder.write_text("mine")
    else:
        Mailbox.lasting(folder, HOST).close()
        path = Databases(folder, lasting=True).mail
        if damage == "garbage":
            path.write_bytes(b"nonsense" * 1000)
        else:
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 99")
    before = folder.read_bytes() if damage == "a file" else None

    with pytest.raises(MailboxUnavailable, match=str(folder)):
        Mailbox.lasting(folder, HOST)

    assert before is None or folder.read_bytes() == before


# In a maildir


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """Where a maildir will be."""
    return tmp_path / "maildir"


@pytest.fixture
def mailbox(maildir: Path) -> Iterator[Mailbox]:
    """An empty mailbox in a maildir."""
    box = Mailbox.in_maildir(maildir, HOST)
    yield box
    box.close()


def files(maildir: Path) -> list[Path]:
    return sorted(path for path in maildir.rglob("*") if path.is_file())


def test_a_mail_is_a_file_and_comes_back_byte_for_byte(mailbox: Mailbox, maildir: Path) -> None:
    identifier = mailbox.add(MAIL).result(SECONDS)
    [file] = files(maildir)
    assert file.parent.name == "new"
    assert file.read_bytes().endswith(MAIL.raw)

    again = Mailbox.in_maildir(maildir, HOST)

    try:
        assert all_mail(again) == [MAIL]
        with again.look() as view:
            assert view.newest(0, 1)[0].id == identifier
    finally:
        again.close()


def test_what_is_deleted_here_is_deleted_there(mailbox: Mailbox, maildir: Path) -> None:
    first = mailbox.add(MAIL).result(SECONDS)
    for _ in range(3):
        mailbox.add(MAIL).result(SECONDS)

    mailbox.delete(first).result(SECONDS)
    assert len(files(maildir)) == 3

    mailbox.delete_all().result(SECONDS)
    assert files(maildir) == []


def test_the_mail_of_others_is_taken_in_oldest_first_and_left_where_it_is(maildir: Path) -> None:
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(parents=True)
    ours = b"Return-Path: <r@x.example>\nDelivered-To: d@x.example\nTo: t@x.example\n\nnew\n"
    (maildir / "new" / "2.x").write_bytes(ours)
    (maildir / "cur" / "1.x:2,RS").write_bytes(b"From: F <f@x.example>\nTo: t@x.example\n\nread\n")
    (maildir / "tmp" / "3.x").write_bytes(b"half")
    # as MailHog writes its own
    (maildir / "abc=@mailhog.example").write_bytes(
        b"HELO:<h>\r\nFROM:<f@y.example>\r\nTO:<1@y.example>\r\nTO:<2@y.example>\r\n\r\nSubject: x\r\n\r\ny"
    )
    (maildir / "notes.txt").write_text("not a mail")
    for age, name in enumerate(["cur/1.x:2,RS", "new/2.x", "abc=@mailhog.example"]):
        os.utime(maildir / name, (1_700_000_000 + age, 1_700_000_000 + age))

    mailbox = Mailbox.in_maildir(maildir, HOST)

    try:
        assert all_mail(mailbox) == [
            Mail(
                "f@x.example", ("t@x.example",), b"From: F <f@x.example>\nTo: t@x.example\n\nread\n"
            ),
            Mail("r@x.example", ("d@x.example",), ours),
            Mail("f@y.example", ("1@y.example", "2@y.example"), b"Subject: x\r\n\r\ny", "h"),
        ]
        with mailbox.look() as view:
            entries = view.newest(0, 10)
        assert [entry.unread for entry in entries] == [True, True, False]
        assert entries[0].id == "abc=@mailhog.example"
        assert entries[2].created == 1_700_000_000 * 10**9
        assert len(files(maildir)) == 5

        mailbox.delete("abc=@mailhog.example").result(SECONDS)
        assert not (maildir / "abc=@mailhog.example").exists()
    finally:
        mailbox.close()


def test_a_mail_that_cannot_be_written_is_refused_and_leaves_nothing(
    mailbox: Mailbox, maildir: Path
) -> None:
    (maildir / "new").rename(maildir / "elsewhere")

    with pytest.raises(MailboxError):
        mailbox.add(MAIL).result(SECONDS)

    assert files(maildir) == []
    (maildir / "elsewhere").rename(maildir / "new")
    mailbox.add(MAIL).result(SECONDS)
    assert len(all_mail(mailbox)) == len(files(maildir)) == 1


def test_a_maildir_that_cannot_be_made_says_so(maildir: Path) -> None:
    maildir.write_text("mine")

    with pytest.raises(MailboxUnavailable, match=str(maildir)):
        Mailbox.in_maildir(maildir, HOST)


def test_a_copy_of_a_file_is_a_mail_of_its_own(maildir: Path) -> None:
    mailbox = Mailbox.in_maildir(maildir, HOST)
    identifier = mailbox.add(MAIL).result(SECONDS)
    mailbox.add(Mail("", ("b",), b"Subject: other\r\n\r\n")).result(SECONDS)
    mailbox.close()
    [first, _] = sorted(files(maildir), key=lambda path: path.stat().st_mtime_ns)
    (maildir / "cur" / "copy").write_bytes(first.read_bytes())

    mailbox = Mailbox.in_maildir(maildir, HOST)

    try:
        with mailbox.look() as view:
            entries = view.newest(0, 10)
            assert [view.find(entry.id) for entry in entries] == entries
        assert len({entry.id for entry in entries}) == 3
        assert identifier in {entry.id for entry in entries}
        assert mailbox.delete(identifier).result(SECONDS)
        assert {mail.raw for mail in all_mail(mailbox)} >= {MAIL.raw}
    finally:
        mailbox.close()


def test_names_and_fields_that_are_no_text_keep_nobody_from_their_mail(maildir: Path) -> None:
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(parents=True)
    head = b"X-Mailhog-Id: \xff\r\nReturn-Path: <\xfe>\r\nX-Mailhog-Helo: \xfd\r\n"
    (maildir / "new" / os.fsdecode(b"z\xfcrich")).write_bytes(head + MAIL.raw)

    mailbox = Mailbox.in_maildir(maildir, HOST)

    try:
        assert [mail.raw for mail in all_mail(mailbox)] == [MAIL.raw]
        mailbox.delete_all().result(SECONDS)
        assert files(maildir) == []
    finally:
        mailbox.close()
