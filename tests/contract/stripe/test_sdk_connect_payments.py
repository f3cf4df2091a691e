"""Money between a platform and its connected accounts: charges that they share, transfers, fees, and all of it back.
With the SDK.
"""

from urllib.request import Request, urlopen

import pytest


@pytest.fixture
def holds(stripe):
    """What an account holds in dollars: available, and pending."""

    def holds(**account):
        balance = stripe.Balance.retrieve(**account)
        return balance.available[0].amount, balance.pending[0].amount

    return holds


def charge_of(stripe, intent, **account):
    return stripe.Charge.retrieve(intent.latest_charge, **account)


# Destination charges


def test_a_destination_charge_gives_the_seller_all_but_the_platforms_fee(
    stripe, pay, seller, holds
):
    intent = pay(transfer_data={"destination": seller}, application_fee_amount=123)

    charge = charge_of(stripe, intent)
    transfer = stripe.Transfer.retrieve(charge.transfer)
    fee = stripe.ApplicationFee.retrieve(charge.application_fee)
    payment = stripe.Charge.retrieve(
        transfer.destination_payment, stripe_account=seller, expand=["balance_transaction"]
    )
    assert (transfer.amount, transfer.source_transaction) == (1000, charge.id)
    assert transfer.transfer_group == charge.transfer_group == f"group_{intent.id}"
    # It is there at once, and the transfer a little later.
    assert intent.transfer_group == transfer.transfer_group
    assert payment.id.startswith("py_")
    assert (payment.amount, payment.source_transfer) == (1000, transfer.id)
    assert (payment.application_fee, payment.application_fee_amount) == (fee.id, 123)
    assert payment.balance_transaction.type == "payment"
    assert [each.type for each in payment.balance_transaction.fee_details] == ["application_fee"]
    assert (fee.amount, fee.account, fee.charge) == (123, seller, payment.id)
    assert fee.originating_transaction == charge.id
    # 59 is what Stripe takes.
    assert holds() == (0, 1000 - 59 - 1000 + 123)
    assert holds(stripe_account=seller) == (0, 1000 - 123)


def test_a_destination_charge_can_say_how_much_the_seller_gets(stripe, pay, seller, holds):
    intent = pay("pm_card_bypassPending", transfer_data={"destination": seller, "amount": 877})

    charge = charge_of(stripe, intent)
    assert (charge.application_fee, charge.transfer_data.amount) == (None, 877)
    assert holds() == (1000 - 59 - 877, 0)
    assert holds(stripe_account=seller) == (877, 0)


def test_what_is_captured_is_shared_and_no_more(stripe, pay, seller, holds):
    intent = pay(
        "pm_card_bypassPending",
        capture_method="manual",
        transfer_data={"destination": seller},
        application_fee_amount=300,
    )
    nothing = holds(stripe_account=seller)

    stripe.PaymentIntent.capture(intent.id, amount_to_capture=400, application_fee_amount=100)

    charge = charge_of(stripe, intent)
    assert nothing == (0, 0)
    assert (charge.amount_captured, charge.application_fee_amount) == (400, 100)
    assert holds(stripe_account=seller) == (300, 0)


def test_a_refund_can_take_the_transfer_and_the_fee_back(stripe, pay, seller, holds):
    intent = pay(
        "pm_card_bypassPending",
        transfer_data={"destination": seller},
        application_fee_amount=100,
    )

    half = stripe.Refund.create(
        payment_intent=intent.id, amount=500, reverse_transfer=True, refund_application_fee=True
    )

    reversal = stripe.Transfer.retrieve_reversal(
        charge_of(stripe, intent).transfer, half.transfer_reversal
    )
    there = stripe.Refund.retrieve(reversal.destination_payment_refund, stripe_account=seller)
    assert (reversal.amount, reversal.source_refund) == (500, half.id)
    assert (there.amount, there.source_transfer_reversal) == (500, reversal.id)
    fee = stripe.ApplicationFee.retrieve(charge_of(stripe, intent).application_fee)
    assert (fee.amount_refunded, fee.refunded, fee.refunds.data[0].amount) == (50, False, 50)
    assert holds(stripe_account=seller) == (1000 - 100 - 500 + 50, 0)

    stripe.Refund.create(
        payment_intent=intent.id, reverse_transfer=True, refund_application_fee=True
    )

    assert stripe.ApplicationFee.retrieve(fee.id).refunded
    assert stripe.Transfer.retrieve(reversal.transfer).reversed
    assert holds() == (-59, 0)
    assert holds(stripe_account=seller) == (0, 0)


