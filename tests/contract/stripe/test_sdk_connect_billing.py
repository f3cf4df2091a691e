"""Subscriptions and invoices whose money several accounts share (https://docs.stripe.com/connect/subscriptions).
With the SDK.
"""

import pytest

from tests.onboarded import ONBOARDED


@pytest.fixture
def seller(stripe):
    """A connected account's id."""
    return stripe.Account.create(**ONBOARDED).id


@pytest.fixture
def subscribe(stripe):
    """Subscribes a customer with a Visa to something for twelve dollars a month."""

    def subscribe(account=None, **terms):
        of = {"stripe_account": account} if account else {}
        price = stripe.Price.create(
            currency="usd",
            unit_amount=1200,
            recurring={"interval": "month"},
            product_data={"name": "Team"},
            **of,
        )
        customer = stripe.Customer.create(
            payment_method="pm_card_visa",
            invoice_settings={"default_payment_method": "pm_card_visa"},
            **of,
        )
        return stripe.Subscription.create(
            customer=customer.id, items=[{"price": price.id}], **of, **terms
        )

    return subscribe


def pending(stripe, **account):
    return stripe.Balance.retrieve(**account).pending[0].amount


def test_of_a_connected_accounts_subscription_the_platform_takes_a_percentage(
    stripe, seller, subscribe
):
    subscription = subscribe(seller, application_fee_percent=12.5)

    fee = stripe.ApplicationFee.list().data[0]
    assert subscription.application_fee_percent == 12.5
    assert (fee.amount, fee.account) == (150, seller)
    # 65 is what Stripe takes.
    assert pending(stripe, stripe_account=seller) == 1200 - 65 - 150
    assert pending(stripe) == 150


def test_a_platforms_subscription_can_be_paid_to_a_seller(stripe, seller, subscribe):
    subscription = subscribe(
        transfer_data={"destination": seller}, application_fee_percent=10, on_behalf_of=seller
    )

    transfer = stripe.Transfer.list().data[0]
    invoice = stripe.Invoice.retrieve(subscription.latest_invoice)
    assert (transfer.amount, transfer.destination) == (1200, seller)
    assert (subscription.on_behalf_of, invoice.on_behalf_of) == (seller, seller)
    assert pending(stripe, stripe_account=seller) == 1080


def test_or_a_part_of_it(stripe, seller, subscribe):
    subscription = subscribe(transfer_data={"destination": seller, "amount_percent": 25})

    assert subscription.transfer_data.amount_percent == 25
    assert pending(stripe, stripe_account=seller) == 300


def test_what_is_shared_can_be_changed_for_what_comes(stripe, traveller, team_price, seller):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )
    stripe.Subscription.modify(
        subscription.id, transfer_data={"destination": seller, "amount_percent": 50}
    )
    before = stripe.Transfer.list().data

    traveller.advance(traveller.clock.frozen_time + 30 * 86_400)

    assert before == []
    assert [each.amount for each in stripe.Transfer.list().data] == [600]


def test_an_invoice_names_its_own_shares(stripe, customer, seller):
    invoice = stripe.Invoice.create(
        customer=customer.id,
        transfer_data={"destination": seller},
        application_fee_amount=40,
        currency="usd",
    )
    stripe.InvoiceItem.create(customer=customer.id, invoice=invoice.id, amount=1000, currency="usd")
    stripe.Invoice.modify(invoice.id, application_fee_amount=70)

    stripe.Invoice.pay(invoice.id)

    assert [each.amount for each in stripe.ApplicationFee.list().data] == [70]
    assert pending(stripe, stripe_account=seller) == 930


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"application_fee_percent": 10}, "parameter_missing"),
        ({"transfer_data": {"destination": "acct_none"}}, "resource_missing"),
    ],
)
def test_who_has_no_share_in_a_subscription_is_refused_one(stripe, subscribe, terms, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(**terms)

    assert refused.value.code == code
    assert stripe.Subscription.list().data == []


def test_there_is_no_more_to_share_than_everything(stripe, seller, subscribe):
    with pytest.raises(stripe.InvalidRequestError, match="between 0 and 100"):
        subscribe(transfer_data={"destination": seller}, application_fee_percent=101)
    with pytest.raises(stripe.InvalidRequestError) as both:
        subscribe(
            transfer_data={"destination": seller, "amount_percent": 10},
            application_fee_percent=10,
        )

    assert both.value.code == "parameters_exclusive"
    assert stripe.Subscription.list().data == []


# Whose invoice it is (https://docs.stripe.com/connect/invoices)


@pytest.fixture
def shop(stripe):
    """A connected account's id, and the id of its tax ID, which its invoices show."""
    account = stripe.Account.create(
        **{**ONBOARDED, "business_profile": {**ONBOARDED["business_profile"], "name": "Plums"}}
    ).id
    tax_id = stripe.TaxId.create(type="us_ein", value="12-3456789", stripe_account=account).id
    stripe.Account.modify(account, settings={"invoices": {"default_account_tax_ids": [tax_id]}})
    return account, tax_id


@pytest.mark.parametrize("way", ["issuer", "on_behalf_of", "direct"])
def test_an_invoice_shows_whose_it_is(stripe, shop, subscribe, way):
    account, tax_id = shop
    issuer = {"type": "account", "account": account}
    subscription = {
        "issuer": lambda: subscribe(invoice_settings={"issuer": issuer}),
        "on_behalf_of": lambda: subscribe(on_behalf_of=account),
        "direct": lambda: subscribe(account),
    }[way]()

    of = {"stripe_account": account} if way == "direct" else {}
    invoice = stripe.Invoice.retrieve(subscription.latest_invoice, **of)
    assert (invoice.account_name, invoice.account_tax_ids) == ("Plums", [tax_id])
    if way == "issuer":
        assert subscription.invoice_settings.issuer.to_dict() == issuer
        assert invoice.issuer.to_dict() == issuer


def test_a_percentage_has_two_decimals_at_most(stripe, seller, subscribe):
    with pytest.raises(stripe.InvalidRequestError, match="two decimal places"):
        subscribe(seller, application_fee_percent=12.345)

    assert subscribe(seller, application_fee_percent=12.34).application_fee_percent == 12.34
