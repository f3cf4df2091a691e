"""Searching: what a query means, and that the index finds exactly that."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_mailhog.mailbox.digest import Digest, digest_of
from localstack_mailhog.mailbox.mail import Entry, Mail
from localstack_mailhog.mailbox.query import (
    AnyOf,
    Arrived,
    Header,
    Larger,
    Not,
    Query,
    Text,
    containing,
    parse,
)
from localstack_mailhog.mailbox.store import Mailbox

SECONDS = 5
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def terms(text: str) -> tuple[object, ...]:
    return parse(text, NOW).terms


# The language


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ()),
        ("Hello World", (Text("", "hello"), Text("", "world"))),
        ('"hello world"', (Text("", "hello world"),)),
        ('"hello', (Text("", "hello"),)),
        ("-hello", (Not(Text("", "hello")),)),
        ("from:A@x.example", (Text("from", "a@x.example"),)),
        ('subject:"two words" three', (Text("subject", "two words"), Text("", "three"))),
        ("-to:zoe", (Not(Text("to", "zoe")),)),
        ("a OR b c", (AnyOf((Text("", "a"), Text("", "b"))), Text("", "c"))),
        ("OR a", (Text("", "a"),)),
        ("a OR", (Text("", "a"),)),
        ("a or b", (Text("", "a"), Text("", "or"), Text("", "b"))),
        ('"OR"', (Text("", "or"),)),
        ("header:X-Mailer=Foo", (Header("x-mailer", "foo"),)),
        ('header:X-Mailer="Foo 2"', (Header("x-mailer", "foo 2"),)),
        ("header:List-Unsubscribe", (Header("list-unsubscribe", ""),)),
        ("larger:2k", (Larger(2000),)),
        ("smaller:1M", (Not(Larger(999_999)),)),
        ("ZÜRICH", (Text("", "zürich"),)),
        ("https://x.example/?a=1", (Text("", "https://x.example/?a=1"),)),
        ("12:30", (Text("", "12:30"),)),
        ("Re: hello", (Text("", "re:"), Text("", "hello"))),
        ("foo:bar", (Text("", "foo:bar"),)),
        ("is:nonsense", (Text("", "is:nonsense"),)),
        ("before:nonsense", (Text("", "before:nonsense"),)),
        ("from:", (Text("", "from:"),)),
        ("-", (Text("", "-"),)),
        ('""', ()),
    ],
)
def test_a_query_is_read(text: str, meant: tuple[object, ...]) -> None:
    assert terms(text) == meant


def test_times_are_days_moments_or_how_long_ago() -> None:
    def nanoseconds(moment: datetime) -> int:
        return int(moment.timestamp()) * 1_000_000_000

    assert terms("after:2026-11-23") == (Arrived(nanoseconds(datetime(2026, 11, 23, tzinfo=UTC))),)
    assert terms("since:2026/11/23") == terms("after:2026-11-23")
    assert terms("after:2h") == (Arrived(nanoseconds(NOW - timedelta(hours=2))),)
    assert terms("before:2026-11-23T08:00+01:00") == (
        Not(Arrived(nanoseconds(datetime(2026, 11, 23, 7, tzinfo=UTC)))),
    )


def test_a_day_begins_where_the_user_is() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5)))

    [arrived] = parse("after:2026-11-23", there).terms

    assert arrived == Arrived(int(datetime(2026, 11, 22, 19, tzinfo=UTC).timestamp()) * 10**9)


@given(st.text())
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    parse(text, NOW)


# What is found


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An empty mailbox."""
    box = Mailbox.temporary("host.example")
    yield box
    box.close()


