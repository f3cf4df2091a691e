"""Sources, and what tops a balance up. Every answer is held against the contract."""

import pytest


@pytest.mark.parametrize("params", [{}, {"type": "nonsense"}])
def test_a_source_is_of_a_type_that_there_is(api, refused, params):
    error = refused(api.post, "/v1/sources", **params)

    assert (error.status, error.error["param"]) == (400, "type")


def test_a_copy_is_of_the_type_of_its_original(api):
    customer = api.post("/v1/customers")["id"]
    original = api.post("/v1/sources", type="sepa_debit", currency="eur")["id"]

    assert (
        api.post("/v1/sources", customer=customer, original_source=original)["type"] == "sepa_debit"
    )


def test_a_source_can_be_changed(api):
    source = api.post("/v1/sources", type="sepa_debit", currency="eur")["id"]

    assert api.post(f"/v1/sources/{source}", metadata={"a": "1"})["metadata"] == {"a": "1"}


def test_a_top_up_shows_the_source_it_comes_from(api):
    source = api.post("/v1/sources", type="ach_debit", currency="usd")["id"]

    topup = api.post("/v1/topups", amount=2000, currency="usd", source=source)

    assert topup["source"]["id"] == source


def test_a_test_bank_tops_up(api):
    topup = api.post("/v1/topups", amount=2000, currency="usd", source="btok_us_verified")

    assert topup["source"]["ach_debit"]["last4"] == "6789"
    assert api.get(f"/v1/sources/{topup['source']['id']}")["status"] == "chargeable"


def test_a_top_up_from_nothing_is_refused(api, refused):
    error = refused(api.post, "/v1/topups", amount=2000, currency="usd", source="src_none").error

    assert (error["code"], error["param"]) == ("resource_missing", "source")


def test_a_canceled_top_up_keeps_its_source(api):
    topup = api.post("/v1/topups", amount=2000, currency="usd", source="btok_us_verified")

    canceled = api.post(f"/v1/topups/{topup['id']}/cancel")

    assert (canceled["status"], canceled["source"]) == ("canceled", topup["source"])
