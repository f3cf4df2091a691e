"""Tax associations: the calculation that a payment was made with."""


def test_a_payment_that_names_a_calculation_has_an_association(api):
    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="usd",
        hooks={"inputs": {"tax": {"calculation": "taxcalc_1"}}},
    )["id"]

    found = api.get("/v1/tax/associations/find", payment_intent=intent)

    assert (found["calculation"], found["payment_intent"]) == ("taxcalc_1", intent)
    assert api.get("/v1/tax/associations/find", payment_intent=intent)["id"] == found["id"]


def test_a_payment_without_a_calculation_has_none(api, refused):
    intent = api.post("/v1/payment_intents", amount=1000, currency="usd")["id"]

    error = refused(api.get, "/v1/tax/associations/find", payment_intent=intent)

    assert (error.status, error.error["code"]) == (404, "resource_missing")
