"""Coupons, promotion codes and what they take off subscriptions and invoices, with the SDK."""

import pytest

HOUR = 3600
FEBRUARY_29, MARCH_31 = 1_709_208_000, 1_711_886_400


@pytest.fixture
def subscribe(stripe, traveller, team_price):
    """Subscribes to twelve dollars a month, with discounts."""

    def subscribe(*discounts):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id}],
            discounts=list(discounts),
            expand=["latest_invoice", "discounts"],
        )

    return subscribe


def paid(stripe, traveller):
    """What was charged for each invoice, oldest first."""
    invoices = stripe.Invoice.list(customer=traveller.customer.id).data
    return [invoice.amount_paid for invoice in reversed(invoices)]


def test_a_percentage_is_taken_off_for_ever(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")

    subscription = subscribe({"coupon": coupon.id})
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    [discount] = subscription.discounts
    invoice = subscription.latest_invoice
    assert discount.source.coupon == coupon.id
    assert (invoice.subtotal, invoice.total) == (1200, 900)
    assert [each.to_dict() for each in invoice.total_discount_amounts] == [
        {"amount": 300, "discount": discount.id}
    ]
    assert invoice.lines.data[0].discount_amounts[0].amount == 300
    assert paid(stripe, traveller) == [900, 900]


def test_an_amount_is_taken_off_once(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(amount_off=500, currency="usd", duration="once")

    subscribe({"coupon": coupon.id})
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert paid(stripe, traveller) == [700, 1200]


def test_a_coupon_for_one_invoice_waits_for_the_trials_end(stripe, traveller, team_price):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        trial_period_days=7,
        discounts=[{"coupon": coupon.id}],
    )

    traveller.advance(subscription.trial_end + 2 * HOUR)

    assert paid(stripe, traveller) == [0, 600]


def test_a_repeating_coupon_ends(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(percent_off=50, duration="repeating", duration_in_months=1)

    subscription = subscribe({"coupon": coupon.id})
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert subscription.discounts[0].end == FEBRUARY_29
    assert paid(stripe, traveller) == [600, 1200]


def test_discounts_are_taken_off_one_after_the_other(stripe, subscribe):
    half = stripe.Coupon.create(percent_off=50, duration="forever")
    two_dollars = stripe.Coupon.create(amount_off=200, currency="usd", duration="forever")

    subscription = subscribe({"coupon": half.id}, {"coupon": two_dollars.id})

    assert subscription.latest_invoice.total == 1200 - 600 - 200


def test_a_discount_is_never_more_than_the_invoice(stripe, subscribe):
    coupon = stripe.Coupon.create(amount_off=99_900, currency="usd", duration="once")

    subscription = subscribe({"coupon": coupon.id})

    assert (subscription.status, subscription.latest_invoice.total) == ("active", 0)
    assert subscription.latest_invoice.status == "paid"


def test_a_coupon_for_one_product_leaves_the_others(stripe, customer, team_price):
    extra = stripe.Price.create(
        product_data={"name": "Support"},
        currency="usd",
        unit_amount=1000,
        recurring={"interval": "month"},
    )
    coupon = stripe.Coupon.create(percent_off=10, applies_to={"products": [extra.product]})

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}, {"price": extra.id}],
        discounts=[{"coupon": coupon.id}],
        expand=["latest_invoice"],
    )

    assert subscription.latest_invoice.total == 1200 + 900
    assert "applies_to" not in coupon


def test_a_promotion_code_stands_for_its_coupon(stripe, subscribe):
    coupon = stripe.Coupon.create(percent_off=25)
    code = stripe.PromotionCode.create(
        promotion={"type": "coupon", "coupon": coupon.id}, code="SPRING"
    )

    subscription = subscribe({"promotion_code": code.id})

    assert (code.promotion.coupon, code.active) == (coupon.id, True)
    assert subscription.latest_invoice.total == 900
    assert stripe.PromotionCode.retrieve(code.id).times_redeemed == 1
    assert [each.id for each in stripe.PromotionCode.list(code="SPRING")] == [code.id]


