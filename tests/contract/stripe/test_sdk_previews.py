"""Previews of invoices, with the SDK: they are what then happens, and leave nothing behind."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
DECEMBER_31, APRIL_30 = 1_704_024_000, 1_714_478_400
MIDWAY = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2


def test_what_is_added_is_on_the_next_invoice(stripe, traveller, subscription):
    waiting = stripe.InvoiceItem.create(
        customer=traveller.customer.id, amount=300, currency="usd", description="Tea"
    )

    preview = stripe.Invoice.create_preview(
        subscription=subscription.id,
        invoice_items=[
            {"amount": 500, "currency": "usd", "description": "Setup"},
            {"invoiceitem": waiting.id, "amount": 400},
        ],
    )

    assert sorted(line.amount for line in preview.lines.data) == [400, 500, 1200]
    [unchanged] = stripe.InvoiceItem.list(customer=traveller.customer.id).data
    assert (unchanged.amount, unchanged.invoice) == (300, None)


def test_a_customer_alone_is_not_enough(stripe, traveller, subscription):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.create_preview(customer=traveller.customer.id)

    assert refused.value.http_status == 400
    assert refused.value.user_message.startswith("You must provide at least one of: `subscription`")


def test_a_customer_without_a_subscription_has_what_is_pending_and_added(stripe, customer):
    stripe.InvoiceItem.create(customer=customer.id, amount=300, currency="usd")

    preview = stripe.Invoice.create_preview(
        customer=customer.id, invoice_items=[{"amount": 200, "currency": "usd"}]
    )

    assert (preview.total, preview.status) == (500, "draft")


def test_a_customer_that_is_only_described_can_be_billed(stripe, team_price):
    preview = stripe.Invoice.create_preview(
        customer_details={"address": {"country": "DE"}, "tax_exempt": "reverse"},
        subscription_details={"items": [{"price": team_price.id}]},
    )

    assert preview.total == 1200
    assert (preview.customer_address.country, preview.customer_tax_exempt) == ("DE", "reverse")
    assert stripe.Customer.list().data == []


def test_what_is_charged_at_once_is_previewed_as_unpaid(stripe, traveller, subscription, dearer):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    preview = stripe.Invoice.create_preview(
        subscription=subscription.id,
        subscription_details={
            "items": [{"id": item.id, "price": dearer.id}],
            "proration_behavior": "always_invoice",
        },
    )

    assert (preview.amount_due, preview.amount_paid, preview.amount_remaining) == (900, 0, 900)
    assert (preview.attempted, preview.status_transitions.paid_at) == (False, None)


def test_the_customers_balance_is_applied(stripe, traveller, subscription):
    stripe.Customer.create_balance_transaction(traveller.customer.id, amount=-500, currency="usd")

    preview = stripe.Invoice.create_preview(subscription=subscription.id)

    assert (preview.total, preview.amount_due) == (1200, 700)
    assert (preview.starting_balance, preview.ending_balance) == (-500, 0)
    assert stripe.Customer.retrieve(traveller.customer.id).balance == -500


def test_the_end_of_a_trial_is_previewed(stripe, traveller, team_price):
    trial = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], trial_period_days=10
    )

    after = stripe.Invoice.create_preview(subscription=trial.id)
    now = stripe.Invoice.create_preview(
        subscription=trial.id, subscription_details={"trial_end": "now"}
    )

    assert (after.total, after.created) == (1200, JANUARY_31 + 10 * DAY)
    assert (now.total, now.created) == (1200, JANUARY_31)


def test_a_cancellation_is_previewed(stripe, traveller, subscription):
    traveller.advance(MIDWAY)

    preview = stripe.Invoice.create_preview(
        subscription=subscription.id, subscription_details={"cancel_now": True}
    )

    assert preview.total == -600
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def test_what_ends_with_its_period_has_no_next_invoice(stripe, subscription):
    with pytest.raises(stripe.InvalidRequestError) as nothing:
        stripe.Invoice.create_preview(
            subscription=subscription.id, subscription_details={"cancel_at_period_end": True}
        )

    assert nothing.value.code == "invoice_upcoming_none"


def test_the_next_phase_of_a_schedule_is_previewed(stripe, traveller, team_price, dearer):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        phases=[{"items": [{"price": price.id}]} for price in (team_price, dearer)],
    )

    by_schedule = stripe.Invoice.create_preview(schedule=schedule.id)
    by_subscription = stripe.Invoice.create_preview(subscription=schedule.subscription)

    assert by_schedule.total == by_subscription.total == 3000
    assert stripe.SubscriptionSchedule.retrieve(schedule.id).current_phase.end_date == FEBRUARY_29


def test_a_schedule_that_is_still_to_begin_is_previewed(stripe, traveller, team_price):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        start_date=JANUARY_31 + DAY,
        phases=[{"items": [{"price": team_price.id, "quantity": 2}]}],
    )

    preview = stripe.Invoice.create_preview(schedule=schedule.id)

    assert (preview.total, preview.created) == (2400, JANUARY_31 + DAY)
    assert stripe.SubscriptionSchedule.retrieve(schedule.id).status == "not_started"


def test_other_phases_of_a_schedule_are_previewed(stripe, traveller, team_price, dearer):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id, phases=[{"items": [{"price": team_price.id}]}]
    )
    current = schedule.phases[0]

    preview = stripe.Invoice.create_preview(
        schedule=schedule.id,
        schedule_details={
            "phases": [
                {
                    "items": [{"price": team_price.id}],
                    "start_date": current.start_date,
                    "end_date": current.end_date,
                },
                {"items": [{"price": dearer.id, "quantity": 2}]},
            ]
        },
    )

    assert preview.total == 6000
    assert len(stripe.SubscriptionSchedule.retrieve(schedule.id).phases) == 1


def test_a_schedule_that_there_is_not_is_previewed(stripe, traveller, dearer):
    preview = stripe.Invoice.create_preview(
        customer=traveller.customer.id,
        schedule_details={"phases": [{"items": [{"price": dearer.id}]}]},
    )

    assert preview.total == 3000
    assert stripe.SubscriptionSchedule.list().data == []
    assert stripe.Subscription.list(customer=traveller.customer.id).data == []


def test_what_recurs_is_shown_without_what_is_billed_once(stripe, traveller, subscription, dearer):
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=300, currency="usd")
    item = subscription["items"].data[0].id

    now = stripe.Invoice.create_preview(subscription=subscription.id, preview_mode="recurring")
    then = stripe.Invoice.create_preview(
        subscription=subscription.id,
        subscription_details={
            "items": [{"id": item, "price": dearer.id, "quantity": 2}],
            "proration_behavior": "always_invoice",
        },
        preview_mode="recurring",
    )
    new = stripe.Invoice.create_preview(
        customer=traveller.customer.id,
        subscription_details={
            "items": [{"price": dearer.id}],
            "trial_end": FEBRUARY_29,
        },
        preview_mode="recurring",
    )

    assert [now.total, then.total, new.total] == [1200, 6000, 3000]


def test_a_preview_is_what_then_happens(stripe, traveller, subscription, dearer):
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data
    change = [{"id": item.id, "price": dearer.id}]

    preview = stripe.Invoice.create_preview(
        subscription=subscription.id, subscription_details={"items": change}
    )
    untouched = stripe.Subscription.retrieve(subscription.id)
    stripe.Subscription.modify(subscription.id, items=change)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    invoice = stripe.Invoice.retrieve(stripe.Subscription.retrieve(subscription.id).latest_invoice)

    assert (preview.status, preview.number, preview.created) == ("draft", None, FEBRUARY_29)
    assert untouched.plan.id == subscription.plan.id
    assert untouched.latest_invoice == subscription.latest_invoice
    assert preview.total == invoice.total
    assert [line.amount for line in preview.lines] == [line.amount for line in invoice.lines]


def test_a_preview_leaves_nothing_behind(stripe, traveller, subscription):
    preview = stripe.Invoice.create_preview(subscription=subscription.id)

    assert preview.total == 1200
    assert len(stripe.Invoice.list(customer=traveller.customer.id).data) == 1
    with pytest.raises(stripe.InvalidRequestError, match="No such invoice"):
        stripe.Invoice.retrieve(preview.id)


def test_a_new_subscription_can_be_previewed(stripe, customer, team_price):
    preview = stripe.Invoice.create_preview(
        customer=customer.id,
        subscription_details={"items": [{"price": team_price.id, "quantity": 2}]},
    )

    assert preview.total == 2400
    assert stripe.Subscription.list(status="all").data == []


@pytest.mark.parametrize(
    ("start", "periods"),
    [
        (MARCH_31, [(MARCH_31, APRIL_30)]),
        (DECEMBER_31, [(DECEMBER_31, JANUARY_31), (JANUARY_31, FEBRUARY_29)]),
    ],
)
def test_a_new_subscription_can_be_previewed_from_another_day_on(
    stripe, traveller, team_price, start, periods
):
    preview = stripe.Invoice.create_preview(
        customer=traveller.customer.id,
        subscription_details={"items": [{"price": team_price.id}], "start_date": start},
    )

    lines = preview.lines.data
    assert [(each.amount, each.period.start, each.period.end) for each in lines] == [
        (1200, *period) for period in periods
    ]


def test_what_has_ended_has_no_next_invoice(stripe, subscription):
    stripe.Subscription.cancel(subscription.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.create_preview(subscription=subscription.id)

    assert (refused.value.http_status, refused.value.code) == (404, "invoice_upcoming_none")
