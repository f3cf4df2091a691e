"""Test clocks that an existing customer moves to."""

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
