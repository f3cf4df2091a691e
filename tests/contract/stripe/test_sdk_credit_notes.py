"""Credit notes of invoices with taxes and discounts
(https://docs.stripe.com/invoicing/integration/programmatic-credit-notes), with the SDK.
"""

import pytest


def sums(note):
    """What a credit note comes to."""
    return (note.subtotal, note.discount_amount, note.total_excluding_tax, note.total)


@pytest.fixture
def credit(stripe):
    """Credits so many of the first line of an invoice."""

    def credit(invoice, quantity=None, **terms):
        line = {"type": "invoice_line_item", "invoice_line_item": invoice.lines.data[0].id}
        counted = {"quantity": quantity} if quantity is not None else {}
        return stripe.CreditNote.create(
            invoice=invoice.id, lines=[{**line, **counted, **terms.pop("line", {})}], **terms
        )

    return credit


def test_a_line_is_credited_with_its_tax(stripe, bill, vat, credit):
    invoice = stripe.Invoice.finalize_invoice(bill(1000, 500, default_tax_rates=[vat(20)]).id)

    note = credit(invoice)

    assert sums(note) == (1000, 0, 1000, 1200)
    [tax] = note.total_taxes
    assert (tax.amount, tax.taxable_amount, tax.tax_behavior) == (200, 1000, "exclusive")
    assert stripe.Invoice.retrieve(invoice.id).amount_remaining == 1800 - 1200


def test_a_tax_that_is_in_the_price_is_not_added(stripe, bill, vat, credit):
    rate = vat(20, inclusive=True)
    invoice = stripe.Invoice.finalize_invoice(bill(1200, default_tax_rates=[rate]).id)

    note = credit(invoice)

    assert sums(note) == (1200, 0, 1000, 1200)
    assert note.subtotal_excluding_tax == 1000
    assert note.total_taxes[0].amount == 200


def test_an_amount_of_a_taxed_invoice_is_a_part_of_each_line(stripe, bill, vat):
    invoice = stripe.Invoice.pay(bill(6000, 4000, default_tax_rates=[vat(25)]).id)

    note = stripe.CreditNote.create(invoice=invoice.id, amount=2500, refund_amount=2500)

    # https://docs.stripe.com/tax/invoicing/refunds has this example.
    assert sums(note) == (2000, 0, 2000, 2500)
    lines = note.lines.data
    assert [(line.amount, line.taxes[0].amount) for line in lines] == [(1200, 300), (800, 200)]
    assert [each.amount_refunded for each in note.refunds] == [2500]


def test_an_amount_that_does_not_divide_is_credited_to_the_cent(stripe, bill, vat):
    invoice = stripe.Invoice.pay(bill(333, 777, default_tax_rates=[vat(19)]).id)

    note = stripe.CreditNote.create(invoice=invoice.id, amount=101, credit_amount=101)

    assert note.total == note.total_excluding_tax + note.total_taxes[0].amount == 101


def test_a_discount_is_credited_in_proportion(stripe, bill, vat, credit):
    coupon = stripe.Coupon.create(percent_off=10, duration="once")
    draft = bill(1000, default_tax_rates=[vat(20)], discounts=[{"coupon": coupon.id}])
    invoice = stripe.Invoice.finalize_invoice(draft.id)

    note = credit(invoice, line={"amount": 500})

    assert sums(note) == (500, 50, 450, 540)
    [line] = note.lines.data
    assert (line.amount, line.discount_amount, line.taxes[0].amount) == (500, 50, 90)
    assert note.discount_amounts[0].discount == invoice.discounts[0]


def test_several_notes_of_a_line_come_to_the_line_and_no_more(stripe, bill, vat, credit):
    invoice = stripe.Invoice.finalize_invoice(bill(1001, default_tax_rates=[vat(19)]).id)

    notes = [credit(invoice, line={"amount": part}) for part in (333, 333, 335)]

    assert sum(note.total for note in notes) == invoice.total
    other = stripe.Invoice.finalize_invoice(bill(1000, 1000).id)
    credit(other, line={"amount": 600})
    with pytest.raises(stripe.InvalidRequestError, match="You can credit at most"):
        credit(other, line={"amount": 600})


