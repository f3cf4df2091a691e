"""What customers may use, by the features of the products that they are subscribed to. With the SDK."""

import pytest

HOUR = 3600
FEBRUARY_29 = 1_709_208_000


@pytest.fixture
def feature(stripe, team_price):
    """A feature of the product that the team price is for."""
    feature = stripe.entitlements.Feature.create(name="API access", lookup_key="api")
    stripe.Product.create_feature(team_price.product, entitlement_feature=feature.id)
    return feature


def keys(stripe, customer):
    """The lookup keys of what a customer may use."""
    listed = stripe.entitlements.ActiveEntitlement.list(customer=customer).data
    return [each.lookup_key for each in listed]


def summaries(stripe):
    """The lookup keys that each event told of, the oldest first."""
    listed = stripe.Event.list(type="entitlements.active_entitlement_summary.updated").data
    return [
        [each.lookup_key for each in event.data.object.entitlements.data]
        for event in reversed(listed)
    ]


def test_who_subscribes_may_use_what_the_product_has(stripe, customer, feature, team_price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    [entitlement] = stripe.entitlements.ActiveEntitlement.list(customer=customer.id).data
    assert (entitlement.feature, entitlement.lookup_key) == (feature.id, "api")
    assert stripe.entitlements.ActiveEntitlement.retrieve(entitlement.id) == entitlement
    [event] = stripe.Event.list(type="entitlements.active_entitlement_summary.updated").data
    assert event.data.object.customer == customer.id
    assert event.data.object.entitlements.data == [entitlement]
    assert event.data.previous_attributes["entitlements"]["data"] == []


def test_it_is_taken_back_when_the_subscription_ends(stripe, customer, feature, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    stripe.Subscription.cancel(subscription.id)

    assert keys(stripe, customer.id) == []
    assert summaries(stripe) == [["api"], []]


def test_nothing_may_be_used_before_the_first_payment(stripe, customer, feature, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
    )
    before = keys(stripe, customer.id)

    stripe.Invoice.pay(subscription.latest_invoice)

    assert before == []
    assert keys(stripe, customer.id) == ["api"]


def test_another_product_brings_other_features(stripe, customer, feature, team_price, dearer):
    other = stripe.entitlements.Feature.create(name="Support", lookup_key="support")
    product = stripe.Product.create(name="Pro")
    stripe.Product.create_feature(product.id, entitlement_feature=other.id)
    price = stripe.Price.create(
        product=product.id, currency="usd", unit_amount=3000, recurring={"interval": "month"}
    )
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    item = subscription["items"].data[0].id
    stripe.Subscription.modify(subscription.id, items=[{"id": item, "price": price.id}])

    assert keys(stripe, customer.id) == ["support"]


def test_what_a_product_is_given_later_counts_from_the_next_period_on(
    stripe, traveller, feature, team_price, subscription
):
    later = stripe.entitlements.Feature.create(name="Support", lookup_key="support")
    stripe.Product.create_feature(team_price.product, entitlement_feature=later.id)
    before = keys(stripe, traveller.customer.id)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert before == ["api"]
    assert sorted(keys(stripe, traveller.customer.id)) == ["api", "support"]


def test_a_lookup_key_is_used_once(stripe, feature):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.entitlements.Feature.create(name="Other", lookup_key="api")
    assert refused.value.param == "lookup_key"

    stripe.entitlements.Feature.modify(feature.id, active=False)

    assert stripe.entitlements.Feature.create(name="Other", lookup_key="api").active
