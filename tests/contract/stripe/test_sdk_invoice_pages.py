"""The page of an invoice, as its customer's browser meets it, and its document."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest


@pytest.fixture
def invoice(stripe, customer):
    """An invoice of forty-two dollars that is sent to be paid."""
    made = stripe.Invoice.create(
        customer=customer.id, collection_method="send_invoice", days_until_due=7
    )
    stripe.InvoiceItem.create(
        customer=customer.id, invoice=made.id, amount=4200, currency="usd", description="Work <1>"
    )
    assert (made.hosted_invoice_url, made.invoice_pdf) == (None, None)
    return stripe.Invoice.finalize_invoice(made.id)


def test_a_customer_pays_an_invoice_on_its_page(stripe, invoice, page):
    url = invoice.hosted_invoice_url

    shown, _ = page(url)
    declined, _ = page(url, payment_method="pm_card_visa_chargeDeclined")
    _, sent = page(url, payment_method="pm_card_visa")

    assert "Work &lt;1&gt;" in shown
    assert "$42.00" in shown
    assert 'role="alert">Your card was declined.' in declined
    assert sent == url
    assert stripe.Invoice.retrieve(invoice.id).status == "paid"
    paid, _ = page(url)
    assert "This invoice is paid" in paid
    assert "<form" not in paid


def test_who_clicks_twice_pays_an_invoice_once(stripe, invoice, page):
    sent = [page(invoice.hosted_invoice_url, payment_method="pm_card_visa")[1] for _ in "ab"]

    assert sent == [invoice.hosted_invoice_url] * 2
    assert len(stripe.Charge.list().data) == 1


def test_a_cardholder_authenticates_and_comes_back(stripe, invoice, page):
    _, asked = page(invoice.hosted_invoice_url, payment_method="pm_card_threeDSecure2Required")

    _, back = page(asked, outcome="succeeded")

    assert back.startswith(f"{invoice.hosted_invoice_url}?payment_intent=pi_")
    assert stripe.Invoice.retrieve(invoice.id).status == "paid"


def test_an_invoice_is_downloaded(stripe, invoice):
    with urlopen(invoice.invoice_pdf) as answer:
        document = answer.read()
        assert answer.headers["Content-Type"] == "application/pdf"

    assert document.startswith(b"%PDF-")
    assert f"Invoice {invoice.number}".encode() in document
    assert b"Work <1>: $42.00" in document


def test_invoices_that_are_finalized_by_themselves_have_a_page(stripe, subscription, page):
    renewed = stripe.Invoice.retrieve(subscription.latest_invoice)

    assert "Team" in page(renewed.hosted_invoice_url)[0]


def test_a_draft_has_no_page(stripe, invoice, customer, page):
    draft = stripe.Invoice.create(customer=customer.id)

    with pytest.raises(HTTPError) as missing:
        page(invoice.hosted_invoice_url.replace(invoice.id, draft.id))

    assert missing.value.code == 404
