"""Reading what other operations wrote, with the SDK: what is listed, what filters leave out, and what is found again."""

import pytest
from stripe import InvalidRequestError


@pytest.fixture
def customer(client):
    """A customer with a Visa."""
    return client.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )


@pytest.fixture
def price(client):
    """Twelve dollars, once."""
    return client.v1.prices.create(
        {"currency": "usd", "unit_amount": 1200, "product_data": {"name": "Team"}}
    )


def _ids(page):
    return [each.id for each in page.data]


def test_what_is_sold_is_listed(client, customer, price):
    items = [{"price": price.id, "quantity": 2}]
    session = client.v1.checkout.sessions.create(
        {"mode": "payment", "line_items": items, "success_url": "https://example.com"}
    )
    link = client.v1.payment_links.create({"line_items": items})
    quote = client.v1.quotes.create({"customer": customer.id, "line_items": items})

    for of, sold in (
        (client.v1.checkout.sessions, session),
        (client.v1.payment_links, link),
        (client.v1.quotes, quote),
    ):
        [line] = of.line_items.list(sold.id).data
        assert (line.price.id, line.quantity, line.amount_total) == (price.id, 2, 2400)


def test_lines_of_credit_notes_and_payments_of_invoices_are_listed(client, customer):
    client.v1.invoice_items.create({"customer": customer.id, "amount": 1000, "currency": "usd"})
    invoice = client.v1.invoices.create(
        {"customer": customer.id, "pending_invoice_items_behavior": "include"}
    )
    client.v1.invoices.pay(invoice.id)
    note = client.v1.credit_notes.create(
        {"invoice": invoice.id, "amount": 100, "credit_amount": 100}
    )

    [line] = client.v1.credit_notes.line_items.list(note.id).data
    payments = client.v1.invoice_payments
    [payment] = payments.list({"invoice": invoice.id}).data
    assert line.amount == 100
    assert (payment.status, payment.amount_paid) == ("paid", 1000)
    assert payments.retrieve(payment.id).invoice == invoice.id
    assert payments.list({"invoice": invoice.id, "status": "open"}).data == []
    intent = payment.payment.payment_intent
    assert _ids(
        payments.list({"payment": {"type": "payment_intent", "payment_intent": intent}})
    ) == [payment.id]


def test_attempts_and_mandates_are_found(client, customer):
    setup = client.v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method_data": {
                "type": "us_bank_account",
                "billing_details": {"name": "Jenny"},
                "us_bank_account": {
                    "account_holder_type": "individual",
                    "account_number": "000123456789",
                    "routing_number": "110000000",
                },
            },
            "payment_method_options": {"us_bank_account": {"verification_method": "microdeposits"}},
            "mandate_data": {"customer_acceptance": {"type": "offline"}},
            "confirm": True,
            "return_url": "https://example.com",
        }
    )
    client.v1.setup_intents.verify_microdeposits(setup.id, {"amounts": [32, 45]})
    setup = client.v1.setup_intents.retrieve(setup.id)
    card = client.v1.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_visa",
            "confirm": True,
            "return_url": "https://example.com",
        }
    )

    attempts = client.v1.setup_attempts.list({"setup_intent": card.id}).data
    later = {"setup_intent": card.id, "created": {"gt": card.created + 60}}
    assert [(each.status, each.setup_intent) for each in attempts] == [("succeeded", card.id)]
    assert client.v1.setup_attempts.list(later).data == []
    assert client.v1.mandates.retrieve(setup.mandate).payment_method == setup.payment_method


def test_what_a_customer_has_is_listed(client, customer):
    customers = client.v1.customers
    [method] = customers.payment_methods.list(customer.id).data
    tax_id = customers.tax_ids.create(customer.id, {"type": "eu_vat", "value": "DE123456789"})
    credit = customers.balance_transactions.create(customer.id, {"amount": -500, "currency": "usd"})

    assert customers.payment_methods.retrieve(customer.id, method.id).type == "card"
    assert customers.payment_methods.list(customer.id, {"type": "us_bank_account"}).data == []
    changed = client.v1.payment_methods.update(
        method.id, {"billing_details": {"name": "Jenny"}, "card": {"exp_year": 2040}}
    )
    assert (changed.billing_details.name, changed.card.exp_year) == ("Jenny", 2040)
    assert _ids(customers.balance_transactions.list(customer.id)) == [credit.id]
    described = customers.balance_transactions.update(
        customer.id, credit.id, {"description": "A gift"}
    )
    assert customers.balance_transactions.retrieve(customer.id, credit.id).description == (
        described.description
    )
    assert _ids(customers.tax_ids.list(customer.id)) == [tax_id.id]
    assert client.v1.tax_ids.retrieve(tax_id.id).value == "DE123456789"
    assert customers.tax_ids.delete(customer.id, tax_id.id).deleted
    with pytest.raises(InvalidRequestError, match="No such"):
        customers.tax_ids.retrieve(customer.id, tax_id.id)


def test_what_is_there_from_the_start_is_found(client):
    assert client.v1.country_specs.retrieve("DE").default_currency == "eur"
    assert client.v1.exchange_rates.retrieve("usd").rates["eur"] == 0.92
    assert client.v1.tax_codes.retrieve("txcd_10000000").object == "tax_code"
    for listed in (client.v1.country_specs, client.v1.exchange_rates, client.v1.tax_codes):
        first = listed.list({"limit": 2})
        assert (len(first.data), first.has_more) == (2, True)


