"""Mandates: what customers have agreed to be debited for. With the SDK."""

import pytest

from tests.contract.stripe.debits import ACCEPTED, PAD, debiting, setting_up


@pytest.fixture
def pay(stripe):
    """Pay ten dollars from a bank account in the United States."""

    def pay(method, **more):
        return stripe.PaymentIntent.create(**debiting("us_bank_account", "usd", method, **more))

    return pay


def test_a_debit_needs_the_customers_mandate(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError, match="requires a mandate") as refused:
        pay("pm_usBankAccount_success", mandate_data=None)

    left = refused.value.error.payment_intent
    assert stripe.PaymentIntent.retrieve(left.id).status == "requires_confirmation"


@pytest.mark.parametrize(("name", "value"), [("mandate", "mandate_1"), ("mandate_data", ACCEPTED)])
def test_a_mandate_is_given_with_the_confirmation(stripe, name, value):
    with pytest.raises(stripe.InvalidRequestError, match="`confirm` is set to `true`") as paying:
        stripe.PaymentIntent.create(amount=1000, currency="usd", **{name: value})

    assert paying.value.param == name
    if name == "mandate_data":
        with pytest.raises(stripe.InvalidRequestError, match="`confirm` is set to `true`"):
            stripe.SetupIntent.create(mandate_data=value)


def test_a_mandate_tells_how_it_was_given(stripe):
    intent = stripe.PaymentIntent.create(
        **debiting("sepa_debit", "eur", "pm_sepaDebit_success_de", expand=["latest_charge"])
    )

    mandate = stripe.Mandate.retrieve(
        intent.latest_charge.payment_method_details.sepa_debit.mandate
    )
    assert (mandate.status, mandate.type) == ("active", "single_use")
    assert mandate.single_use.to_dict() == {"amount": 1000, "currency": "eur"}
    assert mandate.customer_acceptance.online.ip_address == "127.0.0.1"
    assert mandate.payment_method == intent.payment_method
    assert mandate.payment_method_details.sepa_debit.reference


def test_a_closed_account_ends_the_mandate(stripe, pay):
    intent = pay("pm_usBankAccount_accountClosed", expand=["latest_charge"])

    mandate = intent.latest_charge.payment_method_details.us_bank_account.mandate
    assert stripe.Mandate.retrieve(mandate).status == "inactive"


def test_a_mandate_ends_when_its_account_is_let_go_of(stripe):
    customer = stripe.Customer.create().id
    setup = stripe.SetupIntent.create(
        **setting_up("sepa_debit", "pm_sepaDebit_success_de", customer)
    )
    before = stripe.Mandate.retrieve(setup.mandate)

    stripe.PaymentMethod.detach(setup.payment_method)

    assert (before.status, stripe.Mandate.retrieve(setup.mandate).status) == ("active", "inactive")
    assert stripe.Event.list(type="mandate.updated").data


def test_whoever_disputes_a_debit_has_to_agree_again(stripe, pay):
    customer = stripe.Customer.create().id
    first = pay(
        "pm_usBankAccount_dispute",
        customer=customer,
        setup_future_usage="off_session",
        expand=["latest_charge"],
    )
    mandate = first.latest_charge.payment_method_details.us_bank_account.mandate
    again = {"customer": customer, "mandate_data": None}

    with pytest.raises(stripe.InvalidRequestError, match="requires a mandate"):
        pay(first.payment_method, **again)
    with pytest.raises(stripe.InvalidRequestError) as named:
        pay(first.payment_method, mandate=mandate, **again)

    assert stripe.Mandate.retrieve(mandate).status == "inactive"
    assert (named.value.param, named.value.code) == ("mandate", "payment_intent_mandate_invalid")


@pytest.fixture
def once(stripe):
    """Saves an account in the United States to be debited once, for at most twenty dollars."""

    def once(customer, **terms):
        told = setting_up("us_bank_account", "pm_usBankAccount_success", customer)
        single_use = {"amount": 2000, "currency": "usd"}
        return stripe.SetupIntent.create(**told, **{"single_use": single_use, **terms})

    return once


