"""What Stripe Tax knows of a customer (https://docs.stripe.com/tax/customer-locations)."""

import pytest

GERMANY = {"country": "DE"}
TAXED = {"automatic_tax": {"enabled": True}}


@pytest.fixture
def collecting(stripe):
    """The account sells from Germany and collects tax there."""
    stripe.tax.Settings.modify(head_office={"address": GERMANY})
    standard = {"place_of_supply_scheme": "standard"}
    stripe.tax.Registration.create(
        country="DE",
        country_options={"de": {"type": "standard", "standard": standard}},
        active_from="now",
    )


@pytest.fixture
def price(stripe):
    return stripe.Price.create(
        currency="eur",
        unit_amount=1000,
        recurring={"interval": "month"},
        product_data={"name": "Tea"},
        tax_behavior="exclusive",
    ).id


def tax_of(stripe, **customer):
    made = stripe.Customer.create(**customer)
    return stripe.Customer.retrieve(made.id, expand=["tax"]).tax.to_dict()


def test_the_tax_is_shown_when_it_is_asked_for(stripe):
    assert "tax" not in stripe.Customer.create(address=GERMANY)


@pytest.mark.parametrize(
    ("customer", "country", "source"),
    [
        ({"address": GERMANY}, "DE", "billing_address"),
        ({"address": GERMANY, "shipping": {"name": "A", "address": {"country": "FR"}}}, "FR", "shipping_destination"),
        ({"source": "tok_fr"}, "FR", "payment_method"),
    ],
)  # fmt: skip
def test_a_customer_is_where_its_addresses_say(stripe, customer, country, source):
    location = tax_of(stripe, **customer)["location"]

    assert location == {"country": country, "source": source, "state": None}


def test_an_address_that_is_too_vague_is_no_location(stripe, collecting):
    shipping = {"name": "A", "address": {"country": "US"}}

    found = tax_of(stripe, address=GERMANY, shipping=shipping, tax={"ip_address": "203.0.113.7"})

    assert found == {
        "automatic_tax": "unrecognized_location",
        "ip_address": "203.0.113.7",
        "location": None,
        "provider": "stripe",
    }


def test_tax_is_collected_where_the_account_is_registered(stripe, collecting):
    canada = {"country": "CA", "state": "ON"}

    here, there = tax_of(stripe, address=GERMANY), tax_of(stripe, address=canada)

    assert here["automatic_tax"] == "supported"
    assert there["automatic_tax"] == "not_collecting"
    assert there["location"]["state"] == "ON"


def test_a_location_is_validated_at_once_when_that_is_asked_for(stripe):
    at_once = {"validate_location": "immediately"}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(tax=at_once)
    customer = stripe.Customer.create(address=GERMANY, tax=at_once)

    assert refused.value.code == "customer_tax_location_invalid"
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Customer.modify(customer.id, address="", tax=at_once)
    assert stripe.Customer.retrieve(customer.id).address.country == "DE"


def test_a_customer_whose_subscription_is_taxed_has_to_stay_somewhere(stripe, collecting, price):
    customer = stripe.Customer.create(
        address=GERMANY,
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    stripe.Subscription.create(customer=customer.id, items=[{"price": price}], **TAXED)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.modify(customer.id, address="")
    stripe.Customer.modify(customer.id, name="Jenny")
    stripe.Customer.modify(customer.id, address="", tax={"validate_location": "deferred"})

    assert refused.value.code == "customer_tax_location_invalid"


def test_without_an_address_taxes_are_those_where_the_card_is(stripe, collecting, price):
    customer = stripe.Customer.create(source="tok_de")

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": price}], expand=["latest_invoice"], **TAXED
    )

    assert subscription.latest_invoice.total == 1190


def test_a_customer_comes_with_tax_ids(stripe):
    given = [{"type": "eu_vat", "value": "DE123456789"}, {"type": "us_ein", "value": "12-3456789"}]

    customer = stripe.Customer.create(tax_id_data=given, expand=["tax_ids"])

    known = [(each.type, each.value, each.customer) for each in customer.tax_ids.data]
    assert sorted(known) == [
        ("eu_vat", "DE123456789", customer.id),
        ("us_ein", "12-3456789", customer.id),
    ]
    types = [event.type for event in stripe.Event.list().data]
    assert types.count("customer.tax_id.created") == 2


def test_a_tax_id_that_cannot_be_one_makes_no_customer(stripe):
    given = [{"type": "us_ein", "value": "12-3456789"}, {"type": "eu_vat", "value": "12"}]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.create(tax_id_data=given)

    assert (refused.value.code, refused.value.param) == ("tax_id_invalid", "tax_id_data[1][value]")
    assert stripe.Customer.list().data == []
