"""Accounts can be seen and forgotten, one or all; localstripe's own endpoints answer."""

import orjson
import pytest

from tests.unit.stripe.conftest import Api
from tests.unit.stripe.test_control import control


def test_accounts_are_listed_with_what_they_have(own):
    own.post("/v1/customers")
    own.post("/v1/customers")

    _, answer = control(own, "GET", "/_emulator/accounts")

    assert [each["account"] for each in answer["accounts"]] == [own.account]
    assert answer["accounts"][0]["objects"]["customer"] == 2


@pytest.mark.parametrize(
    ("verb", "path", "query"),
    [("POST", "/_emulator/reset", "all=true"), ("DELETE", "/_config/data", "")],
)
def test_everything_is_forgotten(own, verb, path, query):
    other = Api(own.emulator)
    own.post("/v1/customers")
    other.post("/v1/customers")

    control(own, verb, path, query=query)

    assert own.get("/v1/customers")["data"] == other.get("/v1/customers")["data"] == []


def test_one_account_is_forgotten_and_no_other(own):
    other = Api(own.emulator)
    own.post("/v1/customers")
    other.post("/v1/customers")

    control(own, "POST", "/_emulator/reset", query=f"account={own.account}")

    assert own.get("/v1/customers")["data"] == []
    assert len(other.get("/v1/customers")["data"]) == 1


def test_localstripes_webhooks_are_endpoints(own):
    default = Api(own.emulator, "sk_test_123")
    body = orjson.dumps({"url": "http://x.test/hook", "secret": "whsec_1", "events": ["*"]})

    status, _ = control(own, "POST", "/_config/webhooks/orders", body)

    assert status == 200
    endpoint = default.get("/v1/webhook_endpoints/orders")
    assert (endpoint["url"], endpoint["status"]) == ("http://x.test/hook", "enabled")


@pytest.mark.parametrize(
    ("success", "status"), [(True, "succeeded"), (False, "requires_payment_method")]
)
def test_localstripes_authentication_goes_on_with_the_payment(own, success, status):
    intent = own.post(
        "/v1/payment_intents",
        amount=1000,
        currency="usd",
        confirm=True,
        return_url="https://x.test",
        payment_method="pm_card_authenticationRequired",
    )
    assert intent["status"] == "requires_action"
    given = {
        "key": own.key.replace("sk_", "pk_"),
        "client_secret": intent["client_secret"],
        "success": success,
    }

    control(own, "POST", f"/v1/payment_intents/{intent['id']}/_authenticate", orjson.dumps(given))

    after = own.get(f"/v1/payment_intents/{intent['id']}")
    assert after["status"] == status
    if not success:
        assert after["last_payment_error"]["code"] == "payment_intent_authentication_failure"


def test_an_authentication_needs_the_secret(own):
    intent = own.post("/v1/payment_intents", amount=1000, currency="usd")

    status, _ = control(
        own,
        "POST",
        f"/v1/payment_intents/{intent['id']}/_authenticate",
        orjson.dumps({"key": own.key, "client_secret": "x", "success": True}),
    )

    assert status == 404
