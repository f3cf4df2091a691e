"""Customers and their payment methods and sources, with the SDK."""

import pytest


def test_billing_details_change_one_by_one(stripe):
    customer = stripe.Customer.create(
        name="Jenny Rosen",
        email="jenny@example.com",
        address={"line1": "510 Townsend St", "city": "San Francisco", "country": "US"},
        metadata={"plan": "team", "seat": "4"},
    )

    stripe.Customer.modify(
        customer.id,
        name="Jenny Rosen Ltd",
        address={"line1": "1 Main St"},
        phone="+15551234567",
        metadata={"plan": "", "vat": "DE1"},
    )

    changed = stripe.Customer.retrieve(customer.id)
    assert (changed.name, changed.email, changed.phone) == (
        "Jenny Rosen Ltd",
        "jenny@example.com",
        "+15551234567",
    )
    assert changed.address.line1 == "1 Main St"
    assert changed.address.city == "San Francisco"
    assert changed.metadata.to_dict() == {"seat": "4", "vat": "DE1"}


def test_an_empty_string_unsets(stripe):
    customer = stripe.Customer.create(name="Jenny", description="first", metadata={"a": "1"})

    changed = stripe.Customer.modify(customer.id, name="", description="", metadata="")

    assert changed.name is None
    assert changed.description is None
    assert changed.metadata.to_dict() == {}


def test_attaching_is_not_making_default(stripe):
    customer = stripe.Customer.create()

    method = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)

    assert method.id.startswith("pm_1")
    assert (method.customer, method.card.brand, method.card.last4) == (
        customer.id,
        "visa",
        "4242",
    )
    unchanged = stripe.Customer.retrieve(customer.id)
    assert unchanged.invoice_settings.default_payment_method is None
    assert unchanged.default_source is None


def test_each_use_of_a_test_value_makes_a_payment_method(stripe):
    customer = stripe.Customer.create()

    first = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)
    second = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)

    assert first.id != second.id
    assert first.card.fingerprint == second.card.fingerprint


def test_a_test_value_named_twice_in_one_request_is_one_payment_method(stripe, customer):
    methods = stripe.PaymentMethod.list(customer=customer.id)

    assert [method.id for method in methods] == [customer.invoice_settings.default_payment_method]


def test_a_token_becomes_a_payment_method(stripe):
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_mastercard"})

    assert (method.customer, method.card.brand) == (None, "mastercard")


def test_a_token_becomes_a_source_and_the_default_one(stripe):
    customer = stripe.Customer.create(source="tok_visa")

    card = stripe.Customer.retrieve_source(customer.id, customer.default_source)

    assert (card.object, card.brand, card.customer) == ("card", "Visa", customer.id)
    assert [each.id for each in stripe.Customer.list_sources(customer.id)] == [card.id]


def test_payment_methods_are_listed_by_customer_and_type(stripe):
    customer, other = stripe.Customer.create(), stripe.Customer.create()
    visa = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)
    amex = stripe.PaymentMethod.attach("pm_card_amex", customer=customer.id)
    stripe.PaymentMethod.attach("pm_card_visa", customer=other.id)

    listed = stripe.PaymentMethod.list(customer=customer.id)
    of_customer = stripe.Customer.list_payment_methods(customer.id, type="card")
    of_other_type = stripe.Customer.list_payment_methods(customer.id, type="sepa_debit")

    assert [method.id for method in listed] == [amex.id, visa.id]
    assert [method.id for method in of_customer] == [amex.id, visa.id]
    assert of_customer.url == f"/v1/customers/{customer.id}/payment_methods"
    assert of_other_type.data == []
    assert stripe.Customer.retrieve_payment_method(customer.id, visa.id).id == visa.id


