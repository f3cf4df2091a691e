"""Payments without a subscription: intents, charges, refunds, saved cards, invoices. With the SDK."""

from urllib.request import urlopen

import pytest

from tests.contract.stripe.conftest import NO_REDIRECTS

# Payment intents


def test_a_payment_succeeds(stripe, pay):
    intent = pay()

    charge = stripe.Charge.retrieve(intent.latest_charge, expand=["balance_transaction"])
    assert (intent.status, intent.amount_received) == ("succeeded", 1000)
    assert (charge.status, charge.paid, charge.captured, charge.amount) == (
        "succeeded",
        True,
        True,
        1000,
    )
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.balance_transaction.fee == 59
    assert charge.balance_transaction.net == 941


def test_a_payment_shows_what_nobody_has_said_of_it(stripe, customer, team_price):
    made = stripe.PaymentIntent.create(amount=1000, currency="usd")
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        expand=["latest_invoice.payments"],
    )
    [payment] = subscription.latest_invoice.payments.data
    billed = stripe.PaymentIntent.retrieve(payment.payment.payment_intent)

    setup = stripe.SetupIntent.create()
    for intent in (made, billed, setup):
        assert intent.managed_payments.to_dict() == {"enabled": False}
    for intent in (made, billed):
        assert intent.amount_details.to_dict() == {"tip": {}}
        assert intent["transfer_data"] is None


def test_money_is_captured_after_the_payment_has_succeeded(stripe, pay):
    intent = pay(expand=["latest_charge"])

    succeeded, updated = (
        stripe.Event.list(type=f"charge.{what}").data[0] for what in ("succeeded", "updated")
    )
    charge = stripe.Charge.retrieve(intent.latest_charge.id)
    assert intent.latest_charge.balance_transaction is None
    assert charge.balance_transaction
    assert succeeded.data.object.balance_transaction is None
    assert updated.data.object.balance_transaction == charge.balance_transaction
    assert updated.data.previous_attributes.to_dict() == {"balance_transaction": None}


def test_money_is_captured_at_once_where_that_is_asked_for(stripe, pay):
    pay(capture_method="automatic")

    [succeeded] = stripe.Event.list(type="charge.succeeded").data
    assert succeeded.data.object.balance_transaction
    assert stripe.Event.list(type="charge.updated").data == []


def test_an_authorized_charge_tells_until_when_it_can_be_captured(stripe, pay):
    intent = pay(
        capture_method="manual",
        payment_method_options={"card": {"request_incremental_authorization": "if_available"}},
        expand=["latest_charge"],
    )
    charge = intent.latest_charge
    card = charge.payment_method_details.card

    assert card.capture_before == charge.created + 7 * 86_400
    assert (card.amount_authorized, card.incremental_authorization.status) == (1000, "available")
    assert (card.multicapture.status, card.overcapture.maximum_amount_capturable) == (
        "unavailable",
        1000,
    )
    assert len(card.network_transaction_id) == 15
    stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)
    card = stripe.Charge.retrieve(charge.id).payment_method_details.card
    assert (card.amount_authorized, card.overcapture.maximum_amount_capturable) == (1500, 1500)
    paid = stripe.Charge.retrieve(pay().latest_charge).payment_method_details.card
    assert "capture_before" not in paid


@pytest.mark.parametrize(
    ("card", "hours"), [("pm_card_visa", 4 * 24 + 18), ("pm_card_mastercard", 7 * 24)]
)
def test_what_the_merchant_initiates_is_authorized_for_less_time_by_visa(stripe, card, hours):
    """https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#auth-capture-limitations"""
    customer = stripe.Customer.create(payment_method=card)
    [method] = stripe.Customer.list_payment_methods(customer.id).data

    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        customer=customer.id,
        payment_method=method.id,
        capture_method="manual",
        confirm=True,
        off_session=True,
        expand=["latest_charge"],
    )

    charge = intent.latest_charge
    assert charge.payment_method_details.card.capture_before == charge.created + hours * 3600


