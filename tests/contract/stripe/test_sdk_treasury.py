"""Money in financial accounts, with the SDK and Stripe's own test helpers."""

import pytest


@pytest.fixture
def account(stripe):
    """A financial account with a hundred dollars."""
    account = stripe.treasury.FinancialAccount.create(
        supported_currencies=["usd"],
        features={
            "financial_addresses": {"aba": {"requested": True}},
            "inbound_transfers": {"ach": {"requested": True}},
            "outbound_payments": {"ach": {"requested": True}},
        },
    )
    stripe.treasury.ReceivedCredit.TestHelpers.create(
        amount=10_000, currency="usd", financial_account=account.id, network="ach"
    )
    return account


def cash(stripe, account):
    """What the account can spend."""
    return stripe.treasury.FinancialAccount.retrieve(account.id).balance.cash["usd"]


def test_an_account_has_the_features_that_were_requested(stripe, account):
    features = stripe.treasury.FinancialAccount.retrieve_features(account.id)

    assert account.active_features == [
        "financial_addresses.aba",
        "inbound_transfers.ach",
        "outbound_payments.ach",
    ]
    assert account.financial_addresses[0].aba.routing_number == "110000000"
    assert features.outbound_payments.ach.status == "active"


def test_a_payment_is_made_and_posted(stripe, account):
    payment = stripe.treasury.OutboundPayment.create(
        amount=2_500,
        currency="usd",
        financial_account=account.id,
        destination_payment_method_data={
            "type": "us_bank_account",
            "us_bank_account": {
                "account_holder_type": "individual",
                "account_number": "000222222227",
                "routing_number": "110000000",
            },
            "billing_details": {"name": "Jenny Rosen"},
        },
    )

    posted = stripe.treasury.OutboundPayment.TestHelpers.post(payment.id)

    bank = payment.destination_payment_method_details.us_bank_account
    entries = stripe.treasury.TransactionEntry.list(
        financial_account=account.id, transaction=payment.transaction
    )
    types = [event.type for event in stripe.Event.list(type="treasury.outbound_payment.posted")]
    assert (payment.status, posted.status, cash(stripe, account)) == ("processing", "posted", 7_500)
    assert (bank.last4, bank.network) == ("2227", "ach")
    assert [each.type for each in entries.data] == ["outbound_payment_posting", "outbound_payment"]
    assert types == ["treasury.outbound_payment.posted"]


def test_a_transfer_from_the_bank_succeeds_and_is_returned(stripe, account):
    transfer = stripe.treasury.InboundTransfer.create(
        amount=500,
        currency="usd",
        financial_account=account.id,
        origin_payment_method="pm_usBankAccount_success",
    )
    helpers = stripe.treasury.InboundTransfer.TestHelpers

    helpers.succeed(transfer.id)
    between = cash(stripe, account)
    returned = helpers.return_inbound_transfer(transfer.id)

    assert (between, cash(stripe, account)) == (10_500, 10_000)
    assert stripe.treasury.ReceivedDebit.retrieve(returned.linked_flows.received_debit).amount == 500  # fmt: skip


def test_a_debit_takes_what_is_there_and_can_be_asked_back(stripe, account):
    debit = stripe.treasury.ReceivedDebit.TestHelpers.create(
        amount=4_000, currency="usd", financial_account=account.id, network="ach"
    )

    reversal = stripe.treasury.DebitReversal.create(received_debit=debit.id)

    found = stripe.treasury.DebitReversal.list(financial_account=account.id, received_debit=debit.id)  # fmt: skip
    later = stripe.treasury.ReceivedDebit.retrieve(debit.id)
    assert (debit.status, reversal.status, cash(stripe, account)) == ("succeeded", "processing", 6_000)  # fmt: skip
    assert [each.id for each in found.data] == [reversal.id]
    assert later.linked_flows.debit_reversal == reversal.id
    assert later.reversal_details.restricted_reason == "already_reversed"


def test_what_was_posted_last_can_be_listed_first(stripe, account):
    transfers = [
        stripe.treasury.InboundTransfer.create(
            amount=amount,
            currency="usd",
            financial_account=account.id,
            origin_payment_method="pm_usBankAccount_success",
        )
        for amount in (100, 200, 300)
    ]
    posts = stripe.treasury.InboundTransfer.TestHelpers.succeed
    posts(transfers[1].id)

    by_posting = {"financial_account": account.id, "order_by": "posted_at"}
    everything = stripe.treasury.Transaction.list(limit=2, **by_posting)
    usual = stripe.treasury.Transaction.list(financial_account=account.id)

    amounts = [each.amount for each in everything.auto_paging_iter()]
    assert amounts == [200, 10_000, 300, 100]
    assert [each.amount for each in usual.data] == [300, 200, 100, 10_000]
    only = stripe.treasury.Transaction.list(status="open", **by_posting)
    assert [each.amount for each in only.data] == [300, 100]


def test_an_account_number_is_shown_to_who_expands_it(stripe, account):
    shown = stripe.treasury.FinancialAccount.retrieve(
        account.id, expand=["financial_addresses.aba.account_number"]
    )

    aba = shown.financial_addresses[0].aba
    assert aba.account_number.endswith(aba.account_number_last4)
    assert "account_number" not in account.financial_addresses[0].aba.to_dict()


def test_who_is_present_has_an_address(stripe, account):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.treasury.OutboundPayment.create(
            amount=100,
            currency="usd",
            financial_account=account.id,
            destination_payment_method="pm_usBankAccount_success",
            end_user_details={"present": True},
        )

    assert caught.value.param == "end_user_details[ip_address]"
