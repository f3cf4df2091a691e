"""What new records start with: as Stripe's do, and not as the first of the allowed values."""

import pytest

from localstack_stripe.contract.loader import Enum, load_contract
from localstack_stripe.engine.initial import INITIAL, After
from localstack_stripe.engine.shapes import one_of

CONTRACT = load_contract()
DAY = 86_400
ENDED = {"canceled", "closed", "expired", "failed", "returned", "reversed", "voided", "rejected"}


@pytest.mark.parametrize("object", INITIAL)
def test_what_is_initial_is_allowed(object):
    fields = CONTRACT.resources[object].fields

    for name, value in INITIAL[object].items():
        allowed = one_of(fields[name].type, Enum)
        if allowed is not None:
            assert value in allowed.values, (object, name)


def test_nothing_begins_at_its_end():
    for object, values in INITIAL.items():
        assert values.get("status") not in ENDED, object


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("/v1/topups", {"amount": 2000, "currency": "usd"}, {"status": "pending"}),
        ("/v1/tax_rates", {"display_name": "VAT", "inclusive": False, "percentage": 19}, {"active": True}),
        ("/v1/shipping_rates", {"display_name": "Ground", "fixed_amount": {"amount": 500, "currency": "usd"}}, {"active": True, "type": "fixed_amount"}),
        ("/v1/identity/verification_sessions", {"type": "document"}, {"status": "requires_input"}),
        ("/v1/treasury/financial_accounts", {"supported_currencies": ["usd"]}, {"status": "open", "country": "US"}),
        ("/v1/entitlements/features", {"name": "a", "lookup_key": "b"}, {"active": True}),
        ("/v1/quotes", {}, {"status": "draft"}),
    ],
)  # fmt: skip
def test_a_new_record_starts_as_stripes_does(api, path, params, expected):
    made = api.post(path, **params)

    assert {name: made[name] for name in expected} == expected
    assert api.get(f"{path}/{made['id']}") == made


def test_what_is_sent_comes_before_what_is_initial(api):
    made = api.post(
        "/v1/tax_rates", display_name="VAT", inclusive=False, percentage=19, active=False
    )

    assert made["active"] is False


def test_a_quote_lasts_thirty_days(api):
    made = api.post("/v1/quotes")

    assert made["expires_at"] - made["created"] == 30 * DAY


def test_a_structure_that_is_given_in_part_keeps_the_rest(api):
    meter = api.post(
        "/v1/billing/meters",
        display_name="Calls",
        event_name="calls",
        default_aggregation={"formula": "sum"},
    )

    assert meter["customer_mapping"] == {
        "event_payload_key": "stripe_customer_id",
        "type": "by_id",
    }
    assert meter["value_settings"] == {"event_payload_key": "value"}


def test_secrets_are_made_up_and_not_empty(api):
    first = api.post("/v1/identity/verification_sessions", type="document")
    second = api.post("/v1/terminal/connection_tokens")

    assert first["client_secret"].startswith(f"{first['id']}_secret_")
    assert second["secret"].startswith("pst_test_")


def test_times_are_never_before_the_record():
    assert all(
        value.seconds >= 0
        for values in INITIAL.values()
        for value in values.values()
        if isinstance(value, After)
    )
