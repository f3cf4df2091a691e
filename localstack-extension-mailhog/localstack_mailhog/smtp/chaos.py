"""Jim, MailHog's chaos monkey: he refuses, slows down and cuts SMTP sessions, by chance.

The HTTP API invites him and sends him away; the SMTP server asks him at each step of a session. A session that began
while he was there is his to the end, with the chances that were set when it began.
"""

import random
from dataclasses import dataclass
from typing import Any

from localstack_mailhog.go_json import fields_of, number


@dataclass(frozen=True, slots=True)
class Chances:
    """How likely Jim does what, each from 0 (never) to 1 (always), and how slow he makes a link.

    :raises ValueError: where they make no sense; the text names the value by its JSON key
    """

    accept: float = 0.99
    """That a connection is accepted."""
    disconnect: float = 0.005
    """That the connection is cut, after each read."""
    link_speed_affect: float = 0.1
    """That a session is slowed down."""
    link_speed_min: float = 1024
    """Bytes a second."""
    link_speed_max: float = 10240
    """Bytes a second."""
    reject_sender: float = 0.05
    reject_recipient: float = 0.05
    reject_auth: float = 0.05

    def __post_init__(self) -> None:
        for key, name in _JSON_KEYS.items():
            value = getattr(self, name)
            if key not in _SPEEDS and not 0 <= value <= 1:
                raise ValueError(f"{key} must be from 0 to 1, and is {value:g}")
            if key in _SPEEDS and not 0 <= value < float("inf"):
                raise ValueError(f"{key} must be a number of bytes a second, and is {value:g}")
        if self.link_speed_min > self.link_speed_max:
            raise ValueError("LinkSpeedMin must not be more than LinkSpeedMax")
        if self.link_speed_affect and not self.link_speed_min:
            raise ValueError("LinkSpeedMin must be more than 0 where LinkSpeedAffect is")

    @classmethod
    def from_json(cls, value: object) -> "Chances":
        """What a JSON object says; an absent key is 0, as in MailHog.

        :raises ValueError: where it makes no sense; the text is for the client
        """
        said = fields_of(value, dict.fromkeys(_JSON_KEYS, number))
        return cls(**{name: said[key] for key, name in _JSON_KEYS.items()})

    def json(self) -> dict[str, Any]:
        """MailHog's JSON object."""
        values = {key: getattr(self, name) for key, name in _JSON_KEYS.items()}
        return {key: int(value) if value == int(value) else value for key, value in values.items()}


_JSON_KEYS = {
    "DisconnectChance": "disconnect",
    "AcceptChance": "accept",
    "LinkSpeedAffect": "link_speed_affect",
    "LinkSpeedMin": "link_speed_min",
    "LinkSpeedMax": "link_speed_max",
    "RejectSenderChance": "reject_sender",
    "RejectRecipientChance": "reject_recipient",
    "RejectAuthChance": "reject_auth",
}
_SPEEDS = {"LinkSpeedMin", "LinkSpeedMax"}


class Jim:
    """Whether Jim is there, and what he is told to do. Can be changed and asked from any thread.

    :param chances: what he does when he is invited without being told
    :param invited: whether he is there from the start
    :param seed: makes his choices the same in each run: the same for the first session, for the second, and so on
    """

    def __init__(self, chances: Chances, *, invited: bool = False, seed: int | None = None) -> None:
        self.chances = chances
        self.invited = invited
        self._random = random.Random(seed)

    def session(self) -> "JimSession | None":
        """Jim's part in a new session; none while he is away."""
        chances = self.chances
        if not self.invited:
            return None
        # Sessions that run at the same time must not take each other's numbers.
        return JimSession(chances, random.Random(self._random.getrandbits(64)))


class JimSession:
    """What happens to one SMTP session."""

    def __init__(self, chances: Chances, randomness: random.Random) -> None:
        self._chances = chances
        self._random = randomness
        self.link_speed: float | None = None
        """Bytes a second, both ways together; none where the session is not slowed down."""
        if self._happens(chances.link_speed_affect):
            self.link_speed = randomness.uniform(chances.link_speed_min, chances.link_speed_max)

    def accepts(self) -> bool:
        """Whether the connection is taken at all."""
        return self._happens(self._chances.accept)

    def disconnects(self) -> bool:
        """Whether the connection is cut now; to be asked after each read."""
        return self._happens(self._chances.disconnect)

    def rejects_sender(self) -> bool:
        """Whether this ``MAIL`` is refused."""
        return self._happens(self._chances.reject_sender)

    def rejects_recipient(self) -> bool:
        """Whether this ``RCPT`` is refused."""
        return self._happens(self._chances.reject_recipient)

    def rejects_auth(self) -> bool:
        """Whether this ``AUTH`` is refused."""
        return self._happens(self._chances.reject_auth)

    def _happens(self, chance: float) -> bool:
        return self._random.random() < chance
