"""Usage as it was reported until version 2025-03-31.basil: by records of a subscription's item
(https://docs.stripe.com/billing/subscriptions/usage-based-legacy/recording-usage).
"""

import pytest

from tests.contract.stripe.conftest import DAY, JANUARY_31

FEBRUARY_29 = 1_709_208_000
"""The end of the first period."""

MARCH_31 = 1_711_886_400


@pytest.fixture
def metered(older, team_price):
    """Makes a price of five cents for what is used in a month, counted in a way."""

    def metered(**recurring):
        return older(
            "post",
            "/v1/prices",
            product=team_price.product,
            currency="usd",
            unit_amount=5,
            recurring={"interval": "month", "usage_type": "metered", **recurring},
        )

    return metered


@pytest.fixture
def meter(older, traveller, metered):
    """Subscribes the traveller to such a price, and gives the item and what reports its usage."""

    def meter(price=None, **terms):
        price = price or metered()["id"]
        made = older(
            "post",
            "/v1/subscriptions",
            customer=traveller.customer.id,
            items=[{"price": price}],
            **terms,
        )
        item = made["items"]["data"][0]["id"]
        path = f"/v1/subscription_items/{item}"
        return item, lambda quantity, **more: older(
            "post", f"{path}/usage_records", quantity=quantity, **more
        )

    return meter


def test_usage_is_billed_when_its_period_is_over(stripe, older, traveller, meter):
    _, use = meter()
    traveller.advance(JANUARY_31 + 3 * DAY)
    first = use(100, timestamp=JANUARY_31 + DAY)
    again = use(20, timestamp=JANUARY_31 + DAY)
    use(3)

    upcoming = older("get", "/v1/invoices/upcoming", customer=traveller.customer.id)
    traveller.advance(FEBRUARY_29 + 7200)

    [invoice, _] = stripe.Invoice.list(customer=traveller.customer.id).data
    assert first["id"].startswith("mbur_")
    assert (first["quantity"], again["quantity"], first["timestamp"]) == (
        100,
        120,
        JANUARY_31 + DAY,
    )
    assert (upcoming["total"], invoice.total, invoice.status) == (615, 615, "paid")
    assert invoice.lines.data[0].quantity == 123


@pytest.mark.parametrize(
    ("way", "counted"), [("sum", 9), ("max", 5), ("last_during_period", 4), ("last_ever", 4)]
)
def test_the_price_says_how_usage_counts(stripe, traveller, metered, meter, way, counted):
    price = metered(aggregate_usage=way)
    _, use = meter(price["id"])
    traveller.advance(JANUARY_31 + 3 * DAY)
    use(5, timestamp=JANUARY_31 + DAY, action="set")
    use(4, timestamp=JANUARY_31 + 2 * DAY, action="set")

    traveller.advance(FEBRUARY_29 + 7200)
    traveller.advance(MARCH_31 + 7200)

    second, first, _ = stripe.Invoice.list(customer=traveller.customer.id).data
    assert price["recurring"]["aggregate_usage"] == way
    assert first.total == counted * 5
    assert second.total == (counted * 5 if way == "last_ever" else 0)


def test_a_plan_says_it_too(older, team_price, meter):
    terms = {"product": team_price.product, "currency": "usd", "interval": "month", "amount": 5}

    plan = older("post", "/v1/plans", **terms, usage_type="metered", aggregate_usage="max")
    usual = older("post", "/v1/plans", **terms, usage_type="metered")
    licensed = older("post", "/v1/plans", **terms)

    ways = [each["aggregate_usage"] for each in (plan, usual, licensed)]
    assert ways == ["max", "sum", None]
    assert meter(plan["id"])[1](3)["quantity"] == 3


def test_usage_is_set_in_place_of_what_it_was(older, meter):
    item, use = meter()
    use(7, timestamp=JANUARY_31)

    changed = use(2, timestamp=JANUARY_31, action="set")

    summaries = older("get", f"/v1/subscription_items/{item}/usage_record_summaries")
    assert changed["quantity"] == 2
    assert [each["total_usage"] for each in summaries["data"]] == [2]


def test_summaries_tell_of_each_period(stripe, older, traveller, meter):
    item, use = meter()
    use(7)
    traveller.advance(FEBRUARY_29 + 7200)
    use(4)
    path = f"/v1/subscription_items/{item}/usage_record_summaries"

    page = older("get", path)
    first = older("get", path, limit=1)

    now, before = page["data"]
    [billed, _] = stripe.Invoice.list(customer=traveller.customer.id).data
    assert (now["total_usage"], now["invoice"], now["subscription_item"]) == (4, None, item)
    assert (before["total_usage"], before["invoice"]) == (7, billed.id)
    assert now["period"]["start"] == before["period"]["end"] == FEBRUARY_29
    assert [each["id"] for each in first["data"]] == [now["id"]]
    assert (first["has_more"], page["object"], page["url"]) == (True, "list", path)