def test_the_payment_methods_of_a_customer_that_does_not_exist_are_an_error(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.list(customer="cus_none", type="card")

    assert (refused.value.code, refused.value.param) == ("resource_missing", "customer")


def test_detaching_lets_go_of_the_defaults(stripe, customer):
    method = customer.invoice_settings.default_payment_method

    detached = stripe.PaymentMethod.detach(method)

    assert detached.customer is None
    changed = stripe.Customer.retrieve(customer.id)
    assert changed.invoice_settings.default_payment_method is None


def test_a_detached_payment_method_cannot_be_attached_again(stripe, customer):
    method = customer.invoice_settings.default_payment_method
    stripe.PaymentMethod.detach(method)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        stripe.PaymentMethod.attach(method, customer=customer.id)


def test_a_payment_method_has_one_owner(stripe, customer):
    method = customer.invoice_settings.default_payment_method
    other = stripe.Customer.create()

    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        stripe.PaymentMethod.attach(method, customer=other.id)


def test_what_is_not_attached_cannot_be_the_default(stripe):
    customer = stripe.Customer.create()
    loose = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.modify(customer.id, invoice_settings={"default_payment_method": loose.id})

    assert refused.value.code == "resource_missing"
    assert refused.value.param == "invoice_settings[default_payment_method]"


@pytest.mark.parametrize(
    ("value", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ],
)
def test_a_declined_card_cannot_be_attached(stripe, value, code, decline_code):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentMethod.attach(value, customer=customer.id)

    assert declined.value.http_status == 402
    assert (declined.value.code, declined.value.error.decline_code) == (code, decline_code)
    assert stripe.PaymentMethod.list(customer=customer.id).data == []


@pytest.mark.parametrize("make", ["PaymentMethod", "Token"])
def test_raw_card_numbers_are_refused_with_a_secret_key(stripe, make):
    card = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2040, "cvc": "314"}
    terms = {"type": "card", "card": card} if make == "PaymentMethod" else {"card": card}

    with pytest.raises(stripe.CardError, match="generally unsafe") as refused:
        getattr(stripe, make).create(**terms)

    assert refused.value.http_status == 402
    assert refused.value.error.type == "invalid_request_error"


def test_a_browser_may_send_card_numbers(client, browser):
    card = {"number": "4000 0000 0000 0002", "exp_month": 8, "exp_year": 2040, "cvc": "314"}

    method = browser.v1.payment_methods.create({"type": "card", "card": card})

    assert (method.card.last4, method.card.exp_year) == ("0002", 2040)
    assert client.v1.payment_methods.retrieve(method.id).id == method.id


@pytest.mark.parametrize(
    ("changed", "code", "param"),
    [
        ({"number": "4242424242424241"}, "incorrect_number", "number"),
        ({"number": "²" * 16}, "incorrect_number", "number"),
        ({"exp_month": 13}, "invalid_expiry_month", "exp_month"),
        ({"exp_year": 1990}, "invalid_expiry_year", "exp_year"),
        ({"cvc": "99"}, "invalid_cvc", "cvc"),
    ],
)
def test_a_browser_is_told_what_of_a_card_is_wrong(stripe, browser, changed, code, param):
    card = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2040, "cvc": "314"}

    with pytest.raises(stripe.CardError) as refused:
        browser.v1.payment_methods.create({"type": "card", "card": card | changed})

    assert (refused.value.code, refused.value.param) == (code, param)


