"""Pausing and resuming subscriptions on a schedule (https://docs.stripe.com/billing/subscriptions/pause/schedules), with the
SDK. The subscription is of twelve dollars a month, since 31 January 2024.
"""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
FEBRUARY_10, FEBRUARY_20 = JANUARY_31 + 10 * DAY, JANUARY_31 + 20 * DAY
NOW = {"type": "now"}
NOTHING = {"unused_time_from": {"type": "none"}, "outstanding_usage_through": {"type": "none"}}


def at(moment):
    return {"type": "timestamp", "timestamp": moment}


UNPAID = {
    "pause": {"pause_at": {"type": "now"}, "settings": {"bill_for": NOTHING}},
    "resume": {"resume_at": {"type": "timestamp", "timestamp": FEBRUARY_10}},
}
"""Nothing is given back, so that resuming costs a whole period."""


@pytest.fixture
def plan(stripe, subscription):
    """Manages the subscription by a schedule with pause schedules."""

    def plan(*pauses, **params):
        return stripe.SubscriptionSchedule.create(
            from_subscription=subscription.id, pause_schedules=[*pauses], **params
        )

    return plan


@pytest.fixture
def state(stripe, subscription):
    """The state of the subscription, and those of its pause and of the attempt to resume it."""

    def state(schedule):
        [each] = stripe.SubscriptionSchedule.retrieve(schedule.id).pause_schedules
        resumed = each.resume.status.type if each.resume else None
        status = stripe.Subscription.retrieve(subscription.id).status
        return status, each.pause.status.type, resumed

    return state


def test_what_is_not_said_of_a_pause_is_as_documented(plan):
    schedule = plan(
        {"key": "holiday", "pause": {"pause_at": at(FEBRUARY_10)}},
    )

    assert [each.to_dict() for each in schedule.pause_schedules] == [
        {
            "key": "holiday",
            "pause": {
                "pause_at": FEBRUARY_10,
                "settings": {
                    "bill_for": {
                        "outstanding_usage_through": {"type": "pause_at"},
                        "unused_time_from": {"type": "pause_at"},
                    },
                    "invoicing_behavior": "pending_invoice_item",
                    "type": "subscription",
                },
                "status": {"type": "scheduled"},
            },
            "resume": None,
        }
    ]


def test_a_pause_comes_and_goes(stripe, traveller, subscription, plan, state, billed):
    schedule = plan(
        {
            "pause": {"pause_at": at(FEBRUARY_10), "settings": {"bill_for": NOTHING}},
            "resume": {"resume_at": {"type": "duration", "duration": {"interval": "month"}}},
        }
    )
    [made] = schedule.pause_schedules
    march_10 = FEBRUARY_10 + 29 * DAY
    assert made.key
    assert made.resume.resume_at == march_10
    assert made.resume.settings.to_dict() == {
        "billing_cycle_anchor": "resume_at",
        "payment_behavior": "resume_on_payment_success",
        "proration_behavior": "create_prorations",
    }

    traveller.advance(FEBRUARY_20)
    assert state(schedule) == ("paused", "succeeded", "scheduled")
    # It would have been released by now, if it had not to resume.
    traveller.advance(FEBRUARY_29 + DAY)
    assert stripe.SubscriptionSchedule.retrieve(schedule.id).status == "active"
    assert billed(subscription) == [1200]

    traveller.advance(march_10 + HOUR)
    resumed = stripe.Subscription.retrieve(subscription.id)
    assert state(schedule) == ("active", "succeeded", "succeeded")
    assert resumed.billing_cycle_anchor == march_10
    assert billed(subscription) == [1200, 1200]
    assert stripe.SubscriptionSchedule.retrieve(schedule.id).status == "released"
    told = [
        event.type
        for event in stripe.Event.list(limit=100).data
        if event.type.endswith((".paused", ".resumed"))
    ]
    assert told == ["customer.subscription.resumed", "customer.subscription.paused"]


def test_a_pause_at_the_end_of_a_period_comes_before_the_renewal(
    traveller, subscription, plan, state, billed
):
    schedule = plan({"pause": {"pause_at": at(FEBRUARY_29)}})

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert state(schedule) == ("paused", "succeeded", None)
    assert billed(subscription) == [1200]


