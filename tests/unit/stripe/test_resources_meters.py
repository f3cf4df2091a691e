"""Meters: what customers have used, and its sums."""

from functools import partial

import pytest

MINUTE, HOUR = 60, 3600
STREAM = "/v2/billing/meter_event_stream"


@pytest.fixture
def customer(api):
    """A customer's id."""
    return api.post("/v1/customers")["id"]


@pytest.fixture
def meter(api):
    """Makes meters of an event's name, and gives their paths."""

    def meter(name="calls", formula="sum"):
        made = api.post(
            "/v1/billing/meters",
            display_name=name,
            event_name=name,
            default_aggregation={"formula": formula},
        )
        return f"/v1/billing/meters/{made['id']}"

    return meter


@pytest.fixture
def use(api, customer):
    """Reports usage, one after the other."""

    def use(*values, name="calls", **terms):
        return [
            api.post(
                "/v1/billing/meter_events",
                event_name=name,
                payload={"stripe_customer_id": customer, "value": str(value)},
                **terms,
            )
            for value in values
        ]

    return use


@pytest.fixture
def total(api, customer, emulator):
    """What a meter says that the customer has used in the last hour."""

    def total(path, **terms):
        now = emulator.clock.now() // HOUR * HOUR
        params = {"customer": customer, "start_time": now - HOUR, "end_time": now + HOUR}
        data = api.get(f"{path}/event_summaries", **(params | terms))["data"]
        return [each["aggregated_value"] for each in data]

    return total


@pytest.mark.parametrize(("formula", "expected"), [("sum", 7), ("count", 2), ("last", 4)])
def test_usage_is_summed_up_by_the_meters_formula(meter, use, total, emulator, formula, expected):
    path = meter(formula=formula)
    now = emulator.clock.now()

    use(3, timestamp=now - 2)
    use(4, timestamp=now - 1)

    assert total(path) == [expected]


def test_usage_is_summed_up_by_the_hour(meter, use, total, emulator):
    path = meter()
    hour = emulator.clock.now() // HOUR * HOUR
    use(1, timestamp=hour - MINUTE)
    use(2, timestamp=hour)

    assert total(path, value_grouping_window="hour") == [2, 1]


def test_another_customers_usage_does_not_count(api, meter, use, total):
    path = meter()
    use(5)
    other = api.post("/v1/customers")["id"]

    assert total(path) == [5]
    assert total(path, customer=other) == [0]


def test_an_event_counts_once(use, meter, refused, total):
    path = meter()
    use(5, identifier="one")

    error = refused(use, 5, identifier="one")

    assert error.status == 400
    assert total(path) == [5]


def test_an_event_can_be_taken_back(api, use, meter, total):
    path = meter()
    use(5, identifier="one")

    api.post(
        "/v1/billing/meter_event_adjustments",
        event_name="calls",
        type="cancel",
        cancel={"identifier": "one"},
    )

    assert total(path) == [0]


def test_an_event_needs_an_active_meter(api, use, meter, refused):
    assert refused(use, 1).error["param"] == "event_name"
    path = meter()
    api.post(f"{path}/deactivate")

    assert refused(use, 1).error["param"] == "event_name"


def test_a_name_has_one_active_meter(api, meter, refused):
    path = meter()

    assert refused(meter).error["param"] == "event_name"
    api.post(f"{path}/deactivate")
    meter()


def test_a_meter_that_is_over_can_be_renamed_whatever_has_its_name_now(api, meter):
    old = meter()
    api.post(f"{old}/deactivate")
    meter()

    assert api.post(old, display_name="Old calls")["display_name"] == "Old calls"


@pytest.mark.parametrize("payload", [{"value": "1"}, {"stripe_customer_id": "x", "value": "1"}])
def test_an_event_is_somebodys(api, meter, refused, payload):
    meter()

    error = refused(api.post, "/v1/billing/meter_events", event_name="calls", payload=payload)

    assert (error.status, error.error["param"]) == (400, "payload")


def test_an_event_of_long_ago_is_refused(use, meter, refused):
    meter()

    assert refused(use, 1, timestamp=1_000_000_000).error["param"] == "timestamp"


