"""Refunds by the path that older SDKs take."""


def test_a_charge_that_is_refunded_by_its_own_path_is_answered(api):
    charge = api.post("/v1/charges", amount=1000, currency="usd", source="tok_visa")["id"]

    part = api.post(f"/v1/charges/{charge}/refund", amount=400, reason="duplicate")
    whole = api.post(f"/v1/charges/{charge}/refund")

    refunds = api.get("/v1/refunds", charge=charge)["data"]
    assert (part["object"], part["amount_refunded"], part["refunded"]) == ("charge", 400, False)
    assert whole["refunded"]
    assert [each["amount"] for each in refunds] == [600, 400]
    assert refunds[1]["reason"] == "duplicate"
    answer = api.send("POST", f"/v1/charges/{charge}/refund")
    assert (answer.status, answer.headers["Stripe-Emulator-Level"]) == (400, "behaviour")
