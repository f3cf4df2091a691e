"""Sources of cards, the oldest way to pay that Stripe goes on supporting, with the SDK
(https://docs.stripe.com/sources/customers)."""

import pytest


@pytest.fixture
def source(stripe):
    """The source of a Visa."""
    return stripe.Source.create(type="card", token="tok_visa", owner={"email": "jenny@example.com"})


def test_the_source_of_a_card_can_be_charged_at_once(stripe, source):
    assert (source.status, source.flow, source.usage) == ("chargeable", "none", "reusable")
    assert (source.card.brand, source.card.last4) == ("Visa", "4242")
    assert (source.owner.email, source.owner.verified_email) == ("jenny@example.com", None)
    assert stripe.Event.list(type="source.chargeable").data[0].data.object.id == source.id


def test_a_source_without_a_customer_is_used_up_by_a_charge(stripe, source):
    charge = stripe.Charge.create(amount=1000, currency="usd", source=source.id)

    assert (charge.source.id, charge.payment_method_details.card.brand) == (source.id, "visa")
    assert stripe.Source.retrieve(source.id).status == "consumed"
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.Charge.create(amount=1000, currency="usd", source=source.id)
    assert again.value.param == "source"


def test_a_customers_source_is_charged_again_and_again(stripe, source):
    customer = stripe.Customer.create(source=source.id)

    for _ in range(2):
        charge = stripe.Charge.create(amount=1000, currency="usd", customer=customer.id)
        assert charge.customer == customer.id

    assert customer.default_source == source.id
    assert stripe.Source.retrieve(source.id).status == "chargeable"
    assert [each.id for each in stripe.Customer.list_sources(customer.id)] == [source.id]
    assert len(stripe.Event.list(type="customer.source.created").data) == 1


def test_a_detached_source_is_used_up(stripe, source):
    customer = stripe.Customer.create()
    attached = stripe.Customer.create_source(customer.id, source=source.id)

    detached = stripe.Customer.delete_source(customer.id, source.id)

    assert (attached.id, attached.customer) == (source.id, customer.id)
    assert (detached.id, detached.object, detached.status) == (source.id, "source", "consumed")
    assert stripe.Customer.retrieve(customer.id).default_source is None
    assert len(stripe.Event.list(type="customer.source.deleted").data) == 1


def test_a_subscription_is_paid_from_the_source_of_a_customer(stripe, source, team_price):
    customer = stripe.Customer.create(source=source.id)

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    assert subscription.status == "active"


def test_a_source_whose_bank_declines_is_declined(stripe):
    source = stripe.Source.create(type="card", token="tok_chargeCustomerFail")
    customer = stripe.Customer.create(source=source.id)

    with pytest.raises(stripe.CardError):
        stripe.Charge.create(amount=1000, currency="usd", customer=customer.id)


@pytest.mark.parametrize("older", ["card", "source"])
def test_an_older_card_is_a_payment_method_too(stripe, source, older):
    customer = stripe.Customer.create(source="tok_visa" if older == "card" else source.id)
    id = customer.default_source

    paid = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        customer=customer.id,
        payment_method=id,
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
        confirm=True,
    )

    assert (paid.status, paid.payment_method) == ("succeeded", id)
    assert stripe.Charge.retrieve(paid.latest_charge).payment_method == id
    assert [each.id for each in stripe.PaymentMethod.list(customer=customer.id)] == [id]
    assert stripe.PaymentMethod.retrieve(id).card.last4 == "4242"
    assert stripe.Event.list(type="payment_method.attached").data == []


def test_an_older_card_that_is_detached_is_gone(stripe):
    customer = stripe.Customer.create(source="tok_visa")
    other = stripe.Customer.create(source="tok_visa")

    stripe.PaymentMethod.detach(customer.default_source)
    stripe.Customer.delete_source(other.id, other.default_source)

    for each in (customer, other):
        left = stripe.Customer.retrieve(each.id, expand=["sources"])
        assert (left.default_source, left.sources.data) == (None, [])
        assert stripe.PaymentMethod.list(customer=each.id).data == []


def test_what_is_changed_of_an_older_card_is_changed_of_the_payment_method(stripe):
    customer = stripe.Customer.create(source="tok_visa")
    id = customer.default_source

    stripe.Customer.modify_source(
        customer.id, id, exp_month=3, exp_year=2040, name="Jenny", address_zip="94107"
    )

    method = stripe.PaymentMethod.retrieve(id)
    assert (method.card.exp_month, method.card.exp_year) == (3, 2040)
    assert method.billing_details.name == "Jenny"
    assert method.billing_details.address.postal_code == "94107"


def test_a_customers_source_has_metadata_and_an_owner(stripe, source):
    customer = stripe.Customer.create()
    card = stripe.Customer.create_source(customer.id, source="tok_visa", metadata={"old": "1"})
    stripe.Customer.create_source(customer.id, source=source.id)

    changed = stripe.Customer.modify_source(customer.id, source.id, owner={"name": "Jenny"})

    assert card.metadata.to_dict() == {"old": "1"}
    assert (changed.owner.name, changed.owner.email) == ("Jenny", "jenny@example.com")
