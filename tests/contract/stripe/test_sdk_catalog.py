"""Products, prices and plans, with the SDK."""

from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest


def test_a_product_can_come_with_its_default_price(stripe):
    product = stripe.Product.create(
        name="Team",
        default_price_data={
            "currency": "usd",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
        },
        expand=["default_price"],
    )

    assert product.active is True
    assert product.default_price.unit_amount == 1200
    assert product.default_price.recurring.interval == "month"
    assert product.default_price.product == product.id


def test_a_price_can_come_with_its_product(stripe):
    price = stripe.Price.create(
        currency="EUR", unit_amount=999, product_data={"name": "Solo"}, expand=["product"]
    )

    assert price.product.name == "Solo"
    assert (price.currency, price.type) == ("eur", "one_time")
    assert price.unit_amount_decimal == Decimal("999")
    assert price.recurring is None


def test_what_is_billed_by_usage_has_a_meter(stripe):
    metered = {"interval": "month", "usage_type": "metered"}

    with pytest.raises(stripe.InvalidRequestError, match="must be backed by meters"):
        stripe.Price.create(
            currency="usd", unit_amount=5, product_data={"name": "Calls"}, recurring=metered
        )
    with pytest.raises(stripe.InvalidRequestError, match="must be backed by meters"):
        stripe.Plan.create(currency="usd", amount=5, product={"name": "Calls"}, **metered)


def test_a_plan_is_the_price_of_the_same_id(stripe):
    plan = stripe.Plan.create(
        id="team-monthly",
        amount=1200,
        currency="usd",
        interval="month",
        product={"name": "Team"},
        nickname="Team, monthly",
    )

    price = stripe.Price.retrieve("team-monthly")

    assert (plan.object, plan.amount, plan.interval, plan.active) == ("plan", 1200, "month", True)
    assert (price.object, price.unit_amount, price.nickname) == ("price", 1200, "Team, monthly")
    assert price.product == plan.product
    assert [each.id for each in stripe.Plan.list()] == ["team-monthly"]


def test_a_recurring_price_is_a_plan_too(stripe, team_price):
    plan = stripe.Plan.retrieve(team_price.id)

    assert (plan.amount, plan.currency, plan.product) == (1200, "usd", team_price.product)


def test_a_lookup_key_finds_a_price_and_moves_only_when_told_to(stripe, team_price):
    stripe.Price.modify(team_price.id, lookup_key="team")
    terms = {
        "product": team_price.product,
        "currency": "usd",
        "unit_amount": 1500,
        "recurring": {"interval": "month"},
        "lookup_key": "team",
    }

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(**terms)
    dearer = stripe.Price.create(**terms, transfer_lookup_key=True)

    assert refused.value.param == "lookup_key"
    assert [price.id for price in stripe.Price.list(lookup_keys=["team"])] == [dearer.id]
    assert stripe.Price.retrieve(team_price.id).lookup_key is None


def test_tiers_are_shown_when_they_are_expanded(stripe):
    product = stripe.Product.create(name="Seats")
    price = stripe.Price.create(
        product=product.id,
        currency="usd",
        recurring={"interval": "month"},
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=[{"up_to": 5, "unit_amount": 1000}, {"up_to": "inf", "unit_amount": 800}],
    )

    expanded = stripe.Price.retrieve(price.id, expand=["tiers"])

    assert "tiers" not in price
    assert [tier.up_to for tier in expanded.tiers] == [5, None]
    assert price.unit_amount is None


def test_archived_prices_take_no_new_subscriptions(stripe, team_price, customer):
    stripe.Price.modify(team_price.id, active=False)

    with pytest.raises(stripe.InvalidRequestError, match="inactive") as refused:
        stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    assert refused.value.param == "items[0][price]"
    assert stripe.Price.list(active=True).data == []


def test_a_product_with_prices_cannot_be_deleted(stripe, team_price):
    with pytest.raises(stripe.InvalidRequestError, match="user-created prices"):
        stripe.Product.delete(team_price.product)

    lonely = stripe.Product.create(name="Lonely")
    assert stripe.Product.delete(lonely.id).deleted is True


def test_a_product_that_does_not_exist_has_no_price(stripe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(product="prod_none", currency="usd", unit_amount=1)

    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        "resource_missing",
        "product",
    )
    assert refused.value.user_message == "No such product: 'prod_none'"


