"""Changes of a subscription that wait for their payment, with the SDK."""

import pytest

HOUR = 3600


@pytest.fixture
def upgrade(stripe, traveller, team_price, dearer):
    """Upgrade a subscription, which waits for the customer to authenticate."""
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    secure = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    stripe.Subscription.modify(subscription.id, default_payment_method=secure.id)
    [item] = subscription["items"].data

    def upgrade(**besides):
        return stripe.Subscription.modify(
            subscription.id,
            items=[{"id": item.id, "price": dearer.id}],
            proration_behavior="always_invoice",
            payment_behavior="pending_if_incomplete",
            expand=["latest_invoice.confirmation_secret"],
            **besides,
        )

    return upgrade


@pytest.fixture
def waiting(upgrade):
    """A subscription whose upgrade waits."""
    return upgrade()


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


def test_a_subscription_is_to_end_with_its_period_when_its_upgrade_is_paid(stripe, upgrade):
    waiting = upgrade(cancel_at_period_end=True)

    assert waiting.pending_update.cancel_at_period_end is True
    assert (waiting.cancel_at_period_end, waiting.cancel_at) == (False, None)

    stripe.Invoice.pay(waiting.latest_invoice.id, payment_method="pm_card_visa")

    updated = stripe.Subscription.retrieve(waiting.id)
    assert updated.cancel_at_period_end is True
    assert updated.cancel_at == updated["items"].data[0].current_period_end


def test_an_upgrade_expires_when_the_end_of_the_subscription_is_decided_otherwise(stripe, upgrade):
    waiting = upgrade(cancel_at_period_end=True)

    stays = stripe.Subscription.modify(waiting.id, cancel_at_period_end=True)
    assert stays.pending_update.cancel_at_period_end is True

    decided = stripe.Subscription.modify(waiting.id, cancel_at_period_end=False)
    assert (decided.pending_update, decided.cancel_at_period_end) == (None, False)
    assert "customer.subscription.pending_update_expired" in types(stripe)


def test_an_item_that_is_removed_is_there_until_that_is_paid_for(
    stripe, traveller, team_price, dearer
):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": dearer.id}, {"price": team_price.id}]
    )
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=5000, currency="usd")
    first, second = subscription["items"].data
    secure = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    stripe.Subscription.modify(subscription.id, default_payment_method=secure.id)

    stripe.SubscriptionItem.delete(
        second.id, payment_behavior="pending_if_incomplete", proration_behavior="always_invoice"
    )

    waiting = stripe.Subscription.retrieve(subscription.id)
    assert [item.id for item in waiting["items"].data] == [first.id, second.id]
    assert [item.id for item in waiting.pending_update.subscription_items] == [first.id]

    stripe.Invoice.pay(waiting.latest_invoice, payment_method="pm_card_visa")

    [left] = stripe.Subscription.retrieve(subscription.id)["items"].data
    assert left.id == first.id
