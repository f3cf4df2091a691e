"""How a subscription ends, and what of it is still billed, with the SDK."""

DAY = 86_400
HOUR = 3600
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000


def pending(stripe, traveller):
    """The amounts that wait for an invoice, the latest first."""
    listed = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    return [item.amount for item in listed]


def upgrade(stripe, traveller, subscription, dearer):
    """Ten days later, to thirty dollars a month."""
    traveller.advance(JANUARY_31 + 10 * DAY)
    item = subscription["items"].data[0].id
    return stripe.Subscription.modify(subscription.id, items=[{"id": item, "price": dearer.id}])


def test_a_running_subscription_has_details_of_no_cancellation(subscription):
    details = subscription.cancellation_details

    assert (details.reason, details.comment, details.feedback) == (None, None, None)


def test_what_is_pending_at_the_planned_end_is_billed(stripe, traveller, subscription, dearer):
    upgrade(stripe, traveller, subscription, dearer)
    stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)
    waiting = pending(stripe, traveller)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    ended = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    invoice = ended.latest_invoice
    assert ended.status == "canceled"
    assert (invoice.status, invoice.total) == ("paid", sum(waiting))
    assert [line.amount for line in invoice.lines.data] == waiting[::-1]
    assert pending(stripe, traveller) == []


def test_prorations_go_with_a_subscription_that_is_canceled_at_once(
    stripe, traveller, subscription, dearer
):
    upgrade(stripe, traveller, subscription, dearer)
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=100, currency="usd")

    stripe.Subscription.cancel(subscription.id)

    assert pending(stripe, traveller) == [100]


def test_prorations_stay_where_the_rest_is_credited(stripe, traveller, subscription, dearer):
    upgrade(stripe, traveller, subscription, dearer)

    stripe.Subscription.cancel(subscription.id, prorate=True)

    credit, *_ = pending(stripe, traveller)
    assert credit < 0
    assert len(pending(stripe, traveller)) == 3