@pytest.mark.parametrize(
    ("currency", "allowed", "refused"), [("isk", 500, 550), ("ugx", 500, 501), ("kwd", 5120, 5124)]
)
def test_amounts_have_no_parts_that_a_currency_has_not(stripe, currency, allowed, refused):
    """https://docs.stripe.com/currencies#special-cases"""
    stripe.PaymentIntent.create(amount=allowed, currency=currency)

    with pytest.raises(stripe.InvalidRequestError, match="evenly divisible") as error:
        stripe.PaymentIntent.create(amount=refused, currency=currency)
    assert error.value.param == "amount"


def test_forints_are_paid_out_whole(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="evenly divisible") as error:
        stripe.Payout.create(amount=1050, currency="huf")
    assert error.value.param == "amount"


def test_a_charge_has_a_receipt(stripe, pay):
    by_intent = stripe.Charge.retrieve(pay(description="Seven mugs").latest_charge)
    by_token = stripe.Charge.create(amount=2000, currency="usd", source="tok_visa")

    with urlopen(by_intent.receipt_url) as page:
        shown = page.read().decode()
    assert "$10.00" in shown
    assert "Seven mugs" in shown
    assert by_token.receipt_url.endswith(by_token.id)


def test_a_decline_names_the_intent_and_the_failed_charge(stripe, pay):
    with pytest.raises(stripe.CardError) as declined:
        pay("pm_card_visa_chargeDeclinedInsufficientFunds")

    error = declined.value.error
    assert declined.value.http_status == 402
    assert (error.type, error.code, error.decline_code) == (
        "card_error",
        "card_declined",
        "insufficient_funds",
    )
    assert error.message == "Your card has insufficient funds."
    assert error.advice_code == "try_again_later"
    assert error.payment_method.card.last4 == "9995"
    intent = stripe.PaymentIntent.retrieve(error.payment_intent.id)
    charge = stripe.Charge.retrieve(error.charge)
    assert (intent.status, intent.latest_charge) == ("requires_payment_method", charge.id)
    assert intent.last_payment_error.decline_code == "insufficient_funds"
    assert intent.last_payment_error.payment_method_type == "card"
    assert intent.last_payment_error.payment_method.id == error.payment_method.id
    assert (charge.status, charge.failure_code, charge.paid) == ("failed", "card_declined", False)
    assert charge.outcome.type == "issuer_declined"


@pytest.mark.parametrize(
    ("card", "network_decline_code", "seller_message"),
    [
        (
            "pm_card_visa_chargeDeclined",
            "01",
            "The bank did not return any further details with this decline.",
        ),
        (
            "pm_card_visa_chargeDeclinedStolenCard",
            None,
            "The bank returned the decline code `stolen_card`.",
        ),
    ],
)
def test_what_the_network_said_is_in_the_error_and_in_the_charge(
    stripe, pay, card, network_decline_code, seller_message
):
    with pytest.raises(stripe.CardError) as declined:
        pay(card)

    error = declined.value.error
    charge = stripe.Charge.retrieve(error.charge)
    kept = error.payment_intent.last_payment_error
    assert error.network_decline_code == network_decline_code
    assert kept.to_dict().get("network_decline_code") == network_decline_code
    assert charge.outcome.network_decline_code == network_decline_code
    assert charge.outcome.seller_message == seller_message


def test_an_intent_can_be_confirmed_later(stripe):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="usd", automatic_payment_methods=NO_REDIRECTS
    )

    confirmed = stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa")

    assert (intent.status, confirmed.status) == ("requires_payment_method", "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.PaymentIntent.confirm(intent.id)
    assert again.value.code == "payment_intent_unexpected_state"
    assert again.value.error.payment_intent.id == intent.id


@pytest.mark.parametrize(
    ("method", "capture", "status"),
    [
        ("pm_card_visa", "automatic", "succeeded"),
        ("pm_card_visa", "manual", "requires_capture"),
        ("pm_card_authenticationRequired", "automatic", "requires_action"),
    ],
)
def test_a_declined_payment_that_goes_on_has_no_error_any_more(stripe, method, capture, status):
    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        automatic_payment_methods=NO_REDIRECTS,
        capture_method=capture,
    )
    with pytest.raises(stripe.CardError):
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_chargeDeclined")

    intent = stripe.PaymentIntent.confirm(intent.id, payment_method=method)

    assert (intent.status, intent.last_payment_error) == (status, None)


