"""Subscription schedules, with the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400


def test_a_subscription_is_upgraded_with_its_next_period(stripe, traveller, team_price, dearer):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    schedule = stripe.SubscriptionSchedule.create(from_subscription=subscription.id)
    current = schedule.phases[0]

    stripe.SubscriptionSchedule.modify(
        schedule.id,
        end_behavior="release",
        phases=[
            {
                "items": [
                    {"price": item.price, "quantity": item.quantity} for item in current["items"]
                ],
                "start_date": current.start_date,
                "end_date": current.end_date,
            },
            {"items": [{"price": dearer.id}], "duration": {"interval": "month"}},
        ],
    )
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    upgraded = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice", "schedule"])
    assert (current.start_date, current.end_date) == (JANUARY_31, FEBRUARY_29)
    assert upgraded["items"].data[0].price.id == dearer.id
    assert upgraded.latest_invoice.amount_paid == 3000
    assert upgraded.schedule.current_phase.end_date == MARCH_31


def test_a_planned_subscription_begins_changes_and_ends(stripe, traveller, team_price, dearer):
    start = traveller.clock.frozen_time + DAY
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        start_date=start,
        end_behavior="cancel",
        phases=[
            {"items": [{"price": team_price.id}], "duration": {"interval": "month"}},
            {"items": [{"price": dearer.id, "quantity": 2}], "duration": {"interval": "month"}},
        ],
    )
    for moment in (start + HOUR, start + 29 * DAY, schedule.phases[0].end_date + 2 * HOUR):
        traveller.advance(moment)
    traveller.advance(schedule.phases[1].end_date + 2 * HOUR)

    ended = stripe.SubscriptionSchedule.retrieve(schedule.id, expand=["subscription"])
    invoices = stripe.Invoice.list(customer=traveller.customer.id).data
    assert (schedule.status, ended.status, ended.subscription.status) == (
        "not_started",
        "completed",
        "canceled",
    )
    assert [invoice.amount_paid for invoice in invoices] == [6000, 1200]
    told = [event.type for event in stripe.Event.list(limit=100).data]
    for what in ("created", "expiring", "completed"):
        assert told.count(f"subscription_schedule.{what}") == 1


def test_a_phase_says_whether_it_is_a_trial_and_can_be_sent_back(stripe, traveller, team_price):
    start = traveller.clock.frozen_time + DAY
    month = {"items": [{"price": team_price.id}], "duration": {"interval": "month"}}
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id, start_date=start, phases=[{**month, "trial": True}, month]
    )
    trial, paid = schedule.phases
    assert (trial.trial, paid.trial) == (True, False)
    assert trial.trial_end == trial.end_date

    back = {
        "items": [{"price": team_price.id}],
        "start_date": trial.start_date,
        "end_date": trial.end_date,
        "trial": trial.trial,
        "trial_end": trial.trial_end,
    }
    same = stripe.SubscriptionSchedule.modify(schedule.id, phases=[back])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionSchedule.modify(
            schedule.id, phases=[{**back, "trial_end": trial.trial_end - DAY}]
        )

    assert same.phases[0].trial_end == trial.trial_end
    assert refused.value.param == "phases[0][trial_end]"


def test_a_schedule_is_released(stripe, traveller, team_price):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id, phases=[{"items": [{"price": team_price.id}]}]
    )

    released = stripe.SubscriptionSchedule.release(schedule.id)

    assert released.status == "released"
    assert released.released_subscription == schedule.subscription
    assert stripe.Subscription.retrieve(schedule.subscription).schedule is None
    with pytest.raises(stripe.InvalidRequestError):
        stripe.SubscriptionSchedule.cancel(schedule.id)


def test_what_is_sold_once_with_a_phase_is_for_the_phase_or_for_its_first_period(
    stripe, traveller, team_price
):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=2500)
    phases = [
        {
            "items": [{"price": team_price.id}],
            "duration": {"interval": "month"},
            "add_invoice_items": [{"price": setup.id}],
        },
        {
            "items": [{"price": team_price.id}],
            "duration": {"interval": "month", "interval_count": 2},
            "add_invoice_items": [
                {"price": setup.id},
                {
                    "price": setup.id,
                    "period": {"start": {"type": "phase_start"}, "end": {"type": "phase_end"}},
                },
            ],
        },
    ]

    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id, start_date="now", phases=phases
    )
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    items = stripe.InvoiceItem.list(customer=traveller.customer.id).data
    periods = sorted((item.period.start, item.period.end) for item in items)
    end = schedule.phases[1].end_date
    assert schedule.phases[0].add_invoice_items[0].period.end.type == "min_item_period_end"
    assert periods == [
        (JANUARY_31, FEBRUARY_29),
        (FEBRUARY_29, MARCH_31),
        (FEBRUARY_29, end),
    ]


def test_phases_that_are_over_stay_when_others_are_changed(stripe, traveller, team_price, dearer):
    month = {"duration": {"interval": "month"}}
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        phases=[{"items": [{"price": each.id}], **month} for each in (team_price, dearer)],
    )
    traveller.advance(FEBRUARY_29 + HOUR)

    changed = stripe.SubscriptionSchedule.modify(
        schedule.id,
        phases=[
            {
                "items": [{"price": dearer.id, "quantity": 2}],
                "start_date": FEBRUARY_29,
                "end_date": "now",
            },
            {"items": [{"price": team_price.id}], **month},
        ],
    )

    starts = [phase.start_date for phase in changed.phases]
    assert starts == [JANUARY_31, FEBRUARY_29, FEBRUARY_29 + HOUR]
    assert changed.current_phase.start_date == FEBRUARY_29 + HOUR


def test_what_only_one_phase_says_ends_with_it(stripe, traveller, team_price):
    other = stripe.PaymentMethod.attach("pm_card_mastercard", customer=traveller.customer.id)
    month = {"items": [{"price": team_price.id}], "duration": {"interval": "month"}}
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        default_settings={"description": "For all", "invoice_settings": {"footer": "Bye"}},
        phases=[{**month, "default_payment_method": other.id, "description": "First"}, month],
    )
    first = stripe.Subscription.retrieve(schedule.subscription)

    traveller.advance(FEBRUARY_29 + HOUR)

    second = stripe.Subscription.retrieve(schedule.subscription)
    assert (first.default_payment_method, first.description) == (other.id, "First")
    assert (second.default_payment_method, second.description) == (None, "For all")
    assert first.invoice_settings.issuer.type == "self"


@pytest.mark.parametrize("name", ["discounts", "default_tax_rates", "trial_end"])
def test_what_is_changed_of_the_subscription_makes_a_phase_of_its_own(
    stripe, traveller, team_price, vat, subscription, name
):
    schedule = stripe.SubscriptionSchedule.create(from_subscription=subscription.id)
    month = {"items": [{"price": team_price.id}], "duration": {"interval": "month"}}
    now = [{**month, "start_date": JANUARY_31}, month]
    stripe.SubscriptionSchedule.modify(schedule.id, phases=now)
    traveller.advance(JANUARY_31 + DAY)
    coupon = stripe.Coupon.create(percent_off=10, duration="forever").id
    changes = {
        "discounts": [{"coupon": coupon}],
        "default_tax_rates": [vat()],
        "trial_end": JANUARY_31 + 9 * DAY,
    }

    stripe.Subscription.modify(subscription.id, **{name: changes[name]})

    before, after, last = stripe.SubscriptionSchedule.retrieve(schedule.id).phases
    assert (before.end_date, after.end_date) == (JANUARY_31 + DAY, FEBRUARY_29)
    assert [bool(phase[name]) for phase in (before, after, last)] == [False, True, False]


def test_one_of_the_phases_that_are_changed_says_when_it_starts(stripe, subscription, team_price):
    schedule = stripe.SubscriptionSchedule.create(from_subscription=subscription.id)

    with pytest.raises(stripe.InvalidRequestError, match="anchor end dates") as refused:
        stripe.SubscriptionSchedule.modify(
            schedule.id, phases=[{"items": [{"price": team_price.id}]}]
        )

    assert refused.value.param == "phases"


@pytest.mark.parametrize(
    ("interval", "count", "param"),
    [
        ("month", 0, "phases[0][duration][interval_count]"),
        ("year", 100_000, None),
        ("week", 10**9, None),
    ],
)
def test_a_phase_lasts_for_as_long_as_time_does_at_most(
    stripe, traveller, team_price, interval, count, param
):
    phase = {
        "items": [{"price": team_price.id}],
        "duration": {"interval": interval, "interval_count": count},
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionSchedule.create(
            customer=traveller.customer.id, start_date="now", phases=[phase]
        )

    assert refused.value.param == param


def test_one_trial_follows_another(stripe, traveller, team_price, dearer):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        start_date="now",
        phases=[
            {
                "items": [{"price": team_price.id}],
                "duration": {"interval": "week", "interval_count": 2},
                "trial": True,
            },
            {
                "items": [{"price": dearer.id}],
                "duration": {"interval": "day", "interval_count": 3},
                "trial": True,
            },
        ],
    )

    traveller.advance(JANUARY_31 + 15 * DAY)
    second = stripe.Subscription.retrieve(schedule.subscription)
    traveller.advance(JANUARY_31 + 18 * DAY)

    after = stripe.Subscription.retrieve(schedule.subscription)
    assert (second.status, second.trial_end) == ("trialing", JANUARY_31 + 17 * DAY)
    assert after.status == "active"
    assert [each.total for each in stripe.Invoice.list(subscription=after.id).data] == [3000, 0, 0]
