"""Time, in whole seconds since 1970 (UTC): the emulator's own, and the account's test clocks.

v2 writes it as text, a moment: https://docs.stripe.com/api-v2-overview.
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NewType, TypedDict

Timestamp = NewType("Timestamp", int)
Moment = NewType("Moment", str)
"""A time as RFC 3339 has it, in UTC and with milliseconds, so that the order of texts is that of time."""

_RFC_3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

HOUR = 3600
DAY = 86400


def moment(timestamp: int) -> Moment:
    """A time as v2 writes it: ``2022-09-18T13:22:18.000Z``."""
    return _written(datetime.fromtimestamp(timestamp, UTC))


def seconds_at(moment: str) -> int:
    """A moment that v2 has written, in seconds since 1970."""
    return int(datetime.fromisoformat(moment).timestamp())


def read_moment(text: str) -> Moment | None:
    """The moment that a client wrote in any form of RFC 3339, or nothing where it is none."""
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        return _written(datetime.fromisoformat(text.upper()).astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def _written(time: datetime) -> Moment:
    return Moment(time.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z")


class Clock:
    """Real time, which a user may move forward with the emulator's control endpoints."""

    def __init__(self) -> None:
        self._offset = 0

    def now(self) -> Timestamp:
        """The emulator's time; objects on a test clock have that clock's instead."""
        return Timestamp(int(time.time()) + self._offset)

    def advance(self, seconds: int) -> None:
        """Move time forward.

        :param seconds: not negative: what has happened does not unhappen
        """
        if seconds < 0:
            raise ValueError("time does not run backwards")
        self._offset += seconds


class KeptTime(TypedDict):
    """What is kept of an account's time."""

    ahead: int
    frozen_at: Timestamp | None
    stays_frozen: bool
    target: Timestamp | None


class AccountClock:
    """The time of one account that does not follow the emulator's: frozen, moved forward, or both.

    :param real: what it follows while it runs
    """

    def __init__(self, real: Clock) -> None:
        self._real = real
        self._offset = 0
        self._frozen: Timestamp | None = None
        self._stays_frozen = False
        self.target: Timestamp | None = None
        """Where it is advancing to, while what falls due on the way is worked off."""

    def kept(self) -> KeptTime:
        """All that there is to know of it, to go on from it elsewhere."""
        return {
            "ahead": self._offset,
            "frozen_at": self._frozen,
            "stays_frozen": self._stays_frozen,
            "target": self.target,
        }

    def go_on(self, kept: KeptTime) -> None:
        """Go on from what was kept of another one."""
        self._offset, self._frozen = kept["ahead"], kept["frozen_at"]
        self._stays_frozen, self.target = kept["stays_frozen"], kept["target"]

    @property
    def status(self) -> str:
        """``running``, ``frozen`` or ``advancing``."""
        if self.target is not None:
            return "advancing"
        return "running" if self._frozen is None else "frozen"

    def now(self) -> Timestamp:
        """The account's time."""
        return self._frozen or Timestamp(self._real.now() + self._offset)

    def freeze(self) -> None:
        """Stand still."""
        self._frozen, self._stays_frozen = self.now(), True

    def resume(self) -> None:
        """Run again, from where it is."""
        self._offset, self._frozen = self.now() - self._real.now(), None
        self._stays_frozen = False

    def advance(self, target: Timestamp) -> None:
        """Begin to move forward.

        :raises ValueError: where *target* is past: what has happened does not unhappen
        """
        if target < self.now():
            raise ValueError("time does not run backwards")
        self._frozen, self.target = self.now(), target

    def reach(self, moment: int) -> None:
        """Be at what falls due on the way."""
        self._frozen = Timestamp(max(self.now(), moment))

    def arrive(self) -> None:
        """Be where it was to advance to, and go on as before."""
        self._frozen, self.target = self.target, None
        if not self._stays_frozen:
            self.resume()


class Clocks:
    """Whose time it is: the emulator's own, but for accounts that have one of their own, and those connected to them.

    :param real: the emulator's own
    :param is_platform: says whether an account is the platform of another
    """

    def __init__(self, real: Clock, is_platform: Callable[[str, str], bool]) -> None:
        self.real = real
        self.own: dict[str, AccountClock] = {}
        self._is_platform = is_platform

    def owner(self, account: str) -> str | None:
        """The account whose own time an account follows: itself, or its platform; none where that is the emulator's."""
        if not self.own or account in self.own:
            return account if self.own else None
        return next((each for each in self.own if self._is_platform(each, account)), None)

    def of(self, account: str) -> Clock | AccountClock:
        """The time of an account."""
        owner = self.owner(account) if self.own else None
        return self.real if owner is None else self.own[owner]

    def own_of(self, account: str) -> AccountClock:
        """The account's own time, which it has from now on; it goes on from the one that it followed."""
        if account not in self.own:
            followed = self.of(account)
            own = AccountClock(self.real)
            if isinstance(followed, AccountClock):
                own.go_on(followed.kept())
            self.own[account] = own
        return self.own[account]
