"""Invoices that are made by hand: what is on them, what they are called, when they advance. With the SDK."""

import time

import pytest

from tests.contract.stripe.conftest import DAY

HOUR = 3600
JANUARY_31, FEBRUARY_29 = 1_706_702_400, 1_709_208_000


@pytest.fixture
def invoice(stripe, traveller):
    """Makes a draft over an amount for the customer whose time begins on 31 January 2024."""

    def invoice(amount, **terms):
        draft = stripe.Invoice.create(customer=traveller.customer.id, **terms)
        stripe.InvoiceItem.create(
            customer=traveller.customer.id, invoice=draft.id, amount=amount, currency="usd"
        )
        return stripe.Invoice.retrieve(draft.id)

    return invoice


@pytest.fixture
def invoice_payment_of(stripe):
    """The payment intent of an invoice, known by its id, with its charge."""

    def invoice_payment_of(invoice):
        [payment] = stripe.InvoicePayment.list(invoice=invoice).data
        return stripe.PaymentIntent.retrieve(
            payment.payment.payment_intent, expand=["latest_charge"]
        )

    return invoice_payment_of


def test_an_invoice_keeps_the_number_that_was_chosen_for_it(stripe, invoice):
    chosen = stripe.Invoice.finalize_invoice(invoice(1000, number="2024-17").id)
    other = stripe.Invoice.finalize_invoice(invoice(1000).id)

    assert chosen.number == "2024-17"
    assert other.number.endswith("-0001")


def test_it_is_issued_by_the_account_itself(invoice):
    assert invoice(1000).issuer.type == "self"


def test_a_line_has_the_description_and_the_metadata_of_its_item(stripe, customer):
    draft = stripe.Invoice.create(customer=customer.id)
    terms = {"customer": customer.id, "invoice": draft.id, "amount": 500, "currency": "usd"}
    stripe.InvoiceItem.create(**terms)
    stripe.InvoiceItem.create(**terms, description="Setup", metadata={"project": "7"})

    bare, described = stripe.Invoice.retrieve(draft.id).lines.data

    assert (bare.description, bare.metadata.to_dict()) == (None, {})
    assert (described.description, described.metadata.to_dict()) == ("Setup", {"project": "7"})


def test_a_line_of_a_subscription_has_its_metadata(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        metadata={"plan": "gold"},
        expand=["latest_invoice"],
    )

    [line] = subscription.latest_invoice.lines.data
    assert line.metadata.to_dict() == {"plan": "gold"}


def test_pending_items_come_first_the_latest_before_the_others(
    stripe, traveller, subscription, team_price
):
    traveller.advance(JANUARY_31 + 5 * 24 * HOUR)
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=100, currency="usd")
    traveller.advance(JANUARY_31 + 6 * 24 * HOUR)
    stripe.InvoiceItem.create(customer=traveller.customer.id, amount=200, currency="usd")

    preview = stripe.Invoice.create_preview(subscription=subscription.id)

    assert [line.amount for line in preview.lines.data] == [200, 100, 1200]


def test_an_item_takes_no_recurring_price(stripe, customer, team_price):
    with pytest.raises(stripe.InvalidRequestError, match="type=recurring") as refused:
        stripe.InvoiceItem.create(customer=customer.id, pricing={"price": team_price.id})
    assert refused.value.param == "pricing[price]"


def test_what_is_too_little_to_be_charged_is_owed_on_the_next_invoice(stripe, traveller, invoice):
    small = stripe.Invoice.finalize_invoice(invoice(20).id)

    assert (small.status, small.total, small.amount_due, small.ending_balance) == (
        "paid",
        20,
        0,
        20,
    )
    [transaction] = stripe.Customer.list_balance_transactions(traveller.customer.id).data
    assert (transaction.type, transaction.amount, transaction.invoice) == (
        "invoice_too_small",
        20,
        small.id,
    )
    larger = stripe.Invoice.finalize_invoice(invoice(1000).id)
    assert (larger.starting_balance, larger.amount_due, larger.ending_balance) == (20, 1020, 0)


def test_credit_is_used_up_before_a_rest_is_owed(stripe, traveller, invoice):
    stripe.Customer.create_balance_transaction(traveller.customer.id, amount=-990, currency="usd")

    small = stripe.Invoice.finalize_invoice(invoice(1000).id)

    assert (small.amount_due, small.ending_balance) == (0, 10)
    listed = stripe.Customer.list_balance_transactions(traveller.customer.id).data
    assert [(each.type, each.amount) for each in reversed(listed)] == [
        ("adjustment", -990),
        ("applied_to_invoice", 990),
        ("invoice_too_small", 10),
    ]


