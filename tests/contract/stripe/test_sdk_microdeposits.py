"""Micro-deposits, which prove that a bank account is the customer's. With the SDK."""

import pytest

from tests.contract.stripe.debits import US, debiting, setting_up


@pytest.fixture
def pay(stripe):
    """Pay ten dollars from a bank account in the United States."""

    def pay(method, **more):
        return stripe.PaymentIntent.create(**debiting("us_bank_account", "usd", method, **more))

    return pay


@pytest.fixture
def described(stripe):
    """A bank account that was described by its number."""
    return stripe.PaymentMethod.create(
        type="us_bank_account", us_bank_account=US, billing_details={"name": "Ada"}
    ).id


@pytest.mark.parametrize("told", [{"descriptor_code": "SM11AA"}, {"amounts": [32, 45]}])
def test_an_account_is_verified_by_what_came(stripe, pay, described, told):
    intent = pay(described)

    verified = stripe.PaymentIntent.verify_microdeposits(intent.id, **told)

    asked = intent.next_action.verify_with_microdeposits
    assert (intent.status, asked.microdeposit_type) == ("requires_action", "descriptor_code")
    assert (verified.status, verified.next_action) == ("processing", None)
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.PaymentIntent.verify_microdeposits(intent.id, **told)
    assert again.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("told", "param", "code"),
    [
        ({"descriptor_code": "SM00XX"}, "descriptor_code", "descriptor_code_mismatch"),
        ({"amounts": [32]}, "amounts", "amounts_invalid"),
        ({"amounts": [32, 46]}, "amounts", "amounts_mismatch"),
    ],
)
def test_what_did_not_come_verifies_nothing(stripe, pay, described, told, param, code):
    intent = pay(described)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.verify_microdeposits(intent.id, **told)

    assert (refused.value.param, refused.value.code) == (
        param,
        f"payment_method_microdeposit_verification_{code}",
    )
    assert stripe.PaymentIntent.retrieve(intent.id).status == "requires_action"


def test_a_verified_account_is_saved_with_a_mandate(stripe, pay, described):
    customer = stripe.Customer.create().id
    setup = stripe.SetupIntent.create(**setting_up("us_bank_account", described, customer))
    before = stripe.Mandate.retrieve(setup.mandate)

    done = stripe.SetupIntent.verify_microdeposits(setup.id, descriptor_code="SM11AA")

    mandate = stripe.Mandate.retrieve(setup.mandate)
    assert (setup.status, before.status) == ("requires_action", "pending")
    assert (done.status, mandate.status, mandate.type) == ("succeeded", "active", "multi_use")
    paid = pay(described, customer=customer, off_session=True)
    assert paid.status == "processing"


@pytest.fixture
def set_up(stripe):
    """Set a bank account up for later payments."""

    def set_up(method):
        customer = stripe.Customer.create().id
        return stripe.SetupIntent.create(**setting_up("us_bank_account", method, customer))

    return set_up


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"amounts": [10, 11]}, "attempts_exceeded"),
        ({"descriptor_code": "SM33CC"}, "attempts_exceeded"),
        ({"descriptor_code": "SM44DD"}, "timeout"),
    ],
)
def test_test_values_end_a_verification(stripe, pay, set_up, described, told, code):
    setup = set_up(described)
    payment = pay(described)
    code = f"payment_method_microdeposit_verification_{code}"

    for kind, intent in (("PaymentIntent", payment), ("SetupIntent", setup)):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            getattr(stripe, kind).verify_microdeposits(intent.id, **told)
        assert refused.value.code == code

    payment, setup = (
        stripe.PaymentIntent.retrieve(payment.id),
        stripe.SetupIntent.retrieve(setup.id),
    )
    assert payment.status == setup.status == "requires_payment_method"
    assert payment.last_payment_error.code == setup.last_setup_error.code == code
    happened = {each.type for each in stripe.Event.list(limit=100).data}
    assert {"payment_intent.payment_failed", "setup_intent.setup_failed"} <= happened


@pytest.mark.parametrize(
    ("told", "times"), [({"amounts": [1, 2]}, 3), ({"descriptor_code": "SM00XX"}, 10)]
)
def test_what_came_can_be_told_wrongly_a_few_times(stripe, pay, described, told, times):
    intent = pay(described)
    codes, messages = [], []

    for _ in range(times):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.PaymentIntent.verify_microdeposits(intent.id, **told)
        codes.append(refused.value.code.rpartition("_")[2])
        messages.append(str(refused.value))

    assert codes == ["mismatch"] * (times - 1) + ["exceeded"]
    assert f"You have {times - 1} verification attempts remaining" in messages[0]
    assert stripe.PaymentIntent.retrieve(intent.id).status == "requires_payment_method"


def test_what_came_has_to_be_told_within_ten_days(stripe, pay, set_up, described, days_later):
    setup, payment = set_up(described), pay(described)
    days_later(9)
    before = stripe.PaymentIntent.retrieve(payment.id).status

    days_later(1.1)

    payment, setup = (
        stripe.PaymentIntent.retrieve(payment.id),
        stripe.SetupIntent.retrieve(setup.id),
    )
    code = "payment_method_microdeposit_verification_timeout"
    assert before == "requires_action"
    assert payment.last_payment_error.code == setup.last_setup_error.code == code
    assert payment.status == setup.status == "requires_payment_method"


@pytest.mark.parametrize("is_named", [True, False])
def test_nothing_arrives_at_some_accounts(stripe, pay, is_named):
    number = {**US, "account_number": "000666666661"}
    method = "pm_usBankAccount_failMicrodeposits"
    if not is_named:
        method = stripe.PaymentMethod.create(
            type="us_bank_account", us_bank_account=number, billing_details={"name": "Ada"}
        ).id

    intent = pay(method)

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert intent.next_action.type == "verify_with_microdeposits"
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_method_microdeposit_failed"
