"""Resuming a subscription when that is paid for, with the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31 = 1_706_702_400
SUCCESS = "resume_on_payment_success"


@pytest.fixture
def paused(stripe, traveller, team_price):
    """A subscription that is paused, ten days after it began."""
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    traveller.advance(JANUARY_31 + 10 * DAY)
    return stripe.Subscription.pause(subscription.id)


@pytest.fixture
def poor(stripe, traveller, paused):
    """The same, of whom nothing can be charged."""
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(paused.id, default_payment_method=bad.id)
    return paused


def test_what_is_paid_at_once_is_resumed_at_once(stripe, paused):
    resumed = stripe.Subscription.resume(
        paused.id, payment_behavior=SUCCESS, expand=["latest_invoice"]
    )

    assert (resumed.status, resumed.latest_invoice.amount_paid) == ("active", 1200)
    assert "status_details" not in resumed


def test_what_is_not_paid_stays_paused_until_it_is(stripe, poor):
    still = stripe.Subscription.resume(poor.id, payment_behavior=SUCCESS, expand=["latest_invoice"])
    stripe.Invoice.pay(still.latest_invoice.id, payment_method="pm_card_visa")

    resumed = stripe.Subscription.retrieve(poor.id)
    assert (still.status, still.latest_invoice.status) == ("paused", "open")
    assert still.status_details.paused.type == "subscription"
    assert still.pending_update is None
    assert still["items"].data[0].current_period_start == JANUARY_31
    assert resumed.status == "active"
    assert resumed.billing_cycle_anchor == JANUARY_31 + 10 * DAY
    assert "status_details" not in resumed
    told = [event.type for event in stripe.Event.list(limit=100).data]
    assert told.count("customer.subscription.resumed") == 1
    assert "customer.subscription.pending_update_applied" not in told


def test_voiding_the_invoice_leaves_it_paused(stripe, poor):
    still = stripe.Subscription.resume(poor.id, payment_behavior=SUCCESS)

    stripe.Invoice.void_invoice(still.latest_invoice)

    assert stripe.Subscription.retrieve(poor.id).status == "paused"


def test_resuming_again_takes_the_place_of_what_waited(stripe, poor):
    first = stripe.Subscription.resume(poor.id, payment_behavior=SUCCESS)
    second = stripe.Subscription.resume(poor.id, payment_behavior=SUCCESS)

    assert stripe.Invoice.retrieve(first.latest_invoice).status == "void"
    assert stripe.Invoice.retrieve(second.latest_invoice).status == "open"