def test_a_line_of_its_own_has_the_rates_that_are_given(stripe, bill, vat):
    rate = vat(20)
    invoice = stripe.Invoice.finalize_invoice(bill(5000, default_tax_rates=[rate]).id)
    line = {"type": "custom_line_item", "description": "Goodwill", "unit_amount": 500}

    note = stripe.CreditNote.create(
        invoice=invoice.id, lines=[{**line, "quantity": 2, "tax_rates": [rate]}]
    )

    assert sums(note) == (1000, 0, 1000, 1200)
    assert note.lines.data[0].tax_rates[0].id == rate


def test_a_refund_that_was_made_before_is_linked(stripe, bill):
    invoice = stripe.Invoice.pay(bill(1000).id, expand=["payments"])
    intent = invoice.payments.data[0].payment.payment_intent
    refund = stripe.Refund.create(payment_intent=intent, amount=400)

    note = stripe.CreditNote.create(
        invoice=invoice.id, amount=400, refunds=[{"refund": refund.id, "type": "refund"}]
    )

    assert [(each.refund, each.amount_refunded) for each in note.refunds] == [(refund.id, 400)]
    assert (
        stripe.PaymentIntent.retrieve(
            intent, expand=["latest_charge"]
        ).latest_charge.amount_refunded
        == 400
    )