def test_a_customer_who_is_there_needs_no_confirmation(stripe):
    intent = stripe.PaymentIntent.create(amount=4200, currency="usd", off_session=False)
    assert intent.status == "requires_payment_method"

    with pytest.raises(stripe.InvalidRequestError, match="when `confirm` is set to `true`"):
        stripe.PaymentIntent.create(amount=4200, currency="usd", off_session=True)


def test_an_intent_that_is_changed_forgets_its_error(stripe):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="usd", automatic_payment_methods=NO_REDIRECTS
    )
    with pytest.raises(stripe.CardError):
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_chargeDeclined")

    changed = stripe.PaymentIntent.modify(intent.id, metadata={"order": "1"})

    assert (changed.status, changed.last_payment_error) == ("requires_payment_method", None)


def test_what_is_told_of_a_payment_can_be_changed_after_it(stripe, pay):
    intent = pay()

    told = stripe.PaymentIntent.modify(intent.id, metadata={"order": "7"}, description="Seven")

    assert (told.metadata.order, told.description, told.status) == ("7", "Seven", "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.modify(intent.id, amount=2000)
    assert (refused.value.code, refused.value.param) == (
        "payment_intent_unexpected_state",
        "amount",
    )
    assert refused.value.user_message == (
        "This PaymentIntent's amount could not be updated because it has a status of succeeded. You may only update the "
        "amount of a PaymentIntent with one of the following statuses: requires_payment_method, requires_confirmation, "
        "requires_action."
    )


def test_what_is_told_of_a_setup_can_be_changed_after_it(stripe):
    setup = stripe.SetupIntent.create(
        payment_method="pm_card_visa", confirm=True, automatic_payment_methods=NO_REDIRECTS
    )

    told = stripe.SetupIntent.modify(setup.id, metadata={"order": "7"})

    assert told.metadata.order == "7"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.SetupIntent.modify(setup.id, payment_method="pm_card_visa")
    assert refused.value.code == "setup_intent_unexpected_state"


def test_what_was_only_authorized_is_canceled_and_not_refunded(stripe, pay):
    intent = pay(capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError, match="cancel the PaymentIntent") as refused:
        stripe.Refund.create(payment_intent=intent.id)

    assert (refused.value.code, refused.value.param) == (None, None)


def test_what_is_over_says_when_it_could_have_been_canceled(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.cancel(pay().id)

    assert refused.value.user_message == (
        "You cannot cancel this PaymentIntent because it has a status of succeeded. Only a PaymentIntent with one of the "
        "following statuses may be canceled: requires_payment_method, requires_capture, requires_reauthorization, "
        "requires_confirmation, requires_action, expired, processing."
    )


def test_what_was_canceled_takes_no_other_card(stripe):
    intent = stripe.PaymentIntent.create(amount=1000, currency="usd")
    stripe.PaymentIntent.cancel(intent.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.confirm(intent.id, payment_method="pm_card_visa")

    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.user_message.startswith(
        "This PaymentIntent's payment_method could not be updated because it has a status of canceled."
    )


def test_an_intent_tells_the_options_of_its_types(stripe):
    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        allowed_payment_method_types=["card", "us_bank_account"],
        payment_method_options={"card": {"request_three_d_secure": "any"}},
    )

    assert intent.payment_method_options.card.to_dict() == {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "any",
    }
    assert intent.payment_method_options.us_bank_account.verification_method == "automatic"
    assert intent.amount_details.to_dict() == {"tip": {}}


@pytest.mark.parametrize("name", ["ExpiredCard", "IncorrectCvc"])
def test_a_mistake_in_a_card_is_to_be_confirmed(stripe, pay, name):
    with pytest.raises(stripe.CardError) as declined:
        pay(f"pm_card_chargeDeclined{name}")

    assert declined.value.error.advice_code == "confirm_card_data"


def test_redirects_need_a_return_url(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        stripe.PaymentIntent.create(
            amount=1000, currency="usd", payment_method="pm_card_visa", confirm=True
        )


@pytest.mark.parametrize("make", ["PaymentIntent", "SetupIntent"])
def test_payment_method_types_can_no_longer_be_written(stripe, make):
    terms = {"amount": 1000, "currency": "usd"} if make == "PaymentIntent" else {}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(stripe, make).create(payment_method_types=["card"], **terms)
    allowed = getattr(stripe, make).create(allowed_payment_method_types=["card"], **terms)

    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        "payment_method_types_no_longer_supported",
        "payment_method_types",
    )
    assert allowed.payment_method_types == ["card"]


@pytest.mark.parametrize(
    ("method", "currency", "most"),
    [
        ({"payment_method": "pm_card_visa"}, "usd", 999_999_999_999),
        ({"payment_method": "pm_card_amex"}, "usd", 999_999_999),
        ({"payment_method_data": {"type": "klarna"}}, "usd", 99_999_999),
        ({"payment_method_data": {"type": "upi"}}, "inr", 999_999_999),
    ],
)
def test_how_much_can_be_paid_depends_on_the_method(stripe, method, currency, most):
    terms = {"currency": currency, "confirm": True, "return_url": "https://shop.example/", **method}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(amount=most + 1, **terms)

    assert refused.value.code == "amount_too_large"
    paid = stripe.PaymentIntent.create(amount=most, **terms)
    assert paid.status in ("succeeded", "requires_action")


@pytest.mark.parametrize(
    ("terms", "code", "param"),
    [
        ({"currency": "usd"}, "parameter_missing", "amount"),
        ({"amount": 1000}, "parameter_missing", "currency"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small", "amount"),
        ({"amount": 10**12, "currency": "usd"}, "amount_too_large", "amount"),
        ({"amount": 49, "currency": "krw"}, "amount_too_small", "amount"),
        ({"amount": "ten", "currency": "usd"}, "parameter_invalid_integer", "amount"),
        ({"amount": 1000, "currency": "dollars"}, None, "currency"),
        ({"amount": 1000, "currency": "usd", "customer": "cus_0"}, "resource_missing", "customer"),
        (
            {"amount": 1000, "currency": "usd", "payment_method": "pm_0"},
            "resource_missing",
            "payment_method",
        ),
    ],
)
def test_what_is_wrong_with_a_payment_is_named(stripe, terms, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(**terms)

    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        code,
        param,
    )
    assert stripe.PaymentIntent.list().data == []


def test_an_authorization_is_captured_later_in_part(stripe, pay):
    intent = pay(capture_method="manual")

    captured = stripe.PaymentIntent.capture(intent.id, amount_to_capture=400)

    assert (intent.status, intent.amount_capturable) == ("requires_capture", 1000)
    assert (captured.status, captured.amount_received) == ("succeeded", 400)
    assert stripe.Charge.retrieve(intent.latest_charge).amount_captured == 400


def test_more_can_be_authorized_where_that_was_asked_for(stripe, pay):
    asked = {"card": {"request_incremental_authorization": "if_available"}}
    intent = pay(capture_method="manual", payment_method_options=asked)
    other = pay(capture_method="manual")

    more = stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)
    with pytest.raises(stripe.InvalidRequestError, match="greater than what is authorized"):
        stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)
    with pytest.raises(stripe.InvalidRequestError, match="does not support"):
        stripe.PaymentIntent.increment_authorization(other.id, amount=1500)
    captured = stripe.PaymentIntent.capture(intent.id)
    with pytest.raises(stripe.InvalidRequestError) as late:
        stripe.PaymentIntent.increment_authorization(intent.id, amount=2000)

    assert (more.status, more.amount, more.amount_capturable) == ("requires_capture", 1500, 1500)
    assert captured.amount_received == 1500
    assert stripe.Charge.retrieve(intent.latest_charge).amount_captured == 1500
    assert late.value.code == "payment_intent_unexpected_state"


def test_an_open_payment_can_be_canceled(stripe):
    intent = stripe.PaymentIntent.create(amount=1000, currency="usd")

    canceled = stripe.PaymentIntent.cancel(intent.id, cancellation_reason="abandoned")

    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    with pytest.raises(stripe.InvalidRequestError, match="status of canceled"):
        stripe.PaymentIntent.cancel(intent.id)


def test_a_card_that_was_paid_with_and_not_saved_is_spent(stripe, pay):
    method = stripe.PaymentMethod.create(type="card", card={"token": "tok_visa"})
    pay(method.id)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        pay(method.id)


def test_a_card_can_be_saved_while_paying(stripe, pay):
    customer = stripe.Customer.create()

    intent = pay(customer=customer.id, setup_future_usage="off_session")
    again = pay(intent.payment_method, customer=customer.id, off_session=True)

    assert stripe.PaymentMethod.retrieve(intent.payment_method).customer == customer.id
    assert again.status == "succeeded"


def test_a_card_that_wants_authentication_asks_for_an_action(stripe, pay):
    intent = pay("pm_card_authenticationRequired")

    assert (intent.status, intent.latest_charge) == ("requires_action", None)
    assert intent.next_action.type == "use_stripe_sdk"


def test_off_session_nobody_can_authenticate(stripe, pay):
    customer = stripe.Customer.create(payment_method="pm_card_authenticationRequired")
    [method] = stripe.PaymentMethod.list(customer=customer.id).data

    with pytest.raises(stripe.CardError) as declined:
        pay(method.id, customer=customer.id, off_session=True)

    assert declined.value.code == "authentication_required"
    assert declined.value.error.payment_intent.status == "requires_payment_method"


# Charges, the older way


def test_a_token_can_be_charged(stripe):
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa")

    assert (charge.status, charge.paid, charge.payment_intent) == ("succeeded", True, None)
    assert (charge.source.object, charge.source.last4) == ("card", "4242")


def test_a_customers_source_can_be_charged(stripe):
    customer = stripe.Customer.create(source="tok_visa")

    charge = stripe.Charge.create(amount=1000, currency="usd", customer=customer.id)

    assert (charge.customer, charge.payment_method) == (customer.id, customer.default_source)


def test_a_customer_without_a_source_cannot_be_charged(stripe):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.CardError, match="saved payment details") as refused:
        stripe.Charge.create(amount=1000, currency="usd", customer=customer.id)

    assert (refused.value.code, refused.value.param) == ("missing", "card")


