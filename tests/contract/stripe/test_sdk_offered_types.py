"""Which types of payment methods are offered: by configurations, and by what a request chooses of them
(https://docs.stripe.com/payments/payment-methods/dynamic-payment-methods). With the SDK.
"""

import pytest

ON = {"display_preference": {"preference": "on"}}
OFF = {"display_preference": {"preference": "off"}}
RETURN = "https://shop.example/done"


@pytest.fixture
def europe(stripe):
    """A configuration with two ways to pay in Europe and one in the United States, and without cards."""
    return stripe.PaymentMethodConfiguration.create(
        name="Europe", card=OFF, link=OFF, bancontact=ON, sepa_debit=ON, us_bank_account=ON
    )


@pytest.fixture
def intend(stripe):
    """Makes a payment in euros."""

    def intend(**terms):
        return stripe.PaymentIntent.create(**{"amount": 1000, "currency": "eur", **terms})

    return intend


def test_a_payment_offers_what_the_default_configuration_has_turned_on(stripe, intend):
    [default] = stripe.PaymentMethodConfiguration.list().data
    before = intend()
    stripe.PaymentMethodConfiguration.modify(default.id, link=OFF, ideal=ON)

    after = intend()

    assert before.payment_method_types == ["card", "link"]
    assert after.payment_method_types == ["card", "ideal"]
    assert after.payment_method_configuration_details.to_dict() == {
        "id": default.id,
        "parent": None,
    }


def test_another_configuration_offers_what_suits_the_payment(intend, europe):
    intent = intend(payment_method_configuration=europe.id)
    later = intend(payment_method_configuration=europe.id, currency="usd")

    assert intent.payment_method_types == ["bancontact", "sepa_debit"]
    assert intent.payment_method_configuration_details.id == europe.id
    assert intent.automatic_payment_methods.enabled
    assert later.payment_method_types == ["us_bank_account"]


def test_what_a_configuration_does_not_offer_does_not_pay(stripe, intend, europe):
    intent = intend(payment_method_configuration=europe.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa", return_url=RETURN)
    asked = stripe.PaymentIntent.confirm(
        intent.id, payment_method_data={"type": "bancontact"}, return_url=RETURN
    )

    assert refused.value.param == "payment_method"
    assert "bancontact, sepa_debit" in str(refused.value)
    assert asked.status == "requires_action"


def test_nothing_is_offered_that_cannot_be_captured_later(stripe, intend, europe):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(payment_method_configuration=europe.id, capture_method="manual")

    assert refused.value.param == "payment_method_configuration"


def test_a_configuration_that_is_not_active_is_not_used(stripe, intend, europe):
    stripe.PaymentMethodConfiguration.modify(europe.id, active=False)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(payment_method_configuration=europe.id)
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        intend(payment_method_configuration="pmc_none")

    assert refused.value.param == "payment_method_configuration"
    assert unknown.value.code == "resource_missing"


def test_a_type_is_excluded_from_one_payment(stripe, intend):
    intent = intend(excluded_payment_method_types=["card"])

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa", return_url=RETURN)
    changed = stripe.PaymentIntent.modify(intent.id, excluded_payment_method_types=["ideal"])

    assert intent.payment_method_types == ["link"]
    assert refused.value.param == "payment_method"
    assert changed.payment_method_types == ["card", "link"]


def test_a_changed_payment_offers_what_it_allows_now(stripe, intend):
    intent = intend(allowed_payment_method_types=["card"])

    changed = stripe.PaymentIntent.modify(
        intent.id, allowed_payment_method_types=["card", "bancontact"]
    )

    assert changed.payment_method_types == ["card", "bancontact"]
    assert changed.payment_method_options.bancontact.preferred_language == "en"


def test_a_setup_offers_what_its_configuration_does(stripe, europe):
    intent = stripe.SetupIntent.create(payment_method_configuration=europe.id)

    assert intent.payment_method_types == ["bancontact", "sepa_debit", "us_bank_account"]
    assert intent.payment_method_configuration_details.id == europe.id


def test_a_setup_does_not_offer_what_is_only_saved_by_paying(stripe):
    china = stripe.PaymentMethodConfiguration.create(name="China", alipay=ON, wechat_pay=ON)

    saving = stripe.SetupIntent.create(payment_method_configuration=china.id)
    page = stripe.checkout.Session.create(
        mode="setup", currency="usd", success_url=RETURN, payment_method_configuration=china.id
    )
    paying = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        setup_future_usage="off_session",
        payment_method_configuration=china.id,
    )

    assert saving.payment_method_types == page.payment_method_types == ["card", "link"]
    assert paying.payment_method_types == ["alipay", "card", "link"]


