"""Changing, pausing and listing subscriptions, with the SDK."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000
MIDWAY = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2


def pending(stripe, traveller):
    """Amounts that wait for the next invoice, smallest first."""
    items = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True)
    return sorted(item.amount for item in items)


# Items


def test_an_upgrade_is_prorated_onto_the_next_invoice(stripe, traveller, subscription, dearer):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    changed = stripe.Subscription.modify(
        subscription.id, items=[{"id": item.id, "price": dearer.id}]
    )
    waiting = pending(stripe, traveller)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert changed.plan.id == dearer.id
    assert waiting == [-600, 1500]
    latest = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert latest.latest_invoice.amount_paid == 3000 + 1500 - 600
    assert pending(stripe, traveller) == []


def test_an_upgrade_can_be_charged_at_once(stripe, traveller, subscription, dearer):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "price": dearer.id}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    invoice = changed.latest_invoice
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert invoice.amount_paid == 900
    assert {line.parent.invoice_item_details.proration for line in invoice.lines} == {True}


def test_an_upgrade_without_proration_costs_nothing_now(stripe, traveller, subscription, dearer):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "price": dearer.id}],
        proration_behavior="none",
    )

    assert pending(stripe, traveller) == []


def test_a_declined_upgrade_with_error_if_incomplete_changes_nothing(
    stripe, traveller, subscription, dearer
):
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(subscription.id, default_payment_method=bad.id)
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    with pytest.raises(stripe.CardError) as declined:
        stripe.Subscription.modify(
            subscription.id,
            items=[{"id": item.id, "price": dearer.id}],
            proration_behavior="always_invoice",
            payment_behavior="error_if_incomplete",
        )

    unchanged = stripe.Subscription.retrieve(subscription.id)
    assert declined.value.code == "card_declined"
    assert (unchanged.plan.id, unchanged.status) == (subscription.plan.id, "active")
    assert pending(stripe, traveller) == []


def test_a_new_price_is_for_one_unless_more_are_asked_for(stripe, traveller, subscription, dearer):
    [item] = subscription["items"].data
    stripe.SubscriptionItem.modify(item.id, quantity=3)

    several = stripe.SubscriptionItem.modify(item.id, price=dearer.id, quantity=2)
    one = stripe.SubscriptionItem.modify(item.id, price=item.price.id)

    assert (several.quantity, one.quantity) == (2, 1)


@pytest.fixture
def yearly(stripe, team_price):
    """A hundred and twenty dollars a year."""
    return stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=12_000,
        recurring={"interval": "year"},
    )


def test_a_yearly_price_is_for_the_rest_of_the_year_that_the_anchor_begins(
    stripe, traveller, subscription, yearly
):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "price": yearly.id}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    [item] = changed["items"].data
    year = JANUARY_31 + 366 * DAY
    assert changed.billing_cycle_anchor == JANUARY_31
    assert (item.current_period_start, item.current_period_end) == (MIDWAY, year)
    left = round(12_000 * (year - MIDWAY) / (366 * DAY))
    assert [line.amount for line in changed.latest_invoice.lines.data] == [-600, left]


def test_with_classic_billing_a_yearly_price_begins_a_year_at_once(
    stripe, traveller, team_price, yearly
):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_mode={"type": "classic"},
    )
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "price": yearly.id}],
        expand=["latest_invoice"],
    )

    [item] = changed["items"].data
    assert (item.current_period_start, changed.billing_cycle_anchor) == (MIDWAY, MIDWAY)
    assert item.current_period_end == MIDWAY + 366 * DAY
    assert changed.latest_invoice.amount_paid == 12_000 - 600


def test_the_billing_cycle_can_begin_now(stripe, traveller, subscription):
    traveller.advance(MIDWAY)

    changed = stripe.Subscription.modify(
        subscription.id,
        billing_cycle_anchor={"type": "now"},
        expand=["latest_invoice"],
    )

    [item] = changed["items"].data
    assert (changed.billing_cycle_anchor, item.current_period_start) == (MIDWAY, MIDWAY)
    assert changed.latest_invoice.amount_paid == 1200 - 600


def test_a_string_is_no_billing_cycle_anchor(stripe, subscription):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(subscription.id, billing_cycle_anchor="now")

    assert (refused.value.http_status, refused.value.param) == (400, "billing_cycle_anchor")


def test_items_are_added_changed_and_removed_one_by_one(stripe, traveller, subscription, dearer):
    added = stripe.SubscriptionItem.create(
        subscription=subscription.id, price=dearer.id, quantity=2
    )
    changed = stripe.SubscriptionItem.modify(added.id, quantity=5)
    listed = stripe.SubscriptionItem.list(subscription=subscription.id)
    removed = stripe.SubscriptionItem.delete(added.id)

    assert changed.quantity == 5
    assert {item.id for item in listed} == {subscription["items"].data[0].id, added.id}
    assert removed.deleted is True
    assert len(stripe.Subscription.retrieve(subscription.id)["items"].data) == 1


def test_one_time_items_go_onto_the_first_invoice(stripe, customer, team_price):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=2500)

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        add_invoice_items=[{"price": setup.id, "quantity": 2}],
        expand=["latest_invoice"],
    )

    assert subscription.latest_invoice.amount_paid == 1200 + 5000
    assert len(subscription.latest_invoice.lines.data) == 2


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (None, (JANUARY_31, FEBRUARY_29)),
        (
            {
                "start": {"type": "now"},
                "end": {"type": "timestamp", "timestamp": JANUARY_31 + DAY},
            },
            (JANUARY_31, JANUARY_31 + DAY),
        ),
    ],
)
def test_one_time_items_are_for_the_period_or_for_the_time_that_is_said(
    stripe, traveller, team_price, period, expected
):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=2500)

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        add_invoice_items=[{"price": setup.id, **({"period": period} if period else {})}],
        expand=["latest_invoice"],
    )

    once, _ = subscription.latest_invoice.lines.data
    assert (once.period.start, once.period.end) == expected


def test_a_one_time_item_does_not_end_before_it_starts(stripe, traveller, team_price):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=2500)
    period = {
        "start": {"type": "now"},
        "end": {"type": "timestamp", "timestamp": JANUARY_31 - DAY},
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id}],
            add_invoice_items=[{"price": setup.id, "period": period}],
        )

    assert refused.value.param == "add_invoice_items[0][period][end]"


# Anchors


def test_a_first_period_up_to_an_anchor_costs_its_part(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_cycle_anchor=JANUARY_31 + 10 * DAY,
        expand=["latest_invoice"],
    )

    # The whole period around it is the one from 10 January to 10 February: 31 days.
    assert subscription.latest_invoice.amount_paid == round(1200 * 10 / 31)
    assert subscription["items"].data[0].current_period_end == JANUARY_31 + 10 * DAY


def test_a_first_period_up_to_an_anchor_can_be_left_unbilled(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_cycle_anchor=JANUARY_31 + 10 * DAY,
        proration_behavior="none",
    )
    traveller.advance(JANUARY_31 + 11 * DAY)

    assert (subscription.status, subscription.latest_invoice) == ("active", None)
    [invoice] = stripe.Invoice.list(subscription=subscription.id).data
    assert (invoice.billing_reason, invoice.total) == ("subscription_cycle", 1200)


def test_an_anchor_can_be_a_day_of_the_month(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        billing_cycle_anchor_config={"day_of_month": 15, "hour": 0, "minute": 0, "second": 0},
    )

    assert subscription.billing_cycle_anchor == 1_707_955_200  # 15 February, midnight
    assert subscription.billing_cycle_anchor_config.day_of_month == 15


def test_an_anchor_is_in_a_month_that_has_its_day(stripe, traveller, team_price):
    """https://docs.stripe.com/billing/subscriptions/billing-cycle#new-subscriptions"""
    two_months = stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=6000,
        recurring={"interval": "month", "interval_count": 2},
    )
    february_10, april_30, august_31 = JANUARY_31 + 10 * DAY, 1_714_478_400, 1_725_105_600
    traveller.advance(february_10)

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": two_months.id}],
        billing_cycle_anchor_config={"day_of_month": 31},
    )

    assert subscription.billing_cycle_anchor == august_31
    assert subscription["items"].data[0].current_period_end == FEBRUARY_29
    traveller.advance(FEBRUARY_29)
    [item] = stripe.Subscription.retrieve(subscription.id)["items"].data
    assert (item.current_period_start, item.current_period_end) == (FEBRUARY_29, april_30)