def test_a_deleted_customer_is_a_stub(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    deleted = stripe.Customer.delete(customer.id)

    assert deleted.deleted is True
    stub = stripe.Customer.retrieve(customer.id)
    assert stub.to_dict() == {"id": customer.id, "object": "customer", "deleted": True}
    assert stripe.Subscription.retrieve(subscription.id).status == "canceled"
    assert stripe.Customer.list().data == []


def test_a_deleted_customer_cannot_be_changed_or_subscribed(stripe, customer, team_price):
    stripe.Customer.delete(customer.id)

    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as changing:
        stripe.Customer.modify(customer.id, name="Jenny")
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as subscribing:
        stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    assert changing.value.http_status == 404
    assert (subscribing.value.http_status, subscribing.value.param) == (400, "customer")


def test_a_customer_that_does_not_exist_is_404(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.retrieve("cus_none")

    assert refused.value.http_status == 404
    assert refused.value.json_body == {
        "error": {
            "code": "resource_missing",
            "doc_url": "https://stripe.com/docs/error-codes/resource-missing",
            "message": "No such customer: 'cus_none'",
            "param": "id",
            "request_log_url": f"{stripe.api_base}/_emulator/requests/{refused.value.request_id}",
            "type": "invalid_request_error",
        }
    }


@pytest.mark.parametrize("parameter", ["coupon", "promotion_code"])
def test_parameters_of_older_versions_are_refused(stripe, parameter):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(**{parameter: "x"})

    assert refused.value.code == "parameter_unknown"
    assert refused.value.user_message == f"Received unknown parameter: {parameter}"


def test_customers_are_listed_by_email_and_by_creation(stripe):
    first = stripe.Customer.create(email="a@example.com")
    second = stripe.Customer.create(email="b@example.com")

    by_email = stripe.Customer.list(email="a@example.com")
    since = stripe.Customer.list(created={"gte": first.created})
    later = stripe.Customer.list(created={"gt": second.created})

    assert [customer.id for customer in by_email] == [first.id]
    assert [customer.id for customer in since] == [second.id, first.id]
    assert later.data == []


def test_customers_are_found_by_search(stripe):
    stripe.Customer.create(email="a@example.com", metadata={"tier": "gold"})
    wanted = stripe.Customer.create(email="b@example.com", metadata={"tier": "gold"})

    found = stripe.Customer.search(query="metadata['tier']:'gold' AND -email:'a@example.com'")

    assert (found.object, [customer.id for customer in found]) == ("search_result", [wanted.id])


def test_every_page_is_walked(stripe):
    made = [stripe.Customer.create(name=f"{number}").id for number in range(7)]

    walked = [customer.id for customer in stripe.Customer.list(limit=3).auto_paging_iter()]
    first = stripe.Customer.list(limit=3)
    second = stripe.Customer.list(limit=3, starting_after=first.data[-1].id)
    back = stripe.Customer.list(limit=3, ending_before=second.data[0].id)

    assert walked == made[::-1]
    assert first.has_more is True
    assert [customer.id for customer in back] == [customer.id for customer in first]


def test_a_customers_bank_account_is_verified(stripe):
    customer = stripe.Customer.create()
    token = stripe.Token.create(
        bank_account={
            "country": "US",
            "currency": "usd",
            "account_number": "000123456789",
            "routing_number": "110000000",
        }
    )

    account = stripe.Customer.create_source(customer.id, source=token.id)
    assert (account.object, account.status, account.last4) == ("bank_account", "new", "6789")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.verify(amounts=[1, 2])
    verified = account.verify(amounts=[32, 45])

    assert stripe.Customer.retrieve(customer.id).default_source == account.id
    assert refused.value.code == "bank_account_verification_failed"
    assert verified.status == "verified"
    assert [each.id for each in stripe.Customer.list_sources(customer.id).data] == [account.id]
    assert stripe.Customer.delete_source(customer.id, account.id).deleted
    assert stripe.Customer.retrieve(customer.id).default_source is None


def test_metadata_has_fifty_keys_in_all(stripe):
    customer = stripe.Customer.create(metadata={f"key{each}": "value" for each in range(50)})

    with pytest.raises(stripe.InvalidRequestError, match="up to 50 keys") as refused:
        stripe.Customer.modify(customer.id, metadata={"another": "value"})

    assert refused.value.param == "metadata"
    replaced = stripe.Customer.modify(customer.id, metadata={"key0": "", "another": "value"})
    assert len(replaced.metadata.to_dict()) == 50


def test_a_customer_shows_that_it_has_no_account_and_what_its_balances_are(stripe):
    expanded = {"expand": ["invoice_credit_balance"]}
    customer = stripe.Customer.create(**expanded)

    stripe.Customer.create_balance_transaction(customer.id, amount=-500, currency="eur")

    assert customer["customer_account"] is None
    assert customer.invoice_credit_balance.to_dict() == {}
    after = stripe.Customer.retrieve(customer.id, **expanded)
    assert after.invoice_credit_balance.to_dict() == {"eur": -500}


@pytest.mark.parametrize("value", [{"b": "1"}, ["1"]])
def test_metadata_is_flat(stripe, value):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(metadata={"a": value})

    assert refused.value.user_message == (
        "Metadata values must be strings, but for key a you passed in a value of type hash"
    )


def test_a_payment_method_has_a_type(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.create(card={"token": "tok_visa"})

    assert (refused.value.code, refused.value.param) == ("parameter_missing", "type")


def test_a_default_source_that_is_none_is_called_a_source(stripe, customer):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.modify(customer.id, default_source="card_none")

    assert (refused.value.param, refused.value.code) == ("default_source", "resource_missing")
    assert refused.value.user_message == "No such source: 'card_none'"


def test_a_test_clock_has_three_customers(stripe):
    clock = stripe.test_helpers.TestClock.create(frozen_time=1_700_000_000)
    first, *_ = [stripe.Customer.create(test_clock=clock.id) for _ in range(3)]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(test_clock=clock.id)

    assert refused.value.param == "test_clock"
    stripe.Customer.delete(first.id)
    assert stripe.Customer.create(test_clock=clock.id).test_clock == clock.id
