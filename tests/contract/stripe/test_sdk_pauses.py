"""Pausing and resuming subscriptions, with the SDK (https://docs.stripe.com/billing/subscriptions/pause)."""

import pytest

HOUR, DAY = 3600, 86_400
JANUARY_31 = 1_706_702_400
PAUSED_AT = JANUARY_31 + 10 * DAY
UNUSED = -786
"""Of 1200 cents for 29 days, what 19 of them are worth."""

SUCCESS = "resume_on_payment_success"
NOTHING = {"unused_time_from": {"type": "none"}, "outstanding_usage_through": {"type": "none"}}


@pytest.fixture
def running(stripe, traveller, subscription):
    """A subscription ten days after it began."""
    traveller.advance(PAUSED_AT)
    return subscription


@pytest.fixture
def paused(stripe, running):
    """The same, paused, and nothing pending."""
    return stripe.Subscription.pause(running.id, bill_for=NOTHING)


@pytest.fixture
def cannot_pay(stripe, traveller, paused):
    """The same, of whose customer nothing can be charged."""
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(paused.id, default_payment_method=bad.id)
    return paused


@pytest.fixture
def metered(stripe, traveller):
    """A subscription to what is used, of two cents each, and a function that uses some."""
    meter = stripe.billing.Meter.create(
        display_name="Calls", event_name="calls", default_aggregation={"formula": "sum"}
    )
    price = stripe.Price.create(
        currency="usd",
        unit_amount=2,
        recurring={"interval": "month", "usage_type": "metered", "meter": meter.id},
        product_data={"name": "Calls"},
    )

    def use(number):
        stripe.billing.MeterEvent.create(
            event_name="calls",
            payload={"stripe_customer_id": traveller.customer.id, "value": str(number)},
            timestamp=stripe.test_helpers.TestClock.retrieve(traveller.clock.id).frozen_time,
        )

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": price.id}]
    )
    return subscription, use


def pending(stripe, traveller):
    """What the customer's next invoice will have, in cents."""
    items = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    return [item.amount for item in items]


def state(stripe, subscription):
    return stripe.Subscription.retrieve(subscription.id).status


# Pausing


def test_what_is_unused_is_credited_and_the_period_is_over(stripe, traveller, running):
    paused = stripe.Subscription.pause(running.id)

    assert (paused.status, paused.latest_invoice) == ("paused", running.latest_invoice)
    assert paused.status_details.paused.transitioned_at == PAUSED_AT
    assert paused["items"].data[0].current_period_end == PAUSED_AT
    assert pending(stripe, traveller) == [UNUSED]


@pytest.mark.parametrize(
    ("since", "amounts"), [("none", []), ("now", [UNUSED]), ("item_current_period_start", [-1200])]
)
def test_it_is_said_since_when_time_is_unused(stripe, traveller, running, since, amounts):
    stripe.Subscription.pause(running.id, bill_for={"unused_time_from": {"type": since}})

    assert pending(stripe, traveller) == amounts


def test_it_is_settled_by_an_invoice_where_that_is_asked_for(stripe, traveller, running):
    paused = stripe.Subscription.pause(
        running.id, invoicing_behavior="invoice", expand=["latest_invoice"]
    )

    assert (paused.latest_invoice.total, paused.latest_invoice.status) == (UNUSED, "paid")
    assert stripe.Customer.retrieve(traveller.customer.id).balance == UNUSED
    assert pending(stripe, traveller) == []


@pytest.mark.parametrize(("through", "amounts"), [("now", [84]), ("none", [])])
def test_usage_is_billed_up_to_the_pause_and_not_within_it(
    stripe, traveller, metered, through, amounts
):
    subscription, use = metered
    traveller.advance(PAUSED_AT - DAY)
    use(42)
    traveller.advance(PAUSED_AT)

    stripe.Subscription.pause(
        subscription.id, bill_for={"outstanding_usage_through": {"type": through}}
    )
    assert pending(stripe, traveller) == amounts

    traveller.advance(PAUSED_AT + 4 * DAY)
    use(1000)
    traveller.advance(PAUSED_AT + 5 * DAY)
    stripe.Subscription.resume(subscription.id, payment_behavior=SUCCESS)
    traveller.advance(PAUSED_AT + 6 * DAY)
    use(7)
    traveller.advance(PAUSED_AT + 36 * DAY)
    renewal = stripe.Invoice.retrieve(stripe.Subscription.retrieve(subscription.id).latest_invoice)
    assert [line.amount for line in renewal.lines.data if line.amount] == [14]


