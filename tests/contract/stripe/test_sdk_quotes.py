"""Quotes, with the SDK."""

import pytest
from stripe import Event

DAY = 86_400


@pytest.fixture
def quote(client, customer, team_price):
    """A draft of two teams, and of setting them up."""
    setup = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "Setup"}}
    )
    return client.v1.quotes.create(
        {
            "customer": customer.id,
            "line_items": [{"price": team_price.id, "quantity": 2}, {"price": setup.id}],
        }
    )


def types(client: object) -> list[str]:
    """What has happened, newest first."""
    events: list[Event] = client.v1.events.list({"limit": 100}).data  # type: ignore[attr-defined]
    return [event.type for event in events]


def test_a_quote_is_finalized_and_accepted(client, quote):
    finalized = client.v1.quotes.finalize_quote(quote.id)
    accepted = client.v1.quotes.accept(quote.id, {"expand": ["subscription.latest_invoice"]})

    assert (quote.status, finalized.status, accepted.status) == ("draft", "open", "accepted")
    assert finalized.number.startswith("QT-")
    assert accepted.amount_total == 7400
    assert accepted.subscription.status == "active"
    first = accepted.subscription.latest_invoice
    # https://docs.stripe.com/quotes/overview#accept
    assert (first.status, first.auto_advance, first.amount_due) == ("draft", True, 7400)
    happened = types(client)
    assert {"quote.created", "quote.finalized", "quote.accepted"} <= set(happened)
    assert "quote.canceled" not in happened


def test_a_quotes_items_are_listed(client, quote):
    items = client.v1.quotes.line_items.list(quote.id)
    upfront = client.v1.quotes.computed_upfront_line_items.list(quote.id, {"limit": 1})

    assert [item.amount_total for item in items.data] == [2400, 5000]
    assert [item.amount_total for item in upfront.auto_paging_iter()] == [2400, 5000]


def test_a_quotes_items_are_expanded(client, quote):
    shown = client.v1.quotes.retrieve(
        quote.id, {"expand": ["line_items.data.price.product", "computed.upfront.line_items"]}
    )

    assert [item.price.product.name for item in shown.line_items.data] == ["Team", "Setup"]
    assert [item.amount_total for item in shown.computed.upfront.line_items.data] == [2400, 5000]
    assert shown.computed.recurring.amount_total == 2400


def test_a_quotes_pdf_is_downloaded(client, quote):
    client.v1.quotes.finalize_quote(quote.id)

    pdf = client.v1.quotes.pdf(quote.id).io.read()

    assert pdf.startswith(b"%PDF-")
    assert b"Total: $74.00" in pdf


def test_a_quote_expires_with_its_customers_time(stripe, traveller, team_price):
    quote = stripe.Quote.create(
        customer=traveller.customer.id, line_items=[{"price": team_price.id}]
    )
    stripe.Quote.finalize_quote(quote.id)

    traveller.advance(traveller.clock.frozen_time + 31 * DAY)

    assert stripe.Quote.retrieve(quote.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        stripe.Quote.accept(quote.id)


def test_only_quotes_with_a_status_are_listed(client, quote):
    client.v1.quotes.finalize_quote(quote.id)
    draft = client.v1.quotes.create({"customer": quote.customer})

    assert [each.id for each in client.v1.quotes.list({"status": "open"}).data] == [quote.id]
    assert [each.id for each in client.v1.quotes.list({"status": "draft"}).data] == [draft.id]
