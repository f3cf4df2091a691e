"""Bank accounts that are debited no more (https://docs.stripe.com/payments/ach-direct-debit/blocked-bank-accounts). With the
SDK.
"""

import pytest

from tests.contract.stripe.debits import debiting, setting_up

TYPE = "us_bank_account"


@pytest.fixture
def customer(stripe):
    """The id of a customer."""
    return stripe.Customer.create(name="Ada").id


@pytest.fixture
def save(stripe, customer):
    """Saves the customer's account, and gives its id."""
    return lambda test: (
        stripe.SetupIntent.create(
            **setting_up(TYPE, f"pm_usBankAccount_{test}", customer)
        ).payment_method
    )


@pytest.fixture
def debit(stripe, customer):
    """Debits a saved account of ten dollars, with the customer's agreement."""
    return lambda method: stripe.PaymentIntent.create(
        **debiting(TYPE, "usd", method, customer=customer)
    )


def block_of(stripe, method):
    details = stripe.PaymentMethod.retrieve(method).us_bank_account.status_details
    return details and details.blocked.to_dict()


@pytest.mark.parametrize(
    ("test", "block"),
    [
        ("accountClosed", {"network_code": "R02", "reason": "bank_account_closed"}),
        ("noAccount", {"network_code": "R03", "reason": "bank_account_invalid_details"}),
        ("insufficientFunds", None),
    ],
)
def test_what_came_back_for_good_is_blocked(stripe, save, debit, test, block):
    method = save(test)
    before = block_of(stripe, method)

    debit(method)

    assert (before, block_of(stripe, method)) == (None, block)
    told = stripe.Event.list(type="payment_method.automatically_updated").data
    assert len(told) == (block is not None)
    assert not stripe.Event.list(type="payment_method.updated").data


def test_a_blocked_account_is_not_debited(stripe, save, debit):
    method = save("accountClosed")
    debit(method)

    with pytest.raises(stripe.CardError) as refused:
        debit(method)

    error = refused.value.error
    assert (refused.value.http_status, error.code) == (402, "bank_account_unusable")
    charge = stripe.Charge.retrieve(error.payment_intent.latest_charge)
    assert (charge.status, charge.failure_code) == ("failed", "bank_account_unusable")
    assert error.payment_intent.status == "requires_payment_method"


def test_a_blocked_account_is_not_set_up(stripe, save, debit, customer):
    method = save("accountClosed")
    debit(method)

    with pytest.raises(stripe.CardError) as refused:
        stripe.SetupIntent.create(**setting_up(TYPE, method, customer))

    error = refused.value.error
    assert error.code == "bank_account_unusable"
    [attempt] = stripe.SetupAttempt.list(setup_intent=error.setup_intent.id).data
    assert attempt.status == "failed"


def test_a_customer_who_disputes_twice_is_blocked(stripe, save, debit):
    method = save("dispute")

    debit(method)
    once = block_of(stripe, method)
    debit(method)

    assert once is None
    assert block_of(stripe, method) == {"network_code": "R10", "reason": "debit_not_authorized"}


def test_the_next_customers_account_answers_as_the_first_did(stripe, save, debit):
    debit(save("accountClosed"))

    assert debit(save("accountClosed")).status == "processing"
