"""Parameters that are not what the contract says: each is refused in Stripe's words, and names the one that is at fault."""

import pytest


def error_of(refused, api, path, **params):
    """The error that a POST is refused with."""
    refusal = refused(api.post, path, **params)
    assert (refusal.status, refusal.error["type"]) == (400, "invalid_request_error")
    return refusal.error


def test_the_nearest_name_is_suggested(api, refused):
    error = error_of(refused, api, "/v1/payment_intents", amount=1, currency="usd", customers="x")

    assert error["message"] == "Received unknown parameter: customers. Did you mean customer?"
    assert (error["param"], error["code"]) == ("customers", "parameter_unknown")


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"zzz": "1"}, "Received unknown parameter: zzz"),
        ({"emial": "1", "nmae": "1"}, "Received unknown parameters: emial, nmae"),
        ({"address[citty]": "1"}, "Received unknown parameter: address[citty]"),
        ({"x" * 5000: "1"}, "Received unknown parameter: " + "x" * 5000),
    ],
)
def test_nothing_is_suggested_where_it_would_be_a_guess(api, refused, params, message):
    assert error_of(refused, api, "/v1/customers", **params)["message"] == message


@pytest.mark.parametrize(
    ("text", "active"), [("True", True), ("False", False), ("true", True), ("false", False)]
)
def test_a_boolean_may_have_a_capital(api, text, active):
    """SDKs of Python and .NET wrote booleans so for years."""
    assert api.post("/v1/products", name="Team", active=text)["active"] is active


@pytest.mark.parametrize(
    ("path", "params", "param", "message"),
    [
        (
            "/v1/customers",
            {"preferred_locales[1]": "de"},
            "preferred_locales",
            "If passing an array with explicit keys (e.g. foo[0]=a&foo[1]=b) instead of as an array (e.g. "
            "foo[]=a&foo[]=b), the keys must be numeric and sequential starting from 0. You passed the keys `1`, we "
            "expected to have a key with the value `0`.",
        ),
        ("/v1/customers", {"preferred_locales[a]": "de"}, "preferred_locales", "Invalid array"),
        ("/v1/customers", {"preferred_locales": "de"}, "preferred_locales", "Invalid array"),
        ("/v1/customers", {"address": "Main Street"}, "address", "Invalid object"),
        ("/v1/customers", {"balance": "many"}, "balance", "Invalid integer: many"),
        ("/v1/products", {"name": "x", "active": "maybe"}, "active", "Invalid boolean: maybe"),
        (
            "/v1/test_helpers/test_clocks",
            {"frozen_time": "yesterday"},
            "frozen_time",
            "Invalid timestamp: must be an integer",
        ),
        (
            "/v1/test_helpers/test_clocks",
            {"frozen_time": "999999999999999"},
            "frozen_time",
            "Invalid timestamp: must be an integer",
        ),
        (
            "/v1/subscriptions",
            {"customer": "cus_1", "trial_end": "yesterday"},
            "trial_end",
            "Invalid timestamp: must be an integer",
        ),
        (
            "/v1/webhook_endpoints",
            {"url": "https://x.test", "enabled_events": ["charge.exploded"]},
            "enabled_events[0]",
            "Invalid enabled_events[0]: must be one of ",
        ),
    ],
)
def test_what_has_the_wrong_type_is_refused(api, refused, path, params, param, message):
    error = error_of(refused, api, path, **params)

    assert error["param"] == param
    assert error["message"].startswith(message)


INTENT = {"amount": 1000, "currency": "usd"}


