"""Taxes on invoices with the SDK: tax rates that are given, and automatic tax."""

import pytest

HOUR, DAY = 3600, 86_400


@pytest.fixture
def registered(stripe):
    """An account that sells from Germany and collects its tax there."""
    stripe.tax.Settings.modify(head_office={"address": {"country": "DE"}})
    options = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    stripe.tax.Registration.create(country="DE", country_options=options, active_from="now")


def sums(invoice):
    """What an invoice comes to."""
    return (
        invoice.subtotal,
        invoice.subtotal_excluding_tax,
        invoice.total_excluding_tax,
        invoice.total,
    )


def taxes(invoice):
    """Its taxes, each as the amount, the reason and what it is charged on."""
    return [
        (each.amount, each.taxability_reason, each.taxable_amount) for each in invoice.total_taxes
    ]


# Tax rates


def test_a_rate_of_the_invoice_is_charged_on_every_line(stripe, bill, vat):
    rate = vat(20)

    invoice = bill(1000, 599, default_tax_rates=[rate])

    assert sums(invoice) == (1599, 1599, 1599, 1919)
    assert taxes(invoice) == [(320, "not_available", 1599)]
    [tax] = invoice.total_taxes
    assert (tax.tax_behavior, tax.tax_rate_details.tax_rate) == ("exclusive", rate)
    assert sorted(line.taxes[0].amount for line in invoice.lines.data) == [120, 200]
    assert invoice.amount_due == 1919
    assert invoice.default_tax_rates[0].percentage == 20


def test_a_rate_can_be_in_the_price(stripe, bill, vat):
    invoice = bill(1200, default_tax_rates=[vat(20, inclusive=True)])

    assert sums(invoice) == (1200, 1000, 1000, 1200)
    assert taxes(invoice) == [(200, "not_available", 1000)]


def test_an_item_has_its_own(stripe, bill, vat):
    invoice = bill(1000, items={"tax_rates": [vat(7)]}, default_tax_rates=[vat(20)])

    assert taxes(invoice) == [(70, "not_available", 1000)]


def test_tax_is_charged_on_what_a_discount_leaves(stripe, bill, vat):
    coupon = stripe.Coupon.create(percent_off=50, duration="once").id

    on_top = bill(1000, default_tax_rates=[vat(20)], discounts=[{"coupon": coupon}])
    inside = bill(1200, default_tax_rates=[vat(20, inclusive=True)], discounts=[{"coupon": coupon}])

    assert sums(on_top) == (1000, 1000, 500, 600)
    assert taxes(on_top) == [(100, "not_available", 500)]
    assert sums(inside) == (1200, 1000, 500, 600)
    assert taxes(inside) == [(100, "not_available", 500)]


def test_what_is_in_the_price_is_not_taxed_again(stripe, bill, vat):
    invoice = bill(1100, default_tax_rates=[vat(10, inclusive=True), vat(5)])

    assert taxes(invoice) == [(100, "not_available", 1000), (50, "not_available", 1000)]
    assert sums(invoice) == (1100, 1000, 1000, 1150)