def test_it_is_paused_now_and_what_is_unused_is_invoiced(
    traveller, subscription, plan, state, billed
):
    traveller.advance(FEBRUARY_10)

    schedule = plan(
        {
            "pause": {"pause_at": NOW, "settings": {"invoicing_behavior": "invoice"}},
            "resume": {"resume_at": at(FEBRUARY_20)},
        }
    )

    assert state(schedule) == ("paused", "succeeded", "scheduled")
    assert billed(subscription) == [1200, -round(1200 * 19 / 29)]
    assert schedule.pause_schedules[0].pause.pause_at == FEBRUARY_10


def test_one_that_is_paused_already_is_resumed(stripe, traveller, subscription, plan, state):
    stripe.Subscription.pause(subscription.id, type="subscription", bill_for=NOTHING)
    traveller.advance(FEBRUARY_10)

    schedule = plan(
        {
            "resume": {
                "resume_at": at(FEBRUARY_20),
                "settings": {"billing_cycle_anchor": "unchanged", "proration_behavior": "none"},
            }
        }
    )

    [made] = schedule.pause_schedules
    assert (made.pause.pause_at, made.pause.settings) == (JANUARY_31, None)
    traveller.advance(FEBRUARY_20 + HOUR)
    assert state(schedule) == ("active", "succeeded", "succeeded")
    assert stripe.Subscription.retrieve(subscription.id).billing_cycle_anchor == JANUARY_31


def test_it_stays_paused_until_the_resumption_is_paid(stripe, traveller, subscription, plan, state):
    schedule = plan(UNPAID)
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(subscription.id, default_payment_method=bad.id)

    traveller.advance(FEBRUARY_10 + HOUR)
    assert state(schedule) == ("paused", "succeeded", "pending")

    invoice = stripe.Subscription.retrieve(subscription.id).latest_invoice
    stripe.Invoice.pay(invoice, payment_method="pm_card_visa")
    assert state(schedule) == ("active", "succeeded", "succeeded")


def test_a_resumption_can_require_the_customer(stripe, traveller, subscription, plan, state):
    schedule = plan(UNPAID)
    asks = stripe.PaymentMethod.attach(
        "pm_card_authenticationRequired", customer=traveller.customer.id
    )
    stripe.Subscription.modify(subscription.id, default_payment_method=asks.id)

    traveller.advance(FEBRUARY_10 + HOUR)

    assert state(schedule) == ("paused", "succeeded", "requires_action")
    invoice = stripe.Subscription.retrieve(subscription.id).latest_invoice
    stripe.Invoice.void_invoice(invoice)
    assert state(schedule) == ("paused", "succeeded", "error")


def test_what_fails_is_told_and_changes_nothing(stripe, traveller, subscription, plan, state):
    schedule = plan(
        {"pause": {"pause_at": at(FEBRUARY_10)}, "resume": {"resume_at": at(FEBRUARY_20)}}
    )
    stripe.Subscription.modify(subscription.id, collection_method="send_invoice", days_until_due=7)

    traveller.advance(FEBRUARY_20 + HOUR)

    [each] = stripe.SubscriptionSchedule.retrieve(schedule.id).pause_schedules
    assert state(schedule) == ("active", "error", "error")
    assert "charge_automatically" in each.pause.status.error.message
    assert "paused" in each.resume.status.error.message


def test_nothing_to_charge_is_an_error_of_the_resumption(
    stripe, traveller, subscription, plan, state, billed
):
    schedule = plan(UNPAID)
    for method in stripe.Customer.list_payment_methods(traveller.customer.id).data:
        stripe.PaymentMethod.detach(method.id)

    traveller.advance(FEBRUARY_10 + HOUR)

    [each] = stripe.SubscriptionSchedule.retrieve(schedule.id).pause_schedules
    assert state(schedule) == ("paused", "succeeded", "error")
    assert each.resume.status.error.code == "resource_missing"
    assert billed(subscription) == [1200]


def test_a_pause_schedule_is_changed_by_its_key(stripe, traveller, plan, state):
    schedule = plan(
        {
            "key": "holiday",
            "pause": {"pause_at": at(FEBRUARY_10), "settings": {"invoicing_behavior": "invoice"}},
        }
    )

    changed = stripe.SubscriptionSchedule.modify(
        schedule.id,
        pause_schedules=[{"key": "holiday", "resume": {"resume_at": at(FEBRUARY_20)}}],
    )
    [each] = changed.pause_schedules
    assert (each.pause.pause_at, each.pause.settings.invoicing_behavior) == (FEBRUARY_10, "invoice")
    assert each.resume.resume_at == FEBRUARY_20

    stripe.SubscriptionSchedule.modify(
        schedule.id, pause_schedules=[{"key": "holiday", "resume": ""}]
    )
    assert state(schedule) == ("active", "scheduled", None)

    traveller.advance(FEBRUARY_10 + HOUR)
    stripe.SubscriptionSchedule.modify(
        schedule.id, pause_schedules=[{"key": "holiday", "resume": {"resume_at": NOW}}]
    )
    assert state(schedule) == ("active", "succeeded", "succeeded")


