"""Payments that are attached to invoices, with the SDK."""

import time

import pytest


@pytest.fixture
def invoice(stripe, customer):
    """An open invoice over ten dollars."""
    invoice = stripe.Invoice.create(customer=customer.id, auto_advance=False)
    stripe.InvoiceItem.create(customer=customer.id, invoice=invoice.id, amount=1000, currency="usd")
    return stripe.Invoice.finalize_invoice(invoice.id)


@pytest.fixture
def paid(stripe, customer):
    """Makes a payment of the customer's."""

    def paid(amount, **params):
        return stripe.PaymentIntent.create(
            amount=amount,
            currency="usd",
            customer=customer.id,
            payment_method="pm_card_visa",
            confirm=True,
            off_session=True,
            **params,
        )

    return paid


def test_a_payment_that_was_made_pays_an_invoice(stripe, invoice, paid):
    [default] = stripe.InvoicePayment.list(invoice=invoice.id).data

    settled = stripe.Invoice.attach_payment(invoice.id, payment_intent=paid(1000).id)

    assert (settled.status, settled.amount_paid, settled.amount_remaining) == ("paid", 1000, 0)
    assert stripe.InvoicePayment.retrieve(default.id).status == "canceled"
    intent = stripe.PaymentIntent.retrieve(default.payment.payment_intent)
    assert intent.status == "canceled"
    told = [event.type for event in stripe.Event.list(limit=100).data]
    assert told.count("invoice.paid") == 1
    assert told.count("invoice_payment.paid") == 1


def test_what_was_paid_elsewhere_is_not_waited_for(stripe, invoice):
    stripe.Invoice.pay(invoice.id, paid_out_of_band=True)

    [default] = stripe.InvoicePayment.list(invoice=invoice.id).data
    assert default.status == "canceled"


def test_an_invoice_says_how_much_was_paid_elsewhere(stripe, invoice, paid):
    def elsewhere():
        found = stripe.Invoice.retrieve(invoice.id, expand=["amount_paid_off_stripe"])
        return found.amount_paid_off_stripe

    stripe.Invoice.attach_payment(invoice.id, payment_intent=paid(400).id)
    before = elsewhere()
    stripe.Invoice.pay(invoice.id, paid_out_of_band=True)

    assert (before, elsewhere()) == (0, 600)


def test_an_invoice_is_paid_in_parts(stripe, invoice, paid):
    partly = stripe.Invoice.attach_payment(invoice.id, payment_intent=paid(400).id)
    wholly = stripe.Invoice.pay(invoice.id)

    assert (partly.status, partly.amount_paid, partly.amount_remaining) == ("open", 400, 600)
    assert (wholly.status, wholly.amount_paid, wholly.amount_remaining) == ("paid", 1000, 0)
    payments = stripe.InvoicePayment.list(invoice=invoice.id).data
    assert sorted((each.amount_paid, each.is_default) for each in payments) == [
        (400, False),
        (600, True),
    ]


def test_more_than_is_owed_is_said(stripe, invoice, paid):
    settled = stripe.Invoice.attach_payment(invoice.id, payment_intent=paid(1500).id)

    assert (settled.status, settled.amount_overpaid) == ("paid", 500)


def test_a_payment_counts_when_it_succeeds(stripe, customer, invoice):
    intent = stripe.PaymentIntent.create(amount=1000, currency="usd", customer=customer.id)

    waiting = stripe.Invoice.attach_payment(invoice.id, payment_intent=intent.id)
    stripe.PaymentIntent.confirm(
        intent.id, payment_method="pm_card_visa", return_url="https://example.com"
    )

    assert waiting.status == "open"
    assert stripe.Invoice.retrieve(invoice.id).status == "paid"


def test_only_what_can_pay_it_is_attached(stripe, invoice, paid):
    euros = stripe.PaymentIntent.create(amount=1000, currency="eur")
    intent = paid(100)
    stripe.Invoice.attach_payment(invoice.id, payment_intent=intent.id)

    for each in (euros, intent):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.Invoice.attach_payment(invoice.id, payment_intent=each.id)
        assert refused.value.param == "payment_intent"
    stripe.Invoice.void_invoice(invoice.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.attach_payment(invoice.id, payment_intent=paid(100).id)
    assert refused.value.code == "invoice_not_editable"


@pytest.fixture
def record(stripe):
    """Reports a payment that another processor has taken, or tried to."""
    now = int(time.time())

    def record(amount, *, is_certain=True):
        terms = {"outcome": "guaranteed", "guaranteed": {"guaranteed_at": now}}
        return stripe.PaymentRecord.report_payment(
            amount_requested={"currency": "usd", "value": amount},
            initiated_at=now,
            payment_method_details={"type": "custom", "custom": {"display_name": "newpay"}},
            processor_details={"type": "custom", "custom": {"payment_reference": "4711"}},
            **(terms if is_certain else {}),
        )

    return record


def test_what_another_processor_has_taken_pays_an_invoice(stripe, invoice, record):
    part = stripe.Invoice.attach_payment(invoice.id, payment_record=record(400).id)
    whole = stripe.Invoice.attach_payment(invoice.id, payment_record=record(600).id)

    assert (part.status, part.amount_paid, part.amount_remaining) == ("open", 400, 600)
    assert (whole.status, whole.amount_paid, whole.amount_remaining) == ("paid", 1000, 0)
    listed = stripe.InvoicePayment.list(invoice=invoice.id, status="paid").data
    assert [(each.payment.type, each.amount_paid) for each in listed] == [
        ("payment_record", 600),
        ("payment_record", 400),
    ]


@pytest.mark.parametrize("is_again", [False, True])
def test_what_another_processor_will_have_taken_pays_once_it_has(stripe, invoice, record, is_again):
    at = int(time.time())
    waiting = record(1000, is_certain=False)
    before = stripe.Invoice.attach_payment(invoice.id, payment_record=waiting.id)
    if is_again:
        waiting.report_payment_attempt_failed(failed_at=at)
        waiting.report_payment_attempt(
            initiated_at=at, outcome="guaranteed", guaranteed={"guaranteed_at": at}
        )
    else:
        waiting.report_payment_attempt_guaranteed(guaranteed_at=at)

    after = stripe.Invoice.retrieve(invoice.id)
    assert (before.status, before.amount_paid) == ("open", 0)
    assert (after.status, after.amount_paid) == ("paid", 1000)


def test_what_is_void_is_not_paid_by_another_processor(stripe, invoice, record):
    waiting = record(1000, is_certain=False)
    stripe.Invoice.attach_payment(invoice.id, payment_record=waiting.id)
    stripe.Invoice.void_invoice(invoice.id)

    waiting.report_payment_attempt_guaranteed(guaranteed_at=int(time.time()))

    [payment] = stripe.InvoicePayment.list(
        payment={"type": "payment_record", "payment_record": waiting.id}
    ).data
    assert (payment.status, stripe.Invoice.retrieve(invoice.id).status) == ("canceled", "void")


def test_what_another_processor_has_taken_counts_once(stripe, invoice, record):
    taken = record(400).id
    stripe.Invoice.attach_payment(invoice.id, payment_record=taken)

    with pytest.raises(stripe.InvalidRequestError, match="already attached") as refused:
        stripe.Invoice.attach_payment(invoice.id, payment_record=taken)
    assert refused.value.param == "payment_record"
