"""Payments with a card reader. With the SDK, which drives the reader through the API, as a shop's server does."""

import pytest

ADDRESS = {
    "line1": "1234 Main Street",
    "city": "San Francisco",
    "postal_code": "94111",
    "state": "CA",
    "country": "US",
}


@pytest.fixture
def reader(stripe):
    """A simulated reader in a shop."""
    location = stripe.terminal.Location.create(display_name="My First Store", address=ADDRESS)
    return stripe.terminal.Reader.create(
        registration_code="simulated-wpe", label="Blue Rabbit", location=location.id
    )


@pytest.fixture
def intent(stripe):
    """A payment of ten dollars that waits for a card."""
    return stripe.PaymentIntent.create(
        amount=1000, currency="usd", allowed_payment_method_types=["card_present"]
    )


@pytest.fixture
def present(stripe, reader):
    """Holds a card to the reader."""

    def present(number=None, **terms):
        card = {"card_present": {"number": number}} if number else {}
        return stripe.terminal.Reader.TestHelpers.present_payment_method(
            reader.id, type="card_present", **card, **terms
        )

    return present


def event_types(stripe, *types):
    """The types of the events that there are of these, the oldest first."""
    return [each.type for each in stripe.Event.list(types=types, limit=100).data][::-1]


def test_a_simulated_reader_is_registered_by_its_code(stripe, reader):
    found = stripe.terminal.Reader.list(device_type="simulated_wisepos_e", location=reader.location)

    assert [each.id for each in found.data] == [reader.id]
    assert (reader.label, reader.status, reader.action) == ("Blue Rabbit", "online", None)
    assert reader.serial_number
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.terminal.Reader.create(registration_code="simulated-abacus")
    assert refused.value.param == "registration_code"


@pytest.mark.parametrize("lacking", ["address", "display_name"])
def test_a_location_has_an_address_and_a_name(stripe, lacking):
    terms = {"display_name": "My First Store", "address": ADDRESS}
    del terms[lacking]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.terminal.Location.create(**terms)

    assert (refused.value.code, refused.value.param) == ("parameter_missing", lacking)


def test_a_presented_card_pays(stripe, reader, intent, present):
    waiting = stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    done = present()

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge", "payment_method"])
    details = paid.latest_charge.payment_method_details
    assert (waiting.action.type, waiting.action.status) == ("process_payment_intent", "in_progress")
    assert waiting.action.process_payment_intent.payment_intent == intent.id
    assert (done.action.status, done.action.failure_code) == ("succeeded", None)
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    assert (paid.payment_method.type, paid.payment_method.card_present.last4) == ("card_present", "4242")  # fmt: skip
    assert (details.type, details.card_present.reader) == ("card_present", reader.id)
    assert details.card_present.receipt.dedicated_file_name
    assert "terminal.reader.action_succeeded" in event_types(stripe, "terminal.reader.action_succeeded")  # fmt: skip
    assert event_types(stripe, "payment_intent.succeeded") == ["payment_intent.succeeded"]


@pytest.mark.parametrize(
    "terms",
    [
        {"capture_method": "manual"},
        {"payment_method_options": {"card_present": {"capture_method": "manual_preferred"}}},
    ],
)
def test_money_can_be_authorized_now_and_captured_later(stripe, reader, present, terms):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="usd", allowed_payment_method_types=["card_present"], **terms
    )
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present()

    authorized = stripe.PaymentIntent.retrieve(intent.id)
    captured = stripe.PaymentIntent.capture(intent.id)

    assert (authorized.status, authorized.amount_capturable) == ("requires_capture", 1000)
    assert captured.status == "succeeded"


@pytest.mark.parametrize(
    ("number", "extended", "days"),
    [
        ("4242424242424242", False, 4.75),
        ("5555555555554444", False, 2),
        ("4242424242424242", True, 29.75),
        ("5555555555554444", True, 30),
    ],
)
def test_a_presented_card_is_held_for_a_time_of_its_own(
    stripe, reader, present, number, extended, days
):
    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        allowed_payment_method_types=["card_present"],
        capture_method="manual",
        payment_method_options={"card_present": {"request_extended_authorization": extended}},
    )
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present(number)

    held = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"]).latest_charge

    until = held.payment_method_details.card_present.capture_before
    assert until - held.created == days * 86_400


