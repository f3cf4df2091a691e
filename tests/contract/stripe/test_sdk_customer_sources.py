"""What a customer paid with before there were payment methods, and where they send money to, with the SDK."""

import pytest
from stripe import CardError, InvalidRequestError


@pytest.fixture
def customer(client):
    """A customer without anything."""
    return client.v1.customers.create({})


def test_a_card_is_changed(client, customer):
    sources = client.v1.customers.payment_sources
    card = sources.create(customer.id, {"source": "tok_visa"})

    changed = sources.update(
        customer.id,
        card.id,
        {"exp_month": "5", "exp_year": "40", "name": "Jenny", "metadata": {"a": "1"}},
    )

    assert (changed.exp_month, changed.exp_year, changed.name) == (5, 2040, "Jenny")
    assert changed.metadata.to_dict() == {"a": "1"}
    with pytest.raises(InvalidRequestError, match="expiration month"):
        sources.update(customer.id, card.id, {"exp_month": "13"})
    with pytest.raises(InvalidRequestError, match="expiration month"):
        sources.update(customer.id, card.id, {"exp_month": "²"})
    with pytest.raises(InvalidRequestError, match="account_holder_name"):
        sources.update(customer.id, card.id, {"account_holder_name": "Jenny"})


def test_the_charge_of_an_invoice_shows_the_card_that_paid_it(stripe, team_price):
    customer = stripe.Customer.create(source="tok_visa")
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    [charge] = stripe.Charge.list().data

    assert charge.source.id == charge.payment_method == customer.default_source
    assert (charge.source.object, charge.source.last4) == ("card", "4242")


def test_sources_are_listed_by_what_they_are(client, customer):
    sources = client.v1.customers.payment_sources
    card = sources.create(customer.id, {"source": "tok_visa"})
    bank = sources.create(customer.id, {"source": "btok_us_verified"})

    assert [each.id for each in sources.list(customer.id).data] == [bank.id, card.id]
    assert [each.id for each in sources.list(customer.id, {"object": "card"}).data] == [card.id]
    assert sources.retrieve(customer.id, bank.id).object == "bank_account"
    held = sources.update(customer.id, bank.id, {"account_holder_name": "Jenny"})
    assert held.account_holder_name == "Jenny"


ACCOUNT = {
    "object": "bank_account",
    "country": "US",
    "currency": "usd",
    "account_holder_name": "Jenny Rosen",
    "account_holder_type": "individual",
    "routing_number": "110000000",
    "account_number": "000123456789",
}


def test_a_bank_account_is_described_where_it_is_added(client, customer):
    sources = client.v1.customers.payment_sources

    bank = sources.create(customer.id, {"source": ACCOUNT})
    verified = client.v1.customers.payment_sources.verify(
        customer.id, bank.id, {"amounts": [32, 45]}
    )

    assert (bank.last4, bank.account_holder_name, bank.status) == ("6789", "Jenny Rosen", "new")
    assert verified.status == "verified"
    assert client.v1.customers.retrieve(customer.id).default_source == bank.id


def test_a_customers_bank_account_needs_a_holder(client, customer):
    nobodys = {**ACCOUNT, "account_holder_name": ""}

    with pytest.raises(InvalidRequestError) as refused:
        client.v1.customers.payment_sources.create(customer.id, {"source": nobodys})

    assert refused.value.param == "source[account_holder_name]"


def test_a_card_is_not_described(client, customer):
    card = {"object": "card", "number": "4242424242424242", "exp_month": 12, "exp_year": 2034}

    with pytest.raises(CardError, match="Sending credit card numbers directly"):
        client.v1.customers.payment_sources.create(customer.id, {"source": card})


