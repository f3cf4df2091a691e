"""Ordering the removal of carbon."""

from datetime import UTC, datetime

import pytest

ORDERS = "/v1/climate/orders"
DAY = 86_400
PRODUCT = "climsku_frontier_offtake_portfolio_2027"


def moved(api):
    """What the orders came to in the balance."""
    found = api.everything("/v1/balance_transactions")
    return sum(each["amount"] for each in found if each["type"].startswith("climate_order"))


def test_there_is_a_product_of_some_suppliers(api):
    product = api.get(f"/v1/climate/products/{PRODUCT}")

    listed = {each["id"] for each in api.get("/v1/climate/suppliers")["data"]}
    assert product["current_prices_per_metric_ton"]["usd"]["amount_total"] == 56_650
    assert {each["id"] for each in product["suppliers"]} == listed


@pytest.mark.parametrize(
    ("terms", "tons", "amounts"),
    [
        ({"metric_tons": "0.01"}, "0.01", (550, 17, 567)),
        ({"metric_tons": "10"}, "10", (550_000, 16_500, 566_500)),
        ({"amount": 56_650}, "1", (55_000, 1_650, 56_650)),
        ({"amount": 60_000}, "1.05", (57_750, 1_733, 59_483)),
    ],
)
def test_an_order_costs_what_its_tons_cost(api, terms, tons, amounts):
    order = api.post(ORDERS, product=PRODUCT, **terms)

    shown = tuple(order[f"amount_{each}"] for each in ("subtotal", "fees", "total"))
    assert (order["metric_tons"], shown, order["status"]) == (tons, amounts, "open")
    assert moved(api) == -order["amount_total"]


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({}, "metric_tons"),
        ({"metric_tons": "0.001"}, "metric_tons"),
        ({"metric_tons": "2000000"}, "metric_tons"),
        ({"amount": 10}, "amount"),
        ({"metric_tons": "1", "currency": "eur"}, "currency"),
        ({"metric_tons": "1", "amount": 100}, "amount"),
    ],
)
def test_what_cannot_be_ordered_is_refused(api, refused, terms, param):
    assert refused(api.post, ORDERS, product=PRODUCT, **terms).error.get("param") == param
    assert api.get(ORDERS)["data"] == []


def test_an_order_can_be_canceled_within_a_day(own, refused):
    orders = [own.post(ORDERS, product=PRODUCT, metric_tons="1") for _ in range(2)]

    canceled = own.post(f"{ORDERS}/{orders[0]['id']}/cancel")
    own.pass_time(DAY)

    late = own.get(f"{ORDERS}/{orders[1]['id']}")
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "requested")
    assert moved(own) == -(1_650 + 56_650)
    assert (late["status"], late["confirmed_at"] > late["created"]) == ("confirmed", True)
    for each in orders:
        assert refused(own.post, f"{ORDERS}/{each['id']}/cancel").status == 400


def test_an_order_is_delivered_at_the_end_of_its_year(own):
    order = own.post(ORDERS, product=PRODUCT, metric_tons="1.5")

    new_year = datetime(2028, 1, 2, tzinfo=UTC)
    own.pass_time((new_year - datetime.now(UTC)).days * DAY)

    later = own.get(f"{ORDERS}/{order['id']}")
    [delivery] = later["delivery_details"]
    assert (later["status"], delivery["metric_tons"]) == ("delivered", "1.5")
    assert delivery["supplier"]["object"] == "climate.supplier"
    assert len(own.get("/v1/events", type="climate.order.delivered")["data"]) == 1
