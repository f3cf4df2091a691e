"""Changes of a subscription that wait for their payment, with the SDK."""

import pytest

HOUR = 3600


@pytest.fixture
def waiting(stripe, traveller, team_price, dearer):
    """A subscription whose upgrade waits for the customer to authenticate."""
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    secure = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    stripe.Subscription.modify(subscription.id, default_payment_method=secure.id)
    [item] = subscription["items"].data
    return stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "price": dearer.id}],
        proration_behavior="always_invoice",
        payment_behavior="pending_if_incomplete",
        expand=["latest_invoice.confirmation_secret"],
    )


def types(stripe):
    """What has happened."""
    return {event.type for event in stripe.Event.list(limit=100).data}


def test_an_upgrade_is_made_when_it_is_paid(stripe, waiting, dearer, team_price):
    assert waiting["items"].data[0].price.id == team_price.id
    assert waiting.pending_update.subscription_items[0].price.id == dearer.id
    assert waiting.latest_invoice.status == "open"
    assert waiting.latest_invoice.confirmation_secret.client_secret

    stripe.Invoice.pay(waiting.latest_invoice.id, payment_method="pm_card_visa")

    updated = stripe.Subscription.retrieve(waiting.id)
    assert updated["items"].data[0].price.id == dearer.id
    assert updated.pending_update is None
    assert "customer.subscription.pending_update_applied" in types(stripe)


def test_an_upgrade_expires(stripe, traveller, waiting, team_price):
    traveller.advance(waiting.pending_update.expires_at)

    unchanged = stripe.Subscription.retrieve(waiting.id, expand=["latest_invoice"])
    assert unchanged.pending_update is None
    assert unchanged["items"].data[0].price.id == team_price.id
    assert (unchanged.status, unchanged.latest_invoice.status) == ("active", "void")
    assert "customer.subscription.pending_update_expired" in types(stripe)
