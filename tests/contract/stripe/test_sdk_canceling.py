"""How a subscription ends, and what of it is still billed, with the SDK."""

import pytest

DAY = 86_400
HOUR = 3600
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000
MIDWAY = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2


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


def test_canceling_ends_it_at_once(stripe, subscription):
    canceled = stripe.Subscription.cancel(
        subscription.id, cancellation_details={"feedback": "too_expensive"}
    )

    assert (canceled.status, canceled.ended_at) == ("canceled", JANUARY_31)
    assert canceled.cancellation_details.reason == "cancellation_requested"
    assert canceled.cancellation_details.feedback == "too_expensive"
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        stripe.Subscription.cancel(subscription.id)


def test_canceling_can_give_the_rest_back(stripe, traveller, subscription):
    traveller.advance(MIDWAY)

    stripe.Subscription.cancel(subscription.id, prorate=True, invoice_now=True)

    customer = stripe.Customer.retrieve(traveller.customer.id)
    assert customer.balance == -600
    assert pending(stripe, traveller) == []


def test_canceling_at_the_periods_end(stripe, traveller, subscription):
    ending = stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)

    traveller.advance(FEBRUARY_29)

    ended = stripe.Subscription.retrieve(subscription.id)
    assert (ending.status, ending.cancel_at, ending.cancel_at_period_end) == (
        "active",
        FEBRUARY_29,
        True,
    )
    assert (ended.status, ended.ended_at, ended.canceled_at) == (
        "canceled",
        FEBRUARY_29,
        JANUARY_31,
    )
    assert len(stripe.Invoice.list(subscription=subscription.id).data) == 1


def test_a_cancellation_can_be_undone(stripe, traveller, subscription):
    stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)

    undone = stripe.Subscription.modify(subscription.id, cancel_at_period_end=False)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert (undone.cancel_at, undone.canceled_at) == (None, None)
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def test_a_cancellation_can_have_a_date(stripe, traveller, subscription):
    dated = stripe.Subscription.modify(subscription.id, cancel_at="min_period_end")
    sooner = stripe.Subscription.modify(subscription.id, cancel_at=JANUARY_31 + 5 * DAY)

    traveller.advance(JANUARY_31 + 5 * DAY)

    assert (dated.cancel_at, dated.cancel_at_period_end) == (FEBRUARY_29, False)
    assert sooner.cancel_at == JANUARY_31 + 5 * DAY
    assert stripe.Subscription.retrieve(subscription.id).ended_at == JANUARY_31 + 5 * DAY


def test_a_canceled_subscription_is_fixed_but_for_its_metadata(stripe, subscription):
    stripe.Subscription.cancel(subscription.id)

    noted = stripe.Subscription.modify(subscription.id, metadata={"why": "moved"})
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription"):
        stripe.Subscription.modify(subscription.id, description="again")

    assert noted.metadata.why == "moved"


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


def test_an_end_within_the_period_credits_what_is_left_of_it(stripe, traveller, subscription):
    ends = JANUARY_31 + 10 * DAY

    changed = stripe.Subscription.modify(subscription.id, cancel_at=ends)

    assert changed["items"].data[0].current_period_end == ends
    [credit] = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    assert credit.amount == -round(1200 * 19 / 29)
    assert (credit.period.start, credit.period.end) == (ends, FEBRUARY_29)
    traveller.advance(ends + 2 * HOUR)
    ended = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (ended.status, ended.latest_invoice.total) == ("canceled", credit.amount)
    assert stripe.Customer.retrieve(traveller.customer.id).balance == credit.amount


def test_an_end_that_is_taken_back_is_paid_for_again(stripe, traveller, subscription):
    stripe.Subscription.modify(subscription.id, cancel_at=JANUARY_31 + 10 * DAY)

    changed = stripe.Subscription.modify(subscription.id, cancel_at="")

    assert changed.cancel_at is None
    assert changed["items"].data[0].current_period_end == FEBRUARY_29
    assert sum(pending(stripe, traveller)) == 0


def test_an_end_within_the_period_can_cost_nothing(stripe, traveller, subscription):
    ends = JANUARY_31 + 10 * DAY

    changed = stripe.Subscription.modify(subscription.id, cancel_at=ends, proration_behavior="none")

    assert changed["items"].data[0].current_period_end == ends
    assert pending(stripe, traveller) == []


def test_what_was_never_paid_for_expires_when_it_is_canceled(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
    )

    ended = stripe.Subscription.cancel(
        subscription.id, cancellation_details={"feedback": "too_expensive"}
    )

    assert (ended.status, ended.canceled_at) == ("incomplete_expired", JANUARY_31)
    assert ended.cancellation_details.feedback == "too_expensive"
    assert stripe.Invoice.retrieve(subscription.latest_invoice).status == "void"
