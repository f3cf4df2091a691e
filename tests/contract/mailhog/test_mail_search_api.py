"""MailHog's search."""

from collections.abc import Callable
from typing import Any

import pytest

Send = Callable[..., None]


@pytest.fixture
def found(send: Send, api: Any) -> Callable[..., list[str]]:
    """Three mails are there; ``found("from", "shop")`` are the subjects of those that a search finds."""
    send(
        b"From: =?utf-8?q?Z=C3=BCrich?= <visible@shop.example>\r\nTo: Zoe <zoe@x.example>\r\n"
        b"Subject: first\r\nX-Token: abc-123\r\n\r\nHello World\r\n",
        sender="bounce@shop.example",
        to=["zoe@x.example", "hidden@x.example"],
    )
    send(
        b"From: a@x.example\r\nSubject: second\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"R3LDvMOfZSBhdXMgWsO8cmljaA==\r\n"
    )
    send(b"From: b@x.example\r\nSubject: third\r\n\r\nhello again, 100%\r\n")

    def found(kind: str, query: str, **paging: int) -> list[str]:
        response = api.get("/api/v2/search", params={"kind": kind, "query": query, **paging})
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/json"
        page = response.json()
        assert list(page) == ["total", "count", "start", "items"]
        assert page["count"] == len(page["items"])
        return [item["Content"]["Headers"]["Subject"][0] for item in page["items"]]

    return found


@pytest.mark.parametrize(
    ("kind", "query", "subjects"),
    [
        ("from", "SHOP.example", ["first"]),
        ("from", "bounce", ["first"]),
        ("from", "visible@", ["first"]),
        ("from", "Z\u00fcrich", ["first"]),
        ("from", "zoe", []),
        ("to", "zoe@x.example", ["first"]),
        ("to", "hidden", ["first"]),
        ("to", "b@y", ["third", "second"]),
        ("containing", "hello", ["third", "first"]),
        ("containing", "lo wor", ["first"]),
        ("containing", "c-12", ["first"]),
        ("containing", "second", ["second"]),
        ("containing", "aus Z\u00fcrich", ["second"]),
        ("containing", "0%", ["third"]),
        ("containing", "lo", ["third", "first"]),
        ("containing", '"hello"', []),
        ("containing", "hello OR second", []),
        ("containing", "from:b@x", []),
    ],
)
def test_a_search_finds_the_text_in_any_letter_case(
    found: Callable[..., list[str]], kind: str, query: str, subjects: list[str]
) -> None:
    assert found(kind, query) == subjects


def test_what_is_found_comes_in_pages(found: Callable[..., list[str]], api: Any) -> None:
    assert found("to", "y.example", start=1, limit=1) == ["second"]
    for start in (2, 9):
        page = api.get(f"/api/v2/search?kind=to&query=y.example&start={start}").json()
        assert page == {"total": 2, "count": 0, "start": start, "items": []}


@pytest.mark.parametrize(
    "query", ["", "kind=from", "query=x", "kind=&query=x", "kind=subject&query=x", "kind=to&query="]
)
def test_a_search_without_kind_or_text_is_refused(api: Any, query: str) -> None:
    response = api.get(f"/api/v2/search?{query}")

    assert (response.status_code, response.content) == (400, b"")
