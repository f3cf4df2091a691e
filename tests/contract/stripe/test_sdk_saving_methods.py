"""Which payment methods can be saved for later payments, and what saves them. With the SDK."""

import pytest

from tests.contract.stripe.debits import ACCEPTED

RETURN = "https://shop.example/done"


@pytest.fixture
def owner(stripe):
    """A customer without any payment methods."""
    return stripe.Customer.create().id


@pytest.fixture
def pay(stripe, owner):
    """Confirm a payment of a customer's."""

    def pay(**terms):
        values = {"amount": 5000, "currency": "usd", "confirm": True, "return_url": RETURN}
        return stripe.PaymentIntent.create(customer=owner, **values | terms)

    return pay


@pytest.mark.parametrize(
    ("terms", "is_saved"),
    [
        ({}, False),
        ({"setup_future_usage": "off_session"}, True),
        ({"payment_method_options": {"card": {"setup_future_usage": "off_session"}}}, True),
        (
            {
                "setup_future_usage": "off_session",
                "payment_method_options": {"card": {"setup_future_usage": "none"}},
            },
            False,
        ),
    ],
)
def test_what_is_said_for_a_type_comes_first(stripe, pay, owner, terms, is_saved):
    paid = pay(payment_method="pm_card_visa", **terms)

    method = stripe.PaymentMethod.retrieve(paid.payment_method)
    assert method.customer == (owner if is_saved else None)


@pytest.mark.parametrize("type", ["affirm", "zip", "alma"])
def test_some_ways_to_pay_cannot_be_saved(stripe, pay, owner, type):
    data = {"type": type}
    currency = "eur" if type == "alma" else "usd"

    with pytest.raises(stripe.InvalidRequestError) as paid:
        pay(payment_method_data=data, currency=currency, setup_future_usage="off_session")
    with pytest.raises(stripe.InvalidRequestError) as set_up:
        stripe.SetupIntent.create(
            customer=owner, payment_method_data=data, confirm=True, return_url=RETURN
        )
    with pytest.raises(stripe.InvalidRequestError) as listed:
        stripe.SetupIntent.create(customer=owner, allowed_payment_method_types=["card", type])
    with pytest.raises(stripe.InvalidRequestError) as attached:
        stripe.PaymentMethod.attach(stripe.PaymentMethod.create(**data), customer=owner)

    assert paid.value.param == "setup_future_usage"
    assert set_up.value.param == attached.value.param == "payment_method"
    assert listed.value.param == "allowed_payment_method_types"
    assert pay(payment_method_data=data, currency=currency).status == "requires_action"


@pytest.mark.parametrize("type", ["cashapp", "klarna", "paypal", "amazon_pay"])
def test_others_can_be_and_pay_again_by_themselves(stripe, pay, control, owner, type):
    first = pay(payment_method_data={"type": type}, setup_future_usage="off_session")
    control(f"payment_intents/{first.id}/next_action", outcome="succeeded")
    saved = stripe.PaymentIntent.retrieve(first.id).payment_method

    again = pay(payment_method=saved, off_session=True)

    assert stripe.PaymentMethod.retrieve(saved).customer == owner
    assert again.status == "succeeded"


def test_what_is_not_emulated_is_not_paid(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError, match="does not emulate"):
        pay(currency="aud", payment_method_data={"type": "payto", "payto": {"pay_id": "a@b.c"}})


def test_what_cannot_be_saved_is_not_offered_where_it_would_have_to_be(stripe, owner):
    on = {"display_preference": {"preference": "on"}}
    chosen = {
        "customer": owner,
        "payment_method_configuration": stripe.PaymentMethodConfiguration.create(
            name="More", affirm=on, cashapp=on
        ).id,
    }
    payment = {"amount": 5000, "currency": "usd", **chosen}

    unsaved = stripe.PaymentIntent.create(**payment)
    saved = stripe.PaymentIntent.create(**payment, setup_future_usage="off_session")
    setup = stripe.SetupIntent.create(**chosen)

    assert {"affirm", "cashapp"} <= {*unsaved.payment_method_types}
    for intent in (saved, setup):
        assert "affirm" not in intent.payment_method_types
        assert "cashapp" in intent.payment_method_types


