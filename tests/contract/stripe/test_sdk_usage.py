"""Usage that is billed, and the credits that pay for it (https://docs.stripe.com/billing/subscriptions/usage-based).
With the SDK.
"""

import pytest

DAY = 86_400
FEBRUARY_29 = 1_709_208_000


@pytest.fixture
def meter(stripe):
    """Counts calls."""
    return stripe.billing.Meter.create(
        display_name="Calls", event_name="calls", default_aggregation={"formula": "sum"}
    )


@pytest.fixture
def price(stripe, meter):
    """Five cents a call, or as the terms say."""

    def price(**terms):
        return stripe.Price.create(
            currency="usd",
            recurring={"interval": "month", "usage_type": "metered", "meter": meter.id},
            product_data={"name": "API"},
            **(terms or {"unit_amount": 5}),
        )

    return price


@pytest.fixture
def subscribe(stripe, traveller):
    """Subscribes the customer whose time begins on 31 January 2024."""

    def subscribe(*prices, **terms):
        return stripe.Subscription.create(
            customer=traveller.customer.id, items=[{"price": each.id} for each in prices], **terms
        )

    return subscribe


@pytest.fixture
def use(stripe, traveller, meter):
    """Reports calls of that customer, now."""

    def use(calls):
        payload = {"stripe_customer_id": traveller.customer.id, "value": str(calls)}
        stripe.billing.MeterEvent.create(event_name=meter.event_name, payload=payload)

    return use


def invoices(stripe, traveller):
    """What was billed, the oldest first: each total, and how much of what."""
    listed = stripe.Invoice.list(customer=traveller.customer.id, limit=100).data
    return [
        (each.total, [(line.quantity, line.amount) for line in each.lines.data])
        for each in reversed(listed)
    ]


def report_late(stripe, traveller, calls):
    """Reports calls of the first month when it is over."""
    payload = {"stripe_customer_id": traveller.customer.id, "value": str(calls)}
    stripe.billing.MeterEvent.create(
        event_name="calls", payload=payload, timestamp=FEBRUARY_29 - DAY
    )


def test_what_was_used_in_a_month_is_billed_after_it(
    stripe, traveller, price, team_price, subscribe, use
):
    subscribe(price(), team_price)
    use(30)
    traveller.advance(traveller.clock.frozen_time + 10 * DAY)
    use(12)

    traveller.advance(traveller.clock.frozen_time + 25 * DAY)
    use(8)
    traveller.advance(traveller.clock.frozen_time + 30 * DAY)

    assert [total for total, _ in invoices(stripe, traveller)] == [1200, 1200 + 210, 1200 + 40]
    renewal = stripe.Invoice.list(customer=traveller.customer.id).data[1]
    usage = next(line for line in renewal.lines.data if line.quantity == 42)
    assert usage.description == "42 × API (at $0.05 / month)"
    assert usage.period.end == renewal.period_end
    assert renewal.status == "paid"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1234567890.123456", "meter_event_value_too_many_digits"),
        ("nan", "meter_event_invalid_value"),
        ("many", "meter_event_invalid_value"),
    ],
)
def test_what_cannot_be_counted_exactly_is_not_taken(stripe, use, value, code):
    use("10000000000000000")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        use(value)

    assert refused.value.code == code


def test_tiers_are_of_the_usage(stripe, traveller, price, subscribe, use):
    tiered = price(
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=[{"up_to": 10, "unit_amount": 0}, {"up_to": "inf", "unit_amount": 3}],
    )
    subscribe(tiered)
    use(15)

    traveller.advance(traveller.clock.frozen_time + 30 * DAY)

    assert invoices(stripe, traveller)[-1] == (15, [(10, 0), (5, 15)])


def test_a_tier_that_is_reached_while_the_invoice_is_a_draft_has_a_line(
    stripe, traveller, price, subscribe, use
):
    tiers = [{"up_to": 10, "unit_amount": 0}, {"up_to": "inf", "unit_amount": 3}]
    subscribe(price(billing_scheme="tiered", tiers_mode="graduated", tiers=tiers))
    use(8)
    traveller.advance(FEBRUARY_29)
    draft = invoices(stripe, traveller)[-1]

    report_late(stripe, traveller, 7)
    traveller.advance(FEBRUARY_29 + DAY)

    assert draft == (0, [(8, 0)])
    assert invoices(stripe, traveller)[-1] == (15, [(10, 0), (5, 15)])


