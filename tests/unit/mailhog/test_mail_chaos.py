"""Jim: what he does, how likely, and what he can be told."""

import dataclasses
from typing import Any

import pytest

from localstack_mailhog.smtp.chaos import Chances, Jim, JimSession

NEVER = Chances(1, 0, 0, 0, 0, 0, 0, 0)


def session_with(**chances: float) -> JimSession:
    session = Jim(dataclasses.replace(NEVER, **chances), invited=True).session()
    assert session is not None
    return session


def test_while_jim_is_away_no_session_is_his() -> None:
    assert Jim(Chances()).session() is None


def test_a_session_stays_as_it_began_when_jim_is_told_otherwise() -> None:
    jim = Jim(NEVER, invited=True)
    session = jim.session()

    jim.chances = Chances(accept=0)
    jim.invited = False

    assert session is not None
    assert session.accepts()


@pytest.mark.parametrize(
    ("chance", "question"),
    [
        ("disconnect", "disconnects"),
        ("reject_sender", "rejects_sender"),
        ("reject_recipient", "rejects_recipient"),
        ("reject_auth", "rejects_auth"),
        ("accept", "accepts"),
    ],
)
def test_0_is_never_and_1_is_always(chance: str, question: str) -> None:
    never, always = session_with(**{chance: 0}), session_with(**{chance: 1})

    assert not any(getattr(never, question)() for _ in range(200))
    assert all(getattr(always, question)() for _ in range(200))


def test_a_chance_is_how_often_it_happens() -> None:
    jim = Jim(Chances(reject_sender=0.25), invited=True, seed=1)
    session = jim.session()
    assert session is not None

    refused = sum(session.rejects_sender() for _ in range(4000))

    assert 900 < refused < 1100


def test_a_slowed_session_has_a_speed_within_the_limits() -> None:
    chances = Chances(link_speed_affect=1, link_speed_min=100, link_speed_max=200)
    jim = Jim(chances, invited=True)

    speeds = [session.link_speed for _ in range(50) if (session := jim.session())]

    assert len(speeds) == 50
    assert all(speed is not None and 100 <= speed <= 200 for speed in speeds)
    assert session_with(link_speed_affect=0).link_speed is None


def test_a_seed_repeats_each_session_whatever_runs_beside_it() -> None:
    def refusals(sessions: list[JimSession | None]) -> list[list[bool]]:
        return [[s.rejects_sender() for _ in range(20)] for s in sessions if s is not None]

    one, other = (Jim(Chances(reject_sender=0.5), invited=True, seed=7) for _ in range(2))
    first, second = one.session(), one.session()

    in_turn = refusals([first, second])
    backwards = refusals([other.session(), other.session()][::-1])

    assert in_turn == backwards[::-1]


def test_the_json_has_mailhogs_keys_and_defaults() -> None:
    assert Chances().json() == {
        "DisconnectChance": 0.005,
        "AcceptChance": 0.99,
        "LinkSpeedAffect": 0.1,
        "LinkSpeedMin": 1024,
        "LinkSpeedMax": 10240,
        "RejectSenderChance": 0.05,
        "RejectRecipientChance": 0.05,
        "RejectAuthChance": 0.05,
    }
    assert Chances.from_json(Chances().json()) == Chances()


def test_keys_may_be_in_any_letter_case_and_absent_ones_are_0() -> None:
    chances = Chances.from_json({"acceptchance": 1, "REJECTSENDERCHANCE": 0.5, "other": []})

    assert chances == Chances(1, 0, 0, 0, 0, 0.5, 0, 0)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"AcceptChance": 1.5}, "AcceptChance"),
        ({"DisconnectChance": -0.1}, "DisconnectChance"),
        ({"AcceptChance": "1"}, "AcceptChance must be a number"),
        ({"AcceptChance": True}, "AcceptChance must be a number"),
        ({"AcceptChance": 10**400}, "AcceptChance"),
        ({"LinkSpeedMax": -1}, "LinkSpeedMax"),
        ({"LinkSpeedMin": 2, "LinkSpeedMax": 1}, "LinkSpeedMin"),
        ({"LinkSpeedAffect": 1}, "LinkSpeedMin must be more than 0"),
        ([], "object"),
        (None, "object"),
    ],
)
def test_what_makes_no_sense_is_named(value: Any, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Chances.from_json(value)
