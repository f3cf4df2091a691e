"""When money is paid out by itself (https://docs.stripe.com/payouts#payout-schedule)."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_stripe.resources.core.balance_settings import next_payout

DAY = 86_400


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("schedule", "after", "then"),
    [
        ({"interval": "daily"}, "2026-11-29T08:10", "2026-11-30"),
        ({"interval": "daily"}, "2026-11-29T00:00", "2026-11-30"),
        ({"interval": "weekly", "weekly_payout_days": ["friday"]}, "2026-11-29", "2026-12-04"),
        (
            {"interval": "weekly", "weekly_payout_days": ["friday", "tuesday"]},
            "2026-11-29",
            "2026-12-01",
        ),
        ({"interval": "monthly", "monthly_payout_days": [31]}, "2027-02-01", "2027-02-28"),
        ({"interval": "monthly", "monthly_payout_days": [1, 15]}, "2026-12-01", "2026-12-15"),
    ],
)
def test_the_next_payout_is_at_midnight_of_a_day_of_the_schedule(schedule, after, then):
    assert next_payout(schedule, at(after)) == at(then)


def test_there_is_none_where_money_is_paid_out_by_hand():
    assert next_payout({"interval": "manual"}, at("2026-11-29")) is None


@given(
    st.integers(0, 4_000_000_000),
    st.lists(st.integers(1, 31), min_size=1),
)
def test_a_monthly_payout_is_never_more_than_a_month_away(after, days):
    then = next_payout({"interval": "monthly", "monthly_payout_days": days}, after)

    assert 0 < then - after <= 31 * DAY
    assert then % DAY == 0
