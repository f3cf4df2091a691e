"""Trial offers, and subscription items that are on one (https://docs.stripe.com/billing/subscriptions/trials), with the SDK.

The traveller's time begins on 31 January 2024.
"""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
WEEK_LATER, TWO_WEEKS_LATER = JANUARY_31 + 7 * DAY, JANUARY_31 + 14 * DAY


@pytest.fixture
def weekly(stripe, team_price):
    """Makes a price of so much a week."""

    def weekly(amount, **more):
        return stripe.Price.create(
            product=team_price.product,
            currency="usd",
            recurring={"interval": "week", **more.pop("recurring", {})},
            unit_amount=amount,
            **more,
        )

    return weekly


@pytest.fixture
def offer(stripe, team_price, weekly):
    """Offers the team price for so much a week at first, for so many weeks."""

    def offer(amount=100, weeks=1, *, price=None, after=None, **more):
        return stripe.product_catalog.TrialOffer.create(
            price=(price or weekly(amount)).id,
            duration={"relative": {"iterations": weeks}},
            end_behavior={"transition": {"price": (after or team_price).id}},
            **more,
        )

    return offer


@pytest.fixture
def try_out(stripe, traveller):
    """Subscribes the traveller, or somebody else, to what trial offers offer, and to other prices."""

    def try_out(*offers, prices=(), customer=None, **params):
        return stripe.Subscription.create(
            customer=(customer or traveller.customer).id,
            items=[
                *({"current_trial": {"trial_offer": each.id}} for each in offers),
                *({"price": each.id} for each in prices),
            ],
            expand=["latest_invoice"],
            **params,
        )

    return try_out


def only(subscription):
    """The one item of a subscription."""
    [item] = subscription["items"].data
    return item


# The offers


def test_an_offer_says_what_a_trial_costs_and_what_comes_afterwards(stripe, offer, team_price):
    made = offer(weeks=2, nickname="Two weeks for a dollar each")

    assert made.to_dict() == {
        "id": made.id,
        "object": "product_catalog.trial_offer",
        "active": True,
        "duration": {"relative": {"iterations": 2}, "type": "relative"},
        "end_behavior": {"transition": {"price": team_price.id}, "type": "transition"},
        "livemode": False,
        "nickname": "Two weeks for a dollar each",
        "price": made.price,
    }
    shown = stripe.product_catalog.TrialOffer.retrieve(
        made.id, expand=["price", "end_behavior.transition.price"]
    )
    assert (shown.price.unit_amount, shown.end_behavior.transition.price.unit_amount) == (100, 1200)


def test_offers_are_listed_by_their_prices_and_whether_they_are_archived(stripe, offer):
    first, second = offer(), offer()
    archived = stripe.product_catalog.TrialOffer.modify(first.id, active=False)

    listed = stripe.product_catalog.TrialOffer.list

    assert archived.active is False
    assert [each.id for each in listed(active=True).data] == [second.id]
    assert [each.id for each in listed(prices=[first.price]).data] == [first.id]


