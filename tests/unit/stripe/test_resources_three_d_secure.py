"""3D Secure authentications that stand by themselves. Every answer is held against the contract."""

import pytest

from tests.unit.stripe.conftest import Api, Refused

PATH = "/v1/three_d_secure/authentications"
BROWSER = {
    "accept_header": "*/*",
    "ip_address": "203.0.113.7",
    "javascript_enabled": True,
    "language": "en",
    "user_agent": "x",
}
TERMS = {
    "amount": 1000,
    "channel": {"type": "browser", "browser": BROWSER},
    "currency": "eur",
    "message_category": "payment_authentication",
}


def begun(api, card="visa", **terms):
    """An authentication of a test card."""
    return api.post(PATH, **{**TERMS, "payment_method": f"pm_card_{card}", **terms})


def submitted(api, card, **terms):
    """One that the bank has been asked about."""
    return begun(api, card, submit="always", **terms)


def answered(api, id, outcome):
    """What is shown after the cardholder has done something."""
    path = f"/_emulator/three_d_secure/authentications/{id}/challenge"
    assert api.send("POST", path, {"outcome": outcome, "account": api.account}).status == 200
    return api.get(f"{PATH}/{id}")


@pytest.mark.parametrize(
    ("params", "server"),
    [
        ({"payment_method": "pm_card_amex"}, "american_express"),
        ({"payment_method": "pm_card_visa"}, "visa"),
        ({"payment_method": "pm_card_visa_cartesBancaires"}, "visa"),
        (
            {
                "payment_method": "pm_card_visa_cartesBancaires",
                "directory_server": "cartes_bancaires",
            },
            "cartes_bancaires",
        ),
        (
            {"payment_method_data": {"type": "card", "card": {"token": "tok_mastercard"}}},
            "mastercard",
        ),
    ],
)
def test_the_card_says_who_is_asked(api, params, server):
    made = api.post(PATH, **TERMS, **params)

    method = api.get(f"/v1/payment_methods/{made['payment_method']}")
    assert (method["type"], made["directory_server"]) == ("card", server)
    assert made["status"] == "requires_submission"
    assert api.post(f"{PATH}/{made['id']}/cancel")["payment_method"] == method["id"]


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"payment_method": None}, "payment_method"),
        ({"payment_method": "pm_usBankAccount_success"}, "payment_method"),
        ({"payment_method": "pm_card_jcb"}, "payment_method"),
        ({"payment_method_data": {"type": "card", "card": {"token": "tok_visa"}}}, "payment_method"),
        ({"directory_server": "mastercard"}, "directory_server"),
        ({"amount": None}, "amount"),
        ({"currency": None}, "currency"),
        ({"message_category": "non_payment_authentication"}, "amount"),
        ({"channel": {"type": "browser"}}, "channel[browser]"),
        ({"channel": {"type": "three_r_i"}}, "channel[three_r_i]"),
        (
            {"channel": {"type": "three_r_i", "three_r_i": {"previous_authentication": "tdsa_none", "type": "recurring"}}},
            "channel[three_r_i][previous_authentication]",
        ),
        ({"reason": "liability_shift", "flow_preference": {"type": "challenge"}}, "reason"),
        (
            {
                "future_usage": {
                    "type": "installment",
                    "installment": {"amount": 1, "expiry": {"type": "never"}, "number": 1},
                }
            },
            "future_usage[installment][number]",
        ),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(api, refused, terms, param):
    given = {**TERMS, "payment_method": "pm_card_visa", **terms}

    refusal = refused(api.post, PATH, **{name: each for name, each in given.items() if each is not None})  # fmt: skip

    assert (refusal.status, refusal.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("card", "terms", "status", "outcome", "eci"),
    [
        ("visa", {}, "succeeded", "attempt_acknowledged", "06"),
        ("mastercard", {}, "succeeded", "attempt_acknowledged", "01"),
        ("visa", {"flow_preference": {"type": "data_share"}}, "succeeded", "informational", "07"),
        ("amex", {}, "failed", "not_supported", None),
        ("threeDSecureOptional", {}, "succeeded", "authenticated", "05"),
        ("threeDSecureOptional", {"flow_preference": {"type": "challenge"}}, "requires_challenge", None, None),
        ("threeDSecureOptional", {"reason": "issuer_requested"}, "requires_challenge", None, None),
        ("threeDSecure2Required", {}, "requires_challenge", None, None),
        ("threeDSecureRequiredProcessingError", {}, "error", "processing_error", None),
        ("threeDSecureOptionalProcessingError", {}, "error", "processing_error", None),
    ],
)  # fmt: skip
def test_the_bank_says_what_comes_of_it(api, card, terms, status, outcome, eci):
    made = submitted(api, card, **terms)

    details = made["outcome_details"]
    assert (made["status"], made.get("outcome"), details.get("eci")) == (status, outcome, eci)
    assert ("challenge_url" in made) == (status == "requires_challenge")
    assert ("cryptogram" in details) == (outcome in ("attempt_acknowledged", "authenticated"))


