"""Brands and networks of Stripe's test cards (https://docs.stripe.com/testing#cards). With the SDK."""

import pytest


def _card(stripe, token, **card):
    return stripe.PaymentMethod.create(type="card", card={"token": f"tok_{token}", **card}).card


@pytest.mark.parametrize(
    ("token", "brand", "shown"),
    [
        ("visa", "visa", "visa"),
        ("amex", "amex", "american_express"),
        ("diners", "diners", "diners_club"),
        ("unionpay", "unionpay", "union_pay"),
    ],
)
def test_a_brand_is_shown_by_its_whole_name(stripe, token, brand, shown):
    card = _card(stripe, token)

    assert (card.brand, card.display_brand) == (brand, shown)
    assert (card.networks.available, card.networks.preferred) == ([brand], None)


@pytest.mark.parametrize(
    ("token", "networks"),
    [
        ("visa_cartesBancaires", ["cartes_bancaires", "visa"]),
        ("mastercard_cartesBancaires", ["cartes_bancaires", "mastercard"]),
        ("visa_debit_eftposAuCoBranded", ["eftpos_au", "visa"]),
    ],
)
def test_a_card_with_two_brands_can_be_used_in_both_networks(stripe, token, networks):
    card = _card(stripe, token)

    assert (card.networks.available, card.brand) == (networks, networks[1])


def test_a_card_is_used_in_the_network_that_its_holder_prefers(stripe, pay):
    preferred = stripe.PaymentMethod.create(
        type="card",
        card={
            "token": "tok_visa_cartesBancaires",
            "networks": {"preferred": "cartes_bancaires"},
        },
    )

    payment = pay(preferred.id, currency="eur", expand=["latest_charge"])

    assert preferred.card.networks.preferred == "cartes_bancaires"
    assert preferred.card.display_brand == "cartes_bancaires"
    details = payment.latest_charge.payment_method_details.card
    assert (details.brand, details.network) == ("visa", "cartes_bancaires")


def test_a_network_can_be_chosen_for_a_payment(pay):
    options = {"card": {"network": "cartes_bancaires"}}

    payment = pay(
        "pm_card_visa_cartesBancaires",
        currency="eur",
        payment_method_options=options,
        expand=["latest_charge"],
    )

    assert payment.latest_charge.payment_method_details.card.network == "cartes_bancaires"


def test_a_network_that_a_card_does_not_have_is_no_preference(stripe):
    customer = stripe.Customer.create()
    method = stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)

    changed = stripe.PaymentMethod.modify(method.id, card={"networks": {"preferred": "mastercard"}})

    assert changed.card.networks.preferred == "invalid_preference"
    assert changed.card.display_brand == "visa"


@pytest.mark.parametrize(
    ("number", "brand"),
    [("4012888888881881", "Visa"), ("30569309025904", "Diners Club")],
)
def test_older_test_cards_are_known(browser, number, brand):
    card = {"number": number, "exp_month": 12, "exp_year": 2060, "cvc": "123"}

    assert browser.v1.tokens.create({"card": card}).card.brand == brand
