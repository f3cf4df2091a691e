"""Versions of the API: one is served, others are answered in it and told so, and what never was one is refused."""

import orjson
import pytest

from localstack_shared.errors import CannotStart
from localstack_shared.settings import read
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import Api

OLDER = {"stripe-version": "2020-08-27"}


@pytest.fixture
def served(api):
    """The version that is served."""
    return api.emulator.contract.versions["api"]


def test_the_version_is_said_that_was_really_served(api, served):
    for headers in ({}, {"stripe-version": served}):
        answer = api.send("GET", "/v1/customers", {}, headers)

        assert answer.headers["Stripe-Version"] == served
        assert "Stripe-Emulator-Version" not in answer.headers


@pytest.mark.parametrize(
    "version", ["2011-01-01", "2024-06-20", "2025-03-31.basil", "2026-09-30.preview"]
)
def test_another_version_is_answered_in_this_one_and_told_so(api, served, version):
    answer = api.send("GET", "/v1/customers", {}, {"stripe-version": version})

    assert answer.status == 200
    assert answer.headers["Stripe-Version"] == served
    assert answer.headers["Stripe-Emulator-Version"] == f"asked for {version}, answered in {served}"


def test_it_is_logged_once_of_each_version(api, caplog):
    for version in ("2019-05-16", "2019-05-16", "2019-08-14"):
        api.send("GET", "/v1/customers", {}, {"stripe-version": version})

    assert caplog.text.count("Requests of version") == 2


@pytest.mark.parametrize(
    "version", ["2019-2-19", "2031-01-01", "", "basil", "2019-05-16.basil", "2025-03-31.preview2"]
)
def test_what_never_was_a_version_is_refused(api, served, version):
    answer = api.send("GET", "/v1/customers", {}, {"stripe-version": version})

    error = orjson.loads(answer.body)["error"]
    assert (answer.status, error["type"]) == (400, "invalid_request_error")
    assert error["message"] == f"Invalid Stripe API version: {version}"
    assert answer.headers["Stripe-Version"] == served


def test_what_only_the_older_version_knows_is_left_out_with_a_warning(api, caplog):
    answer = api.send(
        "POST", "/v1/customers", {"name": "Jenny", "account_balance": 5, "nickname": "J"}, OLDER
    )

    assert orjson.loads(answer.body)["name"] == "Jenny"
    assert answer.headers["Stripe-Emulator-Version"].endswith(
        "; left out: account_balance, nickname"
    )
    assert "POST /v1/customers: the parameter account_balance is not known" in caplog.text
    assert "nickname" in caplog.text


def test_what_the_object_has_is_kept(api, refused):
    """A customer is shown with a currency, which nobody can send in this version."""
    refused(api.post, "/v1/customers", currency="eur")

    customer = api.post("/v1/customers", OLDER, currency="EUR")

    assert customer["currency"] == "eur"


def test_nobody_chooses_what_is_stripes_own(api):
    product = api.post("/v1/products", OLDER, name="Team", object="x", created=5, livemode=True)

    assert product["object"] == "product"
    assert product["created"] > 5
    assert product["livemode"] is False


def test_unknown_parameters_inside_others_are_left_out_too(api):
    customer = api.post("/v1/customers", OLDER, address={"line1": "Main Street 1", "planet": "x"})

    assert customer["address"]["line1"] == "Main Street 1"


def test_no_name_of_a_parameter_becomes_a_header_of_its_own(api):
    name = "x\r\nSet-Cookie: a=b\u2028"

    answer = api.send("POST", "/v1/customers", {name: "1"}, OLDER)

    assert answer.status == 200
    assert answer.headers["Stripe-Emulator-Version"].endswith("; left out: x??Set-Cookie: a=b?")