def test_a_decline_is_the_failure_of_the_action(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    done = present("4000000000009995")

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert (done.action.status, done.action.failure_code) == ("failed", "card_declined")
    assert done.action.api_error.decline_code == "insufficient_funds"
    assert (failed.status, failed.last_payment_error.charge) == ("requires_payment_method", done.action.api_error.charge)  # fmt: skip
    assert event_types(stripe, "terminal.reader.action_failed") == ["terminal.reader.action_failed"]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (1001, "call_issuer"),
        (1005, "generic_decline"),
        (1055, "incorrect_pin"),
        (1060, "online_or_offline_pin_required"),
        (1065, "withdrawal_count_limit_exceeded"),
        (1075, "pin_try_exceeded"),
    ],
)
def test_the_last_digits_of_an_amount_decline_it(stripe, reader, present, amount, reason):
    payment = stripe.PaymentIntent.create(
        amount=amount, currency="usd", allowed_payment_method_types=["card_present"]
    )
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=payment.id)

    done = present()

    assert (done.action.status, done.action.failure_code) == ("failed", "card_declined")
    error = stripe.PaymentIntent.retrieve(payment.id).last_payment_error
    assert error.decline_code == reason


@pytest.mark.parametrize(
    ("number", "verified"),
    [
        ("4242424242424242", "approval"),
        ("4001007020000002", "offline_pin"),
        ("4000008260000075", "offline_pin"),
        ("4001000360000005", "online_pin"),
        ("4000002760000008", "online_pin"),
    ],
)
def test_a_receipt_says_that_a_pin_was_entered(stripe, reader, intent, present, number, verified):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present(number)

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])

    receipt = paid.latest_charge.payment_method_details.card_present.receipt
    assert receipt.cardholder_verification_method == verified


def test_a_tip_is_paid_too(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    present(amount_tip=150)

    paid = stripe.PaymentIntent.retrieve(intent.id)
    assert (paid.amount, paid.amount_received, paid.amount_details.tip.amount) == (1150, 1150, 150)


def test_a_card_can_be_collected_first_and_charged_later(stripe, reader, intent, present):
    stripe.terminal.Reader.collect_payment_method(reader.id, payment_intent=intent.id)
    collected = present()
    between = stripe.PaymentIntent.retrieve(intent.id)

    told = stripe.terminal.Reader.confirm_payment_intent(reader.id, payment_intent=intent.id)

    method = collected.action.collect_payment_method.payment_method
    assert (between.status, between.payment_method) == ("requires_confirmation", method.id)
    assert method.card_present.last4 == "4242"
    assert told.action.status == "in_progress"
    assert stripe.terminal.Reader.retrieve(reader.id).action.status == "succeeded"
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"


def test_an_intent_that_is_paid_is_not_processed_again(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    assert refused.value.code == "intent_invalid_state"


def test_an_intent_for_cards_on_the_web_is_not_processed(stripe, reader):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="usd", allowed_payment_method_types=["card"]
    )

    with pytest.raises(stripe.InvalidRequestError, match="card_present"):
        stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)


def test_what_has_not_begun_can_be_canceled(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    canceled = stripe.terminal.Reader.cancel_action(reader.id)

    assert canceled.action is None
    with pytest.raises(stripe.InvalidRequestError):
        present()
    assert stripe.PaymentIntent.retrieve(intent.id).status == "requires_payment_method"


def test_only_numbers_of_test_cards_are_presented(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        present("4111111111111112")

    assert refused.value.param == "card_present[number]"


def test_interac_pays_at_once(stripe, reader):
    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="cad",
        allowed_payment_method_types=["card_present", "interac_present"],
        capture_method="manual",
    )
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    stripe.terminal.Reader.TestHelpers.present_payment_method(
        reader.id, type="interac_present", interac_present={"number": "4506445006931933"}
    )

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    details = paid.latest_charge.payment_method_details
    assert (paid.status, details.type) == ("succeeded", "interac_present")
    assert (details.interac_present.brand, details.interac_present.receipt.account_type) == ("interac", "checking")  # fmt: skip


def test_a_card_number_can_be_typed(stripe, reader, intent):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    stripe.terminal.Reader.TestHelpers.present_payment_method(
        reader.id,
        type="card",
        card={"number": "5555555555554444", "exp_month": 5, "exp_year": 2040, "cvc": "123"},
    )

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["payment_method", "latest_charge"])
    card = paid.payment_method.card
    assert (paid.status, card.brand) == ("succeeded", "mastercard")
    assert (card.exp_month, card.exp_year, card.checks.cvc_check) == (5, 2040, "unchecked")
    assert paid.latest_charge.payment_method_details.card.checks.cvc_check == "pass"
    assert paid.latest_charge.payment_method_details.card.exp_month == 5


