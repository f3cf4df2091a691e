"""The pipeline around every operation: keys, errors and headers."""

import base64

import orjson
import pytest

from localstack_stripe.api.messages import Request
from localstack_stripe.engine.behaviours import BEHAVIOURS
from tests.unit.stripe.asgi import GONE, over_asgi, piece

DOCUMENTED = {
    "advice_code",
    "charge",
    "code",
    "decline_code",
    "doc_url",
    "message",
    "network_advice_code",
    "network_decline_code",
    "param",
    "payment_intent",
    "payment_method",
    "payment_method_type",
    "request_log_url",
    "setup_intent",
    "source",
    "type",
}
"""The fields of an error: https://docs.stripe.com/api/errors"""


# Keys


def status_and_error(emulator, headers, path="/v1/customers"):
    """What a GET with these headers is answered."""
    response = emulator.handle(Request("GET", path, "", headers))
    return response.status, orjson.loads(response.body).get("error")


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("", "You did not provide an API key."),
        ("Bearer ", "You did not provide an API key."),
        ("Bearer nonsense", "Invalid API Key provided: ****ense"),
        ("Bearer sk_wrong_234567890abcdef", "Invalid API Key provided: sk_wrong************cdef"),
        ("Basic !!!", "You did not provide an API key."),
        ("Basic é", "You did not provide an API key."),
        ("Bearer sk_test_é²", "Invalid API Key provided"),
    ],
)
def test_what_is_no_test_key_is_401(emulator, authorization, message):
    status, error = status_and_error(emulator, {"authorization": authorization})

    assert (status, error["type"]) == (401, "invalid_request_error")
    assert error["message"].startswith(message)


def test_basic_authorization_has_the_key_as_its_user(api):
    customer = api.customer()
    basic = base64.b64encode(f"{api.key}:".encode()).decode()

    status, _ = status_and_error(
        api.emulator, {"authorization": f"Basic {basic}"}, f"/v1/customers/{customer}"
    )

    assert status == 200


@pytest.mark.parametrize(
    "header", [{"stripe-account": "{}"}, {"stripe-context": "{}"}, {"stripe-context": "acct_x/{}"}]
)
def test_a_connected_account_is_named_by_either_header(api, header):
    connected = api.post("/v1/accounts", type="standard")["id"]
    header = {name: value.format(connected) for name, value in header.items()}

    customer = api.post("/v1/customers", header)["id"]

    assert api.get("/v1/customers")["data"] == []
    assert api.call("GET", f"/v1/customers/{customer}", {}, header)["id"] == customer


def test_an_accounts_keys_share_it(api):
    customer = api.customer()
    restricted = api.key.replace("sk_", "rk_")

    status, _ = status_and_error(
        api.emulator, {"authorization": f"Bearer {restricted}"}, f"/v1/customers/{customer}"
    )

    assert status == 200


def test_a_publishable_key_is_for_browsers(api):
    publishable = api.key.replace("sk_", "pk_")

    status, error = status_and_error(api.emulator, {"authorization": f"Bearer {publishable}"})

    assert (status, error["code"]) == (401, "secret_key_required")


# Errors and headers


def test_errors_have_the_documented_fields(api, refused):
    intent = {"amount": 1000, "currency": "usd", "confirm": True, "return_url": "https://x.test"}
    errors = [
        refused(api.post, "/v1/customers", unknown="x"),
        refused(api.get, "/v1/customers/cus_none"),
        refused(api.post, "/v1/payment_intents", payment_method="pm_card_chargeDeclined", **intent),
        refused(api.post, "/v1/payment_intents", amount=1, currency="usd"),
        refused(
            api.post,
            "/v1/setup_intents",
            payment_method="pm_card_chargeDeclined",
            confirm=True,
            return_url="https://x.test",
        ),
    ]

    for error in errors:
        assert error.error.keys() <= DOCUMENTED
        assert error.error.keys() >= {"message", "type"}
        code = error.error.get("code")
        expected = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code else None
        assert error.error.get("doc_url") == expected


def test_the_first_thing_that_is_wrong_is_named_as_it_was_sent(api, refused):
    error = refused(
        api.post,
        "/v1/prices",
        currency="usd",
        unit_amount=1,
        product_data={"name": "x"},
        recurring={"interval": "fortnight"},
    )

    assert error.error["param"] == "recurring[interval]"
    assert error.error["message"] == (
        "Invalid recurring[interval]: must be one of day, month, week, or year"
    )


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("/v1/customers", {"balance": "99999999999999999999"}, "Invalid integer: 9999"),
        ("/v1/customers", {"balance": str(1 << 63)}, "Invalid integer: 9223372036854775808"),
        ("/v1/customers", {"balance": HUGE}, "Invalid integer: 9999"),
        ("/v1/customers", {"balance": "١٢"}, "Invalid integer: ١٢"),
        ("/v1/tax_rates", {"percentage": HUGE}, "Invalid"),
        ("/v1/prices", {"unit_amount_decimal": HUGE}, "Invalid"),
        ("/v1/subscriptions", {"items[²][price]": "price_1"}, "Invalid array"),
        ("/v1/subscriptions", {f"items[{HUGE}][price]": "price_1"}, "Invalid array"),
    ],
)
def test_a_number_that_no_program_could_hold_is_refused(api, refused, path, params, message):
    needed = {
        "/v1/tax_rates": {"display_name": "VAT", "inclusive": False},
        "/v1/prices": {"currency": "usd", "product": api.post("/v1/products", name="x")["id"]},
        "/v1/subscriptions": {"customer": api.post("/v1/customers")["id"]},
    }
    before = api.get(path)

    refusal = refused(api.post, path, **needed.get(path, {}), **params)

    assert (refusal.status, refusal.error["type"]) == (400, "invalid_request_error")
    assert refusal.error["message"].startswith(message)
    assert api.get(path) == before


def test_an_answer_that_cannot_be_written_changes_nothing(api, refused, monkeypatch):
    def no_json(call, customer):
        customer["name"] = object()

    with monkeypatch.context() as broken:
        broken.setitem(BEHAVIOURS.before_create, "customer", no_json)
        assert refused(api.post, "/v1/customers").status == 500

    assert api.get("/v1/customers")["data"] == []


def test_a_client_that_leaves_in_the_middle_of_its_request_has_done_nothing(api):
    sent = over_asgi(api, [piece(b"name=half&email="), GONE])

    assert sent == []
    assert api.get("/v1/customers")["data"] == []


def test_an_empty_string_is_no_value(api, refused):
    error = refused(api.post, "/v1/products", name="")

    assert (error.error["code"], error.error["param"]) == ("parameter_invalid_empty", "name")


def test_every_answer_names_its_request(api):
    one, other = api.send("GET", "/v1/customers"), api.send("GET", "/v1/customers")

    assert one.headers["Request-Id"] != other.headers["Request-Id"]
    assert one.headers["Content-Type"] == "application/json"


def test_a_page_of_any_origin_may_call(emulator):
    response = emulator.handle(Request("OPTIONS", "/v1/tokens"))

    assert response.status == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_metadata_is_an_empty_object_and_never_null(api):
    customer = api.customer()
    invoice = api.post("/v1/invoices", customer=customer)
    subscription = api.subscribe(customer, api.price())

    assert (invoice["metadata"], subscription["metadata"]) == ({}, {})
    assert api.get(f"/v1/invoices/{subscription['latest_invoice']}")["metadata"] == {}
