"""Subscriptions that began in the past, with the SDK."""

from itertools import pairwise

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000
DECEMBER_31, NOVEMBER_30 = 1_704_024_000, 1_701_345_600


def lines(subscription):
    """What its invoice bills: amount, start and end."""
    return [
        (line.amount, line.period.start, line.period.end)
        for line in subscription.latest_invoice.lines.data
    ]


@pytest.fixture
def subscribe(stripe, traveller, team_price):
    """Subscribes to twelve dollars a month."""

    def subscribe(**params):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id}],
            expand=["latest_invoice"],
            **params,
        )

    return subscribe


def test_each_period_of_the_past_is_billed(subscribe):
    halfway = DECEMBER_31 - (DECEMBER_31 - NOVEMBER_30) // 2

    subscription = subscribe(backdate_start_date=halfway)

    middle = halfway + 31 * DAY  # of January
    assert (subscription.start_date, subscription.billing_cycle_anchor) == (halfway, halfway)
    assert lines(subscription) == [(1200, halfway, middle), (1200, middle, middle + 31 * DAY)]
    assert subscription.latest_invoice.amount_paid == 2400


def test_the_period_that_has_begun_can_be_free_too(subscribe):
    subscription = subscribe(backdate_start_date=JANUARY_31 - 10 * DAY, proration_behavior="none")

    [item] = subscription["items"].data
    assert (item.current_period_start, item.current_period_end) == (
        JANUARY_31 - 10 * DAY,
        JANUARY_31 + 21 * DAY,
    )
    assert (subscription.status, subscription.latest_invoice) == ("active", None)


def test_classic_billing_has_one_line_for_the_past(subscribe):
    subscription = subscribe(
        backdate_start_date=DECEMBER_31 - 15 * DAY, billing_mode={"type": "classic"}
    )

    past, current = lines(subscription)
    # A month from 16 December, and sixteen days of the thirty-one from 16 January on.
    assert past == (1200 + round(1200 * 15 / 31), DECEMBER_31 - 15 * DAY, JANUARY_31)
    assert current == (1200, JANUARY_31, FEBRUARY_29)


def test_the_past_can_be_free(subscribe):
    subscription = subscribe(backdate_start_date=DECEMBER_31, proration_behavior="none")

    assert subscription.start_date == DECEMBER_31
    assert lines(subscription) == [(1200, JANUARY_31, FEBRUARY_29)]


def test_the_past_is_billed_up_to_the_next_billing_date(stripe, traveller, subscribe):
    anchor = JANUARY_31 + 15 * DAY  # 15 February

    subscription = subscribe(backdate_start_date=DECEMBER_31, billing_cycle_anchor=anchor)

    billed = lines(subscription)
    assert (billed[0][1], billed[-1][2]) == (DECEMBER_31, anchor)
    assert all(one[2] == next[1] for one, next in pairwise(billed))
    assert [amount for amount, *_ in billed] == [round(1200 * 15 / 31), 1200]
    [item] = subscription["items"].data
    assert item.current_period_end == anchor


def test_a_subscription_cannot_have_begun_in_the_future(stripe, subscribe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(backdate_start_date=JANUARY_31 + DAY)

    assert refused.value.param == "backdate_start_date"


def test_the_past_is_billed_before_a_trial(stripe, traveller, subscribe):
    subscription = subscribe(backdate_start_date=DECEMBER_31, trial_end=FEBRUARY_29)

    assert (subscription.status, subscription.start_date) == ("trialing", DECEMBER_31)
    assert (subscription.trial_start, subscription.billing_cycle_anchor) == (
        JANUARY_31,
        FEBRUARY_29,
    )
    *past, trial = subscription.latest_invoice.lines.data
    assert [line.description for line in past] == ["1 × Team (at $12.00 / month)"] * 2
    assert (trial.amount, trial.description) == (0, "Free trial for 1 × Team")
    # The periods are counted from the trial's end, on the 29th.
    assert lines(subscription) == [
        (1123, DECEMBER_31, JANUARY_31 - 2 * DAY),
        (77, JANUARY_31 - 2 * DAY, JANUARY_31),
        (0, JANUARY_31, FEBRUARY_29),
    ]
