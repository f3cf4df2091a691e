"""What becomes of a renewal that fails: it is tried again for two weeks, and then the subscription ends. With the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
FEBRUARY_29 = 1_709_208_000
"""Noon, UTC, of the day on which a subscription that began on 31 January 2024 renews."""
CHARGED = FEBRUARY_29 + HOUR
BETWEEN = 42 * HOUR
"""Eight retries in two weeks."""


@pytest.fixture
def charged_with(stripe, traveller, subscription):
    """Has the subscription charged with another card, from its next renewal on."""

    def charged_with(card):
        method = stripe.PaymentMethod.attach(card, customer=traveller.customer.id)
        stripe.Subscription.modify(subscription.id, default_payment_method=method.id)

    return charged_with


@pytest.fixture
def renewal(stripe, subscription):
    """The latest invoice, as it is now."""

    def renewal():
        return stripe.Subscription.retrieve(
            subscription.id, expand=["latest_invoice"]
        ).latest_invoice

    return renewal


def charges(stripe, traveller):
    """Whether each charge of the customer has succeeded, the latest first."""
    return [each.paid for each in stripe.Charge.list(customer=traveller.customer.id)]


def test_a_renewal_is_tried_eight_times_more_and_then_the_subscription_ends(
    stripe, traveller, subscription, charged_with, renewal
):
    charged_with("pm_card_chargeCustomerFail")
    traveller.advance(CHARGED)
    late = renewal()

    traveller.advance(CHARGED + 8 * BETWEEN - 1)
    before = stripe.Subscription.retrieve(subscription.id)
    traveller.advance(CHARGED + 8 * BETWEEN)

    assert (late.attempt_count, late.next_payment_attempt) == (1, CHARGED + BETWEEN)
    assert before.status == "past_due"
    ended = stripe.Subscription.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", CHARGED + 14 * DAY)
    assert ended.cancellation_details.reason == "payment_failed"
    invoice = renewal()
    assert (invoice.status, invoice.attempt_count) == ("open", 9)
    assert (invoice.auto_advance, invoice.next_payment_attempt) == (False, None)
    assert charges(stripe, traveller) == [*[False] * 9, True]
    failures = stripe.Event.list(type="invoice.payment_failed", limit=100).data[::-1]
    assert [each.data.object.next_payment_attempt for each in failures] == [
        *[CHARGED + tries * BETWEEN for tries in range(1, 9)],
        None,
    ]


def test_a_retry_that_succeeds_makes_it_active_again(
    stripe, traveller, subscription, charged_with, renewal
):
    charged_with("pm_card_chargeCustomerFail")
    traveller.advance(CHARGED)
    charged_with("pm_card_visa")

    traveller.advance(CHARGED + BETWEEN)

    invoice = renewal()
    assert (invoice.status, invoice.attempt_count) == ("paid", 2)
    assert invoice.next_payment_attempt is None
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def test_a_card_that_has_to_ask_is_not_charged_again(
    stripe, traveller, subscription, charged_with, renewal
):
    charged_with("pm_card_authenticationRequired")
    traveller.advance(CHARGED)

    traveller.advance(CHARGED + 2 * BETWEEN)

    assert renewal().attempt_count == 3
    assert len(stripe.Event.list(type="invoice.payment_action_required").data) == 1
    charged_with("pm_card_visa")
    traveller.advance(CHARGED + 3 * BETWEEN)
    assert (renewal().status, renewal().attempt_count) == ("paid", 4)


def test_a_first_payment_and_an_invoice_of_its_own_are_not_tried_again(
    stripe, traveller, team_price
):
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=500, currency="usd")
    invoice = stripe.Invoice.create(
        customer=traveller.customer.id,
        default_payment_method=bad.id,
        pending_invoice_items_behavior="include",
        auto_advance=True,
    )
    first = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        default_payment_method=bad.id,
        expand=["latest_invoice"],
    )

    traveller.advance(traveller.clock.frozen_time + 3 * HOUR)

    alone = stripe.Invoice.retrieve(invoice.id)
    assert (alone.status, alone.attempt_count, alone.next_payment_attempt) == ("open", 1, None)
    assert (first.status, first.latest_invoice.next_payment_attempt) == ("incomplete", None)
