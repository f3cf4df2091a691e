"""Subscriptions to prices of several intervals (https://docs.stripe.com/billing/subscriptions/mixed-interval), and those
that end within a period. With the SDK.
"""

import pytest

DAY, HOUR = 86_400, 3600
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
NOVEMBER_30, DECEMBER_30, JANUARY_30 = 1_701_345_600, 1_703_937_600, 1_706_616_000
APRIL_30, JANUARY_31_2025 = 1_714_478_400, 1_738_324_800


@pytest.fixture
def quarterly(stripe, team_price):
    """A hundred dollars every three months."""
    return stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=10000,
        recurring={"interval": "month", "interval_count": 3},
    )


@pytest.fixture
def mixed(stripe, traveller, team_price, quarterly):
    """Twelve dollars a month and a hundred every three, since 31 January."""
    return stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": quarterly.id}, {"price": team_price.id}],
        expand=["latest_invoice"],
    )


def billed(stripe, traveller):
    """The amounts on each invoice, the oldest first."""
    listed = stripe.Invoice.list(customer=traveller.customer.id).data
    return [[line.amount for line in each.lines.data] for each in reversed(listed)]


def test_each_item_has_its_own_period(mixed):
    first, second = mixed["items"].data

    assert (first.current_period_start, first.current_period_end) == (JANUARY_31, APRIL_30)
    assert (second.current_period_start, second.current_period_end) == (JANUARY_31, FEBRUARY_29)
    assert mixed.latest_invoice.total == 11200


def test_invoices_are_for_what_ends_and_together_where_that_is_the_same(stripe, traveller, mixed):
    for moment in (FEBRUARY_29, MARCH_31, APRIL_30):
        traveller.advance(moment + 2 * HOUR)

    assert billed(stripe, traveller) == [[10000, 1200], [1200], [1200], [10000, 1200]]
    preview = stripe.Invoice.create_preview(subscription=mixed.id)
    assert preview.total == 1200


@pytest.mark.parametrize(
    ("until", "amounts"),
    [
        (APRIL_30, [[10000, 1200], [1200], [1200], [3000, 10000]]),
        (MARCH_31, [[10000, 1200], [1200], [3000], [3000, 10000]]),
    ],
)
def test_a_phase_of_a_schedule_has_several_intervals_too(
    stripe, traveller, team_price, quarterly, dearer, until, amounts
):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        end_behavior="release",
        phases=[
            {
                "items": [{"price": quarterly.id}, {"price": team_price.id}],
                "end_date": until,
            },
            {
                "items": [{"price": quarterly.id}, {"price": dearer.id}],
                "duration": {"interval": "year"},
            },
        ],
    )
    for moment in (FEBRUARY_29, MARCH_31, APRIL_30):
        traveller.advance(moment + 2 * HOUR)

    assert schedule.billing_mode.type == "flexible"
    assert billed(stripe, traveller) == amounts


def test_a_classic_schedule_has_one_interval(stripe, traveller, team_price, quarterly):
    with pytest.raises(
        stripe.InvalidRequestError, match="must have the same `recurring"
    ) as refused:
        stripe.SubscriptionSchedule.create(
            customer=traveller.customer.id,
            billing_mode={"type": "classic"},
            phases=[{"items": [{"price": quarterly.id}, {"price": team_price.id}]}],
        )

    assert refused.value.param == "phases[0][items]"


def test_classic_billing_has_one_interval(stripe, traveller, team_price, quarterly):
    with pytest.raises(
        stripe.InvalidRequestError, match="must have the same `recurring"
    ) as refused:
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": quarterly.id}, {"price": team_price.id}],
            billing_mode={"type": "classic"},
        )
    assert refused.value.param == "items"


def test_intervals_that_do_not_align_are_refused(stripe, traveller, quarterly, team_price):
    two_months = stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=2000,
        recurring={"interval": "month", "interval_count": 2},
    )

    with pytest.raises(stripe.InvalidRequestError, match="multiples") as refused:
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": quarterly.id}, {"price": two_months.id}],
        )
    assert refused.value.param == "items"


def test_an_item_of_another_interval_is_added_for_the_rest_of_its_period(
    stripe, traveller, subscription, quarterly
):
    traveller.advance(JANUARY_31 + 10 * DAY)

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"price": quarterly.id}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    monthly, added = changed["items"].data
    assert (monthly.current_period_start, monthly.current_period_end) == (JANUARY_31, FEBRUARY_29)
    assert (added.current_period_start, added.current_period_end) == (
        JANUARY_31 + 10 * DAY,
        APRIL_30,
    )
    # 80 of the quarter's 90 days are left.
    [line] = changed.latest_invoice.lines.data
    assert line.amount == round(10000 * 80 / 90)
    assert changed.billing_cycle_anchor == JANUARY_31


def test_a_first_period_that_is_cut_costs_a_part(stripe, traveller, team_price):
    ends = JANUARY_31 + 10 * DAY

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        cancel_at=ends,
        expand=["latest_invoice"],
    )

    assert subscription["items"].data[0].current_period_end == ends
    assert subscription.latest_invoice.total == round(1200 * 10 / 29)


def test_a_last_period_that_is_cut_costs_a_part(stripe, traveller, subscription):
    ends = FEBRUARY_29 + 10 * DAY
    stripe.Subscription.modify(subscription.id, cancel_at=ends)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    renewed = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    traveller.advance(ends + HOUR)

    assert renewed["items"].data[0].current_period_end == ends
    assert renewed.latest_invoice.total == round(1200 * 10 / 31)
    assert stripe.Subscription.retrieve(subscription.id).status == "canceled"


def test_checkout_and_payment_links_have_one_interval(stripe, team_price, quarterly):
    sold = [{"price": price.id, "quantity": 1} for price in (team_price, quarterly)]
    why = "Checkout does not support multiple prices with different billing intervals."

    with pytest.raises(stripe.InvalidRequestError, match=why):
        stripe.checkout.Session.create(
            mode="subscription", line_items=sold, success_url="https://shop.example"
        )
    with pytest.raises(stripe.InvalidRequestError, match=why):
        stripe.PaymentLink.create(line_items=sold)


def test_each_period_of_the_past_is_billed_in_its_interval(
    stripe, traveller, team_price, quarterly
):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": quarterly.id}, {"price": team_price.id}],
        backdate_start_date=NOVEMBER_30,
        expand=["latest_invoice"],
    )

    periods = {item.price.id: item.current_period_end for item in subscription["items"].data}
    assert periods == {quarterly.id: FEBRUARY_29, team_price.id: FEBRUARY_29}
    lines = subscription.latest_invoice.lines.data
    assert sorted((line.amount, line.period.start, line.period.end) for line in lines) == [
        (1200, NOVEMBER_30, DECEMBER_30),
        (1200, DECEMBER_30, JANUARY_30),
        (1200, JANUARY_30, FEBRUARY_29),
        (10000, NOVEMBER_30, FEBRUARY_29),
    ]
