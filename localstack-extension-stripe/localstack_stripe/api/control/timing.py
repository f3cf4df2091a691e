"""The time of an account: read, stopped, moved forward, and set going again."""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_stripe.api.control.dispatch import Asked, Endpoint, whole_number
from localstack_stripe.engine.clock import AccountClock, Clocks, Timestamp
from localstack_stripe.engine.errors import invalid

FURTHEST = 4_102_444_800
"""2100-01-01: no later than this."""


class TimeControl:
    """``/_emulator/time``.

    :param take_out: called when an account gets a time of its own
    """

    def __init__(self, clocks: Clocks, take_out: Callable[[str], None]) -> None:
        self._clocks = clocks
        self._take_out = take_out

    def endpoints(self) -> Mapping[str, Endpoint]:
        """What answers."""
        return {
            "GET /_emulator/time": self._read,
            "POST /_emulator/time/freeze": self._freeze,
            "POST /_emulator/time/advance": self._advance,
            "POST /_emulator/time/resume": self._resume,
        }

    def _read(self, asked: Asked) -> Any:
        clock = self._clocks.of(asked.account)
        status = clock.status if isinstance(clock, AccountClock) else "running"
        return {"account": asked.account, "now": clock.now(), "status": status}

    def _freeze(self, asked: Asked) -> Any:
        self._own(asked).freeze()
        return self._read(asked)

    def _resume(self, asked: Asked) -> Any:
        self._own(asked).resume()
        return self._read(asked)

    def _advance(self, asked: Asked) -> Any:
        clock = self._own(asked)
        if "to" in asked.params:
            target = whole_number(asked.params, "to", 0)
        elif "seconds" in asked.params:
            target = clock.now() + whole_number(asked.params, "seconds", 0)
        else:
            raise invalid("Time is advanced by 'seconds', or 'to' a moment.")
        if target > FURTHEST:
            raise invalid("Time can be advanced to the year 2100.")
        try:
            clock.advance(Timestamp(target))
        except ValueError as error:
            raise invalid(f"The account's time is {clock.now()}: {error}.") from None
        return self._read(asked)

    def _own(self, asked: Asked) -> AccountClock:
        """The account's own time, while it is not advancing."""
        account = asked.account
        is_new = account not in self._clocks.own
        clock = self._clocks.own_of(account)
        if clock.target is not None:
            raise invalid("The account's time is advancing. Read it until it has arrived.")
        if is_new:
            self._take_out(account)
        return clock