def test_taxes_are_calculated_by_lines_that_are_listed(client):
    client.v1.tax.settings.update({"head_office": {"address": {"country": "DE"}}})
    calculation = client.v1.tax.calculations.create(
        {
            "currency": "eur",
            "line_items": [{"amount": 1000, "reference": "L1"}],
            "customer_details": {
                "address": {"country": "DE", "postal_code": "10115"},
                "address_source": "billing",
            },
        }
    )
    transaction = client.v1.tax.transactions.create_from_calculation(
        {"calculation": calculation.id, "reference": "order_1"}
    )

    [line] = client.v1.tax.calculations.line_items.list(calculation.id).data
    [kept] = client.v1.tax.transactions.line_items.list(transaction.id).data
    assert (line.reference, kept.reference) == ("L1", "L1")
    assert client.v1.tax.settings.retrieve().status == "active"


def test_an_account_has_sixteen_webhook_endpoints_at_most(client):
    terms = {"url": "https://example.com/hook", "enabled_events": ["*"]}
    made = [client.v1.webhook_endpoints.create(terms) for _ in range(16)]

    with pytest.raises(InvalidRequestError, match="maximum of 16 test webhook"):
        client.v1.webhook_endpoints.create(terms)

    client.v1.webhook_endpoints.delete(made[0].id)
    assert client.v1.webhook_endpoints.create(terms).status == "enabled"


def test_webhook_endpoints_are_listed_and_deleted(client):
    endpoints = client.v1.webhook_endpoints
    made = endpoints.create({"url": "https://example.com/hook", "enabled_events": ["*"]})

    assert _ids(endpoints.list()) == [made.id]
    assert endpoints.retrieve(made.id).url == "https://example.com/hook"
    assert "secret" not in endpoints.retrieve(made.id)
    assert endpoints.delete(made.id).deleted
    assert endpoints.list().data == []


def test_places_of_performances_are_found(client):
    locations = client.v1.tax.locations
    made = locations.create(
        {
            "type": "performance",
            "address": {"country": "DE", "city": "Berlin"},
            "description": "Hall",
        }
    )

    assert locations.retrieve(made.id).address.city == "Berlin"
    assert _ids(locations.list({"type": "performance"})) == [made.id]


def test_what_a_payment_is_for_is_listed(client):
    def intent_of(*names):
        cost = 1000 // len(names)
        return {
            "amount_details": {
                "line_items": [
                    {"product_name": name, "quantity": 1, "unit_cost": cost} for name in names
                ]
            }
        }

    intents = client.v1.payment_intents
    made = intents.create({"amount": 1000, "currency": "usd", **intent_of("Tea", "Cup")})
    lines = intents.amount_details_line_items

    listed = lines.list(made.id).data
    assert [(each.product_name, each.quantity, each.unit_cost) for each in listed] == [
        ("Tea", 1, 500),
        ("Cup", 1, 500),
    ]
    intents.update(made.id, intent_of("Pot"))
    assert [each.product_name for each in lines.list(made.id).data] == ["Pot"]
    intents.update(made.id, {"description": "Breakfast"})
    assert [each.product_name for each in lines.list(made.id).data] == ["Pot"]


def test_what_a_payment_is_for_comes_to_its_amount(client, stripe):
    intents = client.v1.payment_intents
    line = {"product_name": "Tea", "quantity": 2, "unit_cost": 2000}
    details = {"line_items": [line], "tax": {"total_tax_amount": 500}}

    with pytest.raises(stripe.InvalidRequestError, match=r"\(4500\) does not match") as refused:
        intents.create({"amount": 5000, "currency": "usd", "amount_details": details})
    told = intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "amount_details": {**details, "enforce_arithmetic_validation": False},
        }
    )
    more = {**details, "discount_amount": 100, "shipping": {"amount": 600}}
    right = intents.update(told.id, {"amount_details": more})

    assert refused.value.code == told.amount_details.error.code == "amount_details_amount_mismatch"
    assert not hasattr(right.amount_details, "error")


def test_attempts_of_a_reported_payment_are_listed(client):
    record = client.v1.payment_records.report_payment(
        {
            "amount_requested": {"currency": "usd", "value": 1000},
            "initiated_at": 1_700_000_000,
            "payment_method_details": {"type": "custom", "custom": {"display_name": "Cash"}},
            "outcome": "guaranteed",
            "guaranteed": {"guaranteed_at": 1_700_000_001},
        }
    )

    attempts = client.v1.payment_attempt_records
    [attempt] = attempts.list({"payment_record": record.id}).data
    assert attempt.id == record.latest_payment_attempt_record
    assert attempts.retrieve(attempt.id).payment_record == record.id


def test_what_nobody_has_made_is_not_there(client):
    assert client.v1.invoice_rendering_templates.list().data == []
    assert client.v2.money_management.adjustments.list().data == []
    with pytest.raises(InvalidRequestError, match="No such"):
        client.v1.invoice_rendering_templates.archive("inrtem_none")
