"""Coupons, promotion codes and what they take off subscriptions and invoices, with the SDK."""

import time

import pytest

from tests.contract.stripe.conftest import DAY

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
    pretax = [{"amount": 300, "discount": discount.id, "type": "discount"}]
    assert [each.to_dict() for each in invoice.total_pretax_credit_amounts] == pretax
    [line] = invoice.lines.data
    assert [each.to_dict() for each in line.pretax_credit_amounts] == pretax
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


def test_a_customer_has_no_discount_of_its_own_to_take_away(stripe, traveller, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever")
    subscription = subscribe({"coupon": coupon.id})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Customer.delete_discount(traveller.customer.id)

    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    kept = stripe.Subscription.retrieve(subscription.id)
    assert kept.discounts == [subscription.discounts[0].id]


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
    ("terms", "message", "code", "param"),
    [
        ({}, "Must provide percent_off or amount_off.", "parameter_missing", None),
        (
            {"percent_off": 10, "amount_off": 10, "currency": "usd"},
            "Received both percent_off and amount_off parameters. Please pass in only one.",
            None,
            None,
        ),
        (
            {"percent_off": 0},
            "This value must be greater than or equal to 0.01 (it currently is '0.0').",
            None,
            "percent_off",
        ),
        (
            {"percent_off": 101},
            "This value must be less than or equal to 100 (it currently is '101.0').",
            None,
            "percent_off",
        ),
        (
            {"amount_off": 100},
            "You must pass currency when passing amount_off",
            None,
            "currency",
        ),
        (
            {"percent_off": 10, "duration": "repeating"},
            "The duration_in_months param must be set when creating a coupon with a repeating duration",
            None,
            "duration",
        ),
        (
            {"percent_off": 10, "redeem_by": 1000},
            "The parameter `redeem_by` expects a unix timestamp representing a date and time in the future. You "
            "specified the value `1000` which is in the past.",
            None,
            "redeem_by",
        ),
        (
            {"percent_off": 10, "redeem_by": 4_102_444_800},
            "Invalid timestamp: can be no more than five years in the future.",
            None,
            "redeem_by",
        ),
        (
            {"percent_off": 10, "currency_options": {"eur": {"amount_off": 4}}},
            "You may only specify one of these parameters: currency_options, percent_off.",
            None,
            "currency_options",
        ),
        (
            {"percent_off": 10, "max_redemptions": 0},
            "This value must be greater than or equal to 1.",
            "parameter_invalid_integer",
            "max_redemptions",
        ),
    ],
)
def test_a_coupon_that_cannot_be_is_refused(stripe, terms, message, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Coupon.create(**terms)

    assert refused.value.user_message == message
    assert (refused.value.code, refused.value.param) == (code, param)
    assert stripe.Coupon.list().data == []


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


def test_a_coupon_can_take_off_an_amount_in_several_currencies(stripe, subscribe):
    coupon = stripe.Coupon.create(
        amount_off=500, currency="eur", currency_options={"usd": {"amount_off": 400}}
    )

    subscription = subscribe({"coupon": coupon.id})

    assert "currency_options" not in coupon
    assert subscription.latest_invoice.total == 800


def test_a_coupons_name_can_change_and_currencies_be_added(stripe, subscribe):
    coupon = stripe.Coupon.create(amount_off=500, currency="eur")

    changed = stripe.Coupon.modify(
        coupon.id,
        name="Spring",
        currency_options={"usd": {"amount_off": 200}},
        expand=["currency_options"],
    )

    assert (changed.name, changed.amount_off) == ("Spring", 500)
    assert changed.currency_options.usd.amount_off == 200
    assert subscribe({"coupon": coupon.id}).latest_invoice.total == 1000
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        stripe.Coupon.modify(coupon.id, percent_off=50)


# Promotion codes


@pytest.fixture
def promote(stripe):
    """Makes a promotion code for a quarter off."""

    def promote(coupon=None, **params):
        coupon = coupon or stripe.Coupon.create(percent_off=25).id
        return stripe.PromotionCode.create(promotion={"type": "coupon", "coupon": coupon}, **params)

    return promote


@pytest.mark.parametrize(
    ("params", "message", "param"),
    [
        (
            {"code": "has spaces!"},
            r"This value must match the regex pattern. (/\A[a-zA-Z0-9\-_]+\z/ does not match for the value has "
            "spaces!).",
            "code",
        ),
        ({"expires_at": 4_102_444_800}, "no more than five years", "expires_at"),
        ({"expires_at": 1000}, "which is in the past", "expires_at"),
        ({"restrictions": {"minimum_amount": 500}}, "together", None),
        ({"max_redemptions": 6}, "cannot be greater than the coupon's", "max_redemptions"),
    ],
)
def test_a_code_that_cannot_be_is_refused(stripe, promote, params, message, param):
    coupon = stripe.Coupon.create(percent_off=25, max_redemptions=5).id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        promote(coupon, **params)

    assert message in refused.value.user_message
    assert param is None or refused.value.param == param
    assert stripe.PromotionCode.list().data == []


def test_a_code_is_one_of_all_that_are_active(stripe, promote, customer):
    first = promote(code="SPRING")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        promote(code="Spring")
    own = promote(code="SPRING", customer=customer.id)
    stripe.PromotionCode.modify(first.id, active=False)
    again = promote(code="SPRING")

    assert refused.value.user_message == (
        "An active promotion code with `code: Spring` already exists."
    )
    assert (own.code, again.code) == ("SPRING", "SPRING")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        stripe.PromotionCode.modify(first.id, active=True)


def test_a_code_for_first_transactions_is_for_who_has_paid_nothing(stripe, promote, subscribe):
    code = promote(restrictions={"first_time_transaction": True})

    first = subscribe({"promotion_code": code.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe({"promotion_code": code.id})

    assert first.latest_invoice.total == 900
    assert refused.value.user_message == (
        "This promotion code cannot be redeemed because the associated customer has prior transactions."
    )
    assert refused.value.param == "discounts[0][promotion_code]"
    assert stripe.PromotionCode.retrieve(code.id).times_redeemed == 1


def test_a_trial_or_a_payment_that_was_only_begun_is_a_transaction(
    stripe, promote, customer, team_price
):
    code = promote(restrictions={"first_time_transaction": True})
    other = stripe.Customer.create()
    stripe.PaymentIntent.create(amount=900, currency="usd", customer=other.id)
    trial = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        discounts=[{"promotion_code": code.id}],
        trial_period_days=7,
    )
    stripe.Subscription.cancel(trial.id)

    for who in (customer, other):
        with pytest.raises(stripe.InvalidRequestError, match="has prior transactions"):
            stripe.Invoice.create(customer=who.id, discounts=[{"promotion_code": code.id}])


@pytest.mark.parametrize(("least", "redeemed"), [(1200, True), (1201, False)])
def test_a_code_can_ask_for_a_minimum(stripe, promote, subscribe, least, redeemed):
    code = promote(
        restrictions={
            "minimum_amount": 1,
            "minimum_amount_currency": "eur",
            "currency_options": {"usd": {"minimum_amount": least}},
        }
    )

    if redeemed:
        assert subscribe({"promotion_code": code.id}).latest_invoice.total == 900
    else:
        with pytest.raises(stripe.InvalidRequestError, match="does not meet the minimum amount"):
            subscribe({"promotion_code": code.id})


def test_an_invoices_items_count_for_the_minimum(stripe, promote, customer):
    code = promote(restrictions={"minimum_amount": 1000, "minimum_amount_currency": "usd"})
    with_items = {"customer": customer.id, "pending_invoice_items_behavior": "include"}
    redeem = {"discounts": [{"promotion_code": code.id}]}

    stripe.InvoiceItem.create(customer=customer.id, amount=999, currency="usd")
    with pytest.raises(stripe.InvalidRequestError, match="minimum amount"):
        stripe.Invoice.create(**with_items, **redeem)
    stripe.InvoiceItem.create(customer=customer.id, amount=1, currency="usd")

    assert stripe.Invoice.create(**with_items, **redeem).total == 750


def test_a_code_is_active_as_long_as_it_can_be_redeemed(stripe, promote, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, max_redemptions=2).id
    once, twice = promote(coupon, max_redemptions=1), promote(coupon)

    subscribe({"promotion_code": once.id})
    assert stripe.PromotionCode.retrieve(once.id).active is False
    assert stripe.PromotionCode.retrieve(twice.id).active is True
    with pytest.raises(stripe.InvalidRequestError, match="cannot be reactivated"):
        stripe.PromotionCode.modify(once.id, active=True)

    subscribe({"promotion_code": twice.id})
    assert stripe.PromotionCode.retrieve(twice.id).active is False


def test_a_code_goes_with_its_coupon(stripe, promote):
    coupon = stripe.Coupon.create(percent_off=25).id
    code = promote(coupon)

    stripe.Coupon.delete(coupon)

    assert stripe.PromotionCode.retrieve(code.id).active is False


def test_a_codes_minimums_can_be_added_to(stripe, promote):
    code = promote(restrictions={"minimum_amount": 1000, "minimum_amount_currency": "usd"})

    changed = stripe.PromotionCode.modify(
        code.id, restrictions={"currency_options": {"eur": {"minimum_amount": 900}}}
    )

    assert changed.restrictions.minimum_amount == 1000
    assert changed.restrictions.currency_options["eur"]["minimum_amount"] == 900


def test_a_discount_that_is_replaced_is_told_of(stripe, subscribe):
    first = stripe.Coupon.create(percent_off=25, duration="forever")
    second = stripe.Coupon.create(percent_off=50, duration="forever")
    subscription = subscribe({"coupon": first.id})

    stripe.Subscription.modify(subscription.id, discounts=[{"coupon": second.id}])

    [event] = stripe.Event.list(type="customer.discount.deleted").data
    assert event.data.object.id == subscription.discounts[0].id
    assert event.data.object.source.coupon == first.id


def test_codes_are_found_whatever_the_case_of_their_letters(stripe):
    coupon = stripe.Coupon.create(percent_off=25, duration="once")
    made = stripe.PromotionCode.create(
        promotion={"type": "coupon", "coupon": coupon.id}, code="SUMMER"
    )

    assert [each.id for each in stripe.PromotionCode.list(code="summer").data] == [made.id]
    assert stripe.PromotionCode.list(code="winter").data == []


def test_a_code_ends_with_its_coupon_unless_it_says_when(stripe):
    ends = int(time.time()) + 5 * DAY
    coupon = stripe.Coupon.create(percent_off=10, duration="once", redeem_by=ends)
    promotion = {"type": "coupon", "coupon": coupon.id}

    codes = [
        stripe.PromotionCode.create(promotion=promotion, **terms)
        for terms in ({}, {"expires_at": ends - DAY})
    ]

    assert [code.expires_at for code in codes] == [ends, ends - DAY]


def test_a_coupon_is_given_once_in_whatever_form(stripe, subscribe):
    coupon = stripe.Coupon.create(percent_off=25, duration="forever").id
    code = stripe.PromotionCode.create(promotion={"type": "coupon", "coupon": coupon})
    subscription = subscribe({"coupon": coupon})
    discount = subscription.discounts[0].id

    for given in (
        [{"coupon": coupon}, {"coupon": coupon}],
        [{"coupon": coupon}, {"promotion_code": code.id}],
        [{"discount": discount}, {"coupon": coupon}],
    ):
        with pytest.raises(stripe.InvalidRequestError, match="only once") as refused:
            stripe.Subscription.modify(subscription.id, discounts=given)
        assert refused.value.param == "discounts[1]"
    with pytest.raises(stripe.InvalidRequestError, match="exceeded maximum 20"):
        stripe.Subscription.modify(subscription.id, discounts=[{"coupon": coupon}] * 21)


def test_a_code_that_asks_for_an_amount_is_for_a_first_payment(stripe, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=50, duration="forever")
    code = stripe.PromotionCode.create(
        promotion={"type": "coupon", "coupon": coupon.id},
        restrictions={"minimum_amount": 500, "minimum_amount_currency": "usd"},
    )
    items, discounts = [{"price": team_price.id}], [{"promotion_code": code.id}]

    made = stripe.Subscription.create(customer=customer.id, items=items, discounts=discounts)
    other = stripe.Subscription.create(customer=customer.id, items=items)
    [item] = other["items"].data

    assert len(made.discounts) == 1
    for update, id in (
        (stripe.Subscription.modify, other.id),
        (stripe.SubscriptionItem.modify, item.id),
    ):
        with pytest.raises(
            stripe.InvalidRequestError,
            match="`minimum_amount` restriction and the amount may change",
        ):
            update(id, discounts=discounts)


def test_a_discount_of_another_subscription_stays_there(stripe, customer, team_price):
    coupon = stripe.Coupon.create(percent_off=50, duration="forever")
    items = [{"price": team_price.id}]
    made = stripe.Subscription.create(
        customer=customer.id, items=items, discounts=[{"coupon": coupon.id}]
    )
    other = stripe.Subscription.create(customer=customer.id, items=items)
    kept = [{"discount": made.discounts[0]}]

    assert stripe.Subscription.modify(made.id, discounts=kept).discounts == made.discounts
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.modify(other.id, discounts=kept)
    assert refused.value.param == "discounts[0][discount]"


def test_what_has_no_discount_cannot_lose_it(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    for delete, owner in (
        (stripe.Customer.delete_discount, customer),
        (stripe.Subscription.delete_discount, subscription),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            delete(owner.id)
        assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
        words = f"No active discount for {owner.object}: {owner.id}"
        assert refused.value.user_message == words