def test_an_offer_is_of_recurring_prices_in_one_currency(stripe, offer, weekly, team_price):
    once = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=5)
    euros = stripe.Price.create(
        product=team_price.product, currency="eur", unit_amount=5, recurring={"interval": "month"}
    )
    after = "end_behavior[transition][price]"
    for terms, param in (
        ({"price": once}, "price"),
        ({"after": once}, after),
        ({"after": euros}, after),
        ({"weeks": 0}, "duration[relative][iterations]"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            offer(**terms)
        assert refused.value.param == param


# A paid trial


def test_a_paid_trial_is_charged_at_once_and_becomes_the_regular_price(
    stripe, traveller, offer, try_out, billed, team_price
):
    made = offer(100)
    subscription = try_out(made)

    item = only(subscription)
    assert (subscription.status, subscription.trial_end) == ("active", None)
    assert (item.price.id, subscription.plan.id) == (made.price, made.price)
    assert item.current_trial.to_dict() == {
        "start_date": JANUARY_31,
        "end_date": WEEK_LATER,
        "trial_offer": made.id,
    }
    assert (item.current_period_start, item.current_period_end) == (JANUARY_31, WEEK_LATER)
    assert (subscription.latest_invoice.status, subscription.latest_invoice.total) == ("paid", 100)

    traveller.advance(WEEK_LATER + 2 * HOUR)

    after = stripe.Subscription.retrieve(subscription.id)
    item = only(after)
    assert (item.price.id, item.current_trial, after.plan.id) == (
        team_price.id,
        None,
        team_price.id,
    )
    assert (after.billing_cycle_anchor, item.current_period_end) == (
        WEEK_LATER,
        WEEK_LATER + 29 * DAY,
    )
    assert billed(subscription) == [100, 1200]
    [line] = stripe.Invoice.retrieve(after.latest_invoice).lines.data
    assert (line.period.start, line.period.end) == (WEEK_LATER, WEEK_LATER + 29 * DAY)
    assert line.parent.subscription_item_details.proration is False


def test_a_trial_of_several_intervals_is_billed_in_each(traveller, offer, try_out, billed):
    subscription = try_out(offer(100, weeks=2))

    for moment in (WEEK_LATER, TWO_WEEKS_LATER):
        traveller.advance(moment + 2 * HOUR)

    assert only(subscription).current_trial.end_date == TWO_WEEKS_LATER
    assert billed(subscription) == [100, 100, 1200]


def test_the_billing_cycle_can_stay_as_it_was(stripe, traveller, offer, try_out, billed):
    subscription = try_out(
        offer(100), trial_settings={"end_behavior": {"billing_cycle_anchor": "unchanged"}}
    )

    traveller.advance(WEEK_LATER + 2 * HOUR)

    after = stripe.Subscription.retrieve(subscription.id)
    days = (FEBRUARY_29 - WEEK_LATER) // DAY
    assert (after.billing_cycle_anchor, only(after).current_period_end) == (JANUARY_31, FEBRUARY_29)
    assert billed(subscription) == [100, round(1200 * days / 29)]


def test_a_paid_trial_has_to_be_paid_for(stripe, offer, try_out):
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        try_out(offer(100), customer=stripe.Customer.create())

    waiting = try_out(
        offer(100), customer=stripe.Customer.create(), payment_behavior="default_incomplete"
    )
    assert (waiting.status, waiting.latest_invoice.amount_due) == ("incomplete", 100)


def test_the_subscription_can_end_with_the_trial(stripe, traveller, offer, try_out, billed):
    subscription = try_out(offer(100), cancel_at=WEEK_LATER)

    traveller.advance(WEEK_LATER + 2 * HOUR)

    assert stripe.Subscription.retrieve(subscription.id).status == "canceled"
    assert billed(subscription) == [100]


def test_usage_in_a_trial_costs_what_it_does_then(stripe, traveller, offer, try_out, billed, calls):
    cheap = stripe.Price.create(
        product=calls.product,
        currency="usd",
        unit_amount=1,
        recurring={"interval": "week", "usage_type": "metered", "meter": calls.recurring.meter},
    )
    subscription = try_out(offer(price=cheap, after=calls))

    def use(times):
        stripe.billing.MeterEvent.create(
            event_name="calls",
            payload={"stripe_customer_id": traveller.customer.id, "value": str(times)},
        )

    traveller.advance(JANUARY_31 + DAY)
    use(10)
    traveller.advance(WEEK_LATER + 2 * HOUR)
    use(10)
    traveller.advance(WEEK_LATER + 29 * DAY + 2 * HOUR)

    assert [total for total in billed(subscription) if total] == [10, 50]


# A free trial


def test_a_free_trial_is_a_trial_of_the_subscription(stripe, traveller, offer, try_out, billed):
    subscription = try_out(offer(0))

    assert (subscription.status, subscription.latest_invoice.total) == ("trialing", 0)
    assert (subscription.trial_start, subscription.trial_end) == (JANUARY_31, WEEK_LATER)
    [line] = subscription.latest_invoice.lines.data
    assert line.description == "Free trial for 1 × Team"

    traveller.advance(WEEK_LATER - 3 * DAY)
    [told] = stripe.Event.list(type="customer.subscription.trial_will_end").data
    traveller.advance(WEEK_LATER + 2 * HOUR)

    after = stripe.Subscription.retrieve(subscription.id)
    assert told.data.object.id == subscription.id
    assert (after.status, after.trial_end, only(after).current_trial) == (
        "active",
        WEEK_LATER,
        None,
    )
    assert billed(subscription) == [0, 1200]


def test_a_free_trial_of_several_intervals_lasts_for_all_of_them(
    stripe, traveller, offer, try_out, billed
):
    subscription = try_out(offer(0, weeks=2))

    traveller.advance(WEEK_LATER + 2 * HOUR)

    assert stripe.Subscription.retrieve(subscription.id).status == "trialing"
    assert billed(subscription) == [0, 0]


def test_a_trial_of_days_is_announced_when_one_of_them_ends(
    stripe, traveller, offer, try_out, weekly, billed
):
    free = weekly(0, recurring={"interval": "day"})
    subscription = try_out(offer(price=free, weeks=5))

    for days in (1, 3, 5):
        traveller.advance(JANUARY_31 + days * DAY + 2 * HOUR)

    assert len(stripe.Event.list(type="customer.subscription.trial_will_end").data) == 1
    assert billed(subscription) == [0, 0, 0, 0, 0, 1200]


@pytest.mark.parametrize("amount", [0, 100])
@pytest.mark.parametrize(("behavior", "status"), [("cancel", "canceled"), ("pause", "paused")])
def test_a_trial_without_a_payment_method_ends_as_it_was_told(
    stripe, traveller, offer, try_out, billed, team_price, amount, behavior, status
):
    subscription = try_out(
        offer(amount), trial_settings={"end_behavior": {"missing_payment_method": behavior}}
    )
    for method in stripe.Customer.list_payment_methods(traveller.customer.id).data:
        stripe.PaymentMethod.detach(method.id)

    traveller.advance(WEEK_LATER + 2 * HOUR)

    after = stripe.Subscription.retrieve(subscription.id)
    assert (after.status, billed(subscription)) == (status, [amount])
    if status == "paused":
        assert (only(after).price.id, only(after).current_trial) == (team_price.id, None)
        stripe.Customer.modify(
            traveller.customer.id,
            invoice_settings={
                "default_payment_method": stripe.PaymentMethod.attach(
                    "pm_card_visa", customer=traveller.customer.id
                ).id
            },
        )
        resumed = stripe.Subscription.resume(
            subscription.id, payment_behavior="resume_on_payment_success"
        )
        assert (resumed.status, billed(subscription)) == ("active", [amount, 1200])


# Beside other items, and on subscriptions that there are


def test_an_item_on_trial_is_billed_beside_others(
    stripe, traveller, offer, try_out, billed, team_price, dearer
):
    subscription = try_out(offer(100, after=dearer), prices=[team_price])
    ends = [item.current_period_end for item in subscription["items"].data]

    traveller.advance(WEEK_LATER + 2 * HOUR)

    assert (subscription.status, ends) == ("active", [WEEK_LATER, FEBRUARY_29])
    credit = round(1200 * (FEBRUARY_29 - WEEK_LATER) / (29 * DAY))
    assert billed(subscription) == [1300, 4200 - credit]
    after = stripe.Subscription.retrieve(subscription.id)
    assert {item.current_period_end for item in after["items"].data} == {WEEK_LATER + 29 * DAY}


def test_a_free_trial_beside_a_price_is_no_trial_of_the_subscription(
    offer, try_out, team_price, dearer
):
    subscription = try_out(offer(0, after=dearer), prices=[team_price])

    assert (subscription.status, subscription.trial_end) == ("active", None)
    assert subscription.latest_invoice.total == 1200


def test_an_item_is_added_on_trial(stripe, traveller, offer, subscription, billed, dearer):
    made = offer(100, after=dearer)
    changed = stripe.Subscription.modify(
        subscription.id,
        items=[
            {"id": only(subscription).id},
            {"current_trial": {"trial_offer": made.id}, "quantity": 2},
        ],
        proration_behavior="always_invoice",
    )

    regular, trial = changed["items"].data
    assert (regular.current_period_end, trial.current_period_end) == (FEBRUARY_29, WEEK_LATER)
    assert (trial.quantity, trial.current_trial.trial_offer) == (2, made.id)
    assert billed(subscription) == [1200, 200]


def test_an_item_is_made_a_trial(stripe, traveller, offer, subscription, billed, dearer):
    traveller.advance(JANUARY_31 + DAY)
    made = offer(100, after=dearer)

    item = stripe.SubscriptionItem.modify(
        only(subscription).id,
        current_trial={"trial_offer": made.id},
        proration_behavior="always_invoice",
    )

    assert (item.price.id, item.current_period_end) == (made.price, JANUARY_31 + 8 * DAY)
    credit = round(1200 * 28 / 29)
    assert billed(subscription) == [1200, 100 - credit]
    traveller.advance(JANUARY_31 + 8 * DAY + 2 * HOUR)
    assert stripe.SubscriptionItem.retrieve(item.id).price.id == dearer.id
    assert billed(subscription)[-1] == 3000


def test_a_subscription_that_becomes_a_free_trial_is_on_trial(
    stripe, traveller, offer, subscription
):
    traveller.advance(JANUARY_31 + DAY)

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[
            {"id": only(subscription).id, "current_trial": {"trial_offer": offer(0).id}},
        ],
        expand=["latest_invoice"],
    )

    assert (changed.status, changed.trial_end) == ("trialing", JANUARY_31 + 8 * DAY)
    assert changed.latest_invoice.total == -round(1200 * 28 / 29)


def test_another_price_ends_a_trial(stripe, traveller, offer, try_out, dearer):
    subscription = try_out(offer(0))
    traveller.advance(JANUARY_31 + DAY)

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"id": only(subscription).id, "price": dearer.id}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    item = only(changed)
    assert (changed.status, item.current_trial, item.price.id) == ("active", None, dearer.id)
    assert (item.current_period_start, item.current_period_end) == (JANUARY_31 + DAY, FEBRUARY_29)
    assert changed.latest_invoice.total == round(3000 * 28 / 29)


