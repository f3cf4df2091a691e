"""What is answered from stored texts is what a unit of work answers."""

import pytest

from tests.unit.stripe.conftest import Api, Refused

MADE = {
    "/v1/coupons": {"percent_off": 10, "duration": "once"},
    "/v1/customers": {"email": "jenny@example.com", "metadata": {"order": "6735"}},
    "/v1/products": {"name": "Team"},
    "/v1/tax_rates": {"display_name": "VAT", "percentage": 19, "inclusive": "false"},
}
ALL = {"created": {"gte": 0}}
"""Selects everything, and is not known to the short way."""


@pytest.mark.parametrize("path", MADE)
@pytest.mark.parametrize("limit", [1, 3, 4, 100])
def test_a_first_page_is_the_page_of_any_other_request(api: Api, path, limit):
    made = [api.post(path, **MADE[path]) for _ in range(5)]
    if path != "/v1/tax_rates":
        api.delete(f"{path}/{made[3]['id']}")
    api.post(f"{path}/{made[1]['id']}", metadata={"changed": "yes"})

    page = api.send("GET", path, {"limit": limit})

    assert page.status == 200
    assert page.body == api.send("GET", path, {"limit": limit, **ALL}).body


@pytest.mark.parametrize("path", MADE)
def test_an_empty_page(api: Api, path):
    assert api.send("GET", path).body == api.send("GET", path, ALL).body
    assert api.get(path)["data"] == []


def test_a_page_in_which_one_is_not_shown_as_it_is_stored(api: Api):
    api.customer()
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    api.post("/v1/customers", email="zoe@example.com")
    subscription = api.subscribe(api.customer(), api.price(), discounts=[{"coupon": coupon}])

    assert api.get("/v1/subscriptions")["data"][0] == subscription
    for path in ("/v1/customers", "/v1/invoices", "/v1/charges", "/v1/prices"):
        assert api.send("GET", path).body == api.send("GET", path, ALL).body


def test_customers_on_test_clocks_are_not_in_the_first_page(api: Api):
    here = api.post("/v1/customers", name="here")
    clock = api.clock()
    there = api.post("/v1/customers", name="there", test_clock=clock)

    assert [each["id"] for each in api.get("/v1/customers")["data"]] == [here["id"]]
    assert [each["id"] for each in api.get("/v1/customers", test_clock=clock)["data"]] == [
        there["id"]
    ]


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("0", "greater than or equal to 1"),
        ("101", "less than or equal to 100"),
        ("x", "Invalid integer: x"),
    ],
)
def test_a_limit_that_is_none(api: Api, limit, said):
    with pytest.raises(Refused, match=said):
        api.get("/v1/customers", limit=limit)


def test_events_that_nobody_has_read_are_in_a_page(api: Api):
    customer = api.post("/v1/customers", name="Jenny")
    api.post(f"/v1/customers/{customer['id']}", name="Zoe")

    updated, created = api.get("/v1/events")["data"]

    assert created["data"] == {"object": customer}
    assert updated["data"]["object"]["name"] == "Zoe"
    assert updated["data"]["previous_attributes"] == {"name": "Jenny"}
    assert api.get(f"/v1/events/{created['id']}") == created
    assert api.records()["event"][updated["id"]] == updated
