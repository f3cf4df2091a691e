"""Periods, prorations, prices and discounts as pure functions."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.billing.amounts import price_amount, written
from localstack_stripe.billing.discounts import AmountOff, PercentOff
from localstack_stripe.billing.periods import Interval, aligned_end, next_anchor, period_at
from localstack_stripe.billing.proration import remaining

MOMENTS = st.integers(min_value=946_684_800, max_value=4_102_444_800)  # 2000 to 2100
INTERVALS = st.builds(
    Interval, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 6)
)
AMOUNTS = st.integers(0, 10_000_000)
QUICK = settings(deadline=None)  # a busy machine is no defect


def at(text):
    """Seconds since 1970 of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


# Periods


@QUICK
@given(MOMENTS, INTERVALS, MOMENTS)
def test_every_moment_is_in_exactly_one_period(anchor, interval, moment):
    start, end = period_at(anchor, interval, moment)

    assert start <= moment < end
    assert period_at(anchor, interval, start) == (start, end)
    assert period_at(anchor, interval, end - 1) == (start, end)


@QUICK
@given(MOMENTS, INTERVALS, st.integers(1, 12))
def test_phases_one_after_the_other_end_where_the_periods_from_their_beginning_do(
    anchor, interval, count
):
    moment = anchor
    for _ in range(count):
        moment = aligned_end(anchor, moment, interval)

    assert moment == interval.after(anchor, count)


def test_a_phase_that_begins_on_another_day_keeps_to_that():
    assert aligned_end(at("2024-01-31"), at("2024-02-10"), Interval("month")) == at("2024-03-10")


@QUICK
@given(MOMENTS, INTERVALS)
def test_periods_follow_each_other_without_gaps(anchor, interval):
    periods, moment = [], anchor
    for _ in range(30):
        periods.append(period_at(anchor, interval, moment))
        moment = periods[-1][1]

    assert periods[0][0] == anchor
    assert all(before[1] == after[0] for before, after in pairwise(periods))
    assert all(end - start >= interval.shortest for start, end in periods)


@QUICK
@given(MOMENTS, st.integers(1, 6), st.integers(1, 60))
def test_months_end_on_the_anchors_day_or_on_their_last(anchor, count, periods):
    began = datetime.fromtimestamp(anchor, UTC)

    ends = datetime.fromtimestamp(Interval("month", count).after(anchor, periods), UTC)

    assert ends.timetz() == began.timetz()
    day_after = datetime.fromtimestamp(ends.timestamp() + 86_400, UTC)
    assert ends.day == began.day or (ends.day < began.day and day_after.day == 1)