def test_a_bank_may_know_its_cardholder_without_asking(api):
    browser = Api(api.emulator, api.key.replace("sk_", "pk_"))
    card = {"number": "4000000032200000", "exp_month": 8, "exp_year": 2040}
    method = browser.post("/v1/payment_methods", type="card", card=card)

    made = api.post(PATH, **TERMS, payment_method=method["id"], submit="always")

    details = made["outcome_details"]
    assert (made["outcome"], details["ares_trans_status"]) == ("authenticated", "Y")
    assert details["eci"] == "05"


@pytest.mark.parametrize(
    ("preferred", "indicator"),
    [
        ({}, "01"),
        ({"flow_preference": {"type": "challenge"}}, "03"),
        ({"flow_preference": {"type": "challenge", "challenge": {"type": "mandated"}}}, "04"),
        ({"flow_preference": {"type": "frictionless", "frictionless": {"type": "low_risk"}}}, "05"),
    ],
)
def test_the_bank_is_told_what_is_preferred(api, preferred, indicator):
    details = submitted(api, "threeDSecure2Required", **preferred)["outcome_details"]

    assert details["requestor_challenge_indicator"] == indicator
    assert details["ares_trans_status"] == "C"


@pytest.mark.parametrize(
    ("outcome", "status", "known", "result"),
    [("succeeded", "succeeded", "authenticated", "Y"), ("failed", "failed", "denied", "N")],
)
def test_a_cardholder_meets_a_challenge(own, outcome, status, known, result):
    made = begun(own, "threeDSecure2Required")
    asked = own.post(f"{PATH}/{made['id']}/submit", fingerprinting_result="eyJ9", metadata={"a": "b"})  # fmt: skip
    page = own.send("GET", asked["challenge_url"].partition("?")[0], {"account": own.account})

    met = answered(own, made["id"], outcome)

    assert (page.status, asked["metadata"]) == (200, {"a": "b"})
    assert (met["status"], met["outcome"]) == (status, known)
    assert met["outcome_details"]["rreq_trans_status"] == result
    assert "challenge_url" not in met
    happened = [each["type"].rpartition(".")[2] for each in own.get("/v1/events", limit=4)["data"]]
    assert happened == [status, "challenge_started", "requires_challenge", "requires_submission"]


def test_a_later_payment_refers_to_one_that_was_authenticated(own, refused):
    first = submitted(own, "threeDSecure2Required")["id"]
    by_merchant = {"previous_authentication": first, "type": "recurring"}
    channel = {"type": "three_r_i", "three_r_i": by_merchant}
    assert refused(begun, own, "threeDSecure2Required", channel=channel).status == 400
    answered(own, first, "succeeded")

    later = submitted(own, "threeDSecure2Required", channel=channel)

    assert (later["status"], later["outcome"]) == ("succeeded", "authenticated")


def test_it_is_canceled_or_submitted_until_it_is_over(api, refused):
    made, asked = begun(api), submitted(api, "threeDSecure2Required")
    assert refused(api.post, f"{PATH}/{asked['id']}/submit").status == 400

    canceled = [api.post(f"{PATH}/{each['id']}/cancel") for each in (made, asked)]

    assert [(each["status"], each["outcome"]) for each in canceled] == [("canceled", "canceled")] * 2  # fmt: skip
    for action in ("cancel", "submit"):
        with pytest.raises(Refused, match="canceled"):
            api.post(f"{PATH}/{made['id']}/{action}")
    assert [each["id"] for each in api.get(PATH, status="canceled", limit=2)["data"]] == [asked["id"], made["id"]]  # fmt: skip
