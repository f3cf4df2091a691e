"""Events of an account whose version is an older one have the form of that version, whoever reads them
(https://docs.stripe.com/webhooks/versioning).
"""

import pytest

from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from localstack_stripe.testing.fixture import EmulatorServer

VERSION = "2023-08-16"


@pytest.fixture(scope="module")
def older_server():
    """An emulator whose accounts have an older version."""
    settings = StripeSettings(bind=Address("127.0.0.1", 0), api_version=VERSION)
    emulator = StripeEmulator(settings)
    emulator.start()
    yield EmulatorServer(emulator.endpoints()[0].url)
    emulator.stop()


@pytest.fixture
def stripe(stripe, older_server, monkeypatch):
    """The SDK of today, with a fresh account there."""
    account = older_server.fresh_account()
    monkeypatch.setattr(stripe, "api_base", account.api_base)
    monkeypatch.setattr(stripe, "api_key", account.api_key)
    return stripe


@pytest.fixture
def event(stripe):
    """The last event of a type."""
    return lambda type: stripe.Event.list(type=type, limit=1).data[0]


def test_an_event_shows_what_there_was_in_its_version(stripe, event, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    paid = event("invoice.paid")

    invoice = paid.data.object
    assert paid.api_version == VERSION
    assert (invoice.subscription, invoice.paid) == (subscription.id, True)
    assert invoice.lines.data[0].price.id == team_price.id
    assert stripe.PaymentIntent.retrieve(invoice.payment_intent).latest_charge == invoice.charge


def test_its_form_is_the_same_for_a_client_of_any_version(stripe, event, customer, team_price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    made = event("customer.subscription.created")
    seen = [
        stripe.Event.retrieve(made.id, stripe_version=each).to_dict()
        for each in (stripe.api_version, VERSION, "2020-08-27")
    ]

    assert seen == [made.to_dict()] * 3
    assert made.data.object.current_period_end > made.created


def test_an_update_says_what_was_before_in_its_version(stripe, event, customer, team_price):
    made = stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    stripe.Subscription.modify(made.id, discounts=[{"coupon": coupon.id}])

    updated = event("customer.subscription.updated")
    assert updated.data.previous_attributes.to_dict() == {"discount": None, "discounts": []}
    assert updated.data.object.discount.coupon.id == coupon.id


def test_what_is_kept_as_it_is_shown_today_had_another_form(stripe, event, pay):
    pay()

    assert event("payment_intent.succeeded").data.object.invoice is None


# What was never captured was refunded


def test_the_rest_of_a_capture_was_refunded(stripe, event, pay):
    intent = pay(capture_method="manual")

    stripe.PaymentIntent.capture(intent.id, amount_to_capture=600)

    refunded = event("charge.refunded")
    assert refunded.data.object.amount_refunded == 400
    assert refunded.data.previous_attributes.amount_refunded == 0
    assert event("charge.captured").data.object.amount_captured == 600


def test_what_was_held_was_refunded_when_it_was_released(stripe, event, pay):
    intent = pay(capture_method="manual")

    stripe.PaymentIntent.cancel(intent.id)

    refunded = event("charge.refunded").data.object
    assert (refunded.id, refunded.refunded) == (intent.latest_charge, True)


def test_an_event_destination_has_the_version_of_the_account(stripe):
    client = stripe.StripeClient(stripe.api_key, base_addresses={"api": stripe.api_base})

    made = client.v2.core.event_destinations.create(
        {
            "name": "Orders",
            "type": "webhook_endpoint",
            "event_payload": "snapshot",
            "enabled_events": ["charge.succeeded"],
            "webhook_endpoint": {"url": "https://example.com/hook"},
        }
    )

    assert made.snapshot_api_version == VERSION