def test_the_quantity_of_a_trial_changes_and_stays(stripe, traveller, offer, try_out, billed):
    subscription = try_out(offer(100))

    stripe.SubscriptionItem.modify(
        only(subscription).id, quantity=2, proration_behavior="always_invoice"
    )
    traveller.advance(WEEK_LATER + 2 * HOUR)

    assert billed(subscription) == [100, 100, 2400]


def test_the_same_offer_again_makes_no_trial_longer(stripe, traveller, offer, try_out):
    made = offer(100)
    subscription = try_out(made)
    traveller.advance(JANUARY_31 + DAY)

    item = stripe.SubscriptionItem.modify(
        only(subscription).id, current_trial={"trial_offer": made.id}
    )

    assert item.current_trial.end_date == WEEK_LATER


def test_a_preview_shows_what_comes_after_the_trial(stripe, offer, try_out, team_price):
    made = offer(100)

    first = stripe.Invoice.create_preview(
        customer=stripe.Customer.create().id,
        subscription_details={"items": [{"current_trial": {"trial_offer": made.id}}]},
    )
    then = stripe.Invoice.create_preview(subscription=try_out(made).id)

    assert (first.total, then.total) == (100, 1200)
    [line] = then.lines.data
    assert line.pricing.price_details.price == team_price.id