def test_a_draft_that_advances_says_when_it_is_charged(stripe, traveller, invoice):
    draft = invoice(1000, auto_advance=True)

    assert draft.next_payment_attempt == draft.automatically_finalizes_at == JANUARY_31 + HOUR
    sent = invoice(1000, auto_advance=True, collection_method="send_invoice", days_until_due=7)
    assert (sent.automatically_finalizes_at, sent.next_payment_attempt) == (JANUARY_31 + HOUR, None)


def test_a_renewal_says_when_it_is_charged(stripe, traveller, subscription):
    traveller.advance(FEBRUARY_29)

    renewed = stripe.Subscription.retrieve(subscription.id, expand=["latest_invoice"])

    assert renewed.latest_invoice.next_payment_attempt == FEBRUARY_29 + HOUR


def test_an_invoice_that_advances_is_charged_an_hour_after_it_was_finalized_by_hand(
    stripe, traveller, invoice
):
    opened = stripe.Invoice.finalize_invoice(invoice(1000, auto_advance=True).id)

    assert (opened.status, opened.next_payment_attempt) == ("open", JANUARY_31 + HOUR)
    traveller.advance(JANUARY_31 + HOUR)
    paid = stripe.Invoice.retrieve(opened.id)
    assert (paid.status, paid.next_payment_attempt) == ("paid", None)


def test_an_invoice_that_does_not_advance_waits(stripe, traveller, invoice):
    opened = stripe.Invoice.finalize_invoice(invoice(1000).id)
    traveller.advance(JANUARY_31 + 2 * HOUR)

    assert (opened.next_payment_attempt, stripe.Invoice.retrieve(opened.id).status) == (
        None,
        "open",
    )


def test_who_does_not_pay_is_delinquent_until_they_do(stripe, traveller, subscription):
    bad = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=traveller.customer.id)
    stripe.Subscription.modify(subscription.id, default_payment_method=bad.id)

    traveller.advance(FEBRUARY_29 + 2 * HOUR)
    before = stripe.Customer.retrieve(traveller.customer.id).delinquent
    owed = stripe.Subscription.retrieve(subscription.id).latest_invoice
    stripe.Invoice.pay(
        owed, payment_method=traveller.customer.invoice_settings.default_payment_method
    )

    assert (traveller.customer.delinquent, before) == (False, True)
    assert stripe.Customer.retrieve(traveller.customer.id).delinquent is False


def test_who_lets_an_invoice_become_overdue_is_delinquent(stripe, traveller, invoice):
    sent = invoice(1000, collection_method="send_invoice", days_until_due=7)
    stripe.Invoice.send_invoice(sent.id)

    traveller.advance(JANUARY_31 + 6 * 24 * HOUR)
    before = stripe.Customer.retrieve(traveller.customer.id).delinquent
    traveller.advance(JANUARY_31 + 8 * 24 * HOUR)

    assert (before, stripe.Customer.retrieve(traveller.customer.id).delinquent) == (False, True)
    assert not hasattr(sent, "status_details")
    given_up = stripe.Invoice.mark_uncollectible(sent.id)
    assert given_up.status_details.uncollectible.reason == "user_forgiven"
    assert stripe.Customer.retrieve(traveller.customer.id).delinquent is False
    assert not hasattr(stripe.Invoice.void_invoice(sent.id), "status_details")


def test_invoices_are_paid_as_their_subscription_says(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        payment_settings={"payment_method_types": ["card", "us_bank_account"]},
        expand=["latest_invoice.payments"],
    )

    invoice = subscription.latest_invoice
    assert invoice.payment_settings.payment_method_types == ["card", "us_bank_account"]
    intent = stripe.PaymentIntent.retrieve(invoice.payments.data[0].payment.payment_intent)
    assert intent.payment_method_types == ["card", "us_bank_account"]


def test_a_voided_invoice_gives_back_what_it_has_used_of_the_balance(stripe, traveller, invoice):
    stripe.Customer.create_balance_transaction(traveller.customer.id, amount=-400, currency="usd")
    opened = stripe.Invoice.finalize_invoice(invoice(1000).id)

    stripe.Invoice.void_invoice(opened.id)

    assert opened.amount_due == 600
    assert stripe.Customer.retrieve(traveller.customer.id).balance == -400
    latest = stripe.Customer.list_balance_transactions(traveller.customer.id).data[0]
    assert (latest.type, latest.amount, latest.invoice) == (
        "unapplied_from_invoice",
        -400,
        opened.id,
    )