def test_a_missing_parameter_is_explained_where_others_were_left_out(api, refused, served):
    promotion = {"voucher": "SAVE25", "code": "SAVE"}

    older = api.send("POST", "/v1/promotion_codes", promotion, OLDER)
    newer = refused(api.post, "/v1/promotion_codes", code="SAVE")

    assert older.headers["Stripe-Emulator-Version"].endswith("; left out: voucher")
    assert orjson.loads(older.body)["error"]["message"] == (
        "Missing required param: promotion. (Stripe emulator: asked for 2020-08-27, answered in "
        f"{served}; left out: voucher.)"
    )
    assert newer.error["message"] == "Missing required param: promotion."


def test_what_only_an_older_version_expands_is_left_out(api, caplog):
    params = {"expand": ["data.amount_of_old", "data.customer"], "nickname": "J"}

    answer = api.send("GET", "/v1/invoices", params, OLDER)

    assert answer.status == 200
    assert answer.headers["Stripe-Emulator-Version"].endswith(
        "; left out: nickname, expand[data.amount_of_old]"
    )
    assert "GET /v1/invoices: the parameter expand[data.amount_of_old] is not known" in caplog.text


def test_what_leads_to_what_is_left_out_is_expanded(api):
    customer = api.post("/v1/customers", name="Jenny")
    api.post("/v1/invoices", customer=customer["id"])
    params = {"expand": ["data.customer.default_card"]}

    answer = api.send("GET", "/v1/invoices", params, OLDER)

    [invoice] = orjson.loads(answer.body)["data"]
    assert invoice["customer"]["name"] == "Jenny"
    assert answer.headers["Stripe-Emulator-Version"].endswith("expand[data.customer.default_card]")


@pytest.mark.parametrize("path", ["customer", "data.currency"])
def test_what_no_version_expands_is_refused_in_every_version(api, path):
    answer = api.send("GET", "/v1/invoices", {"expand": [path]}, OLDER)

    assert answer.status == 400
    assert "cannot be expanded" in orjson.loads(answer.body)["error"]["message"]


@pytest.mark.parametrize("headers", [{}, {"stripe-version": "2025-08-27.basil"}])
@pytest.mark.parametrize(
    ("verb", "path", "instead"),
    [
        ("GET", "/v1/invoices/upcoming", "POST /v1/invoices/create_preview"),
        ("GET", "/v1/invoices/upcoming/lines", "POST /v1/invoices/create_preview"),
        ("POST", "/v1/subscription_items/si_1/usage_records", "POST /v1/billing/meter_events"),
    ],
)
def test_a_withdrawn_path_is_refused_with_what_to_call_instead(api, headers, verb, path, instead):
    answer = api.send(verb, path, {"customer": "cus_1"}, headers)

    assert answer.status in (400, 404)
    assert orjson.loads(answer.body)["error"]["message"].endswith(f"; use {instead}.)")


def test_what_is_wrong_is_wrong_in_every_version(api, refused):
    error = refused(api.post, "/v1/customers", OLDER, balance="many")

    assert error.error["message"] == "Invalid integer: many"


def test_withdrawn_parameters_are_refused_in_the_version_without_them_only(api, refused):
    intent = {"amount": 1000, "currency": "usd", "payment_method_types": ["card", "link"]}

    error = refused(api.post, "/v1/payment_intents", **intent)
    older = api.post("/v1/payment_intents", OLDER, **intent)

    assert error.error["code"] == "payment_method_types_no_longer_supported"
    assert older["payment_method_types"] == ["card", "link"]


def test_requests_that_name_no_version_are_of_the_default(served):
    api = Api(StripeEmulator(StripeSettings(api_version="2020-08-27")))
    intent = {"amount": 1000, "currency": "usd", "payment_method_types": ["card"]}

    made = api.post("/v1/payment_intents", **intent)

    assert made["payment_method_types"] == ["card"]
    answer = api.send("GET", "/v1/customers", {})
    assert answer.headers["Stripe-Version"] == served
    assert answer.headers["Stripe-Emulator-Version"].startswith("asked for 2020-08-27")


def test_a_default_version_that_never_was_is_refused():
    environment = {"STRIPE_API_VERSION": "2020-01-01"}

    with pytest.raises(CannotStart, match="STRIPE_API_VERSION"):
        read(StripeSettings, environment)