def test_a_plan_in_tiers_is_billed_by_them(stripe: ModuleType) -> None:
    plan = stripe.Plan.create(
        currency="usd",
        interval="month",
        product={"name": "Seats"},
        billing_scheme="tiered",
        tiers_mode="graduated",
        tiers=[{"up_to": 2, "unit_amount": 1000}, {"up_to": "inf", "unit_amount": 500}],
    )
    customer = stripe.Customer.create(source="tok_visa")

    stripe.Subscription.create(customer=customer.id, items=[{"plan": plan.id, "quantity": 3}])

    assert plan.tiers_mode == "graduated"
    assert plan.amount is None
    assert stripe.Invoice.list(customer=customer.id).data[0].amount_paid == 2500


def test_a_default_price_stays_active(stripe: ModuleType) -> None:
    terms = {"currency": "usd", "unit_amount": 500}
    product = stripe.Product.create(name="Team", default_price_data=terms)

    with pytest.raises(stripe.InvalidRequestError, match="default price of its product"):
        stripe.Price.modify(product.default_price, active=False)


def test_a_default_price_is_one_of_the_product(stripe: ModuleType, team_price: Any) -> None:
    product = stripe.Product.create(name="Other")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Product.modify(product.id, default_price=team_price.id)
    assert refused.value.param == "default_price"