def test_a_number_is_one_invoices(stripe, customer):
    stripe.Invoice.create(customer=customer.id, number="INV-7")
    other = stripe.Invoice.create(customer=customer.id)

    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        stripe.Invoice.modify(other.id, number="INV-7")


def test_a_customers_numbers_begin_where_it_says(stripe, customer):
    """https://docs.stripe.com/invoicing/customize#invoice-numbering"""
    stripe.Customer.modify(customer.id, invoice_prefix="TYPGRA", next_invoice_sequence=124)
    draft = stripe.Invoice.create(customer=customer.id)

    assert stripe.Invoice.finalize_invoice(draft.id).number == "TYPGRA-0124"
    other = stripe.Customer.create(email="other@example.com")
    for terms, param in (
        ({"invoice_prefix": "TYPGRA"}, "invoice_prefix"),
        ({"invoice_prefix": "ab"}, "invoice_prefix"),
        ({"next_invoice_sequence": 1_000_000_001}, "next_invoice_sequence"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.Customer.modify(other.id, **terms)
        assert refused.value.param == param
    with pytest.raises(stripe.InvalidRequestError, match="greater than or equal to 125"):
        stripe.Customer.modify(customer.id, next_invoice_sequence=124)


def test_how_a_finalized_invoice_looks_stays(stripe, customer):
    """https://docs.stripe.com/invoicing/customize#default-footer"""
    fields = [{"name": str(place), "value": "x"} for place in range(5)]
    with pytest.raises(stripe.InvalidRequestError, match="exceeded maximum 4"):
        stripe.Invoice.create(customer=customer.id, custom_fields=fields)
    draft = stripe.Invoice.create(customer=customer.id, footer="Thanks")
    stripe.Invoice.finalize_invoice(draft.id)

    for name in ("description", "footer"):
        with pytest.raises(stripe.InvalidRequestError, match="can't be updated") as refused:
            stripe.Invoice.modify(draft.id, **{name: "Sorry"})

        assert refused.value.param == name
    assert stripe.Invoice.modify(draft.id, metadata={"by": "wire"}).metadata.by == "wire"


def test_what_is_paid_out_of_band_was_not_attempted(stripe, customer):
    stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd")
    draft = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")

    paid = stripe.Invoice.pay(draft.id, paid_out_of_band=True)

    assert (paid.status, paid.attempted, paid.attempt_count) == ("paid", False, 0)
    assert draft.webhooks_delivered_at == paid.webhooks_delivered_at == draft.created


def test_an_invoice_can_be_due_on_the_day_that_it_is_made(stripe, customer):
    due = stripe.Invoice.create(
        customer=customer.id, collection_method="send_invoice", days_until_due=0
    )

    assert due.due_date == due.created


def test_a_draft_is_finalized_when_it_says(stripe, customer):
    now = int(time.time())
    draft = stripe.Invoice.create(customer=customer.id, auto_advance=True)

    later = stripe.Invoice.modify(draft.id, automatically_finalizes_at=now + 3 * DAY)

    assert later.automatically_finalizes_at == later.next_payment_attempt == now + 3 * DAY
    with pytest.raises(stripe.InvalidRequestError, match="five years"):
        stripe.Invoice.modify(draft.id, automatically_finalizes_at=now + 6 * 365 * DAY)


def test_an_invoice_has_at_most_250_items(stripe, customer):
    """https://docs.stripe.com/billing/invoices/subscription#adding-upcoming-invoice-items"""
    draft = stripe.Invoice.create(customer=customer.id)
    lines = [{"amount": 1, "description": "Call"}] * 50
    for _ in range(5):
        full = stripe.Invoice.add_lines(draft.id, lines=lines)
    more = {"customer": customer.id, "amount": 1, "currency": "usd"}

    with pytest.raises(stripe.InvalidRequestError, match="at most 250"):
        stripe.InvoiceItem.create(**more, invoice=draft.id)
    assert full.total == 250


def test_invoices_look_as_their_customer_says(stripe, customer, team_price):
    """https://docs.stripe.com/invoicing/customize#custom-field-inheritance"""
    order = [{"name": "PO", "value": "7"}]
    display = {"amount_tax_display": "include_inclusive_tax"}
    stripe.Customer.modify(
        customer.id,
        invoice_settings={
            "custom_fields": order,
            "footer": "Thanks",
            "rendering_options": display,
        },
    )

    drafted = stripe.Invoice.create(customer=customer.id)
    own = stripe.Invoice.create(customer=customer.id, footer="Own", custom_fields="")
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], expand=["latest_invoice"]
    )

    for invoice in (drafted, subscription.latest_invoice):
        assert [each.to_dict() for each in invoice.custom_fields] == order
        assert invoice.footer == "Thanks"
        assert invoice.rendering.amount_tax_display == "include_inclusive_tax"
    assert (own.footer, own.custom_fields) == ("Own", None)


