"""What every call has: keys, idempotency, headers, accounts, and the shape of errors. With the SDK."""

import pytest
import stripe as stripe_sdk


def test_without_a_key_nothing_is_answered(stripe, monkeypatch):
    monkeypatch.setattr(stripe, "api_key", "sk_wrong_234567890abcdef")

    with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided: sk_wrong"):
        stripe.Customer.list()


def test_a_live_key_is_told_where_it_was_sent(stripe, monkeypatch):
    monkeypatch.setattr(stripe, "api_key", "sk_live_1234567890abcdef")

    with pytest.raises(stripe.AuthenticationError) as refused:
        stripe.Customer.list()

    assert stripe.api_base in str(refused.value)
    assert "1234567890abcdef" not in str(refused.value)


def test_a_repeated_request_is_answered_from_memory(stripe):
    first = stripe.Customer.create(name="Jenny", idempotency_key="signup-1")

    again = stripe.Customer.create(name="Jenny", idempotency_key="signup-1")

    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert len(stripe.Customer.list().data) == 1


def test_an_idempotency_key_belongs_to_one_request(stripe):
    stripe.Customer.create(name="Jenny", idempotency_key="signup-1")

    with pytest.raises(stripe.IdempotencyError) as refused:
        stripe.Customer.create(name="John", idempotency_key="signup-1")

    assert refused.value.http_status == 400
    assert refused.value.error.type == "idempotency_error"


def test_what_is_not_there_is_not_found_in_v2(client):
    with pytest.raises(stripe_sdk.InvalidRequestError) as refused:
        client.v2.core.event_destinations.retrieve("ed_test_none")

    assert (refused.value.http_status, refused.value.code) == (404, "not_found")


def test_a_key_that_belongs_to_another_request_is_a_conflict_in_v2(client):
    once = {"idempotency_key": "signup-1"}
    client.v2.core.accounts.create({"contact_email": "jenny@example.com"}, once)

    with pytest.raises(stripe_sdk.IdempotencyError) as refused:
        client.v2.core.accounts.create({"contact_email": "john@example.com"}, once)

    assert refused.value.http_status == 409


def test_a_refused_parameter_can_be_corrected_under_the_same_key(stripe):
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Customer.create(nickname="Jenny", idempotency_key="signup-1")

    corrected = stripe.Customer.create(name="Jenny", idempotency_key="signup-1")

    assert corrected.name == "Jenny"


def test_a_decline_is_kept_under_its_key(stripe):
    customer = stripe.Customer.create()

    def attach():
        with pytest.raises(stripe.CardError) as declined:
            stripe.PaymentMethod.attach(
                "pm_card_visa_chargeDeclined", customer=customer.id, idempotency_key="attach-1"
            )
        return declined.value

    first, again = attach(), attach()

    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.request_id


def test_every_answer_says_its_request_and_its_version(stripe):
    customer = stripe.Customer.create(idempotency_key="k-1")

    headers = customer.last_response.headers
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version
    assert headers["Idempotency-Key"] == "k-1"


def test_accounts_do_not_see_each_other(stripe, customer, stripe_emulator_server):
    other = stripe.StripeClient(
        stripe_emulator_server.fresh_account().api_key,
        base_addresses={"api": stripe_emulator_server.api_base},
    )

    assert other.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        other.v1.customers.retrieve(customer.id)


def test_what_was_made_up_is_one_account(stripe, stripe_emulator_server):
    def client(key):
        return stripe.StripeClient(key, base_addresses={"api": stripe_emulator_server.api_base})

    customer = client("sk_test_123").v1.customers.create()

    assert client("sk_test_mock").v1.customers.retrieve(customer.id).id == customer.id
    client("sk_test_123").v1.customers.delete(customer.id)


def test_a_connected_account_is_reached_by_its_id(stripe):
    account = stripe.Account.create(type="standard")

    theirs = stripe.Customer.create(stripe_account=account.id)

    assert stripe.Customer.list().data == []
    assert [each.id for each in stripe.Customer.list(stripe_account=account.id)] == [theirs.id]
    assert theirs.last_response.headers["Stripe-Account"] == account.id


def test_an_account_that_is_not_connected_is_403(stripe):
    with pytest.raises(stripe.PermissionError) as refused:
        stripe.Customer.list(stripe_account="acct_none")

    assert (refused.value.http_status, refused.value.error.code) == (403, "account_invalid")


@pytest.mark.parametrize(
    "ask",
    [
        lambda accounts, id: accounts.retrieve(id),
        lambda accounts, id: accounts.modify(id, email="zoe@example.com"),
        lambda accounts, id: accounts.delete(id),
        lambda accounts, id: accounts.list_persons(id),
        lambda accounts, id: accounts.create_external_account(id, external_account="btok_us"),
    ],
)
def test_of_an_account_that_is_not_connected_it_is_not_said_whether_there_is_one(stripe, ask):
    gone = stripe.Account.create(type="custom")
    gone.delete()

    for id in ("acct_none", gone.id):
        with pytest.raises(stripe.PermissionError, match="does not have access to account") as no:
            ask(stripe.Account, id)

        assert set(no.value.json_body["error"]) == {"code", "doc_url", "message", "type"}
        assert no.value.error.code == "account_invalid"