def test_only_what_is_saved_can_be_changed(stripe):
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})

    with pytest.raises(stripe.InvalidRequestError, match="save this PaymentMethod to a customer"):
        stripe.PaymentMethod.modify(method.id, metadata={"order": "1"})


def test_a_saved_card_has_nothing_of_a_bank_account(stripe, customer):
    [method] = stripe.Customer.list_payment_methods(customer.id).data

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.modify(method.id, us_bank_account={"account_type": "savings"})

    assert refused.value.param == "us_bank_account"
    assert "us_bank_account" not in stripe.PaymentMethod.retrieve(method.id)


@pytest.mark.parametrize(("name", "value"), [("exp_month", 13), ("exp_year", 2001)])
def test_a_saved_card_expires_at_a_date(stripe, customer, name, value):
    [method] = stripe.Customer.list_payment_methods(customer.id).data

    with pytest.raises(stripe.CardError) as refused:
        stripe.PaymentMethod.modify(method.id, card={name: value})
    changed = stripe.PaymentMethod.modify(method.id, card={"exp_month": 12, "exp_year": 40})

    assert (refused.value.code, refused.value.param) == (
        f"invalid_expiry_{name.removeprefix('exp_')}",
        name,
    )
    assert (changed.card.exp_month, changed.card.exp_year) == (12, 2040)


ACCOUNTS = ["bancontact", "ideal", "sofort"]
"""What the customer's bank account is known by, which is debited from then on."""


@pytest.mark.parametrize("type", ACCOUNTS)
def test_an_account_that_was_set_up_elsewhere_is_debited_without_the_customer(
    stripe, pay, owner, control, type
):
    data = {"type": type, **({"sofort": {"country": "DE"}} if type == "sofort" else {})}
    setup = stripe.SetupIntent.create(
        customer=owner,
        payment_method_data=data,
        mandate_data=ACCEPTED,
        confirm=True,
        return_url=RETURN,
    )

    control(f"setup_intents/{setup.id}/next_action", outcome="succeeded")
    done = stripe.SetupIntent.retrieve(setup.id, expand=["latest_attempt", "mandate"])
    details = done.latest_attempt.payment_method_details[type]
    paid = pay(currency="eur", payment_method=details.generated_sepa_debit, off_session=True)

    assert details.generated_sepa_debit_mandate == done.mandate.id
    assert (done.mandate.status, done.mandate.type) == ("active", "multi_use")
    assert done.mandate.payment_method_details.sepa_debit.reference
    assert paid.status == "processing"


def test_a_boleto_is_saved_without_a_voucher(stripe, owner):
    billing = {"name": "Jenny", "email": "jenny@example.com"}
    data = {"type": "boleto", "boleto": {"tax_id": "000.000.000-00"}, "billing_details": billing}

    setup = stripe.SetupIntent.create(
        customer=owner, payment_method_data=data, confirm=True, return_url=RETURN
    )

    assert (setup.status, setup.next_action) == ("succeeded", None)
    assert [each.type for each in stripe.Customer.list_payment_methods(owner).data] == ["boleto"]


def test_who_agrees_to_pay_later_with_a_wallet_gives_a_mandate(stripe, owner, control):
    setup = stripe.SetupIntent.create(
        customer=owner,
        payment_method_data={"type": "cashapp"},
        mandate_data=ACCEPTED,
        confirm=True,
        return_url=RETURN,
    )

    control(f"setup_intents/{setup.id}/next_action", outcome="succeeded")

    mandate = stripe.SetupIntent.retrieve(setup.id, expand=["mandate"]).mandate
    assert (mandate.status, mandate.payment_method) == ("active", setup.payment_method)
    assert mandate.customer_acceptance.online.ip_address == "127.0.0.1"


def test_what_is_set_up_for_oneself_is_no_customers(stripe, owner):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SetupIntent.create(customer=owner, attach_to_self=True)

    assert refused.value.param == "attach_to_self"


@pytest.mark.parametrize("type", ["coins", "metadata"])
def test_a_payment_method_is_of_a_type_that_there_is(stripe, type):
    with pytest.raises(stripe.InvalidRequestError) as paying:
        stripe.PaymentIntent.create(amount=1000, currency="usd", payment_method_data={"type": type})
    with pytest.raises(stripe.InvalidRequestError) as saving:
        stripe.SetupIntent.create(payment_method_data={"type": type})

    assert paying.value.param == saving.value.param == "payment_method_data[type]"
