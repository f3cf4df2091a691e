"""What an account has from the start, and the things of which it has one."""

import pytest

from localstack_stripe.engine.presets import PRESETS


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("/v1/country_specs", "US"),
        ("/v1/exchange_rates", "eur"),
        ("/v1/tax_codes", "txcd_99999999"),
        ("/v1/reporting/report_types", "balance.summary.1"),
    ],
)
def test_what_is_there_from_the_start_is_listed_and_found(api, fresh, path, id):
    # Whether it is asked for first by its id or in a list makes no difference.
    by_id = api.get(f"{path}/{id}")
    limit = {} if path == "/v1/reporting/report_types" else {"limit": 100}
    listed = fresh().get(path, **limit)

    assert by_id in listed["data"]
    assert listed["has_more"] == (len(listed["data"]) == 100)
    assert [each["id"] for each in listed["data"]] == [
        each["id"] for each in api.get(path, **limit)["data"]
    ]


def test_what_is_there_from_the_start_has_an_end(api, refused):
    assert refused(api.get, "/v1/country_specs/XX").status == 404
    assert refused(api.get, "/v1/exchange_rates/xxx").status == 404


@pytest.mark.parametrize("object", PRESETS)
def test_nobody_is_told_of_what_was_always_there(api, object):
    for path in ("/v1/billing_portal/configurations", "/v1/payment_method_configurations"):
        assert api.get(path)["data"]

    assert api.get("/v1/events")["data"] == []


def test_what_was_always_there_is_there_after_a_refusal(api, refused):
    refused(api.post, "/v1/billing_portal/sessions", customer="cus_none")

    assert len(api.get("/v1/billing_portal/configurations")["data"]) == 1


def test_one_unit_of_a_currency_is_worth_itself_in_another_and_back(api):
    there = api.get("/v1/exchange_rates/usd")["rates"]["jpy"]
    back = api.get("/v1/exchange_rates/jpy")["rates"]["usd"]

    assert there * back == pytest.approx(1, rel=1e-3)


def test_a_report_run_is_of_a_type_that_exists(api, refused):
    parameters = {"interval_start": 1, "interval_end": 2}
    made = api.post(
        "/v1/reporting/report_runs", report_type="payouts.summary.1", parameters=parameters
    )

    assert made["status"] == "pending"
    error = refused(api.post, "/v1/reporting/report_runs", report_type="none.1")
    assert (error.status, error.error["param"]) == (400, "report_type")


def test_the_balance_is_what_the_transactions_come_to(api):
    api.post(
        "/v1/payment_intents",
        amount=5000,
        currency="usd",
        confirm=True,
        payment_method="pm_card_visa",
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
    )
    [transaction] = api.get("/v1/balance_transactions")["data"]

    balance = api.get("/v1/balance")

    [pending], [available] = balance["pending"], balance["available"]
    assert pending["amount"] + available["amount"] == transaction["net"]
    assert pending["currency"] == "usd"


def test_a_new_account_has_nothing(api):
    balance = api.get("/v1/balance")

    assert [each["amount"] for each in balance["available"] + balance["pending"]] == [0, 0]


def test_tax_settings_are_active_with_a_head_office(api):
    before = api.get("/v1/tax/settings")

    after = api.post("/v1/tax/settings", head_office={"address": {"country": "US", "state": "CA"}})

    assert before["status_details"] == {"pending": {"missing_fields": ["head_office"]}}
    assert (after["status"], after["status_details"]) == ("active", {"active": {}})
    assert api.get("/v1/tax/settings") == after


def test_a_change_of_what_was_always_there_is_told(api):
    api.post("/v1/tax_rates", display_name="VAT", inclusive=False, percentage=19)
    [default] = api.get("/v1/billing_portal/configurations")["data"]

    api.post(f"/v1/billing_portal/configurations/{default['id']}", name="Ours")

    [event] = api.get("/v1/events", type="billing_portal.configuration.updated")["data"]
    assert event["data"]["previous_attributes"] == {"name": None}
