"""Usage that is billed before its period is over, with the SDK."""

import pytest

DAY, HOUR = 86_400, 3600
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000


@pytest.fixture
def use(stripe, traveller):
    """Reports calls of the customer whose time began on 31 January 2024, now."""

    def use(count):
        payload = {"stripe_customer_id": traveller.customer.id, "value": str(count)}
        stripe.billing.MeterEvent.create(event_name="calls", payload=payload)

    return use


def billed(stripe, traveller):
    """Why each invoice was made and what it comes to, the oldest first."""
    listed = stripe.Invoice.list(customer=traveller.customer.id).data
    return [(each.billing_reason, each.total) for each in reversed(listed)]


def test_usage_that_comes_to_an_amount_is_billed_at_once(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
    )
    traveller.advance(JANUARY_31 + DAY)
    use(150)
    before = billed(stripe, traveller)
    traveller.advance(JANUARY_31 + 2 * DAY)
    use(60)
    draft = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"]).latest_invoice
    traveller.advance(JANUARY_31 + 3 * DAY)
    use(10)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert subscription.billing_thresholds.amount_gte == 1000
    assert before == []
    assert (draft.status, draft.automatically_finalizes_at) == (
        "draft",
        JANUARY_31 + 2 * DAY + HOUR,
    )
    assert billed(stripe, traveller) == [
        ("subscription_threshold", 1050),
        ("subscription_cycle", 50),
    ]
    assert stripe.Invoice.retrieve(draft.id).status == "paid"


def test_an_item_has_a_threshold_of_its_own(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id, "billing_thresholds": {"usage_gte": 100}}],
    )
    traveller.advance(JANUARY_31 + DAY)

    use(99)
    before = billed(stripe, traveller)
    use(1)

    assert subscription["items"].data[0].billing_thresholds.usage_gte == 100
    assert before == []
    assert billed(stripe, traveller) == [("subscription_threshold", 500)]


def test_a_threshold_is_taken_away(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
    )

    changed = stripe.Subscription.modify(subscription.id, billing_thresholds="")
    traveller.advance(JANUARY_31 + DAY)
    use(500)

    assert changed.billing_thresholds is None
    assert billed(stripe, traveller) == []
