"""What customers read on their statements, with the SDK
(https://docs.stripe.com/get-started/account/statement-descriptors)."""

import pytest

from tests.onboarded import NOT_PAID_OUT


@pytest.fixture
def descriptor(pay):
    """What is read of a payment of ten dollars."""

    def descriptor(**params):
        intent = pay(expand=["latest_charge"], **params)
        return intent.latest_charge.calculated_statement_descriptor

    return descriptor


def test_a_suffix_follows_the_accounts_own_descriptor(descriptor):
    assert descriptor() == "LOCALSTACK"
    assert descriptor(statement_descriptor_suffix="MUGS") == "LOCALSTACK* MUGS"
    assert descriptor(statement_descriptor_suffix="FOURTEEN MUGS") == "LOCALSTACK* FOURTEEN M"


def test_a_capture_can_change_the_suffix(stripe, descriptor):
    descriptor(statement_descriptor_suffix="MUGS", capture_method="manual")
    [intent] = stripe.PaymentIntent.list()

    captured = stripe.PaymentIntent.capture(
        intent.id, statement_descriptor_suffix="CUPS", expand=["latest_charge"]
    )

    assert captured.latest_charge.calculated_statement_descriptor == "LOCALSTACK* CUPS"


def test_an_older_charges_descriptor_is_a_suffix(stripe):
    charge = stripe.Charge.create(
        amount=1000, currency="usd", source="tok_visa", statement_descriptor="MUGS"
    )

    assert charge.calculated_statement_descriptor == "LOCALSTACK* MUGS"


def test_a_connected_accounts_descriptor_is_read_where_it_is_charged_for(stripe, descriptor):
    # https://docs.stripe.com/connect/statement-descriptors
    seller = stripe.Account.create(
        **NOT_PAID_OUT,
        settings={
            "card_payments": {"statement_descriptor_prefix": "RUNCLUB"},
            "payments": {"statement_descriptor": "RUNNERS CLUB"},
        },
    ).id
    paid = {"transfer_data": {"destination": seller}}

    assert descriptor(stripe_account=seller) == "RUNNERS CLUB"
    assert descriptor(stripe_account=seller, statement_descriptor_suffix="MAY") == "RUNCLUB* MAY"
    assert descriptor(**paid, on_behalf_of=seller) == "RUNNERS CLUB"
    assert descriptor(**paid) == "LOCALSTACK"
