"""Requests that are sent on with card details, to a server of the test's own."""

from __future__ import annotations

import contextlib
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe as sdk

from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.resources.forwarding import destinations
from localstack_stripe.settings import StripeSettings
from tests.waiting import wait_until

REPLACED = ["card_number", "card_expiry", "card_cvc", "cardholder_name"]
BODY = {
    "amount": {"value": 1000, "currency": "usd"},
    "paymentMethod": {
        "number": "",
        "expiryMonth": "",
        "expiryYear": 0,
        "cvc": "",
        "holderName": "",
    },
    "reference": "",
}


class Destination:
    """A third party: it keeps what comes, and answers it, when it may."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], Any]] = []
        self.answer = (201, b'{"id": "pay_1"}')
        self.may_answer = threading.Event()
        self.may_answer.set()
        destination = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                destination.received.append((dict(self.headers), json.loads(body or b"null")))
                destination.may_answer.wait(10)
                status, content = destination.answer
                with contextlib.suppress(ConnectionError):  # who has given up
                    self.send_response(status)
                    self.send_header("Content-Length", str(len(content)))
                    self.send_header("X-Third-Party", self.requestline.split()[1])
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1/payments?x=1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def destination() -> Iterator[Destination]:
    """A server of a third party."""
    server = Destination()
    yield server
    server.close()


@pytest.fixture
def method(client: Any) -> str:
    """The id of a Visa with its holder's name."""
    return str(
        client.v1.payment_methods.create(
            {
                "type": "card",
                "card": {"token": "tok_visa"},
                "billing_details": {"name": "Jenny Rosen"},
            }
        ).id
    )


def forward(client: Any, method: str, url: str, key: str | None = None, **terms: Any) -> Any:
    """Send a request on."""
    params = {
        "payment_method": method,
        "url": url,
        "request": {
            "headers": [{"name": "Authorization", "value": "Bearer secret_of_theirs"}],
            "body": json.dumps(BODY),
        },
        "replacements": REPLACED,
        **terms,
    }
    options = {"idempotency_key": key} if key else {}
    return client.v1.forwarding.requests.create(params, options)


def test_a_request_is_sent_on_with_the_details_of_a_card(client, method, destination):
    made = forward(client, method, destination.url, metadata={"order": "1"})

    year = client.v1.payment_methods.retrieve(method).card.exp_year
    [(headers, body)] = destination.received
    assert body["paymentMethod"] == {
        "number": "4242424242424242",
        "expiryMonth": "08",
        "expiryYear": year,
        "cvc": "123",
        "holderName": "Jenny Rosen",
    }
    assert (body["amount"], body["reference"]) == (BODY["amount"], "")
    assert (headers["User-Agent"], headers["Content-Type"], headers["Accept"]) == ("Stripe", "application/json", "*/*")  # fmt: skip
    assert headers["Authorization"] == "Bearer secret_of_theirs"
    assert (made.response_details.status, made.response_details.body) == (201, '{"id": "pay_1"}')
    assert {"name": "X-Third-Party", "value": "/v1/payments?x=1"} in made.response_details.to_dict()["headers"]  # fmt: skip
    assert (made.url, made.metadata.to_dict()) == (destination.url, {"order": "1"})
    assert made.request_context.destination_ip_address == "127.0.0.1"
    assert client.v1.forwarding.requests.retrieve(made.id) == made
    assert [each.id for each in client.v1.forwarding.requests.list().data] == [made.id]


def test_what_nobody_may_keep_is_not_kept(client, control, stripe_emulator, method, destination):
    destination.answer = (400, b'{"error": "4242424242424242 is not ours"}')

    made = forward(client, method, destination.url)

    shown = json.loads(made.request_details.body)["paymentMethod"]
    assert (shown["number"], shown["cvc"], shown["expiryMonth"]) == ("424242******4242", "***", "08")  # fmt: skip
    assert [each["name"] for each in made.request_details.to_dict()["headers"]] == ["Content-Type", "Authorization"]  # fmt: skip
    assert "secret_of_theirs" not in str(made)
    assert (made.response_details.status, "424242******4242 is not ours" in made.response_details.body) == (400, True)  # fmt: skip


def test_only_what_is_asked_for_is_replaced_and_a_cvc_once(client, method, destination):
    forward(client, method, destination.url, replacements=["card_number"])
    forward(client, method, destination.url)
    forward(client, method, destination.url)

    sent = [body["paymentMethod"] for _, body in destination.received]
    assert sent[0] == {**BODY["paymentMethod"], "number": "4242424242424242"}
    assert [each["cvc"] for each in sent] == ["", "123", ""]


