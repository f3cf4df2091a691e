"""Subscription schedules, and others that are a customer's. Every answer is held against the contract."""

import pytest

GRANT = {
    "amount": {"type": "monetary", "monetary": {"currency": "usd", "value": 1000}},
    "applicability_config": {"scope": {"price_type": "metered"}},
}
OWNED = [
    ("/v1/subscription_schedules", {}),
    ("/v1/billing/credit_grants", GRANT),
    ("/v1/customer_sessions", {"components": {"buy_button": {"enabled": True}}}),
]


@pytest.fixture
def customer(api):
    """A customer's id."""
    return api.post("/v1/customers")["id"]


@pytest.fixture
def price(api):
    """A monthly price's id."""
    product = api.post("/v1/products", name="Tea")["id"]
    terms = {"currency": "usd", "unit_amount": 500, "recurring": {"interval": "month"}}
    return api.post("/v1/prices", product=product, **terms)["id"]


@pytest.mark.parametrize(("path", "params"), OWNED)
def test_an_account_that_is_the_customer_has_to_exist(api, refused, path, params):
    error = refused(api.post, path, customer_account="acct_none", **params).error

    assert (error["code"], error["param"]) == ("resource_missing", "customer_account")


@pytest.mark.parametrize(("path", "params"), OWNED)
def test_an_account_alone_has_to_be_a_customer(api, refused, path, params):
    account = api.post("/v1/accounts", type="express")["id"]

    error = refused(api.post, path, customer_account=account, **params).error

    assert error["param"] == "customer_account"
    assert "`customer` configuration" in error["message"]


@pytest.mark.parametrize("name", ["price", "plan"])
def test_an_item_of_a_phase_has_the_price_and_the_plan(api, customer, price, name):
    made = api.post(
        "/v1/subscription_schedules", customer=customer, phases=[{"items": [{name: price}]}]
    )

    item = made["phases"][0]["items"][0]
    assert (item["price"], item["plan"]) == (price, price)


def test_an_item_can_be_described_in_place(api, customer, price):
    product = api.get(f"/v1/prices/{price}")["product"]
    terms = {"currency": "usd", "unit_amount": 700, "recurring": {"interval": "month"}}
    items = [{"price_data": {"product": product, **terms}}]

    made = api.post("/v1/subscription_schedules", customer=customer, phases=[{"items": items}])

    item = made["phases"][0]["items"][0]
    assert api.get(f"/v1/prices/{item['price']}")["unit_amount"] == 700


def test_new_phases_have_prices_too(api, customer, price, refused):
    path = f"/v1/subscription_schedules/{api.post('/v1/subscription_schedules', customer=customer)['id']}"

    changed = api.post(path, phases=[{"items": [{"price": price}]}])
    error = refused(api.post, path, phases=[{"items": [{"quantity": 1}]}]).error

    assert changed["phases"][0]["items"][0]["plan"] == price
    assert error["param"] == "phases[0][items][0][price]"
    assert api.post(f"{path}/release")["status"] == "released"