def test_a_path_that_does_not_exist_is_404(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL") as refused:
        stripe.StripeClient(stripe.api_key, base_addresses={"api": stripe.api_base}).raw_request(
            "get", "/v1/nothing"
        )

    assert refused.value.http_status == 404


@pytest.mark.parametrize(
    ("ask", "url"),
    [
        (lambda v1: v1.customers.retrieve(""), "GET: /v1/customers/"),
        (lambda v1: v1.customers.update("", {"name": "Zoe"}), "POST: /v1/customers/"),
        (lambda v1: v1.customers.delete(""), "DELETE: /v1/customers/"),
        (lambda v1: v1.payment_intents.cancel(""), "POST: /v1/payment_intents//cancel"),
    ],
)
def test_an_empty_id_is_none(client, ask, url):
    with pytest.raises(stripe_sdk.InvalidRequestError) as refused:
        ask(client.v1)

    assert refused.value.http_status == 404
    assert refused.value.user_message == (
        f"Unrecognized request URL ({url}). If you are trying to list objects, remove the trailing slash. If you are "
        "trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see "
        "https://stripe.com/docs or we can help at https://support.stripe.com/."
    )
    assert client.v1.customers.list().data == []


def test_a_reset_forgets_the_account(stripe, customer, stripe_emulator):
    stripe_emulator.reset()

    assert stripe.Customer.list().data == []


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ({f"key{number}": "x" for number in range(51)}, "up to 50 keys"),
        ({"k" * 41: "x"}, "up to 40 characters"),
        ({"key": "x" * 501}, "up to 500 characters"),
    ],
)
def test_metadata_has_limits(stripe, metadata, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        stripe.Customer.create(metadata=metadata)


def test_several_unknown_parameters_are_named_together(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(first="1", second="2")

    assert refused.value.user_message == "Received unknown parameters: first, second"


@pytest.mark.parametrize("limit", [0, 101])
def test_a_page_has_a_size(stripe, limit):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.list(limit=limit)

    assert (refused.value.code, refused.value.param) == ("parameter_invalid_integer", "limit")


def test_a_cursor_must_exist(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.list(starting_after="cus_none")

    assert (refused.value.code, refused.value.param) == ("resource_missing", "starting_after")


def test_a_checkout_session_is_called_by_its_whole_name(stripe):
    with pytest.raises(stripe.InvalidRequestError) as missing:
        stripe.checkout.Session.retrieve("cs_test_none")

    assert missing.value.user_message == "No such checkout.session: 'cs_test_none'"


@pytest.mark.parametrize(
    ("path", "params", "names", "param"),
    [
        (
            "/v1/payment_intents",
            {
                "amount": 1000,
                "currency": "usd",
                "automatic_payment_methods": {"enabled": "true"},
                "confirmation_method": "manual",
            },
            "automatic_payment_methods, confirmation_method",
            "automatic_payment_methods",
        ),
        (
            "/v1/prices",
            {
                "currency": "usd",
                "product_data": {"name": "Tea"},
                "unit_amount": 1,
                "unit_amount_decimal": "1",
            },
            "unit_amount, unit_amount_decimal",
            "unit_amount",
        ),
        (
            "/v1/invoices",
            {
                "customer": "{customer}",
                "collection_method": "send_invoice",
                "days_until_due": 3,
                "due_date": 1999999999,
            },
            "days_until_due, due_date",
            "days_until_due",
        ),
        (
            "/v1/checkout/sessions",
            {
                "mode": "setup",
                "currency": "usd",
                "success_url": "https://example.com/",
                "customer": "{customer}",
                "customer_email": "zoe@example.com",
            },
            "customer, customer_email",
            "customer",
        ),
    ],
)
def test_of_parameters_that_exclude_each_other_the_first_is_named(
    stripe, customer, path, params, names, param
):
    if "customer" in params:
        params = params | {"customer": customer.id}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.StripeClient(stripe.api_key, base_addresses={"api": stripe.api_base}).raw_request(
            "post", path, **params
        )

    assert refused.value.user_message == (f"You may only specify one of these parameters: {names}.")
    assert (refused.value.param, refused.value.code) == (param, None)


@pytest.mark.parametrize(
    ("mode", "name"),
    [
        ("payment", "subscription_data"),
        ("subscription", "payment_intent_data"),
        ("payment", "setup_intent_data"),
        ("setup", "payment_intent_data"),
    ],
)
def test_a_checkout_session_is_given_what_its_mode_has(stripe, mode, name):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.checkout.Session.create(
            mode=mode, success_url="https://example.com/", **{name: {"description": "Tea"}}
        )

    assert refused.value.user_message == f"You can not pass `{name}` in `{mode}` mode."


def test_a_price_is_of_a_product(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(currency="usd", unit_amount=100)

    assert refused.value.user_message == (
        "You must specify either `product` or `product_data` when creating a price."
    )


def test_an_image_has_a_whole_url(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="Not a valid URL") as refused:
        stripe.Product.create(name="Tea", images=["https://example.com/tea.png", "/tea.png"])

    assert (refused.value.code, refused.value.param) == ("url_invalid", "images[1]")


def test_a_page_has_one_cursor(stripe, customer):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.list(starting_after=customer.id, ending_before=customer.id)
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        stripe.Customer.list(starting_after=customer.id, ending_before="cus_none")

    assert (refused.value.code, refused.value.user_message) == (
        None,
        "Received both starting_after and ending_before parameters. Please pass in only one.",
    )
    assert (unknown.value.code, unknown.value.param) == ("resource_missing", "ending_before")


def test_expanding_goes_four_levels_deep(stripe):
    path = "data.items.data.price.product"

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.list(expand=[path])

    error = refused.value.json_body["error"]
    assert error.pop("request_log_url")
    assert error == {
        "code": "property_expansion_max_depth",
        "message": f"You cannot expand more than 4 levels of a property. Property: {path}",
        "type": "invalid_request_error",
    }


def test_a_webhook_endpoint_needs_an_address(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.WebhookEndpoint.create(url="shop.example", enabled_events=["*"])

    assert (refused.value.code, refused.value.param) == ("url_invalid", "url")
