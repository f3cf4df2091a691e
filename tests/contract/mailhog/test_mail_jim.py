"""Jim's switch: MailHog's API for its chaos monkey."""

import dataclasses
from typing import Any

import pytest

from localstack_mailhog.settings import MailSettings

JIM = "/api/v2/jim"

DEFAULTS = {
    "AcceptChance": 0.99,
    "DisconnectChance": 0.005,
    "LinkSpeedAffect": 0.1,
    "LinkSpeedMax": 10240,
    "LinkSpeedMin": 1024,
    "RejectAuthChance": 0.05,
    "RejectRecipientChance": 0.05,
    "RejectSenderChance": 0.05,
}


def test_jim_is_away_until_he_is_invited(api: Any) -> None:
    answers = [api("GET", JIM), api("PUT", JIM, json=DEFAULTS), api("DELETE", JIM)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(404, b"")] * 3


def test_invited_without_a_word_he_does_what_the_settings_say(api: Any) -> None:
    invited = api("POST", JIM)
    seen = api.get(JIM)

    assert (invited.status_code, invited.content) == (201, b"")
    assert seen.headers["Content-Type"] == "application/json"
    assert seen.json() == DEFAULTS


def test_invited_with_chances_he_does_those_and_what_he_is_not_told_is_0(api: Any) -> None:
    api("POST", JIM, json={"acceptChance": 1, "RejectSenderChance": 0.5})

    assert api.get(JIM).json() == dict.fromkeys(DEFAULTS, 0) | {
        "AcceptChance": 1,
        "RejectSenderChance": 0.5,
    }


def test_he_cannot_be_invited_twice(api: Any) -> None:
    api("POST", JIM)

    again = api("POST", JIM, json={"AcceptChance": 1})

    assert again.status_code == 400
    assert api.get(JIM).json() == DEFAULTS


def test_telling_him_replaces_everything(api: Any) -> None:
    api("POST", JIM)

    told = api("PUT", JIM, json={"AcceptChance": 1, "LinkSpeedMax": 5})

    assert (told.status_code, told.content) == (200, b"")
    assert api.get(JIM).json() == dict.fromkeys(DEFAULTS, 0) | {
        "AcceptChance": 1,
        "LinkSpeedMax": 5,
    }


def test_sent_away_he_remembers_what_he_did(api: Any) -> None:
    api("POST", JIM, json={"AcceptChance": 0.25})

    sent_away = api("DELETE", JIM)
    away = api.get(JIM)
    api("POST", JIM)

    assert (sent_away.status_code, away.status_code) == (200, 404)
    assert api.get(JIM).json()["AcceptChance"] == 0.25


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"AcceptChance": 2}', "AcceptChance"),
        (b'{"AcceptChance": "1"}', "AcceptChance"),
        (b'{"LinkSpeedMin": -1}', "LinkSpeedMin"),
        (b"[1]", "object"),
        (b"{", ""),
        (b"[" * 100_000, ""),
        (b"\xff", ""),
    ],
)
def test_senseless_chances_are_refused_and_change_nothing(
    api: Any, body: bytes, named: str
) -> None:
    uninvited = api("POST", JIM, data=body)
    still_away = api.get(JIM)
    api("POST", JIM)
    told = api("PUT", JIM, data=body)

    assert (uninvited.status_code, still_away.status_code, told.status_code) == (400, 404, 400)
    assert named in told.text
    assert api.get(JIM).json() == DEFAULTS


def test_a_body_without_end_is_refused(api: Any) -> None:
    answer = api("POST", JIM, data=b" " * (2 << 20))

    assert answer.status_code == 413


class TestInvitedFromTheStart:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings) -> MailSettings:
        return dataclasses.replace(mail_settings, invite_jim=True, jim_reject_sender=1.0)

    def test_he_is_there_with_the_chances_of_the_settings(self, api: Any) -> None:
        assert api.get(JIM).json() == DEFAULTS | {"RejectSenderChance": 1}
