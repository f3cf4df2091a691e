"""Finalized invoices that are revised, with the SDK."""

import pytest


@pytest.fixture
def opened(stripe, bill, vat):
    """An open invoice over two amounts, with a tax and a discount."""
    coupon = stripe.Coupon.create(percent_off=10, duration="once")
    draft = bill(
        1000,
        500,
        collection_method="send_invoice",
        days_until_due=7,
        footer="Thank you",
        metadata={"project": "7"},
        default_tax_rates=[vat(20)],
        discounts=[{"coupon": coupon.id}],
    )
    return stripe.Invoice.finalize_invoice(draft.id)


def revise(stripe, invoice, **params):
    """A revision of an invoice."""
    return stripe.Invoice.create(
        from_invoice={"action": "revision", "invoice": invoice.id}, **params
    )


def test_a_revision_begins_as_the_invoice_is(stripe, opened):
    draft = revise(stripe, opened, footer="Thanks")

    assert (draft.status, draft.total, opened.total) == ("draft", 1620, 1620)
    assert [line.amount for line in draft.lines.data] == [1000, 500]
    assert (draft.footer, draft.metadata.to_dict()) == ("Thanks", {"project": "7"})
    assert (draft.customer, draft.due_date) == (opened.customer, opened.due_date)
    assert draft.from_invoice.invoice == opened.id
    assert stripe.Invoice.retrieve(opened.id).status == "open"


def test_it_takes_the_place_of_the_invoice_when_it_is_finalized(stripe, opened):
    draft = revise(stripe, opened)
    stripe.InvoiceItem.create(customer=draft.customer, invoice=draft.id, amount=100, currency="eur")

    revision = stripe.Invoice.finalize_invoice(draft.id)

    before = stripe.Invoice.retrieve(opened.id)
    assert (before.status, before.latest_revision) == ("void", revision.id)
    assert (revision.status, revision.total) == ("open", 1728)
    assert revision.number != opened.number


def test_only_open_invoices_are_revised(stripe, opened):
    stripe.Invoice.pay(opened.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        revise(stripe, opened)
    assert refused.value.param == "from_invoice[invoice]"


def test_an_uncollectible_invoice_can_be_revised(stripe, opened):
    stripe.Invoice.mark_uncollectible(opened.id)

    stripe.Invoice.finalize_invoice(revise(stripe, opened).id)

    assert stripe.Invoice.retrieve(opened.id).status == "void"


def test_a_revision_is_for_the_same_customer(stripe, opened):
    other = stripe.Customer.create(email="other@example.com")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        revise(stripe, opened, customer=other.id)
    assert refused.value.param == "customer"


def test_a_subscriptions_invoice_is_not_revised(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=7,
    )
    invoice = stripe.Invoice.finalize_invoice(subscription.latest_invoice)

    with pytest.raises(stripe.InvalidRequestError, match="of a subscription"):
        revise(stripe, invoice)
