"""The discount of all that a customer pays, which versions before 2025-03-31.basil give."""

import pytest

from tests.contract.stripe.conftest import JANUARY_31

FEBRUARY_29, MARCH_31 = 1_709_208_000, 1_711_886_400


@pytest.fixture
def quarter_off(stripe):
    """Makes a coupon that takes a quarter off, for a time."""
    return lambda duration="forever", **terms: (
        stripe.Coupon.create(percent_off=25, duration=duration, **terms).id
    )


@pytest.fixture
def give(older, traveller):
    """Gives the traveller a discount."""
    return lambda **given: older("post", f"/v1/customers/{traveller.customer.id}", **given)


def test_a_new_customer_has_a_coupon(stripe, older, quarter_off, team_price):
    coupon = quarter_off()

    made = older("post", "/v1/customers", coupon=coupon, source="tok_visa")
    subscription = stripe.Subscription.create(
        customer=made["id"], items=[{"price": team_price.id}], expand=["latest_invoice"]
    )

    assert made["discount"]["coupon"]["id"] == coupon
    assert made["discount"]["customer"] == made["id"]
    assert subscription.latest_invoice.total == 900
    assert subscription.latest_invoice.discounts == [made["discount"]["id"]]
    assert stripe.Coupon.retrieve(coupon).times_redeemed == 1


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ({"duration": "forever"}, [900, 900, 900]),
        ({"duration": "once"}, [900, 1200, 1200]),
        ({"duration": "repeating", "duration_in_months": 1}, [900, 1200, 1200]),
        ({"duration": "repeating", "duration_in_months": 2}, [900, 900, 1200]),
    ],
)
def test_it_lasts_as_its_coupon_says(
    traveller, quarter_off, give, totals, request, terms, expected
):
    give(coupon=quarter_off(**terms))
    request.getfixturevalue("subscription")

    traveller.advance(FEBRUARY_29 + 7200)
    traveller.advance(MARCH_31 + 7200)

    assert totals() == expected


def test_a_subscription_with_a_discount_has_no_other(
    stripe, traveller, quarter_off, give, team_price
):
    give(coupon=quarter_off())
    half = stripe.Coupon.create(percent_off=50, duration="forever").id

    made = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        discounts=[{"coupon": half}],
        expand=["latest_invoice"],
    )

    assert made.latest_invoice.total == 600


def test_an_invoice_has_the_customers_discount_unless_it_says_otherwise(
    stripe, traveller, quarter_off, give
):
    discount = give(coupon=quarter_off())["discount"]["id"]

    def bill(**terms):
        invoice = stripe.Invoice.create(customer=traveller.customer.id, currency="usd", **terms)
        stripe.InvoiceItem.create(
            customer=traveller.customer.id, invoice=invoice.id, amount=1000, currency="usd"
        )
        return stripe.Invoice.finalize_invoice(invoice.id)

    usual, without = bill(), bill(discounts="")

    assert (usual.total, usual.discounts) == (750, [discount])
    assert (without.total, without.discounts) == (1000, [])


def test_a_change_within_a_period_is_less_by_it(
    older, traveller, quarter_off, give, request, dearer
):
    give(coupon=quarter_off())
    subscription = request.getfixturevalue("subscription")
    [item] = subscription["items"].data

    older(
        "post",
        f"/v1/subscriptions/{subscription.id}",
        items=[{"id": item.id, "price": dearer.id}],
        proration_date=JANUARY_31,
    )

    pending = older("get", "/v1/invoiceitems", customer=traveller.customer.id, pending=True)
    assert sorted(each["amount"] for each in pending["data"]) == [-900, 2250]


def test_a_promotion_code_gives_it_too(stripe, quarter_off, give):
    code = stripe.PromotionCode.create(promotion={"type": "coupon", "coupon": quarter_off()})

    assert give(promotion_code=code.id)["discount"]["promotion_code"] == code.id


def test_it_can_be_replaced_and_taken_away(stripe, traveller, quarter_off, give):
    first, second = quarter_off(), quarter_off()
    before = give(coupon=first)["discount"]
    after = give(coupon=second)["discount"]

    deleted = stripe.Customer.delete_discount(traveller.customer.id)

    assert (before["coupon"]["id"], after["coupon"]["id"]) == (first, second)
    assert (deleted.id, deleted.deleted) == (after["id"], True)
    assert stripe.Customer.retrieve(traveller.customer.id).discount is None
    told = [each.type for each in stripe.Event.list(types=_TYPES).data]
    assert sorted(told) == sorted([*_TYPES, *_TYPES])
    give(coupon=first)
    assert give(coupon="")["discount"] is None


_TYPES = ["customer.discount.created", "customer.discount.deleted"]


def test_what_is_no_coupon_gives_none(stripe, older):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        older("post", "/v1/customers", coupon="none")

    assert (refused.value.code, refused.value.param) == ("resource_missing", "coupon")


def test_later_versions_give_none(stripe, older, quarter_off):
    made = older("post", "/v1/customers", "2025-08-27.basil", coupon=quarter_off())

    assert made["discount"] is None
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        stripe.Customer.create(coupon=quarter_off())
