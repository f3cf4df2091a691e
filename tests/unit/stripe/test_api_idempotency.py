"""Idempotency keys: one result a key, whatever comes of it (https://docs.stripe.com/api/idempotent_requests)."""

import time
import tracemalloc

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.api import idempotency
from localstack_stripe.api.idempotency import IdempotencyKeys, Use
from localstack_stripe.api.messages import Request, Response
from localstack_stripe.engine.behaviours import BEHAVIOURS
from localstack_stripe.engine.errors import StripeError

DAY = 86_400


@settings(max_examples=30, deadline=None)
@given(st.text("abcdef0123456789-", min_size=1, max_size=255), st.integers(1, 4))
def test_a_key_makes_one_object_however_often_it_is_sent(fresh, key, times):
    api = fresh()

    answers = [
        api.send("POST", "/v1/customers", {"name": "x"}, {"idempotency-key": key})
        for _ in range(1 + times)
    ]

    assert len({answer.body for answer in answers}) == 1
    assert len(api.get("/v1/customers")["data"]) == 1
    assert all(answer.headers["Idempotent-Replayed"] == "true" for answer in answers[1:])


@pytest.mark.parametrize(
    ("path", "params", "how"),
    [
        ("/v1/customers", {"name": "y"}, "with the same parameters they were first used with."),
        (
            "/v1/products",
            {"name": "x"},
            "for the same endpoint they were first used for ('/v1/products' vs '/v1/customers').",
        ),
    ],
)
def test_a_key_is_for_one_request(api, refused, path, params, how):
    headers = {"idempotency-key": "k"}
    api.post("/v1/customers", headers, name="x")

    error = refused(api.post, path, headers, **params)

    assert (error.status, error.error["type"]) == (400, "idempotency_error")
    assert error.error["message"] == (
        f"Keys for idempotent requests can only be used {how} Try using a key other than 'k' if you meant to execute a "
        "different request."
    )


def posted(api, body, path="/v1/customers", key="k", **given):
    """What a POST with a key and this very body is answered."""
    headers = {"authorization": f"Bearer {api.key}", "idempotency-key": key}
    return api.emulator.handle(Request("POST", path, "", headers | given, body.encode()))


@pytest.mark.parametrize(
    "again",
    [
        "email=a%40b.test&name=x&expand[0]=sources",
        "expand[]=sources&name=x&email=a@b.test",
    ],
)
def test_the_order_and_the_encoding_of_parameters_do_not_matter(api, again):
    first = posted(api, "name=x&email=a%40b.test&expand[]=sources")

    assert posted(api, again).body == first.body


def test_a_replay_is_a_request_of_its_own(api):
    first, again = posted(api, "name=x"), posted(api, "name=x")

    assert again.headers["Request-Id"] != first.headers["Request-Id"]
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_file_is_a_parameter_too(api):
    form = (
        '--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\ndispute_evidence\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        "Content-Type: text/plain\r\n\r\n{}\r\n--x--\r\n"
    )
    multipart = {"content-type": "multipart/form-data; boundary=x"}

    one, same, other = (
        posted(api, form.format(content), "/v1/files", **multipart)
        for content in ("one", "one", "other")
    )

    assert (one.status, same.body) == (200, one.body)
    assert orjson.loads(other.body)["error"]["type"] == "idempotency_error"


def test_a_key_of_another_account_is_another_key(fresh):
    one, other = fresh(), fresh()
    headers = {"idempotency-key": "k"}

    assert one.post("/v1/customers", headers)["id"] != other.post("/v1/customers", headers)["id"]


def test_a_refusal_by_validation_is_not_kept(api, refused):
    headers = {"idempotency-key": "k"}
    refused(api.post, "/v1/customers", headers, unknown="x")

    assert api.post("/v1/customers", headers, name="x")["name"] == "x"


def test_a_refusal_by_the_operation_is_kept(api, refused):
    headers = {"idempotency-key": "k"}
    first = refused(api.post, "/v1/customers", headers, payment_method="pm_card_chargeDeclined")

    again = refused(api.post, "/v1/customers", headers, payment_method="pm_card_chargeDeclined")

    assert (first.status, again.status) == (402, 402)
    assert again.headers["Original-Request"] == first.headers["Request-Id"]


def test_a_failure_of_the_emulator_is_kept(api, refused, monkeypatch):
    def fails(call, customer):
        raise RuntimeError("a defect")

    headers = {"idempotency-key": "k"}
    with monkeypatch.context() as broken:
        broken.setitem(BEHAVIOURS.before_create, "customer", fails)
        first = refused(api.post, "/v1/customers", headers)
    again = refused(api.post, "/v1/customers", headers)

    assert (first.status, again.status) == (500, 500)
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(own):
    headers = {"idempotency-key": "k"}
    first = own.post("/v1/customers", headers)["id"]

    own.emulator.clock.advance(DAY - 10)
    within = own.post("/v1/customers", headers)["id"]
    own.emulator.clock.advance(20)
    after = own.post("/v1/customers", headers)["id"]

    assert within == first
    assert after != first


