"""Tax amounts that are given by hand (https://docs.stripe.com/invoicing/taxes/manual-tax-amounts), with the SDK."""

import pytest

SALES_TAX = {
    "percentage": 10,
    "inclusive": False,
    "tax_type": "sales_tax",
    "display_name": "Sales Tax",
    "description": "Texas Sales Tax",
    "jurisdiction": "Texas",
    "country": "US",
    "state": "TX",
}


def taxed(amount, of, **more):
    """A tax amount, in a rate of ten per cent unless it is said."""
    return {
        "amount": amount,
        "taxable_amount": of,
        "tax_rate_data": {**SALES_TAX, **more.pop("rate", {})},
        **more,
    }


@pytest.fixture
def tax(stripe):
    """Gives the first line of a draft taxes by hand, and answers with the invoice."""

    def tax(invoice, *amounts, line=0, **params):
        stripe.Invoice.update_lines(
            invoice.id,
            lines=[{"id": invoice.lines.data[line].id, "tax_amounts": [*amounts], **params}],
        )
        return stripe.Invoice.retrieve(invoice.id)

    return tax


def test_a_line_has_the_taxes_that_are_given(client, bill):
    invoice = bill(100)
    line = invoice.lines.data[0].id

    changed = client.v1.invoices.line_items.update(
        invoice.id, line, {"tax_amounts": [taxed(11, 100)]}
    )

    [tax] = changed.taxes
    assert tax.to_dict() == {
        "amount": 11,
        "tax_behavior": "exclusive",
        "tax_rate_details": {"tax_rate": tax.tax_rate_details.tax_rate},
        "taxability_reason": "not_available",
        "taxable_amount": 100,
        "type": "tax_rate_details",
    }
    invoice = client.v1.invoices.retrieve(invoice.id)
    assert (invoice.total, invoice.total_excluding_tax, invoice.total_taxes[0].amount) == (
        111,
        100,
        11,
    )


def test_lines_are_added_with_their_taxes(stripe, customer, bill):
    invoice = bill()
    waiting = stripe.InvoiceItem.create(customer=customer.id, amount=200, currency="eur")

    added = stripe.Invoice.add_lines(
        invoice.id,
        lines=[
            {"amount": 100, "tax_amounts": [taxed(10, 100)]},
            {"invoice_item": waiting.id, "tax_amounts": [taxed(20, 200)]},
        ],
    )

    assert (added.subtotal, added.total) == (300, 330)


def test_a_tax_can_be_in_the_price_and_say_why_it_is_as_it_is(bill, tax):
    invoice = tax(
        bill(1000),
        taxed(91, 909, rate={"inclusive": True}, taxability_reason="standard_rated"),
    )

    [found] = invoice.total_taxes
    assert (found.tax_behavior, found.taxability_reason) == ("inclusive", "standard_rated")
    assert (invoice.total, invoice.total_excluding_tax, invoice.subtotal_excluding_tax) == (
        1000,
        909,
        909,
    )


def test_alike_rates_are_one_which_is_not_listed_used_or_changed(stripe, bill, tax):
    invoice = tax(bill(100, 500), taxed(10, 100))
    invoice = tax(invoice, taxed(50, 500), line=1)
    other = tax(bill(100), taxed(5, 100, rate={"percentage": 5}))

    first, second = (line.taxes[0].tax_rate_details.tax_rate for line in invoice.lines.data)
    [different] = other.total_taxes
    assert first == second != different.tax_rate_details.tax_rate
    [both] = invoice.total_taxes
    assert (both.amount, both.taxable_amount) == (60, 600)
    rate = stripe.TaxRate.retrieve(first)
    assert (rate.active, rate.percentage, rate.display_name, rate.state) == (
        False,
        10,
        "Sales Tax",
        "TX",
    )
    assert not [name for name in rate.to_dict() if name.startswith("_")]
    assert stripe.TaxRate.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        stripe.TaxRate.modify(first, active=True)
    with pytest.raises(stripe.InvalidRequestError):
        bill(100, items={"tax_rates": [first]})


def test_taxes_stay_until_they_are_changed_or_taken_away(stripe, bill, tax):
    invoice = tax(bill(100), taxed(10, 100))
    line = invoice.lines.data[0]
    item = line.parent.invoice_item_details.invoice_item

    stripe.InvoiceItem.modify(item, amount=300)
    stale = stripe.Invoice.retrieve(invoice.id)
    less = tax(invoice, taxed(30, 300))
    without = stripe.Invoice.update_lines(invoice.id, lines=[{"id": line.id, "tax_amounts": ""}])

    assert (stale.total, stale.lines.data[0].id) == (310, line.id)
    assert less.total == 330
    assert (without.total, without.total_taxes) == (300, [])


