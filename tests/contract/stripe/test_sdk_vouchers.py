"""Vouchers: until when they are valid, for how much they are, and what becomes of them. With the SDK."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.stripe.conftest import DAY

CURRENCIES = {"boleto": "brl", "konbini": "jpy", "multibanco": "eur", "oxxo": "mxn", "pix": "brl"}


@pytest.fixture
def pay(stripe):
    """Confirms a payment by voucher."""

    def pay(type, email="jenny@example.com", amount=2000, **options):
        return stripe.PaymentIntent.create(
            amount=amount,
            currency=CURRENCIES[type],
            allowed_payment_method_types=[type],
            payment_method_data={
                "type": type,
                "billing_details": {"name": "Jenny Rosen", "email": email},
                **({"boleto": {"tax_id": "00.000.000/0001-91"}} if type == "boleto" else {}),
            },
            payment_method_options={type: options} if options else {},
            confirm=True,
        )

    return pay


def details_of(intent):
    return intent.next_action[intent.next_action.type]


@pytest.mark.parametrize(
    ("type", "hours", "options", "days"),
    [
        ("boleto", -3, {}, 3),
        ("boleto", -3, {"expires_after_days": 0}, 0),
        ("konbini", 9, {}, 3),
        ("konbini", 9, {"expires_after_days": 60}, 60),
        ("oxxo", -6, {}, 3),
        ("oxxo", -6, {"expires_after_days": 2}, 2),
    ],
)
def test_a_voucher_is_valid_to_the_end_of_a_day_in_its_country(pay, type, hours, options, days):
    intent = pay(type, **options)

    there = timedelta(hours=hours)
    details = details_of(intent)
    expires = details.expires_after if type == "oxxo" else details.expires_at
    ends = datetime.fromtimestamp(expires, UTC) + there
    made = datetime.fromtimestamp(intent.created, UTC) + there
    assert (ends.hour, ends.minute, ends.second) == (23, 59, 59)
    assert ends.date() - made.date() == timedelta(days=days)


def test_a_voucher_of_konbini_can_be_valid_to_the_second(stripe, pay):
    now = pay("konbini").created

    intent = pay("konbini", expires_at=now + DAY)

    assert details_of(intent).expires_at == now + DAY
    for options in ({"expires_at": now + 60}, {"expires_at": now + DAY, "expires_after_days": 1}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            pay("konbini", **options)
        assert refused.value.param == "payment_method_options[konbini][expires_at]"


@pytest.mark.parametrize(("type", "days"), [("boleto", 61), ("konbini", 0), ("oxxo", 8)])
def test_a_voucher_is_valid_for_so_many_days_as_its_kind_can_be(stripe, pay, type, days):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(type, expires_after_days=days)

    assert refused.value.param == f"payment_method_options[{type}][expires_after_days]"


@pytest.mark.parametrize(
    ("type", "least", "most"),
    [
        ("boleto", 500, 4_999_999),
        ("konbini", 120, 300_000),
        ("multibanco", 50, 9_999_900),
        ("oxxo", 1_000, 1_000_000),
    ],
)
def test_a_voucher_is_for_neither_too_little_nor_too_much(stripe, pay, type, least, most):
    assert pay(type, amount=least).status == pay(type, amount=most).status == "requires_action"
    for amount, code in ((least - 1, "amount_too_small"), (most + 1, "amount_too_large")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            pay(type, amount=amount)
        assert refused.value.code == code


@pytest.mark.parametrize(("name", "after"), [("expire_immediately", 0), ("expire_with_delay", 180)])
def test_a_test_voucher_says_when_it_expires(stripe, pay, pass_time, name, after):
    intent = pay("oxxo", f"{name}@example.com", expires_after_days=7)

    pass_time(after)

    assert abs(details_of(intent).expires_after - intent.created - after) <= 1
    assert stripe.PaymentIntent.retrieve(intent.id).status == "requires_payment_method"


def test_a_voucher_that_is_never_paid_expires(stripe, pay, pass_time):
    intent = pay("boleto", "fill_never@example.com")
    expires = details_of(intent).expires_at

    pass_time(to=expires - 1)
    before = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(1)

    failed = stripe.PaymentIntent.retrieve(intent.id)
    assert (before, failed.status) == ("requires_action", "requires_payment_method")
    assert failed.last_payment_error.code == "payment_intent_payment_attempt_expired"


@pytest.mark.parametrize("type", ["multibanco", "oxxo"])
def test_a_charge_tells_which_voucher_was_paid(stripe, pay, pass_time, type):
    intent = pay(type)
    told = details_of(intent)

    pass_time(180)

    paid = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    details = paid.latest_charge.payment_method_details[type].to_dict()
    assert details == {name: told[name] for name in details}
    assert all(details.values())


@pytest.mark.parametrize(
    ("tax_id", "is_one"),
    [("000.000.000-00", True), ("00000000000191", True), ("1234", False), ("abc", False)],
)
def test_a_boleto_is_for_somebody_with_a_tax_id(stripe, tax_id, is_one):
    told = {"name": "Jenny", "email": "jenny@example.com"}
    method = {"type": "boleto", "boleto": {"tax_id": tax_id}, "billing_details": told}

    if is_one:
        assert stripe.PaymentMethod.create(**method).boleto.tax_id == tax_id
        return
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentMethod.create(**method)
    assert (refused.value.param, refused.value.code) == ("boleto[tax_id]", "tax_id_invalid")


def test_a_card_that_was_declined_first_does_not_pay_a_voucher(stripe, days_later):
    terms = {"amount": 2000, "currency": "eur", "confirm": True}
    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentIntent.create(
            payment_method="pm_card_chargeDeclined",
            allowed_payment_method_types=["card", "multibanco"],
            **terms,
        )
    intent = declined.value.error.payment_intent.id
    owner = {"name": "Jenny", "email": "fill_never@example.com"}
    stripe.PaymentIntent.confirm(
        intent, payment_method_data={"type": "multibanco", "billing_details": owner}
    )

    days_later(7)

    waiting = stripe.PaymentIntent.retrieve(intent, expand=["latest_charge"])
    assert (waiting.status, waiting.latest_charge.status) == ("processing", "failed")


def test_money_for_multibanco_is_waited_for_after_the_voucher_has_expired(stripe, pay, days_later):
    intent = pay("multibanco", "fill_never@example.com")
    other = pay("multibanco", "fill_never@example.com")

    statuses = []
    for days in (6.9, 0.2, 3.8, 0.2):
        days_later(days)
        statuses.append(stripe.PaymentIntent.retrieve(intent.id).status)
        if len(statuses) == 2:
            assert stripe.PaymentIntent.cancel(other.id).status == "canceled"

    assert details_of(intent).expires_at == intent.created + 7 * DAY
    assert statuses == ["requires_action", "processing", "processing", "requires_payment_method"]


def test_what_is_said_at_the_till_can_be_chosen(stripe, pay, pass_time):
    intent = pay("konbini", "expire_immediately@example.com", confirmation_number="11111111110")

    waits = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(180)

    assert details_of(intent).stores.lawson.confirmation_number == "11111111110"
    assert waits == "requires_action"
    assert stripe.PaymentIntent.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("01234567890", "payment_intent_konbini_rejected_confirmation_number"),
        ("00000000000", None),
        ("123", None),
    ],
)
def test_not_all_can_be_said_at_the_till(stripe, pay, number, code):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay("konbini", confirmation_number=number)

    assert refused.value.param == "payment_method_options[konbini][confirmation_number]"
    assert refused.value.code == code


def test_a_voucher_is_paid_each_time(stripe, pay, control):
    customer = stripe.Customer.create(email="jenny@example.com").id
    method = stripe.PaymentMethod.create(
        type="boleto",
        boleto={"tax_id": "000.000.000-00"},
        billing_details={"name": "Jenny", "email": "jenny@example.com"},
    )
    stripe.PaymentMethod.attach(method.id, customer=customer)

    intent = stripe.PaymentIntent.create(
        amount=2000,
        currency="brl",
        customer=customer,
        payment_method=method.id,
        allowed_payment_method_types=["boleto"],
        off_session=True,
        confirm=True,
    )

    assert (intent.status, intent.next_action.type) == ("requires_action", "boleto_display_details")


# Pix


@pytest.mark.parametrize(
    ("options", "lasts"), [({}, 14_400), ({"expires_after_seconds": 600}, 600)]
)
def test_a_code_of_pix_is_valid_to_the_second(pay, options, lasts):
    intent = pay("pix", **options)

    assert details_of(intent).expires_at == intent.created + lasts


@pytest.mark.parametrize(
    ("name", "status"),
    [("succeed_immediately", "succeeded"), ("expire_immediately", "requires_payment_method")],
)
def test_a_code_of_pix_is_paid_or_expires_by_the_customers_address(stripe, pay, name, status):
    intent = pay("pix", email=f"{name}@example.com")

    assert stripe.PaymentIntent.retrieve(intent.id).status == status


def test_a_code_of_pix_that_nobody_pays_expires(stripe, pay, pass_time):
    intent = pay("pix", email="fill_never@example.com", expires_after_seconds=600)

    pass_time(599)
    before = stripe.PaymentIntent.retrieve(intent.id).status
    pass_time(1)

    after = stripe.PaymentIntent.retrieve(intent.id)
    assert (before, after.status) == ("requires_action", "requires_payment_method")
    assert after.last_payment_error.code == "payment_intent_payment_attempt_expired"


def test_a_code_of_pix_is_valid_for_three_days_at_most(stripe, pay):
    now = pay("pix").created

    for options, param in (
        ({"expires_after_seconds": 5}, "expires_after_seconds"),
        ({"expires_at": now + 4 * DAY}, "expires_at"),
        ({"expires_at": now + 600, "expires_after_seconds": 600}, "expires_at"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            pay("pix", **options)
        assert refused.value.param == f"payment_method_options[pix][{param}]"
