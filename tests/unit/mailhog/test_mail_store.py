"""The mailbox: nothing is lost, order is kept, nothing is half there."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from localstack_mailhog.mailbox.connections import Databases
from localstack_mailhog.mailbox.mail import Entry, Mail
from localstack_mailhog.mailbox.store import Mailbox, MailboxError
from localstack_shared.errors import CannotStart

SECONDS = 5


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An empty mailbox."""
    box = Mailbox.temporary("host.example")
    yield box
    box.close()


def a_mail(text: str = "x", sender: str = "a@x.example") -> Mail:
    return Mail(sender, ("b@y.example",), f"Subject: {text}\r\n\r\n{text}\r\n".encode(), "me")


def keep(mailbox: Mailbox, *mails: Mail) -> list[str]:
    """Put mails in, one after the other, and return their ids."""
    return [mailbox.add(mail).result(SECONDS) for mail in mails]


def newest(mailbox: Mailbox, start: int = 0, limit: int = 1000) -> list[Entry]:
    with mailbox.look() as view:
        return view.newest(start, limit)


@pytest.mark.parametrize(
    "spoil", [str.upper, lambda _: "", lambda _: "\ufffd", lambda each: each[:8]]
)
def test_an_id_that_is_nearly_right_is_unknown(
    mailbox: Mailbox, spoil: Callable[[str], str]
) -> None:
    [identifier] = keep(mailbox, a_mail())

    with mailbox.look() as view:
        assert view.find(spoil(identifier)) is None
    assert not mailbox.delete(spoil(identifier)).result(SECONDS)
    assert [entry.id for entry in newest(mailbox)] == [identifier]


def test_a_mail_comes_out_as_it_went_in(mailbox: Mailbox) -> None:
    mail = Mail("", ("b@y.example", "zoë@y.example"), bytes(range(256)), "client")
    before = time.time_ns()

    [identifier] = keep(mailbox, mail)

    with mailbox.look() as view:
        entry = view.find(identifier)
        assert entry is not None
        assert (entry.sender, entry.recipients, entry.helo) == ("", mail.recipients, "client")
        assert entry.size == 256
        assert before <= entry.created <= time.time_ns()
        assert view.raw(entry) == mail.raw


def test_ids_have_mailhogs_form(mailbox: Mailbox) -> None:
    [identifier] = keep(mailbox, a_mail())

    key, _, host = identifier.partition("@")

    assert len(key) == 44
    assert key.endswith("=")
    assert host == "host.example"


def test_pages_are_newest_first_and_end(mailbox: Mailbox) -> None:
    ids = keep(mailbox, *(a_mail(str(number)) for number in range(5)))

    pages = [[entry.id for entry in newest(mailbox, start, 2)] for start in (0, 2, 4, 5, 9)]

    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]], [], []]


def test_positions_go_on_after_everything_was_deleted(mailbox: Mailbox) -> None:
    keep(mailbox, a_mail(), a_mail())

    mailbox.delete_all().result(SECONDS)

    with mailbox.look() as view:
        assert (view.total(), view.latest()) == (0, 2)
    keep(mailbox, a_mail("later"))
    with mailbox.look() as view:
        [later] = view.after(2, 10)
    assert later.position == 3


def test_deleting_tells_whether_there_was_something(mailbox: Mailbox) -> None:
    [identifier] = keep(mailbox, a_mail())

    assert mailbox.delete(identifier).result(SECONDS) is True
    assert mailbox.delete(identifier).result(SECONDS) is False
    with mailbox.look() as view:
        assert view.find(identifier) is None


def test_a_reader_sees_one_state_while_others_write(mailbox: Mailbox) -> None:
    keep(mailbox, a_mail("before"))

    with mailbox.look() as view:
        before = view.newest(0, 10)
        keep(mailbox, a_mail("after"))
        mailbox.delete(before[0].id).result(SECONDS)
        assert view.total() == 1
        assert view.raw(before[0])

    assert [entry.id for entry in newest(mailbox)] != [entry.id for entry in before]


