"""Confirmation tokens with the SDK: what a page has collected, with which one intent is confirmed."""

import pytest

RETURN_URL = "https://example.com/return"
ADDRESS = {"line1": "1 Main Street", "country": "US", "postal_code": "94080"}
HOUR = 3600


@pytest.fixture
def collect(stripe):
    """Makes a token, as the test helper does, of a Visa unless something else is said."""

    def collect(**params):
        if "payment_method" not in params and "payment_method_data" not in params:
            params["payment_method"] = "pm_card_visa"
        return stripe.ConfirmationToken.TestHelpers.create(**params)

    return collect


def data(**billing):
    """A card as a page describes it."""
    return {"type": "card", "card": {"token": "tok_mastercard"}, "billing_details": billing}


def test_it_shows_how_it_would_be_paid(stripe, collect):
    made = collect(
        payment_method_data=data(name="Jenny"),
        return_url=RETURN_URL,
        setup_future_usage="off_session",
        shipping={"name": "Jenny", "address": ADDRESS},
    )

    found = stripe.ConfirmationToken.retrieve(made.id)
    preview = found.payment_method_preview
    assert (preview.type, preview.card.brand) == ("card", "mastercard")
    assert preview.billing_details.name == "Jenny"
    assert "fingerprint" not in preview.card
    assert (found.payment_intent, found.setup_intent) == (None, None)
    assert (found.return_url, found.shipping.name) == (RETURN_URL, "Jenny")
    assert found.expires_at == found.created + 12 * HOUR


def test_a_payment_is_confirmed_with_what_it_holds(stripe, collect, customer):
    intent = stripe.PaymentIntent.create(amount=2000, currency="usd", customer=customer.id)
    token = collect(
        payment_method_data=data(email="jenny@example.com"),
        return_url=RETURN_URL,
        setup_future_usage="off_session",
        shipping={"name": "Jenny", "address": ADDRESS},
    )

    paid = stripe.PaymentIntent.confirm(
        intent.id, confirmation_token=token.id, expand=["payment_method"]
    )

    assert paid.status == "succeeded"
    assert paid.payment_method.card.brand == "mastercard"
    assert paid.payment_method.billing_details.email == "jenny@example.com"
    assert paid.payment_method.customer == customer.id
    assert (paid.setup_future_usage, paid.shipping.name) == ("off_session", "Jenny")
    assert stripe.ConfirmationToken.retrieve(token.id).payment_intent == intent.id


def test_a_payment_is_made_and_confirmed_at_once(stripe, collect):
    token = collect(return_url=RETURN_URL)

    paid = stripe.PaymentIntent.create(
        amount=2000, currency="usd", confirm=True, confirmation_token=token.id
    )

    assert paid.status == "succeeded"
    assert stripe.ConfirmationToken.retrieve(token.id).payment_intent == paid.id


def test_what_the_request_says_goes_before(stripe, collect):
    token = collect(return_url=RETURN_URL, shipping={"name": "Jenny", "address": ADDRESS})

    paid = stripe.PaymentIntent.create(
        amount=2000,
        currency="usd",
        confirm=True,
        confirmation_token=token.id,
        payment_method="pm_card_mastercard",
        shipping={"name": "Rosen", "address": ADDRESS},
        expand=["payment_method"],
    )

    assert paid.payment_method.card.brand == "mastercard"
    assert paid.shipping.name == "Rosen"


def test_a_setup_is_confirmed_with_it(stripe, collect, customer):
    token = collect(return_url=RETURN_URL)

    setup = stripe.SetupIntent.create(
        customer=customer.id, confirm=True, confirmation_token=token.id
    )

    assert setup.status == "succeeded"
    found = stripe.ConfirmationToken.retrieve(token.id)
    assert (found.setup_intent, found.payment_intent) == (setup.id, None)


def test_it_is_used_once(stripe, collect):
    token = collect(return_url=RETURN_URL)
    pay = {"amount": 2000, "currency": "usd", "confirm": True, "confirmation_token": token.id}
    stripe.PaymentIntent.create(**pay)

    with pytest.raises(stripe.InvalidRequestError, match="already been used") as refused:
        stripe.PaymentIntent.create(**pay)

    assert refused.value.param == "confirmation_token"
    assert len(stripe.PaymentIntent.list().data) == 1


def test_a_declined_payment_uses_it_too(stripe, collect):
    intent = stripe.PaymentIntent.create(amount=2000, currency="usd")
    token = collect(payment_method="pm_card_visa_chargeDeclined", return_url=RETURN_URL)

    with pytest.raises(stripe.CardError):
        stripe.PaymentIntent.confirm(intent.id, confirmation_token=token.id)

    assert stripe.ConfirmationToken.retrieve(token.id).payment_intent == intent.id


def test_a_refused_request_does_not(stripe, collect):
    intent = stripe.PaymentIntent.create(amount=2000, currency="usd")
    token = collect()

    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        stripe.PaymentIntent.confirm(intent.id, confirmation_token=token.id)

    assert stripe.ConfirmationToken.retrieve(token.id).payment_intent is None


def test_it_confirms_and_nothing_else(stripe, collect):
    token = collect()

    with pytest.raises(stripe.InvalidRequestError, match="when `confirm` is set") as refused:
        stripe.PaymentIntent.create(amount=2000, currency="usd", confirmation_token=token.id)

    assert refused.value.param == "confirmation_token"


def test_it_names_a_payment_method_or_describes_one(stripe, collect):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        collect(payment_method="pm_card_visa", payment_method_data=data())

    assert refused.value.param == "payment_method"


def test_what_is_described_says_what_it_is(stripe, collect):
    account = {"account_number": "000123456789", "institution_number": "000"}
    described = {"acss_debit": {**account, "transit_number": "11000"}}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        collect(payment_method_data=described)

    assert refused.value.code == "parameter_missing"
    assert refused.value.param == "payment_method_data[type]"