def test_a_summary_is_of_whole_minutes(meter, total, refused):
    path = meter()

    assert refused(total, path, start_time=1_700_000_001).error["param"] == "start_time"


@pytest.fixture
def hours(api, customer, meter, use, emulator):
    """Lists what was used in the last day, hour by hour, and gives the hours."""
    path = meter()
    now = emulator.clock.now() // HOUR * HOUR
    for hour in range(5):
        use(1, timestamp=now - hour * HOUR)
    span = {"start_time": now - 24 * HOUR, "end_time": now + HOUR, "customer": customer}

    def hours(**terms):
        page = api.get(f"{path}/event_summaries", value_grouping_window="hour", **(span | terms))
        return [(each["id"], (now - each["start_time"]) // HOUR) for each in page["data"]], page

    return hours


def test_summaries_are_listed_page_by_page_in_both_directions(hours):
    first, page = hours(limit=2)
    second, _ = hours(limit=2, starting_after=first[-1][0])
    third, last = hours(limit=2, starting_after=second[-1][0])
    before, more = hours(limit=2, ending_before=third[0][0])

    assert [ago for _, ago in first + second + third] == [0, 1, 2, 3, 4]
    assert (page["has_more"], last["has_more"], more["has_more"]) == (True, False, True)
    assert before == second


@pytest.mark.parametrize(
    ("terms", "param", "code"),
    [
        ({"limit": 0}, "limit", "parameter_invalid_integer"),
        ({"limit": 101}, "limit", "parameter_invalid_integer"),
        ({"starting_after": "mtrusg_none"}, "starting_after", "resource_missing"),
    ],
)
def test_a_page_of_summaries_is_asked_for_as_any_other(hours, refused, terms, param, code):
    error = refused(hours, **terms).error

    assert (error["param"], error["code"]) == (param, code)


def session(api):
    """The headers of a request to the stream."""
    token = api.post("/v2/billing/meter_event_session")["authentication_token"]
    return {"authorization": f"Bearer {token}"}


def test_a_stream_takes_events_in_a_session_of_a_quarter_of_an_hour(own, refused):
    headers = session(own)
    used = {"event_name": "calls", "payload": {"value": "1"}}
    stream = partial(own.post, STREAM, events=[used] * 100)

    assert own.send("POST", STREAM, {"events": [used] * 100}, headers).status == 200
    without = refused(stream)
    too_many = refused(own.post, STREAM, headers, events=[used] * 101)
    own.pass_time(15 * 60)
    late = refused(stream, headers)

    assert (without.status, too_many.status, late.status) == (401, 400, 401)
    assert too_many.error["param"] == "events"
    assert late.error["type"] == "temporary_session_expired"
    assert late.error["code"] == "billing_meter_event_session_expired"


def test_what_a_stream_cannot_take_is_told_of(api, customer, meter):
    """https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api#handle-meter-event-errors"""
    path = meter()
    used = {"stripe_customer_id": customer, "value": "1"}
    events = [
        {"event_name": "calls", "payload": used},
        {"event_name": "calls", "payload": {"value": "1"}, "identifier": "lost"},
        {"event_name": "calls", "payload": {**used, "value": "many"}},
        {"event_name": "texts", "payload": used},
    ]

    answer = api.send("POST", STREAM, {"events": events}, session(api))

    # stripe-node looks for an error in it.
    assert (answer.status, answer.body) == (200, b"{}")
    told = {each["type"]: each for each in api.get("/v2/core/events")["data"]}
    report = told["v1.billing.meter.error_report_triggered"]
    assert report["related_object"]["url"] == path
    assert report["data"]["developer_message_summary"] == "There are 2 invalid events"
    first, second = report["data"]["reason"]["error_types"]
    assert (first["code"], second["code"]) == (
        "meter_event_no_customer_defined",
        "meter_event_invalid_value",
    )
    assert first["sample_errors"] == [
        {
            "error_message": "Customer mapping key stripe_customer_id not found in payload.",
            "request": {"identifier": "lost"},
        }
    ]
    unknown = told["v1.billing.meter.no_meter_found"]
    assert unknown["related_object"] is None
    [reason] = unknown["data"]["reason"]["error_types"]
    assert (reason["code"], reason["error_count"]) == ("no_meter", 1)