WELCOME = Mail(
    "bounce@shop.example",
    ("zoe@x.example", "hidden@x.example", "shop+nightly@x.example"),
    b"From: =?utf-8?q?Z=C3=BCrich_Shop?= <shop@shop.example>\r\n"
    b"To: Zoe <zoe@x.example>\r\n"
    b"Cc: copy@x.example\r\n"
    b"Subject: =?utf-8?b?R3LDvMOfZSBhdXMgWsO8cmljaA==?=\r\n"
    b"X-Campaign: Autumn 2026\r\n"
    b"X-Tags: Invoices, to do\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    b"Ein Caf=E9 f=FCr dich: soft line=\r\nbreak\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n"
    b'<style>p { color: hidden }</style><p>Activate <a href="https://x.example/go?token=abc">here</a>\r\n'
    b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=Rechnung.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n",
)
PLAIN = Mail("a@x.example", ("b@y.example",), b"Subject: plain\r\n\r\nNothing to see.\r\n")


def found(mailbox: Mailbox, query: str | Query) -> list[str]:
    """The senders of what a query finds, newest first."""
    mailbox.settle()
    with mailbox.look() as view:
        total, entries = view.search(parse(query, NOW) if isinstance(query, str) else query, 0, 100)
    assert total == len(entries)
    return [entry.sender for entry in entries]


@pytest.mark.parametrize(
    "query",
    [
        "zürich",
        "ZU\u0308RICH",  # composed otherwise
        "grüße",
        "café",
        "linebreak",
        "Activate here",
        "token=abc",
        "rechnung.pdf",
        "autumn",
        "from:shop@shop.example",
        "from:bounce@",
        "from:zürich",
        "to:zoe",
        "to:hidden@x.example",
        "cc:copy",
        "bcc:hidden",
        "mailbox:Hidden@x.example",
        "subject:grüsse OR subject:grüße",
        "subject:ü",
        "fé",
        "body:café -body:zürich",
        "attachment:rechnung",
        "attachment:pdf",
        "has:attachment",
        "header:x-campaign=2026",
        "header:X-Campaign",
        "-header:x-campaign=2025 zürich",
        "header:x-campaign=2026 -header:subject=2026",
        "tag:invoices",
        'tag:"to do"',
        "tag:nightly",
        "is:tagged",
        "is:unread zürich",
        "nonsense OR zürich",
        "larger:500 zürich",
        "-plain",
        "zürich -plain -nothing",
    ],
)
def test_the_mail_that_is_meant_is_found_and_no_other(mailbox: Mailbox, query: str) -> None:
    mailbox.add(WELCOME)
    mailbox.add(PLAIN).result(SECONDS)

    assert found(mailbox, query) == [WELCOME.sender]


@pytest.mark.parametrize(
    "query",
    [
        "color",  # styles are not text
        "content-type",  # nor are the names of headers
        "bcc:zoe",
        "mailbox:hidden",
        "subject:café",
        "header:x-campaign=zürich",
        "header:campaign=2026",
        "tag:invoice",
        "is:read",
        "zürich plain",
        "smaller:10",
        "before:2020-01-01",
    ],
)
def test_what_is_not_meant_is_not_found(mailbox: Mailbox, query: str) -> None:
    mailbox.add(WELCOME)
    mailbox.add(PLAIN).result(SECONDS)

    assert found(mailbox, query) == []


def test_what_is_read_deleted_or_tagged_since_is_known_at_once(mailbox: Mailbox) -> None:
    mailbox.add(WELCOME)
    mailbox.add(PLAIN).result(SECONDS)
    mailbox.settle()

    mailbox.change([1], unread=False).result(SECONDS)
    mailbox.change([2], add=["seen"]).result(SECONDS)
    assert found(mailbox, "is:read") == [WELCOME.sender]
    assert found(mailbox, "tag:seen") == [PLAIN.sender]

    mailbox.delete_many([2]).result(SECONDS)
    assert found(mailbox, "nothing") == []
    mailbox.delete_all().result(SECONDS)
    mailbox.add(PLAIN).result(SECONDS)
    assert found(mailbox, "tag:seen") == []
    assert found(mailbox, "nothing") == [PLAIN.sender]


