"""Test clocks that an existing customer moves to."""

import pytest

NOW = 1_706_702_400


def test_a_customer_lives_on_a_new_clock_from_then_on(api):
    customer = api.post("/v1/customers")["id"]

    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=NOW, customer=customer)["id"]

    assert api.get(f"/v1/customers/{customer}")["test_clock"] == clock
    price = api.price()
    items = [{"price": price}]
    subscription = api.post(
        "/v1/subscriptions", customer=customer, items=items, trial_period_days=7
    )
    assert (subscription["test_clock"], subscription["start_date"]) == (clock, NOW)


def test_a_customer_does_not_move_twice(api, refused):
    customer = api.post("/v1/customers", test_clock=api.clock())["id"]

    refusal = refused(api.post, "/v1/test_helpers/test_clocks", frozen_time=NOW, customer=customer)

    assert refusal.error["param"] == "customer"
    assert len(api.get("/v1/test_helpers/test_clocks")["data"]) == 1


def test_a_customer_with_bills_does_not_move(api, refused):
    customer = api.customer()
    api.subscribe(customer, api.price())

    refusal = refused(api.post, "/v1/test_helpers/test_clocks", frozen_time=NOW, customer=customer)

    assert "does not emulate" in refusal.error["message"]


def test_nothing_on_a_clock_is_changed_until_it_has_arrived(api, refused, monkeypatch):
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    elsewhere = api.customer()
    frozen = api.get(f"/v1/test_helpers/test_clocks/{clock}")["frozen_time"]
    monkeypatch.setattr(api.emulator, "settle", lambda: False)
    api.post(f"/v1/test_helpers/test_clocks/{clock}/advance", frozen_time=frozen + 60)

    for path, params in (
        (f"/v1/customers/{customer}", {"name": "Zoe"}),
        ("/v1/invoiceitems", {"customer": customer, "amount": 100, "currency": "usd"}),
        (f"/v1/test_helpers/test_clocks/{clock}/advance", {"frozen_time": frozen + 120}),
    ):
        refusal = refused(api.post, path, **params)
        assert (refusal.status, refusal.error["code"]) == (429, "test_clock_advancement_underway")
    assert api.get(f"/v1/customers/{customer}")["name"] is None
    assert api.post(f"/v1/customers/{elsewhere}", name="Ada")["name"] == "Ada"


# Lists


@pytest.mark.parametrize(
    "path",
    [
        "customers",
        "invoiceitems",
        "invoices",
        "quotes",
        "subscription_schedules",
        "subscriptions",
    ],
)
def test_a_list_of_everything_leaves_out_what_lives_on_a_clock(api, path):
    price = api.price()

    def with_everything(customer):
        subscription = api.subscribe(customer, price)
        api.post("/v1/invoiceitems", customer=customer, amount=100, currency="usd")
        api.post("/v1/quotes", customer=customer, line_items=[{"price": price}])
        api.post("/v1/subscription_schedules", from_subscription=subscription["id"])
        return customer

    with_everything(api.customer())
    on_clock = with_everything(api.customer(test_clock=api.clock()))

    def clocks(**params):
        return {each["test_clock"] is not None for each in api.get(f"/v1/{path}", **params)["data"]}

    assert clocks() == clocks(limit=5) == {False}
    if path != "customers":
        assert clocks(customer=on_clock) == {True}


def test_the_invoices_of_a_subscription_on_a_clock_are_listed(api):
    subscription = api.subscribe(api.customer(test_clock=api.clock()), api.price())

    listed = api.get("/v1/invoices", subscription=subscription["id"])["data"]

    assert [each["id"] for each in listed] == [subscription["latest_invoice"]]