@pytest.mark.parametrize(
    ("status", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")]
)
def test_an_exempt_customer_pays_none(stripe, bill, vat, customer, status, reason):
    stripe.Customer.modify(customer.id, tax_exempt=status)

    invoice = bill(1000, default_tax_rates=[vat(20)])

    assert taxes(invoice) == [(0, reason, 0)]
    assert invoice.total == 1000


def test_what_is_paid_has_the_tax_in_it(stripe, bill, vat):
    invoice = bill(1000, default_tax_rates=[vat(19)])

    paid = stripe.Invoice.pay(invoice.id)

    assert (paid.status, paid.amount_paid, paid.total) == ("paid", 1190, 1190)
    assert stripe.Charge.list(limit=1).data[0].amount == 1190


def test_a_drafts_rates_can_be_changed(stripe, bill, vat):
    invoice = bill(1000, default_tax_rates=[vat(20)])

    changed = stripe.Invoice.modify(invoice.id, default_tax_rates=[vat(10)])
    without = stripe.Invoice.modify(invoice.id, default_tax_rates="")

    assert (changed.total, without.total) == (1100, 1000)
    assert without.total_taxes == []


def test_an_items_rates_can_be_changed(stripe, customer, vat):
    item = stripe.InvoiceItem.create(
        customer=customer.id, amount=1000, currency="usd", tax_rates=[vat(20)]
    )
    assert [each.percentage for each in item.tax_rates] == [20]

    stripe.InvoiceItem.modify(item.id, tax_rates=[vat(10)])
    kept = stripe.InvoiceItem.modify(item.id, description="More")
    invoice = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")

    assert [each.percentage for each in kept.tax_rates] == [10]
    assert taxes(invoice) == [(100, "not_available", 1000)]


@pytest.mark.parametrize(
    ("rates", "param"),
    [
        (lambda vat: ["txr_none"], "default_tax_rates[0]"),
        (lambda vat: [vat(5, active=False)], "default_tax_rates[0]"),
        (lambda vat: [vat(5)] * 2, "default_tax_rates"),
        (lambda vat: [vat(n + 1) for n in range(6)], "default_tax_rates"),
    ],
)
def test_a_rate_that_cannot_be_used_is_refused(stripe, bill, vat, rates, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        bill(1000, default_tax_rates=rates(vat))

    assert refused.value.param == param
    assert stripe.Invoice.list().data == []


def test_a_rates_percentage_is_fixed(stripe, vat):
    rate = vat(20, country="DE")

    archived = stripe.TaxRate.modify(rate, active=False, display_name="MwSt.")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.TaxRate.modify(rate, percentage=21)

    assert (archived.active, archived.display_name, archived.percentage) == (False, "MwSt.", 20)
    assert refused.value.param == "percentage"
    for wrong in (-1, 101, 1.00001):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            vat(wrong)
        assert refused.value.param == "percentage"


# Automatic tax

AUTOMATIC = {"automatic_tax": {"enabled": True}}


def test_automatic_tax_is_what_a_calculation_finds(stripe, registered, bill, customer):
    stripe.Customer.modify(customer.id, address={"country": "DE"})

    invoice = bill(1000, items={"tax_behavior": "exclusive"}, **AUTOMATIC)

    assert invoice.automatic_tax.status == "complete"
    assert taxes(invoice) == [(190, "standard_rated", 1000)]
    assert invoice.total == 1190
    rate = stripe.TaxRate.retrieve(invoice.total_taxes[0].tax_rate_details.tax_rate)
    assert (rate.active, rate.country, rate.percentage, rate.tax_type) == (
        False,
        "DE",
        19.0,
        "vat",
    )
    again = bill(500, items={"tax_behavior": "exclusive"}, **AUTOMATIC)
    assert again.total_taxes[0].tax_rate_details.tax_rate == rate.id


def test_a_price_says_whether_tax_is_in_it(stripe, registered, customer):
    stripe.Customer.modify(customer.id, address={"country": "DE"})
    product = stripe.Product.create(name="Team", tax_code="txcd_10103000").id
    prices = {
        behavior: stripe.Price.create(
            product=product, currency="eur", unit_amount=1190, tax_behavior=behavior
        ).id
        for behavior in ("inclusive", "exclusive", "unspecified")
    }

    totals = {}
    for behavior, price in prices.items():
        invoice = stripe.Invoice.create(customer=customer.id, currency="eur", **AUTOMATIC)
        stripe.InvoiceItem.create(
            customer=customer.id, invoice=invoice.id, pricing={"price": price}
        )
        invoice = stripe.Invoice.retrieve(invoice.id)
        totals[behavior] = (invoice.total, invoice.total_taxes[0].amount)

    # What is not said is inferred: in dollars taxes are on top, in euros they are in the price.
    assert totals == {
        "inclusive": (1190, 190),
        "exclusive": (1416, 226),
        "unspecified": (1190, 190),
    }


def test_nothing_is_collected_where_nothing_is_registered(stripe, registered, bill, customer):
    stripe.Customer.modify(customer.id, address={"country": "US", "postal_code": "94080"})

    invoice = bill(1000, **AUTOMATIC)

    assert taxes(invoice) == [(0, "not_collecting", 0)]
    assert (invoice.automatic_tax.status, invoice.total) == ("complete", 1000)


def test_a_business_abroad_is_charged_none(stripe, registered, bill, customer):
    stripe.Customer.modify(customer.id, address={"country": "IE"})
    stripe.Customer.create_tax_id(customer.id, type="eu_vat", value="IE1234567WA")

    invoice = bill(1000, **AUTOMATIC)

    assert taxes(invoice) == [(0, "reverse_charge", 0)]
    assert [each.value for each in invoice.customer_tax_ids] == ["IE1234567WA"]


def test_an_account_without_a_head_office_has_no_automatic_tax(stripe, bill):
    with pytest.raises(stripe.InvalidRequestError, match="valid head office address"):
        bill(1000, **AUTOMATIC)

    assert stripe.Invoice.list().data == []


def test_an_invoice_waits_until_its_customer_is_somewhere(stripe, registered, bill, customer):
    invoice = bill(1000, **AUTOMATIC)

    assert invoice.automatic_tax.status == "requires_location_inputs"
    with pytest.raises(stripe.InvalidRequestError, match="location isn't recognized") as refused:
        stripe.Invoice.finalize_invoice(invoice.id)
    assert refused.value.code == "customer_tax_location_invalid"
    assert stripe.Invoice.retrieve(invoice.id).status == "draft"

    stripe.Customer.modify(customer.id, address={"country": "DE"})
    final = stripe.Invoice.finalize_invoice(invoice.id)
    assert (final.status, final.automatic_tax.status, final.total) == ("open", "complete", 1000)
    assert taxes(final) == [(160, "standard_rated", 840)]


def test_a_tax_that_is_not_known_is_refused(stripe, registered, bill, customer):
    stripe.Customer.modify(customer.id, address={"country": "DE"})

    with pytest.raises(stripe.InvalidRequestError, match="does not know") as refused:
        bill(1000, items={"tax_code": "txcd_35010000"}, **AUTOMATIC)

    assert refused.value.code == "taxes_calculation_failed"


def test_rates_and_automatic_tax_exclude_each_other(stripe, registered, bill, vat):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        bill(1000, default_tax_rates=[vat(20)], **AUTOMATIC)

    assert refused.value.param == "default_tax_rates"


def test_a_draft_that_nobody_finalizes_says_why_it_stays_one(stripe, registered, traveller):
    invoice = stripe.Invoice.create(
        customer=traveller.customer.id, auto_advance=True, currency="eur", **AUTOMATIC
    )
    stripe.InvoiceItem.create(
        customer=traveller.customer.id, invoice=invoice.id, amount=1000, currency="eur"
    )

    traveller.advance(traveller.clock.frozen_time + DAY)

    stuck = stripe.Invoice.retrieve(invoice.id)
    assert stuck.status == "draft"
    assert stuck.last_finalization_error.code == "customer_tax_location_invalid"
    [event] = stripe.Event.list(type="invoice.finalization_failed").data
    assert event.data.object.id == invoice.id


def test_a_discount_that_a_draft_is_given_lowers_its_taxes_at_once(stripe, customer, vat):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    invoice = stripe.Invoice.create(customer=customer.id, default_tax_rates=[vat(10)])
    stripe.InvoiceItem.create(customer=customer.id, invoice=invoice.id, amount=300, currency="usd")

    changed = stripe.Invoice.modify(invoice.id, discounts=[{"coupon": coupon.id}])

    [line] = changed.lines.data
    assert (line.taxes[0].taxable_amount, line.taxes[0].amount) == (150, 15)
    assert [each.amount for each in line.pretax_credit_amounts] == [150]
    assert (changed.total_excluding_tax, changed.total) == (150, 165)