def test_a_transfer_that_is_back_is_not_taken_back_again(stripe, pay, seller, holds):
    intent = pay("pm_card_bypassPending", transfer_data={"destination": seller})
    stripe.Transfer.create_reversal(charge_of(stripe, intent).transfer)

    with pytest.raises(stripe.InvalidRequestError, match="already fully reversed"):
        stripe.Refund.create(payment_intent=intent.id, reverse_transfer=True)

    assert stripe.Refund.list().data == []
    assert holds(stripe_account=seller) == (0, 0)


def test_a_refund_without_more_is_the_platforms(stripe, pay, seller, holds):
    intent = pay("pm_card_bypassPending", transfer_data={"destination": seller})

    stripe.Refund.create(payment_intent=intent.id)

    assert holds() == (-1059, 0)
    assert holds(stripe_account=seller) == (1000, 0)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"reverse_transfer": True}, "does not have an associated transfer"),
        ({"refund_application_fee": True}, "Attempting to refund_application_fee on ch_"),
    ],
)
def test_nobody_gives_back_what_nobody_got(stripe, pay, terms, message):
    intent = pay()

    with pytest.raises(stripe.InvalidRequestError, match=message):
        stripe.Refund.create(payment_intent=intent.id, **terms)

    assert stripe.Refund.list().data == []
    assert charge_of(stripe, intent).amount_refunded == 0


# Direct charges


def test_of_a_direct_charge_the_platform_gets_its_fee(stripe, pay, seller, holds):
    intent = pay("pm_card_bypassPending", application_fee_amount=123, stripe_account=seller)

    charge = charge_of(stripe, intent, stripe_account=seller)
    fee = stripe.ApplicationFee.list(charge=charge.id).data[0]
    transaction = stripe.BalanceTransaction.retrieve(
        charge.balance_transaction, stripe_account=seller
    )
    assert (charge.application_fee, charge.application) == (fee.id, fee.application)
    assert (fee.amount, fee.account, fee.originating_transaction) == (123, seller, None)
    assert (transaction.fee, transaction.net) == (59 + 123, 1000 - 59 - 123)
    assert sorted(each.type for each in transaction.fee_details) == [
        "application_fee",
        "stripe_fee",
    ]
    assert holds(stripe_account=seller) == (818, 0)
    assert holds() == (123, 0)


def test_a_refund_of_a_direct_charge_can_give_the_fee_back(stripe, pay, seller, holds):
    intent = pay("pm_card_bypassPending", application_fee_amount=123, stripe_account=seller)

    stripe.Refund.create(
        payment_intent=intent.id, refund_application_fee=True, stripe_account=seller
    )

    assert holds() == (0, 0)
    assert holds(stripe_account=seller) == (-59, 0)
    assert [each.type for each in stripe.BalanceTransaction.list().data] == [
        "application_fee_refund",
        "application_fee",
    ]
    there = stripe.BalanceTransaction.list(stripe_account=seller).data[0]
    assert (there.type, there.amount, there.fee, there.net) == ("refund", -1000, -123, -877)


def test_a_fee_alone_is_given_back_as_an_adjustment(stripe, pay, seller, holds):
    intent = pay(
        "pm_card_bypassPending",
        transfer_data={"destination": seller},
        application_fee_amount=100,
    )

    stripe.Refund.create(payment_intent=intent.id, refund_application_fee=True)

    there = stripe.BalanceTransaction.list(stripe_account=seller).data[0]
    assert (there.type, there.reporting_category, there.amount) == ("adjustment", "fee", 100)
    assert holds(stripe_account=seller) == (1000, 0)


