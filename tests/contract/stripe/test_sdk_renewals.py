"""The months that follow: renewals on a test clock, with the SDK."""

import pytest

HOUR = 3600
DAY = 86_400
FEBRUARY_29, MARCH_31, APRIL_30 = 1_709_208_000, 1_711_886_400, 1_714_478_400
"""Noon, UTC, of the days on which a subscription that began on 31 January 2024 renews."""


def test_each_month_brings_a_paid_invoice(stripe, traveller, subscription):
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    traveller.advance(MARCH_31 + 2 * HOUR)

    march, february, january = stripe.Invoice.list(customer=traveller.customer.id).data
    assert [invoice.status for invoice in (january, february, march)] == ["paid"] * 3
    assert [invoice.created for invoice in (january, february, march)] == [
        1_706_702_400,
        FEBRUARY_29,
        MARCH_31,
    ]
    assert [invoice.billing_reason for invoice in (january, february, march)] == [
        "subscription_create",
        "subscription_cycle",
        "subscription_cycle",
    ]
    prefix = january.number[:-5]
    assert [february.number, march.number] == [f"{prefix}-0002", f"{prefix}-0003"]
    assert len(stripe.Charge.list(customer=traveller.customer.id).data) == 3


def test_periods_end_on_the_last_day_of_short_months(stripe, traveller, subscription):
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    traveller.advance(MARCH_31 + 2 * HOUR)

    march, february, _ = stripe.Invoice.list(customer=traveller.customer.id).data
    [item] = stripe.Subscription.retrieve(subscription.id)["items"].data
    assert february.lines.data[0].period.to_dict() == {"start": FEBRUARY_29, "end": MARCH_31}
    assert march.lines.data[0].period.to_dict() == {"start": MARCH_31, "end": APRIL_30}
    assert (item.current_period_start, item.current_period_end) == (MARCH_31, APRIL_30)


def test_two_months_can_pass_at_once(stripe, traveller, subscription):
    traveller.advance(MARCH_31)

    created = [invoice.created for invoice in stripe.Invoice.list(customer=traveller.customer.id)]
    assert created == [MARCH_31, FEBRUARY_29, 1_706_702_400]


def test_a_renewal_is_a_draft_for_an_hour(stripe, traveller, subscription):
    traveller.advance(FEBRUARY_29)
    draft = stripe.Invoice.retrieve(stripe.Subscription.retrieve(subscription.id).latest_invoice)

    traveller.advance(FEBRUARY_29 + HOUR)
    paid = stripe.Invoice.retrieve(draft.id)

    assert (draft.status, draft.number, draft.auto_advance) == ("draft", None, True)
    assert draft.automatically_finalizes_at == FEBRUARY_29 + HOUR
    assert (paid.status, paid.status_transitions.paid_at) == ("paid", FEBRUARY_29 + HOUR)
    assert (paid.period_start, paid.period_end) == (1_706_702_400, FEBRUARY_29)


def test_a_card_that_stops_working_makes_it_past_due(stripe, traveller, subscription):
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(subscription.id, default_payment_method=bad.id)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    late = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (late.status, late.latest_invoice.status) == ("past_due", "open")
    assert late.latest_invoice.attempt_count == 1


def test_paying_the_open_invoice_makes_it_active_again(stripe, traveller, subscription):
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(subscription.id, default_payment_method=bad.id)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    invoice = stripe.Subscription.retrieve(subscription.id).latest_invoice

    with pytest.raises(stripe.CardError) as declined:
        stripe.Invoice.pay(invoice)
    good = traveller.customer.invoice_settings.default_payment_method
    paid = stripe.Invoice.pay(invoice, payment_method=good)

    assert declined.value.code == "card_declined"
    assert (paid.status, paid.attempt_count) == ("paid", 3)
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def test_a_renewal_without_a_payment_method_is_past_due(stripe, traveller, subscription):
    stripe.PaymentMethod.detach(traveller.customer.invoice_settings.default_payment_method)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert stripe.Subscription.retrieve(subscription.id).status == "past_due"


def test_pending_items_go_onto_the_next_invoice(stripe, traveller, subscription):
    stripe.InvoiceItem.create(
        customer=traveller.customer.id, amount=300, currency="usd", description="Setup"
    )

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    invoice = stripe.Invoice.retrieve(stripe.Subscription.retrieve(subscription.id).latest_invoice)
    assert invoice.amount_paid == 1500
    assert {line.description for line in invoice.lines} == {
        "Setup",
        "1 × Team (at $12.00 / month)",
    }