@pytest.mark.parametrize(
    ("anchor", "interval", "ends"),
    [
        (
            "2023-01-31",
            Interval("month"),
            ["2023-02-28", "2023-03-31", "2023-04-30", "2023-05-31"],
        ),
        ("2024-01-30", Interval("month"), ["2024-02-29", "2024-03-30"]),
        ("2024-02-29", Interval("year"), ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        ("2023-11-30", Interval("month", 3), ["2024-02-29", "2024-05-30"]),
        ("2024-12-30", Interval("week", 2), ["2025-01-13", "2025-01-27"]),
    ],
)
def test_short_months_and_leap_years(anchor, interval, ends):
    assert [interval.after(at(anchor), number + 1) for number in range(len(ends))] == [
        at(end) for end in ends
    ]


@pytest.mark.parametrize(
    ("moment", "config", "expected"),
    [
        ("2024-01-31T12:00", {"day_of_month": 15}, "2024-02-15T12:00"),
        ("2024-01-10T12:00", {"day_of_month": 15, "hour": 0}, "2024-01-15T00:00"),
        ("2024-01-31T12:00", {"day_of_month": 31, "hour": 6}, "2024-02-29T06:00"),
        ("2023-12-31T12:00", {"day_of_month": 31, "hour": 6}, "2024-01-31T06:00"),
        ("2024-01-31T12:00", {"day_of_month": 31, "hour": 18}, "2024-01-31T18:00"),
    ],
)
def test_a_configured_anchor_is_the_next_such_day(moment, config, expected):
    assert next_anchor(at(moment), config) == at(expected)


def test_a_configured_anchor_can_name_a_month():
    config = {"day_of_month": 1, "month": 4, "hour": 0, "minute": 0, "second": 0}

    assert next_anchor(at("2024-05-20T12:00"), config) == at("2025-04-01")


# Prorations


@QUICK
@given(AMOUNTS, MOMENTS, st.integers(1, 40_000_000), st.data())
def test_what_is_used_and_what_is_left_are_the_whole(amount, start, length, data):
    period = (start, start + length)
    moment = data.draw(st.integers(*period))

    left = remaining(amount, period, moment)

    assert 0 <= left <= amount
    assert remaining(amount, period, start) == amount
    assert remaining(amount, period, period[1]) == 0
    used = Decimal(amount) * (moment - start) / length
    assert abs(amount - left - used) <= Decimal("0.5")


@QUICK
@given(AMOUNTS, AMOUNTS, MOMENTS, st.integers(1, 40_000_000), st.data())
def test_a_change_costs_the_difference_for_the_rest(old, new, start, length, data):
    period = (start, start + length)
    moment = data.draw(st.integers(*period))

    difference = remaining(new, period, moment) - remaining(old, period, moment)

    assert (
        abs(difference - remaining(abs(new - old), period, moment) * (1 if new >= old else -1)) <= 1
    )


# Prices


@QUICK
@given(st.integers(0, 1000), st.integers(0, 10_000))
def test_a_quantity_costs_its_multiple(unit, quantity):
    price = {"unit_amount": unit, "unit_amount_decimal": str(unit)}

    assert price_amount(price, quantity) == unit * quantity


TIERS = [
    {"up_to": 10, "unit_amount": 500, "flat_amount": 100},
    {"up_to": 20, "unit_amount": 300, "flat_amount": None},
    {"up_to": None, "unit_amount": 100, "flat_amount": 50},
]


@pytest.mark.parametrize(
    ("mode", "quantity", "amount"),
    [
        ("graduated", 1, 600),
        ("graduated", 10, 5100),
        ("graduated", 11, 5400),
        ("graduated", 20, 8100),
        ("graduated", 25, 8650),
        ("volume", 1, 600),
        ("volume", 10, 5100),
        ("volume", 11, 3300),
        ("volume", 25, 2550),
    ],
)
def test_tiers(mode, quantity, amount):
    price = {"billing_scheme": "tiered", "tiers": TIERS, "tiers_mode": mode}

    assert price_amount(price, quantity) == amount


@pytest.mark.parametrize(
    ("exact", "quantity", "amount"),
    [("0.5", 1, 1), ("0.5", 3, 2), ("0.333", 3, 1), ("12.5", 2, 25)],
)
def test_fractions_of_cents_are_rounded_once(exact, quantity, amount):
    price = {"unit_amount": None, "unit_amount_decimal": exact}

    assert price_amount(price, quantity) == amount


@pytest.mark.parametrize(
    ("round", "quantity", "amount"), [("up", 11, 200), ("down", 11, 100), ("up", 10, 100)]
)
def test_quantities_can_be_sold_in_packages(round, quantity, amount):
    transform = {"divide_by": 10, "round": round}

    assert price_amount({"unit_amount": 100, "transform_quantity": transform}, quantity) == amount


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1200, "usd", "$12.00"),
        (999, "eur", "€9.99"),
        (-600, "usd", "-$6.00"),
        (1200, "jpy", "¥1,200"),
        (123_456, "chf", "1,234.56 CHF"),
        (1234, "kwd", "1.234 KWD"),
    ],
)
def test_amounts_are_written_as_people_write_them(amount, currency, text):
    assert written(amount, currency) == text


@pytest.mark.parametrize(
    ("longer", "shorter", "is_multiple"),
    [
        (("month", 3), ("month", 1), True),
        (("year", 1), ("month", 1), True),
        (("week", 1), ("day", 1), True),
        (("month", 3), ("day", 1), True),
        (("week", 4), ("week", 2), True),
        (("month", 6), ("month", 2), True),
        (("day", 14), ("week", 1), True),
        (("month", 3), ("month", 2), False),
        (("month", 1), ("week", 1), False),
        (("week", 1), ("day", 2), False),
        (("year", 1), ("month", 5), False),
    ],
)
def test_intervals_are_multiples_of_others(longer, shorter, is_multiple):
    """https://docs.stripe.com/billing/subscriptions/mixed-interval#interval-alignment"""
    assert Interval(*longer).is_multiple_of(Interval(*shorter)) is is_multiple


# Discounts


@QUICK
@given(st.lists(AMOUNTS, max_size=8), st.integers(1, 20_000_000))
def test_the_parts_of_a_fixed_discount_add_up_to_it(amounts, off):
    parts = AmountOff(off).parts(amounts)

    assert sum(parts) == min(off, sum(amounts))
    assert all(0 <= part <= amount for part, amount in zip(parts, amounts, strict=True))


def test_the_last_part_of_a_fixed_discount_has_what_is_left():
    """https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations"""
    assert AmountOff(500).parts([1000, 2000]) == [166, 334]


@QUICK
@given(st.lists(st.integers(-10_000, 10_000_000), max_size=8), st.integers(1, 100))
def test_a_percentage_never_takes_more_than_there_is(amounts, percent):
    parts = PercentOff(Decimal(percent)).parts(amounts)

    assert all(0 <= part <= max(amount, 0) for part, amount in zip(parts, amounts, strict=True))
    assert percent < 100 or sum(parts) == sum(max(amount, 0) for amount in amounts)
