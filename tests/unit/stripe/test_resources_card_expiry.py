"""When cards expire, on the days on which that is easily mistaken."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.stripe.conftest import Api


@pytest.mark.parametrize(("year", "is_taken"), [(2027, False), (2028, True)])
def test_a_card_of_last_year_is_refused_from_new_years_day(own, year, is_taken):
    new_year = datetime(2028, 1, 1, tzinfo=UTC)
    # Enough of the day is left for a test that is slow.
    own.pass_time((new_year - datetime.now(UTC)) // timedelta(seconds=1) + 60)
    browser = Api(own.emulator, own.key.replace("sk_", "pk_"))
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": year, "cvc": "123"}

    answer = browser.send("POST", "/v1/payment_methods", {"type": "card", "card": card})

    assert answer.status == (200 if is_taken else 402)