def test_pause_schedules_can_be_taken_away(stripe, plan):
    schedule = plan({"pause": {"pause_at": at(FEBRUARY_10)}})

    changed = stripe.SubscriptionSchedule.modify(schedule.id, pause_schedules="")

    assert changed.pause_schedules == []


def test_a_planned_subscription_is_paused_in_its_phase(stripe, traveller, team_price):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        start_date="now",
        phases=[{"items": [{"price": team_price.id}], "duration": {"interval": "year"}}],
        pause_schedules=[
            {
                "pause": {"pause_at": at(FEBRUARY_10), "settings": {"bill_for": NOTHING}},
                "resume": {"resume_at": at(FEBRUARY_20)},
            }
        ],
    )

    traveller.advance(FEBRUARY_10 + HOUR)
    paused = stripe.Subscription.retrieve(schedule.subscription)
    traveller.advance(FEBRUARY_20 + HOUR)

    assert paused.status == "paused"
    assert stripe.Subscription.retrieve(schedule.subscription).status == "active"
    assert stripe.SubscriptionSchedule.retrieve(schedule.id).status == "active"


def test_the_invoice_of_a_pause_is_previewed(stripe, traveller, subscription, plan):
    schedule = plan({"key": "holiday", "pause": {"pause_at": at(FEBRUARY_20)}})
    traveller.advance(FEBRUARY_10)

    preview = stripe.Invoice.create_preview(
        schedule=schedule.id,
        schedule_details={
            "pause_schedules": [
                {
                    "key": "holiday",
                    "pause": {"pause_at": NOW, "settings": {"invoicing_behavior": "invoice"}},
                }
            ]
        },
    )

    assert preview.total == -round(1200 * 19 / 29)
    assert stripe.Subscription.retrieve(subscription.id).status == "active"


def pausing(moment, **resume):
    return {"pause": {"pause_at": moment}, **resume}


@pytest.mark.parametrize(
    ("pauses", "param"),
    [
        ([{"key": "holiday"}], "pause_schedules[0][pause]"),
        (
            [{"pause": {"pause_at": {"type": "timestamp"}}}],
            "pause_schedules[0][pause][pause_at][timestamp]",
        ),
        ([pausing(at(JANUARY_31))], "pause_schedules[0][pause][pause_at][timestamp]"),
        (
            [pausing(at(FEBRUARY_20), resume={"resume_at": at(FEBRUARY_10)})],
            "pause_schedules[0][resume][resume_at]",
        ),
        (
            [pausing(at(FEBRUARY_20), resume={"resume_at": {"type": "duration"}})],
            "pause_schedules[0][resume][resume_at][duration]",
        ),
        ([pausing(at(FEBRUARY_10)), pausing(at(FEBRUARY_20))], "pause_schedules"),
        (
            [
                pausing(at(FEBRUARY_10), resume={"resume_at": at(FEBRUARY_29)}),
                pausing(at(FEBRUARY_20)),
            ],
            "pause_schedules",
        ),
    ],
)
def test_pauses_follow_each_other_in_time(stripe, plan, pauses, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        plan(*pauses)

    assert refused.value.param == param


@pytest.mark.parametrize(
    "terms",
    [
        {"billing_mode": {"type": "classic"}},
        {
            "default_settings": {
                "collection_method": "send_invoice",
                "invoice_settings": {"days_until_due": 7},
            }
        },
    ],
)
def test_only_flexible_subscriptions_that_are_charged_are_paused(
    stripe, traveller, team_price, terms
):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SubscriptionSchedule.create(
            customer=traveller.customer.id,
            start_date="now",
            phases=[{"items": [{"price": team_price.id}], "duration": {"interval": "year"}}],
            pause_schedules=[pausing(at(FEBRUARY_10))],
            **terms,
        )

    assert refused.value.param == "pause_schedules"
