"""Discounts that are for one item alone, with the SDK."""

import pytest

HOUR = 3600
JANUARY_31, FEBRUARY_29, MARCH_31 = 1_706_702_400, 1_709_208_000, 1_711_886_400
MIDWAY = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2


@pytest.fixture
def half(stripe):
    """Half off, as long as it lasts."""
    return stripe.Coupon.create(percent_off=50, duration="forever")


@pytest.fixture
def once(stripe):
    """Half off, once."""
    return stripe.Coupon.create(percent_off=50, duration="once")


@pytest.fixture
def other(stripe, team_price):
    """Ten dollars a month."""
    return stripe.Price.create(
        product=team_price.product,
        currency="usd",
        unit_amount=1000,
        recurring={"interval": "month"},
    )


def by_price(invoice):
    """What each price costs on an invoice, less its discounts."""
    return {
        line.pricing.price_details.price: line.amount
        - sum(each.amount for each in line.discount_amounts)
        for line in invoice.lines.data
    }


def test_one_item_of_a_subscription_costs_less(stripe, traveller, team_price, other, half, once):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[
            {"price": team_price.id, "discounts": [{"coupon": half.id}]},
            {"price": other.id, "discounts": [{"coupon": once.id}]},
        ],
        expand=["latest_invoice", "items.data.discounts"],
    )
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    later = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert by_price(subscription.latest_invoice) == {team_price.id: 600, other.id: 500}
    assert subscription.latest_invoice.total == 1100
    assert by_price(later.latest_invoice) == {team_price.id: 600, other.id: 1000}
    first = subscription["items"].data[0]
    assert first.discounts[0].subscription_item == first.id
    assert [len(item.discounts) for item in later["items"].data] == [1, 0]


def test_a_lines_own_discount_comes_before_the_invoices(stripe, traveller, team_price, half):
    tenth = stripe.Coupon.create(percent_off=10, duration="forever")

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id, "discounts": [{"coupon": half.id}]}],
        discounts=[{"coupon": tenth.id}],
        expand=["latest_invoice"],
    )

    invoice = subscription.latest_invoice
    [line] = invoice.lines.data
    assert [each.amount for each in line.discount_amounts] == [600, 60]
    assert [each.amount for each in invoice.total_discount_amounts] == [600, 60]
    assert (len(line.discounts), line.subtotal) == (1, 1200)
    # What is off one line is off the subtotal.
    assert (invoice.subtotal, invoice.total) == (600, 540)


def test_a_proration_knows_the_items_discount(stripe, traveller, team_price, half):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id, "discounts": [{"coupon": half.id}]}],
    )
    traveller.advance(MIDWAY)
    [item] = subscription["items"].data

    stripe.SubscriptionItem.modify(item.id, quantity=3)

    pending = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True).data
    assert sorted(each.amount for each in pending) == [-300, 900]


def test_an_item_gets_and_loses_a_discount(stripe, traveller, team_price, half):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    [item] = subscription["items"].data

    stripe.SubscriptionItem.modify(item.id, discounts=[{"coupon": half.id}])
    less = stripe.Invoice.create_preview(subscription=subscription.id)
    stripe.Subscription.modify(subscription.id, items=[{"id": item.id, "discounts": ""}])
    whole = stripe.Invoice.create_preview(subscription=subscription.id)

    assert (less.total, whole.total) == (600, 1200)


def test_two_items_cannot_come_to_have_one_price(stripe, traveller, team_price, other):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}, {"price": other.id}]
    )
    [_, item] = subscription["items"].data

    with pytest.raises(stripe.InvalidRequestError, match="the same plan"):
        stripe.SubscriptionItem.modify(item.id, price=team_price.id)


def test_an_invoice_item_has_a_discount_of_its_own(stripe, customer, half):
    item = stripe.InvoiceItem.create(
        customer=customer.id, amount=1000, currency="usd", discounts=[{"coupon": half.id}]
    )
    stripe.InvoiceItem.create(customer=customer.id, amount=300, currency="usd")

    invoice = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")
    finalized = stripe.Invoice.finalize_invoice(invoice.id)

    assert (invoice.total, finalized.amount_due) == (800, 800)
    discount = stripe.InvoiceItem.retrieve(item.id, expand=["discounts"]).discounts[0]
    assert discount.invoice_item == item.id


def test_a_line_of_a_draft_gets_a_discount(stripe, customer, half):
    invoice = stripe.Invoice.create(customer=customer.id)

    added = stripe.Invoice.add_lines(
        invoice.id,
        lines=[{"amount": 1000, "description": "Tea", "discounts": [{"coupon": half.id}]}],
    )
    changed = stripe.Invoice.update_lines(
        invoice.id, lines=[{"id": added.lines.data[0].id, "discounts": ""}]
    )

    assert (added.total, changed.total) == (500, 1000)


def test_what_is_sold_once_with_a_subscription_has_a_discount(stripe, traveller, team_price, half):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=500)

    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        add_invoice_items=[{"price": setup.id, "discounts": [{"coupon": half.id}]}],
        expand=["latest_invoice"],
    )

    assert subscription.latest_invoice.total == 1200 + 250


def test_a_quotes_items_have_discounts_of_their_own(stripe, traveller, team_price, half, once):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=500)
    quote = stripe.Quote.create(
        customer=traveller.customer.id,
        line_items=[
            {"price": team_price.id, "discounts": [{"coupon": half.id}]},
            {"price": setup.id, "discounts": [{"coupon": once.id}]},
        ],
        expand=["line_items"],
    )
    stripe.Quote.finalize_quote(quote.id)

    accepted = stripe.Quote.accept(quote.id, expand=["subscription.latest_invoice"])

    assert [item.amount_discount for item in quote.line_items.data] == [600, 250]
    assert (quote.amount_total, quote.computed.recurring.amount_total) == (850, 600)
    assert accepted.subscription.latest_invoice.total == 850
    [item] = accepted.subscription["items"].data
    assert stripe.Invoice.create_preview(subscription=accepted.subscription.id).total == 600
    assert len(item.discounts) == 1


def test_a_phases_items_have_discounts_of_their_own(stripe, traveller, team_price, half):
    schedule = stripe.SubscriptionSchedule.create(
        customer=traveller.customer.id,
        phases=[
            {"items": [{"price": team_price.id, "discounts": [{"coupon": half.id}]}]},
            {"items": [{"price": team_price.id}]},
        ],
    )
    traveller.advance(JANUARY_31 + 2 * HOUR)
    first = stripe.Invoice.list(customer=traveller.customer.id).data[0]
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    [now] = stripe.Subscription.retrieve(schedule.subscription)["items"].data
    second = stripe.Invoice.list(customer=traveller.customer.id).data[0]
    assert schedule.phases[0]["items"][0].discounts[0].coupon == half.id
    assert (first.total, second.total, now.discounts) == (600, 1200, [])
