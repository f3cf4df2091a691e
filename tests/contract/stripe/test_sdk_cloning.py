"""A platform's payment methods, cloned to the accounts that are connected to it
(https://docs.stripe.com/connect/direct-charges-multiple-accounts)."""

import pytest


@pytest.fixture
def saved(customer):
    """The id of the customer's payment method, on the platform."""
    return customer.invoice_settings.default_payment_method


def test_a_clone_pays_on_the_connected_account(stripe, seller, customer, saved):
    clone = stripe.PaymentMethod.create(
        customer=customer.id, payment_method=saved, stripe_account=seller
    )

    paid = stripe.PaymentIntent.create(
        amount=2000,
        currency="usd",
        payment_method=clone.id,
        allowed_payment_method_types=["card"],
        confirm=True,
        stripe_account=seller,
    )

    assert (clone.id != saved, clone.card.last4, clone.customer) == (True, "4242", None)
    assert paid.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError):
        stripe.PaymentMethod.retrieve(clone.id)


def test_the_customer_that_it_is_attached_to_has_to_be_named(stripe, seller, saved):
    other = stripe.Customer.create().id

    for named, param in (({}, "customer"), ({"customer": other}, "payment_method")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            stripe.PaymentMethod.create(payment_method=saved, stripe_account=seller, **named)
        assert refused.value.param == param


def test_what_the_platform_does_not_have_cannot_be_cloned(stripe, seller):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.create(payment_method="pm_none", stripe_account=seller)

    assert (refused.value.code, refused.value.param) == ("resource_missing", "payment_method")


def test_a_platform_clones_nothing_to_itself(stripe, customer, saved):
    with pytest.raises(stripe.InvalidRequestError, match="connected accounts"):
        stripe.PaymentMethod.create(customer=customer.id, payment_method=saved)