def test_a_declined_token_leaves_a_failed_charge(stripe):
    with pytest.raises(stripe.CardError) as declined:
        stripe.Charge.create(amount=1000, currency="usd", source="tok_chargeDeclined")

    assert stripe.Charge.retrieve(declined.value.error.charge).status == "failed"


def test_a_charge_can_be_captured_later(stripe):
    charge = stripe.Charge.create(amount=1000, currency="usd", source="tok_visa", capture=False)

    captured = stripe.Charge.capture(charge.id)

    assert (charge.captured, captured.captured, captured.amount_captured) == (False, True, 1000)


# Refunds


def test_a_payment_is_refunded_in_parts(stripe, pay):
    intent = pay()

    part = stripe.Refund.create(payment_intent=intent.id, amount=300)
    after_part = stripe.Charge.retrieve(intent.latest_charge)
    rest = stripe.Refund.create(charge=intent.latest_charge)
    after_all = stripe.Charge.retrieve(intent.latest_charge, expand=["refunds"])

    assert (part.status, part.amount, part.charge) == ("succeeded", 300, intent.latest_charge)
    assert (after_part.amount_refunded, after_part.refunded) == (300, False)
    assert rest.amount == 700
    assert (after_all.amount_refunded, after_all.refunded) == (1000, True)
    assert [refund.id for refund in after_all.refunds.data] == [rest.id, part.id]
    assert [refund.id for refund in stripe.Refund.list(charge=intent.latest_charge)] == [
        rest.id,
        part.id,
    ]


