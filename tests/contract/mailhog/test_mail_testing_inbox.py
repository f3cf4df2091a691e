"""What a test asks of its mail: listing, waiting, asserting."""

import email.policy
import re
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from localstack_mailhog.sink import MailSink
from localstack_mailhog.testing.client import MailClient, SinkError
from localstack_mailhog.testing.inbox import Inbox

Send = Callable[..., None]


@pytest.fixture
def client(sink: MailSink) -> Iterator[MailClient]:
    """A client of the sink."""
    with MailClient(sink.url) as client:
        yield client


@pytest.fixture
def mailbox(client: MailClient, send: Send) -> Inbox:
    """The mail of a test that has just begun; there is older mail."""
    send(b"Subject: older\r\n\r\n", to=["zoe@y.example"])
    return Inbox(client)


@pytest.fixture
def later(send: Send) -> Iterator[Callable[..., None]]:
    """Send mail in a moment: ``later(b"Subject: x", to=[…])``."""
    timers = []

    def later(raw: bytes, **options: Any) -> None:
        timers.append(threading.Timer(0.2, send, [raw], options))
        timers[-1].start()

    yield later
    for timer in timers:
        timer.join()


def letter(subject: str, text: str = "", html: str = "", filename: str = "") -> bytes:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"] = subject
    if text:
        mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if filename:
        mail.add_attachment(b"x", "application", "pdf", filename=filename)
    return mail.as_bytes()


def subjects(messages: list[Any]) -> list[str]:
    return [message.subject for message in messages]


def test_only_mail_since_the_beginning_is_listed_oldest_first(send: Send, mailbox: Inbox) -> None:
    assert mailbox.list_messages() == []
    for subject in ("eins", "zwölf", "three"):
        send(letter(subject))

    assert [message["Subject"] for message in mailbox.list_messages()] == ["eins", "zwölf", "three"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"to": "ZOE@y.example"}, ["Your order 1"]),
        ({"to": "zoe"}, []),
        ({"to": re.compile("^(zoe|hidden)@")}, ["Your order 1", "Rechnung"]),
        ({"subject": "order"}, ["Your order 1"]),
        ({"subject": "Order"}, []),
        ({"subject": re.compile("(?i)ORDER|rech")}, ["Your order 1", "Rechnung"]),
        ({"sender": "shop@X.example"}, ["Rechnung"]),
        ({"sender": re.compile("@x.example$")}, ["Your order 1", "Rechnung"]),
        ({"text": "Zoë"}, ["Your order 1"]),
        ({"text": re.compile(r"Betrag: \d+ €")}, ["Rechnung"]),
        ({"attachment": ".pdf"}, ["Rechnung"]),
        ({"query": "has:attachment"}, ["Rechnung"]),
        ({"query": "subject:order OR subject:none"}, ["Your order 1"]),
        ({"query": "-order", "sender": "shop@x.example"}, ["Rechnung"]),
        ({"to": "zoe@y.example", "subject": "Rechnung"}, []),
        ({"to": 'odd"address@y.example'}, []),
        ({}, ["Your order 1", "Rechnung"]),
    ],
)
def test_mail_is_told_apart_by_what_is_wanted(
    send: Send, mailbox: Inbox, wanted: Any, found: list[str]
) -> None:
    send(letter("Your order 1", "Hello Zoë"), to=["zoe@y.example"])
    send(
        letter("Rechnung", html="<p>Betrag: <b>7</b> €</p>", filename="Rechnung 7.pdf"),
        sender="shop@x.example",
        to=["max@y.example", "hidden@y.example"],
    )

    assert subjects(mailbox.list_messages(**wanted)) == found
    if found:
        assert mailbox.wait_for_message(**wanted).subject == found[0]
        assert subjects(mailbox.wait_for_messages(len(found), **wanted)) == found
    else:
        mailbox.assert_no_message(**wanted, within=0)


def test_a_criterion_that_there_is_not_is_named(mailbox: Inbox) -> None:
    with pytest.raises(TypeError, match="not told apart by 'recipient', but by to, subject"):
        mailbox.wait_for_message(recipient="zoe@y.example")  # type: ignore[call-arg]


def test_waiting_ends_when_the_mail_comes_and_not_for_others(
    send: Send, later: Callable[..., None], mailbox: Inbox
) -> None:
    send(letter("other"), to=["max@y.example"])
    later(letter("also for others"), to=["not-zoe@y.example"])
    later(letter("Grüße"), to=["zoe@y.example"])
    started = time.monotonic()

    message = mailbox.wait_for_message(to="Zoe@y.example", subject="Grü", timeout=30)

    assert message.subject == "Grüße"
    assert time.monotonic() - started < 20


