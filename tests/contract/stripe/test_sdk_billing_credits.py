"""Billing credits: grants, what is left of them, and their end. With the SDK."""

import pytest

DAY = 86_400
METERED = {"scope": {"price_type": "metered"}}
OF_METERED = {"type": "applicability_scope", "applicability_scope": {"price_type": "metered"}}


@pytest.fixture
def grant(stripe):
    """Grants ten dollars."""

    def grant(customer, value=1000, **terms):
        return stripe.billing.CreditGrant.create(
            customer=customer,
            amount={"type": "monetary", "monetary": {"currency": "usd", "value": value}},
            applicability_config=METERED,
            **{"category": "paid", **terms},
        )

    return grant


@pytest.fixture
def left(stripe):
    """What a customer has left."""

    def left(customer, filter=OF_METERED):
        summary = stripe.billing.CreditBalanceSummary.retrieve(customer=customer, filter=filter)
        return {
            each.available_balance.monetary.currency: each.available_balance.monetary.value
            for each in summary.balances
        }

    return left


def moves(stripe, customer):
    """What happened to a customer's credits, the latest first."""
    listed = stripe.billing.CreditBalanceTransaction.list(customer=customer).data
    return [
        (side.type, side.amount.monetary.value)
        for side in (each.credit or each.debit for each in listed)
    ]


def test_a_grant_is_credited(stripe, customer, grant, left):
    made = grant(customer.id, name="Purchased")

    assert (made.priority, made.category, made.effective_at) == (50, "paid", made.created)
    assert moves(stripe, customer.id) == [("credits_granted", 1000)]
    assert left(customer.id) == {"usd": 1000}
    types = [each.type for each in stripe.Event.list().data]
    assert types.count("billing.credit_grant.created") == 1
    assert types.count("billing.credit_balance_transaction.created") == 1


def test_a_summary_is_of_what_is_asked_for(stripe, customer, grant, left):
    first, _ = grant(customer.id), grant(customer.id, 500)
    other = stripe.Customer.create()
    grant(other.id, 70)

    assert left(customer.id) == {"usd": 1500}
    assert left(customer.id, {"type": "credit_grant", "credit_grant": first.id}) == {"usd": 1000}
    assert left(other.id) == {"usd": 70}
    assert moves(stripe, other.id) == [("credits_granted", 70)]


@pytest.mark.parametrize(
    ("end", "type"), [("expire", "credits_expired"), ("void_grant", "credits_voided")]
)
def test_a_grant_can_be_ended_once(stripe, customer, grant, left, end, type):
    made = grant(customer.id)

    ended = getattr(stripe.billing.CreditGrant, end)(made.id)

    assert ended.expires_at if end == "expire" else ended.voided_at
    assert moves(stripe, customer.id) == [(type, 1000), ("credits_granted", 1000)]
    assert left(customer.id) == {"usd": 0}
    for again in ("expire", "void_grant"):
        with pytest.raises(stripe.InvalidRequestError):
            getattr(stripe.billing.CreditGrant, again)(made.id)
    assert len(moves(stripe, customer.id)) == 2


def test_a_grant_expires_by_its_customers_clock(stripe, traveller, grant, left):
    begins = traveller.clock.frozen_time + 3 * DAY
    made = grant(traveller.customer.id, effective_at=begins, expires_at=begins + 5 * DAY)
    before = left(traveller.customer.id)

    traveller.advance(begins + DAY)
    meanwhile = left(traveller.customer.id)
    traveller.advance(begins + 6 * DAY)

    assert made.test_clock == traveller.clock.id
    assert (before, meanwhile) == ({}, {"usd": 1000})
    assert left(traveller.customer.id) == {"usd": 0}
    latest = stripe.billing.CreditBalanceTransaction.list(credit_grant=made.id).data[0]
    assert (latest.debit.type, latest.created) == ("credits_expired", begins + 5 * DAY)


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"value": 0}, "amount[monetary][value]"),
        ({"expires_at": 1_600_000_000}, "expires_at"),
        ({"priority": 101}, "priority"),
    ],
)
def test_what_is_wrong_with_a_grant_is_named(stripe, customer, grant, terms, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        grant(customer.id, **terms)

    assert refused.value.param == param
    assert stripe.billing.CreditGrant.list().data == []
    assert moves(stripe, customer.id) == []


def test_credits_are_for_metered_prices(stripe, customer, team_price):
    with pytest.raises(stripe.InvalidRequestError, match="metered prices") as refused:
        stripe.billing.CreditGrant.create(
            customer=customer.id,
            category="paid",
            amount={"type": "monetary", "monetary": {"currency": "usd", "value": 100}},
            applicability_config={"scope": {"prices": [{"id": team_price.id}]}},
        )

    assert refused.value.param == "applicability_config[scope][prices][0][id]"


def test_a_customer_has_at_most_100_unused_grants(stripe, customer, grant):
    """https://docs.stripe.com/billing/subscriptions/usage-based/billing-credits#unused-credit-grants-limit"""
    made = [grant(customer.id) for _ in range(100)]

    with pytest.raises(stripe.InvalidRequestError, match="at most 100 unused"):
        grant(customer.id)
    stripe.billing.CreditGrant.void_grant(made[0].id)
    assert grant(customer.id).id