def test_it_costs_nothing_to_change_what_is_paused(stripe, traveller, paused, dearer):
    item = paused["items"].data[0].id

    changed = stripe.Subscription.modify(
        paused.id,
        items=[{"id": item, "price": dearer.id}],
        proration_behavior="always_invoice",
        cancel_at=PAUSED_AT + 60 * DAY,
    )

    assert changed["items"].data[0].price.id == dearer.id
    assert changed["items"].data[0].current_period_end == PAUSED_AT
    assert (changed.status, changed.latest_invoice) == ("paused", paused.latest_invoice)
    assert pending(stripe, traveller) == []
    traveller.advance(PAUSED_AT + 60 * DAY)
    assert state(stripe, paused) == "canceled"
    assert len(stripe.Invoice.list(customer=traveller.customer.id).data) == 1


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"trial_period_days": 30}, "trialing"),
        ({"collection_method": "send_invoice", "days_until_due": 5}, "charge_automatically"),
        ({"billing_mode": {"type": "classic"}}, "flexible"),
        ({"payment_behavior": "default_incomplete"}, "incomplete"),
    ],
)
def test_what_cannot_be_paused(stripe, traveller, team_price, terms, why):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}], **terms
    )

    with pytest.raises(stripe.InvalidRequestError, match=why):
        stripe.Subscription.pause(subscription.id)


def test_a_schedule_and_a_pause_exclude_each_other(stripe, running):
    schedule = stripe.SubscriptionSchedule.create(from_subscription=running.id)
    with pytest.raises(stripe.InvalidRequestError, match=schedule.id):
        stripe.Subscription.pause(running.id)

    stripe.SubscriptionSchedule.release(schedule.id)
    stripe.Subscription.pause(running.id)
    with pytest.raises(stripe.InvalidRequestError, match="paused"):
        stripe.SubscriptionSchedule.create(from_subscription=running.id)


@pytest.mark.parametrize(
    "change", [{"trial_end": PAUSED_AT + DAY}, {"billing_cycle_anchor": "now"}]
)
def test_a_paused_subscription_begins_neither_a_trial_nor_a_period(stripe, paused, change):
    if "billing_cycle_anchor" in change:
        change = {"billing_cycle_anchor": {"type": "now"}}

    with pytest.raises(stripe.InvalidRequestError, match="resume it"):
        stripe.Subscription.modify(paused.id, **change)


def test_features_are_taken_and_given_again(stripe, traveller, team_price):
    feature = stripe.entitlements.Feature.create(name="Reports", lookup_key="reports")
    stripe.Product.create_feature(team_price.product, entitlement_feature=feature.id)
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )

    def given():
        found = stripe.entitlements.ActiveEntitlement.list(customer=traveller.customer.id).data
        return [each.lookup_key for each in found]

    assert given() == ["reports"]
    stripe.Subscription.pause(subscription.id)
    assert given() == []
    stripe.Subscription.resume(subscription.id, payment_behavior=SUCCESS)
    assert given() == ["reports"]


# Resuming


def test_what_resuming_costs_is_left_to_be_paid(stripe, traveller, paused):
    traveller.advance(PAUSED_AT + DAY)

    still = stripe.Subscription.resume(paused.id, expand=["latest_invoice"])

    invoice = still.latest_invoice
    assert (still.status, invoice.status, invoice.amount_due) == ("paused", "open", 1200)
    assert (invoice.attempted, invoice.auto_advance) == (False, False)
    assert still.pending_update.expires_at == PAUSED_AT + DAY + 23 * HOUR
    assert still["items"].data[0].current_period_end == PAUSED_AT

    stripe.Invoice.pay(invoice.id)
    resumed = stripe.Subscription.retrieve(paused.id)
    assert (resumed.status, resumed.pending_update) == ("active", None)
    assert resumed.billing_cycle_anchor == PAUSED_AT + DAY
    assert resumed["items"].data[0].current_period_start == PAUSED_AT + DAY
    assert "status_details" not in resumed


def test_an_attempt_that_fails_resumes_it_all_the_same(stripe, cannot_pay):
    still = stripe.Subscription.resume(cannot_pay.id)
    assert still.status == "paused"

    with pytest.raises(stripe.CardError):
        stripe.Invoice.pay(still.latest_invoice)

    assert state(stripe, cannot_pay) == "past_due"


@pytest.mark.parametrize(
    ("end", "status"), [("mark_uncollectible", "active"), ("void_invoice", "paused")]
)
@pytest.mark.parametrize("behavior", [SUCCESS, "resume_on_payment_attempt"])
def test_what_becomes_of_the_invoice_decides(stripe, cannot_pay, behavior, end, status):
    still = stripe.Subscription.resume(cannot_pay.id, payment_behavior=behavior)

    getattr(stripe.Invoice, end)(still.latest_invoice)

    assert state(stripe, cannot_pay) == status
    assert stripe.Subscription.retrieve(cannot_pay.id).pending_update is None


@pytest.mark.parametrize(
    ("behavior", "lifetime"), [(SUCCESS, 365 * DAY), ("resume_on_payment_attempt", 23 * HOUR)]
)
def test_it_can_be_too_late_to_pay(stripe, traveller, cannot_pay, behavior, lifetime):
    still = stripe.Subscription.resume(cannot_pay.id, payment_behavior=behavior)
    assert still.pending_update.expires_at == PAUSED_AT + lifetime

    # A clock goes two months at a time.
    for waited in [*range(50 * DAY, lifetime, 50 * DAY), lifetime]:
        traveller.advance(PAUSED_AT + waited)

    assert stripe.Invoice.retrieve(still.latest_invoice).status == "void"
    late = stripe.Subscription.retrieve(cannot_pay.id)
    assert (late.status, late.pending_update) == ("paused", None)


