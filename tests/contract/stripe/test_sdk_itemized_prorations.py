"""Prorations that show what discounts take off them, with the SDK
(https://docs.stripe.com/changelog/clover/2025-09-30/itemize-proration-discount-amounts).
"""

import pytest

JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000
MIDWAY = JANUARY_31 + (FEBRUARY_29 - JANUARY_31) // 2


@pytest.fixture
def subscribe(stripe, traveller, team_price):
    """Subscribes with a tenth off the item and two dollars off all, and says how discounts of prorations are shown."""
    tenth = stripe.Coupon.create(percent_off=10, duration="forever")
    two_off = stripe.Coupon.create(amount_off=200, currency="usd", duration="forever")

    def subscribe(shown):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id, "discounts": [{"coupon": tenth.id}]}],
            discounts=[{"coupon": two_off.id}],
            billing_mode={"type": "flexible", "flexible": {"proration_discounts": shown}},
        )

    return subscribe


@pytest.fixture
def upgrade(stripe, traveller, dearer):
    """Changes to the dearer price midway, and gives the invoice of that."""

    def upgrade(subscription):
        traveller.advance(MIDWAY)
        [item] = subscription["items"].data
        changed = stripe.Subscription.modify(
            subscription.id,
            items=[{"id": item.id, "price": dearer.id}],
            proration_behavior="always_invoice",
            expand=["latest_invoice"],
        )
        return changed.latest_invoice

    return upgrade


def test_amounts_are_before_discounts_where_those_are_itemized(stripe, subscribe, upgrade):
    subscription = subscribe("itemized")

    invoice = upgrade(subscription)

    # Of 12.00, a tenth and 2.00 were off; of 30.00 they are: a half of it is left.
    credit, debit = invoice.lines.data
    [item], [whole] = subscription["items"].data, subscription.discounts
    own = item.discounts[0]
    assert subscription.billing_mode.flexible.proration_discounts == "itemized"
    assert (credit.amount, debit.amount) == (-600, 1500)
    assert {each.discount: each.amount for each in credit.discount_amounts} == {
        own: -60,
        whole: -100,
    }
    assert {each.discount: each.amount for each in debit.discount_amounts} == {own: 150, whole: 100}
    assert (invoice.subtotal, invoice.total) == (900 - 90, 810)
    taken = {each.discount: each.amount for each in invoice.total_discount_amounts}
    assert taken == {whole: 0, own: 90}


def test_amounts_are_after_discounts_where_those_are_included(stripe, subscribe, upgrade):
    subscription = subscribe("included")

    invoice = upgrade(subscription)

    credit, debit = invoice.lines.data
    [whole] = subscription.discounts
    assert (credit.amount, debit.amount) == (-440, 1250)
    for line in (credit, debit):
        assert [(each.discount, each.amount) for each in line.discount_amounts] == [(whole, 0)]
    assert [each.amount for each in invoice.total_discount_amounts] == [0]
    assert (invoice.subtotal, invoice.total) == (810, 810)


@pytest.mark.parametrize(
    ("shown", "net", "amounts"),
    [
        ("itemized", [-440, 1250], [[-60, -100], [150, 100]]),
        ("included", [-440, 1250], [[0, 0], [0, 0]]),
    ],
)
def test_invoice_items_say_what_they_come_to(
    stripe, traveller, subscribe, upgrade, shown, net, amounts
):
    upgrade(subscribe(shown))

    debit, credit = stripe.InvoiceItem.list(customer=traveller.customer.id).data
    assert [credit.net_amount, debit.net_amount] == net
    shown = [each.proration_details.discount_amounts for each in (credit, debit)]
    assert [[each.amount for each in item] for item in shown] == amounts
    credited = credit.proration_details.credited_items
    assert credited.type == "invoice_line_items"
    assert len(credited.invoice_line_item_details.invoice_line_items) == 1
    assert debit.proration_details.credited_items is None


def test_a_credit_of_what_waits_names_its_item(stripe, traveller, subscription, dearer, team_price):
    [item] = subscription["items"].data
    traveller.advance(MIDWAY)
    stripe.SubscriptionItem.modify(item.id, price=dearer.id)

    stripe.SubscriptionItem.modify(item.id, price=team_price.id)

    [_, credit, debit, _] = stripe.InvoiceItem.list(customer=traveller.customer.id).data
    credited = credit.proration_details.credited_items
    assert (credited.type, credited.invoice_item) == ("invoice_item", debit.id)


def test_a_subscription_is_migrated_to_itemized_and_not_back(stripe, subscription):
    def migrate(shown):
        mode = {"type": "flexible", "flexible": {"proration_discounts": shown}}
        return stripe.Subscription.migrate(subscription.id, billing_mode=mode)

    migrated = migrate("itemized")

    assert migrated.billing_mode.flexible.proration_discounts == "itemized"
    with pytest.raises(stripe.InvalidRequestError):
        migrate("included")


def test_classic_billing_itemizes_nothing(stripe, customer, team_price):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=customer.id,
            items=[{"price": team_price.id}],
            billing_mode={"type": "classic", "flexible": {"proration_discounts": "itemized"}},
        )

    assert refused.value.param == "billing_mode[flexible]"