def test_a_refund_takes_money_from_the_balance(stripe, pay):
    refund = stripe.Refund.create(payment_intent=pay().id, expand=["balance_transaction"])

    assert (refund.balance_transaction.type, refund.balance_transaction.amount) == (
        "refund",
        -1000,
    )


def test_more_than_was_paid_cannot_be_refunded(stripe, pay):
    intent = pay()

    with pytest.raises(stripe.InvalidRequestError) as too_much:
        stripe.Refund.create(payment_intent=intent.id, amount=1001)
    stripe.Refund.create(payment_intent=intent.id)
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.Refund.create(payment_intent=intent.id)

    assert too_much.value.user_message == (
        "Refund amount ($10.01) is greater than charge amount ($10.00)"
    )
    assert again.value.code == "charge_already_refunded"
    assert again.value.user_message == (f"Charge {intent.latest_charge} has already been refunded.")


def test_what_was_not_paid_cannot_be_refunded(stripe):
    intent = stripe.PaymentIntent.create(amount=1000, currency="usd")

    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        stripe.Refund.create(payment_intent=intent.id)
    with pytest.raises(stripe.InvalidRequestError) as missing:
        stripe.Refund.create(charge="ch_none")

    assert (missing.value.code, missing.value.param) == ("resource_missing", "id")