def test_a_day_that_no_month_of_the_cycle_has_is_its_last(stripe, traveller, yearly):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": yearly.id}],
        billing_cycle_anchor_config={"day_of_month": 31, "month": 4},
    )

    april_30 = 1_714_478_400
    assert subscription.billing_cycle_anchor == april_30
    assert subscription["items"].data[0].current_period_end == april_30


def test_no_price_is_in_a_new_subscription_twice(stripe, traveller, team_price):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=traveller.customer.id, items=[{"price": team_price.id}] * 2
        )

    assert refused.value.param == "plan"
    assert refused.value.user_message == (
        "Cannot create a Subscription with multiple Subscription Items with the same Price: "
        + team_price.id
    )


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"items": [{"quantity": 2}]}, "items"),
        ({"trial_end": FEBRUARY_29}, "trial_end"),
        ({"billing_cycle_anchor": {"type": "now"}}, "billing_cycle_anchor"),
    ],
    ids=["items", "trial", "cycle"],
)
def test_what_is_not_paid_for_yet_is_not_changed_in_what_it_costs(
    stripe, traveller, team_price, change, param
):
    """https://docs.stripe.com/billing/collection-method#failed-incomplete-subscriptions"""
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
    )
    [item] = subscription["items"].data
    if "items" in change:
        change = {"items": [{"id": item.id, **change["items"][0]}]}

    with pytest.raises(stripe.InvalidRequestError, match="incomplete") as refused:
        stripe.Subscription.modify(subscription.id, **change)

    assert refused.value.param == param
    changed = stripe.Subscription.modify(
        subscription.id,
        description="A team",
        items=[{"id": item.id, "metadata": {"seat": "1"}}],
    )
    assert (changed.status, changed.description) == ("incomplete", "A team")


