"""The billing mode of a subscription, with the SDK."""

import pytest


@pytest.fixture
def classic(stripe, customer, team_price):
    """A subscription that is billed in the older way."""
    return stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], billing_mode={"type": "classic"}
    )


def test_a_subscription_is_migrated_to_flexible_billing(stripe, classic):
    migrated = stripe.Subscription.migrate(classic.id, billing_mode={"type": "flexible"})

    assert (classic.billing_mode.type, migrated.billing_mode.type) == ("classic", "flexible")
    assert migrated.billing_mode.updated_at >= classic.created
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Subscription.migrate(classic.id, billing_mode={"type": "flexible"})


def test_itemized_prorations_are_refused(stripe, classic):
    with pytest.raises(stripe.InvalidRequestError, match="does not emulate"):
        stripe.Subscription.migrate(
            classic.id,
            billing_mode={"type": "flexible", "flexible": {"proration_discounts": "itemized"}},
        )