def test_a_summary_counts_once_what_a_threshold_has_billed_before(
    stripe, older, traveller, team_price, meter
):
    tiers = [{"up_to": 100, "unit_amount": 5}, {"up_to": "inf", "unit_amount": 1}]
    price = older(
        "post",
        "/v1/prices",
        product=team_price.product,
        currency="usd",
        billing_scheme="tiered",
        tiers_mode="volume",
        tiers=tiers,
        recurring={"interval": "month", "usage_type": "metered"},
    )
    item, use = meter(price["id"], billing_thresholds={"amount_gte": 400})
    use(90)
    traveller.advance(JANUARY_31 + DAY)
    use(5)
    traveller.advance(FEBRUARY_29 + 7200)

    summaries = older("get", f"/v1/subscription_items/{item}/usage_record_summaries")["data"]

    [renewal, threshold, _] = stripe.Invoice.list(customer=traveller.customer.id).data
    billed = {each["invoice"]: each["total_usage"] for each in summaries}
    assert billed == {None: 0, threshold.id: 90, renewal.id: 95}
    assert len({each["id"] for each in summaries}) == 3


def test_what_is_used_in_a_trial_is_free(stripe, traveller, meter):
    _, use = meter(trial_end=FEBRUARY_29)
    use(50)

    traveller.advance(FEBRUARY_29 + 7200)

    assert stripe.Invoice.list(customer=traveller.customer.id).data[0].total == 0


def test_a_threshold_bills_what_was_recorded(stripe, traveller, meter):
    _, use = meter(billing_thresholds={"amount_gte": 500})

    use(120)

    [invoice, _] = stripe.Invoice.list(customer=traveller.customer.id).data
    assert (invoice.total, invoice.billing_reason) == (600, "subscription_threshold")


# Clocks that differ


def test_usage_may_be_a_little_late(stripe, traveller, meter):
    _, use = meter()
    traveller.advance(FEBRUARY_29 + 60)

    use(10, timestamp=FEBRUARY_29 - 60)
    traveller.advance(FEBRUARY_29 + 7200)

    assert stripe.Invoice.list(customer=traveller.customer.id).data[0].total == 50


@pytest.mark.parametrize(
    ("way", "moment", "message"),
    [
        ("sum", JANUARY_31 - 60, "timestamps must be after the subscription's last invoice period"),
        ("max", JANUARY_31 - 60, "timestamps must be after the subscription's last invoice period"),
        ("sum", JANUARY_31 + DAY, "must not be in the future"),
    ],
)
def test_usage_is_of_the_current_period(stripe, metered, meter, way, moment, message):
    _, use = meter(metered(aggregate_usage=way)["id"])

    with pytest.raises(stripe.InvalidRequestError, match=message) as refused:
        use(1, timestamp=moment)

    assert refused.value.param == "timestamp"


# Refusals


def test_what_has_a_meter_takes_no_records(stripe, calls, meter):
    _, use = meter(calls.id)

    with pytest.raises(stripe.InvalidRequestError, match="not on the legacy metered billing"):
        use(1)


def test_what_is_not_metered_takes_no_records(stripe, team_price, meter):
    _, use = meter(team_price.id)

    with pytest.raises(stripe.InvalidRequestError, match="not metered"):
        use(1)


def test_what_is_canceled_takes_no_records(stripe, older, meter):
    item, use = meter()
    stripe.Subscription.cancel(stripe.SubscriptionItem.retrieve(item).subscription)

    with pytest.raises(stripe.InvalidRequestError, match="has been canceled"):
        use(1)


def test_usage_is_never_negative(stripe, meter):
    _, use = meter()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        use(-1)

    assert refused.value.param == "quantity"


def test_an_unknown_item_takes_no_records(stripe, older):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid subscription_item id: si_none"):
        older("post", "/v1/subscription_items/si_none/usage_records", quantity=1)


def test_later_versions_have_meters_only(stripe, older, meter, metered):
    item, _ = meter()

    with pytest.raises(stripe.InvalidRequestError, match="/v1/billing/meter_events"):
        older("post", f"/v1/subscription_items/{item}/usage_records", "2025-08-27.basil")
    with pytest.raises(stripe.InvalidRequestError, match="must be backed by meters"):
        stripe.Price.create(
            currency="usd",
            unit_amount=5,
            recurring={"interval": "month", "usage_type": "metered"},
            product_data={"name": "API"},
        )
