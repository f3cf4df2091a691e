"""Our own API: listing, searching, marking, tagging and deleting mail."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest

from localstack_mailhog.mailbox.mail import Mail
from localstack_mailhog.sink import MailSink

Send = Callable[..., None]

MESSAGES = "/api/own/messages"


@pytest.fixture
def five(send: Send, api: Any) -> list[str]:
    """Five mails, to zoe and to max in turn; their ids, newest first."""
    for number in range(5):
        to = ["zoe@y.example", "max@y.example"][number % 2]
        send(f"Subject: mail {number}\r\n\r\nbody {number}\r\n".encode(), to=[to])
    return [item["id"] for item in api.get(MESSAGES).json()["items"]]


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [item["id"] for item in response.json()["items"]]


def error(response: Any) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/json"
    [text] = response.json().values()
    return response.status_code, text


def test_a_page_of_summaries_is_newest_first(send: Send, api: Any) -> None:
    send(b"Subject: old\r\n\r\n")
    send(
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: Shop <s@x.example>\r\n\r\nHallo\r\nZoë".encode(),
        sender="bounce@x.example",
        to=["zoe+a@y.example", "max@y.example"],
    )

    page = api.get(MESSAGES).json()

    newest = page["items"][0]
    assert {key: page[key] for key in ("total", "unread", "start", "count", "position")} == {
        "total": 2,
        "unread": 2,
        "start": 0,
        "count": 2,
        "position": 2,
    }
    assert datetime.fromisoformat(newest.pop("created")).utcoffset() is not None
    assert newest.pop("id").endswith("@mailhog.example")
    assert newest == {
        "position": 2,
        "sender": "bounce@x.example",
        "recipients": ["zoe+a@y.example", "max@y.example"],
        "from": "Shop <s@x.example>",
        "subject": "Grüße",
        "snippet": "Hallo Zoë",
        "size": 79,
        "attachment_count": 0,
        "unread": True,
        "tags": ["a"],
    }


def test_pages_follow_each_other(five: list[str], api: Any) -> None:
    pages = [api.get(f"{MESSAGES}?start={start}&limit=2") for start in (0, 2, 4, 6)]

    assert [ids(page) for page in pages] == [five[:2], five[2:4], five[4:], []]
    assert [page.json()["total"] for page in pages] == [5] * 4


def test_no_more_than_250_come_at_a_time_and_50_by_default(sink: MailSink, api: Any) -> None:
    mail = Mail("a@x.example", ("b@y.example",), b"Subject: x\r\n\r\n")
    for future in [sink.deliver(mail) for _ in range(260)]:
        future.result(5)

    assert api.get(MESSAGES).json()["count"] == 50
    assert api.get(f"{MESSAGES}?limit=1000").json()["count"] == 250
    assert api.get(f"{MESSAGES}?limit=0").json()["total"] == 260


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("zürich", ["Zürich & more"]),
        ("subject:zürich from:shop", ["Zürich & more"]),
        ('"& more"', ["Zürich & more"]),
        ("-zürich", ["100% +1"]),
        ("100% OR more", ["100% +1", "Zürich & more"]),
        ("to:max@y.example", ["100% +1"]),
        ("header:x-run=7", ["100% +1"]),
        ("is:unread tag:nightly", ["100% +1"]),
        ("after:1h larger:10", ["100% +1", "Zürich & more"]),
        ("  ", ["100% +1", "Zürich & more"]),
        ("nothing-like-it", []),
    ],
)
def test_what_is_searched_is_found(send: Send, api: Any, query: str, subjects: list[str]) -> None:
    send("From: shop@x.example\r\nSubject: Zürich & more\r\n\r\n".encode(), to=["zoe@y.example"])
    send(b"X-Run: 7\r\nSubject: 100% +1\r\nX-Tags: nightly\r\n\r\n", to=["max@y.example"])

    page = api.get(MESSAGES, params={"query": query}).json()

    assert [item["subject"] for item in page["items"]] == subjects
    assert page["total"] == page["count"] == len(subjects)


def test_what_came_after_a_position_is_oldest_first(five: list[str], api: Any) -> None:
    page = api.get(f"{MESSAGES}?after=3")

    assert ids(page) == [five[1], five[0]]
    assert (page.json()["position"], page.json()["more"]) == (5, False)


def test_reading_on_misses_nothing_and_repeats_nothing(
    five: list[str], send: Send, api: Any
) -> None:
    seen, position, more = [], 0, True
    while more:
        page = api.get(f"{MESSAGES}?after={position}&limit=2")
        seen += ids(page)
        position, more = page.json()["position"], page.json()["more"]
    send(b"Subject: late\r\n\r\n")

    assert seen == five[::-1]
    [late] = api.get(f"{MESSAGES}?after={position}").json()["items"]
    assert late["subject"] == "late"


def test_after_a_position_a_query_leaves_out_what_is_not_meant(five: list[str], api: Any) -> None:
    first = api.get(f"{MESSAGES}?after=0&limit=3&query=to:max@y.example")
    second = api.get(f"{MESSAGES}?after={first.json()['position']}&query=to:max@y.example")

    assert (ids(first), first.json()["more"]) == ([five[3]], True)
    assert (ids(second), second.json()["more"]) == ([five[1]], False)


def test_after_what_never_came_is_nothing(five: list[str], api: Any) -> None:
    page = api.get(f"{MESSAGES}?after=1000000")

    assert (ids(page), page.json()["position"]) == ([], 1000000)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("limit=x", "limit is a whole number from 0 on"),
        ("limit=-1", "limit is a whole number from 0 on"),
        ("start=1.5", "start is a whole number from 0 on"),
        ("after=new", "after is a whole number from 0 on"),
        ("after=" + "9" * 30, "after is a whole number from 0 on"),
        ("after=1&start=2", "a page begins at start or after a position, not both"),
        ("to=zoe", "there is no parameter to; there are: query, start, after, limit"),
    ],
)
def test_what_makes_no_sense_is_refused(api: Any, parameters: str, said: str) -> None:
    assert error(api.get(f"{MESSAGES}?{parameters}")) == (400, said)


def test_mail_is_marked_and_tagged_by_query(five: list[str], api: Any) -> None:
    change = {"unread": False, "add_tags": ["Seen by Test", "nightly"]}

    response = api("PATCH", f"{MESSAGES}?query=to:max@y.example", json=change)

    assert response.json() == {"count": 2}
    assert ids(api.get(f'{MESSAGES}?query=tag:"seen by test" is:read')) == [five[1], five[3]]
    assert api.get(MESSAGES).json()["unread"] == 3


def test_mail_is_marked_and_tagged_by_id(five: list[str], api: Any) -> None:
    api("PATCH", MESSAGES, params={"id": [five[0], "none", five[2]]}, json={"unread": False})
    api("PATCH", f"{MESSAGES}/{quote(five[0])}", json={"unread": True, "add_tags": ["a", "b"]})
    api("PATCH", f"{MESSAGES}/{quote(five[0])}", json={"remove_tags": ["A"]})

    items = {item["id"]: item for item in api.get(MESSAGES).json()["items"]}
    assert [items[each]["unread"] for each in five] == [True, True, False, True, True]
    assert items[five[0]]["tags"] == ["b"]


def test_tags_and_recipients_are_counted(five: list[str], api: Any) -> None:
    api("PATCH", f"{MESSAGES}?query=to:max@y.example", json={"add_tags": ["b"], "unread": False})
    api("PATCH", f"{MESSAGES}/{quote(five[0])}", json={"add_tags": ["a"]})

    assert api.get("/api/own/tags").json() == [{"tag": "a", "total": 1}, {"tag": "b", "total": 2}]
    assert api.get("/api/own/mailboxes").json() == [
        {"recipient": "max@y.example", "total": 2, "unread": 0},
        {"recipient": "zoe@y.example", "total": 3, "unread": 3},
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"unread",
        b'{"unread": 1}',
        b'{"unread": null}',
        b'{"add_tags": "a"}',
        b'{"add_tags": [1]}',
        b'{"unread": true, "add_tags": [" "]}',
        b'{"unread": true, "subject": "x"}',
        b'{"unread": true' + b" " * 2000,
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_change_that_is_not_understood_changes_nothing(
    five: list[str], api: Any, body: bytes
) -> None:
    before = api.get(MESSAGES).json()

    responses = [
        api("PATCH", f"{MESSAGES}?query=body", data=body),
        api("PATCH", f"{MESSAGES}/{quote(five[0])}", data=body),
    ]

    assert [response.status_code for response in responses] == [400, 400]
    assert all(response.json().keys() == {"error"} for response in responses)
    assert api.get(MESSAGES).json() == before


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("", "say which messages: ?query=…, ?until=… or ?id=…"),
        ("?query=", "say which messages: ?query=…, ?until=… or ?id=…"),
        ("?query=%20OR%20", "say which messages: ?query=…, ?until=… or ?id=…"),
        ("?except=x", "say which messages: ?query=…, ?until=… or ?id=…"),
        ("?query=x&until=1.5", "until is a whole number from 0 on"),
        ("?query=x&id=y", "say which messages by id or by what finds them, not by both"),
        ("?querry=body", "there is no parameter querry; there are: query, until, except, id"),
    ],
)
def test_whoever_does_not_say_which_mail_is_refused(
    five: list[str], api: Any, method: str, parameters: str, said: str
) -> None:
    response = api(method, f"{MESSAGES}{parameters}", json={"unread": False})

    assert error(response) == (400, said)
    assert api.get(MESSAGES).json()["unread"] == 5


def test_mail_is_deleted_by_query_by_id_and_by_path(five: list[str], api: Any) -> None:
    by_query = api.delete(f"{MESSAGES}?query=to:max@y.example")
    by_id = api("DELETE", MESSAGES, params={"id": [five[0], five[0], five[1], "none"]})
    by_path = api.delete(f"{MESSAGES}/{quote(five[2])}")

    assert [each.json() for each in (by_query, by_id, by_path)] == [
        {"count": 2},
        {"count": 1},
        {"count": 1},
    ]
    assert ids(api.get(MESSAGES)) == [five[4]]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_mail_that_is_not_there_is_404(five: list[str], api: Any, method: str) -> None:
    response = api(method, f"{MESSAGES}/none", json={"unread": False})

    assert error(response) == (404, "there is no message none")
    assert api.get(MESSAGES).json()["unread"] == 5