def test_what_is_reported_late_costs_what_it_does_in_the_currency_of_the_subscription(
    stripe, traveller, price, subscribe, use
):
    calls = price(unit_amount=5, currency_options={"eur": {"unit_amount": 3}})
    subscribe(calls, currency="eur")
    use(2)
    traveller.advance(FEBRUARY_29)

    report_late(stripe, traveller, 10)
    traveller.advance(FEBRUARY_29 + DAY)

    assert invoices(stripe, traveller)[-1] == (36, [(12, 36)])


def test_what_is_reported_late_can_reach_another_price_for_all(
    stripe, traveller, price, subscribe, use
):
    tiers = [{"up_to": 10, "unit_amount": 5}, {"up_to": "inf", "unit_amount": 3}]
    subscribe(price(billing_scheme="tiered", tiers_mode="volume", tiers=tiers))
    use(8)
    traveller.advance(FEBRUARY_29)

    report_late(stripe, traveller, 7)
    traveller.advance(FEBRUARY_29 + DAY)

    [line] = stripe.Invoice.list(customer=traveller.customer.id).data[0].lines.data
    assert (line.quantity, line.amount) == (15, 45)
    assert str(line.pricing.unit_amount_decimal) == "3"


def test_a_part_of_a_call_costs_a_part(stripe, traveller, price, subscribe, use):
    subscribe(price())
    use(2.5)

    traveller.advance(traveller.clock.frozen_time + 30 * DAY)

    [line] = stripe.Invoice.list(customer=traveller.customer.id).data[0].lines.data
    # 12.5 cents: Stripe rounds half away from zero.
    assert (line.amount, line.quantity, str(line.quantity_decimal)) == (13, 2, "2.5")


def test_a_preview_counts_what_was_used_so_far(stripe, traveller, price, subscribe, use):
    subscription = subscribe(price())
    use(30)

    preview = stripe.Invoice.create_preview(subscription=subscription.id)

    assert preview.total == 150
    assert subscription.latest_invoice is None
    assert invoices(stripe, traveller) == []


def test_what_is_reported_late_counts_while_the_invoice_is_a_draft(
    stripe, traveller, price, subscribe, meter
):
    subscription = subscribe(price())
    end = subscription["items"].data[0].current_period_end
    traveller.advance(end + 600)
    stripe.billing.MeterEvent.create(
        event_name=meter.event_name,
        payload={"stripe_customer_id": traveller.customer.id, "value": "3"},
        timestamp=end - 60,
    )

    traveller.advance(end + 2 * 3600)

    assert invoices(stripe, traveller)[-1] == (15, [(3, 15)])


def test_a_trials_usage_costs_nothing(stripe, traveller, price, subscribe, use):
    subscribe(price(), trial_period_days=10)
    use(30)
    traveller.advance(traveller.clock.frozen_time + 11 * DAY)
    use(4)

    traveller.advance(traveller.clock.frozen_time + 35 * DAY)

    assert [total for total, _ in invoices(stripe, traveller)] == [0, 20]


def test_the_last_usage_is_billed_at_the_end(stripe, traveller, price, subscribe, use):
    subscription = subscribe(price())
    use(30)
    stripe.Subscription.modify(subscription.id, cancel_at_period_end=True)

    traveller.advance(traveller.clock.frozen_time + 31 * DAY)

    assert stripe.Subscription.retrieve(subscription.id).status == "canceled"
    assert invoices(stripe, traveller) == [(150, [(30, 150)])]


@pytest.mark.parametrize(
    ("calls", "totals"), [(30, [150]), (0, [])], ids=["what was used", "nothing"]
)
def test_who_cancels_can_be_billed_at_once(stripe, traveller, price, subscribe, use, calls, totals):
    subscription = subscribe(price())
    use(calls)
    traveller.advance(traveller.clock.frozen_time + 5 * DAY)

    stripe.Subscription.cancel(subscription.id, invoice_now=True)

    assert [total for total, _ in invoices(stripe, traveller)] == totals
    billed = stripe.Invoice.list(subscription=subscription.id).data
    assert all(each.status == "paid" for each in billed)


