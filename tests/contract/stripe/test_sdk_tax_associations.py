"""Payments with a tax calculation: Stripe records the sales and what is given back of them
(https://docs.stripe.com/tax/payment-intent).
"""

import pytest


@pytest.fixture
def calculate(stripe):
    """Calculates a sale of so much with 19 % of tax on top."""
    stripe.tax.Settings.modify(head_office={"address": {"country": "DE"}})
    standard = {"place_of_supply_scheme": "standard"}
    stripe.tax.Registration.create(
        country="DE",
        country_options={"de": {"type": "standard", "standard": standard}},
        active_from="now",
    )

    def calculate(amount=10_000):
        return stripe.tax.Calculation.create(
            currency="eur",
            customer_details={"address": {"country": "DE"}, "address_source": "billing"},
            line_items=[{"amount": amount, "reference": "L1"}],
        )

    return calculate


@pytest.fixture
def pay(stripe):
    """Pays what was calculated."""

    def pay(calculation, method="pm_card_visa", **more):
        values = {
            "amount": calculation.amount_total,
            "confirm": True,
            "currency": "eur",
            "hooks": linked_with(calculation),
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
        return stripe.PaymentIntent.create(**values | more)

    return pay


@pytest.fixture
def attempts(stripe):
    """What became of a payment's tax transactions: what made each, and its amounts or why there is none."""

    def attempts(intent):
        found = stripe.tax.Association.find(payment_intent=intent.id)
        return [(each.source, outcome(each)) for each in found.tax_transaction_attempts or []]

    def outcome(attempt):
        if attempt.status == "errored":
            return attempt.errored.reason
        lines = stripe.tax.Transaction.list_line_items(attempt.committed.transaction).data
        return [(line.amount, line.amount_tax) for line in lines]

    return attempts


def linked_with(calculation):
    return {"inputs": {"tax": {"calculation": calculation.id}}}


def test_a_sale_is_recorded_when_it_is_paid(stripe, calculate, pay, attempts):
    calculation = calculate()

    intent = pay(calculation)

    assert intent.hooks.inputs.tax.calculation == calculation.id
    assert attempts(intent) == [(intent.id, [(10_000, 1900)])]
    found = stripe.tax.Association.find(payment_intent=intent.id)
    sale = found.tax_transaction_attempts[0].committed.transaction
    assert stripe.tax.Transaction.retrieve(sale).reference == intent.id


def test_what_is_not_paid_is_not_recorded(stripe, calculate, pay, attempts):
    intent = pay(calculate(), capture_method="manual")

    assert attempts(intent) == []

    stripe.PaymentIntent.capture(intent.id)

    assert attempts(intent) == [(intent.id, [(10_000, 1900)])]


@pytest.mark.parametrize("action", ["modify", "confirm", "capture"])
def test_a_payment_can_be_linked_until_it_has_succeeded(stripe, calculate, pay, attempts, action):
    first, last = calculate(), calculate(5000)
    started = {"capture_method": "manual"} if action == "capture" else {"confirm": False}
    intent = pay(first, **started)

    getattr(stripe.PaymentIntent, action)(intent.id, hooks=linked_with(last))
    if action == "modify":
        stripe.PaymentIntent.confirm(intent.id)

    assert attempts(intent) == [(intent.id, [(5000, 950)])]


def test_what_is_refunded_is_given_back_of_the_sale(stripe, calculate, pay, attempts):
    intent = pay(calculate())

    half = stripe.Refund.create(payment_intent=intent.id, amount=5950)
    rest = stripe.Refund.create(payment_intent=intent.id)

    assert attempts(intent)[1:] == [(half.id, [(-5000, -950)]), (rest.id, [(-5000, -950)])]


def test_a_refund_that_fails_gives_nothing_back(stripe, calculate, pay, attempts):
    intent = pay(calculate(), "pm_card_refundFail")
    refund = stripe.Refund.create(payment_intent=intent.id)

    assert stripe.Refund.retrieve(refund.id).status == "failed"

    assert [outcome for _, outcome in attempts(intent)] == [
        [(10_000, 1900)],
        [(-10_000, -1900)],
        [(10_000, 1900)],
    ]


def test_a_calculation_is_of_one_sale(stripe, calculate, pay, attempts):
    calculation = calculate()
    pay(calculation)

    second = pay(calculation)
    stripe.Refund.create(payment_intent=second.id)

    assert attempts(second) == [(second.id, "another_payment_associated_with_calculation")]


def test_a_sale_in_another_currency_is_not_recorded(calculate, pay, attempts):
    intent = pay(calculate(), currency="usd")

    assert intent.status == "succeeded"
    assert attempts(intent) == [(intent.id, "currency_mismatch")]


def test_a_reference_that_is_taken_is_not_used_again(stripe, calculate, pay, attempts):
    intent = pay(calculate(), confirm=False)
    stripe.tax.Transaction.create_from_calculation(calculation=calculate().id, reference=intent.id)

    stripe.PaymentIntent.confirm(intent.id)

    assert attempts(intent) == [(intent.id, "unique_reference_violation")]


def test_what_was_given_back_by_hand_is_not_given_back_again(stripe, calculate, pay, attempts):
    intent = pay(calculate())
    found = stripe.tax.Association.find(payment_intent=intent.id)
    stripe.tax.Transaction.create_reversal(
        mode="full",
        original_transaction=found.tax_transaction_attempts[0].committed.transaction,
        reference="by hand",
    )

    refund = stripe.Refund.create(payment_intent=intent.id)

    assert attempts(intent)[1:] == [(refund.id, "original_transaction_voided")]


def test_no_more_is_given_back_than_was_sold(stripe, calculate, pay, attempts):
    intent = pay(calculate(), amount=20_000)

    refund = stripe.Refund.create(payment_intent=intent.id)

    assert attempts(intent)[1:] == [(refund.id, [(-10_000, -1900)])]