@pytest.mark.parametrize(
    ("path", "params", "param", "code", "message"),
    [
        *[
            (
                "/v1/customers",
                {"email": email},
                "email",
                "email_invalid",
                f"Invalid email address: {email}",
            )
            for email in (
                "nope",
                "jenny@localhost",
                " a@b.test",
                "a@b@c.test",
                "a＠b.test",
                "a@.test",
            )
        ],
        (
            "/v1/payment_intents",
            INTENT | {"receipt_email": "nope"},
            "receipt_email",
            "email_invalid",
            "Invalid email address: nope",
        ),
        (
            "/v1/payment_intents",
            INTENT | {"currency": "ZZZ"},
            "currency",
            None,
            "Invalid currency: zzz. Stripe currently supports these currencies: usd, aed, afn, all, ",
        ),
        (
            "/v1/payment_intents",
            INTENT | {"return_url": "example.test/back"},
            "return_url",
            "url_invalid",
            "Invalid URL: An explicit scheme (such as https) must be provided.",
        ),
        (
            "/v1/payment_intents",
            INTENT | {"return_url": "https:///back"},
            "return_url",
            "url_invalid",
            "Not a valid URL",
        ),
        (
            "/v1/customers",
            {"address": {"country": "United States"}},
            "address[country]",
            None,
            "Country 'United States' is unknown. Try using a 2-character alphanumeric country code instead, such as "
            "'US', 'EG', or 'GB'.",
        ),
    ],
)
def test_what_has_the_wrong_form_is_refused(api, refused, path, params, param, code, message):
    error = error_of(refused, api, path, **params)

    assert (error["param"], error.get("code")) == (param, code)
    assert error["message"].startswith(message)


def test_what_has_the_right_form_is_kept(api):
    customer = api.post(
        "/v1/customers",
        email="jenny.o'neil+1@mail.example.co.uk",
        address={"country": "DE", "line1": "Weg 1"},
    )
    intent = api.post(
        "/v1/payment_intents",
        amount=1000,
        currency="EUR",
    )
    session = api.post(
        "/v1/checkout/sessions",
        mode="setup",
        currency="usd",
        success_url="myapp://done?session={CHECKOUT_SESSION_ID}",
    )

    assert customer["email"] == "jenny.o'neil+1@mail.example.co.uk"
    assert customer["address"]["country"] == "DE"
    assert intent["currency"] == "eur"
    assert session["success_url"] == "myapp://done?session={CHECKOUT_SESSION_ID}"


@pytest.mark.parametrize(
    ("path", "params", "param", "longest"),
    [
        ("/v1/customers", {"description": "x" * 5001}, "description", 5000),
        ("/v1/customers", {"address": {"line1": "x" * 5001}}, "address[line1]", 5000),
        ("/v1/customers", {"preferred_locales": ["x" * 5001]}, "preferred_locales[0]", 5000),
        ("/v1/customers", {"source": "x" * 5001}, "source", 5000),
        ("/v1/customers", {"name": "x" * 257}, "name", 256),
        ("/v1/products", {"name": "Team", "description": "x" * 40_001}, "description", 40_000),
        ("/v1/payment_intents", INTENT | {"description": "x" * 1001}, "description", 1000),
    ],
)
def test_what_is_too_long_is_refused(api, refused, path, params, param, longest):
    error = error_of(refused, api, path, **params)

    assert error["param"] == param
    assert error["message"] == (
        f"Invalid string: xxxxxxxxxx...xxxxxxxxxx; must be at most {longest} characters"
    )


@pytest.mark.parametrize(
    ("path", "params", "param", "least"),
    [
        ("/v1/charges", {"amount": 0, "currency": "usd", "source": "tok_visa"}, "amount", 1),
        ("/v1/coupons", {"amount_off": 0, "currency": "usd", "duration": "once"}, "amount_off", 1),
        (
            "/v1/payment_links",
            {
                "line_items[0][price_data][currency]": "usd",
                "line_items[0][price_data][unit_amount]": 100,
                "line_items[0][price_data][product_data][name]": "Team",
                "line_items[0][quantity]": -1,
            },
            "line_items[0][quantity]",
            0,
        ),
        (
            "/v1/test_helpers/customers/{customer}/fund_cash_balance",
            {"amount": 0, "currency": "eur"},
            "amount",
            1,
        ),
    ],
)
def test_what_is_too_small_is_refused_in_the_same_words(api, refused, path, params, param, least):
    path = path.format(customer=api.post("/v1/customers")["id"])

    error = error_of(refused, api, path, **params)

    assert (error["param"], error["code"]) == (param, "parameter_invalid_integer")
    assert error["message"] == f"This value must be greater than or equal to {least}."


def test_what_is_as_long_as_it_may_be_is_kept(api):
    customer = api.post("/v1/customers", description="ü" * 5000)
    product = api.post("/v1/products", name="Team", description="x" * 40_000)

    assert (customer["description"], len(product["description"])) == ("ü" * 5000, 40_000)


