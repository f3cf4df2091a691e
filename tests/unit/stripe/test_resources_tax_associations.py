"""Tax associations: the calculation that a payment is made with."""

import pytest

DAY = 86_400
LINE = {"amount": 1000, "reference": "L1"}


@pytest.fixture
def calculation(api):
    """That of a sale in Germany, where nothing is collected."""
    api.post("/v1/tax/settings", head_office={"address": {"country": "DE"}})
    details = {"address": {"country": "DE"}, "address_source": "billing"}
    return api.post(
        "/v1/tax/calculations", currency="eur", customer_details=details, line_items=[LINE]
    )["id"]


def linked_with(calculation):
    return {"inputs": {"tax": {"calculation": calculation}}}


def test_a_payment_that_names_a_calculation_has_an_association(api, calculation):
    intent = api.post(
        "/v1/payment_intents", amount=1000, currency="eur", hooks=linked_with(calculation)
    )["id"]

    found = api.get("/v1/tax/associations/find", payment_intent=intent)

    assert (found["calculation"], found["payment_intent"]) == (calculation, intent)
    assert found["tax_transaction_attempts"] is None
    assert api.get("/v1/tax/associations/find", payment_intent=intent)["id"] == found["id"]


def test_a_payment_without_a_calculation_has_none(api, refused):
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd")["id"]

    error = refused(api.get, "/v1/tax/associations/find", payment_intent=intent)

    assert (error.status, error.error["code"]) == (404, "resource_missing")


def test_a_calculation_has_to_exist(api, refused):
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd")["id"]

    for path in ("", f"/{intent}", f"/{intent}/confirm", f"/{intent}/capture"):
        params = {} if path else {"amount": 1000, "currency": "usd"}
        error = refused(
            api.post, f"/v1/payment_intents{path}", hooks=linked_with("taxcalc_none"), **params
        )
        assert error.error["param"] == "hooks[inputs][tax][calculation]"


def test_a_calculation_that_has_expired_is_not_recorded(api, calculation):
    intent = api.post(
        "/v1/payment_intents", amount=1000, currency="eur", hooks=linked_with(calculation)
    )["id"]
    api.pass_time(91 * DAY)
    confirmed = {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
    api.post(f"/v1/payment_intents/{intent}/confirm", **confirmed)

    found = api.get("/v1/tax/associations/find", payment_intent=intent)

    attempt = {"errored": {"reason": "calculation_expired"}, "source": intent, "status": "errored"}
    assert found["tax_transaction_attempts"] == [attempt]