def test_checkout_offers_what_can_be_saved_where_it_saves(stripe, europe):
    stripe.PaymentMethodConfiguration.modify(europe.id, bancontact=OFF, eps=ON)
    item = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Pen"}}
    monthly = {**item, "recurring": {"interval": "month"}}
    told = {"success_url": RETURN, "payment_method_configuration": europe.id}

    once = stripe.checkout.Session.create(
        mode="payment",
        line_items=[{"price_data": item, "quantity": 1}],
        payment_intent_data={"setup_future_usage": "off_session"},
        **told,
    )
    again = stripe.checkout.Session.create(
        mode="subscription", line_items=[{"price_data": monthly, "quantity": 1}], **told
    )

    assert once.payment_method_types == again.payment_method_types == ["sepa_debit"]


def test_checkout_offers_what_its_configuration_does(stripe, europe, page):
    item = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "Pen"}}
    session = stripe.checkout.Session.create(
        mode="payment",
        success_url=RETURN,
        payment_method_configuration=europe.id,
        line_items=[{"price_data": item, "quantity": 1}],
    )

    shown, _ = page(session.url)
    page(session.url, payment_method="pm_sepaDebit_success_de")

    assert session.payment_method_types == ["bancontact", "sepa_debit"]
    assert session.payment_method_configuration_details.id == europe.id
    assert "SEPA debit, pays" in shown
    assert "Visa" not in shown
    [intent] = stripe.PaymentIntent.list().data
    assert intent.payment_method_types == ["bancontact", "sepa_debit"]
    assert intent.payment_method_configuration_details.id == europe.id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("automatic_payment_methods", {"enabled": True}),
        ("excluded_payment_method_types", ["ideal"]),
        ("payment_method_configuration", None),
    ],
)
def test_who_allows_types_says_nothing_else_of_them(stripe, europe, name, value):
    value = value or europe.id
    told = {"allowed_payment_method_types": ["card"], name: value}

    with pytest.raises(stripe.InvalidRequestError, match="only specify one") as paying:
        stripe.PaymentIntent.create(amount=1000, currency="eur", **told)
    with pytest.raises(stripe.InvalidRequestError, match="only specify one") as saving:
        stripe.SetupIntent.create(**told)

    assert paying.value.param == saving.value.param == "allowed_payment_method_types"


def test_what_is_allowed_and_does_not_suit_a_payment_is_left_out(stripe, intend):
    allowed = ["card", "ideal", "us_bank_account"]

    intent = intend(allowed_payment_method_types=allowed)
    dollars = stripe.PaymentIntent.modify(intent.id, currency="usd")
    later = intend(allowed_payment_method_types=allowed, capture_method="manual")
    with pytest.raises(
        stripe.InvalidRequestError, match="No valid payment method types"
    ) as nothing:
        intend(allowed_payment_method_types=["us_bank_account"])

    assert intent.payment_method_types == ["card", "ideal"]
    assert dollars.payment_method_types == ["card", "us_bank_account"]
    assert later.payment_method_types == ["card"]
    assert nothing.value.param == "allowed_payment_method_types"