@pytest.mark.parametrize("name", ["statement_descriptor", "statement_descriptor_suffix"])
@pytest.mark.parametrize(
    ("descriptor", "message"),
    [
        (
            "1 year period with auto renew",
            "The statement descriptor must be at most 22 characters. 1 year period with auto renew is 29 characters "
            "long.",
        ),
        (
            "Rides <fast*>",
            "The statement descriptor cannot contain any of the characters < > \\ ' \" *, but has * < >.",
        ),
        ("12345", "The statement descriptor must contain at least one letter."),
        ("車１２３", "The statement descriptor must contain at least one letter."),
    ],
)
def test_what_a_bank_cannot_show_is_refused(api, refused, name, descriptor, message):
    error = error_of(refused, api, "/v1/payment_intents", **INTENT, **{name: descriptor})

    assert (error["param"], error["message"]) == (name, message)


def test_a_statement_shows_ascii_only(api):
    product = api.post("/v1/products", name="Team", statement_descriptor="Rides™ GmbH")

    assert product["statement_descriptor"] == "Rides GmbH"


def test_a_filter_may_be_anything(api):
    assert api.get("/v1/customers", email="nope")["data"] == []


def test_a_currency_is_one_in_every_case(api):
    price = api.price()

    assert [each["id"] for each in api.get("/v1/prices", currency="USD")["data"]] == [price]


def test_currencies_that_are_keys_are_in_lower_case(api, refused):
    given = {"amount_off": 500, "currency": "usd", "duration": "once"}

    upper = refused(api.post, "/v1/coupons", **given, currency_options={"EUR": {"amount_off": 4}})
    unknown = refused(api.post, "/v1/coupons", **given, currency_options={"xyz": {"amount_off": 4}})

    assert upper.error["message"] == (
        "Currencies must be lowercase when used as keys in a map. Use `eur` instead of `EUR`."
    )
    assert unknown.error["message"].startswith("Invalid currency: xyz. ")
    assert (upper.error["param"], unknown.error["param"]) == ("currency_options",) * 2


def test_an_empty_string_takes_away_what_has_a_form(api):
    customer = api.post("/v1/customers", email="jenny@example.com")["id"]

    assert api.post(f"/v1/customers/{customer}", email="")["email"] is None


# JSON


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"display_name": True}, "display_name"),
        ({"display_name": 5}, "display_name"),
        ({"display_name": ["x"]}, "display_name"),
        ({"defaults": "x"}, "defaults"),
        ({"defaults": {"locales": {"0": "de-DE"}}}, "defaults[locales]"),
        ({"include": "defaults"}, "include"),
        ({"metadata": {"a": 5}}, "metadata[a]"),
    ],
)
def test_v2_takes_each_value_as_its_own_type(api, refused, params, param):
    error = refused(api.post, "/v2/core/accounts", **params)

    assert (error.status, error.error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"contact_email": "jenny"}, "contact_email"),
        ({"identity": {"country": "usa"}}, "identity[country]"),
        ({"defaults": {"currency": "dollars"}}, "defaults[currency]"),
    ],
)
def test_v2_refuses_what_has_the_wrong_form_too(api, refused, params, param):
    error = refused(api.post, "/v2/core/accounts", **params)

    assert (error.status, error.error["param"]) == (400, param)


def test_v2_takes_no_null_for_what_it_needs(api, refused):
    path = "/v2/billing/meter_events"

    error = refused(api.post, path, event_name=None, payload={"value": "1"})

    assert (error.status, error.error["param"]) == (400, "event_name")


def test_v2_takes_null_for_what_may_be_left_out(api):
    assert api.send("POST", "/v2/core/accounts", {"display_name": None}).status == 200


def test_a_customers_address_is_copied_with_what_is_null_in_it(api):
    """SDKs write null as an empty string."""
    address = {
        "line1": "Main Street 1",
        "line2": "",
        "city": "Berlin",
        "state": "",
        "country": "DE",
    }

    customer = api.post("/v1/customers", address=address)
    changed = api.post(f"/v1/customers/{customer['id']}", address={**address, "city": ""})

    assert (customer["address"]["line2"], customer["address"]["city"]) == (None, "Berlin")
    assert (changed["address"]["line1"], changed["address"]["city"]) == ("Main Street 1", None)
