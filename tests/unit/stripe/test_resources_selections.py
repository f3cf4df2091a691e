"""Parameters of lists that select by something else than the field of their name."""

import pytest


@pytest.fixture
def found(api):
    """The ids that a list has."""
    return lambda path, **params: [each["id"] for each in api.get(path, **params)["data"]]


def test_products_are_found_by_ids(api, found):
    first, second, _ = [api.post("/v1/products", name=name)["id"] for name in "abc"]

    assert found("/v1/products", ids=[first, second]) == [second, first]


def test_promotion_codes_are_found_by_their_coupon(api, found):
    coupons = [api.post("/v1/coupons", percent_off=10)["id"] for _ in range(2)]
    codes = [
        api.post("/v1/promotion_codes", promotion={"type": "coupon", "coupon": coupon})["id"]
        for coupon in coupons
    ]

    assert found("/v1/promotion_codes", coupon=coupons[0]) == [codes[0]]


def test_invoice_items_are_found_by_their_date(api, found):
    customer = api.post("/v1/customers")["id"]
    item = api.post("/v1/invoiceitems", customer=customer, amount=100, currency="usd")

    assert found("/v1/invoiceitems", created={"gte": item["date"]}) == [item["id"]]
    assert found("/v1/invoiceitems", created={"gt": item["date"]}) == []


def test_features_are_found_by_whether_they_are_archived(api, found):
    kept, archived = [
        api.post("/v1/entitlements/features", name=name, lookup_key=name)["id"] for name in "ab"
    ]
    api.post(f"/v1/entitlements/features/{archived}", active=False)

    assert found("/v1/entitlements/features", archived=True) == [archived]
    assert found("/v1/entitlements/features", archived=False) == [kept]


def test_value_lists_are_found_by_what_they_contain(api, found):
    ours, other = [
        api.post("/v1/radar/value_lists", alias=alias, name=alias)["id"] for alias in "ab"
    ]
    api.post("/v1/radar/value_list_items", value_list=ours, value="bad@example.com")
    api.post("/v1/radar/value_list_items", value_list=other, value="good@example.com")

    assert found("/v1/radar/value_lists", contains="bad@example.com") == [ours]


def test_shipping_rates_are_found_by_their_currency(api, found):
    for currency in ("usd", "eur"):
        api.post(
            "/v1/shipping_rates",
            display_name=currency,
            fixed_amount={"amount": 500, "currency": currency},
        )

    [rate] = api.get("/v1/shipping_rates", currency="eur")["data"]

    assert rate["display_name"] == "eur"