def test_a_page_of_what_is_found_tells_how_much_there_is(mailbox: Mailbox) -> None:
    for number in range(10):
        mailbox.add(Mail(str(number), ("b",), b"Subject: many\r\n\r\n")).result(SECONDS)
    mailbox.settle()

    with mailbox.look() as view:
        total, page = view.search(containing("subject", "MANY"), 2, 3)

    assert total == 10
    assert [entry.sender for entry in page] == ["7", "6", "5"]


def test_summaries_are_the_same_before_and_after_indexing(mailbox: Mailbox) -> None:
    mailbox.add(WELCOME).result(SECONDS)
    with mailbox.look() as view:
        [entry] = view.newest(0, 1)
        before = view.digest(entry).summary
    mailbox.settle()

    with mailbox.look() as view:
        assert view.summaries([entry]) == [before]

    assert before.author == "Zürich Shop <shop@shop.example>"
    assert before.subject == "Grüße aus Zürich"
    assert before.snippet == "Ein Café für dich: soft linebreak"
    assert before.attachments == 1


def test_every_recipient_has_a_mailbox(mailbox: Mailbox) -> None:
    mailbox.add(WELCOME)
    mailbox.add(Mail("a", ("ZOE@x.example",), b"")).result(SECONDS)
    mailbox.change([1], unread=False).result(SECONDS)
    mailbox.settle()

    with mailbox.look() as view:
        mailboxes = {address: (box.total, box.unread) for address, box in view.mailboxes().items()}

    assert mailboxes == {
        "hidden@x.example": (1, 0),
        "shop+nightly@x.example": (1, 0),
        "zoe@x.example": (2, 1),
    }


WORDS = st.sampled_from(
    [
        "ab",
        "abc",
        "abcd",
        "b",
        "zü",
        "Zürich",
        "ß",
        "SS",
        "a b",
        "x:y",
        "1",
        '"',
        "%",
        "_",
        "日本",
        "日本語",
    ]
)
FIELDS = st.sampled_from(
    ["", "from:", "to:", "cc:", "bcc:", "subject:", "attachment:", "header:x-a=", "body:"]
)
TERMS = st.builds(
    lambda sign, field, word: f'{sign}{field}"{word}"', st.sampled_from(["", "-"]), FIELDS, WORDS
) | st.sampled_from(
    [
        *("OR", "is:unread", "is:read", "has:attachment", "tag:t", "larger:150", "header:x-a"),
        *("mailbox:ab", "mailbox:ß"),
    ]
)
MAILS = st.builds(
    lambda sender, to, hidden, subject, extra, body, attached: Mail(
        sender,
        (to, hidden),
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nX-A: {extra}\r\n"
        f"Content-Type: {'multipart/mixed; boundary=q' if attached else 'text/plain'}\r\n\r\n".encode()
        + (
            f"--q\r\n\r\n{body}\r\n--q\r\nContent-Disposition: attachment; filename={extra}\r\n\r\n--q--"
            if attached
            else body
        ).encode(),
    ),
    *[WORDS] * 6,
    st.booleans(),
)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(MAILS, min_size=1, max_size=6),
    st.lists(st.lists(TERMS, max_size=4).map(" ".join), min_size=1, max_size=8),
)
def test_the_index_finds_what_a_query_means(mails: list[Mail], queries: list[str]) -> None:
    mailbox = Mailbox.temporary("host.example")
    try:
        for mail in mails:
            mailbox.add(mail).result(SECONDS)
        mailbox.change([1], unread=False).result(SECONDS)
        mailbox.change([len(mails)], add=["t"]).result(SECONDS)
        mailbox.settle()
        with mailbox.look() as view:
            kept: list[tuple[Entry, Digest]] = [
                (entry, digest_of(entry, view.raw(entry))) for entry in view.newest(0, 100)
            ]
            for text in queries:
                query = parse(text, NOW)

                total, entries = view.search(query, 0, 100)

                meant = [entry for entry, digest in kept if query.means(entry, digest)]
                assert (total, entries) == (len(meant), meant), text
                assert view.found(query) == [entry.position for entry in meant]
    finally:
        mailbox.close()