def test_no_bank_asks_who_holds_the_card(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    assert present("4000002500003155").action.status == "succeeded"


# Saving


def test_a_payment_can_save_a_card_that_is_charged_again(stripe, reader, customer, present):
    intent = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        allowed_payment_method_types=["card_present"],
        customer=customer.id,
        setup_future_usage="off_session",
    )
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present()

    charge = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"]).latest_charge
    saved = stripe.PaymentMethod.retrieve(charge.payment_method_details.card_present.generated_card)

    assert (saved.type, saved.customer) == ("card", customer.id)
    assert saved.card.generated_from.charge == charge.id
    again = stripe.PaymentIntent.create(
        amount=500,
        currency="usd",
        customer=customer.id,
        payment_method=saved.id,
        off_session=True,
        confirm=True,
    )
    assert again.status == "succeeded"


def test_a_card_can_be_saved_without_a_payment(stripe, reader, customer, present):
    intent = stripe.SetupIntent.create(
        customer=customer.id, allowed_payment_method_types=["card_present"]
    )
    stripe.terminal.Reader.process_setup_intent(
        reader.id, setup_intent=intent.id, allow_redisplay="always"
    )

    done = present()

    generated = done.action.process_setup_intent.generated_card
    setup = stripe.SetupIntent.retrieve(intent.id, expand=["latest_attempt"])
    assert (done.action.status, setup.status) == ("succeeded", "succeeded")
    assert setup.latest_attempt.payment_method_details.card_present.generated_card == generated
    assert stripe.PaymentMethod.retrieve(generated).customer == customer.id
    with pytest.raises(stripe.InvalidRequestError):
        stripe.PaymentMethod.attach(setup.payment_method, customer=customer.id)


def test_a_card_that_is_declined_is_not_saved(stripe, reader, customer, present):
    intent = stripe.SetupIntent.create(
        customer=customer.id, allowed_payment_method_types=["card_present"]
    )
    stripe.terminal.Reader.process_setup_intent(
        reader.id, setup_intent=intent.id, allow_redisplay="always"
    )

    done = present("4000000000000002")

    setup = stripe.SetupIntent.retrieve(intent.id)
    assert (done.action.status, done.action.failure_code) == ("failed", "card_declined")
    assert (setup.status, setup.last_setup_error.code) == ("requires_payment_method", "card_declined")  # fmt: skip


# Other things that a reader does


def test_a_card_gets_its_money_back_at_the_reader(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)
    present()
    told = stripe.terminal.Reader.refund_payment(
        reader.id, payment_intent=intent.id, amount=400, metadata={"order": "7"}
    )
    before = stripe.Refund.list(payment_intent=intent.id).data

    done = present()

    refund = stripe.Refund.retrieve(done.action.refund_payment.refund)
    assert (told.action.status, told.action.refund_payment.amount, before) == ("in_progress", 400, [])  # fmt: skip
    assert (refund.amount, refund.status, refund.payment_intent) == (400, "succeeded", intent.id)
    assert refund.metadata.to_dict() == {"order": "7"}
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        stripe.terminal.Reader.refund_payment(reader.id, payment_intent=intent.id, amount=601)


def test_a_cart_is_shown_at_once(stripe, reader):
    told = stripe.terminal.Reader.set_reader_display(
        reader.id,
        type="cart",
        cart={
            "currency": "usd",
            "line_items": [{"amount": 500, "description": "Caramel latte", "quantity": 1}],
            "total": 500,
        },
    )

    shown = stripe.terminal.Reader.retrieve(reader.id).action
    assert told.action.set_reader_display.cart.line_items[0].description == "Caramel latte"
    assert (told.action.status, shown.status) == ("in_progress", "succeeded")


@pytest.fixture
def asked(stripe, reader):
    """The reader asks for a name, which has to be given, and for a choice, which has not."""
    return stripe.terminal.Reader.collect_inputs(
        reader.id,
        inputs=[
            {"type": "text", "custom_text": {"title": "Your name"}, "required": True},
            {
                "type": "selection",
                "custom_text": {"title": "Where?"},
                "selection": {"choices": [{"id": "here", "text": "Here"}]},
                "toggles": [{"title": "News", "default_value": "enabled"}],
            },
        ],
    )


