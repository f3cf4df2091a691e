"""What every answer has besides its body: headers, where the request is logged, hints; and keys that must not come here."""

import logging

import orjson
import pytest

from localstack_stripe.api.messages import MAX_BODY, Request
from localstack_stripe.engine.text import dumped, loaded
from tests.unit.stripe.asgi import over_asgi, piece


def raw(api, verb, path, headers=None, body=b"", **given):
    """An answer to a request with this account's key."""
    authorized = {"authorization": f"Bearer {api.key}"} | (headers or {})
    return api.emulator.handle(Request(verb, path, "", authorized, body, **given))


# Headers


def test_no_answer_is_cached_and_every_page_may_read_it(api):
    headers = api.send("GET", "/v1/customers").headers

    assert headers["Cache-Control"] == "no-cache, no-store"
    assert headers["Vary"] == "Origin"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert "Request-Id" in headers["Access-Control-Expose-Headers"]


def test_the_first_answer_under_a_key_says_that_it_is_the_first(api):
    first = api.send("POST", "/v1/customers", {"name": "x"}, {"idempotency-key": "k"})

    assert first.headers["Idempotency-Key"] == "k"
    assert first.headers["Original-Request"] == first.headers["Request-Id"]
    assert first.headers["Stripe-Should-Retry"] == "false"
    assert "Idempotent-Replayed" not in first.headers


def test_a_refused_parameter_may_be_tried_again(api):
    refused = api.send("POST", "/v1/customers", {"nickname": "x"}, {"idempotency-key": "k"})

    assert refused.headers["Original-Request"] == refused.headers["Request-Id"]
    assert "Stripe-Should-Retry" not in refused.headers


def test_without_a_key_nothing_is_said_of_repeating(api):
    headers = api.send("POST", "/v1/customers").headers

    assert not {"Idempotency-Key", "Original-Request", "Stripe-Should-Retry"} & headers.keys()


def test_head_is_answered_as_get_is(api):
    customer = api.customer()

    for path, status in ((f"/v1/customers/{customer}", 200), ("/v1/customers/cus_none", 404)):
        response = raw(api, "HEAD", path)
        assert response.status == status
        assert response.headers.keys() >= {"Request-Id", "Stripe-Version"}


def test_who_has_no_key_is_asked_for_one(emulator):
    response = emulator.handle(Request("GET", "/v1/customers"))

    assert response.status == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="Stripe"'


# Errors


def test_an_error_says_where_its_request_is_logged(api):
    response = raw(
        api, "GET", "/v1/customers/cus_none", base="http://localhost:4566/_extension/stripe"
    )

    assert orjson.loads(response.body)["error"]["request_log_url"] == (
        f"http://localhost:4566/_extension/stripe/_emulator/requests/{response.headers['Request-Id']}"
    )


def test_who_is_nobody_is_not_led_to_a_log(emulator):
    response = emulator.handle(Request("GET", "/v1/customers"))

    assert "request_log_url" not in orjson.loads(response.body)["error"]


def test_what_is_too_large_is_refused_as_everything_else_is(api):
    megabyte = b"x" * (1 << 20)
    pieces = [piece(b"description="), *[piece(megabyte)] * (MAX_BODY >> 20), piece(b"", more=False)]

    start, body = over_asgi(api, pieces, [(b"host", b"127.0.0.1:8420")])

    headers = {name.decode().lower() for name, _ in start["headers"]}
    error = orjson.loads(body["body"])["error"]
    assert (start["status"], error["type"]) == (413, "invalid_request_error")
    assert "too large" in error["message"]
    assert headers >= {"request-id", "stripe-version", "access-control-allow-origin"}
    assert error["request_log_url"].startswith("http://127.0.0.1:8420/_emulator/requests/req_")
    assert api.get("/v1/customers")["data"] == []


# Keys that must not come here, and what is elsewhere

SECRET = "51AbCdEfGh12345678SecretSecret"


