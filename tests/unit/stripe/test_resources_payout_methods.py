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
    assert made["id"].startswith("usba_test_")
    assert made["usage_status"] == {"payments": "eligible", "transfers": "ineligible"}
    assert api.get(f"/v2/money_management/payout_methods/{made['id']}")["id"] == made["id"]


def test_an_intent_shows_the_payout_method_it_names(api):
    first = api.post(PATH, payout_method_data=DATA)

    second = api.post(PATH, payout_method=first["payout_method"]["id"])

    assert second["payout_method"]["id"] == first["payout_method"]["id"]
    assert second["payout_method"]["latest_outbound_setup_intent"] == second["id"]


def test_an_intent_without_a_payout_method_waits_for_it(api):
    intent = api.post(PATH)
    assert intent["status"] == "requires_payout_method"

    answer = api.post(f"{PATH}/{intent['id']}", payout_method_data=DATA)
    assert answer["status"] == "succeeded"


def test_a_payout_method_that_does_not_exist_is_refused(api, refused):
    error = refused(api.post, PATH, payout_method="pm_none")

    assert (error.status, error.error["code"]) == (400, "resource_missing")


def test_an_intent_that_has_ended_is_not_changed(api, refused):
    done, canceled = api.post(PATH, payout_method_data=DATA), api.post(PATH)

    assert api.post(f"{PATH}/{canceled['id']}/cancel")["status"] == "canceled"
    for each in (done, canceled):
        error = refused(api.post, f"{PATH}/{each['id']}", payout_method_data=DATA).error
        assert "cannot be changed" in error["message"]


def test_a_payout_method_is_set_up_for_more(api):
    first = api.post(PATH, payout_method_data=DATA)["payout_method"]

    api.post(PATH, payout_method=first["id"], usage_intent="transfer")

    method = api.get(f"/v2/money_management/payout_methods/{first['id']}")
    assert method["usage_status"] == {"payments": "eligible", "transfers": "eligible"}


def test_archived_payout_methods_are_not_listed_and_not_set_up(api, refused):
    methods = "/v2/money_management/payout_methods"
    old, new = (api.post(PATH, payout_method_data=DATA)["payout_method"] for _ in "ab")

    assert api.post(f"{methods}/{old['id']}/archive")["archived"] is True

    assert [each["id"] for each in api.get(methods)["data"]] == [new["id"]]
    eligible = api.get(methods, usage_status={"payments": ["eligible"]})["data"]
    assert [each["id"] for each in eligible] == [new["id"]]
    assert api.get(methods, usage_status={"transfers": ["eligible"]})["data"] == []
    assert "archived" in refused(api.post, PATH, payout_method=old["id"]).error["message"]
    assert api.post(f"{methods}/{old['id']}/unarchive")["archived"] is False
