"""Trials of subscriptions, and how they are billed afterwards, with the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
FEBRUARY_10 = JANUARY_31 + 10 * DAY


@pytest.fixture
def subscribe(stripe, traveller, team_price):
    """Subscribes to twelve dollars a month after a trial of ten days."""

    def subscribe(**params):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id}],
            trial_end=FEBRUARY_10,
            **params,
        )

    return subscribe


def test_the_time_up_to_the_anchor_is_billed_in_part(stripe, traveller, subscribe):
    subscription = subscribe(billing_cycle_anchor=FEBRUARY_29)

    traveller.advance(FEBRUARY_10 + 2 * HOUR)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    whole, part, trial = stripe.Invoice.list(subscription=subscription.id).data
    days = (FEBRUARY_29 - FEBRUARY_10) // DAY
    assert [trial.total, part.total, whole.total] == [0, round(1200 * days / 31), 1200]
    [line] = part.lines.data
    assert (line.period.start, line.period.end) == (FEBRUARY_10, FEBRUARY_29)
    assert subscription.billing_cycle_anchor == FEBRUARY_29


def test_the_day_of_the_month_is_counted_from_the_end_of_the_trial(stripe, subscribe):
    subscription = subscribe(billing_cycle_anchor_config={"day_of_month": 5})

    march_5 = FEBRUARY_10 + 24 * DAY
    assert subscription.billing_cycle_anchor == march_5


@pytest.mark.parametrize("anchor", [FEBRUARY_10 - DAY, MARCH_31])
def test_an_anchor_lies_in_the_first_period_after_the_trial(stripe, subscribe, anchor):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(billing_cycle_anchor=anchor)

    assert refused.value.param == "billing_cycle_anchor"


def test_every_invoice_has_what_the_subscription_says_of_it(stripe, traveller, subscribe):
    fields = [{"name": "Order", "value": "6735"}]
    subscription = subscribe(invoice_settings={"custom_fields": fields, "footer": "Bye"})

    traveller.advance(FEBRUARY_10 + 2 * HOUR)

    for invoice in stripe.Invoice.list(subscription=subscription.id).data:
        assert [field.to_dict() for field in invoice.custom_fields] == fields
        assert invoice.footer == "Bye"


def test_what_pays_an_invoice_lives_in_its_time(stripe, traveller, subscribe):
    subscribe()

    traveller.advance(FEBRUARY_10 + 2 * HOUR)

    paid = stripe.Event.list(type="invoice_payment.paid").data
    assert [event.created for event in paid] == [FEBRUARY_10 + HOUR]


def test_a_trial_can_be_ended_now(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], trial_period_days=14
    )

    ended = stripe.Subscription.modify(subscription.id, trial_end="now", expand=["latest_invoice"])

    assert (ended.status, ended.latest_invoice.amount_paid) == ("active", 1200)
    assert ended["items"].data[0].current_period_end == FEBRUARY_29


@pytest.mark.parametrize(("behavior", "status"), [("cancel", "canceled"), ("pause", "paused")])
def test_a_trial_that_is_ended_now_without_a_payment_method_ends_as_it_was_told(
    stripe, team_price, behavior, status
):
    subscription = stripe.Subscription.create(
        customer=stripe.Customer.create().id,
        items=[{"price": team_price.id}],
        trial_period_days=14,
        trial_settings={"end_behavior": {"missing_payment_method": behavior}},
    )

    ended = stripe.Subscription.modify(subscription.id, trial_end="now")

    assert subscription.trial_settings.end_behavior.billing_cycle_anchor == "now"
    assert (ended.status, ended.latest_invoice) == (status, subscription.latest_invoice)
    if status == "canceled":
        assert ended.cancellation_details.reason == "cancellation_requested"


def test_a_trial_is_not_ended_now_without_anything_to_charge(stripe, team_price):
    subscription = stripe.Subscription.create(
        customer=stripe.Customer.create().id, items=[{"price": team_price.id}], trial_period_days=14
    )

    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source") as refused:
        stripe.Subscription.modify(subscription.id, trial_end="now")

    assert (refused.value.code, refused.value.param) == ("resource_missing", None)
    assert stripe.Subscription.retrieve(subscription.id).status == "trialing"


def test_what_lies_between_a_trial_and_the_anchor_can_be_free(stripe, traveller, team_price):
    anchor = JANUARY_31 + 20 * DAY
    stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        trial_end=JANUARY_31 + 7 * DAY,
        billing_cycle_anchor=anchor,
        proration_behavior="none",
    )

    traveller.advance(anchor + 2 * HOUR)

    first, *rest = stripe.Invoice.list(customer=traveller.customer.id).data
    assert (first.amount_paid, first.lines.data[0].period.start) == (1200, anchor)
    assert [invoice.total for invoice in rest] == [0]


def test_the_cycle_begins_anew_only_after_the_trial(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], trial_period_days=7
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(subscription.id, billing_cycle_anchor={"type": "now"})

    assert refused.value.code == "subscription_update_trial_after_billing_cycle_anchor"
    changed = stripe.Subscription.modify(
        subscription.id, billing_cycle_anchor={"type": "now"}, trial_end="now"
    )
    assert changed.status == "active"
    billed = stripe.Invoice.list(customer=traveller.customer.id).data
    assert [invoice.amount_paid for invoice in billed] == [1200, 0]