def test_many_senders_at_once_lose_nothing(mailbox: Mailbox) -> None:
    def send(sender: int) -> None:
        futures = [mailbox.add(a_mail(f"{sender}-{number}", str(sender))) for number in range(100)]
        results[sender] = [future.result(SECONDS) for future in futures]

    results: dict[int, list[str]] = {}
    threads = [threading.Thread(target=send, args=(sender,)) for sender in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    entries = list(reversed(newest(mailbox)))
    assert len(entries) == 800
    for sender in range(8):
        assert [entry.id for entry in entries if entry.sender == str(sender)] == results[sender]


def fail_for(mailbox: Mailbox, sender: str) -> None:
    """Make the database refuse mail from *sender*, as a full disk would."""
    connection = sqlite3.connect(mailbox.path, timeout=SECONDS)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON message"
        f" WHEN new.sender = '{sender}' BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    connection.commit()
    connection.close()


def test_a_mail_that_cannot_be_written_fails_alone_and_leaves_nothing(mailbox: Mailbox) -> None:
    fail_for(mailbox, "bad@x.example")

    futures = [
        mailbox.add(a_mail(str(number), "bad@x.example" if number == 5 else "good@x.example"))
        for number in range(10)
    ]

    errors = [future.exception(SECONDS) for future in futures]
    assert [number for number, error in enumerate(errors) if error] == [5]
    assert isinstance(errors[5], MailboxError)
    assert len(newest(mailbox)) == 9
    with mailbox.look() as view:
        assert all(view.raw(entry) for entry in view.newest(0, 100))


def test_marks_and_tags_change_together_or_not_at_all(mailbox: Mailbox) -> None:
    keep(mailbox, a_mail())
    with contextlib.closing(sqlite3.connect(mailbox.path)) as connection:
        connection.execute(
            "CREATE TRIGGER no_tags BEFORE INSERT ON tag BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        connection.commit()

    with pytest.raises(MailboxError):
        mailbox.change([1], unread=False, add=["x"]).result(SECONDS)

    assert [(entry.unread, entry.tags) for entry in newest(mailbox)] == [(True, ())]


def test_closing_finishes_what_was_handed_over_and_removes_the_files() -> None:
    mailbox = Mailbox.temporary("host.example")
    folder = mailbox.path.parent
    assert folder.stat().st_mode & 0o077 == 0

    futures = [mailbox.add(a_mail()) for _ in range(500)]
    mailbox.close()

    assert all(future.result(0) for future in futures)
    assert not folder.exists()


def test_a_closed_mailbox_refuses(mailbox: Mailbox) -> None:
    mailbox.close()

    with pytest.raises(MailboxError):
        mailbox.add(a_mail()).result(SECONDS)
    with pytest.raises(MailboxError), mailbox.look():
        pass
    mailbox.close()


def test_a_folder_that_cannot_be_written_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(MailboxError):
        Mailbox(Databases(tmp_path / "missing", lasting=False), "host.example")


def test_who_waits_is_woken_by_arrival_and_deletion(mailbox: Mailbox) -> None:
    async def wait_for(change: object) -> int:
        revision = mailbox.changes.revision
        waiting = asyncio.ensure_future(mailbox.changes.beyond(revision))
        await asyncio.sleep(0)
        assert not waiting.done()
        change()  # type: ignore[operator]
        return await asyncio.wait_for(waiting, SECONDS) - revision

    assert asyncio.run(wait_for(lambda: mailbox.add(a_mail()))) == 1
    assert asyncio.run(wait_for(mailbox.delete_all)) == 1


def test_a_change_before_the_wait_is_not_missed(mailbox: Mailbox) -> None:
    revision = mailbox.changes.revision
    keep(mailbox, a_mail())

    assert asyncio.run(asyncio.wait_for(mailbox.changes.beyond(revision), SECONDS)) > revision


class MailboxAsAList(RuleBasedStateMachine):
    """Whatever is done to it, the mailbox is a list of mail."""

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = Mailbox.temporary("host.example")
        self.expected: list[tuple[str, Mail]] = []

    @rule(
        raws=st.lists(st.binary(max_size=64), max_size=5),
        sender=st.text(st.characters(exclude_categories=("Cs",)), max_size=8),
    )
    def add(self, raws: list[bytes], sender: str) -> None:
        mails = [Mail(sender, (sender, "b@y"), raw) for raw in raws]
        futures = [self.mailbox.add(mail) for mail in mails]
        self.expected += [(f.result(SECONDS), mail) for f, mail in zip(futures, mails, strict=True)]

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        if self.expected:
            index = data.draw(st.integers(0, len(self.expected) - 1))
            identifier, _ = self.expected.pop(index)
            assert self.mailbox.delete(identifier).result(SECONDS)

    @rule()
    def delete_all(self) -> None:
        self.mailbox.delete_all().result(SECONDS)
        self.expected = []

    @invariant()
    def it_holds_what_came_in_that_order(self) -> None:
        with self.mailbox.look() as view:
            entries = view.newest(0, 10_000)
            assert view.total() == len(entries)
            kept = [
                (entry.id, Mail(entry.sender, entry.recipients, view.raw(entry), entry.helo))
                for entry in reversed(entries)
            ]
            assert view.after(0, 10_000) == entries[::-1]
        assert kept == self.expected

    def teardown(self) -> None:
        self.mailbox.close()


TestMailboxAsAList = MailboxAsAList.TestCase
TestMailboxAsAList.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


def test_a_mailbox_that_cannot_be_made_is_a_clear_reason_not_to_start(tmp_path: Path) -> None:
    nowhere = tmp_path / "missing"

    with pytest.raises(CannotStart) as refused:
        Mailbox(Databases(nowhere, lasting=False), "mailhog.example")

    assert str(nowhere) in str(refused.value)
