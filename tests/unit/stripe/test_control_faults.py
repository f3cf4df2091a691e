"""Faults on demand: which requests meet them, and what then happens."""

import orjson
import pytest

from tests.unit.stripe.conftest import Api
from tests.unit.stripe.test_control import control


def fault(api, then, times=1, **match):
    """Have the next requests meet a fault."""
    body = orjson.dumps({"match": match, "times": times, "then": then})
    status, answer = control(api, "POST", "/_emulator/faults", body)
    assert status == 200, answer
    return answer


def statuses(api, *requests):
    """What each request is answered."""
    return [api.send(verb, path).status for verb, path in requests]


def test_so_many_requests_meet_it_and_no_more(own):
    fault(own, {"status": 503}, times=2)

    assert statuses(own, *[("GET", "/v1/customers")] * 3) == [503, 503, 200]


def test_only_those_that_match_meet_it(own):
    other = Api(own.emulator)
    fault(own, {"status": 500}, account=own.account, method="post", path="/v1/cust*")

    assert statuses(other, ("POST", "/v1/customers")) == [200]
    assert statuses(own, ("GET", "/v1/customers"), ("POST", "/v1/prices")) == [200, 400]
    assert statuses(own, ("POST", "/v1/customers"), ("POST", "/v1/customers")) == [500, 200]


def test_an_error_is_answered_and_nothing_is_done(own, refused):
    fault(own, {"error": {"type": "invalid_request_error", "code": "lock_timeout", "status": 429}})

    error = refused(own.post, "/v1/customers")

    assert (error.status, error.error["code"]) == (429, "lock_timeout")
    assert own.get("/v1/customers")["data"] == []
    assert error.headers["Request-Id"].startswith("req_")


def test_a_rate_limit_is_stripes(own, refused):
    fault(own, {"rate_limit": True})

    error = refused(own.post, "/v1/customers")

    assert (error.status, error.error["code"]) == (429, "rate_limit")
    assert error.headers["Stripe-Rate-Limited-Reason"] == "global-rate"


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/payment_methods/pm_card_visa/attach", {"customer": "{customer}"}),
        ("/v1/customers/{customer}/sources", {"source": "tok_visa"}),
        ("/v1/customers", {"payment_method": "pm_card_visa"}),
    ],
)
def test_a_decline_is_met_by_a_card_that_is_saved(own, refused, path, params):
    customer = own.post("/v1/customers")["id"]
    fault(own, {"decline": "lost_card"})
    given = {name: value.format(customer=customer) for name, value in params.items()}

    error = refused(own.post, path.format(customer=customer), **given)

    assert (error.status, error.error["decline_code"]) == (402, "lost_card")
    assert own.get("/v1/payment_methods", customer=customer)["data"] == []


@pytest.mark.parametrize("card", ["pm_card_visa", "pm_card_authenticationRequired"])
def test_a_decline_is_met_by_what_is_set_up(own, refused, card):
    intent = own.post("/v1/setup_intents", payment_method=card)["id"]
    fault(own, {"decline": "lost_card"})

    error = refused(
        own.post, f"/v1/setup_intents/{intent}/confirm", return_url="https://example.com/"
    )

    assert (error.status, error.error["decline_code"]) == (402, "lost_card")
    failed = own.get(f"/v1/setup_intents/{intent}")
    assert failed["status"] == "requires_payment_method"
    assert failed["last_setup_error"]["decline_code"] == "lost_card"
    [attempt] = own.get("/v1/setup_attempts", setup_intent=intent)["data"]
    assert attempt["status"] == "failed"


@pytest.mark.parametrize(
    ("reason", "code"), [("insufficient_funds", "card_declined"), ("expired_card", "expired_card")]
)
def test_a_decline_is_the_banks_and_leaves_a_charge(own, refused, reason, code):
    fault(own, {"decline": reason})
    payment = {
        "amount": 1000,
        "currency": "usd",
        "confirm": True,
        "return_url": "https://x.test",
        "payment_method": "pm_card_visa",
    }

    error = refused(own.post, "/v1/payment_intents", **payment)

    assert (error.status, error.error["code"]) == (402, code)
    assert error.error["decline_code"] == reason
    assert own.get("/v1/charges")["data"][0]["status"] == "failed"
    assert own.post("/v1/payment_intents", **payment)["status"] == "succeeded"


def test_an_answer_can_be_held_back_or_cut(own):
    fault(own, {"delay": 0.2, "cut": True})

    response = own.send("POST", "/v1/customers")

    assert (response.status, response.delay, response.cut) == (200, 0.2, True)
    assert len(own.get("/v1/customers")["data"]) == 1


def test_what_is_to_happen_is_listed_and_can_be_forgotten(own):
    first = fault(own, {"status": 500}, path="/v1/a")
    second = fault(own, {"status": 500}, path="/v1/b")

    assert control(own, "GET", "/_emulator/faults")[1] == {"faults": [first, second]}
    control(own, "DELETE", f"/_emulator/faults/{first['id']}")
    assert control(own, "GET", "/_emulator/faults")[1] == {"faults": [second]}
    control(own, "DELETE", "/_emulator/faults")
    assert control(own, "GET", "/_emulator/faults")[1] == {"faults": []}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"then": {"explode": True}},
        {"then": {"status": 200}},
        {"then": {"status": 500}, "times": 0},
        {"then": {"delay": "soon"}},
        {"then": {"status": 500}, "match": {"verb": "GET"}},
    ],
)
def test_what_cannot_be_understood_is_refused(own, body):
    assert control(own, "POST", "/_emulator/faults", orjson.dumps(body))[0] == 400