def test_what_is_not_collected_is_not_announced(stripe, traveller, subscription):
    stripe.Subscription.modify(subscription.id, pause_collection={"behavior": "void"})

    traveller.advance(FEBRUARY_29 + DAY)

    assert stripe.Event.list(type="invoice.upcoming").data == []


# Pausing


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible"), ("void", "void")],
)
def test_collection_can_be_paused(stripe, traveller, subscription, behavior, status):
    stripe.Subscription.modify(subscription.id, pause_collection={"behavior": behavior})

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    paused = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (paused.status, paused.latest_invoice.status) == ("active", status)
    if status == "uncollectible":
        assert paused.latest_invoice.status_details.uncollectible.reason == "subscription_paused"
    assert len(stripe.Charge.list(customer=traveller.customer.id).data) == 1


def test_collection_resumes_when_it_was_told_to(stripe, traveller, subscription):
    stripe.Subscription.modify(
        subscription.id,
        pause_collection={"behavior": "void", "resumes_at": FEBRUARY_29 - DAY},
    )

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    resumed = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (resumed.pause_collection, resumed.latest_invoice.status) == (None, "paid")


def test_collection_can_be_resumed_by_hand(stripe, subscription):
    stripe.Subscription.modify(subscription.id, pause_collection={"behavior": "void"})

    resumed = stripe.Subscription.modify(subscription.id, pause_collection="")

    assert resumed.pause_collection is None


def test_a_paused_subscription_is_not_renewed_until_it_is_resumed(
    stripe, client, traveller, subscription
):
    nothing = {"unused_time_from": {"type": "none"}}
    paused = stripe.Subscription.pause(subscription.id, type="subscription", bill_for=nothing)
    traveller.advance(FEBRUARY_29 + 10 * DAY)
    meanwhile = stripe.Invoice.list(subscription=subscription.id).data

    resumed = stripe.Subscription.resume(
        subscription.id,
        billing_cycle_anchor={"type": "now"},
        payment_behavior="resume_on_payment_success",
        expand=["latest_invoice"],
    )

    assert paused.status == "paused"
    assert paused.status_details.paused.subscription.type == "pause_requested"
    assert len(meanwhile) == 1
    assert (resumed.status, resumed.latest_invoice.amount_paid) == ("active", 1200)
    assert resumed["items"].data[0].current_period_start == FEBRUARY_29 + 10 * DAY


# Lists


def test_lists_leave_out_what_was_canceled_unless_asked(stripe, customer, team_price, dearer):
    gone = stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])
    stays = stripe.Subscription.create(customer=customer.id, items=[{"price": dearer.id}])
    stripe.Subscription.cancel(gone.id)

    def ids(**filters):
        return [each.id for each in stripe.Subscription.list(**filters)]

    assert ids() == [stays.id]
    assert ids(status="all") == [stays.id, gone.id]
    assert ids(status="canceled") == ids(status="ended") == [gone.id]
    assert ids(customer=customer.id, price=dearer.id) == [stays.id]
    assert ids(price=team_price.id) == []
    assert ids(customer=customer.id, status="past_due") == []


