"""Prices in several currencies (https://docs.stripe.com/billing/subscriptions/multi-currency), with the SDK."""

import pytest

MONTHLY = {"interval": "month"}


@pytest.fixture
def price(stripe):
    """Ten dollars, nine euros or eight pounds a month."""
    return stripe.Price.create(
        currency="usd",
        unit_amount=1000,
        recurring=MONTHLY,
        product_data={"name": "Team"},
        currency_options={"eur": {"unit_amount": 900}, "gbp": {"unit_amount": 800}},
        expand=["currency_options"],
    )


def test_a_price_shows_what_it_is_in_each_currency(stripe, price):
    options = price.currency_options.to_dict()

    assert [(name, each["unit_amount"]) for name, each in options.items()] == [
        ("eur", 900),
        ("gbp", 800),
        ("usd", 1000),
    ]
    assert options["eur"]["tax_behavior"] == "unspecified"
    assert str(options["eur"]["unit_amount_decimal"]) == "900"
    assert "currency_options" not in stripe.Price.retrieve(price.id)


def test_a_subscription_is_in_the_currency_that_is_chosen(stripe, customer, price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": price.id, "quantity": 2}],
        currency="eur",
        expand=["latest_invoice"],
    )

    invoice = subscription.latest_invoice
    assert (subscription.currency, invoice.currency, invoice.total) == ("eur", "eur", 1800)
    [line] = invoice.lines.data
    assert (line.description, str(line.pricing.unit_amount_decimal)) == (
        "2 × Team (at €9.00 / month)",
        "900",
    )
    assert stripe.Customer.retrieve(customer.id).currency == "eur"


def test_a_customer_goes_on_in_the_currency_that_was_used_first(stripe, customer, price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}], currency="gbp")

    second = stripe.Subscription.create(customer=customer.id, items=[{"price": price.id}])

    assert second.currency == "gbp"


def test_a_currency_that_the_price_does_not_have_is_refused(stripe, customer, price):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=customer.id, items=[{"price": price.id}], currency="jpy"
        )

    assert "supports currencies of `eur` and `gbp` and `usd`" in str(refused.value)
    assert refused.value.param == "currency"


def test_a_change_is_prorated_in_the_currency(stripe, customer, price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": price.id}], currency="eur"
    )
    item = subscription["items"].data[0].id

    changed = stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item, "quantity": 3}],
        proration_behavior="always_invoice",
        expand=["latest_invoice"],
    )

    assert (changed.latest_invoice.currency, changed.latest_invoice.total) == ("eur", 1800)


def test_a_currency_is_added_and_the_others_stay(stripe, price):
    changed = stripe.Price.modify(
        price.id, currency_options={"jpy": {"unit_amount": 1500}}, expand=["currency_options"]
    )

    assert list(changed.currency_options.to_dict()) == ["eur", "gbp", "jpy", "usd"]
    assert changed.currency_options["jpy"].unit_amount == 1500


def test_an_item_of_an_invoice_is_in_the_currency_of_that(stripe, customer):
    price = stripe.Price.create(
        currency="usd",
        unit_amount=1000,
        product_data={"name": "Setup"},
        currency_options={"eur": {"unit_amount": 900}},
    )
    invoice = stripe.Invoice.create(customer=customer.id, currency="eur")

    item = stripe.InvoiceItem.create(
        customer=customer.id, invoice=invoice.id, pricing={"price": price.id}
    )

    assert (item.currency, item.amount) == ("eur", 900)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.InvoiceItem.create(
            customer=customer.id, invoice=invoice.id, amount=100, currency="usd"
        )
    assert refused.value.user_message == (
        "You cannot combine currencies on a single invoice. This invoice has invoice items currency usd that "
        "conflicts with the invoice currency eur."
    )


def test_a_checkout_session_is_in_the_currency_that_is_chosen(stripe, price):
    session = stripe.checkout.Session.create(
        mode="subscription",
        success_url="https://example.com/done",
        currency="gbp",
        line_items=[{"price": price.id, "quantity": 2}],
    )

    assert (session.currency, session.amount_total) == ("gbp", 1600)


def test_a_customer_is_subscribed_in_one_currency(stripe, customer, team_price):
    euros = stripe.Price.create(
        product=team_price.product, currency="eur", unit_amount=900, recurring={"interval": "month"}
    )
    terms = {"customer": customer.id, "items": [{"price": euros.id}]}
    page = {
        "customer": customer.id,
        "mode": "subscription",
        "line_items": [{"price": euros.id, "quantity": 1}],
        "success_url": "https://example.com",
    }
    first = stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    for subscribe, params in (
        (stripe.Subscription.create, terms),
        (stripe.checkout.Session.create, page),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            subscribe(**params)
        assert refused.value.user_message.startswith(
            "You cannot combine currencies on a single customer. This customer has an active subscription"
        )
        assert refused.value.user_message.endswith("with currency usd.")

    stripe.Subscription.cancel(first.id)
    assert stripe.Subscription.create(**terms).currency == "eur"


@pytest.mark.parametrize("option", [{"unit_amount": 7}, {"tax_behavior": "inclusive"}])
def test_a_price_with_tiers_has_some_in_each_currency(stripe, price, option):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Price.create(
            currency="usd",
            product=price.product,
            recurring=MONTHLY,
            billing_scheme="tiered",
            tiers_mode="volume",
            tiers=[{"up_to": "inf", "unit_amount": 5}],
            currency_options={"eur": option},
        )

    assert (refused.value.code, refused.value.param) == (
        "parameter_missing",
        "currency_options[eur][tiers]",
    )