@pytest.mark.parametrize(
    ("account", "status", "code"),
    [
        ("btok_us_verified", "succeeded", None),
        ("btok_us_verified_insufficientFunds", "failed", "insufficient_funds"),
        ("btok_us_verified_accountClosed", "failed", "account_closed"),
    ],
)
def test_a_bank_account_is_debited_by_a_charge(client, customer, account, status, code):
    bank = client.v1.customers.payment_sources.create(customer.id, {"source": account})
    told = {"amount": 500, "currency": "usd", "customer": customer.id}

    charge = client.v1.charges.create({**told, "source": bank.id})

    answered = client.v1.charges.retrieve(charge.id)
    details = charge.payment_method_details.ach_debit
    assert (charge.id[:3], charge.status, charge.paid) == ("py_", "pending", False)
    assert (details.last4, details.routing_number) == (bank.last4, "110000000")
    assert (answered.status, answered.failure_code) == (status, code)
    types = {each.type for each in client.v1.events.list({"limit": 100}).data}
    assert {"charge.pending", f"charge.{status}"} <= types


def test_a_bank_may_not_answer_to_a_charge(client, customer):
    sources = client.v1.customers.payment_sources
    told = {"source": {**ACCOUNT, "account_number": "000000000009"}}
    bank = sources.create(customer.id, told)
    sources.verify(customer.id, bank.id, {"amounts": [32, 45]})

    charge = client.v1.charges.create(
        {"amount": 500, "currency": "usd", "customer": customer.id, "source": bank.id}
    )

    assert client.v1.charges.retrieve(charge.id).status == "pending"


@pytest.mark.parametrize(
    ("account", "status"),
    [("btok_us_verified", "succeeded"), ("btok_us_verified_noAccount", "canceled")],
)
def test_what_is_given_back_of_a_debit_waits_for_the_bank(client, traveller, account, status):
    owner = traveller.customer.id
    bank = client.v1.customers.payment_sources.create(owner, {"source": account})
    charge = client.v1.charges.create(
        {"amount": 500, "currency": "usd", "customer": owner, "source": bank.id}
    )

    refund = client.v1.refunds.create({"charge": charge.id})
    traveller.advance(traveller.clock.frozen_time + 60)

    assert (refund.status, refund.pending_reason) == ("pending", "charge_pending")
    assert client.v1.refunds.retrieve(refund.id).status == status


@pytest.mark.parametrize(
    ("account", "status", "invoice"),
    [
        ("btok_us_verified", "active", "paid"),
        ("btok_us_verified_insufficientFunds", "incomplete", "open"),
        ("btok_us_unverified", "incomplete", "open"),
    ],
)
def test_a_subscriber_pays_from_a_bank_account(client, team_price, account, status, invoice):
    customer = client.v1.customers.create({"source": account})

    made = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": team_price.id}]}
    )

    then = client.v1.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    [charge] = client.v1.charges.list({"customer": customer.id}).data
    assert (made.status, then.status, then.latest_invoice.status) == ("incomplete", status, invoice)
    assert charge.payment_method_details.type == "ach_debit"
    assert charge.id.startswith("py_")


def test_a_debit_has_shares_as_a_charge_has(client, customer):
    client.v1.customers.payment_sources.create(customer.id, {"source": "btok_us_verified"})

    with pytest.raises(InvalidRequestError) as refused:
        client.v1.charges.create(
            {
                "amount": 500,
                "currency": "usd",
                "customer": customer.id,
                "application_fee_amount": 100,
            }
        )

    assert refused.value.param == "application_fee_amount"


def test_a_bank_account_is_only_debited_in_dollars(client, stripe):
    customer = client.v1.customers.create({"source": "btok_us_verified"})
    invoice = stripe.Invoice.create(customer=customer.id, currency="eur")
    stripe.InvoiceItem.create(customer=customer.id, invoice=invoice.id, amount=500, currency="eur")

    with pytest.raises(InvalidRequestError) as charged:
        client.v1.charges.create({"amount": 500, "currency": "eur", "customer": customer.id})
    with pytest.raises(CardError) as paid:
        stripe.Invoice.pay(stripe.Invoice.finalize_invoice(invoice.id).id)

    assert (charged.value.code, charged.value.param) == ("invalid_currency", "currency")
    assert paid.value.code == "invalid_currency"


