"""Lines of draft invoices, with the SDK."""

import pytest


@pytest.fixture
def invoice(stripe, customer):
    """A draft with a line of three dollars."""
    invoice = stripe.Invoice.create(customer=customer.id, auto_advance=False)
    stripe.InvoiceItem.create(
        customer=customer.id, invoice=invoice.id, amount=300, currency="usd", description="Tea"
    )
    return stripe.Invoice.retrieve(invoice.id)


def amounts(invoice):
    """What its lines cost, in their order."""
    return [line.amount for line in invoice.lines.data]


def test_lines_are_added(stripe, customer, invoice, team_price):
    waiting = stripe.InvoiceItem.create(customer=customer.id, amount=50, currency="usd")
    described = {
        "currency": "usd",
        "unit_amount": 200,
        "product_data": {"name": "Biscuits"},
    }

    changed = stripe.Invoice.add_lines(
        invoice.id,
        lines=[
            {"amount": 500, "description": "Cake"},
            {"price_data": described, "quantity": 2},
            {"invoice_item": waiting.id},
        ],
        invoice_metadata={"order": "6735"},
    )

    assert amounts(changed) == [300, 500, 400, 50]
    assert [line.description for line in changed.lines.data][:3] == ["Tea", "Cake", "Biscuits"]
    assert (changed.total, changed.metadata["order"]) == (1250, "6735")
    assert stripe.InvoiceItem.retrieve(waiting.id).invoice == invoice.id


def test_lines_are_changed_with_their_items(stripe, invoice):
    rate = stripe.TaxRate.create(display_name="VAT", percentage=10, inclusive=False)
    [line] = invoice.lines.data

    changed = stripe.Invoice.update_lines(
        invoice.id,
        lines=[{"id": line.id, "amount": 1000, "description": "Coffee", "tax_rates": [rate.id]}],
    )

    [now] = changed.lines.data
    assert (now.id, now.amount, now.description) == (line.id, 1000, "Coffee")
    assert (changed.subtotal, changed.total) == (1000, 1100)
    item = stripe.InvoiceItem.retrieve(line.parent.invoice_item_details.invoice_item)
    assert (item.amount, item.description) == (1000, "Coffee")


def test_one_line_is_changed(client, invoice):
    [line] = invoice.lines.data
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 700, "product_data": {"name": "Cake"}}
    )

    now = client.v1.invoices.line_items.update(
        invoice.id, line.id, {"pricing": {"price": price.id}, "quantity": 3}
    )

    assert (now.amount, now.quantity, now.pricing.price_details.price) == (2100, 3, price.id)
    assert client.v1.invoices.retrieve(invoice.id).total == 2100


def test_lines_are_removed(stripe, customer, invoice):
    kept = stripe.InvoiceItem.create(
        customer=customer.id, invoice=invoice.id, amount=50, currency="usd"
    )
    first, second = stripe.Invoice.retrieve(invoice.id).lines.data

    changed = stripe.Invoice.remove_lines(
        invoice.id,
        lines=[
            {"id": first.id, "behavior": "delete"},
            {"id": second.id, "behavior": "unassign"},
        ],
    )

    assert (changed.total, changed.lines.data) == (0, [])
    [pending] = stripe.InvoiceItem.list(customer=customer.id).data
    assert (pending.id, pending.invoice) == (kept.id, None)


def test_the_lines_of_a_finalized_invoice_stay(stripe, invoice):
    [line] = invoice.lines.data
    stripe.Invoice.finalize_invoice(invoice.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.update_lines(invoice.id, lines=[{"id": line.id, "amount": 1}])

    assert refused.value.code == "invoice_not_editable"


def test_a_line_of_another_invoice_cannot_be_changed(stripe, customer, invoice):
    [line] = invoice.lines.data
    other = stripe.Invoice.create(customer=customer.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.update_lines(other.id, lines=[{"id": line.id, "amount": 1}])

    assert (refused.value.code, refused.value.param) == ("resource_missing", "lines[0][id]")


@pytest.fixture
def renewal(stripe, traveller, team_price):
    """The draft that bills a subscription with metadata."""
    stripe.Subscription.create(
        customer=traveller.customer.id,
        items=[{"price": team_price.id}],
        collection_method="send_invoice",
        days_until_due=7,
        metadata={"plan": "team"},
    )
    [invoice] = stripe.Invoice.list(customer=traveller.customer.id).data
    return invoice


def test_a_subscriptions_line_can_cost_something_else(stripe, renewal):
    [line] = renewal.lines.data

    changed = stripe.Invoice.update_lines(renewal.id, lines=[{"id": line.id, "amount": 900}])

    assert changed.total == 900
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Invoice.remove_lines(renewal.id, lines=[{"id": line.id, "behavior": "delete"}])


def test_a_line_whose_price_is_of_no_product_is_refused(stripe, invoice):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.add_lines(
            invoice.id, lines=[{"price_data": {"currency": "usd", "unit_amount": 200}}]
        )

    assert (refused.value.code, refused.value.param) == (
        "parameter_missing",
        "lines[0][price_data][product]",
    )


def test_a_subscriptions_line_has_rates_discounts_and_metadata_of_its_own(stripe, renewal, vat):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    [line] = renewal.lines.data

    changed = stripe.Invoice.update_lines(
        renewal.id,
        lines=[
            {
                "id": line.id,
                "discounts": [{"coupon": coupon.id}],
                "metadata": {"order": "1"},
                "tax_rates": [vat(20)],
            }
        ],
    )
    without = stripe.Invoice.update_lines(
        renewal.id, lines=[{"id": line.id, "discounts": "", "tax_rates": ""}]
    )

    [line] = changed.lines.data
    assert (changed.total, line.metadata.to_dict()) == (720, {"order": "1"})
    assert (line.discount_amounts[0].amount, line.taxes[0].amount) == (600, 120)
    assert without.total == 1200


def test_a_subscriptions_line_that_nothing_is_taken_off_any_more_shows_no_discount(
    stripe, renewal, vat
):
    [line] = renewal.lines.data
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    stripe.Invoice.modify(
        renewal.id, discounts=[{"coupon": coupon.id}], default_tax_rates=[vat(20)]
    )

    changed = stripe.Invoice.update_lines(
        renewal.id, lines=[{"id": line.id, "discountable": False}]
    )

    [now] = changed.lines.data
    assert (now.discountable, now.discount_amounts) == (False, [])
    assert now.taxes[0].taxable_amount == now.amount
    assert changed.total == now.amount + now.taxes[0].amount


@pytest.mark.parametrize("change", [{"quantity": 2}, {"price_data": {"unit_amount": 5}}])
def test_a_subscriptions_line_has_the_price_of_its_item(stripe, renewal, team_price, change):
    if "price_data" in change:
        change["price_data"] |= {"currency": "usd", "product": team_price.product}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.update_lines(renewal.id, lines=[{"id": renewal.lines.data[0].id, **change}])

    assert refused.value.param == f"lines[0][{next(iter(change))}]"


def test_fifty_lines_are_added_at_most(stripe, customer):
    invoice = stripe.Invoice.create(customer=customer.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Invoice.add_lines(invoice.id, lines=[{"amount": 5}] * 51)

    assert refused.value.param == "lines"
