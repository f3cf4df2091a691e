"""Billing periods before they begin, with the SDK (https://docs.stripe.com/billing/subscriptions/prebilling)."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
APRIL_30, MAY_31 = 1_714_478_400, 1_717_156_800
MIDWAY = (JANUARY_31 + FEBRUARY_29) // 2


def until(**duration):
    """A schedule that bills for so long."""
    return [{"bill_until": {"type": "duration", "duration": duration}}]


def until_moment(moment):
    """A schedule that bills until a moment."""
    return [{"bill_until": {"type": "timestamp", "timestamp": moment}}]


THREE_MONTHS = until(interval="month", interval_count=3)


@pytest.fixture
def prebilled(stripe, traveller, team_price):
    """Three months of twelve dollars each, billed at once."""
    return stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_schedules=THREE_MONTHS,
        expand=["latest_invoice"],
    )


def test_the_first_invoice_bills_all_of_it(prebilled):
    [schedule] = prebilled.billing_schedules
    periods = [(line.period.start, line.period.end) for line in prebilled.latest_invoice.lines.data]
    assert schedule.applies_to is None
    assert schedule.bill_until.computed_timestamp == APRIL_30
    assert (schedule.bill_until.duration.interval_count, schedule.bill_until.type) == (
        3,
        "duration",
    )
    assert prebilled.latest_invoice.amount_paid == 3600
    assert sorted(periods) == [
        (JANUARY_31, FEBRUARY_29),
        (FEBRUARY_29, MARCH_31),
        (MARCH_31, APRIL_30),
    ]
    [item] = prebilled["items"].data
    assert (item.current_period_end, item.billed_until) == (FEBRUARY_29, APRIL_30)


def test_what_is_billed_is_not_billed_again(stripe, traveller, prebilled, totals):
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    traveller.advance(MARCH_31 + 2 * HOUR)
    before = totals()
    traveller.advance(APRIL_30 + 2 * HOUR)

    now = stripe.Subscription.retrieve(prebilled.id)
    assert before == [3600]
    assert totals() == [3600, 1200]
    assert now["items"].data[0].current_period_end == MAY_31


def test_a_part_of_a_period_can_be_billed_ahead(stripe, traveller, team_price, totals):
    middle = (FEBRUARY_29 + MARCH_31) // 2

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_schedules=until_moment(middle),
        expand=["latest_invoice"],
    )
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert subscription.latest_invoice.total == 1800
    assert totals() == [1800, 600]


def test_one_item_is_billed_ahead(stripe, traveller, team_price, dearer, totals):
    [schedule] = THREE_MONTHS
    applies_to = [{"type": "price", "price": dearer.id}]

    stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}, {"price": dearer.id}],
        billing_schedules=[{**schedule, "applies_to": applies_to}],
    )
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert totals() == [1200 + 3 * 3000, 1200]


@pytest.mark.parametrize(
    ("proration", "invoices"),
    [("always_invoice", [1200, 2400]), ("create_prorations", [1200])],
)
def test_what_there_is_is_billed_ahead(
    stripe, traveller, subscription, proration, invoices, totals
):
    traveller.advance(MIDWAY)

    changed = stripe.Subscription.modify(
        subscription.id, billing_schedules=until_moment(APRIL_30), proration_behavior=proration
    )
    at_once = totals()
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert changed["items"].data[0].billed_until == APRIL_30
    assert at_once == invoices
    assert totals() == [1200, 2400]


def test_a_preview_shows_what_would_be_billed(stripe, subscription):
    preview = stripe.Invoice.create_preview(
        subscription=subscription.id,
        subscription_details={
            "billing_schedules": until_moment(APRIL_30),
            "proration_behavior": "always_invoice",
        },
    )

    assert preview.total == 2400
    assert stripe.Subscription.retrieve(subscription.id).billing_schedules == []


def test_a_change_gives_back_what_was_billed_ahead(stripe, traveller, prebilled, dearer):
    traveller.advance(MIDWAY)
    [item] = prebilled["items"].data

    changed = stripe.Subscription.modify(
        prebilled.id,
        items=[{"id": item.id, "price": dearer.id}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    amounts = sorted(line.amount for line in changed.latest_invoice.lines.data)
    assert amounts == [-1200, -1200, -600, 1500]
    since = {
        line.description.rpartition(" after ")[2] for line in changed.latest_invoice.lines.data
    }
    assert since == {"15 Feb 2024", "29 Feb 2024", "31 Mar 2024"}
    assert "billed_until" not in changed["items"].data[0]
    preview = stripe.Invoice.create_preview(subscription=prebilled.id)
    # The next period is billed as it comes, and paid with what was given back.
    assert preview.total == 3000


def test_a_change_and_what_is_billed_ahead_with_it_are_on_one_invoice(
    stripe, traveller, prebilled, dearer, totals
):
    traveller.advance(MIDWAY)
    [item] = prebilled["items"].data

    changed = stripe.Subscription.modify(
        prebilled.id,
        items=[{"id": item.id, "price": dearer.id}],
        billing_schedules=until_moment(APRIL_30),
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    amounts = sorted(line.amount for line in changed.latest_invoice.lines.data)
    assert amounts == [-1200, -1200, -600, 1500, 3000, 3000]
    assert totals() == [3600, 4500]
    assert changed["items"].data[0].billed_until == APRIL_30


def test_canceling_gives_back_what_was_billed_ahead_where_that_is_asked_for(
    stripe, traveller, prebilled, totals
):
    traveller.advance(MIDWAY)

    stripe.Subscription.cancel(prebilled.id, prorate=True, invoice_now=True)

    assert totals() == [3600, -3000]


def test_a_subscription_ends_with_what_is_billed(stripe, prebilled):
    changed = stripe.Subscription.modify(prebilled.id, cancel_at="max_billed_until")

    assert changed.cancel_at == APRIL_30


def test_a_percentage_is_off_all_that_is_billed_ahead(stripe, traveller, team_price):
    half = stripe.Coupon.create(percent_off=50, duration="once")

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        discounts=[{"coupon": half.id}],
        billing_schedules=THREE_MONTHS,
        expand=["latest_invoice"],
    )

    assert subscription.latest_invoice.total == 1800


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"billing_mode": {"type": "classic"}}, "billing_schedules"),
        ({"proration_behavior": "none"}, "proration_behavior"),
        (
            {"billing_schedules": until_moment(FEBRUARY_29 - 1)},
            "billing_schedules[0][bill_until]",
        ),
        (
            {"billing_schedules": until(interval="year", interval_count=6)},
            "billing_schedules[0][bill_until]",
        ),
        ({"billing_schedules": until(interval="month", interval_count=52)}, "billing_schedules"),
        ({"cancel_at": MARCH_31}, "billing_schedules[0][bill_until]"),
    ],
)
def test_what_cannot_be_billed_ahead(stripe, traveller, team_price, terms, param):
    params = {"billing_schedules": THREE_MONTHS, **terms}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=traveller.customer.id, items=[{"price": team_price.id}], **params
        )

    assert refused.value.param == param


def test_an_amount_that_is_off_cannot_be_billed_ahead(stripe, traveller, team_price):
    coupon = stripe.Coupon.create(amount_off=100, currency="usd", duration="forever")

    with pytest.raises(stripe.InvalidRequestError, match="percent_off"):
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id}],
            discounts=[{"coupon": coupon.id}],
            billing_schedules=THREE_MONTHS,
        )


def test_usage_is_never_billed_ahead(stripe, traveller, calls):
    with pytest.raises(stripe.InvalidRequestError, match="usage"):
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": calls.id}],
            billing_schedules=THREE_MONTHS,
        )


def test_what_comes_after_a_trial_is_billed_ahead(stripe, traveller, team_price, totals):
    trial_end = JANUARY_31 + 10 * DAY
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        trial_end=trial_end,
        billing_schedules=until_moment(trial_end + 29 * DAY),
        expand=["latest_invoice"],
    )

    traveller.advance(trial_end + 2 * HOUR)

    lines = [(line.amount, line.description) for line in subscription.latest_invoice.lines.data]
    assert lines == [(1200, "1 × Team (at $12.00 / month)"), (0, "Free trial for 1 × Team")]
    assert subscription["items"].data[0].billed_until == trial_end + 29 * DAY
    assert totals() == [1200]
    assert stripe.Subscription.retrieve(subscription.id).status == "active"
