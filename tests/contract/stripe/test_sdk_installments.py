"""Payments that a bank in Mexico collects month by month (https://docs.stripe.com/payments/mx-installments). With the SDK."""

import pytest

from tests.contract.stripe.conftest import NO_REDIRECTS

PLAN = {"type": "fixed_count", "interval": "month", "count": 6}


@pytest.fixture
def intend(stripe):
    """Makes a payment of 999 pesos, with a card, that may be made in installments."""

    def intend(method="pm_card_mx", **terms):
        return stripe.PaymentIntent.create(
            **{"amount": 99_900, "currency": "mxn", **terms},
            payment_method=method,
            automatic_payment_methods=NO_REDIRECTS,
            payment_method_options={"card": {"installments": {"enabled": True}}},
        )

    return intend


def counts(intent):
    plans = intent.payment_method_options.card.installments.available_plans
    return [plan.count for plan in plans]


def choosing(plan):
    return {"card": {"installments": {"enabled": True, "plan": plan}}}


@pytest.mark.parametrize(
    ("method", "terms", "offered"),
    [
        ("pm_card_mx", {}, [3, 6, 9]),
        ("pm_card_mx", {"amount": 240_000}, [3, 6, 9, 12, 18, 24]),
        ("pm_card_mx", {"amount": 29_999}, []),
        ("pm_card_mx", {"currency": "usd"}, []),
        ("pm_card_visa", {}, []),
    ],
)
def test_a_mexican_card_has_plans_by_the_amount(intend, method, terms, offered):
    assert counts(intend(method, **terms)) == offered


def test_a_payment_is_made_by_the_plan_that_was_chosen(stripe, intend):
    paid = stripe.PaymentIntent.confirm(
        intend().id, payment_method_options=choosing(PLAN), expand=["latest_charge"]
    )

    chosen = paid.latest_charge.payment_method_details.card.installments.plan
    assert (paid.status, paid.amount_received) == ("succeeded", 99_900)
    assert chosen.to_dict() == PLAN


def test_only_what_is_offered_can_be_chosen(stripe, intend):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.confirm(
            intend().id, payment_method_options=choosing({**PLAN, "count": 24})
        )

    assert refused.value.param == "payment_method_options[card][installments][plan]"