@pytest.mark.parametrize(
    ("mode", "lines"),
    [("classic", [(500, 7500)]), ("flexible", [(1000, 10_000), (500, 7500)])],
)
def test_usage_costs_what_it_did_when_it_was_reported(stripe, traveller, price, use, mode, lines):
    """https://docs.stripe.com/billing/subscriptions/billing-mode/compare, where classic billing leaves the first out."""
    before, then = price(unit_amount=10), price(unit_amount=15)
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": before.id}],
        billing_mode={"type": mode},
    )
    use(1000)
    traveller.advance(traveller.clock.frozen_time + 15 * DAY)
    [item] = subscription["items"].data
    stripe.Subscription.modify(subscription.id, items=[{"id": item.id, "price": then.id}])
    use(500)

    traveller.advance(FEBRUARY_29 + 2 * 3600)

    assert invoices(stripe, traveller)[-1][1] == lines


@pytest.mark.parametrize(
    ("mode", "behavior", "billed"),
    [
        ("classic", "create_prorations", []),
        ("flexible", "create_prorations", [150]),
        ("flexible", "none", []),
    ],
)
def test_what_was_used_of_an_item_that_is_removed_is_billed_with_flexible_billing(
    stripe, traveller, price, team_price, use, mode, behavior, billed
):
    calls = price()
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": calls.id}, {"price": team_price.id}],
        billing_mode={"type": mode},
    )
    use(30)
    traveller.advance(traveller.clock.frozen_time + 5 * DAY)
    [item] = [each for each in subscription["items"].data if each.price.id == calls.id]

    stripe.SubscriptionItem.delete(item.id, proration_behavior=behavior)

    pending = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    assert [each.amount for each in pending] == billed


def test_what_was_used_until_a_pause_is_billed_where_that_is_asked_for(
    stripe, traveller, price, subscribe, use
):
    subscription = subscribe(price())
    use(30)
    traveller.advance(traveller.clock.frozen_time + 5 * DAY)

    stripe.Subscription.pause(
        subscription.id,
        type="subscription",
        bill_for={"outstanding_usage_through": {"type": "now"}},
        invoicing_behavior="invoice",
    )

    assert invoices(stripe, traveller) == [(150, [(30, 150)])]


def test_a_metered_price_is_on_the_first_invoice_with_classic_billing_only(
    stripe, traveller, price, team_price
):
    calls = price()
    quantities = {}
    for mode in ("classic", "flexible"):
        subscription = stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": calls.id}, {"price": team_price.id}],
            billing_mode={"type": mode},
            expand=["latest_invoice"],
        )
        lines = subscription.latest_invoice.lines.data
        quantities[mode] = sorted(line.quantity for line in lines)

    assert quantities == {"classic": [0, 1], "flexible": [1]}


def test_nothing_is_billed_twice_where_the_cycle_begins_anew(
    stripe, traveller, price, team_price, subscribe, use
):
    subscription = subscribe(price(), team_price)
    use(30)
    traveller.advance(traveller.clock.frozen_time + 35 * DAY)
    use(2)
    stripe.Subscription.modify(
        subscription.id, billing_cycle_anchor={"type": "now"}, proration_behavior="none"
    )
    traveller.advance(traveller.clock.frozen_time + 35 * DAY)

    billed = [line for _, lines in invoices(stripe, traveller) for line in lines]
    assert sum(quantity for quantity, amount in billed if amount == 5 * quantity) == 32


# Credits


@pytest.fixture
def grant(stripe, traveller):
    """Grants dollars' worth of cents."""

    def grant(value, scope=None, **terms):
        return stripe.billing.CreditGrant.create(
            customer=traveller.customer.id,
            amount={"type": "monetary", "monetary": {"currency": "usd", "value": value}},
            applicability_config={"scope": scope or {"price_type": "metered"}},
            **{"category": "paid", **terms},
        )

    return grant


