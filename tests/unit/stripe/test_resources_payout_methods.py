"""Payout methods, which are set up by an intent. Every answer is held against the contract."""

import orjson
import pytest

from localstack_stripe.api.messages import Request
from tests.unit.stripe.conformity import mistakes

PATH = "/v2/money_management/outbound_setup_intents"
BANK = {
    "account_number": "000123456789",
    "country": "US",
    "currency": "usd",
    "routing_number": "110000000",
}
DATA = {"type": "bank_account", "bank_account": BANK}


@pytest.fixture
def post(api):
    """POST of JSON: the status and what is answered."""

    def post(path, **params):
        headers = {"authorization": f"Bearer {api.key}", "content-type": "application/json"}
        response = api.emulator.handle(Request("POST", path, "", headers, orjson.dumps(params)))
        answer = orjson.loads(response.body)
        if response.status == 200:
            contract = api.emulator.contract
            assert not mistakes(contract, answer, contract.operations[f"POST {PATH}"].returns)
        return response.status, answer

    return post


def test_an_intent_sets_up_a_payout_method(api, post):
    _, intent = post(PATH, payout_method_data=DATA)
    made = intent["payout_method"]

    assert (intent["status"], made["bank_account"]["last4"]) == ("succeeded", "6789")
    assert made["usage_status"] == {"payments": "eligible", "transfers": "ineligible"}
    assert api.get(f"/v2/money_management/payout_methods/{made['id']}")["id"] == made["id"]


def test_an_intent_shows_the_payout_method_it_names(post):
    _, first = post(PATH, payout_method_data=DATA)

    _, second = post(PATH, payout_method=first["payout_method"]["id"])

    assert second["payout_method"] == first["payout_method"]


def test_an_intent_without_a_payout_method_waits_for_it(post):
    _, intent = post(PATH)
    assert intent["status"] == "requires_payout_method"

    assert post(f"{PATH}/{intent['id']}", payout_method_data=DATA)[1]["status"] == "succeeded"


def test_a_payout_method_that_does_not_exist_is_refused(post):
    status, answer = post(PATH, payout_method="pm_none")

    assert (status, answer["error"]["code"]) == (400, "resource_missing")