def test_who_has_no_address_is_sent_nothing(stripe, team_price):
    """https://docs.stripe.com/invoicing/send-email"""
    nobody = stripe.Customer.create(name="Nobody").id
    sent = {"customer": nobody, "collection_method": "send_invoice", "days_until_due": 7}

    with pytest.raises(stripe.InvalidRequestError, match="Missing email"):
        stripe.Invoice.create(**sent)
    with pytest.raises(stripe.InvalidRequestError, match="Missing email"):
        stripe.Subscription.create(**sent, items=[{"price": team_price.id}])


def test_there_are_parts_of_what_is_billed(stripe, customer, team_price):
    hour = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=9000)
    item = stripe.InvoiceItem.create(
        customer=customer.id, pricing={"price": hour.id}, quantity_decimal="2.25"
    )
    described = stripe.InvoiceItem.create(
        customer=customer.id, currency="usd", unit_amount_decimal="1000", quantity_decimal="0.5"
    )

    invoice = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")
    more = stripe.InvoiceItem.modify(item.id, quantity_decimal="3.5")

    assert (item.amount, item.quantity, str(item.quantity_decimal)) == (20250, 2, "2.25")
    assert described.amount == 500
    assert sorted(str(line.quantity_decimal) for line in invoice.lines.data) == ["0.5", "2.25"]
    assert (invoice.total, more.amount) == (20750, 31500)
    assert stripe.Invoice.retrieve(invoice.id).total == 32000


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"quantity_decimal": "1.0000000000001"}, "quantity_decimal"),
        ({"quantity": 1, "quantity_decimal": "1.5"}, "quantity"),
    ],
)
def test_parts_are_said_once_and_not_too_small(stripe, customer, params, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.InvoiceItem.create(
            customer=customer.id, currency="usd", unit_amount_decimal="1000", **params
        )

    assert refused.value.param == param


def test_what_an_invoices_state_does_not_allow_is_said_as_at_stripe(stripe, customer):
    """In the words of Stripe's test mode, as recorded in https://github.com/Kiln-AI/Seahaven."""
    paid = stripe.Invoice.finalize_invoice(stripe.Invoice.create(customer=customer.id).id)
    draft = stripe.Invoice.create(customer=customer.id)

    for act, words in (
        (lambda: stripe.Invoice.void_invoice(paid.id), "`paid` payments cannot be voided"),
        (lambda: stripe.Invoice.mark_uncollectible(paid.id), "This invoice isn't open."),
        (lambda: stripe.Invoice.send_invoice(paid.id), "cannot be sent right now"),
        (lambda: stripe.Invoice.delete(paid.id), "only delete draft invoices"),
        (lambda: stripe.Invoice.void_invoice(draft.id), "This invoice isn't open."),
    ):
        with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
            act()
        assert (refused.value.code, refused.value.param) == (None, None)


def test_only_what_is_sent_is_to_be_paid_until_a_day(stripe, customer):
    for term in ({"days_until_due": 30}, {"due_date": int(time.time()) + 86_400}):
        with pytest.raises(stripe.InvalidRequestError, match="You can only specify 'due_date'"):
            stripe.Invoice.create(customer=customer.id, **term)


def test_an_item_of_a_deleted_draft_is_over(stripe, customer):
    draft = stripe.Invoice.create(customer=customer.id)
    item = stripe.InvoiceItem.create(
        customer=customer.id, invoice=draft.id, amount=500, currency="usd"
    )
    stripe.Invoice.delete(draft.id)

    with pytest.raises(stripe.InvalidRequestError, match="has been deleted"):
        stripe.InvoiceItem.modify(item.id, amount=600)
    with pytest.raises(stripe.InvalidRequestError, match="no longer editable"):
        stripe.InvoiceItem.delete(item.id)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("pricing", {"unit_amount_decimal": "5"}),
        ("pricing", {"amount": 5}),
        ("quantity", {"quantity": 2}),
        ("discounts", {"discounts": ""}),
    ],
)
def test_what_a_proration_was_derived_from_is_frozen(
    stripe, traveller, team_price, dearer, field, changes
):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    traveller.advance(JANUARY_31 + 24 * HOUR)
    [item] = subscription["items"].data
    stripe.Subscription.modify(subscription.id, items=[{"id": item.id, "price": dearer.id}])
    own = stripe.InvoiceItem.create(customer=traveller.customer.id, amount=500, currency="usd")

    debit, credit = stripe.InvoiceItem.list(customer=traveller.customer.id).data[1:]
    draft = stripe.Invoice.create(
        customer=traveller.customer.id,
        subscription=subscription.id,
        pending_invoice_items_behavior="include",
    )
    for proration in (debit, credit):
        assert field in proration.frozen_fields
        with pytest.raises(stripe.InvalidRequestError, match="frozen_fields") as refused:
            stripe.InvoiceItem.modify(proration.id, **changes)
        assert refused.value.param == next(iter(changes))
        [line] = [
            line.id
            for line in draft.lines.data
            if line.parent.invoice_item_details.invoice_item == proration.id
        ]
        if "unit_amount_decimal" not in changes:
            with pytest.raises(stripe.InvalidRequestError, match="frozen_fields"):
                stripe.Invoice.update_lines(draft.id, lines=[{"id": line, **changes}])
        stripe.InvoiceItem.modify(proration.id, description="Half of it")
    assert (own.frozen_fields, own.invoicing_rules) == ([], [])
    stripe.InvoiceItem.modify(own.id, **changes)


