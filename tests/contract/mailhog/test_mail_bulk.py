"""What is done to many mails at a time is done to those that were meant, and to no others."""

from collections.abc import Callable
from typing import Any

import pytest

MESSAGES = "/api/own/messages"


@pytest.fixture
def kept(api: Any) -> Callable[[], list[str]]:
    """The subjects of the mail that is there, oldest first."""
    return lambda: [item["subject"] for item in reversed(api.get(MESSAGES).json()["items"])]


@pytest.fixture
def three(api: Any, send: Callable[..., None]) -> list[dict[str, Any]]:
    """Three mails, oldest first, as the list has them."""
    for subject in (b"one", b"two", b"three"):
        send(b"Subject: %s\r\n\r\nword\r\n" % subject)
    items: list[dict[str, Any]] = api.get(MESSAGES).json()["items"]
    return items[::-1]


def test_mail_that_came_since_the_list_was_looked_at_is_left_alone(
    api: Any, send: Callable[..., None], kept: Callable[[], list[str]], three: list[dict[str, Any]]
) -> None:
    send(b"Subject: four\r\n\r\nword\r\n")

    by_query = api.delete(f"{MESSAGES}?query=word&until={three[1]['position']}").json()
    by_position = api.delete(f"{MESSAGES}?until={three[2]['position']}").json()

    assert by_query == {"count": 2}
    assert by_position == {"count": 1}
    assert kept() == ["four"]


def test_mail_that_is_excepted_is_left_alone(
    api: Any, kept: Callable[[], list[str]], three: list[dict[str, Any]]
) -> None:
    params = {"until": three[2]["position"], "except": [three[0]["id"], three[2]["id"], "gone"]}

    count = api("DELETE", MESSAGES, params=params).json()

    assert count == {"count": 1}
    assert kept() == ["one", "three"]


@pytest.mark.parametrize("params", [{}, {"until": "0"}, {"until": "x"}, {"except": "y"}])
def test_nothing_is_deleted_because_something_was_left_out(
    api: Any, kept: Callable[[], list[str]], three: list[dict[str, Any]], params: dict[str, str]
) -> None:
    refused = api("DELETE", MESSAGES, params=params)

    assert refused.status_code == 400
    assert len(kept()) == 3


def test_a_mail_without_parts_is_its_own_first_part(api: Any, send: Callable[..., None]) -> None:
    send(b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nUERG\r\n")
    [item] = api.get(MESSAGES).json()["items"]

    part = api.get(f"{MESSAGES}/{item['id']}/parts/1")

    assert part.content == b"PDF"
    assert part.headers["Content-Disposition"].startswith("attachment;")
