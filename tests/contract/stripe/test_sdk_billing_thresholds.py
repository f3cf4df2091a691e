"""Usage that is billed before its period is over, with the SDK."""

import pytest

DAY, HOUR = 86_400, 3600
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000


@pytest.fixture
def use(stripe, traveller):
    """Reports calls of the customer whose time began on 31 January 2024, now."""

    def use(count):
        payload = {"stripe_customer_id": traveller.customer.id, "value": str(count)}
        stripe.billing.MeterEvent.create(event_name="calls", payload=payload)

    return use


def billed(stripe, traveller):
    """Why each invoice was made and what it comes to, the oldest first."""
    listed = stripe.Invoice.list(customer=traveller.customer.id).data
    return [(each.billing_reason, each.total) for each in reversed(listed)]


def test_usage_that_comes_to_an_amount_is_billed_at_once(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
    )
    traveller.advance(JANUARY_31 + DAY)
    use(150)
    before = billed(stripe, traveller)
    traveller.advance(JANUARY_31 + 2 * DAY)
    use(60)
    draft = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"]).latest_invoice
    traveller.advance(JANUARY_31 + 3 * DAY)
    use(10)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert subscription.billing_thresholds.amount_gte == 1000
    assert before == []
    assert (draft.status, draft.automatically_finalizes_at) == (
        "draft",
        JANUARY_31 + 2 * DAY + HOUR,
    )
    assert billed(stripe, traveller) == [
        ("subscription_threshold", 1050),
        ("subscription_cycle", 50),
    ]
    assert stripe.Invoice.retrieve(draft.id).status == "paid"


def test_an_item_has_a_threshold_of_its_own(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id, "billing_thresholds": {"usage_gte": 100}}],
    )
    traveller.advance(JANUARY_31 + DAY)

    use(99)
    before = billed(stripe, traveller)
    use(1)

    assert subscription["items"].data[0].billing_thresholds.usage_gte == 100
    assert before == []
    assert billed(stripe, traveller) == [("subscription_threshold", 500)]


def test_a_threshold_is_taken_away(stripe, traveller, calls, use):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
    )

    changed = stripe.Subscription.modify(subscription.id, billing_thresholds="")
    traveller.advance(JANUARY_31 + DAY)
    use(500)

    assert changed.billing_thresholds is None
    assert billed(stripe, traveller) == []


@pytest.fixture
def impressions(stripe, traveller, team_price):
    """Subscribes to impressions, of fifty cents up to ten thousand and of forty for more, with a threshold of
    5,000 dollars.
    """
    meter = stripe.billing.Meter.create(
        display_name="Impressions", event_name="calls", default_aggregation={"formula": "sum"}
    )

    def impressions(mode):
        price = stripe.Price.create(
            product=team_price.product,
            currency="usd",
            billing_scheme="tiered",
            tiers_mode=mode,
            tiers=[{"up_to": 10_000, "unit_amount": 50}, {"up_to": "inf", "unit_amount": 40}],
            recurring={"interval": "month", "usage_type": "metered", "meter": meter.id},
        )
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": price.id}],
            billing_thresholds={"amount_gte": 500_000},
        )

    return impressions


def lines(stripe, traveller):
    """The quantities and amounts of each invoice's lines, the oldest first."""
    listed = stripe.Invoice.list(customer=traveller.customer.id).data
    return [
        [(line.quantity, line.amount) for line in each.lines.data if line.amount > 0]
        + [line.amount for line in each.lines.data if line.amount < 0]
        for each in reversed(listed)
    ]


def test_the_tier_that_is_reached_later_is_for_all_that_was_used(
    stripe, traveller, impressions, use
):
    """https://docs.stripe.com/billing/subscriptions/usage-based/thresholds#volume-tiers"""
    impressions("volume")
    for day, count in enumerate((10_000, 1, 14_999)):
        traveller.advance(JANUARY_31 + (day + 1) * DAY)
        use(count)

    assert lines(stripe, traveller) == [
        [(10_000, 500_000)],
        [(25_000, 1_000_000), -500_000],
    ]
    [latest, _] = stripe.Invoice.list(customer=traveller.customer.id).data
    assert latest.lines.data[1].description == "Amount previously billed"


def test_what_was_billed_too_much_is_given_back_at_the_periods_end(
    stripe, traveller, impressions, use
):
    impressions("volume")
    traveller.advance(JANUARY_31 + DAY)
    use(10_000)
    traveller.advance(JANUARY_31 + 2 * DAY)
    use(1)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert billed(stripe, traveller) == [
        ("subscription_threshold", 500_000),
        ("subscription_cycle", 400_040 - 500_000),
    ]
    assert stripe.Customer.retrieve(traveller.customer.id).balance == 400_040 - 500_000