def test_what_is_paid_at_once_is_resumed_at_once(stripe, paused):
    resumed = stripe.Subscription.resume(
        paused.id, payment_behavior=SUCCESS, expand=["latest_invoice"]
    )

    assert (resumed.status, resumed.latest_invoice.amount_paid) == ("active", 1200)
    assert "status_details" not in resumed


def test_what_was_credited_pays_for_it(stripe, running):
    stripe.Subscription.pause(running.id)

    resumed = stripe.Subscription.resume(
        running.id, payment_behavior=SUCCESS, expand=["latest_invoice"]
    )

    assert resumed.latest_invoice.amount_paid == 1200 + UNUSED


def test_what_is_not_paid_stays_paused_until_it_is(stripe, cannot_pay):
    still = stripe.Subscription.resume(
        cannot_pay.id, payment_behavior=SUCCESS, expand=["latest_invoice"]
    )
    stripe.Invoice.pay(still.latest_invoice.id, payment_method="pm_card_visa")

    assert (still.status, still.latest_invoice.status) == ("paused", "open")
    assert still.latest_invoice.attempted
    assert still.status_details.paused.type == "subscription"
    assert state(stripe, cannot_pay) == "active"
    told = [event.type for event in stripe.Event.list(limit=100).data]
    assert told.count("customer.subscription.resumed") == 1


def test_resuming_again_takes_the_place_of_what_waited(stripe, cannot_pay):
    first = stripe.Subscription.resume(cannot_pay.id)
    second = stripe.Subscription.resume(cannot_pay.id)

    assert stripe.Invoice.retrieve(first.latest_invoice).status == "void"
    assert stripe.Invoice.retrieve(second.latest_invoice).status == "open"


def test_who_has_nothing_to_pay_with_is_told(stripe, traveller, paused):
    methods = stripe.PaymentMethod.list(customer=traveller.customer.id).data
    for method in methods:
        stripe.PaymentMethod.detach(method.id)

    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        stripe.Subscription.resume(paused.id, payment_behavior=SUCCESS)

    assert state(stripe, paused) == "paused"
    assert stripe.Subscription.resume(paused.id).pending_update is not None


@pytest.mark.parametrize(
    ("proration", "amounts"), [("create_prorations", [UNUSED * -1]), ("none", [])]
)
def test_within_the_old_cycle_it_costs_nothing_at_once(
    stripe, traveller, paused, proration, amounts
):
    resumed = stripe.Subscription.resume(
        paused.id, billing_cycle_anchor={"type": "unchanged"}, proration_behavior=proration
    )

    period = resumed["items"].data[0]
    assert (resumed.status, resumed.latest_invoice) == ("active", paused.latest_invoice)
    assert resumed.billing_cycle_anchor == JANUARY_31
    assert (period.current_period_start, period.current_period_end) == (
        JANUARY_31,
        JANUARY_31 + 29 * DAY,
    )
    assert pending(stripe, traveller) == amounts


def test_within_the_old_cycle_the_rest_can_be_billed_at_once(stripe, paused):
    resumed = stripe.Subscription.resume(
        paused.id,
        billing_cycle_anchor={"type": "unchanged"},
        proration_behavior="always_invoice",
        payment_behavior=SUCCESS,
        expand=["latest_invoice"],
    )

    assert (resumed.status, resumed.latest_invoice.amount_paid) == ("active", -UNUSED)


def test_what_is_not_paused_is_not_resumed(stripe, subscription):
    with pytest.raises(stripe.InvalidRequestError, match="if it is `paused`"):
        stripe.Subscription.resume(subscription.id)


# Previews


def test_what_a_pause_would_bill_is_shown(stripe, running):
    preview = stripe.Invoice.create_preview(
        subscription=running.id,
        subscription_details={"pause": {"invoicing_behavior": "invoice"}},
        expand=["parent.subscription_details.subscription"],
    )

    then = preview.parent.subscription_details.subscription
    assert preview.total == UNUSED
    assert (then.status, then["items"].data[0].current_period_end) == ("paused", PAUSED_AT)
    assert state(stripe, running) == "active"


@pytest.mark.parametrize(
    "pause",
    [{"type": "subscription"}, {"invoicing_behavior": "invoice", "bill_for": NOTHING}],
)
def test_a_pause_that_bills_nothing_has_no_preview(stripe, running, pause):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.Invoice.create_preview(
            subscription=running.id, subscription_details={"pause": pause}
        )

    assert (caught.value.http_status, caught.value.code) == (404, "invoice_upcoming_none")


def test_what_resuming_would_cost_is_shown(stripe, paused):
    details = {"resume_at": "now", "billing_cycle_anchor": {"type": "now"}}

    preview = stripe.Invoice.create_preview(subscription=paused.id, subscription_details=details)

    assert preview.total == 1200
    assert state(stripe, paused) == "paused"
    with pytest.raises(stripe.InvalidRequestError, match="No upcoming invoices"):
        stripe.Invoice.create_preview(subscription=paused.id)
