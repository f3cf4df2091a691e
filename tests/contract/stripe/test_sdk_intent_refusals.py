"""How intents, and charges that they have made, refuse what cannot be. With the SDK.

The words are those of Stripe's test mode, as recorded in https://github.com/Kiln-AI/Seahaven.
"""

import pytest

from tests.contract.stripe.conftest import NO_REDIRECTS


@pytest.fixture
def saved(stripe):
    """A card that is a customer's."""
    customer = stripe.Customer.create()
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})
    return stripe.PaymentMethod.attach(method.id, customer=customer.id)


@pytest.fixture
def intent(stripe):
    def intent(**params):
        return stripe.PaymentIntent.create(
            amount=1000, currency="usd", automatic_payment_methods=NO_REDIRECTS, **params
        )

    return intent


def test_a_payment_with_somebodys_card_names_that_customer(stripe, saved, intent):
    unnamed, other = intent(), stripe.Customer.create()
    of_other = intent(customer=other.id)

    with pytest.raises(stripe.InvalidRequestError, match="Please include the Customer") as refused:
        stripe.PaymentIntent.confirm(unnamed.id, payment_method=saved.id)
    assert refused.value.code == "parameter_missing"
    assert refused.value.error.payment_intent.id == unnamed.id

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.confirm(of_other.id, payment_method=saved.id)
    assert refused.value.user_message == (
        f"The PaymentMethod {saved.id} does not belong to the Customer you supplied {other.id}. Please use this "
        "PaymentMethod with the Customer that it belongs to instead."
    )
    assert refused.value.param == "payment_method"


def test_a_setup_with_somebodys_card_names_that_customer(stripe, saved):
    other, setup = stripe.Customer.create(), stripe.SetupIntent.create()

    with pytest.raises(stripe.InvalidRequestError, match="does not belong to the Customer"):
        stripe.SetupIntent.create(customer=other.id, payment_method=saved.id)
    for attempt in (
        lambda: stripe.SetupIntent.create(payment_method=saved.id),
        lambda: stripe.SetupIntent.modify(setup.id, payment_method=saved.id),
        lambda: stripe.SetupIntent.confirm(
            setup.id, payment_method=saved.id, return_url="https://example.com"
        ),
    ):
        with pytest.raises(stripe.InvalidRequestError, match="Please include the Customer"):
            attempt()

    assert stripe.SetupIntent.retrieve(setup.id).payment_method is None


def test_what_lacks_a_method_says_of_whom_it_has_to_be(stripe, intent):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.InvalidRequestError, match=f"with {customer.id}, specify") as refused:
        stripe.PaymentIntent.confirm(intent(customer=customer.id).id)
    assert refused.value.code == "payment_intent_unexpected_state"

    with pytest.raises(stripe.InvalidRequestError, match="directly with a payment method"):
        stripe.PaymentIntent.confirm(intent().id)


def test_nothing_is_no_amount(stripe, intent):
    with pytest.raises(stripe.InvalidRequestError, match="use a Setup Intent instead") as refused:
        stripe.PaymentIntent.create(amount=0, currency="usd")

    assert (refused.value.code, refused.value.param) == ("parameter_invalid_integer", "amount")


def test_what_was_captured_or_released_is_not_captured_again(stripe, pay):
    held = pay(capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError, match="You must capture the PaymentIntent"):
        stripe.Charge.capture(held.latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.capture(held.id, amount_to_capture=2000)
    assert (refused.value.code, refused.value.param) == ("amount_too_large", None)

    stripe.PaymentIntent.capture(held.id, amount_to_capture=600)
    with pytest.raises(stripe.InvalidRequestError, match="has been released"):
        stripe.PaymentIntent.capture(held.id)


def test_a_failed_payment_has_nothing_to_refund_however_it_is_named(stripe, pay):
    with pytest.raises(stripe.CardError) as declined:
        pay("pm_card_chargeCustomerFail")

    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        stripe.Refund.create(charge=declined.value.error.charge)


def test_a_setup_that_is_over_says_so(stripe):
    setup = stripe.SetupIntent.create()
    stripe.SetupIntent.cancel(setup.id)

    with pytest.raises(stripe.InvalidRequestError, match="is already canceled"):
        stripe.SetupIntent.cancel(setup.id)
    with pytest.raises(stripe.InvalidRequestError, match="has been canceled"):
        stripe.SetupIntent.confirm(
            setup.id, payment_method="pm_card_visa", return_url="https://example.com"
        )


def test_a_payment_method_is_attached_after_it_was_made(stripe, saved):
    with pytest.raises(stripe.InvalidRequestError, match="during PaymentMethod creation"):
        stripe.PaymentMethod.create(
            type="card", card={"token": "tok_visa"}, customer=saved.customer
        )
    with pytest.raises(stripe.InvalidRequestError, match="customer or customer_account") as refused:
        stripe.PaymentMethod.attach(saved.id)
    assert refused.value.code == "parameter_missing"
