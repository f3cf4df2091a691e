"""Payout methods, which are set up by an intent. Every answer is held against the contract."""

PATH = "/v2/money_management/outbound_setup_intents"
BANK = {
    "account_number": "000123456789",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
}
DATA = {"type": "bank_account", "bank_account": BANK}


def test_an_intent_sets_up_a_payout_method(api):
    intent = api.post(PATH, payout_method_data=DATA)
    made = intent["payout_method"]

    assert (intent["status"], made["bank_account"]["last4"]) == ("succeeded", "6789")
    assert made["usage_status"] == {"payments": "eligible", "transfers": "ineligible"}
    assert api.get(f"/v2/money_management/payout_methods/{made['id']}")["id"] == made["id"]


def test_an_intent_shows_the_payout_method_it_names(api):
    first = api.post(PATH, payout_method_data=DATA)

    second = api.post(PATH, payout_method=first["payout_method"]["id"])

    assert second["payout_method"] == first["payout_method"]


def test_an_intent_without_a_payout_method_waits_for_it(api):
    intent = api.post(PATH)
    assert intent["status"] == "requires_payout_method"

    answer = api.post(f"{PATH}/{intent['id']}", payout_method_data=DATA)
    assert answer["status"] == "succeeded"


def test_a_payout_method_that_does_not_exist_is_refused(api, refused):
    error = refused(api.post, PATH, payout_method="pm_none")

    assert (error.status, error.error["code"]) == (400, "resource_missing")