def test_a_refund_of_something_else_is_not(stripe, bill, pay):
    invoice = stripe.Invoice.pay(bill(1000).id)
    other = pay(amount=500, currency="eur")
    refund = stripe.Refund.create(payment_intent=other.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.CreditNote.create(
            invoice=invoice.id, amount=500, refunds=[{"refund": refund.id, "type": "refund"}]
        )
    assert refused.value.param == "refunds[0][refund]"


def test_what_was_paid_already_is_settled_beyond_what_remains(stripe, bill, customer):
    """https://docs.stripe.com/api/credit_notes/create"""
    invoice = stripe.Invoice.finalize_invoice(bill(10_000, auto_advance=False).id)
    intent = stripe.PaymentIntent.create(
        amount=4000,
        currency="eur",
        customer=customer.id,
        payment_method="pm_card_visa",
        confirm=True,
        off_session=True,
    )
    stripe.Invoice.attach_payment(invoice.id, payment_intent=intent.id)

    with pytest.raises(stripe.InvalidRequestError, match="post payment amount"):
        stripe.CreditNote.create(invoice=invoice.id, amount=7000, refund_amount=7000)
    note = stripe.CreditNote.create(invoice=invoice.id, amount=7000, refund_amount=1000)

    assert (note.type, note.pre_payment_amount, note.post_payment_amount) == ("mixed", 6000, 1000)
    after = stripe.Invoice.retrieve(invoice.id)
    assert (after.status, after.amount_due, after.amount_paid) == ("paid", 4000, 4000)
    assert after.pre_payment_credit_notes_amount == 6000
    assert after.post_payment_credit_notes_amount == 1000
    [refund] = note.refunds
    assert stripe.Refund.retrieve(refund.refund).payment_intent == intent.id


def test_what_was_paid_with_credit_becomes_credit_again(stripe, bill, customer):
    """https://docs.stripe.com/invoicing/dashboard/credit-notes#credit-balances"""
    stripe.Customer.create_balance_transaction(customer.id, amount=-15_000, currency="eur")
    invoice = stripe.Invoice.pay(bill(20_000).id)

    with pytest.raises(stripe.InvalidRequestError, match="at most") as refused:
        stripe.CreditNote.create(invoice=invoice.id, refund_amount=8000)
    note = stripe.CreditNote.create(invoice=invoice.id, refund_amount=5000, credit_amount=3000)

    assert invoice.amount_paid == 5000
    assert refused.value.param == "refund_amount"
    assert note.post_payment_amount == 8000
    assert stripe.Customer.retrieve(customer.id).balance == -3000
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
        stripe.CreditNote.create(invoice=invoice.id, credit_amount=12_001)


@pytest.mark.parametrize(
    ("first", "second"), [({"quantity": 2}, {"amount": 100}), ({"amount": 100}, {"quantity": 2})]
)
def test_a_line_is_credited_one_way_only(stripe, bill, customer, credit, first, second):
    draft = bill(auto_advance=False)
    stripe.InvoiceItem.create(
        customer=customer.id,
        invoice=draft.id,
        currency="eur",
        quantity=5,
        unit_amount_decimal="1000",
    )
    invoice = stripe.Invoice.finalize_invoice(draft.id)

    credit(invoice, line=first)

    for terms in (second, {**first, **second}):
        with pytest.raises(stripe.InvalidRequestError):
            credit(invoice, line=terms)
    assert credit(invoice, line=first).amount == (2000 if "quantity" in first else 100)


def test_a_line_that_is_negative_is_credited_as_such(stripe, bill):
    """https://docs.stripe.com/invoicing/integration/programmatic-credit-notes#credit-negative-line-items"""
    invoice = stripe.Invoice.finalize_invoice(bill(10_000, -5000, auto_advance=False).id)
    lines = {line.amount: line.id for line in invoice.lines.data}

    def credit(**amounts):
        of = {"all": lines[10_000], "off": lines[-5000]}
        return stripe.CreditNote.create(
            invoice=invoice.id,
            lines=[
                {"type": "invoice_line_item", "invoice_line_item": of[name], "amount": amount}
                for name, amount in amounts.items()
            ],
        )

    for wrong in ({"off": 100}, {"off": -100}, {"all": 10_000, "off": -5001}):
        with pytest.raises(stripe.InvalidRequestError):
            credit(**wrong)
    assert credit(all=10_000, off=-5000).total == 5000


def test_a_line_of_its_own_is_not_negative(stripe, bill):
    invoice = stripe.Invoice.finalize_invoice(bill(1000, auto_advance=False).id)
    own = {"type": "custom_line_item", "description": "Goodwill", "quantity": 1}

    with pytest.raises(stripe.InvalidRequestError, match="cannot be negative"):
        stripe.CreditNote.create(
            invoice=invoice.id,
            lines=[{**own, "unit_amount": 500}, {**own, "unit_amount": -100}],
        )


def test_a_refund_that_was_reported_is_linked(stripe, bill):
    invoice = stripe.Invoice.finalize_invoice(bill(1000).id)
    record = stripe.PaymentRecord.report_payment(
        amount_requested={"currency": "eur", "value": 1000},
        initiated_at=1_730_253_453,
        payment_method_details={"type": "custom", "custom": {"display_name": "newpay"}},
        processor_details={"type": "custom", "custom": {"payment_reference": "pay_1"}},
        outcome="guaranteed",
        guaranteed={"guaranteed_at": 1_730_253_453},
    )
    stripe.Invoice.attach_payment(invoice.id, payment_record=record.id)
    record.report_refund(
        outcome="refunded",
        amount={"currency": "eur", "value": 300},
        processor_details={"type": "custom", "custom": {"refund_reference": "back_1"}},
        refunded={"refunded_at": 1_730_253_453},
    )
    link = {"payment_record": record.id, "refund_group": "back_1"}
    refund = {"type": "payment_record_refund", "payment_record_refund": link}

    note = stripe.CreditNote.create(invoice=invoice.id, refunds=[refund])

    assert (note.total, note.post_payment_amount) == (300, 300)
    [shown] = note.refunds
    assert (shown.amount_refunded, shown.type) == (300, "payment_record_refund")
    assert shown.payment_record_refund.to_dict() == link
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.CreditNote.create(
            invoice=invoice.id,
            amount=300,
            refunds=[{**refund, "payment_record_refund": {**link, "refund_group": "back_2"}}],
        )
    assert refused.value.param == "refunds[0][payment_record_refund][refund_group]"


def test_a_line_shows_the_rates_of_what_it_credits(stripe, bill, vat, credit):
    rate = vat(20)
    invoice = stripe.Invoice.finalize_invoice(bill(1000, default_tax_rates=[rate]).id)

    assert [each.id for each in credit(invoice).lines.data[0].tax_rates] == [rate]


def test_an_invoice_whose_payment_is_processing_is_not_credited(stripe, customer):
    debit = stripe.PaymentMethod.attach("pm_usBankAccount_processing", customer=customer.id)
    invoice = stripe.Invoice.create(customer=customer.id, currency="usd")
    stripe.InvoiceItem.create(customer=customer.id, invoice=invoice.id, amount=1000, currency="usd")
    stripe.Invoice.pay(stripe.Invoice.finalize_invoice(invoice.id).id, payment_method=debit.id)

    with pytest.raises(stripe.InvalidRequestError, match="processing") as refused:
        stripe.CreditNote.create(invoice=invoice.id, amount=100)

    assert refused.value.param == "invoice"
