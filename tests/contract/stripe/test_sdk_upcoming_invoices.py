"""Invoices that are still to come, with the SDK: announced and previewed."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400


def announced(stripe):
    """The events of what was announced, the first first."""
    return stripe.Event.list(type="invoice.upcoming", limit=100).data[::-1]


def test_an_invoice_is_announced_a_week_before(stripe, traveller, subscription):
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=300, currency="usd")

    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    traveller.advance(MARCH_31 + 2 * HOUR)

    events = announced(stripe)
    assert [event.created for event in events] == [FEBRUARY_29 - 7 * DAY, MARCH_31 - 7 * DAY]
    invoice = events[0].data.object
    assert "id" not in invoice
    assert (invoice.amount_due, invoice.billing_reason) == (1500, "upcoming")
    assert [line.amount for line in invoice.lines.data] == [300, 1200]
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.next_payment_attempt == FEBRUARY_29 + HOUR
    assert len(stripe.Invoice.list(subscription=subscription.id).data) == 3


def test_what_is_announced_is_not_billed_twice(stripe, traveller, subscription):
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=300, currency="usd")

    traveller.advance(FEBRUARY_29 - DAY)

    [item] = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    assert (item.invoice, len(announced(stripe))) == (None, 1)
    assert len(stripe.Invoice.list(subscription=subscription.id).data) == 1
    assert stripe.Subscription.retrieve(subscription.id)["items"].data[0].current_period_end == (
        FEBRUARY_29
    )


def test_the_first_invoice_after_a_trial_is_announced(stripe, traveller, team_price):
    stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], trial_period_days=10
    )

    traveller.advance(JANUARY_31 + 10 * DAY)

    [event] = announced(stripe)
    assert (event.created, event.data.object.amount_due) == (JANUARY_31 + 3 * DAY, 1200)


def test_what_a_schedule_will_sell_is_announced(stripe, traveller, team_price):
    dearer = stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=3000,
        recurring={"interval": "month"},
    )
    stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        phases=[{"items": [{"price": price.id}]} for price in (team_price, dearer)],
    )

    traveller.advance(FEBRUARY_29 - DAY)

    [event] = announced(stripe)
    assert event.data.object.amount_due == 3000


@pytest.mark.parametrize("interval", ["day", "week"])
def test_periods_that_are_no_longer_than_that_are_not_announced(
    stripe, traveller, team_price, interval
):
    price = stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=100,
        recurring={"interval": interval},
    )
    stripe.Subscription.create(customer=traveller.customer.id, items=[{"price": price.id}])

    traveller.advance(JANUARY_31 + 2 * DAY)

    assert announced(stripe) == []


def test_nothing_is_announced_of_what_ends(stripe, traveller, subscription):
    stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)

    traveller.advance(FEBRUARY_29)

    assert announced(stripe) == []


def test_a_preview_says_in_its_id_that_it_is_one(stripe, subscription):
    preview = stripe.Invoice.create_preview(subscription=subscription.id, expand=["customer"])

    assert preview.id.startswith("upcoming_in_")
    assert [line.invoice for line in preview.lines.data] == [preview.id]
    assert preview.customer.id == subscription.customer
    assert preview.billing_reason == "upcoming"
