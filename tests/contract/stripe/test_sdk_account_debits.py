"""Money that a platform takes from its connected accounts' balances (https://docs.stripe.com/connect/account-debits).
With the SDK.
"""

import pytest


@pytest.fixture
def seller(seller, pay):
    """The id of a connected account that holds fifty dollars."""
    pay("pm_card_bypassPending", amount=5000, transfer_data={"destination": seller})
    return seller


def moved(stripe, **account):
    """The last thing that moved an account's money."""
    last = stripe.BalanceTransaction.list(limit=1, **account).data[0]
    return last.type, last.amount, last.source


def test_a_connected_account_is_charged(stripe, seller):
    payment = stripe.Charge.create(amount=1500, currency="usd", source=seller, description="Fee")

    transfer = stripe.Transfer.list(stripe_account=seller).data[0]
    assert payment.id.startswith("py_")
    assert (payment.status, payment.source.id, payment.description) == ("succeeded", seller, "Fee")
    assert payment.source_transfer == transfer.id
    assert (transfer.amount, transfer.destination) == (1500, stripe.Account.retrieve().id)
    assert transfer.destination_payment == payment.id
    assert moved(stripe) == ("payment", 1500, payment.id)
    assert moved(stripe, stripe_account=seller) == ("transfer", -1500, transfer.id)
    assert stripe.Balance.retrieve(stripe_account=seller).available[0].amount == 3500


def test_a_payment_shows_the_account_that_was_debited_after_it_was_deleted(stripe, seller):
    payment = stripe.Charge.create(amount=5000, currency="usd", source=seller)
    before = stripe.Charge.retrieve(payment.id).source.individual

    stripe.Account.delete(seller)

    assert before.first_name == "Jenny"
    assert stripe.Charge.retrieve(payment.id).source.individual == before


def test_a_connected_account_transfers_to_its_platform_and_takes_it_back(stripe, seller):
    transfer = stripe.Transfer.create(
        amount=1500,
        currency="usd",
        destination=stripe.Account.retrieve().id,
        stripe_account=seller,
    )
    payment = stripe.Charge.retrieve(transfer.destination_payment)
    stripe.Transfer.create_reversal(transfer.id, amount=500, stripe_account=seller)

    assert (payment.amount, payment.source_transfer) == (1500, transfer.id)
    assert moved(stripe)[:2] == ("payment_refund", -500)
    assert moved(stripe, stripe_account=seller)[:2] == ("transfer_refund", 500)
    told = {each.type for each in stripe.Event.list(stripe_account=seller).data}
    assert told >= {"transfer.created", "transfer.reversed"}


def test_a_payment_by_a_transfer_is_given_back_by_reversing_that(stripe, seller):
    payment = stripe.Charge.create(amount=1500, currency="usd", source=seller)

    with pytest.raises(stripe.InvalidRequestError, match="reverse the transfer"):
        stripe.Refund.create(charge=payment.id)

    assert moved(stripe) == ("payment", 1500, payment.id)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"currency": "eur"}, "default currency"),
        ({"amount": 5001}, "insufficient available funds"),
    ],
)
def test_no_other_currency_is_taken_and_no_more_than_there_is(stripe, seller, terms, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        stripe.Charge.create(**{"amount": 1500, "currency": "usd", "source": seller, **terms})

    assert stripe.Balance.retrieve(stripe_account=seller).available[0].amount == 5000


def test_who_answers_for_their_losses_themselves_is_not_debited(stripe):
    account = stripe.Account.create(type="standard").id

    with pytest.raises(stripe.InvalidRequestError, match="cannot be debited"):
        stripe.Charge.create(amount=1500, currency="usd", source=account)
