"""v2 writes time as RFC 3339 has it, where v1 counts seconds (https://docs.stripe.com/api-v2-overview)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from localstack_stripe.engine.clock import moment, read_moment

NOW = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2022-09-18T13:22:00Z", "2022-09-18T13:22:00.000Z"),
        ("2022-09-18t13:22:00.1239z", "2022-09-18T13:22:00.123Z"),
        ("2022-09-18T13:22:00+02:00", "2022-09-18T11:22:00.000Z"),
        ("2022-09-18", None),
        ("2022-09-18T13:22:00", None),
        ("2022-02-30T13:22:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("٢022-09-18T13:22:00Z", None),
        ("1700000000", None),
    ],
)
def test_a_moment_is_read_in_any_form_of_rfc_3339(written, read):
    assert read_moment(written) == read


def test_a_timestamp_is_written_as_a_moment():
    assert moment(1_663_507_338) == "2022-09-18T13:22:18.000Z"


def test_what_v2_makes_says_when_in_a_moment(api):
    made = api.post("/v2/core/accounts")
    assert NOW.fullmatch(made["created"])

    destination = api.post(
        "/v2/core/event_destinations",
        name="all",
        type="webhook_endpoint",
        event_payload="thin",
        enabled_events=["v1.customer.created"],
        webhook_endpoint={"url": "https://example.com"},
    )
    assert NOW.fullmatch(destination["created"])
    assert destination["updated"] == destination["created"]


def test_a_moment_of_a_request_is_kept_in_the_form_of_the_answers(api, refused):
    api.post(
        "/v1/billing/meters",
        display_name="Tokens",
        event_name="tokens",
        default_aggregation={"formula": "sum"},
    )
    customer = api.post("/v1/customers")["id"]
    usage = {"event_name": "tokens", "payload": {"stripe_customer_id": customer, "value": "3"}}
    moment = datetime.now(UTC).replace(microsecond=0)
    elsewhere = moment.astimezone(timezone(timedelta(hours=1))).isoformat()
    event = api.post("/v2/billing/meter_events", timestamp=elsewhere, **usage)
    assert event["timestamp"] == moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    error = refused(api.post, "/v2/billing/meter_events", timestamp="yesterday", **usage)
    assert error.status == 400
    assert "yesterday" in error.error["message"]


def test_what_v1_makes_says_when_in_seconds(api):
    product = api.post("/v1/products", name="Team")
    assert isinstance(product["created"], int)
    assert product["updated"] == product["created"]