def test_tiers_go_on_after_a_threshold_and_begin_anew_with_the_period(
    stripe, traveller, impressions, use
):
    impressions("graduated")
    traveller.advance(JANUARY_31 + DAY)
    use(10_000)
    traveller.advance(JANUARY_31 + 2 * DAY)
    use(10)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    use(10)
    traveller.advance(FEBRUARY_29 + 40 * DAY)

    assert billed(stripe, traveller) == [
        ("subscription_threshold", 500_000),
        ("subscription_cycle", 400),
        ("subscription_cycle", 500),
    ]


def test_thresholds_count_neither_in_a_trial_nor_on_the_last_day(stripe, traveller, calls, use):
    """https://docs.stripe.com/billing/subscriptions/usage-based/monitor-usage"""
    stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
        trial_end=JANUARY_31 + 2 * DAY,
        cancel_at=JANUARY_31 + 5 * DAY,
    )
    traveller.advance(JANUARY_31 + DAY)
    use(500)
    in_trial = billed(stripe, traveller)
    traveller.advance(JANUARY_31 + 4 * DAY + HOUR)
    use(500)

    told = [reason for reason, _ in in_trial + billed(stripe, traveller)]
    assert "subscription_threshold" not in told


def test_an_amount_is_worth_an_invoice(stripe, traveller, calls):
    with pytest.raises(stripe.InvalidRequestError, match="greater than or equal to 50"):
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": calls.id}],
            billing_thresholds={"amount_gte": 49},
        )


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_the_billing_cycle_begins_anew_where_that_is_asked_for(
    stripe, traveller, calls, team_price, use, mode
):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}, {"price": team_price.id}],
        billing_thresholds={"amount_gte": 1000, "reset_billing_cycle_anchor": True},
        billing_mode={"type": mode},
    )
    reached = JANUARY_31 + 2 * DAY
    traveller.advance(reached)
    use(210)
    now = stripe.Subscription.retrieve(subscription.id)
    traveller.advance(reached + 10 * DAY)
    use(20)
    end = now["items"].data[0].current_period_end
    traveller.advance(end + 2 * HOUR)

    assert subscription.billing_thresholds.reset_billing_cycle_anchor
    assert now.billing_cycle_anchor == reached
    assert [item.current_period_start for item in now["items"].data] == [reached, reached]
    assert end == 1_709_380_800  # 2 March 2024, 12:00
    assert billed(stripe, traveller) == [
        ("subscription_create", 1200),
        ("subscription_threshold", 1050 + 1200),
        ("subscription_cycle", 100 + 1200),
    ]


def test_phases_have_thresholds_of_their_own_or_their_schedules(
    stripe, traveller, calls, team_price
):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        start_date="now",
        default_settings={"billing_thresholds": {"amount_gte": 5000}},
        phases=[
            {
                "items": [{"price": calls.id, "billing_thresholds": {"usage_gte": 100}}],
                "duration": {"interval": "month"},
                "billing_thresholds": {"amount_gte": 1000},
            },
            {"items": [{"price": calls.id}, {"price": team_price.id}]},
        ],
    )
    first = stripe.Subscription.retrieve(schedule.subscription)
    traveller.advance(FEBRUARY_29 + HOUR)

    then = stripe.Subscription.retrieve(schedule.subscription)
    assert schedule.default_settings.billing_thresholds.amount_gte == 5000
    assert schedule.phases[0]["items"][0].billing_thresholds.usage_gte == 100
    assert first.billing_thresholds.amount_gte == 1000
    assert first["items"].data[0].billing_thresholds.usage_gte == 100
    assert then.billing_thresholds.amount_gte == 5000
    assert [item.billing_thresholds for item in then["items"].data] == [None, None]


@pytest.mark.parametrize("place", ["default_settings", "phases[0]"])
def test_a_schedules_threshold_is_worth_an_invoice(stripe, traveller, calls, place):
    few = {"billing_thresholds": {"amount_gte": 10}}
    phase = {"items": [{"price": calls.id}], **(few if place == "phases[0]" else {})}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionSchedule.create(
            customer=traveller.customer.id,
            start_date="now",
            default_settings=few if place == "default_settings" else {},
            phases=[phase],
        )

    assert refused.value.param == f"{place}[billing_thresholds][amount_gte]"


def test_a_schedule_takes_thresholds_over(stripe, traveller, calls):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}],
        billing_thresholds={"amount_gte": 1000},
    )

    schedule = stripe.SubscriptionSchedule.create(from_subscription=subscription.id)

    assert schedule.default_settings.billing_thresholds.amount_gte == 1000
    assert schedule.created == subscription.created
