"""Billing periods: where one begins and ends, given an anchor and an interval.

Source: https://docs.stripe.com/billing/subscriptions/billing-cycle. Dates are in UTC. A period that would end on a
day its month lacks ends on that month's last day, and the next one goes back to the anchor's day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from localstack_stripe.engine.errors import StripeError, invalid, too_small

SECONDS = {"day": 86_400, "week": 7 * 86_400, "month": 28 * 86_400, "year": 365 * 86_400}
"""The shortest that one interval can be."""

MEAN_SECONDS = SECONDS | {"month": 30.436875 * 86_400, "year": 365.2425 * 86_400}
"""How long one interval is on average."""


_MADE_OF = {"day": ("day", 1), "week": ("day", 7), "month": ("month", 1), "year": ("month", 12)}


@dataclass(frozen=True, slots=True)
class Interval:
    """How often a price recurs, such as every three months."""

    unit: str
    count: int = 1

    def after(self, anchor: int, periods: int) -> int:
        """The moment *periods* intervals after *anchor*, both in seconds since 1970."""
        # Always counted from the anchor: adding month by month would turn the 31st into the 28th for good.
        return _moved(anchor, self.unit, self.count * periods)

    def is_multiple_of(self, other: "Interval") -> bool:
        """Whether every end of this one is an end of the other, counted from the same anchor
        (https://docs.stripe.com/billing/subscriptions/mixed-interval#interval-alignment).
        """
        (unit, count), (its_unit, its_count) = self.length, other.length
        return other.length == ("day", 1) or (unit == its_unit and count % its_count == 0)

    @property
    def length(self) -> tuple[str, int]:
        """How many days or months it lasts: what a week or a year is made of is the same at all times."""
        unit, count = _MADE_OF[self.unit]
        return unit, count * self.count

    @property
    def shortest(self) -> int:
        """The least number of seconds that one interval can last."""
        return SECONDS[self.unit] * self.count


def interval_given(given: Mapping[str, Any], param: str) -> Interval:
    """The interval that a client names, once where it does not say how many times.

    :raises StripeError: 400 where it is none or less than none
    """
    count = given.get("interval_count")
    if count is not None and count < 1:
        raise too_small(f"{param}[interval_count]")
    return Interval(given["interval"], count or 1)


@lru_cache(maxsize=1024)
def _moved(moment: int, unit: str, amount: int) -> int:
    """A moment so many units later. The same few are asked for again and again while something is billed."""
    if unit in ("day", "week"):
        moved = moment + amount * SECONDS[unit]
        if moved > _LAST_MOMENT:
            raise _beyond_time()
        return moved
    then = datetime.fromtimestamp(moment, UTC)
    months = amount * _MADE_OF[unit][1]
    return int(_in_month(then, months, then.day).timestamp())


def _in_month(then: datetime, months: int, day: int) -> datetime:
    """The same time on a day of the month so many months later; on the last one where that month lacks the day."""
    count = then.year * 12 + then.month - 1 + months
    year, month = count // 12, count % 12 + 1
    if year > _LAST_YEAR:
        raise _beyond_time()
    return then.replace(year, month, min(day, last_day(year, month)))


_LAST_YEAR = 9999
_LAST_MOMENT = int(datetime(_LAST_YEAR, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


def _beyond_time() -> StripeError:
    return invalid(f"Invalid timestamp: nothing can be later than the year {_LAST_YEAR}.")


def last_day(year: int, month: int) -> int:
    """How many days a month has."""
    # As `calendar` has it, which nothing else that is imported at the start needs.
    return 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days


def period_at(anchor: int, interval: Interval, moment: int) -> tuple[int, int]:
    """The period that contains *moment*, as its start (inclusive) and end (exclusive).

    *anchor* may lie after *moment*: periods extend both ways from it.
    """
    # A first guess by the mean length of an interval is off by a period or two, however far away the anchor is.
    periods = round((moment - anchor) / (MEAN_SECONDS[interval.unit] * interval.count))
    while interval.after(anchor, periods) > moment:
        periods -= 1
    while interval.after(anchor, periods + 1) <= moment:
        periods += 1
    return interval.after(anchor, periods), interval.after(anchor, periods + 1)


def periods_between(
    anchor: int, interval: Interval, start: int, end: int
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The periods of which something lies between two moments: each as what of it does, and as the whole."""
    parts = []
    while start < end:
        whole = period_at(anchor, interval, start)
        parts.append(((start, min(whole[1], end)), whole))
        start = whole[1]
    return parts


def aligned_end(anchor: int, start: int, interval: Interval) -> int:
    """The moment one interval after *start*, on the anchor's day of the month where *start* stands for that.

    One month after 29 February is 31 March, where the anchor is a 31st.
    """
    end = interval.after(start, 1)
    month = Interval("month")
    if interval.unit not in ("month", "year") or period_at(anchor, month, start)[0] != start:
        return end
    begins, ends = period_at(anchor, month, end)
    return end if begins == end else ends


def anchor_on(moment: int, config: Mapping[str, int], interval: Interval) -> int:
    """The anchor of months or years with a day of the month: as :func:`next_anchor`, or so many intervals later as it
    takes to come to a month that has the day, from where all others can be counted.

    Source: https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions. Two months from February, the
    31st is first in August.
    """
    first = next_anchor(moment, config)
    then = datetime.fromtimestamp(first, UTC)
    _, step = interval.length
    for months in range(0, _MONTHS_TO_EVERY_DAY, step):
        candidate = _in_month(then, months, config["day_of_month"])
        if candidate.day == config["day_of_month"]:
            return int(candidate.timestamp())
    return first


_MONTHS_TO_EVERY_DAY = 8 * 12 + 1
"""Within how many months each month has had all the days that it ever has: leap years can be eight years apart."""


def next_anchor(moment: int, config: Mapping[str, int]) -> int:
    """The first moment after *moment* with a day of the month, and perhaps a month and a time of the day.

    A day that the month lacks is its last one (https://docs.stripe.com/api/subscriptions/create,
    ``billing_cycle_anchor_config``). What is not given is as in *moment*.
    """
    start = datetime.fromtimestamp(moment, UTC)
    wanted = start.replace(
        hour=config.get("hour", start.hour),
        minute=config.get("minute", start.minute),
        second=config.get("second", start.second),
    )
    month = config.get("month")
    months, step = (0, 1) if month is None else (month - start.month, 12)
    while True:
        candidate = int(_in_month(wanted, months, config["day_of_month"]).timestamp())
        if candidate > moment:
            return candidate
        months += step
