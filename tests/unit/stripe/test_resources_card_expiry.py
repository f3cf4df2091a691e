"""When cards expire, on the days on which that is easily mistaken."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.stripe.conftest import Api


@pytest.mark.parametrize(("years_later", "is_taken"), [(-1, False), (0, True)])
def test_a_card_of_last_year_is_refused_from_new_years_day(own, years_later, is_taken):
    now = datetime.now(UTC)
    # As a leap year begins, the days since 1970 are the furthest behind the years.
    new_year = datetime(now.year // 4 * 4 + 4, 1, 1, tzinfo=UTC)
    # Enough of the day is left for a test that is slow.
    own.pass_time((new_year - now) // timedelta(seconds=1) + 60)
    browser = Api(own.emulator, own.key.replace("sk_", "pk_"))
    year = new_year.year + years_later
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": year, "cvc": "123"}

    answer = browser.send("POST", "/v1/payment_methods", {"type": "card", "card": card})

    assert answer.status == (200 if is_taken else 402)
