"""Time, in whole seconds since 1970 (UTC): the emulator's own, and the account's test clocks."""

import time
from typing import NewType

Timestamp = NewType("Timestamp", int)

HOUR = 3600
DAY = 86400


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
