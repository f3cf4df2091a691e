"""Payments and setups that ask something of the customer: 3D Secure, redirects, QR codes, vouchers. With the SDK."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.contract.stripe.conftest import DAY
from tests.contract.stripe.pages import open_page
from tests.waiting import wait_until

RETURN = "https://shop.example/done?order=1"


def press(url, outcome):
    """Press a button of the page at *url*, and tell where that leads."""
    shown, _ = open_page(url)
    assert "Authorize test payment" in shown
    _, sent = open_page(url, outcome=outcome)
    assert sent is not None
    return {name: value for name, [value] in parse_qs(urlsplit(sent).query).items()}


def types_of(stripe):
    return [event.type for event in reversed(stripe.Event.list(limit=100).data)]


@pytest.fixture
def pay(stripe):
    """Confirms a payment, and says where to return to."""

    def pay(**terms):
        return stripe.PaymentIntent.create(
            **{"amount": 1000, "currency": "eur", "confirm": True, "return_url": RETURN, **terms}
        )

    return pay


def test_a_card_is_authenticated_on_a_page(stripe, pay):
    intent = pay(payment_method="pm_card_threeDSecure2Required")

    sent = intent.next_action.redirect_to_url
    told = press(sent.url, "succeeded")

    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    assert sent.return_url == RETURN
    assert told == {
        "order": "1",
        "payment_intent": intent.id,
        "payment_intent_client_secret": intent.client_secret,
        "redirect_status": "succeeded",
    }
    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    assert (paid.status, paid.next_action) == ("succeeded", None)
    card = paid.latest_charge.payment_method_details.card
    secure = card.three_d_secure
    assert (secure.result, secure.authentication_flow) == ("authenticated", "challenge")
    assert card.electronic_commerce_indicator == "05"


@pytest.mark.parametrize(
    ("method", "result", "indicator"),
    [
        ("pm_card_visa", "attempt_acknowledged", "06"),
        ("pm_card_mastercard", "attempt_acknowledged", "01"),
        ("pm_card_amex_threeDSecureNotSupported", "not_supported", None),
        ("pm_card_threeDSecureOptionalProcessingError", "processing_error", None),
    ],
)
def test_what_comes_of_3d_secure_where_nobody_is_asked(pay, method, result, indicator):
    wanted = {"card": {"request_three_d_secure": "any"}}
    intent = pay(payment_method=method, payment_method_options=wanted, expand=["latest_charge"])

    secure = intent.latest_charge.payment_method_details.card.three_d_secure
    assert intent.status == "succeeded"
    assert (secure.result, secure.authentication_flow) == (result, None)
    assert secure.electronic_commerce_indicator == indicator


def test_a_card_may_be_authenticated_without_its_holder(pay, browser):
    card = {"number": "4000000032200000", "exp_month": 8, "exp_year": 2040, "cvc": "123"}
    method = browser.v1.payment_methods.create({"type": "card", "card": card})

    intent = pay(payment_method=method.id, expand=["latest_charge"])

    secure = intent.latest_charge.payment_method_details.card.three_d_secure
    assert (secure.result, secure.authentication_flow) == ("authenticated", "frictionless")


def test_a_card_whose_authentication_fails_is_declined(stripe, pay):
    with pytest.raises(stripe.CardError) as declined:
        pay(payment_method="pm_card_threeDSecureRequiredProcessingError")

    error = declined.value.error
    charge = stripe.Charge.retrieve(error.charge)
    assert (error.code, error.payment_intent.status) == ("card_declined", "requires_payment_method")
    assert charge.payment_method_details.card.three_d_secure.result == "processing_error"


@pytest.mark.parametrize(("method", "indicator"), [("pm_card_visa", "07"), ("pm_card_amex", None)])
def test_a_visa_payment_without_authentication_says_so(pay, method, indicator):
    charge = pay(payment_method=method, expand=["latest_charge"]).latest_charge

    card = charge.payment_method_details.card
    assert (card.three_d_secure, card.electronic_commerce_indicator) == (None, indicator)


def test_an_authenticated_payment_that_is_captured_later_asks_for_nothing_more(stripe, pay):
    intent = pay(payment_method="pm_card_threeDSecure2Required", capture_method="manual")

    press(intent.next_action.redirect_to_url.url, "succeeded")

    held = stripe.PaymentIntent.retrieve(intent.id)
    assert (held.status, held.next_action) == ("requires_capture", None)


def test_a_card_that_is_not_authenticated_does_not_pay(stripe, pay):
    intent = pay(payment_method="pm_card_threeDSecure2Required")

    told = press(intent.next_action.redirect_to_url.url, "failed")

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert told["redirect_status"] == "failed"
    assert (failed.status, failed.payment_method) == ("requires_payment_method", None)
    assert failed.last_payment_error.code == "payment_intent_authentication_failure"
    assert types_of(stripe)[-3:] == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
    ]


@pytest.mark.parametrize(
    ("wanted", "status"),
    [("automatic", "succeeded"), ("any", "requires_action"), ("challenge", "requires_action")],
)
def test_a_merchant_can_want_a_card_to_be_authenticated(stripe, pay, wanted, status):
    options = {"card": {"request_three_d_secure": wanted}}

    intent = pay(payment_method="pm_card_threeDSecureOptional", payment_method_options=options)
    setup = stripe.SetupIntent.create(
        payment_method="pm_card_threeDSecureOptional",
        payment_method_options=options,
        confirm=True,
        return_url=RETURN,
    )
    other = pay(payment_method="pm_card_visa", payment_method_options=options)

    assert (intent.status, setup.status, other.status) == (status, status, "succeeded")
    if status == "requires_action":
        press(intent.next_action.redirect_to_url.url, "succeeded")
        assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"


def test_stripe_js_authenticates_by_itself(pay):
    asked = pay(payment_method="pm_card_threeDSecure2Required", use_stripe_sdk=True)

    assert asked.next_action.type == "use_stripe_sdk"


def test_an_authentication_that_must_not_be_asked_for_is_a_decline(stripe, pay):
    with pytest.raises(stripe.CardError) as declined:
        pay(payment_method="pm_card_threeDSecure2Required", error_on_requires_action=True)

    error = declined.value.error
    assert (error.code, error.decline_code) == (
        "authentication_required",
        "authentication_not_handled",
    )
    [left] = stripe.PaymentIntent.list().data
    assert (left.id, left.status) == (error.payment_intent.id, "requires_payment_method")
    assert left.last_payment_error.decline_code == "authentication_not_handled"


def test_a_server_that_confirms_by_hand_confirms_again(stripe, pay):
    intent = pay(payment_method="pm_card_threeDSecure2Required", confirmation_method="manual")

    press(intent.next_action.redirect_to_url.url, "succeeded")

    waiting = stripe.PaymentIntent.retrieve(intent.id)
    assert (waiting.status, waiting.next_action) == ("requires_confirmation", None)
    assert waiting.latest_charge is None
    assert stripe.PaymentIntent.confirm(intent.id).status == "succeeded"


def test_what_is_confirmed_by_hand_no_browser_confirms(stripe, browser):
    intent = stripe.PaymentIntent.create(
        amount=1000, currency="eur", confirmation_method="manual", payment_method="pm_card_visa"
    )

    with pytest.raises(stripe.InvalidRequestError, match="publishable key"):
        browser.v1.payment_intents.confirm(
            intent.id, {"client_secret": intent.client_secret, "return_url": RETURN}
        )


def test_another_card_makes_an_authentication_unnecessary(stripe, pay):
    intent = pay(payment_method="pm_card_threeDSecure2Required")

    other = stripe.PaymentIntent.modify(intent.id, payment_method="pm_card_visa")

    assert (other.status, other.next_action) == ("requires_confirmation", None)


# Other ways to pay


@pytest.mark.parametrize(
    ("type", "currency", "action"),
    [
        ("ideal", "eur", "redirect_to_url"),
        ("klarna", "usd", "redirect_to_url"),
        ("alipay", "usd", "alipay_handle_redirect"),
        ("cashapp", "usd", "cashapp_handle_redirect_or_display_qr_code"),
        ("pix", "brl", "pix_display_qr_code"),
        ("wechat_pay", "usd", "wechat_pay_display_qr_code"),
    ],
)
def test_the_customer_is_asked(stripe, pay, type, currency, action):
    intent = pay(
        currency=currency,
        payment_method_data={"type": type, "billing_details": {"email": "a@example.com"}},
        payment_method_options={type: {"client": "web"}} if type == "wechat_pay" else {},
    )

    assert (intent.status, intent.next_action.type) == ("requires_action", action)
    asked = intent.next_action[action].to_dict()
    url = asked.get("url") or asked["hosted_instructions_url"]
    assert press(url, "succeeded")["redirect_status"] == "succeeded"
    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge.balance_transaction"])
    charge = paid.latest_charge
    assert (paid.status, charge.payment_method_details.type) == ("succeeded", type)
    assert charge.id.startswith("py_")
    assert charge.balance_transaction.type == "payment"
    assert charge.outcome.risk_level == "not_assessed"
    assert types_of(stripe) == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
        "payment_intent.succeeded",
        "charge.updated",
    ]


def test_what_was_paid_so_is_given_back(stripe, pay):
    intent = pay(payment_method_data={"type": "ideal"})
    press(intent.next_action.redirect_to_url.url, "succeeded")

    refund = stripe.Refund.create(payment_intent=intent.id)

    assert refund.id.startswith("pyr_")
    assert (refund.status, refund.destination_details.type) == ("succeeded", "ideal")


@pytest.mark.parametrize(
    ("type", "currency", "days"),
    [("alipay", "usd", 90), ("affirm", "usd", 120), ("ideal", "eur", 180), ("swish", "sek", 365)],
)
def test_what_was_paid_so_is_given_back_for_a_time(
    stripe, pay, control, days_later, type, currency, days
):
    paid = pay(currency=currency, payment_method_data={"type": type})
    control(f"payment_intents/{paid.id}/next_action", outcome="succeeded")

    days_later(days - 1)
    in_time = stripe.Refund.create(payment_intent=paid.id, amount=100)
    days_later(2)

    assert in_time.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match=f"for {days} days") as refused:
        stripe.Refund.create(payment_intent=paid.id)
    assert refused.value.code == "charge_not_refundable"


@pytest.mark.parametrize(("type", "currency"), [("klarna", "eur"), ("swish", "sek")])
def test_a_refund_tells_by_what_reference_it_is_found(stripe, pay, control, type, currency):
    paid = pay(currency=currency, payment_method_data={"type": type})
    control(f"payment_intents/{paid.id}/next_action", outcome="succeeded")

    refund = stripe.Refund.create(payment_intent=paid.id)
    details = stripe.Refund.retrieve(refund.id).destination_details

    before = refund.destination_details[type]
    assert (before.reference, before.reference_status) == (None, "pending")
    assert details[type].reference.isdigit()
    assert (details.type, details[type].reference_status) == (type, "available")


def test_a_customer_who_refuses_has_not_paid(stripe, pay):
    intent = pay(payment_method_data={"type": "klarna"})

    press(intent.next_action.redirect_to_url.url, "failed")

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert failed.status == "requires_payment_method"
    assert failed.last_payment_error.code == "payment_method_provider_decline"


def test_what_pays_at_once_cannot_be_captured_later(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError):
        pay(payment_method_data={"type": "ideal"}, capture_method="manual")

    authorized = pay(payment_method_data={"type": "klarna"}, capture_method="manual")
    press(authorized.next_action.redirect_to_url.url, "succeeded")

    captured = stripe.PaymentIntent.capture(authorized.id)
    assert (captured.status, captured.amount_received) == ("succeeded", 1000)


def test_a_way_to_pay_has_its_currencies_and_the_intent_its_types(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError, match="currency provided"):
        pay(payment_method_data={"type": "ideal"}, currency="usd")
    with pytest.raises(stripe.InvalidRequestError, match="is not allowed for this PaymentIntent"):
        pay(payment_method_data={"type": "ideal"}, allowed_payment_method_types=["card"])


def test_the_account_behind_ideal_is_debited_later(stripe, pay):
    customer = stripe.Customer.create()
    intent = pay(
        payment_method_data={"type": "ideal"},
        customer=customer.id,
        setup_future_usage="off_session",
    )

    press(intent.next_action.redirect_to_url.url, "succeeded")

    [saved] = stripe.Customer.list_payment_methods(customer.id).data
    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    assert saved.type == "sepa_debit"
    assert paid.latest_charge.payment_method_details.ideal.generated_sepa_debit == saved.id


@pytest.mark.parametrize(
    ("email", "status"),
    [
        ("succeed_immediately@example.com", "succeeded"),
        ("expire_immediately@example.com", "requires_payment_method"),
    ],
)
def test_a_voucher_is_paid_or_expires(stripe, pay, email, status):
    intent = pay(
        currency="mxn",
        payment_method_data={"type": "oxxo", "billing_details": {"email": email, "name": "A"}},
    )

    assert intent.next_action.oxxo_display_details.number
    wait_until(lambda: stripe.PaymentIntent.retrieve(intent.id).status == status)


@pytest.mark.parametrize(
    ("type", "days"), [("affirm", 30), ("afterpay_clearpay", 13), ("cashapp", 7), ("paypal", 20)]
)
def test_each_way_to_pay_holds_the_money_for_a_time_of_its_own(
    stripe, pay, control, pass_time, type, days
):
    intent = pay(currency="usd", capture_method="manual", payment_method_data={"type": type})
    control(f"payment_intents/{intent.id}/next_action", outcome="succeeded")
    held = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])

    pass_time(to=held.latest_charge.created + days * DAY - 1)
    before = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(1)

    after = stripe.PaymentIntent.retrieve(intent.id)
    assert (held.status, before, after.status) == (
        "requires_capture",
        "requires_capture",
        "canceled",
    )
    assert after.cancellation_reason == "expired"


def test_klarna_holds_the_money_to_the_end_of_its_27th_day(stripe, pay, control, pass_time):
    intent = pay(capture_method="manual", payment_method_data={"type": "klarna"})
    control(f"payment_intents/{intent.id}/next_action", outcome="succeeded")
    held = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    midnight = (held.latest_charge.created // DAY + 28) * DAY

    pass_time(to=midnight - 1)
    before = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(1)

    after = stripe.PaymentIntent.retrieve(intent.id).status
    assert (before, after) == ("requires_capture", "canceled")


# Setups


def test_a_card_is_authenticated_once_for_later_payments(stripe):
    customer = stripe.Customer.create()
    setup = stripe.SetupIntent.create(
        customer=customer.id,
        payment_method="pm_card_authenticationRequiredOnSetup",
        confirm=True,
        return_url=RETURN,
    )

    told = press(setup.next_action.redirect_to_url.url, "succeeded")

    done = stripe.SetupIntent.retrieve(setup.id, expand=["latest_attempt"])
    secure = done.latest_attempt.payment_method_details.card.three_d_secure
    assert (told["setup_intent"], told["redirect_status"]) == (setup.id, "succeeded")
    assert (done.status, done.next_action) == ("succeeded", None)
    assert (secure.result, secure.authentication_flow) == ("authenticated", "challenge")
    paid = stripe.PaymentIntent.create(
        amount=1000,
        currency="usd",
        customer=customer.id,
        payment_method=done.payment_method,
        off_session=True,
        confirm=True,
    )
    assert paid.status == "succeeded"


def test_a_setup_that_is_not_authenticated_fails(stripe):
    setup = stripe.SetupIntent.create(
        payment_method="pm_card_authenticationRequired", confirm=True, return_url=RETURN
    )

    press(setup.next_action.redirect_to_url.url, "failed")

    failed = stripe.SetupIntent.retrieve(setup.id, expand=["latest_attempt"])
    secure = failed.latest_attempt.payment_method_details.card.three_d_secure
    assert failed.status == "requires_payment_method"
    assert failed.last_setup_error.code == "setup_intent_authentication_failure"
    assert (secure.result, secure.result_reason) == ("failed", "rejected")
    assert "setup_intent.setup_failed" in types_of(stripe)


@pytest.mark.parametrize(
    ("type", "currency", "minutes"),
    [
        ("swish", "sek", 3),
        ("revolut_pay", "gbp", 60),
        ("affirm", "usd", 720),
        ("klarna", "eur", 2880),
    ],
)
def test_a_customer_who_does_not_come_back_has_not_paid(
    stripe, pay, pass_time, type, currency, minutes
):
    intent = pay(currency=currency, payment_method_data={"type": type})

    pass_time(60 * minutes - 1)
    before = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(1)

    after = stripe.PaymentIntent.retrieve(intent.id)
    assert (before, after.status) == ("requires_action", "requires_payment_method")
    assert after.last_payment_error.code == "payment_intent_payment_attempt_expired"
    assert types_of(stripe)[-1] == "payment_intent.payment_failed"


def test_wechat_pay_has_to_know_where_it_is_asked(stripe, pay):
    wechat = {"currency": "usd", "payment_method_data": {"type": "wechat_pay"}}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(**wechat)
    asked = pay(**wechat, payment_method_options={"wechat_pay": {"client": "web"}})

    assert refused.value.param == "payment_method_options[wechat_pay][client]"
    assert asked.next_action.type == "wechat_pay_display_qr_code"


# Approvals in a bank's app


@pytest.mark.parametrize(
    ("phone", "seconds", "code"),
    [
        ("+351911111111", 0, None),
        ("+351911111112", 30, None),
        ("+351911111114", 0, "payment_method_provider_decline"),
        ("+351911111116", 0, "payment_method_customer_decline"),
    ],
)
def test_a_payment_by_mb_way_ends_as_the_phone_number_says(
    stripe, pay, pass_time, phone, seconds, code
):
    intent = pay(payment_method_data={"type": "mb_way", "billing_details": {"phone": phone}})
    pass_time(seconds)

    ended = stripe.PaymentIntent.retrieve(intent.id)
    assert intent.status == "requires_action"
    assert ended.status == ("succeeded" if code is None else "requires_payment_method")
    assert code is None or ended.last_payment_error.code == code


def test_mb_way_needs_the_customers_phone_number(stripe, pay):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(payment_method_data={"type": "mb_way"})

    assert refused.value.param == "billing_details[phone]"


@pytest.fixture
def pay_by_blik(pay):
    """Confirm a payment by BLIK."""

    def pay_by_blik(name="jenny", code="123456"):
        return pay(
            currency="pln",
            payment_method_data={
                "type": "blik",
                "billing_details": {"email": f"{name}@example.com"},
            },
            payment_method_options={"blik": {"code": code} if code else {}},
        )

    return pay_by_blik


def test_a_customer_approves_a_payment_by_blik_in_their_banks_app(stripe, pay_by_blik):
    intent = pay_by_blik()

    assert (intent.status, intent.next_action.type) == ("requires_action", "blik_authorize")
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("name", "seconds", "code", "decline_code"),
    [
        ("bank_declined", 8, "payment_method_provider_decline", "partner_generic_decline"),
        ("limit_exceeded", 8, "payment_method_provider_decline", "payment_limit_exceeded"),
        ("customer_timeout", 60, "payment_method_provider_timeout", None),
    ],
)
def test_a_payment_by_blik_fails_as_the_address_says(
    stripe, pay_by_blik, pass_time, name, seconds, code, decline_code
):
    intent = pay_by_blik(name)

    pass_time(seconds)

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert (failed.status, failed.last_payment_error.code) == ("requires_payment_method", code)
    assert failed.last_payment_error.payment_method_type == "blik"
    assert getattr(failed.last_payment_error, "decline_code", None) == decline_code


@pytest.mark.parametrize(
    ("name", "code", "error"),
    [
        ("jenny", None, "parameter_missing"),
        ("jenny", "12345", None),
        ("expired_code", "123456", "payment_method_invalid_parameter"),
    ],
)
def test_blik_needs_the_customers_code(stripe, pay_by_blik, name, code, error):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay_by_blik(name, code)

    assert refused.value.param == "payment_method_options[blik][code]"
    assert refused.value.code == error


@pytest.mark.parametrize(("type", "currency"), [("crypto", "usd"), ("sofort", "eur")])
def test_it_is_known_later_that_a_customer_has_paid(stripe, pay, control, type, currency):
    data = {"type": type, **({"sofort": {"country": "DE"}} if type == "sofort" else {})}
    intent = pay(currency=currency, payment_method_data=data)

    agreed = control(f"payment_intents/{intent.id}/next_action", outcome="succeeded")

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    assert (agreed["status"], agreed["next_action"]) == ("processing", None)
    assert (paid.status, paid.latest_charge.status) == ("succeeded", "succeeded")
    told = [each for each in types_of(stripe) if each.startswith(("charge", "payment_intent"))]
    assert told == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.pending",
        "payment_intent.processing",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]


BELGIAN = ("VAN DE PUT & CO", "VAPEBE22", "7061")


@pytest.mark.parametrize(
    ("type", "told"),
    [("bancontact", BELGIAN), ("ideal", ("rabobank", "RABONL2U", "5264")), ("sofort", BELGIAN)],
)
def test_a_bank_tells_whose_account_has_paid(stripe, pay, control, type, told):
    data = {"type": type, **({"sofort": {"country": "DE"}} if type == "sofort" else {})}
    intent = pay(payment_method_data={**data, "billing_details": {"name": "Jenny Rosen"}})

    control(f"payment_intents/{intent.id}/next_action", outcome="succeeded")

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    bank = paid.latest_charge.payment_method_details[type].to_dict()
    assert (bank.get("bank_name") or bank["bank"], bank["bic"], bank["iban_last4"]) == told
    assert bank["verified_name"] == "Jenny Rosen"
    if type == "bancontact":
        assert bank["preferred_language"] == "en"


@pytest.mark.parametrize(
    ("indicator", "result"),
    [("05", "authenticated"), ("06", "attempt_acknowledged"), ("07", "failed")],
)
def test_a_cardholder_has_authenticated_elsewhere(stripe, pay, indicator, result):
    told = {
        "cryptogram": "M6+990I6FLD8Y6rZz9d5QbfrMNY=",
        "electronic_commerce_indicator": indicator,
        "transaction_id": "f879ea1c-aa2c-4441-806d-e30406466d79",
        "version": "2.2.0",
    }
    options = {"card": {"three_d_secure": told}}

    paid = pay(
        payment_method="pm_card_authenticationRequired",
        payment_method_options=options,
        expand=["latest_charge"],
    )
    saved = stripe.SetupIntent.create(
        payment_method="pm_card_authenticationRequired",
        payment_method_options=options,
        confirm=True,
        return_url=RETURN,
        expand=["latest_attempt"],
    )

    assert paid.status == saved.status == "succeeded"
    card = paid.latest_charge.payment_method_details.card
    assert card.electronic_commerce_indicator == indicator
    for made in (paid.latest_charge, saved.latest_attempt):
        secure = made.payment_method_details.card.three_d_secure
        assert (secure.result, secure.authentication_flow) == (result, None)
        assert secure.transaction_id == told["transaction_id"]


def test_a_payment_of_low_risk_is_exempted_elsewhere(pay):
    told = {
        "cryptogram": "CJSJbzXT6TRQlvZDX+ZdOG4QriE=",
        "electronic_commerce_indicator": "07",
        "exemption_indicator": "low_risk",
        "transaction_id": "aaa65c7b-b0fc-4e71-bd6c-29c87acad489",
        "version": "2.2.0",
    }

    paid = pay(
        payment_method="pm_card_authenticationRequired",
        payment_method_options={"card": {"three_d_secure": told}},
        error_on_requires_action=True,
        expand=["latest_charge"],
    )

    secure = paid.latest_charge.payment_method_details.card.three_d_secure
    assert (paid.status, secure.result) == ("succeeded", "exempted")
    assert (secure.authentication_flow, secure.exemption_indicator_applied) == (
        "frictionless",
        True,
    )


def test_each_authentication_has_its_own_transaction(pay):
    wanted = {"card": {"request_three_d_secure": "any"}}

    made = [
        pay(payment_method="pm_card_visa", payment_method_options=wanted, expand=["latest_charge"])
        for _ in range(2)
    ]

    cards = [each.latest_charge.payment_method_details.card for each in made]
    assert len({card.three_d_secure.transaction_id for card in cards}) == 2


def test_who_orders_by_phone_is_not_asked(pay):
    paid = pay(
        payment_method="pm_card_authenticationRequired",
        payment_method_options={"card": {"moto": True}},
        expand=["latest_charge"],
    )

    assert paid.status == "succeeded"
    assert paid.latest_charge.payment_method_details.card.three_d_secure is None