def test_several_are_waited_for(send: Send, later: Callable[..., None], mailbox: Inbox) -> None:
    send(letter("1"))
    later(letter("2"))
    later(letter("2"))

    assert subjects(mailbox.wait_for_messages(3, timeout=30)) == ["1", "2", "2"]
    assert mailbox.wait_for_messages(0) == []


def test_that_too_few_come_says_how_many_did(send: Send, mailbox: Inbox) -> None:
    for number in range(25):
        send(letter(f"number {number}"), to=["a@y.example"])

    with pytest.raises(AssertionError) as failure:
        mailbox.wait_for_messages(2, subject=re.compile("^number 7$"), query="number", timeout=0)

    lines = str(failure.value).splitlines()
    assert lines[0] == (
        "1 of 2 messages with subject /^number 7$/ that the query 'number' finds within 0 s;"
        " since the test began, there came:"
    )
    assert lines[1] == (
        "  'number 0' from a@x.example to a@y.example (not with subject /^number 7$/)"
    )
    assert lines[8] == "  'number 7' from a@x.example to a@y.example"
    assert lines[21] == "  … and 5 more"
    assert lines[22].startswith("(the sink: SMTP at 127.0.0.1:")


def test_a_mail_that_should_not_have_come_is_shown(
    later: Callable[..., None], mailbox: Inbox
) -> None:
    later(letter("Surprise", "You have won\nnothing"), to=["zoe@y.example"])

    with pytest.raises(AssertionError) as failure:
        mailbox.assert_no_message(to="zoe@y.example", within=30)

    assert str(failure.value) == (
        "a message to 'zoe@y.example' came, and none should have:\n"
        "  'Surprise' from a@x.example to zoe@y.example\n"
        "    You have won\n"
        "    nothing"
    )


def test_no_mail_is_no_failure(send: Send, mailbox: Inbox) -> None:
    send(letter("other"), to=["max@y.example"])

    mailbox.assert_no_message(to="zoe@y.example", within=0.1)


def test_addresses_are_a_tests_own(client: MailClient) -> None:
    one, other = Inbox(client), Inbox(client)

    assert one.address("zoe") == one.address("zoe")
    assert re.fullmatch(r"zoe\.[0-9a-f]{8}@example\.com", one.address("zoe"))
    assert re.fullmatch(r"zoe\.[0-9a-f]{8}@shop\.example", one.address("zoe@shop.example"))
    assert one.address("zoe") != other.address("zoe")
    assert one.address() != one.address("zoe")


def test_one_recipients_mail_is_apart_from_the_others(send: Send, mailbox: Inbox) -> None:
    zoe = mailbox.for_recipient("Zoe@y.example")
    send(letter("for zoe"), to=["zoe@y.example"])
    send(letter("for both"), to=["zoe@y.example", "max@y.example"])
    send(letter("for max"), to=["max@y.example"])

    assert subjects(zoe.list_messages()) == ["for zoe", "for both"]
    assert subjects(zoe.list_messages(to="max@y.example")) == ["for both"]
    zoe.assert_no_message(subject="for max", within=0)
    zoe.clear()
    assert subjects(mailbox.list_messages()) == ["for max"]


def test_clearing_leaves_older_mail(send: Send, mailbox: Inbox, api: Any) -> None:
    for _ in range(120):
        send(letter("mine"))

    mailbox.clear()
    mailbox.clear()

    assert mailbox.list_messages() == []
    assert [item["subject"] for item in api.get("/api/own/messages").json()["items"]] == ["older"]
    send(letter("next"))
    assert mailbox.wait_for_message().subject == "next"


def test_a_mail_that_somebody_deletes_is_still_readable_once_it_was_seen(
    send: Send, mailbox: Inbox, api: Any
) -> None:
    send(letter("seen", "text"))
    seen = mailbox.wait_for_message()
    send(letter("never seen"))
    api.delete("/api/v1/messages")

    assert seen.text == "text\n"
    assert subjects(mailbox.list_messages()) == ["seen"]


def test_more_mail_than_a_page_has_is_listed(sink: MailSink, mailbox: Inbox) -> None:
    from localstack_mailhog.mailbox.mail import Mail

    futures = [
        sink.deliver(Mail("a@x", (f"{number}@y",), b"Subject: %d\r\n\r\n" % number))
        for number in range(600)
    ]
    for future in futures:
        future.result(10)

    assert subjects(mailbox.list_messages(to="599@y")) == ["599"]
    assert subjects(mailbox.list_messages(query="subject:550")) == ["550"]
    assert mailbox.wait_for_message(to="598@y", timeout=0).subject == "598"


def test_a_sink_that_stops_ends_a_wait_with_an_error(sink: MailSink, mailbox: Inbox) -> None:
    stopping = threading.Timer(0.2, sink.stop)
    stopping.start()

    with pytest.raises(SinkError, match=r"is stopping|does not answer"):
        mailbox.wait_for_message(timeout=60)
    stopping.join()
