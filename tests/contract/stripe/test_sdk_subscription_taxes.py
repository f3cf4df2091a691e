"""Taxes of subscriptions with the SDK: tax rates, and automatic tax, at the start and at renewals."""

import pytest

HOUR, DAY = 3600, 86_400
FEBRUARY_29 = 1_709_208_000
AUTOMATIC = {"automatic_tax": {"enabled": True}}


@pytest.fixture
def vat(stripe):
    """Makes a tax rate of so many per cent."""

    def vat(percentage):
        return stripe.TaxRate.create(display_name="VAT", percentage=percentage, inclusive=False).id

    return vat


@pytest.fixture
def subscribe(stripe, traveller, team_price):
    """Subscribes the traveller to twelve dollars a month."""

    def subscribe(item=None, **params):
        return stripe.Subscription.create(
            customer=traveller.customer.id,
            items=[{"price": team_price.id, **(item or {})}],
            expand=["latest_invoice"],
            **params,
        )

    return subscribe


@pytest.fixture
def in_germany(stripe, traveller):
    """The account sells from Germany and collects its tax there, where the traveller lives."""
    stripe.tax.Settings.modify(head_office={"address": {"country": "DE"}})
    options = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    stripe.tax.Registration.create(country="DE", country_options=options, active_from="now")
    stripe.Customer.modify(traveller.customer.id, address={"country": "DE"})


def paid(stripe, traveller):
    """What was charged for each invoice, oldest first."""
    invoices = stripe.Invoice.list(customer=traveller.customer.id).data
    return [invoice.amount_paid for invoice in reversed(invoices)]


def test_every_invoice_has_the_subscriptions_rates(stripe, traveller, subscribe, vat):
    rate = vat(25)
    subscription = subscribe(default_tax_rates=[rate])

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert [each.id for each in subscription.default_tax_rates] == [rate]
    assert subscription.latest_invoice.total_taxes[0].amount == 300
    assert paid(stripe, traveller) == [1500, 1500]


def test_an_item_has_rates_of_its_own(stripe, traveller, subscribe, vat):
    subscription = subscribe({"tax_rates": [vat(10)]}, default_tax_rates=[vat(25)])

    [item] = stripe.SubscriptionItem.list(subscription=subscription.id).data
    assert [each.percentage for each in item.tax_rates] == [10]
    assert paid(stripe, traveller) == [1320]


def test_other_rates_hold_from_the_next_invoice_on(stripe, traveller, subscribe, vat):
    subscription = subscribe(default_tax_rates=[vat(25)])

    stripe.Subscription.modify(subscription.id, default_tax_rates=[vat(50)])
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert paid(stripe, traveller) == [1500, 1800]


def test_an_items_rates_can_be_changed(stripe, traveller, subscribe, vat):
    subscription = subscribe()
    [item] = stripe.SubscriptionItem.list(subscription=subscription.id).data

    changed = stripe.SubscriptionItem.modify(item.id, tax_rates=[vat(50)])
    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert [each.percentage for each in changed.tax_rates] == [50]
    assert paid(stripe, traveller) == [1200, 1800]


def test_a_proration_is_taxed_as_what_it_prorates(stripe, traveller, subscribe, vat):
    subscription = subscribe({"tax_rates": [vat(50)]})
    [item] = stripe.SubscriptionItem.list(subscription=subscription.id).data

    stripe.Subscription.modify(
        subscription.id,
        items=[{"id": item.id, "quantity": 2}],
        proration_behavior="always_invoice",
    )

    assert paid(stripe, traveller) == [1800, 1800]


def test_what_is_sold_once_with_it_has_its_rates(stripe, traveller, subscribe, team_price, vat):
    setup = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=1000)

    subscribe(add_invoice_items=[{"price": setup.id, "tax_rates": [vat(10)]}])

    assert paid(stripe, traveller) == [2300]


@pytest.mark.parametrize(
    ("item", "params", "param"),
    [
        ({}, {"default_tax_rates": ["txr_none"]}, "default_tax_rates[0]"),
        ({"tax_rates": ["txr_none"]}, {}, "items[0][tax_rates][0]"),
    ],
)
def test_a_rate_has_to_be_there(stripe, subscribe, item, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(item, **params)

    assert (refused.value.code, refused.value.param) == ("resource_missing", param)


def test_automatic_tax_is_charged_every_month(stripe, traveller, in_germany, subscribe):
    subscription = subscribe(**AUTOMATIC)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    assert subscription.automatic_tax.enabled
    invoice = subscription.latest_invoice
    assert (invoice.automatic_tax.status, invoice.total_taxes[0].amount) == ("complete", 228)
    assert paid(stripe, traveller) == [1428, 1428]


def test_a_preview_has_the_tax(stripe, traveller, in_germany, subscribe, team_price):
    taxed = subscribe(**AUTOMATIC)

    preview = stripe.Invoice.create_preview(subscription=taxed.id)
    asked = stripe.Invoice.create_preview(
        customer=traveller.customer.id,
        subscription_details={"items": [{"price": team_price.id}]},
        **AUTOMATIC,
    )

    assert (preview.total, asked.total) == (1428, 1428)
    assert asked.automatic_tax.status == "complete"


def test_a_subscription_needs_a_place_for_automatic_tax(stripe, traveller, in_germany, subscribe):
    stripe.Customer.modify(traveller.customer.id, address="")

    with pytest.raises(stripe.InvalidRequestError, match="location isn't recognized") as refused:
        subscribe(**AUTOMATIC)

    assert refused.value.code == "customer_tax_location_invalid"
    assert stripe.Subscription.list(customer=traveller.customer.id).data == []


def test_it_goes_on_without_tax_when_its_customer_is_nowhere(
    stripe, traveller, in_germany, subscribe
):
    """https://docs.stripe.com/tax/customer-locations: of subscriptions' invoices that are finalized automatically."""
    subscription = subscribe(**AUTOMATIC)
    deferred = {"validate_location": "deferred"}
    stripe.Customer.modify(traveller.customer.id, address="", tax=deferred)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)

    found = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])
    assert (found.automatic_tax.enabled, found.automatic_tax.disabled_reason) == (
        False,
        "requires_location_inputs",
    )
    tax = found.latest_invoice.automatic_tax
    assert (tax.enabled, tax.disabled_reason) == (False, "finalization_requires_location_inputs")
    assert paid(stripe, traveller) == [1428, 1200]


def test_rates_and_automatic_tax_exclude_each_other(stripe, in_germany, subscribe, vat):
    for item, params in (({"tax_rates": [vat(5)]}, {}), ({}, {"default_tax_rates": [vat(5)]})):
        with pytest.raises(stripe.InvalidRequestError, match="automatic tax is enabled"):
            subscribe(item, **params, **AUTOMATIC)

    subscription = subscribe(default_tax_rates=[vat(5)])
    with pytest.raises(stripe.InvalidRequestError, match="automatic tax is enabled"):
        stripe.Subscription.modify(subscription.id, **AUTOMATIC)
    changed = stripe.Subscription.modify(subscription.id, default_tax_rates="", **AUTOMATIC)
    assert changed.automatic_tax.enabled