def test_a_draft_is_not_finalized_before_it_is_made(stripe, traveller):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.create(
            customer=traveller.customer.id,
            auto_advance=True,
            automatically_finalizes_at=1_706_702_400 - DAY,
        )

    assert refused.value.param == "automatically_finalizes_at"


def test_an_amount_has_a_price_of_its_own(stripe, customer):
    def billed(description):
        item = stripe.InvoiceItem.create(
            customer=customer.id, amount=500, currency="usd", description=description
        )
        return item.pricing.price_details

    setup, repair, again = billed("Setup"), billed("Repair"), billed("Setup")

    price = stripe.Price.retrieve(setup.price, expand=["product"])
    assert (price.type, price.unit_amount, price.active) == ("one_time", 500, False)
    assert (price.product.name, price.product.active) == ("Setup", False)
    assert (again.price, again.product) == (setup.price, setup.product)
    assert repair.price != setup.price
    assert stripe.Price.list(active=False).data == stripe.Product.list().data == []
    told = {event.type for event in stripe.Event.list().data}
    assert not told & {"price.created", "product.created"}


def test_a_draft_by_hand_says_how_it_is_rendered(stripe, customer, team_price):
    draft = stripe.Invoice.create(customer=customer.id)

    assert draft.rendering.to_dict() == {
        "amount_tax_display": None,
        "pdf": {"page_size": "auto"},
        "template": None,
        "template_version": None,
    }
    assert stripe.Invoice.finalize_invoice(draft.id).rendering.pdf.page_size == "letter"

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], expand=["latest_invoice"]
    )
    assert subscription.latest_invoice.rendering is None


def test_a_payment_says_which_invoice_it_is_for(stripe, customer, invoice_payment_of):
    draft = stripe.Invoice.create(customer=customer.id)
    stripe.InvoiceItem.create(customer=customer.id, invoice=draft.id, amount=950, currency="usd")
    stripe.Invoice.pay(draft.id)

    intent = invoice_payment_of(draft.id)
    assert intent.description == intent.latest_charge.description == "Payment for Invoice"
    assert intent.payment_details.order_reference == draft.id
    assert intent.latest_charge.receipt_url.endswith(intent.latest_charge.id)


def test_a_line_says_in_its_parent_which_subscription_it_is_of(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], expand=["latest_invoice"]
    )

    [line] = subscription.latest_invoice.lines.data
    assert line.parent.subscription_item_details.subscription == subscription.id
    assert "subscription" not in line


def test_an_item_is_of_the_customer_of_its_invoice(stripe, customer):
    draft = stripe.Invoice.create(customer=stripe.Customer.create().id)
    terms = {"customer": customer.id, "amount": 500, "currency": "usd"}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.InvoiceItem.create(**terms, invoice=draft.id)

    assert refused.value.param == "invoice"
    assert stripe.Invoice.retrieve(draft.id).lines.data == []


def test_what_an_item_costs_is_said_once(stripe, customer):
    product = stripe.Product.create(name="Cup")
    price = stripe.Price.create(product=product.id, currency="usd", unit_amount=900)

    with pytest.raises(stripe.InvalidRequestError, match="only specify one of these parameters"):
        stripe.InvoiceItem.create(
            customer=customer.id, amount=500, currency="usd", pricing={"price": price.id}
        )
