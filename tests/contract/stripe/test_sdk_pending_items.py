"""Pending invoice items that are billed between renewals, with the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000


@pytest.fixture
def subscription(stripe, traveller, team_price):
    """Twelve dollars a month; what is pending is billed every week."""
    return stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        pending_invoice_item_interval={"interval": "week"},
    )


def invoices(stripe, subscription):
    """What was billed, the first first: the reason and the amount."""
    found = stripe.Invoice.list(subscription=subscription.id).data[::-1]
    return [(invoice.billing_reason, invoice.amount_paid) for invoice in found]


def test_what_is_pending_is_billed_every_week(stripe, traveller, subscription):
    assert subscription.next_pending_invoice_item_invoice == JANUARY_31 + 7 * DAY
    traveller.advance(JANUARY_31 + 8 * DAY)
    stripe.InvoiceItem.create(
        customer=traveller.customer.id, subscription=subscription.id, amount=300, currency="usd"
    )

    traveller.advance(JANUARY_31 + 14 * DAY + 2 * HOUR)

    assert invoices(stripe, subscription) == [
        ("subscription_create", 1200),
        ("automatic_pending_invoice_item_invoice", 300),
    ]
    now = stripe.Subscription.retrieve(subscription.id)
    assert now.next_pending_invoice_item_invoice == JANUARY_31 + 21 * DAY
    assert now.status == "active"


def test_the_interval_is_taken_away(stripe, traveller, subscription):
    changed = stripe.Subscription.modify(subscription.id, pending_invoice_item_interval="")
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=300, currency="usd")

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert changed.next_pending_invoice_item_invoice is None
    assert invoices(stripe, subscription) == [
        ("subscription_create", 1200),
        ("subscription_cycle", 1500),
    ]


@pytest.mark.parametrize(("interval", "count"), [("day", 0), ("month", 13), ("year", 2)])
def test_an_interval_is_positive_and_a_year_at_most(stripe, subscription, interval, count):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(
            subscription.id,
            pending_invoice_item_interval={"interval": interval, "interval_count": count},
        )

    assert refused.value.param == "pending_invoice_item_interval[interval_count]"