def test_a_fee_is_given_back_in_parts_and_never_more_than_it_was(stripe, pay, seller, holds):
    pay("pm_card_bypassPending", application_fee_amount=100, stripe_account=seller)
    fee = stripe.ApplicationFee.list().data[0]

    part = stripe.ApplicationFee.create_refund(fee.id, amount=30)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.ApplicationFee.create_refund(fee.id, amount=71)
    rest = stripe.ApplicationFee.create_refund(fee.id)
    with pytest.raises(stripe.InvalidRequestError, match=r"unrefunded amount on fee \(\$0.00\)"):
        stripe.ApplicationFee.create_refund(fee.id)

    assert refused.value.user_message == (
        "Refund amount ($0.71) is greater than unrefunded amount on fee ($0.70)"
    )
    assert (part.amount, rest.amount) == (30, 70)
    assert holds() == (0, 0)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"application_fee_amount": 100}, "parameter_missing"),
        ({"transfer_data": {"destination": "acct_none"}}, "resource_missing"),
    ],
)
def test_who_has_no_share_is_refused_one(stripe, pay, terms, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(**terms)

    assert refused.value.code == code
    assert stripe.PaymentIntent.list().data == []


def test_a_share_is_no_more_than_the_whole(stripe, pay, seller):
    for terms in (
        {"application_fee_amount": 1001},
        {"transfer_data": {"destination": seller, "amount": 1001}},
        {"transfer_data": {"destination": seller, "amount": 1}, "application_fee_amount": 1},
    ):
        with pytest.raises(stripe.InvalidRequestError):
            pay(**{"transfer_data": {"destination": seller}, **terms})

    assert stripe.PaymentIntent.list().data == []


# Transfers


def test_a_transfer_moves_what_is_available(stripe, pay, seller, holds):
    pay("pm_card_bypassPending")

    transfer = stripe.Transfer.create(
        amount=600, currency="usd", destination=seller, transfer_group="ORDER_95"
    )

    assert holds() == (941 - 600, 0)
    assert holds(stripe_account=seller) == (600, 0)
    assert stripe.Transfer.list(transfer_group="ORDER_95").data == [transfer]
    assert stripe.BalanceTransaction.list(type="transfer").data[0].source == transfer.id


def test_what_is_pending_cannot_be_transferred(stripe, pay, seller, holds):
    pay()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Transfer.create(amount=600, currency="usd", destination=seller)

    assert (refused.value.http_status, refused.value.code) == (400, "balance_insufficient")
    assert refused.value.user_message.startswith("You have insufficient available funds")
    assert holds(stripe_account=seller) == (0, 0)
    assert stripe.Transfer.list().data == []


def test_a_transfer_of_a_charge_does_not_wait_for_it_and_is_no_more_than_it(
    stripe, pay, seller, holds
):
    charge = charge_of(stripe, pay())

    first = stripe.Transfer.create(
        amount=600, currency="usd", destination=seller, source_transaction=charge.id
    )
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Transfer.create(
            amount=401, currency="usd", destination=seller, source_transaction=charge.id
        )

    assert refused.value.user_message == (
        "Transfers using this transaction as a source must not exceed the source amount of $10.00. "
        "(There is already a transfer using this source, amounting to $6.00.)"
    )
    assert holds(stripe_account=seller) == (0, 600)
    assert first.transfer_group == stripe.Charge.retrieve(charge.id).transfer_group


def test_a_transfer_is_reversed_in_parts_and_never_more_than_it_was(stripe, pay, seller, holds):
    pay("pm_card_bypassPending")
    transfer = stripe.Transfer.create(amount=600, currency="usd", destination=seller)

    part = stripe.Transfer.create_reversal(transfer.id, amount=100)
    with pytest.raises(stripe.InvalidRequestError, match="unreversed amount"):
        stripe.Transfer.create_reversal(transfer.id, amount=501)
    stripe.Transfer.create_reversal(transfer.id)
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.Transfer.create_reversal(transfer.id)

    reversed = stripe.Transfer.retrieve(transfer.id)
    assert again.value.user_message == f"The transfer {transfer.id} is already fully reversed."
    assert (part.amount, reversed.amount_reversed, reversed.reversed) == (100, 600, True)
    assert (holds(), holds(stripe_account=seller)) == ((941, 0), (0, 0))


def test_what_a_seller_has_spent_cannot_be_taken_back(stripe, pay, seller, holds):
    pay("pm_card_bypassPending")
    transfer = stripe.Transfer.create(amount=600, currency="usd", destination=seller)
    stripe.Account.create_external_account(seller, external_account="btok_us_verified")
    stripe.Payout.create(amount=300, currency="usd", stripe_account=seller)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Transfer.create_reversal(transfer.id)

    assert refused.value.code == "balance_insufficient"
    assert holds(stripe_account=seller) == (300, 0)


def test_nobody_transfers_to_themselves(stripe, pay, holds):
    pay("pm_card_bypassPending")

    with pytest.raises(stripe.InvalidRequestError):
        stripe.Transfer.create(amount=600, currency="usd", destination=stripe.Account.retrieve().id)

    assert holds() == (941, 0)


def test_what_the_seller_has_got_is_seen_where_it_is_expanded(stripe, pay, seller):
    pay(transfer_data={"destination": seller}, application_fee_amount=100)

    transfer = stripe.Transfer.list(expand=["data.destination_payment"]).data[0]
    fee = stripe.ApplicationFee.list(expand=["data.charge"]).data[0]

    assert transfer.destination_payment.source_transfer == transfer.id
    assert fee.charge.id == transfer.destination_payment.id
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Charge.retrieve(fee.charge.id)


# Accounts of v2


def test_an_account_of_v2_that_is_paid_is_a_connected_account(stripe, client, pay, holds):
    transfers = {"stripe_balance": {"stripe_transfers": {"requested": True}}}
    account = client.v2.core.accounts.create(
        {
            "contact_email": "seller@example.com",
            "identity": {"country": "de"},
            "configuration": {"recipient": {"capabilities": transfers}},
        }
    )

    with pytest.raises(stripe.InvalidRequestError) as too_early:
        pay("pm_card_bypassPending", transfer_data={"destination": account.id}, currency="eur")
    addresses = {"refresh_url": "https://example.com/", "return_url": "https://example.com/"}
    link = client.v2.core.account_links.create(
        {
            "account": account.id,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": addresses,
            },
        }
    )
    urlopen(Request(link.url, method="POST")).close()
    pay("pm_card_bypassPending", transfer_data={"destination": account.id}, currency="eur")

    assert too_early.value.code == "insufficient_capabilities_for_transfer"
    seen = stripe.Account.retrieve(account.id)
    payments = stripe.Charge.list(stripe_account=account.id).data
    assert (seen.email, seen.country, seen.default_currency) == ("seller@example.com", "DE", "eur")
    assert "transfers" in seen.capabilities
    assert [each.amount for each in payments] == [1000]
    assert stripe.Balance.retrieve(stripe_account=account.id).available[0].amount == 1000


