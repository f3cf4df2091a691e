"""Time, in whole seconds since 1970 (UTC): the emulator's own, and the account's test clocks.

v2 writes it as text, a moment: https://docs.stripe.com/api-v2-overview.
"""

import re
import time
from datetime import UTC, datetime
from typing import NewType

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
