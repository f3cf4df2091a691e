"""What shipping costs on invoices, with the SDK (https://docs.stripe.com/api/invoices/create#create_invoice-shipping_cost)."""

import pytest


@pytest.fixture
def express(stripe):
    """Makes a shipping rate of five euros."""

    def express(currency="eur"):
        return stripe.ShippingRate.create(
            display_name="Express",
            type="fixed_amount",
            fixed_amount={"amount": 500, "currency": currency},
        ).id

    return express


@pytest.fixture
def described():
    """A rate of three euros, described in place."""
    return {
        "shipping_rate_data": {
            "display_name": "Slow",
            "fixed_amount": {"amount": 300, "currency": "eur"},
            "type": "fixed_amount",
        }
    }


def test_shipping_is_added_to_what_is_billed(stripe, bill, express, vat):
    invoice = bill(1000, shipping_cost={"shipping_rate": express()}, default_tax_rates=[vat(20)])

    shipping = invoice.shipping_cost
    assert (shipping.amount_subtotal, shipping.amount_tax, shipping.amount_total) == (500, 0, 500)
    assert (invoice.amount_shipping, invoice.subtotal) == (500, 1000)
    assert (invoice.total, invoice.total_excluding_tax, invoice.amount_due) == (1700, 1500, 1700)
    assert stripe.Invoice.pay(invoice.id).amount_paid == 1700


def test_shipping_of_a_draft_changes_and_goes(stripe, bill, express, described):
    invoice = bill(1000, shipping_cost={"shipping_rate": express()})

    slower = stripe.Invoice.modify(invoice.id, shipping_cost=described)
    without = stripe.Invoice.modify(invoice.id, shipping_cost="")

    assert (slower.amount_shipping, slower.total) == (300, 1300)
    assert stripe.ShippingRate.retrieve(slower.shipping_cost.shipping_rate).display_name == "Slow"
    assert (without.shipping_cost, without.amount_shipping, without.total) == (None, 0, 1000)


def test_a_revision_ships_as_the_invoice_did(stripe, bill, express):
    invoice = stripe.Invoice.finalize_invoice(
        bill(1000, shipping_cost={"shipping_rate": express()}).id
    )

    revision = stripe.Invoice.create(from_invoice={"invoice": invoice.id, "action": "revision"})

    assert (revision.amount_shipping, revision.total) == (500, 1500)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"shipping_rate": "eur", "shipping_rate_data": {"display_name": "Slow"}}, "shipping_cost"),
        ({"shipping_rate": "shr_none"}, "shipping_cost[shipping_rate]"),
        ({"shipping_rate": "usd"}, "shipping_cost"),
    ],
)
def test_shipping_needs_one_rate_of_the_invoices_currency(stripe, bill, express, params, param):
    invoice = bill(1000)
    rate = params["shipping_rate"]
    given = params if rate == "shr_none" else {**params, "shipping_rate": express(rate)}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.modify(invoice.id, shipping_cost=given)

    assert refused.value.param == param


@pytest.mark.parametrize(
    ("behavior", "cost", "total", "without"),
    [
        ("exclusive", (500, 95, 595), 1190 + 595, 1500),
        ("inclusive", (500, 80, 500), 1190 + 500, 1420),
    ],
)
def test_automatic_tax_is_charged_on_shipping_too(
    stripe, bill, customer, behavior, cost, total, without
):
    stripe.tax.Settings.modify(head_office={"address": {"country": "DE"}})
    options = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    stripe.tax.Registration.create(country="DE", country_options=options, active_from="now")
    stripe.Customer.modify(customer.id, address={"country": "DE"})
    rate = stripe.ShippingRate.create(
        display_name="Express",
        fixed_amount={"amount": 500, "currency": "eur"},
        tax_behavior=behavior,
    )

    invoice = bill(
        1000,
        items={"tax_behavior": "exclusive"},
        shipping_cost={"shipping_rate": rate.id},
        automatic_tax={"enabled": True},
    )
    untaxed = stripe.Invoice.modify(invoice.id, automatic_tax={"enabled": False})

    shipping = invoice.shipping_cost
    shown = (shipping.amount_subtotal, shipping.amount_tax, shipping.amount_total)
    assert (shown, invoice.amount_shipping) == (cost, 500)
    assert (invoice.subtotal, invoice.total, invoice.total_excluding_tax) == (1000, total, without)
    assert (untaxed.shipping_cost.amount_tax, untaxed.total) == (0, 1500)


def test_shipping_can_be_credited_once(stripe, bill, express):
    rate = express()
    invoice = stripe.Invoice.finalize_invoice(bill(1000, shipping_cost={"shipping_rate": rate}).id)

    with pytest.raises(stripe.InvalidRequestError) as other:
        stripe.CreditNote.create(invoice=invoice.id, shipping_cost={"shipping_rate": express()})
    note = stripe.CreditNote.create(invoice=invoice.id, shipping_cost={"shipping_rate": rate})
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.CreditNote.create(invoice=invoice.id, shipping_cost={"shipping_rate": rate})

    assert other.value.param == "shipping_cost[shipping_rate]"
    assert again.value.param == "shipping_cost"
    assert (note.amount_shipping, note.subtotal, note.total) == (500, 0, 500)
    assert note.shipping_cost.shipping_rate == rate
    assert stripe.Invoice.retrieve(invoice.id).amount_due == 1000


def test_shipping_is_credited_with_lines(stripe, bill, express):
    rate = express()
    invoice = stripe.Invoice.finalize_invoice(bill(1000, shipping_cost={"shipping_rate": rate}).id)
    [line] = invoice.lines.data

    note = stripe.CreditNote.create(
        invoice=invoice.id,
        lines=[{"type": "invoice_line_item", "invoice_line_item": line.id, "amount": 400}],
        shipping_cost={"shipping_rate": rate},
    )

    assert (note.subtotal, note.amount_shipping, note.total) == (400, 500, 900)