def test_nobody_is_paid_who_has_not_told_who_they_are(stripe, pay):
    account = stripe.Account.create(
        type="express", capabilities={"transfers": {"requested": True}}
    ).id
    pay("pm_card_bypassPending")

    for give in (
        lambda: stripe.Transfer.create(amount=100, currency="usd", destination=account),
        lambda: pay(transfer_data={"destination": account}),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            give()
        assert refused.value.code == "insufficient_capabilities_for_transfer"
        assert refused.value.user_message == (
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments"
        )


def test_an_account_of_v2_without_a_part_in_payments_is_none(stripe, client):
    account = client.v2.core.accounts.create({"contact_email": "buyer@example.com"})

    with pytest.raises(stripe.PermissionError):
        stripe.Account.retrieve(account.id)
    assert stripe.Account.list().data == []


# Events


def test_each_account_hears_of_its_own_side(stripe, pay, seller):
    intent = pay(transfer_data={"destination": seller}, application_fee_amount=100)
    stripe.Refund.create(
        payment_intent=intent.id, reverse_transfer=True, refund_application_fee=True
    )

    here = {each.type for each in stripe.Event.list(limit=100).data}
    there = stripe.Event.list(stripe_account=seller).data
    assert here >= {
        "application_fee.created",
        "application_fee.refunded",
        "charge.refunded",
        "charge.succeeded",
        "transfer.created",
        "transfer.reversed",
    }
    assert {each.account for each in there} == {seller}
    # What a seller gets is no card's charge: Stripe says `payment.created`, which no SDK knows.
    own = {"account.external_account.created", "capability.updated", "person.created"}
    assert {each.type for each in there} - own == {"charge.refunded", "refund.created"}


@pytest.mark.parametrize("way", ["intent", "charge"])
def test_an_account_takes_cards_with_the_capability_for_it(stripe, pay, way):
    account = stripe.Account.create(
        type="express", capabilities={"transfers": {"requested": True}}
    ).id

    older = {"amount": 1000, "currency": "usd", "source": "tok_visa"}
    ways = {"charge": lambda **of: stripe.Charge.create(**older, **of), "intent": pay}

    with pytest.raises(stripe.CardError) as refused:
        ways[way](stripe_account=account)

    assert "without the `card_payments` capability" in str(refused.value)
    assert stripe.Charge.list(stripe_account=account).data == []
