"""What a mail's HTML uses that mail programs lack."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_mailhog.content.html_check import (
    MOST_CHECKED,
    MOST_PLACES,
    check_html,
    clients,
    support_table,
)


def names(source: str) -> set[str]:
    return {finding.name for finding in check_html(source)}


def test_the_table_is_whole() -> None:
    table = support_table()

    assert len(table) > 90
    assert len(clients()) == 6
    for kind_and_name, support in table.items():
        assert list(support) == list(clients()), kind_and_name
        assert set(support.values()) <= {"yes", "partly", "no"}, kind_and_name
        assert set(support.values()) != {"yes"}, f"{kind_and_name} is lacked by none"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<VIDEO src=x>", {"video"}),
        ("</video>", set()),
        ("<p onclick='x()'>", {"on*"}),
        ("<p on>", {"on*"}),
        ("<img srcset=a>", {"srcset"}),
        ("<img src='https://x.example/a.SVG?b'>", {"svg"}),
        ("<img src='a.webp#x'>", {"webp"}),
        ("<img src='data:image/svg+xml;base64,AA'>", {"data:", "svg"}),
        ("<img src='a.png'><a href='a.svg'>", set()),
        ("<p style='POSITION:absolute;color:red'>", {"position"}),
        ("<p style='-webkit-transform: none'>", {"transform"}),
        ("<p style='display: block'>", set()),
        ("<p style='display: FLEX !important'>", {"display: flex"}),
        ("<p style='background: #fff url(a.png)'>", {"background: url()"}),
        ("<p style='background: URL(\"a.png\")'>", {"background: url()"}),
        ("<p style='background: red'>", set()),
        ("<p style='width: calc(1px + max(2rem, 3px))'>", {"calc()", "max()", "rem"}),
        ("<p style='color: var(--x'>", {"var()"}),
        ("<p style='/* position: absolute */ x'>", set()),
        ("<p style='content: \"position: absolute\"'>", set()),
        ("<p style='&quot;; position: absolute'>", set()),
        ("<p title='position: absolute'>position: absolute", set()),
        ("<!-- <video> --><!--[if mso]><style>@import 'x';</style><![endif]-->", set()),
    ],
)
def test_what_is_used_is_found(source: str, found: set[str]) -> None:
    assert names(source) == found


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("@import url(x.css);", {"@import"}),
        ("@font-face { font-family: x; src: url(x) }", {"@font-face"}),
        ("@MEDIA (max-width: 1px) { a { color: red } }", {"@media"}),
        ("@media (prefers-color-scheme: dark) { }", {"@media", "prefers-color-scheme"}),
        ("@media print { @supports (x: y) { a { gap: 1px } } }", {"@media", "@supports", "gap"}),
        ("@-webkit-keyframes x { from { opacity: 0 } }", {"@keyframes", "opacity"}),
        ("a:hover, a::before, a:after { }", {":hover", "::before", "::after"}),
        ("tr:nth-child(2n) td { }", {":nth-child()"}),
        ("a[href] { } .b > c { }", {"[attribute]"}),
        ("a { b: c; &:hover { gap: 1px } }", {":hover", "gap"}),
        ("a:link { color: red }", set()),
        ("a { color: red", set()),
        ("}}} a { gap: 1px }", {"gap"}),
    ],
)
def test_style_sheets_are_read(sheet: str, found: set[str]) -> None:
    assert names(f"<style>{sheet}</style>") == found | {"style"}


def test_places_are_lines_of_the_mail_and_not_too_many() -> None:
    findings = {
        each.name: each
        for each in check_html("\n<style>\na{}\n  b { gap: 1px }</style>" + "\n<video>" * 20)
    }

    [gap] = findings["gap"].places
    assert (gap.line, gap.excerpt) == (4, "gap: 1px }")
    assert findings["video"].count == 20
    assert [place.line for place in findings["video"].places] == list(range(5, 5 + MOST_PLACES))


def test_what_most_programs_lack_comes_first() -> None:
    findings = check_html("<script></script><p style='border-radius: 1px; position: fixed'>")

    assert [each.name for each in findings] == ["script", "position", "border-radius"]


@pytest.mark.parametrize(
    "piece",
    [
        "<style>{",
        "<style>@media x{",
        "<style>a{b:c;",
        "<p style='f(",
        "<p style='a:(",
        '<a "x',
        "<a x= ",
    ],
)
def test_what_is_made_to_take_long_does_not(piece: str) -> None:
    # Twice what is looked at; the test's own time limit is the bound.
    check_html(piece + piece.rpartition(">")[2] * (2 * MOST_CHECKED // len(piece)))


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<style>",
                    "</style>",
                    "<p style='",
                    "'>",
                    '"',
                    "<!--",
                    "-->",
                    "@media ",
                    "@",
                    "(",
                    ")",
                ),
                *(
                    "{",
                    "}",
                    "[",
                    "]",
                    ":",
                    ";",
                    "::before",
                    "url(",
                    "\\",
                    "\n",
                    "display:flex",
                    "<a ",
                    "\r\f",
                ),
            ]
        )
        | st.text(max_size=3)
    ).map("".join)
)
def test_no_html_breaks_it(source: str) -> None:
    for finding in check_html(source):
        assert finding.count >= len(finding.places) > 0
        assert all(1 <= place.line <= source.count("\n") + 1 for place in finding.places)
