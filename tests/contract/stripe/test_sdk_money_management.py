"""The money of v2, with the SDK's client."""

from urllib.error import HTTPError

import pytest


def test_money_comes_to_an_account_and_is_paid_out(client):
    money = client.v2.money_management
    [account] = money.financial_accounts.list().data
    address = money.financial_addresses.create(
        {
            "financial_account": account.id,
            "type": "bank_account",
            "bank_account": {"currency": "usd"},
        }
    )
    client.v2.money_management.test_helpers.financial_addresses.credit(
        address.id, {"amount": {"value": 1000, "currency": "usd"}, "network": "ach"}
    )

    payment = money.outbound_payments.create(
        {
            "amount": {"value": 400, "currency": "usd"},
            "from": {"financial_account": account.id, "currency": "usd"},
            "to": {"recipient": client.v2.core.accounts.create().id},
        }
    )

    balance = money.financial_accounts.retrieve(account.id).balance
    assert payment.status == "processing"
    assert (balance.available["usd"].value, balance.outbound_pending["usd"].value) == (600, 400)
    assert [each.category for each in money.transactions.list().data] == ["outbound_payment", "received_credit"]  # fmt: skip


@pytest.fixture
def received(client):
    """The transaction in which ten dollars came."""
    money = client.v2.money_management
    [account] = money.financial_accounts.list().data
    to = {
        "financial_account": account.id,
        "type": "bank_account",
        "bank_account": {"currency": "usd"},
    }
    client.v2.money_management.test_helpers.financial_addresses.credit(
        money.financial_addresses.create(to).id,
        {"amount": {"value": 1000, "currency": "usd"}, "network": "ach"},
    )
    [transaction] = money.transactions.list().data
    return transaction


def test_a_receipt_is_shown_for_sixty_days(client, received, page, days_later):
    transactions = client.v2.money_management.transactions

    receipt = transactions.refresh_regulatory_receipt(received.id).regulatory_receipt
    shown, _ = page(receipt.url)
    days_later(61)

    assert received.regulatory_receipt.status == "not_applicable"
    assert (receipt.status, "$10.00" in shown) == ("available", True)
    assert transactions.retrieve(received.id).regulatory_receipt.status == "url_expired"
    with pytest.raises(HTTPError, match="404"):
        page(receipt.url)


def test_a_payout_method_that_is_set_up_for_a_recipient_is_paid(client, days_later):
    """https://docs.stripe.com/global-payouts/api-recipient-creation"""
    money = client.v2.money_management
    wanted = {"capabilities": {"bank_accounts": {"local": {"requested": True}}}}
    recipient = client.v2.core.accounts.create({"configuration": {"recipient": wanted}}).id
    bank = {
        "account_number": "000111111113",
        "country": "US",
        "currency": "usd",
        "routing_number": "110000000",
    }
    method = money.outbound_setup_intents.create(
        {"payout_method_data": {"type": "bank_account", "bank_account": bank}},
        {"stripe_context": recipient},
    ).payout_method.id
    [account] = money.financial_accounts.list().data
    to = {
        "financial_account": account.id,
        "type": "bank_account",
        "bank_account": {"currency": "usd"},
    }
    amount = {"value": 1000, "currency": "usd"}
    money.test_helpers.financial_addresses.credit(
        money.financial_addresses.create(to).id, {"amount": amount, "network": "ach"}
    )

    payment = money.outbound_payments.create(
        {
            "amount": amount,
            "from": {"financial_account": account.id, "currency": "usd"},
            "to": {"recipient": recipient, "payout_method": method},
        }
    )
    days_later(2)

    returned = money.outbound_payments.retrieve(payment.id)
    assert returned.status_details.returned.reason == "payout_method_closed"
    verification = {"payout_method": method, "recipient": recipient}
    assert money.recipient_verifications.create(verification).status == "verified"