def test_others_are_answered_while_a_third_party_takes_its_time(client, method, destination):
    destination.may_answer.clear()
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(forward, client, method, destination.url, "key-1")
        wait_until(lambda: destination.received, 5)

        customer = client.v1.customers.create({"name": "Jenny"})
        with pytest.raises(sdk.StripeError) as used:
            forward(client, method, destination.url, "key-1")
        is_waiting = not waiting.done()
        destination.may_answer.set()
        made = waiting.result(5)

    assert (customer.name, is_waiting) == ("Jenny", True)
    assert (used.value.http_status, used.value.error.code) == (409, "idempotency_key_in_use")
    assert forward(client, method, destination.url, "key-1") == made
    assert len(destination.received) == 1


def test_nobody_waits_for_a_third_party_when_the_emulator_stops(destination):
    destination.may_answer.clear()
    emulator = StripeEmulator(StripeSettings(bind=Address("127.0.0.1", 0)))
    emulator.start()
    [endpoint] = emulator.endpoints()
    client = sdk.StripeClient("sk_test_1", base_addresses={"api": endpoint.url}, max_network_retries=0)  # fmt: skip
    with ThreadPoolExecutor() as threads:
        waiting = threads.submit(forward, client, "pm_card_visa", destination.url)
        wait_until(lambda: destination.received, 5)

        emulator.stop()

        with pytest.raises(sdk.APIError) as failed:
            waiting.result(5)
    assert failed.value.http_status == 503


@pytest.mark.parametrize("rest", ["//v1//x", "?x=1", "/%20?a=/b"])
def test_what_is_asked_for_is_what_the_url_says(client, method, destination, rest):
    made = forward(client, method, destination.url.removesuffix("/v1/payments?x=1") + rest)

    asked = {each.name: each.value for each in made.response_details.headers}["X-Third-Party"]
    assert asked == (rest if rest[0] == "/" else f"/{rest}")


def test_an_answer_that_is_too_large_is_an_error(client, method, destination, monkeypatch):
    monkeypatch.setattr(destinations, "LARGEST", 1 << 20)
    destination.answer = (200, b"x" * (2 << 20))

    with pytest.raises(sdk.APIError, match="more than 1 MB") as failed:
        forward(client, method, destination.url)

    assert failed.value.http_status == 502


def test_a_third_party_that_is_not_there_is_an_error_that_is_kept(client, method):
    errors = []
    with socket.socket() as silent:  # it has the port, and does not listen
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for _ in range(2):
            with pytest.raises(sdk.APIError) as failed:
                forward(client, method, url, "key-2")
            errors.append(failed.value)

    assert [(each.http_status, each.error.code) for each in errors] == [(502, "forwarding_api_upstream_connection_error")] * 2  # fmt: skip
    assert client.v1.forwarding.requests.list().data == []


def test_a_third_party_that_does_not_answer_in_time_is_an_error(client, method, destination, monkeypatch):  # fmt: skip
    monkeypatch.setattr(destinations, "SECONDS", 0.1)
    destination.may_answer.clear()

    with pytest.raises(sdk.APIError) as failed:
        forward(client, method, destination.url)

    assert (failed.value.http_status, failed.value.error.code) == (504, "forwarding_api_upstream_connection_timeout")  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"payment_method": "pm_none"}, "payment_method"),
        ({"payment_method": "pm_usBankAccount_success"}, "payment_method"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "http://user@127.0.0.1/"}, "url"),
        ({"url": "http://127.0.0.1:99999/"}, "url"),
        ({"request": {"body": "<card/>"}}, "request[body]"),
        ({"request": {"body": '{"amount": NaN}'}}, "request[body]"),
        ({"request": {"body": "[" * 1000 + "]" * 1000}}, "request[body]"),
        ({"request": {"body": "[" * 2400 + "]" * 2400}}, "request[body]"),
        ({"request": {"headers": [{"name": "Host", "value": "x"}]}}, "request[headers][0][name]"),
        ({"request": {"headers": [{"name": "X", "value": "a\r\nY: b"}]}}, "request[headers][0][value]"),
        ({"replacements": ["card_number", "request_signature"]}, "replacements[1]"),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused(client, method, destination, terms, param):
    given = {"payment_method": method, "url": destination.url, **terms}

    with pytest.raises(sdk.InvalidRequestError) as refused:
        forward(client, given.pop("payment_method"), given.pop("url"), **given)

    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert destination.received == []


def test_what_was_sent_is_forgotten_after_thirty_days(client, days_later, method, destination):
    made = forward(client, method, destination.url)

    days_later(30)

    kept = client.v1.forwarding.requests.retrieve(made.id)
    assert (kept.request_details, kept.response_details, kept.request_context) == (None, None, None)
    assert kept.url == destination.url
