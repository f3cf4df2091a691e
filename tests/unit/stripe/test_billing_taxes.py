"""Sums of taxes, and where a place is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_stripe.billing.jurisdictions import (
    EU,
    PROVINCES,
    US_STATES,
    Place,
    province_of_postal_code,
    state_of_zip,
    taxes_at,
)
from localstack_stripe.billing.taxes import added, included

AMOUNTS = st.integers(-10_000_000, 10_000_000)
RATES = st.lists(
    st.decimals(0, 40, places=3, allow_nan=False, allow_infinity=False), min_size=1, max_size=4
)


@given(AMOUNTS, RATES)
def test_what_is_in_an_amount_is_what_comes_on_top_of_the_rest(amount, rates):
    taxes = included(amount, rates)

    net = amount - sum(taxes)
    assert abs(sum(added(net, rates)) - sum(taxes)) <= len(rates)


@given(AMOUNTS, RATES)
def test_several_taxes_in_an_amount_are_one_of_their_sum(amount, rates):
    assert sum(included(amount, rates)) == sum(included(amount, [sum(rates, Decimal(0))]))


@given(AMOUNTS, RATES)
def test_a_credit_has_the_tax_of_the_charge_back(amount, rates):
    assert added(-amount, rates) == [-each for each in added(amount, rates)]
    assert included(-amount, rates) == [-each for each in included(amount, rates)]


@pytest.mark.parametrize(
    ("amount", "rate", "on_top", "inside"),
    [(10_000, "23", 2300, 1870), (1499, "19", 285, 239), (50, "1", 1, 0), (0, "20", 0, 0)],
)
def test_halves_are_rounded_away_from_zero(amount, rate, on_top, inside):
    assert added(amount, [Decimal(rate)]) == [on_top]
    assert included(amount, [Decimal(rate)]) == [inside]


@pytest.mark.parametrize("country", sorted(EU))
def test_every_country_of_the_eu_has_a_rate_that_the_eu_allows(country):
    [tax] = taxes_at(Place(country))

    assert tax.type == "vat"
    assert 15 <= tax.percentage <= 27
    assert tax.jurisdiction != country


@pytest.mark.parametrize("province", sorted(PROVINCES))
def test_every_province_has_the_federal_tax_in_its_own_or_beside_it(province):
    taxes = taxes_at(Place("CA", province))

    assert taxes[0].state is None
    assert sum(each.percentage for each in taxes) >= 5
    assert {each.type for each in taxes} <= {"gst", "hst", "pst", "qst", "rst"}


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("94080", "CA"),
        ("98104-2237", "WA"),
        ("05501", "MA"),
        ("05401", "VT"),
        ("73301", "TX"),
        ("20001", "DC"),
        ("00901", "PR"),
        ("00000", None),
        ("9408", None),
        ("SW1A 1AA", None),
    ],
)
def test_a_zip_code_is_in_a_state(code, state):
    assert state_of_zip(code) == state


def test_every_state_has_zip_codes():
    assert {state_of_zip(f"{prefix:03}01") for prefix in range(1000)} - {None} == set(US_STATES)


def test_a_postal_code_is_in_a_province():
    assert province_of_postal_code("h2x 1y4") == "QC"
    assert province_of_postal_code("Z1Z 1Z1") is None
