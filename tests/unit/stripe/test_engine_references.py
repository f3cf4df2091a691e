"""What a parameter names has to exist (https://docs.stripe.com/error-codes#resource-missing)."""

from __future__ import annotations

import pytest


@pytest.fixture
def missing(api, refused):
    """Makes a call that names what does not exist, and gives the parameter and the message of the refusal."""

    def missing(path, **params):
        refusal = refused(api.post, path, **params)
        assert (refusal.status, refusal.error["code"]) == (400, "resource_missing")
        return refusal.error["param"], refusal.error["message"]

    return missing


def test_a_parameter_that_is_no_field_of_the_answer_is_checked_too(missing):
    assert missing("/v1/ephemeral_keys", customer="cus_none") == (
        "customer",
        "No such customer: 'cus_none'",
    )


def test_what_is_inside_of_a_list_is_named_as_it_was_written(api, missing):
    price = api.price()
    lines = [{"price": price, "quantity": 1}, {"price": "price_none", "quantity": 1}]
    param, message = missing("/v1/payment_links", line_items=lines)
    assert param == "line_items[1][price]"
    assert message == "No such price: 'price_none'"


def test_each_of_several_ids_is_checked(api, missing):
    product = api.post("/v1/products", name="Team")["id"]
    limits = {"products": [product, "prod_none"]}
    param, message = missing("/v1/coupons", percent_off=10, applies_to=limits)
    assert param == "applies_to[products][1]"
    assert message == "No such product: 'prod_none'"


def test_nothing_is_made_by_a_refused_request(api, missing):
    before = api.records()
    missing("/v1/payment_links", line_items=[{"price": "price_none", "quantity": 1}])
    assert api.records() == before


def test_what_exists_is_accepted_wherever_it_is_named(api):
    customer, product = api.customer(), api.post("/v1/products", name="Team")["id"]
    coupon = api.post("/v1/coupons", percent_off=10, applies_to={"products": [product]})
    assert coupon["id"]
    assert api.post(
        "/v1/ephemeral_keys", headers={"stripe-version": "2026-10-28.endive"}, customer=customer
    )


def test_what_nobody_can_make_is_believed(api):
    product = api.post("/v1/products", name="Team", tax_code="txcd_99999999")
    assert product["tax_code"] == "txcd_99999999"


def test_a_document_of_stripes_tests_is_believed_and_another_is_not(api, missing):
    account = api.post("/v1/accounts", type="custom", country="US")["id"]

    def verify(file):
        return {"verification": {"document": {"front": file}}}

    path = f"/v1/accounts/{account}"
    assert api.post(path, company=verify("file_identity_document_success"))["id"] == account
    param, _ = missing(path, company=verify("file_1OabcdefghijklmnopqrstuV"))
    assert param == "company[verification][document][front]"


def test_a_list_can_be_asked_for_what_belonged_to_something_deleted(api, refused):
    customer = api.post("/v1/customers")["id"]
    api.post("/v1/invoices", customer=customer)
    listed = api.get("/v1/invoices", customer=customer)["data"]
    api.delete(f"/v1/customers/{customer}")
    assert len(api.get("/v1/invoices", customer=customer)["data"]) <= len(listed)
    assert refused(api.get, "/v1/invoices", customer="cus_none").error["param"] == "customer"


def test_what_a_behaviour_does_not_look_at_has_to_exist_too(api, missing):
    customer, price = api.customer(), api.price()
    before = api.records()
    param, message = missing(
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": price}],
        on_behalf_of="acct_none",
    )
    assert (param, message) == ("on_behalf_of", "No such account: 'acct_none'")
    assert api.records() == before


def test_the_account_itself_can_be_named(api):
    customer, price = api.customer(), api.price()
    made = api.subscribe(customer, price, on_behalf_of=api.account)
    assert made["status"] == "active"


def test_the_account_that_money_would_go_to_is_called_a_destination(missing):
    param, message = missing(
        "/v1/payment_intents",
        amount=1000,
        currency="usd",
        transfer_data={"destination": "acct_none"},
    )
    assert (param, message) == ("transfer_data[destination]", "No such destination: 'acct_none'")