def left(stripe, traveller, grant):
    filter = {"type": "credit_grant", "credit_grant": grant.id}
    summary = stripe.billing.CreditBalanceSummary.retrieve(
        customer=traveller.customer.id, filter=filter
    )
    return summary.balances[0].available_balance.monetary.value


def test_credits_pay_for_usage_and_for_nothing_else(
    stripe, traveller, price, team_price, subscribe, use, grant
):
    credits = grant(100)
    subscribe(price(), team_price)
    use(30)

    traveller.advance(traveller.clock.frozen_time + 30 * DAY)

    renewal = stripe.Invoice.list(customer=traveller.customer.id).data[0]
    assert (renewal.subtotal, renewal.total, renewal.amount_paid) == (1350, 1250, 1250)
    [applied] = renewal.total_pretax_credit_amounts
    transaction = stripe.billing.CreditBalanceTransaction.retrieve(
        applied.credit_balance_transaction
    )
    assert (applied.amount, applied.type) == (100, "credit_balance_transaction")
    assert transaction.debit.credits_applied.invoice == renewal.id
    assert left(stripe, traveller, credits) == 0


def test_credits_are_used_in_their_order(stripe, traveller, price, subscribe, use, grant):
    calls = price()
    last = grant(1000, priority=60)
    paid = grant(100)
    for_free = grant(40, category="promotional")
    first = grant(20, {"prices": [{"id": calls.id}]}, priority=1)
    other = grant(500, {"prices": [{"id": price(unit_amount=9).id}]}, priority=0)
    subscribe(calls)
    use(30)

    traveller.advance(traveller.clock.frozen_time + 30 * DAY)

    rest = [left(stripe, traveller, each) for each in (first, for_free, paid, last, other)]
    assert invoices(stripe, traveller)[-1][0] == 0
    assert rest == [0, 0, 10, 1000, 500]


def test_a_voided_invoice_gives_its_credits_back(stripe, traveller, price, subscribe, use, grant):
    credits = grant(100)
    subscribe(price(), collection_method="send_invoice", days_until_due=30)
    use(30)
    traveller.advance(traveller.clock.frozen_time + 30 * DAY)
    invoice = stripe.Invoice.list(customer=traveller.customer.id).data[0]
    meanwhile = left(stripe, traveller, credits)

    stripe.Invoice.void_invoice(invoice.id)

    listed = stripe.billing.CreditBalanceTransaction.list(credit_grant=credits.id).data
    assert (invoice.total, meanwhile, left(stripe, traveller, credits)) == (50, 0, 100)
    assert listed[0].credit.type == "credits_application_invoice_voided"
    assert listed[0].credit.credits_application_invoice_voided.invoice == invoice.id


def test_what_credits_have_paid_is_not_credited_again(
    stripe, traveller, price, subscribe, use, grant, vat
):
    """https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits#void-invoices-and-issue-credit-notes"""
    credits = grant(50)
    subscription = subscribe(price())
    stripe.Subscription.modify(subscription.id, default_tax_rates=[vat()])
    use(30)
    traveller.advance(traveller.clock.frozen_time + 30 * DAY)
    renewal = stripe.Invoice.list(customer=traveller.customer.id).data[0]
    assert (renewal.subtotal, renewal.total_excluding_tax, renewal.total) == (150, 100, 120)
    [line] = renewal.lines.data

    note = stripe.CreditNote.create(
        invoice=renewal.id,
        lines=[{"type": "invoice_line_item", "invoice_line_item": line.id, "amount": 75}],
        credit_amount=60,
    )

    assert (note.subtotal, note.total_excluding_tax, note.total) == (75, 50, 60)
    [shared] = note.pretax_credit_amounts
    assert (shared.amount, shared.type) == (25, "credit_balance_transaction")
    assert note.lines.data[0].pretax_credit_amounts[0].amount == 25
    assert left(stripe, traveller, credits) == 0
    rest = stripe.CreditNote.create(invoice=renewal.id, amount=60, credit_amount=60)
    assert (rest.total, rest.total_excluding_tax) == (60, 50)
    with pytest.raises(stripe.InvalidRequestError):
        stripe.CreditNote.create(invoice=renewal.id, amount=1, credit_amount=1)