def test_a_key_has_a_length(api, refused):
    error = refused(api.post, "/v1/customers", {"idempotency-key": "k" * 256})

    assert error.status == 400


def test_reading_needs_no_key(api):
    headers = {"idempotency-key": "k"}
    api.call("GET", "/v1/customers", {}, headers)
    api.customer()

    assert len(api.call("GET", "/v1/customers", {}, headers)["data"]) == 1


def test_a_key_is_in_use_until_its_answer_is_there(api, monkeypatch):
    began = time.monotonic()
    monkeypatch.setattr(idempotency, "monotonic", lambda: began)
    fault = {
        "match": {"account": api.account, "path": "/v1/customers"},
        "then": {"delay": 30},
    }
    typed = {"content-type": "application/json"}
    api.emulator.handle(Request("POST", "/_emulator/faults", "", typed, orjson.dumps(fault)))

    first, meanwhile = posted(api, "name=x"), posted(api, "name=x")
    other = posted(api, "name=x", key="another")
    monkeypatch.setattr(idempotency, "monotonic", lambda: began + 30)
    afterwards = posted(api, "name=x")

    error = orjson.loads(meanwhile.body)["error"]
    assert (meanwhile.status, error["code"]) == (409, "idempotency_key_in_use")
    assert error["message"].startswith("There is currently another in-progress request using this")
    assert (first.status, other.status) == (200, 200)
    assert afterwards.body == first.body


# v2


def test_v2_keeps_successes_and_tries_again_what_failed(api, monkeypatch):
    def fails(call):
        raise RuntimeError("a defect")

    path, typed = "/v2/core/accounts", {"content-type": "application/json"}
    with monkeypatch.context() as broken:
        broken.setitem(BEHAVIOURS.operations, f"POST {path}", fails)
        failed = posted(api, '{"display_name": "x"}', path, **typed)
    corrected = posted(api, '{"display_name": "x"}', path, **typed)
    again = posted(api, '{ "display_name":"x"}', path, **typed)

    assert (failed.status, corrected.status) == (500, 200)
    assert "Stripe-Should-Retry" not in failed.headers
    assert again.body == corrected.body
    assert again.headers["Idempotent-Replayed"] == "true"


# What is kept


def a_result(text):
    return Response(200, text, {"Request-Id": "req_1"})


def a_use(key, is_v2=False):
    return Use("acct_1", key, "/v1/customers", b"", is_v2)


def test_the_oldest_results_give_way_and_it_is_said_once(caplog):
    keys = IdempotencyKeys(most=10_000)

    for number in range(100):
        keys.keep(a_use(str(number)), a_result(b"x" * 1000), 0)

    assert keys.replay(a_use("0"), 0, {}) is None
    assert keys.replay(a_use("99"), 0, {}).body == b"x" * 1000
    assert caplog.text.count("the oldest are forgotten") == 1


def test_what_has_expired_takes_no_room(caplog):
    keys = IdempotencyKeys(most=10_000)

    for number in range(100):
        keys.keep(a_use(str(number)), a_result(b"x" * 1000), number * DAY)

    assert len(keys._kept) == 1
    assert not caplog.records


def test_a_key_that_is_used_again_takes_its_room_once(caplog):
    keys = IdempotencyKeys(most=10_000)

    for number in range(100):
        keys.hold(a_use("k"), number * 2 * DAY)

    with pytest.raises(StripeError, match="in-progress"):
        keys.replay(a_use("k"), 99 * 2 * DAY, {})
    assert not caplog.records


def test_v2_keeps_results_for_thirty_days():
    keys = IdempotencyKeys()
    keys.keep(a_use("k", is_v2=True), a_result(b"x"), 0)

    assert keys.replay(a_use("k", is_v2=True), 30 * DAY - 1, {}) is not None
    assert keys.replay(a_use("k", is_v2=True), 30 * DAY, {}) is None


def test_a_kept_result_is_as_large_as_its_text(api):
    """What orjson returns holds on to the 8 KB that it was written into."""
    api.send("POST", "/v1/customers/cus_none", {}, {"idempotency-key": "first"})
    tracemalloc.start()
    for number in range(200):
        api.send("POST", "/v1/customers/cus_none", {}, {"idempotency-key": str(number)})
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held / 200 < 4000
