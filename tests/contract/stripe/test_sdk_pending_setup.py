"""A payment method is set up for a subscription that costs nothing yet, with the SDK."""

import pytest


@pytest.fixture
def trial(stripe, team_price):
    """Begins a trial of a customer as Stripe's guide does."""

    def trial(customer, **terms):
        return stripe.Subscription.create(
            customer=customer.id,
            items=[{"price": team_price.id}],
            trial_period_days=14,
            payment_behavior="default_incomplete",
            payment_settings={"save_default_payment_method": "on_subscription"},
            expand=["pending_setup_intent"],
            **terms,
        )

    return trial


def test_who_has_nothing_to_pay_with_is_asked_for_it(stripe, trial):
    customer = stripe.Customer.create()

    subscription = trial(customer)

    intent = subscription.pending_setup_intent
    assert subscription.status == "trialing"
    assert (intent.status, intent.customer, intent.usage) == (
        "requires_payment_method",
        customer.id,
        "off_session",
    )
    assert intent.client_secret.startswith(f"{intent.id}_secret_")


def test_what_was_set_up_is_what_the_subscription_is_charged_with(stripe, trial):
    customer = stripe.Customer.create()
    subscription = trial(customer)

    confirmed = stripe.SetupIntent.confirm(
        subscription.pending_setup_intent.id,
        payment_method="pm_card_visa",
        return_url="https://example.com/done",
    )

    after = stripe.Subscription.retrieve(subscription.id)
    assert confirmed.status == "succeeded"
    assert (after.pending_setup_intent, after.default_payment_method) == (
        None,
        confirmed.payment_method,
    )
    assert stripe.PaymentMethod.retrieve(confirmed.payment_method).customer == customer.id


def test_who_has_a_card_that_needs_nothing_is_not_asked(stripe, trial, customer):
    assert trial(customer).pending_setup_intent is None
    assert stripe.SetupIntent.list().data == []


def test_who_has_to_authenticate_is_asked_to(stripe, trial):
    customer = stripe.Customer.create()
    card = stripe.PaymentMethod.attach("pm_card_authenticationRequired", customer=customer.id)

    subscription = trial(customer, default_payment_method=card.id)

    assert subscription.pending_setup_intent.status == "requires_action"


def test_what_is_paid_for_at_once_needs_no_setup(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    assert subscription.pending_setup_intent is None