def test_a_trial_ends_in_the_first_charge(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], trial_period_days=7
    )
    begun = stripe.Invoice.retrieve(subscription.latest_invoice)

    traveller.advance(subscription.trial_end + 2 * HOUR)

    running = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (subscription.status, begun.total, begun.status) == ("trialing", 0, "paid")
    assert subscription.trial_end == 1_706_702_400 + 7 * DAY
    assert (running.status, running.latest_invoice.amount_paid) == ("active", 1200)
    assert running.billing_cycle_anchor == subscription.trial_end
    assert len(stripe.Charge.list(customer=traveller.customer.id).data) == 1


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("cancel", "canceled"), ("pause", "paused"), ("create_invoice", "past_due")],
)
def test_a_trial_without_a_payment_method_ends_as_it_was_told(
    stripe, traveller, team_price, behavior, status
):
    penniless = stripe.Customer.create(test_clock=traveller.clock.id)
    subscription = stripe.Subscription.create(
        customer=penniless.id,
        items=[{"price": team_price.id}],
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
    )

    traveller.advance(subscription.trial_end + 2 * HOUR)

    assert stripe.Subscription.retrieve(subscription.id).status == status


def test_the_first_payment_may_take_23_hours(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
    )

    traveller.advance(subscription.created + 22 * HOUR)
    waiting = stripe.Subscription.retrieve(subscription.id).status
    traveller.advance(subscription.created + 23 * HOUR)

    expired = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert waiting == "incomplete"
    assert (expired.status, expired.latest_invoice.status) == ("incomplete_expired", "void")


def test_a_clock_goes_forward_and_not_too_far(stripe, traveller, subscription):
    with pytest.raises(stripe.InvalidRequestError) as backwards:
        stripe.test_helpers.TestClock.advance(traveller.clock.id, frozen_time=1)
    with pytest.raises(stripe.InvalidRequestError) as too_far:
        stripe.test_helpers.TestClock.advance(traveller.clock.id, frozen_time=APRIL_30 + 2 * DAY)

    assert (backwards.value.param, too_far.value.param) == ("frozen_time", "frozen_time")
    assert "two intervals" in too_far.value.user_message


def test_deleting_a_clock_deletes_who_lives_on_it(stripe, traveller, subscription):
    deleted = stripe.test_helpers.TestClock.delete(traveller.clock.id)

    assert deleted.deleted is True
    assert stripe.Customer.retrieve(traveller.customer.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        stripe.Subscription.retrieve(subscription.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such test_clock"):
        stripe.test_helpers.TestClock.retrieve(traveller.clock.id)


def test_who_lives_on_a_clock_is_listed_when_it_is_asked_for(stripe, traveller, customer):
    of_clock = stripe.Customer.list(test_clock=traveller.clock.id)
    others = stripe.Customer.list()

    assert [each.id for each in of_clock] == [traveller.customer.id]
    assert [each.id for each in others] == [customer.id]


def test_a_renewal_waits_for_the_cardholder_to_authenticate(stripe, traveller, subscription):
    card = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    stripe.Subscription.modify(subscription.id, default_payment_method=card.id)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    renewed = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice.payments"])
    invoice = renewed.latest_invoice
    assert (renewed.status, invoice.status, invoice.attempt_count) == ("past_due", "open", 1)
    intent = stripe.PaymentIntent.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert (intent.status, intent.last_payment_error) == ("requires_action", None)
    [event] = stripe.Event.list(type="invoice.payment_action_required").data
    assert event.data.object.id == invoice.id


def test_paying_with_a_card_that_asks_says_that_it_does(stripe, traveller, subscription):
    card = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    invoice = stripe.Invoice.create(customer=traveller.customer.id)
    stripe.InvoiceItem.create(
        customer=traveller.customer.id, invoice=invoice.id, amount=1000, currency="usd"
    )

    with pytest.raises(stripe.CardError) as asked:
        stripe.Invoice.pay(invoice.id, payment_method=card.id)

    assert asked.value.code == "invoice_payment_intent_requires_action"
    assert stripe.Invoice.retrieve(invoice.id).status == "open"


def test_what_was_subscribed_to_last_is_billed_first(stripe, traveller, subscription, dearer):
    traveller.advance(FEBRUARY_29 - 5 * DAY)
    stripe.Subscription.modify(
        subscription.id, items=[{"price": dearer.id}], proration_behavior="none"
    )

    traveller.advance(FEBRUARY_29)

    renewed = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert [line.amount for line in renewed.latest_invoice.lines.data] == [3000, 1200]


def test_the_draft_of_a_renewal_cannot_be_deleted(stripe, traveller, subscription):
    traveller.advance(FEBRUARY_29)
    draft = stripe.Subscription.retrieve(subscription.id).latest_invoice

    with pytest.raises(stripe.InvalidRequestError, match="for a subscription"):
        stripe.Invoice.delete(draft)

    assert stripe.Invoice.retrieve(draft).status == "draft"
