"""The request log: what was asked and answered, without what is secret."""

import orjson
import pytest

from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import Api
from tests.unit.stripe.test_control import control


@pytest.fixture
def own():
    """An emulator that no other test sees."""
    return Api(StripeEmulator(StripeSettings(request_log=3)))


def test_the_last_requests_are_listed_newest_first(own):
    for name in "abcd":
        own.post("/v1/customers", name=name)

    _, answer = control(own, "GET", "/_emulator/requests")

    assert [each["path"] for each in answer["requests"]] == ["/v1/customers"] * 3
    assert {each["account"] for each in answer["requests"]} == {own.account}


def test_they_can_be_chosen(own):
    own.post("/v1/customers", name="a")
    own.send("GET", "/v1/customers/cus_none")
    own.post("/v1/products", name="b")

    def paths(query):
        _, answer = control(own, "GET", "/_emulator/requests", query=query)
        return [each["path"] for each in answer["requests"]]

    assert paths("path=/v1/customers*") == ["/v1/customers/cus_none", "/v1/customers"]
    assert paths("status=404") == ["/v1/customers/cus_none"]
    assert paths("method=POST&limit=1") == ["/v1/products"]
    assert paths("account=acct_other") == []


def test_an_errors_log_url_leads_to_what_was_asked_and_answered(own):
    response = own.send("POST", "/v1/customers", {"nickname": "x"})
    url = orjson.loads(response.body)["error"]["request_log_url"]

    status, found = control(own, "GET", url)

    assert status == 200
    assert found["request"]["params"] == {"nickname": "x"}
    assert found["response"]["body"]["error"]["code"] == "parameter_unknown"


def test_what_is_secret_is_not_in_it(own):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    response = own.send(
        "POST",
        "/v1/payment_methods",
        {"type": "card", "card": card, "metadata": {"k": own.key, "live": "sk_live_1234567890"}},
    )

    _, found = control(own, "GET", f"/_emulator/requests/{response.headers['Request-Id']}")

    text = orjson.dumps(found).decode()
    for secret in ("4242424242424242", own.key, "sk_live_1234567890", '"123"'):
        assert secret not in text


def test_what_is_not_kept_is_404_and_says_why(own):
    status, answer = control(own, "GET", "/_emulator/requests/req_none")

    assert status == 404
    assert "STRIPE_REQUEST_LOG" in answer["error"]["message"]


def test_a_reset_forgets_the_accounts_requests(own):
    own.post("/v1/customers")
    other = Api(own.emulator)
    other.post("/v1/customers")

    control(own, "POST", "/_emulator/reset", query=f"account={own.account}")

    _, answer = control(own, "GET", "/_emulator/requests")
    assert [each["account"] for each in answer["requests"]] == [other.account]


def test_of_a_long_body_only_its_length_is_kept(own):
    response = own.send("POST", "/v1/customers", {"nonsense": "x" * 100_000})

    _, found = control(own, "GET", f"/_emulator/requests/{response.headers['Request-Id']}")

    assert found["request"]["params"] == "100009 bytes"
