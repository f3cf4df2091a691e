"""The links of a mail."""

import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.decoded import decode_mail
from localstack_mailhog.content.links import MOST, Link, links_of, urls_in


def links(text: str = "", html: str = "") -> list[tuple[str, str]]:
    mail = EmailMessage(policy=email.policy.SMTP)
    mail.set_content(text or "-")
    if html:
        mail.add_alternative(html, subtype="html")
    return [(link.url, link.text) for link in links_of(decode_mail(mail.as_bytes()))]


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        ("See https://x.example/a?b=1&c=2#d.", ["https://x.example/a?b=1&c=2#d"]),
        ("(https://x.example/a)", ["https://x.example/a"]),
        ("https://x.example/wiki/A_(b), and", ["https://x.example/wiki/A_(b)"]),
        ("<https://x.example/a>", ["https://x.example/a"]),
        ('"https://x.example/a"', ["https://x.example/a"]),
        ("*https://x.example/a*", ["https://x.example/a"]),
        (
            "https://x.example/a\nhttps://x.example/b",
            ["https://x.example/a", "https://x.example/b"],
        ),
        ("HTTP://X.EXAMPLE/A!", ["HTTP://X.EXAMPLE/A"]),
        ("http://localhost:8000/x;y=1,2?", ["http://localhost:8000/x;y=1,2"]),
        ("https://x.example/Zürich/日本", ["https://x.example/Zürich/日本"]),
        ("mailto:zoe@example.com", ["mailto:zoe@example.com"]),
        ("www.example.com/a.", ["www.example.com/a"]),
        ("[1] https://x.example/a]", ["https://x.example/a"]),
        ("ftp://x.example file:///etc javascript:x zoe@example.com x.example", []),
        ("https://", []),
    ],
)
def test_addresses_in_text_are_found_without_the_sentences_punctuation(
    text: str, urls: list[str]
) -> None:
    assert urls_in(text) == urls


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="https://x.example/a?b=1&amp;c">Go <b>there</b>\n now</a>', ("https://x.example/a?b=1&c", "Go there now")),
        ("<A HREF=https://x.example/a>x</A>", ("https://x.example/a", "x")),
        ("<a href=' https://x.example/a '><img alt='Logo'></a>", ("https://x.example/a", "Logo")),
        ("<map><area href='https://x.example/a' alt='Here'></map>", ("https://x.example/a", "Here")),
        ("<a href='https://x.example/a'>never closed", ("https://x.example/a", "never closed")),
        ("<a href='mailto:z@x.example'>write</a>", ("mailto:z@x.example", "write")),
        ("<a href='/relative'>r</a>", ("/relative", "r")),
        ("<a title=x href='https://x.example/a' href='second'>x</a>", ("https://x.example/a", "x")),
    ],
)  # fmt: skip
def test_links_of_html_have_what_a_reader_clicks_on(html: str, found: tuple[str, str]) -> None:
    assert links(html=html) == [found]


@pytest.mark.parametrize(
    "html",
    [
        "<a name=x>no link</a>",
        "<a href='#below'>within</a>",
        "<a href=''>nothing</a>",
        "<!-- <a href='https://x.example/a'>x</a> -->",
        "<style><a href='https://x.example/a'></style>",
        "https://x.example/only-text",
    ],
)
def test_what_is_no_link_is_none(html: str) -> None:
    assert links(html=html) == []


def test_each_link_is_there_once_those_of_the_html_first() -> None:
    found = links(
        "Go: https://x.example/a\nHelp: https://x.example/help\nGo: https://x.example/a",
        '<a href="https://x.example/a">Go</a> <a href="https://x.example/a">Go</a>'
        ' <a href="https://x.example/a">Other</a>',
    )

    assert found == [
        ("https://x.example/a", "Go"),
        ("https://x.example/a", "Other"),
        ("https://x.example/help", "https://x.example/help"),
    ]


def test_no_more_than_a_thousand_are_listed() -> None:
    many = "".join(f"<a href='https://x.example/{number}'>x</a>" for number in range(3 * MOST))

    assert len(links(html=many)) == MOST
    assert len(links(" ".join(f"https://x.example/{number}" for number in range(3 * MOST)))) == MOST


@pytest.mark.parametrize(
    "piece", ["http://", "https://x.example/" + "(" * 20, "(", ")", "<a href=x>", "<a href='", "<a <a", "www."]
)  # fmt: skip
def test_what_is_made_to_take_long_does_not(piece: str) -> None:
    # The test's own time limit is the bound.
    links(piece * (1_000_000 // len(piece)), piece * (1_000_000 // len(piece)))


@given(
    st.lists(
        st.sampled_from(["http://", "www.", "<a href='", "'>", "</a>", "<img alt=", "(", ").", " ", "\n", "&#", "]"])
        | st.text(max_size=3)
    ).map("".join)
)  # fmt: skip
def test_nothing_breaks_it(text: str) -> None:
    raw = b"Content-Type: text/html; charset=utf-8\r\n\r\n" + text.encode("utf-8", "replace")

    for link in (*links_of(decode_mail(raw)), *(Link(url, "") for url in urls_in(text))):
        assert link.url == link.url.strip()