# What cannot be


def test_an_archived_offer_is_given_to_nobody_else(stripe, traveller, offer, try_out, billed):
    made = offer(100)
    subscription = try_out(made)
    stripe.product_catalog.TrialOffer.modify(made.id, active=False)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        try_out(made)
    traveller.advance(WEEK_LATER + 2 * HOUR)

    assert refused.value.param == "items[0][current_trial][trial_offer]"
    assert billed(subscription) == [100, 1200]


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"trial_period_days": 7}, "trial_period_days"),
        ({"trial_end": WEEK_LATER}, "trial_end"),
        ({"billing_mode": {"type": "classic"}}, "billing_mode"),
    ],
)
def test_offers_go_without_other_trials_and_with_flexible_billing(
    stripe, offer, try_out, params, param
):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        try_out(offer(), **params)

    assert refused.value.param == param


def test_a_trial_that_has_an_offer_has_no_other_end(stripe, offer, try_out, team_price, dearer):
    subscription = try_out(offer(0))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(subscription.id, trial_end="now")
    assert refused.value.param == "trial_end"

    legacy = try_out(prices=[team_price], trial_period_days=7)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionItem.create(
            subscription=legacy.id, current_trial={"trial_offer": offer(after=dearer).id}
        )
    assert refused.value.param == "current_trial"


def test_an_item_on_trial_has_the_prices_of_its_offer(stripe, traveller, offer, dearer, team_price):
    made = offer(100)

    def subscribe(price):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": price, "current_trial": {"trial_offer": made.id}}],
        )

    assert only(subscribe(team_price.id)).price.id == made.price
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(dearer.id)
    assert refused.value.param == "items[0][price]"


def test_two_items_do_not_come_to_the_same_price(stripe, offer, try_out, team_price):
    with pytest.raises(stripe.InvalidRequestError, match="multiple Subscription Items"):
        try_out(offer(), prices=[team_price])


def test_a_trial_is_not_paused_and_not_scheduled(stripe, offer, try_out):
    subscription = try_out(offer(100))

    with pytest.raises(stripe.InvalidRequestError, match="trial offer"):
        stripe.Subscription.pause(subscription.id, type="subscription")
    with pytest.raises(stripe.InvalidRequestError, match="trial offer"):
        stripe.SubscriptionSchedule.create(from_subscription=subscription.id)


def test_the_periods_of_a_trial_end_while_a_longer_one_goes_on(
    stripe, traveller, team_price, offer, try_out
):
    recurring = {"interval": "year"}
    yearly = stripe.Price.create(
        product=team_price.product, currency="usd", unit_amount=9000, recurring=recurring
    )
    subscription = try_out(offer(weeks=2), prices=[yearly])

    traveller.advance(WEEK_LATER + DAY)

    item, other = stripe.Subscription.retrieve(subscription.id)["items"].data
    assert item.current_period_end == TWO_WEEKS_LATER
    traveller.advance(TWO_WEEKS_LATER + DAY)
    item, other = stripe.Subscription.retrieve(subscription.id)["items"].data
    assert (item.price.id, other.current_period_start) == (team_price.id, TWO_WEEKS_LATER)