def test_only_a_verified_bank_account_is_debited_by_a_charge(client, customer):
    client.v1.customers.payment_sources.create(customer.id, {"source": ACCOUNT})

    with pytest.raises(InvalidRequestError) as refused:
        client.v1.charges.create({"amount": 500, "currency": "usd", "customer": customer.id})

    assert refused.value.code == "bank_account_unverified"


@pytest.mark.parametrize(
    ("currency", "transfer", "country", "types"),
    [
        ("usd", {"type": "us_bank_transfer"}, "US", ["aba", "swift"]),
        (
            "eur",
            {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}},
            "FR",
            ["iban"],
        ),
        ("gbp", {"type": "gb_bank_transfer"}, "GB", ["sort_code"]),
        ("jpy", {"type": "jp_bank_transfer"}, "JP", ["zengin"]),
        ("mxn", {"type": "mx_bank_transfer"}, "MX", ["spei"]),
    ],
)
def test_a_customer_has_an_account_to_send_money_to(
    client, customer, currency, transfer, country, types
):
    def instructions():
        return client.v1.customers.funding_instructions.create(
            customer.id,
            {"currency": currency, "funding_type": "bank_transfer", "bank_transfer": transfer},
        )

    first = instructions()

    assert (first.currency, first.bank_transfer.country) == (currency, country)
    assert [each.type for each in first.bank_transfer.financial_addresses] == types
    assert instructions().to_dict() == first.to_dict()


@pytest.mark.parametrize(
    ("currency", "transfer"),
    [
        ("usd", {"type": "gb_bank_transfer"}),
        ("eur", {"type": "eu_bank_transfer"}),
        ("eur", {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "US"}}),
        ("chf", {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "DE"}}),
    ],
)
def test_transfers_that_cannot_be_are_refused(client, customer, currency, transfer):
    with pytest.raises(InvalidRequestError, match=r"_bank_transfer|country"):
        client.v1.customers.funding_instructions.create(
            customer.id,
            {"currency": currency, "funding_type": "bank_transfer", "bank_transfer": transfer},
        )


def test_a_payment_by_bank_transfer_says_where_to(client, customer):
    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "customer": customer.id,
            "payment_method_data": {"type": "customer_balance"},
            "payment_method_options": {
                "customer_balance": {
                    "funding_type": "bank_transfer",
                    "bank_transfer": {"type": "us_bank_transfer"},
                }
            },
            "confirm": True,
            "return_url": "https://example.com",
        }
    )

    addresses = intent.next_action.display_bank_transfer_instructions.financial_addresses
    known = client.v1.customers.funding_instructions.create(
        customer.id,
        {
            "currency": "usd",
            "funding_type": "bank_transfer",
            "bank_transfer": {"type": "us_bank_transfer"},
        },
    )
    assert [each.to_dict() for each in addresses] == [
        each.to_dict() for each in known.bank_transfer.financial_addresses
    ]


def test_a_connected_accounts_bank_account_is_no_source_of_a_customer(client, customer):
    connected = client.v1.accounts.create({"type": "custom", "country": "US"})
    bank = client.v1.accounts.external_accounts.create(
        connected.id, {"external_account": "btok_us_verified"}
    )

    with pytest.raises(InvalidRequestError) as refused:
        client.v1.customers.payment_sources.update(customer.id, bank.id, {"metadata": {"a": "1"}})

    assert refused.value.code == "resource_missing"


def test_a_bank_account_is_given_to_a_customer_once(stripe):
    customer = stripe.Customer.create(source="btok_us_verified")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create_source(customer.id, source="btok_us_verified")

    assert refused.value.code == "bank_account_exists"


@pytest.mark.parametrize(
    ("routing", "number", "code"),
    [
        ("110000001", "000123456789", "routing_number_invalid"),
        ("²" * 9, "000123456789", "routing_number_invalid"),
        ("110000000", "ABC123456789", "account_number_invalid"),
        ("110000000", "12", "account_number_invalid"),
    ],
)
def test_numbers_that_no_account_has_are_refused(stripe, routing, number, code):
    account = {"country": "US", "currency": "usd"}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Token.create(
            bank_account={**account, "routing_number": routing, "account_number": number}
        )

    assert refused.value.code == code