def test_a_line_of_a_subscription_is_taxed_too(stripe, traveller, subscription, tax):
    february_29 = 1_709_208_000
    traveller.advance(february_29 + 60)
    draft = stripe.Invoice.list(subscription=subscription.id, status="draft").data[0]

    tax(draft, taxed(120, 1200))
    traveller.advance(february_29 + 7200)

    paid = stripe.Invoice.retrieve(draft.id)
    assert (paid.status, paid.amount_paid) == ("paid", 1320)


def test_a_revision_has_the_taxes_of_the_invoice(stripe, bill, tax):
    invoice = stripe.Invoice.finalize_invoice(tax(bill(100), taxed(10, 100)).id)

    revision = stripe.Invoice.create(from_invoice={"invoice": invoice.id, "action": "revision"})

    assert (revision.total, revision.total_taxes[0].amount) == (110, 10)


def test_tax_amounts_and_tax_rates_do_not_mix(stripe, bill, tax, vat):
    rate = vat()
    for draft in (
        bill(100, default_tax_rates=[rate]),
        bill(100, items={"tax_rates": [rate]}),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="tax_amounts"):
            tax(draft, taxed(10, 100))

    invoice = tax(bill(100, 200), taxed(10, 100))
    other = invoice.lines.data[1]
    for change in (
        lambda: stripe.Invoice.modify(invoice.id, default_tax_rates=[rate]),
        lambda: stripe.Invoice.update_lines(
            invoice.id, lines=[{"id": other.id, "tax_rates": [rate]}]
        ),
        lambda: stripe.InvoiceItem.modify(
            other.parent.invoice_item_details.invoice_item, tax_rates=[rate]
        ),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="tax_amounts"):
            change()
    assert stripe.Invoice.retrieve(invoice.id).total == 310


def test_a_line_has_twenty_tax_amounts_at_most(stripe, bill, tax):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        tax(bill(100), *[taxed(1, 100)] * 21)

    assert refused.value.param == "lines[0][tax_amounts]"


# Credit notes


@pytest.fixture
def credit(stripe):
    """Credits the first line of an invoice, or what else is said."""

    def credit(invoice, **terms):
        line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id}
        return stripe.CreditNote.create(invoice=invoice.id, lines=[{**line, **terms}])

    return credit


def test_what_is_credited_of_the_taxes_is_said(stripe, bill, tax, credit):
    invoice = stripe.Invoice.finalize_invoice(tax(bill(100), taxed(10, 100)).id)
    [found] = invoice.total_taxes
    rate = found.tax_rate_details.tax_rate

    with pytest.raises(stripe.InvalidRequestError) as refused:
        credit(invoice)
    note = credit(
        invoice,
        amount=50,
        tax_amounts=[{"amount": 4, "taxable_amount": 50, "tax_rate": rate}],
    )

    assert refused.value.param == "lines[0][tax_amounts]"
    assert (note.subtotal, note.total_excluding_tax, note.total) == (50, 50, 54)
    [shown] = note.lines.data[0].taxes
    assert (shown.amount, shown.taxable_amount, shown.tax_rate_details.tax_rate) == (4, 50, rate)
    assert stripe.Invoice.retrieve(invoice.id).amount_remaining == 110 - 54


def test_a_line_of_a_notes_own_has_tax_amounts(stripe, bill, tax, credit):
    invoice = stripe.Invoice.finalize_invoice(tax(bill(100), taxed(10, 100)).id)
    rate = invoice.total_taxes[0].tax_rate_details.tax_rate
    own = {"type": "custom_line_item", "unit_amount": 20, "description": "Late"}
    taxes = [{"amount": 2, "taxable_amount": 20, "tax_rate": rate}]

    foreseen = stripe.CreditNote.preview(invoice=invoice.id, lines=[{**own, "tax_amounts": taxes}])

    assert (foreseen.total, foreseen.total_excluding_tax) == (22, 20)


def test_tax_amounts_of_a_note_are_of_rates_that_were_made_for_them(stripe, bill, tax, vat, credit):
    invoice = stripe.Invoice.finalize_invoice(bill(100).id)
    by_hand = {"amount": 2, "taxable_amount": 20, "tax_rate": vat()}
    line = {"type": "custom_line_item", "unit_amount": 20}

    def refuse(line):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.CreditNote.create(invoice=invoice.id, lines=[line])
        return refused.value.param

    param = "lines[0][tax_amounts][0][tax_rate]"
    assert refuse({**line, "tax_amounts": [by_hand]}) == param
    both = {**line, "tax_amounts": [by_hand], "tax_rates": [by_hand["tax_rate"]]}
    assert "tax_amounts" in str(refuse(both))
