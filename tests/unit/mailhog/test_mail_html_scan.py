"""The scanner for HTML."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.html_scan import RawText, Tag, scan, visible_text

PIECES = [
    *("<", ">", "</", "<a", "<a ", "</a>", "<!--", "-->", "<!", "<?", "/>", "=", '"', "'", "&amp;"),
    *(
        "<style>",
        "</style>",
        "<script>",
        "</SCRIPT",
        "<td>",
        "<br>",
        "href=",
        " ",
        "\n",
        "İ",
        "&#0;",
        "&#",
    ),
]

sources = st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join)
words = st.text(st.characters(categories=("L", "N")), min_size=1)


def tags(source: str) -> list[Tag]:
    return [token for token in scan(source) if isinstance(token, Tag)]


@given(sources)
def test_nothing_breaks_it_and_nothing_is_invented(source: str) -> None:
    end = 0
    for token in scan(source):
        if isinstance(token, Tag):
            assert source[token.begin :].startswith(token.source)
            assert token.begin >= end
            end = token.begin + len(token.source)
            assert all(name == name.lower() for name in token.attributes())
        elif isinstance(token, RawText):
            assert source[token.begin :].startswith(token.text)
    assert "\n\n" not in visible_text(source)


@given(st.lists(words))
def test_text_is_kept(texts: list[str]) -> None:
    source = "<p>".join(f"<b title='<x>'>{html.escape(text)}</b>" for text in texts)

    assert visible_text(source).split("\n") == texts or not texts


@given(words, st.text(st.characters(exclude_characters='"', exclude_categories=("Cs",))))
def test_attributes_are_read_as_they_were_meant(text: str, value: str) -> None:
    source = f"<A one=1 TWO=\"{html.escape(value)}\" three two=again empty=''>{text}</a>"

    [opening, closing] = tags(source)

    assert (opening.name, opening.is_closing) == ("a", False)
    assert (closing.name, closing.is_closing) == ("a", True)
    attributes = opening.attributes()
    # A browser reads a carriage return and a null otherwise, too.
    assert attributes.pop("two") == html.unescape(html.escape(value))
    assert attributes == {"one": "1", "three": "", "empty": ""}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>one<p>two<br>three", "one\ntwo\nthree"),
        ("o<b>n</b>e t<i>w</i>o", "one two"),
        ("<tr><td>a</td><td>b</td></tr><tr><td>c", "a b\nc"),
        ("a &lt;b&gt; &amp;amp; &uuml;", "a <b> &amp; ü"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a<!-- <p>no --> b<!-- never closed", "a b"),
        ("<!DOCTYPE html><?xml x?><html>x", "x"),
        ("<style>p{}</style><script>'</p>'</script>a<TITLE>t</TITLE>b", "a\nb"),
        ("<script>never closed", ""),
        ("<a title='>'>x</a>", "x"),
        ("<a title='never closed>x", "x"),
        ("İ<style>x</style>y", "İ\ny"),
        ("a\r\n  b\n\nc", "a b c"),
    ],
)
def test_what_a_reader_sees(source: str, text: str) -> None:
    assert visible_text(source) == text


@pytest.mark.parametrize(
    "piece", [*PIECES, "<a x=", '<a "', "<a x='", "<a x ", "<style>x", "<!--x"]
)
def test_what_is_made_to_take_long_does_not(piece: str) -> None:
    source = piece * (600_000 // len(piece))

    # The test's own time limit is the bound: what takes quadratic time takes an hour.
    for tag in tags(source):
        tag.attributes()
    for tag in tags(source + "x" * 600_000):
        tag.attributes()
