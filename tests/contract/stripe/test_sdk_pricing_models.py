"""What quantities, packages and tiers become on invoices, with the SDK."""

import pytest

DAY = 86_400
JANUARY_31 = 1_706_702_400

MONTHLY = {"interval": "month"}


@pytest.fixture
def lines(stripe, traveller):
    """Subscribes the customer whose time begins on 31 January 2024, and tells what is billed."""

    def lines(quantity, label=None, **terms):
        product = stripe.Product.create(name="Team", **({"unit_label": label} if label else {}))
        price = stripe.Price.create(
            currency="usd", product=product.id, **{"recurring": MONTHLY, **terms}
        )
        subscription = stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": price.id, "quantity": quantity}],
            expand=["latest_invoice"],
        )
        return [
            (line.description, line.quantity, line.amount, line.pricing.unit_amount_decimal)
            for line in subscription.latest_invoice.lines.data
        ]

    return lines


def test_each_tier_that_is_reached_has_a_line_and_its_flat_amount_another(lines):
    tiers = [
        {"up_to": 10, "unit_amount": 0, "flat_amount": 9900},
        {"up_to": 20, "unit_amount": 995},
        {"up_to": "inf", "unit_amount": 500},
    ]

    billed = lines(12, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)

    assert [each[:3] for each in billed] == [
        ("10 × Team (Tier 1 at $0.00 / month)", 10, 0),
        ("Team (Tier 1 at $99.00 / month)", 0, 9900),
        ("2 × Team (Tier 2 at $9.95 / month)", 2, 1990),
    ]
    assert [str(each[3]) for each in billed] == ["0", "9900", "995"]


def test_by_volume_all_are_of_the_tier_that_is_reached(lines):
    tiers = [{"up_to": 10, "unit_amount": 1800}, {"up_to": "inf", "unit_amount": 1600}]

    billed = lines(12, billing_scheme="tiered", tiers_mode="volume", tiers=tiers)

    assert [each[:3] for each in billed] == [("12 × Team (Tier 2 at $16.00 / month)", 12, 19200)]


def test_units_are_called_as_the_product_says(lines):
    assert lines(3, label="seat", unit_amount=500)[0][0] == "3 seat × Team (at $5.00 / month)"


def test_packages_say_how_many_are_in_them(lines):
    package = {"divide_by": 5, "round": "up"}

    billed = lines(7, unit_amount=1000, transform_quantity=package)

    assert [each[:3] for each in billed] == [("7 × Team (at $10.00 per 5 units / month)", 7, 2000)]


def test_parts_of_a_cent_are_written(lines):
    assert lines(1000, unit_amount_decimal="0.5")[0][:3] == (
        "1000 × Team (at $0.005 / month)",
        1000,
        500,
    )


def test_what_is_unused_of_tiers_is_credited_whole(stripe, traveller, lines, dearer):
    tiers = [{"up_to": 1, "unit_amount": 1000}, {"up_to": "inf", "unit_amount": 500}]
    lines(3, billing_scheme="tiered", tiers_mode="graduated", tiers=tiers)
    [subscription] = stripe.Subscription.list(customer=traveller.customer.id).data
    [item] = subscription["items"].data

    preview = stripe.Invoice.create_preview(
        subscription=subscription.id,
        subscription_details={
            "items": [{"id": item.id, "price": dearer.id, "quantity": 1}],
            "proration_behavior": "always_invoice",
        },
    )

    credit, debit = preview.lines.data
    assert (credit.amount, debit.amount) == (-2000, 3000)
    billed = stripe.Invoice.retrieve(subscription.latest_invoice)
    credited = credit.parent.invoice_item_details.proration_details.credited_items
    assert credited.invoice == billed.id
    assert credited.invoice_line_items == [line.id for line in billed.lines.data]
    assert debit.parent.invoice_item_details.proration_details.credited_items is None


def test_an_amount_that_is_too_large_or_too_exact_is_refused(stripe, customer, team_price):
    vast = "1" * 40

    with pytest.raises(stripe.InvalidRequestError, match="at most 12 decimal places"):
        stripe.Price.create(
            currency="usd", product=team_price.product, unit_amount_decimal=f"{vast}.{vast}"
        )
    for create, owner in (
        (stripe.Price.create, {"product": team_price.product}),
        (stripe.InvoiceItem.create, {"customer": customer.id}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="too large"):
            create(currency="usd", unit_amount_decimal=vast, **owner)
