"""The billing mode of a subscription, with the SDK
(https://docs.stripe.com/billing/subscriptions/billing-mode/compare).
"""

import pytest

DAY = 86_400
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000
MIDWAY = (JANUARY_31 + FEBRUARY_29) // 2

MODES = pytest.mark.parametrize("mode", ["classic", "flexible"])


@pytest.fixture
def classic(stripe, customer, team_price):
    """A subscription that is billed in the older way."""
    return stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], billing_mode={"type": "classic"}
    )


def test_a_subscription_is_migrated_to_flexible_billing(stripe, classic):
    migrated = stripe.Subscription.migrate(classic.id, billing_mode={"type": "flexible"})

    assert (classic.billing_mode.type, migrated.billing_mode.type) == ("classic", "flexible")
    assert migrated.billing_mode.updated_at >= classic.created
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Subscription.migrate(classic.id, billing_mode={"type": "flexible"})


@pytest.fixture
def subscribe(stripe, traveller):
    """Subscribes to prices in a mode."""

    def subscribe(mode, *prices, **params):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": price.id} for price in prices],
            billing_mode={"type": mode},
            expand=["latest_invoice"],
            **params,
        )

    return subscribe


@pytest.fixture
def change(stripe):
    """Changes the price of a subscription's only item, or whatever else is said."""

    def change(subscription, price=None, **params):
        if price is not None:
            [item] = subscription["items"].data
            params["items"] = [{"id": item.id, "price": price.id}]
        return stripe.Subscription.modify(subscription.id, expand=["latest_invoice"], **params)

    return change


@pytest.fixture
def free(stripe, team_price):
    """Nothing a month."""
    return stripe.Price.create(
        product=team_price.product, currency="usd", unit_amount=0, recurring={"interval": "month"}
    )


def amounts(subscription):
    """What the latest invoice has asked for, line by line."""
    return [line.amount for line in subscription.latest_invoice.lines.data]


def descriptions(subscription):
    """How the latest invoice says what it is for."""
    return [line.description for line in subscription.latest_invoice.lines.data]


def pending(stripe, traveller):
    """The amounts of what is on no invoice yet, the oldest first."""
    items = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    return [item.amount for item in reversed(items)]


# Credits


@pytest.mark.parametrize(("mode", "credit"), [("classic", -1500), ("flexible", -600)])
def test_what_was_not_paid_for_is_given_back_with_classic_billing_only(
    traveller, subscribe, change, team_price, dearer, mode, credit
):
    subscription = subscribe(mode, team_price)
    subscription = change(subscription, dearer, proration_behavior="none")
    traveller.advance(MIDWAY)

    changed = change(subscription, team_price, proration_behavior="always_invoice")

    assert amounts(changed) == [credit, 600]


def test_a_change_of_a_change_gives_back_what_the_last_one_has_cost(
    stripe, traveller, subscribe, change, team_price, dearer
):
    quarter = (FEBRUARY_29 - JANUARY_31) // 4
    subscription = subscribe("flexible", team_price)
    traveller.advance(JANUARY_31 + quarter)
    subscription = change(subscription, dearer)
    traveller.advance(JANUARY_31 + 2 * quarter)

    changed = change(subscription, team_price)

    assert pending(stripe, traveller) == [-900, 2250, -1500, 600]
    last = stripe.InvoiceItem.list(customer=traveller.customer.id).data[1]
    assert last.description.startswith("Unused time on Team")
    assert last.period.end == FEBRUARY_29
    assert changed.latest_invoice.id == subscription.latest_invoice.id


def test_an_invoice_that_was_voided_has_cost_nothing(
    stripe, traveller, subscribe, change, team_price, dearer
):
    subscription = subscribe("flexible", team_price)
    traveller.advance(MIDWAY)
    subscription = change(
        subscription,
        dearer,
        proration_behavior="always_invoice",
        payment_behavior="default_incomplete",
    )
    stripe.Invoice.void_invoice(subscription.latest_invoice.id)

    changed = change(subscription, team_price, proration_behavior="always_invoice")

    assert amounts(changed) == [-600, 600]