def test_deleting_a_coupon_leaves_the_discounts_that_it_gave(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")
    subscribe({"coupon": coupon.id})

    stripe.Coupon.delete(coupon.id)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert paid(stripe, traveller) == [900, 900]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe({"coupon": coupon.id})
    assert (refused.value.code, refused.value.param) == (
        "resource_missing",
        "discounts[0][coupon]",
    )


def test_a_discount_can_be_taken_away(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")
    subscription = subscribe({"coupon": coupon.id})

    deleted = stripe.Subscription.delete_discount(subscription.id)
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert deleted.deleted is True
    assert paid(stripe, traveller) == [900, 1200]


def test_discounts_can_be_replaced(stripe, traveller, subscribe):
    first = stripe.Coupon.create(percent_off=25, duration="forever")
    second = stripe.Coupon.create(percent_off=50, duration="forever")
    subscription = subscribe({"coupon": first.id})

    stripe.Subscription.modify(subscription.id, discounts=[{"coupon": second.id}])
    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    stripe.Subscription.modify(subscription.id, discounts="")
    traveller.advance(MARCH_31 + 2 * HOUR)

    assert paid(stripe, traveller) == [900, 600, 1200]


def test_prorations_follow_what_was_really_paid(stripe, traveller, subscribe, team_price):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    subscription = subscribe({"coupon": coupon.id})
    traveller.advance((1_706_702_400 + FEBRUARY_29) // 2)

    stripe.SubscriptionItem.modify(subscription["items"].data[0].id, quantity=2)

    items = stripe.InvoiceItem.list(customer=traveller.customer.id, pending=True)
    # Six dollars were paid for the first seat, of which three are left; two seats cost twenty-four.
    assert sorted(item.amount for item in items) == [-300, 1200]


def test_an_invoice_made_by_hand_can_have_a_discount(stripe, customer):
    coupon = stripe.Coupon.create(percent_off=10)
    stripe.InvoiceItem.create(customer=customer.id, amount=1000, currency="usd")
    stripe.InvoiceItem.create(customer=customer.id, amount=1000, currency="usd", discountable=False)

    invoice = stripe.Invoice.create(
        customer=customer.id,
        discounts=[{"coupon": coupon.id}],
        pending_invoice_items_behavior="include",
    )

    assert (invoice.subtotal, invoice.total) == (2000, 1900)


@pytest.mark.parametrize(
    ("terms", "named"),
    [
        ({}, "exactly one"),
        ({"percent_off": 10, "amount_off": 10, "currency": "usd"}, "exactly one"),
        ({"percent_off": 101}, "percent_off"),
        ({"amount_off": 100}, "currency"),
        ({"percent_off": 10, "duration": "repeating"}, "duration_in_months"),
    ],
)
def test_a_coupon_takes_off_either_a_part_or_an_amount(stripe, terms, named):
    with pytest.raises(stripe.InvalidRequestError, match=named):
        stripe.Coupon.create(**terms)


def test_a_coupon_can_be_used_up(stripe, subscribe):
    coupon = stripe.Coupon.create(id="ONLY-ONE", percent_off=10, max_redemptions=1)
    subscribe({"coupon": "ONLY-ONE"})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe({"coupon": "ONLY-ONE"})

    assert coupon.id == "ONLY-ONE"
    assert (refused.value.code, refused.value.param) == ("coupon_expired", "discounts[0][coupon]")
    assert stripe.Coupon.retrieve("ONLY-ONE").valid is False


def test_a_coupon_in_another_currency_is_refused(stripe, subscribe):
    coupon = stripe.Coupon.create(amount_off=500, currency="eur")

    with pytest.raises(stripe.InvalidRequestError, match="eur"):
        subscribe({"coupon": coupon.id})
