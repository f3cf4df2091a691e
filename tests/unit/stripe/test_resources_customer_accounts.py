"""Accounts that are customers: every answer is held against the contract."""

import pytest


@pytest.fixture
def account(api):
    """The id of an account that is configured as a customer."""
    return api.post(
        "/v2/core/accounts",
        contact_email="jenny@example.com",
        display_name="Jenny",
        configuration={"customer": {}},
    )["id"]


def test_a_configuration_that_is_sent_is_applied(api, account):
    shown = api.get(f"/v2/core/accounts/{account}", include=["configuration.customer"])

    assert shown["applied_configurations"] == ["customer"]
    assert shown["configuration"]["customer"]["applied"] is True


def test_an_account_subscribes(api, account):
    subscription = api.post(
        "/v1/subscriptions",
        customer_account=account,
        items=[{"price": api.price()}],
        payment_behavior="default_incomplete",
    )

    customer = api.get(f"/v1/customers/{subscription['customer']}")
    invoice = api.get(f"/v1/invoices/{subscription['latest_invoice']}")
    listed = api.get("/v1/subscriptions", customer_account=account)["data"]
    assert subscription["customer_account"] == account
    assert (customer["customer_account"], customer["email"]) == (account, "jenny@example.com")
    assert (invoice["customer_account"], invoice["customer"]) == (account, customer["id"])
    assert [each["id"] for each in listed] == [subscription["id"]]


def test_there_is_one_customer_for_an_account(api, account):
    sessions = [api.post("/v1/billing_portal/sessions", customer_account=account) for _ in "ab"]

    [customer] = api.get("/v1/customers")["data"]
    assert {each["customer"] for each in sessions} == {customer["id"]}
    assert {each["customer_account"] for each in sessions} == {account}


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/billing_portal/sessions", {}),
        ("/v1/subscriptions", {"items": []}),
        ("/v1/invoiceitems", {"amount": 100}),
        ("/v1/subscription_schedules", {}),
    ],
)
def test_an_account_that_is_no_customer_is_refused(api, refused, path, params):
    plain = api.post("/v2/core/accounts", display_name="Shop")["id"]

    missing = refused(api.post, path, customer_account="acct_none", **params).error
    wrong = refused(api.post, path, customer_account=plain, **params).error

    assert (missing["code"], missing["param"]) == ("resource_missing", "customer_account")
    assert wrong["param"] == "customer_account"
    assert "`customer` configuration" in wrong["message"]


def test_another_customer_cannot_be_named_besides(api, account, refused):
    other = api.post("/v1/customers")["id"]

    error = refused(
        api.post, "/v1/billing_portal/sessions", customer=other, customer_account=account
    )

    assert error.error["param"] == "customer_account"


def test_an_account_numbers_its_invoices(own):
    numbers = {"prefix": "FIRST", "next_sequence": 5}
    billing = {"billing": {"invoice": numbers}}
    account = own.post("/v2/core/accounts", configuration={"customer": billing})["id"]
    terms = {"customer_account": account, "auto_advance": False}

    first = own.post("/v1/invoices", **terms)
    first = own.post(f"/v1/invoices/{first['id']}/finalize")
    own.post(
        f"/v2/core/accounts/{account}",
        configuration={"customer": {"billing": {"invoice": {"prefix": "SECOND"}}}},
    )
    second = own.post("/v1/invoices", **terms)
    second = own.post(f"/v1/invoices/{second['id']}/finalize")

    assert (first["number"], second["number"]) == ("FIRST-0005", "SECOND-0006")


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"billing": {"invoice": {"prefix": "x"}}}, "[billing][invoice][prefix]"),
        (
            {"billing": {"invoice": {"custom_fields": [{"name": "a", "value": "b"}] * 5}}},
            "[billing][invoice][custom_fields]",
        ),
        ({"test_clock": "clock_none"}, "[test_clock]"),
    ],
)
def test_a_customer_that_cannot_be_is_refused(api, account, refused, terms, param):
    for path in ("", f"/{account}"):
        error = refused(api.post, f"/v2/core/accounts{path}", configuration={"customer": terms})
        assert error.error["param"] == f"configuration[customer]{param}"


def test_an_account_lives_on_a_test_clock_from_the_first_or_never(api, account, refused):
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=1_800_000_000)["id"]
    other = api.post("/v2/core/accounts")["id"]
    terms = {"configuration": {"customer": {"test_clock": clock}}}

    api.post(f"/v2/core/accounts/{other}", **terms)
    error = refused(api.post, f"/v2/core/accounts/{account}", **terms).error

    assert error["param"] == "configuration[customer][test_clock]"
    assert api.post(f"/v2/core/accounts/{other}", **terms)["id"] == other