def test_a_price_is_not_negative(stripe: ModuleType, team_price: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(product=team_price.product, currency="usd", unit_amount=-1)
    assert (refused.value.code, refused.value.param) == ("parameter_invalid_integer", "unit_amount")


def test_a_price_takes_a_lookup_key_over_when_it_is_changed(
    stripe: ModuleType, team_price: Any
) -> None:
    terms = {"product": team_price.product, "currency": "usd", "unit_amount": 500}
    first = stripe.Price.create(**terms, lookup_key="standard")
    second = stripe.Price.create(**terms)

    stripe.Price.modify(second.id, lookup_key="standard", transfer_lookup_key=True)

    assert stripe.Price.retrieve(first.id).lookup_key is None
    assert [each.id for each in stripe.Price.list(lookup_keys=["standard"]).data] == [second.id]


def test_a_default_price_is_an_active_one(stripe: ModuleType, team_price: Any) -> None:
    stripe.Price.modify(team_price.id, active=False)

    with pytest.raises(stripe.InvalidRequestError, match="only accepts active prices"):
        stripe.Product.modify(team_price.product, default_price=team_price.id)


@pytest.mark.parametrize("archived", ["price", "product"])
def test_what_is_archived_is_sold_no_more(stripe: ModuleType, customer: Any, archived: str) -> None:
    """https://docs.stripe.com/products-prices/manage-prices#archive-price"""
    once = stripe.Price.create(currency="usd", unit_amount=500, product_data={"name": "Shirt"})
    bought = [{"price": once.id, "quantity": 1}]
    link = stripe.PaymentLink.create(line_items=bought)
    stripe.Product.modify(once.product, active=True)
    if archived == "price":
        stripe.Price.modify(once.id, active=False)
    else:
        stripe.Product.modify(once.product, active=False)

    assert not stripe.PaymentLink.retrieve(link.id).active
    message = {
        "price": "The price specified is inactive. This field only accepts active prices.",
        "product": f"Price `{once.id}` is not available to be purchased because its product is not active.",
    }[archived]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.InvoiceItem.create(customer=customer.id, pricing={"price": once.id})
    assert (refused.value.user_message, refused.value.param) == (message, "pricing[price]")
    for sell in (
        lambda: stripe.PaymentLink.create(line_items=bought),
        lambda: stripe.Quote.create(customer=customer.id, line_items=bought),
        lambda: stripe.checkout.Session.create(
            mode="payment", success_url="https://example.com", line_items=bought
        ),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            sell()
        assert (refused.value.user_message, refused.value.param) == (
            message,
            "line_items[0][price]",
        )


def test_an_archived_product_takes_no_new_subscriptions(
    stripe: ModuleType, team_price: Any, customer: Any
) -> None:
    items = [{"price": team_price.id}]
    subscription = stripe.Subscription.create(customer=customer.id, items=items)
    stripe.Product.modify(team_price.product, active=False)

    with pytest.raises(stripe.InvalidRequestError, match="is marked as inactive"):
        stripe.Subscription.create(customer=customer.id, items=items)
    item = subscription["items"].data[0].id
    assert stripe.SubscriptionItem.modify(item, quantity=2).quantity == 2


def test_what_customers_choose_to_pay_is_not_invoiced(stripe: ModuleType, customer: Any) -> None:
    price = stripe.Price.create(
        currency="usd", custom_unit_amount={"enabled": True}, product_data={"name": "Donation"}
    )

    with pytest.raises(stripe.InvalidRequestError, match="custom_unit_amount"):
        stripe.InvoiceItem.create(customer=customer.id, pricing={"price": price.id})
    with pytest.raises(stripe.InvalidRequestError, match="custom_unit_amount"):
        stripe.Quote.create(customer=customer.id, line_items=[{"price": price.id}])


def test_a_product_comes_with_a_price_that_customers_choose(stripe):
    product = stripe.Product.create(
        name="Donation",
        default_price_data={
            "currency": "usd",
            "custom_unit_amount": {"enabled": True, "minimum": 300, "preset": 500},
        },
        expand=["default_price"],
    )

    chosen = product.default_price.custom_unit_amount
    assert (chosen.minimum, chosen.preset, chosen.maximum) == (300, 500, None)
    assert product.default_price.unit_amount is None


def test_prices_are_listed_that_are_active_unless_the_others_are_asked_for(stripe, team_price):
    archived = stripe.Price.create(
        product=team_price.product, currency="usd", unit_amount=900, active=False
    )

    def listed(**terms):
        return [price.id for price in stripe.Price.list(**terms).data]

    assert listed() == listed(product=team_price.product) == [team_price.id]
    assert listed(active=False) == [archived.id]


def test_a_price_that_is_described_where_it_is_used_is_not_listed(stripe, customer, team_price):
    described = {"currency": "usd", "product": team_price.product, "unit_amount": 700}
    item = stripe.InvoiceItem.create(customer=customer.id, price_data=described)

    price = stripe.Price.retrieve(item.pricing.price_details.price)
    assert (price.active, price.unit_amount) == (False, 700)
    assert "_inline" not in price
    assert stripe.Price.list(active=False).data == []
    found = stripe.Price.search(query="active:'false'")
    assert [each.id for each in found.data] == [price.id]


UP_TO_10, REST = {"up_to": 10, "unit_amount": 5}, {"up_to": "inf", "unit_amount": 4}


@pytest.mark.parametrize(
    ("terms", "code", "param"),
    [
        ({"tiers_mode": "volume"}, "parameter_missing", "tiers"),
        ({"tiers": [REST]}, "parameter_missing", "tiers_mode"),
        ({"tiers": [REST], "unit_amount": 5}, None, "tiers"),
        ({"tiers": [UP_TO_10]}, None, "tiers[0][up_to]"),
        ({"tiers": [REST, REST]}, None, "tiers[0][up_to]"),
        ({"tiers": [UP_TO_10, {**UP_TO_10, "up_to": 5}, REST]}, None, "tiers[1][up_to]"),
        ({"tiers": [{"up_to": "inf"}]}, "parameter_missing", "tiers[0][unit_amount]"),
        (
            {"tiers": [{**REST, "flat_amount": -1}]},
            "parameter_invalid_integer",
            "tiers[0][flat_amount]",
        ),
        ({"billing_scheme": "per_unit", "tiers": [REST]}, None, "tiers"),
    ],
)
def test_tiers_follow_each_other_to_the_last(stripe, team_price, terms, code, param):
    by_default = {"billing_scheme": "tiered"}
    if param not in ("tiers_mode", "tiers") or "unit_amount" in terms:
        by_default["tiers_mode"] = "volume"

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(
            **{**by_default, **terms},
            product=team_price.product,
            currency="usd",
            recurring={"interval": "month"},
        )

    assert (refused.value.code, refused.value.param) == (code, param)


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"unit_amount_decimal": "0.1234567890123"}, "unit_amount_decimal"),
        (
            {"unit_amount": 5, "recurring": {"interval": "month", "interval_count": 0}},
            "recurring[interval_count]",
        ),
    ],
)
def test_a_price_is_as_exact_and_recurs_as_often_as_one_can(stripe, team_price, terms, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(product=team_price.product, currency="usd", **terms)

    assert refused.value.param == param


def test_how_a_price_is_taxed_is_said_once(stripe, team_price):
    taxed = stripe.Price.modify(team_price.id, tax_behavior="inclusive")

    assert taxed.tax_behavior == "inclusive"
    assert stripe.Price.modify(team_price.id, tax_behavior="inclusive", nickname="x").nickname
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.modify(team_price.id, tax_behavior="exclusive")
    assert refused.value.param == "tax_behavior"


def test_a_product_has_at_most_eight_images(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="exceeded maximum 8 allowed elements"):
        stripe.Product.create(name="Cup", images=["https://example.com/cup.png"] * 9)