def test_a_customer_agrees_to_one_payment_later(stripe, pay, once):
    customer = stripe.Customer.create().id
    setup = once(customer, expand=["single_use_mandate"])
    mandate = setup.single_use_mandate
    later = {"customer": customer, "mandate_data": None}

    with pytest.raises(stripe.InvalidRequestError, match="requires a mandate"):
        pay(setup.payment_method, **later)
    paid = pay(setup.payment_method, mandate=mandate.id, **later)
    with pytest.raises(stripe.InvalidRequestError) as again:
        pay(setup.payment_method, mandate=mandate.id, **later)

    assert (setup.status, setup.mandate) == ("succeeded", None)
    assert (mandate.status, mandate.type) == ("active", "single_use")
    assert mandate.single_use.to_dict() == {"amount": 2000, "currency": "usd"}
    assert paid.status == "processing"
    assert stripe.Mandate.retrieve(mandate.id).status == "inactive"
    assert again.value.code == "payment_intent_mandate_invalid"


def test_what_a_customer_agreed_to_once_is_the_most_that_is_debited(stripe, pay, once):
    customer = stripe.Customer.create().id
    setup = once(customer)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(
            setup.payment_method,
            amount=2001,
            customer=customer,
            mandate=setup.single_use_mandate,
            mandate_data=None,
        )

    assert refused.value.code == "payment_intent_mandate_invalid"
    assert stripe.Mandate.retrieve(setup.single_use_mandate).status == "active"


def test_what_is_agreed_to_once_is_an_amount_that_can_be_paid(stripe, once):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        once(stripe.Customer.create().id, single_use={"amount": 0, "currency": "usd"})

    assert refused.value.param == "single_use[amount]"


def test_a_bank_may_refuse_a_mandate(stripe):
    customer = stripe.Customer.create().id
    setup = stripe.SetupIntent.create(
        **setting_up("bacs_debit", "pm_bacsDebit_mandateRefused", customer)
    )

    mandate = stripe.Mandate.retrieve(setup.mandate)
    assert (setup.status, mandate.status) == ("succeeded", "inactive")
    assert mandate.payment_method_details.bacs_debit.network_status == "refused"


def test_a_mandate_in_canada_says_what_was_agreed_to(stripe):
    made = stripe.PaymentIntent.create(
        **debiting("acss_debit", "cad", "pm_acssDebit_success", expand=["latest_charge"])
    )

    debited = made.latest_charge.payment_method_details.acss_debit
    details = stripe.Mandate.retrieve(debited.mandate).payment_method_details.acss_debit
    assert details.payment_schedule == "interval"
    assert details.interval_description == "First day of every month"
    assert details.transaction_type == "personal"


@pytest.mark.parametrize("missing", list(PAD["acss_debit"]["mandate_options"]))
def test_a_mandate_in_canada_has_to_say_it(stripe, missing):
    options = {**PAD["acss_debit"]["mandate_options"]}
    options.pop(missing)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(
            **debiting(
                "acss_debit",
                "cad",
                "pm_acssDebit_success",
                payment_method_options={"acss_debit": {"mandate_options": options}},
            )
        )

    assert refused.value.param == f"payment_method_options[acss_debit][mandate_options][{missing}]"


@pytest.mark.parametrize(
    ("type", "currency", "length"), [("sepa_debit", "eur", 24), ("bacs_debit", "gbp", 18)]
)
def test_references_of_mandates_begin_as_was_asked_for(stripe, type, currency, length):
    test = {"sepa_debit": "pm_sepaDebit_success_de", "bacs_debit": "pm_bacsDebit_success"}[type]

    def reference(prefix):
        options = {type: {"mandate_options": {"reference_prefix": prefix}}}
        made = stripe.PaymentIntent.create(
            **debiting(
                type, currency, test, payment_method_options=options, expand=["latest_charge"]
            )
        )
        mandate = made.latest_charge.payment_method_details[type].mandate
        return stripe.Mandate.retrieve(mandate).payment_method_details[type].reference

    chosen = reference("EX4MPL3-")
    assert (len(chosen), chosen[:8]) == (length, "EX4MPL3-")
    for wrong in ("ex4mpl3", "STRIPE-1", "-A"):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            reference(wrong)
        assert refused.value.code == (
            f"invalid_{type.removesuffix('_debit')}_mandate_reference_prefix_format"
        )