# Setup intents


def test_a_card_is_saved_without_a_payment(stripe):
    customer = stripe.Customer.create()

    intent = stripe.SetupIntent.create(
        customer=customer.id,
        payment_method="pm_card_visa",
        automatic_payment_methods=NO_REDIRECTS,
        confirm=True,
        expand=["latest_attempt"],
    )

    assert (intent.status, intent.usage) == ("succeeded", "off_session")
    assert (intent.latest_attempt.status, intent.latest_attempt.setup_intent) == (
        "succeeded",
        intent.id,
    )
    assert stripe.PaymentMethod.retrieve(intent.payment_method).customer == customer.id


def test_a_browser_saves_a_card(stripe, browser):
    customer = stripe.Customer.create()
    intent = stripe.SetupIntent.create(customer=customer.id)
    card = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2040, "cvc": "314"}

    confirmed = browser.v1.setup_intents.confirm(
        intent.id,
        {
            "client_secret": intent.client_secret,
            "payment_method_data": {"type": "card", "card": card},
        },
    )

    assert (intent.status, confirmed.status) == ("requires_payment_method", "succeeded")
    [saved] = stripe.PaymentMethod.list(customer=customer.id).data
    assert (saved.id, saved.card.exp_year) == (confirmed.payment_method, 2040)


def test_what_is_said_when_a_setup_is_confirmed_is_kept(stripe):
    intent = stripe.SetupIntent.create(
        metadata={"order": "7"},
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        automatic_payment_methods=NO_REDIRECTS,
    )

    confirmed = stripe.SetupIntent.confirm(
        intent.id,
        payment_method="pm_card_visa",
        allowed_payment_method_types=["card"],
        payment_method_options={"card": {"request_three_d_secure": "any"}},
    )

    kept = stripe.SetupIntent.retrieve(intent.id)
    for shown in (confirmed, kept):
        assert shown.status == "succeeded"
        assert shown.allowed_payment_method_types == ["card"]
        assert shown.payment_method_options.card.request_three_d_secure == "any"
        assert shown.metadata.to_dict() == {"order": "7"}