def test_an_item_that_nothing_was_asked_for_gives_nothing_back(
    stripe, traveller, subscribe, change, team_price, dearer
):
    subscription = subscribe("flexible", team_price)
    changed = change(subscription, items=[{"price": dearer.id}], proration_behavior="none")
    [added] = [item for item in changed["items"].data if item.price.id == dearer.id]

    stripe.SubscriptionItem.delete(added.id)

    assert pending(stripe, traveller) == []


def test_a_shortened_period_is_not_given_back_twice(
    stripe, traveller, subscribe, change, team_price
):
    subscription = subscribe("flexible", team_price)
    quarter = (FEBRUARY_29 - JANUARY_31) // 4
    change(subscription, cancel_at=JANUARY_31 + 3 * quarter)
    traveller.advance(JANUARY_31 + 2 * quarter)

    stripe.Subscription.cancel(subscription.id, prorate=True)

    assert pending(stripe, traveller) == [-300, -300]


# The billing cycle


@MODES
def test_a_first_price_that_costs_something_begins_a_period_with_classic_billing_only(
    stripe, traveller, subscribe, change, free, team_price, mode
):
    subscription = subscribe(mode, free)
    traveller.advance(MIDWAY)

    changed = change(subscription, team_price)

    if mode == "classic":
        assert changed.billing_cycle_anchor == MIDWAY
        assert amounts(changed) == [0, 1200]
    else:
        assert changed.billing_cycle_anchor == JANUARY_31
        assert pending(stripe, traveller) == [0, 600]


@pytest.mark.parametrize(("mode", "first"), [("classic", [414]), ("flexible", [1200])])
def test_a_first_period_that_is_cut_is_billed_whole_with_flexible_billing_only(
    subscribe, team_price, mode, first
):
    subscription = subscribe(
        mode, team_price, cancel_at=JANUARY_31 + 10 * DAY, proration_behavior="none"
    )

    assert amounts(subscription) == first


# Trials


@pytest.mark.parametrize(("mode", "ends"), [("classic", 7), ("flexible", 14)])
def test_an_end_within_a_trial_ends_it_with_classic_billing_only(
    subscribe, change, team_price, mode, ends
):
    subscription = subscribe(mode, team_price, trial_period_days=14)

    changed = change(subscription, cancel_at=JANUARY_31 + 7 * DAY)

    assert changed.trial_end == JANUARY_31 + ends * DAY


@pytest.mark.parametrize(
    ("mode", "first", "added"),
    [
        ("classic", ["Trial period for Team"], ["Trial period for Team"] * 2),
        ("flexible", ["Free trial for 1 × Team"], ["Free trial for 1 × Team"]),
    ],
)
def test_what_is_added_in_a_trial_is_on_an_invoice(
    subscribe, change, team_price, dearer, mode, first, added
):
    subscription = subscribe(mode, team_price, trial_period_days=14)

    changed = change(subscription, items=[{"price": dearer.id}])

    assert descriptions(subscription) == first
    assert descriptions(changed) == added
    assert (changed.latest_invoice.total, changed.latest_invoice.status) == (0, "paid")


@MODES
def test_a_trial_that_begins_later_is_on_an_invoice_with_what_it_gives_back(
    stripe, traveller, subscribe, change, team_price, mode
):
    subscription = subscribe(mode, team_price)
    traveller.advance(MIDWAY)

    changed = change(subscription, trial_end=MIDWAY + 30 * DAY)

    assert (changed.status, changed.trial_start) == ("trialing", MIDWAY)
    assert changed.latest_invoice.billing_reason == "subscription_update"
    assert amounts(changed) == [-600, 0]
    assert stripe.Customer.retrieve(traveller.customer.id).balance == -600


@pytest.mark.parametrize(("mode", "starts"), [("classic", JANUARY_31), ("flexible", MIDWAY)])
def test_a_second_trial_has_a_start_of_its_own_with_flexible_billing(
    traveller, subscribe, change, team_price, mode, starts
):
    subscription = subscribe(mode, team_price, trial_period_days=7)
    traveller.advance(MIDWAY)

    changed = change(subscription, trial_end=MIDWAY + 7 * DAY)

    assert (changed.trial_start, changed.trial_end) == (starts, MIDWAY + 7 * DAY)