def test_lists_leave_out_who_lives_on_a_test_clock_unless_asked(
    stripe, traveller, customer, team_price, subscription
):
    real = stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    assert [each.id for each in stripe.Subscription.list()] == [real.id]
    assert [each.id for each in stripe.Subscription.list(test_clock=traveller.clock.id)] == [
        subscription.id
    ]
    assert [each.id for each in stripe.Subscription.list(customer=traveller.customer.id)] == [
        subscription.id
    ]


# Invoices that are sent


def test_an_invoice_that_is_sent_is_owed(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=7,
        expand=["latest_invoice"],
    )
    draft = subscription.latest_invoice

    traveller.advance(JANUARY_31 + 2 * HOUR)
    sent = stripe.Invoice.retrieve(draft.id)
    traveller.advance(JANUARY_31 + 8 * DAY)
    overdue = stripe.Subscription.retrieve(subscription.id)
    paid = stripe.Invoice.pay(draft.id)

    assert (subscription.status, draft.status) == ("active", "draft")
    assert (sent.status, sent.amount_due, sent.due_date) == (
        "open",
        1200,
        JANUARY_31 + 7 * DAY,
    )
    assert overdue.status == "past_due"
    assert paid.status == "paid"
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def test_what_is_overdue_as_its_period_ends_is_renewed_all_the_same(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=29,
    )
    stripe.Invoice.finalize_invoice(subscription.latest_invoice)
    end = subscription["items"].data[0].current_period_end

    traveller.advance(end + DAY)

    renewed = stripe.Subscription.retrieve(subscription.id)
    assert stripe.Invoice.retrieve(subscription.latest_invoice).due_date == end
    assert renewed.status == "past_due"
    assert renewed["items"].data[0].current_period_start == end


def test_a_sent_invoice_that_is_paid_in_time_is_never_past_due(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=7,
    )
    traveller.advance(JANUARY_31 + 2 * HOUR)
    stripe.Invoice.pay(subscription.latest_invoice)

    traveller.advance(JANUARY_31 + 8 * DAY)

    on_time = stripe.Subscription.retrieve(subscription.id)
    assert on_time.status == "active"
    assert on_time["items"].data[0].current_period_start == JANUARY_31


def test_more_time_to_pay_postpones_what_is_past_due(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=7,
    )
    stripe.Invoice.modify(subscription.latest_invoice, days_until_due=14)

    traveller.advance(JANUARY_31 + 8 * DAY)
    in_time = stripe.Subscription.retrieve(subscription.id)
    traveller.advance(JANUARY_31 + 15 * DAY)
    late = stripe.Subscription.retrieve(subscription.id)

    assert in_time.status == "active"
    assert in_time["items"].data[0].current_period_start == JANUARY_31
    assert late.status == "past_due"


def test_sending_needs_days_until_due(stripe, customer, team_price):
    terms = {"customer": customer.id, "items": [{"price": team_price.id}]}

    with pytest.raises(stripe.InvalidRequestError, match="you must specify 'days_until_due'"):
        stripe.Subscription.create(**terms, collection_method="send_invoice")
    with pytest.raises(stripe.InvalidRequestError, match="You can only specify 'days_until_due'"):
        stripe.Subscription.create(**terms, days_until_due=30)


def test_iterations_of_a_schedule_are_refused(stripe, customer, team_price):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionSchedule.create(
            customer=customer.id,
            start_date="now",
            phases=[{"items": [{"price": team_price.id}], "iterations": 2}],
        )

    assert (refused.value.code, refused.value.param) == (
        "parameter_unknown",
        "phases[0][iterations]",
    )


def test_a_subscription_keeps_one_item(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )
    [item] = subscription["items"].data
    words = (
        "A subscription must have at least one active plan. To cancel a subscription, please use the cancel API "
        "endpoint on /v1/subscriptions."
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionItem.delete(item.id)
    assert refused.value.user_message == words
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(subscription.id, items=[{"id": item.id, "deleted": True}])
    assert refused.value.user_message == words


def test_prices_of_a_classic_subscription_recur_together(stripe, customer, team_price, yearly):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=customer.id,
            items=[{"price": team_price.id}, {"price": yearly.id}],
            billing_mode={"type": "classic"},
        )

    assert refused.value.user_message == (
        "All prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`."
    )