@pytest.mark.parametrize(("skip", "chosen"), [("none", "here"), ("all", None)])
def test_the_customer_answers_what_the_reader_asks(stripe, reader, asked, skip, chosen):
    done = stripe.terminal.Reader.TestHelpers.succeed_input_collection(
        reader.id, skip_non_required_inputs=skip
    )

    name, place = done.action.collect_inputs.inputs
    assert asked.action.collect_inputs.inputs[0].text.value is None
    assert (done.action.status, name.skipped, place.skipped) == ("succeeded", False, skip == "all")
    assert name.text.value
    assert (place.selection.id, place.toggles[0].value) == (chosen, "enabled" if chosen else None)


def test_a_signature_is_a_picture(stripe, reader):
    stripe.terminal.Reader.collect_inputs(
        reader.id, inputs=[{"type": "signature", "custom_text": {"title": "Sign here"}}]
    )

    done = stripe.terminal.Reader.TestHelpers.succeed_input_collection(reader.id)

    file = stripe.File.retrieve(done.action.collect_inputs.inputs[0].signature.value)
    assert (file.type, file.purpose) == ("png", "customer_signature")


def test_the_customer_may_not_answer(stripe, reader, asked):
    done = stripe.terminal.Reader.TestHelpers.timeout_input_collection(reader.id)

    assert (done.action.status, bool(done.action.failure_code)) == ("failed", True)


def test_an_account_has_a_default_configuration(stripe):
    [default] = stripe.terminal.Configuration.list(is_account_default=True).data
    own = stripe.terminal.Configuration.create(name="Kiosk")
    location = stripe.terminal.Location.create(
        display_name="HQ",
        address={"line1": "1272 Valencia Street", "city": "San Francisco", "country": "US"},
        configuration_overrides=own.id,
    )

    stripe.terminal.Configuration.delete(own.id)

    later = stripe.terminal.Location.retrieve(location.id)
    assert (own.is_account_default, location.configuration_overrides) == (False, own.id)
    assert "configuration_overrides" not in later
    with pytest.raises(stripe.InvalidRequestError):
        stripe.terminal.Configuration.delete(default.id)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.terminal.Location.modify(location.id, configuration_overrides=default.id)
    assert caught.value.param == "configuration_overrides"


def test_tips_are_suggested_alike_in_every_currency(stripe):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.terminal.Configuration.create(
            tipping={
                "usd": {"percentages": [15, 20, 25]},
                "eur": {"fixed_amounts": [100, 200, 300]},
            }
        )

    assert caught.value.param == "tipping"


@pytest.mark.parametrize(
    "config",
    [
        {"tipping": {"amount_eligible": -1}},
        {"tipping": {"amount_eligible": 500}, "skip_tipping": True},
    ],
)
def test_tips_are_calculated_from_something_where_there_are_any(stripe, reader, intent, config):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.terminal.Reader.process_payment_intent(
            reader.id, payment_intent=intent.id, process_config=config
        )

    assert caught.value.param == "process_config[tipping][amount_eligible]"


def test_a_tip_takes_nothing_away(stripe, reader, intent, present):
    stripe.terminal.Reader.process_payment_intent(reader.id, payment_intent=intent.id)

    with pytest.raises(stripe.InvalidRequestError) as caught:
        present(amount_tip=-5)

    assert caught.value.param == "amount_tip"


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"custom_text": {"title": "x" * 41}}, "inputs[0][custom_text][title]"),
        (
            {"custom_text": {"title": "x", "description": "y" * 101}},
            "inputs[0][custom_text][description]",
        ),
        ({"toggles": [{"title": "x"}] * 5}, "inputs[0][toggles]"),
        (
            {"toggles": [{"title": "x", "description": "y" * 26}]},
            "inputs[0][toggles][0][description]",
        ),
    ],
)
def test_what_is_asked_has_to_fit_on_the_screen(stripe, reader, terms, param):
    asked = {"type": "text", "custom_text": {"title": "Name"}, **terms}

    with pytest.raises(stripe.InvalidRequestError) as caught:
        stripe.terminal.Reader.collect_inputs(reader.id, inputs=[asked])

    assert caught.value.param == param