@pytest.mark.parametrize("kind", ["sk", "rk", "pk"])
def test_a_live_key_is_refused_where_it_was_sent_and_written_nowhere(emulator, caplog, kind):
    caplog.set_level(logging.DEBUG)
    key = f"{kind}_live_{SECRET}"
    request = Request(
        "POST",
        f"/v1/charges/{key}",
        f"x={key}",
        {"authorization": f"Bearer {key}"},
        f"amount=1&x={key}".encode(),
        "http://127.0.0.1:8420",
    )

    response = emulator.handle(request)

    error = orjson.loads(response.body)["error"]
    assert (response.status, error["type"]) == (401, "invalid_request_error")
    assert "http://127.0.0.1:8420" in error["message"]
    assert "test key" in error["message"]
    assert "http://127.0.0.1:8420" in caplog.text
    assert SECRET not in caplog.text + response.body.decode() + repr(response.headers)


def test_a_live_key_is_in_no_list_of_requests_and_is_told_of_once(api, caplog):
    key = f"sk_live_{SECRET}"
    answer = api.emulator.handle(
        Request("GET", f"/v1/customers/{key}", f"x={key}", {"authorization": f"Bearer {key}"})
    )

    listed = api.emulator.handle(Request("GET", "/_emulator/requests"))
    shown = api.emulator.handle(
        Request("GET", f"/_emulator/requests/{answer.headers['Request-Id']}")
    )

    assert (listed.status, shown.status) == (200, 200)
    assert answer.headers["Request-Id"].encode() in listed.body
    assert SECRET.encode() not in listed.body + shown.body
    assert caplog.text.count("A live key was sent") == 1


def test_a_live_key_that_is_in_the_way_when_something_fails_is_not_logged(api, caplog, monkeypatch):
    def fails(*_):
        raise RuntimeError(f"of sk_live_{SECRET}")

    monkeypatch.setattr("localstack_stripe.api.edition.Router.match", fails)
    response = raw(api, "GET", f"/v1/customers/sk_live_{SECRET}")

    assert response.status == 500
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text


def test_a_key_without_access_is_shown_by_its_end(api):
    response = raw(api, "GET", "/v1/customers", {"stripe-account": "acct_none"})

    error = orjson.loads(response.body)["error"]
    assert (response.status, error["code"]) == (403, "account_invalid")
    assert error["message"].startswith("The provided key 'sk_test_***")
    assert f"{api.key[-6:]}' does not have access to account 'acct_none'" in error["message"]


def test_what_another_account_has_is_hinted_at(fresh, caplog):
    one, other = fresh(), fresh()
    customer = one.customer()

    reading = other.send("GET", f"/v1/customers/{customer}")
    naming = other.send("POST", "/v1/invoices", {"customer": customer})

    expected = f"{customer} is in the account {one.account}; this request was for {other.account}"
    assert (reading.status, naming.status) == (404, 400)
    assert reading.headers["Stripe-Emulator-Hint"] == expected
    assert naming.headers["Stripe-Emulator-Hint"] == expected
    assert expected in caplog.text


def test_no_id_becomes_a_header_of_its_own(fresh):
    one, other = fresh(), fresh()
    id = "x\r\nSet-Cookie: a=b"
    one.post("/v1/products", id=id, name="x")

    response = other.send(
        "POST", "/v1/prices", {"product": id, "currency": "usd", "unit_amount": 1}
    )

    assert response.status == 400
    assert response.headers["Stripe-Emulator-Hint"].startswith("x??Set-Cookie: a=b is in")


def test_what_nobody_has_needs_no_hint(api):
    assert "Stripe-Emulator-Hint" not in api.send("GET", "/v1/customers/cus_none").headers


def test_a_list_is_printed_as_every_other_answer_is(api):
    for number in range(2):
        api.post("/v1/customers", metadata={"number": number})

    text = api.send("GET", "/v1/customers", {"limit": 2}).body

    assert len(loaded(text)["data"]) == 2
    assert text == dumped(loaded(text))


def test_a_deleted_terminal_location_is_found_as_a_stub_like_a_deleted_customer(api):
    address = {"country": "US", "line1": "510 Townsend St", "city": "San Francisco"}
    address |= {"state": "CA", "postal_code": "94103"}
    location = api.post("/v1/terminal/locations", display_name="HQ", address=address)
    path = f"/v1/terminal/locations/{location['id']}"
    deleted = api.delete(path)

    assert api.get(path) == deleted
    assert deleted["deleted"] is True
