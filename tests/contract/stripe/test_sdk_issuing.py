"""Issued cards and what is paid with them, with the SDK and Stripe's own test helpers."""

import pytest

ADDRESS = {"line1": "1 Main St", "city": "Reno", "country": "US", "postal_code": "89501"}


@pytest.fixture
def card(stripe):
    """An active virtual card."""
    holder = stripe.issuing.Cardholder.create(
        type="individual",
        name="Jenny Rosen",
        billing={"address": ADDRESS},
        individual={"first_name": "Jenny", "last_name": "Rosen"},
    )
    return stripe.issuing.Card.create(
        cardholder=holder.id, currency="usd", type="virtual", status="active"
    )


@pytest.fixture
def authorize(stripe, card):
    """Asks for an authorization."""

    def authorize(amount, **terms):
        return stripe.issuing.Authorization.TestHelpers.create(card=card.id, amount=amount, **terms)

    return authorize


def test_a_purchase_from_the_authorization_to_a_refund(stripe, card, authorize):
    merchant = {"category": "book_stores", "name": "Books & Co", "city": "Berlin", "country": "DE"}
    authorization = authorize(2_500, merchant_data=merchant, authorization_method="chip")

    captured = stripe.issuing.Authorization.TestHelpers.capture(
        authorization.id, purchase_details={"reference": "order 7"}
    )
    bought = captured.transactions[0]
    refunded = stripe.issuing.Transaction.TestHelpers.refund(bought.id, refund_amount=500)

    found = stripe.issuing.Transaction.list(card=card.id, type="refund")
    assert (authorization.status, captured.status) == ("pending", "closed")
    assert (bought.merchant_data.category_code, bought.merchant_data.name) == ("5942", "Books & Co")
    assert (bought.purchase_details.reference, bought.cardholder) == ("order 7", card.cardholder.id)
    assert [each.id for each in found.data] == [refunded.id]
    assert (refunded.amount, refunded.authorization) == (500, authorization.id)
    assert stripe.Balance.retrieve().issuing.available[0].amount == -2_000
    assert len(stripe.issuing.Authorization.list(card=card.id, status="closed").data) == 1


def test_what_the_controls_do_not_allow_is_declined(stripe, card, authorize):
    stripe.issuing.Card.modify(
        card.id, spending_controls={"blocked_categories": ["betting_casino_gambling"]}
    )

    declined = authorize(100, merchant_data={"category": "betting_casino_gambling"})

    types = [each.type for each in stripe.Event.list(type="issuing_authorization.created")]
    assert (declined.approved, declined.status) == (False, "closed")
    assert declined.request_history[0].reason == "spending_controls"
    assert types == ["issuing_authorization.created"]


def test_a_number_is_shown_to_who_expands_it(stripe, card):
    shown = stripe.issuing.Card.retrieve(card.id, expand=["number", "cvc"])

    assert shown.number.endswith(card.last4)
    assert "number" not in stripe.issuing.Card.retrieve(card.id)


def test_a_dispute_is_submitted_and_won(stripe, card):
    bought = stripe.issuing.Transaction.TestHelpers.create_force_capture(
        card=card.id, amount=900, currency="usd"
    )
    dispute = stripe.issuing.Dispute.create(
        transaction=bought.id,
        evidence={"reason": "fraudulent", "fraudulent": {"explanation": "winning_evidence"}},
    )

    stripe.issuing.Dispute.submit(dispute.id)

    won = stripe.issuing.Dispute.retrieve(dispute.id)
    types = {each.type for each in stripe.Event.list(limit=100)}
    assert (won.status, won.balance_transactions[0].amount) == ("won", 900)
    assert {"issuing_dispute.submitted", "issuing_dispute.closed", "issuing_dispute.funds_reinstated"} <= types  # fmt: skip


def test_what_is_over_can_be_captured_nevertheless(stripe, card, authorize):
    helpers = stripe.issuing.Authorization.TestHelpers
    expired = helpers.expire(authorize(500).id)
    bought = helpers.capture(authorize(700).id)

    late = helpers.capture(expired.id)
    again = helpers.capture(bought.id, capture_amount=100)

    assert (late.status, [each.amount for each in late.transactions]) == ("closed", [-500])
    assert [each.amount for each in again.transactions] == [-700, -100]
    assert stripe.Balance.retrieve().issuing.available[0].amount == -1_300


def test_a_purchase_abroad_keeps_its_rate(stripe, authorize):
    helpers = stripe.issuing.Authorization.TestHelpers
    asked = authorize(1_100, merchant_amount=1_000, merchant_currency="eur")

    more = helpers.increment(asked.id, increment_amount=550)
    less = helpers.reverse(asked.id, reverse_amount=110)
    [bought] = helpers.capture(asked.id, capture_amount=770).transactions
    back = stripe.issuing.Transaction.TestHelpers.refund(bought.id, refund_amount=77)

    shown = [(each.amount, each.merchant_amount) for each in (more, less, bought, back)]
    assert shown == [(1_650, 1_500), (1_540, 1_400), (-770, -700), (77, 70)]
    assert {each.merchant_currency for each in (more, less, bought, back)} == {"eur"}


def test_what_was_bought_is_counted_in_numbers(stripe, authorize):
    receipt = [
        {"description": "Coffee", "quantity": quantity, "unit_cost": 100, "total": 150}
        for quantity in ("1.5", "2")
    ]

    captured = stripe.issuing.Authorization.TestHelpers.capture(
        authorize(300).id, purchase_details={"receipt": receipt}
    )

    shown = captured.transactions[0].purchase_details.receipt
    assert [each.quantity for each in shown] == [1.5, 2]


def test_a_pump_is_approved_for_what_the_webhook_says(stripe, authorize):
    stripe.WebhookEndpoint.create(
        url="https://example.com/", enabled_events=["issuing_authorization.request"]
    )
    asked = authorize(100, is_amount_controllable=True)

    approved = stripe.issuing.Authorization.approve(asked.id, amount=6_000)

    reversed_ = stripe.issuing.Authorization.TestHelpers.reverse(asked.id)
    amounts = [(each.amount, each.merchant_amount) for each in (approved, reversed_)]
    assert amounts == [(6_000, 6_000), (0, 0)]


def test_that_it_was_created_is_told_with_what_was_decided(stripe, authorize):
    stripe.WebhookEndpoint.create(
        url="https://example.com/", enabled_events=["issuing_authorization.request"]
    )
    asked = authorize(100)
    before = [each.type for each in stripe.Event.list(type="issuing_authorization.*")]

    stripe.issuing.Authorization.approve(asked.id)

    [created] = stripe.Event.list(type="issuing_authorization.created").data
    assert before == ["issuing_authorization.request"]
    assert (created.data.object.approved, created.data.object.amount) == (True, 100)


def test_a_name_can_be_printed_on_a_card(stripe):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.issuing.Cardholder.create(
            type="company", name="Rocket 7", billing={"address": ADDRESS}
        )

    assert caught.value.param == "name"


def test_what_an_atm_takes_besides_is_told_of_what_was_captured(stripe, authorize):
    details = {"atm_fee": 250, "cashback_amount": 1_000}
    asked = authorize(1_250, amount_details=details)

    [bought] = stripe.issuing.Authorization.TestHelpers.capture(asked.id).transactions

    assert bought.amount_details.to_dict() == asked.amount_details.to_dict() == details