def test_a_declined_card_is_not_saved(stripe):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.CardError) as declined:
        stripe.SetupIntent.create(
            customer=customer.id,
            payment_method="pm_card_visa_chargeDeclined",
            automatic_payment_methods=NO_REDIRECTS,
            confirm=True,
        )

    intent = stripe.SetupIntent.retrieve(declined.value.error.setup_intent.id)
    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
    assert (intent.status, intent.last_setup_error.code) == (
        "requires_payment_method",
        "card_declined",
    )
    assert stripe.PaymentMethod.list(customer=customer.id).data == []


def test_a_setup_intent_is_canceled_once(stripe):
    intent = stripe.SetupIntent.create()

    canceled = stripe.SetupIntent.cancel(intent.id)

    assert canceled.status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as again:
        stripe.SetupIntent.cancel(intent.id)
    assert again.value.code == "setup_intent_unexpected_state"
    assert again.value.error.setup_intent.id == intent.id


def test_a_setup_intent_needs_a_payment_method(stripe):
    with pytest.raises(stripe.InvalidRequestError, match="missing a payment method"):
        stripe.SetupIntent.create(confirm=True, automatic_payment_methods=NO_REDIRECTS)

    assert stripe.SetupIntent.list().data == []


# Invoices made by hand


def test_an_invoice_is_made_finalized_and_paid(stripe, customer):
    draft = stripe.Invoice.create(customer=customer.id)
    stripe.InvoiceItem.create(
        customer=customer.id, invoice=draft.id, amount=700, currency="usd", description="Work"
    )
    opened = stripe.Invoice.finalize_invoice(draft.id)

    paid = stripe.Invoice.pay(draft.id)

    assert (draft.status, draft.number, draft.metadata.to_dict()) == ("draft", None, {})
    assert (opened.status, opened.total, opened.amount_remaining) == ("open", 700, 700)
    assert opened.number.endswith("-0001")
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    assert [line.description for line in paid.lines] == ["Work"]


def test_pending_items_are_left_out_unless_they_are_asked_for(stripe, customer):
    stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd")

    without = stripe.Invoice.create(customer=customer.id)
    with_them = stripe.Invoice.create(
        customer=customer.id, pending_invoice_items_behavior="include"
    )

    assert (without.total, with_them.total) == (0, 700)


def test_an_item_can_be_described_in_place(stripe, customer, team_price):
    item = stripe.InvoiceItem.create(
        customer=customer.id,
        quantity=3,
        price_data={"currency": "usd", "product": team_price.product, "unit_amount": 250},
    )
    changed = stripe.InvoiceItem.modify(item.id, quantity=4)

    assert (item.amount, changed.amount) == (750, 1000)


def test_an_open_invoice_is_voided_or_given_up(stripe, customer):
    def open_invoice():
        stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd")
        draft = stripe.Invoice.create(
            customer=customer.id, pending_invoice_items_behavior="include"
        )
        return stripe.Invoice.finalize_invoice(draft.id)

    voided = stripe.Invoice.void_invoice(open_invoice().id)
    given_up = stripe.Invoice.mark_uncollectible(open_invoice().id)

    assert (voided.status, given_up.status) == ("void", "uncollectible")
    with pytest.raises(stripe.InvalidRequestError):
        stripe.Invoice.pay(voided.id)
    assert stripe.Invoice.pay(given_up.id).status == "paid"


def test_a_finalized_invoice_is_fixed(stripe, customer):
    draft = stripe.Invoice.create(customer=customer.id)
    stripe.InvoiceItem.create(customer=customer.id, invoice=draft.id, amount=700, currency="usd")
    stripe.Invoice.finalize_invoice(draft.id)

    with pytest.raises(stripe.InvalidRequestError, match="can't re-finalize"):
        stripe.Invoice.finalize_invoice(draft.id)
    with pytest.raises(stripe.InvalidRequestError, match="can't be updated in this way"):
        stripe.Invoice.modify(draft.id, days_until_due=3)
    with pytest.raises(stripe.InvalidRequestError) as adding:
        stripe.InvoiceItem.create(customer=customer.id, invoice=draft.id, amount=1, currency="usd")
    noted = stripe.Invoice.modify(draft.id, metadata={"seen": "yes"})

    assert adding.value.code == "invoice_not_editable"
    assert noted.metadata.seen == "yes"


