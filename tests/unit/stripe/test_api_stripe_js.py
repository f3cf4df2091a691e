"""Requests of browsers, as Stripe.js makes them: everything is in the form, the key and the account, too."""

from urllib.parse import urlencode

import orjson
import pytest
from stripe._encode import _api_encode

from localstack_stripe.api.messages import Request

FORM = {"content-type": "application/x-www-form-urlencoded", "origin": "http://localhost:3000"}
ABOUT_THE_BROWSER = {
    "guid": "NA",
    "muid": "5f0d6b0e-6f7a-4c0b-8f1e-6d9c1ad0f7f2a1b2c3",
    "sid": "NA",
    "payment_user_agent": "stripe.js/78ef418; stripe-js-v3/78ef418; card-element",
    "referrer": "http://localhost:3000",
    "time_on_page": "23456",
    "client_attribution_metadata": {
        "client_session_id": "7a5c",
        "merchant_integration_source": "elements",
    },
}
CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "34", "cvc": "123"}


@pytest.fixture
def page(api):
    """Sends requests as a page of the account does that has its publishable key."""

    def send(verb, path, **params):
        form = urlencode(list(_api_encode({"key": api.key.replace("sk_", "pk_"), **params})))
        if verb == "GET":
            response = api.emulator.handle(Request(verb, path, form, {"origin": FORM["origin"]}))
        else:
            response = api.emulator.handle(Request(verb, path, "", FORM, form.encode()))
        return response.status, orjson.loads(response.body)

    return send


@pytest.fixture
def intent(api):
    """A payment intent that waits for a browser."""
    return api.post("/v1/payment_intents", amount=2000, currency="usd", receipt_email="a@b.test")


def test_a_card_becomes_a_payment_method(page, api):
    status, method = page(
        "POST",
        "/v1/payment_methods",
        type="card",
        card=CARD,
        pasted_fields="number",
        **ABOUT_THE_BROWSER,
    )

    assert status == 200
    assert api.get(f"/v1/payment_methods/{method['id']}")["card"]["last4"] == "4242"
    assert not ABOUT_THE_BROWSER.keys() & method.keys()


def test_a_new_card_pays(page, api, intent):
    status, paid = page(
        "POST",
        f"/v1/payment_intents/{intent['id']}/confirm",
        client_secret=intent["client_secret"],
        payment_method_data={"type": "card", "card": CARD, **ABOUT_THE_BROWSER},
        expected_payment_method_type="card",
        use_stripe_sdk="true",
        client_context={"currency": "usd", "mode": "payment"},
    )

    assert (status, paid["status"]) == (200, "succeeded")
    assert api.get(f"/v1/payment_intents/{intent['id']}")["amount_received"] == 2000


def test_a_browser_sees_a_part_of_an_intent(page, intent):
    status, seen = page(
        "GET",
        f"/v1/payment_intents/{intent['id']}",
        client_secret=intent["client_secret"],
        is_stripe_sdk="false",
    )

    assert status == 200
    assert seen == {name: intent[name] for name in seen}
    assert {"amount", "client_secret", "receipt_email", "status"} <= seen.keys()
    assert not {"customer", "latest_charge", "metadata"} & seen.keys()


def test_a_page_of_a_platform_acts_for_a_connected_account(page, api):
    connected = api.post("/v1/accounts", type="custom")["id"]
    made = api.post("/v1/setup_intents", headers={"stripe-account": connected}, usage="off_session")

    status, seen = page(
        "GET",
        f"/v1/setup_intents/{made['id']}",
        client_secret=made["client_secret"],
        _stripe_account=connected,
    )

    assert (status, seen["usage"]) == (200, "off_session")


def test_the_version_of_a_page_is_checked_as_any_other(page, intent):
    status, answer = page(
        "GET",
        f"/v1/payment_intents/{intent['id']}",
        client_secret=intent["client_secret"],
        _stripe_version="1999-01-01",
    )

    assert (status, "Invalid Stripe API version" in answer["error"]["message"]) == (400, True)


def test_a_browser_says_the_secret_of_what_it_asks_for(page, api, intent):
    source = api.post("/v1/sources", type="sepa_debit", currency="eur")

    missing = page("GET", f"/v1/payment_intents/{intent['id']}")
    wrong = page("GET", f"/v1/sources/{source['id']}", client_secret="src_client_secret_guess")
    right = page("GET", f"/v1/sources/{source['id']}", client_secret=source["client_secret"])

    assert (missing[0], missing[1]["error"]["param"]) == (400, "client_secret")
    assert wrong[1]["error"]["message"] == (
        "The client_secret provided does not match the client_secret associated with the Source."
    )
    assert (right[0], right[1]["id"]) == (200, source["id"])


@pytest.mark.parametrize(
    ("verb", "path", "params"),
    [
        ("GET", "/v1/customers", {}),
        ("POST", "/v1/payment_intents", {"amount": 100, "currency": "usd"}),
        ("POST", "/v1/payment_intents/{intent}", {"amount": 1}),
        ("POST", "/v1/payment_intents/{intent}/cancel", {}),
    ],
)
def test_a_browser_does_nothing_else(page, intent, verb, path, params):
    status, answer = page(
        verb, path.format(intent=intent["id"]), client_secret=intent["client_secret"], **params
    )

    assert (status, answer["error"]["code"]) == (401, "secret_key_required")


def test_a_browser_uploads_a_file_and_makes_no_link_to_it(api):
    def upload(**fields):
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in {"purpose": "dispute_evidence", **fields}.items()
        ]
        parts.append(
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nA\r\n--x--\r\n'
        )
        headers = {
            "authorization": f"Bearer {api.key.replace('sk_', 'pk_')}",
            "content-type": "multipart/form-data; boundary=x",
        }
        return api.emulator.handle(
            Request("POST", "/v1/files", "", headers, "".join(parts).encode())
        )

    assert upload().status == 200
    assert upload(**{"file_link_data[create]": "true"}).status == 401


def test_a_live_key_in_a_form_is_refused_and_not_written_down(api, caplog):
    form = urlencode({"key": "pk_live_51Secret", "type": "card"}).encode()

    response = api.emulator.handle(Request("POST", "/v1/payment_methods", "", FORM, form))

    assert response.status == 401
    assert b"live API key" in response.body
    assert "51Secret" not in caplog.text + response.body.decode()


def test_a_source_needs_its_secret_where_the_key_is_in_a_header_too(api):
    source = api.post("/v1/sources", type="sepa_debit", currency="eur")
    headers = {"authorization": f"Bearer {api.key.replace('sk_', 'pk_')}"}

    response = api.emulator.handle(Request("GET", f"/v1/sources/{source['id']}", "", headers))

    assert response.status == 400
    assert orjson.loads(response.body)["error"]["param"] == "client_secret"
