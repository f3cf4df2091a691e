"""Shipping rates: what they cost in each currency, and how long it takes."""

import pytest


@pytest.fixture
def ship(api):
    """Makes a rate of five dollars."""

    def ship(**params):
        fixed = {"amount": 500, "currency": "usd"}
        given = {"display_name": "Ground", "type": "fixed_amount", "fixed_amount": fixed}
        return api.post("/v1/shipping_rates", **{**given, **params})

    return ship


def test_a_rate_costs_something_in_several_currencies(api, ship):
    rate = ship(
        fixed_amount={
            "amount": 500,
            "currency": "usd",
            "currency_options": {"eur": {"amount": 450}},
        }
    )

    changed = api.post(
        f"/v1/shipping_rates/{rate['id']}",
        fixed_amount={"currency_options": {"gbp": {"amount": 400}, "eur": {"amount": 460}}},
        active=False,
    )

    assert (changed["active"], changed["fixed_amount"]["amount"]) == (False, 500)
    options = changed["fixed_amount"]["currency_options"]
    assert {code: option["amount"] for code, option in options.items()} == {
        "eur": 460,
        "gbp": 400,
    }


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"fixed_amount": {"amount": -1, "currency": "usd"}}, "fixed_amount[amount]"),
        (
            {"delivery_estimate": {"minimum": {"unit": "day", "value": 0}}},
            "delivery_estimate[minimum][value]",
        ),
        (
            {
                "delivery_estimate": {
                    "minimum": {"unit": "week", "value": 1},
                    "maximum": {"unit": "day", "value": 5},
                }
            },
            "delivery_estimate[minimum]",
        ),
    ],
)
def test_a_rate_that_cannot_be_is_refused(api, ship, refused, params, param):
    assert refused(ship, **params).error["param"] == param
    assert api.get("/v1/shipping_rates")["data"] == []


def test_a_rate_has_an_amount(api, refused):
    refusal = refused(api.post, "/v1/shipping_rates", display_name="Ground")

    assert refusal.error["param"] == "fixed_amount"