def test_an_invoice_can_be_sent(stripe, customer):
    stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd")
    draft = stripe.Invoice.create(
        customer=customer.id,
        collection_method="send_invoice",
        days_until_due=30,
        pending_invoice_items_behavior="include",
    )

    sent = stripe.Invoice.send_invoice(draft.id)

    assert (sent.status, sent.due_date) == ("open", draft.created + 30 * 86_400)


def test_credit_pays_before_the_card_does(stripe, customer):
    stripe.Customer.modify(customer.id, balance=-500)
    stripe.InvoiceItem.create(customer=customer.id, amount=700, currency="usd")
    draft = stripe.Invoice.create(customer=customer.id, pending_invoice_items_behavior="include")

    paid = stripe.Invoice.pay(draft.id)

    assert (paid.total, paid.amount_paid, paid.starting_balance, paid.ending_balance) == (
        700,
        200,
        -500,
        0,
    )
    assert stripe.Customer.retrieve(customer.id).balance == 0


def test_invoices_are_listed_by_what_they_are(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )
    draft = stripe.Invoice.create(customer=customer.id)

    def ids(**filters):
        return [invoice.id for invoice in stripe.Invoice.list(**filters)]

    assert ids(status="draft") == [draft.id]
    assert ids(status="paid") == ids(subscription=subscription.id) == [subscription.latest_invoice]
    assert ids(customer=customer.id) == [draft.id, subscription.latest_invoice]
    assert ids(created={"lt": draft.created - 100}) == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        stripe.Invoice.list(customer="cus_none")


# What a statement shows


CARD_DESCRIPTOR = (
    "The statement_descriptor parameter is not supported for the payment_method_type `card`. "
)


@pytest.mark.parametrize(
    "terms",
    [
        {"allowed_payment_method_types": ["card", "link"]},
        {"payment_method": "pm_card_visa", "confirm": True},
    ],
)
def test_a_card_payment_has_no_descriptor_of_its_own(stripe, terms):
    if "confirm" in terms:
        terms = {**terms, "automatic_payment_methods": NO_REDIRECTS}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(
            amount=1000, currency="usd", statement_descriptor="Rocket Rides", **terms
        )

    assert refused.value.param == "statement_descriptor"
    assert refused.value.user_message.startswith(CARD_DESCRIPTOR)
    assert stripe.PaymentIntent.list().data == []


def test_a_card_payment_is_captured_with_a_suffix_at_most(stripe, pay):
    intent = pay(capture_method="manual")

    with pytest.raises(stripe.InvalidRequestError) as refused:
        intent.capture(statement_descriptor="Rocket Rides")
    captured = stripe.PaymentIntent.retrieve(intent.id).capture(
        statement_descriptor_suffix="Ride 5"
    )

    assert refused.value.user_message.startswith(CARD_DESCRIPTOR)
    assert captured.statement_descriptor_suffix == "Ride 5"
    assert stripe.Charge.retrieve(captured.latest_charge).statement_descriptor_suffix == "Ride 5"


def test_a_card_without_funds_that_was_set_up_says_so_off_session(stripe):
    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentIntent.create(
            amount=1000,
            currency="usd",
            payment_method="pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            confirm=True,
            off_session=True,
        )

    assert declined.value.error.decline_code == "insufficient_funds"


def test_what_is_paid_with_is_said_once(stripe):
    card = {"type": "card", "card": {"token": "tok_visa"}}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.create(
            amount=1000, currency="usd", payment_method="pm_card_visa", payment_method_data=card
        )

    assert refused.value.user_message == (
        "You may only specify one of these parameters: payment_method, payment_method_data."
    )
