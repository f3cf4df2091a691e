"""Money that is held is captured in parts, later, or as more than was held
(https://docs.stripe.com/payments/flexible-payments)."""

import pytest

DAY = 86_400


@pytest.fixture
def intend(stripe):
    """Makes an intent of ten dollars."""

    def intend(**params):
        return stripe.PaymentIntent.create(
            amount=1000,
            currency="usd",
            automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
            **params,
        )

    return intend


@pytest.fixture
def hold(intend):
    """Authorizes ten dollars, with what is asked for of the card."""

    def hold(*features, **params):
        return intend(
            capture_method="manual",
            payment_method_options={
                "card": {f"request_{feature}": "if_available" for feature in features}
            },
            confirm=True,
            **{"payment_method": "pm_card_visa", **params},
        )

    return hold


def test_a_payment_is_captured_in_parts(stripe, hold):
    intent = hold("multicapture")

    first = stripe.PaymentIntent.capture(
        intent.id, amount_to_capture=700, final_capture=False, expand=["latest_charge"]
    )
    last = stripe.PaymentIntent.capture(intent.id, amount_to_capture=200, expand=["latest_charge"])

    assert (first.status, first.amount_received, first.amount_capturable) == (
        "requires_capture",
        700,
        300,
    )
    assert (first.latest_charge.captured, first.latest_charge.amount_captured) == (False, 700)
    assert (last.status, last.amount_received, last.amount_capturable) == ("succeeded", 900, 0)
    charge = last.latest_charge
    assert (charge.captured, charge.amount_captured, charge.refunded) == (True, 900, False)
    moved = stripe.BalanceTransaction.list(source=charge.id).data
    assert [(each.type, each.amount) for each in moved] == [("charge", 200), ("charge", 700)]
    assert charge.balance_transaction == moved[0].id


def test_each_capture_of_a_part_is_told(stripe, hold):
    intent = hold("multicapture")
    before = {each.id for each in stripe.Event.list(limit=100)}

    stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=300)

    told = [each for each in reversed(stripe.Event.list(limit=100).data) if each.id not in before]
    updates = [each.data for each in told if each.type == "charge.updated"]
    capturable = [
        each.data.object.amount_capturable
        for each in told
        if each.type == "payment_intent.amount_capturable_updated"
    ]
    assert sorted(each.type for each in told) == [
        "charge.captured",
        "charge.updated",
        "charge.updated",
        "payment_intent.amount_capturable_updated",
        "payment_intent.amount_capturable_updated",
        "payment_intent.succeeded",
    ]
    assert [each.previous_attributes.amount_captured for each in updates] == [0, 700]
    assert [each.object.captured for each in updates] == [False, True]
    assert capturable == [300, 0]


def test_what_was_captured_so_far_can_be_refunded(stripe, hold):
    intent = hold("multicapture")
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)

    with pytest.raises(stripe.InvalidRequestError, match="greater than charge amount"):
        stripe.Refund.create(payment_intent=intent.id, amount=701)
    refund = stripe.Refund.create(payment_intent=intent.id)
    still = stripe.Charge.retrieve(intent.latest_charge)
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=0, final_capture=True)

    over = stripe.Charge.retrieve(intent.latest_charge)
    assert refund.amount == 700
    assert (still.amount_refunded, still.refunded) == (700, False)
    assert (over.captured, over.amount_captured, over.refunded) == (True, 700, True)


def test_a_payment_is_captured_once_where_no_more_was_asked_for(stripe, hold):
    intent = hold()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)
    with pytest.raises(stripe.InvalidRequestError) as nothing:
        stripe.PaymentIntent.capture(intent.id, amount_to_capture=0)

    assert refused.value.param == "final_capture"
    assert nothing.value.param == "amount_to_capture"


def test_a_payment_captured_in_part_can_be_canceled(stripe, hold):
    intent = hold("multicapture")
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)

    canceled = stripe.PaymentIntent.cancel(intent.id)

    assert (canceled.status, canceled.amount_received, canceled.amount_capturable) == (
        "canceled",
        700,
        0,
    )
    assert stripe.Charge.retrieve(intent.latest_charge).captured
    assert stripe.Refund.create(charge=intent.latest_charge).amount == 700


def test_what_was_never_captured_is_released_when_the_authorization_expires(
    stripe, hold, days_later
):
    intent = hold("multicapture")
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)

    days_later(6.9)
    still = stripe.PaymentIntent.retrieve(intent.id)
    days_later(0.2)

    over = stripe.PaymentIntent.retrieve(intent.id, expand=["latest_charge"])
    charge = over.latest_charge
    assert (still.status, still.amount_capturable) == ("requires_capture", 300)
    assert (over.status, over.amount_received, over.amount_capturable) == ("succeeded", 700, 0)
    assert (over.canceled_at, over.cancellation_reason) == (None, None)
    assert (charge.captured, charge.amount_captured, charge.refunded) == (True, 700, False)
    moved = stripe.BalanceTransaction.list(source=charge.id).data
    assert [(each.type, each.amount) for each in moved] == [("charge", 700)]
    assert [
        each.data.object.id for each in stripe.Event.list(type="payment_intent.succeeded").data
    ] == [intent.id]
    with pytest.raises(stripe.InvalidRequestError, match="greater than charge amount"):
        stripe.Refund.create(payment_intent=intent.id, amount=701)


def test_a_seller_gets_a_share_of_each_capture(stripe, hold, seller):
    intent = hold("multicapture", transfer_data={"destination": seller})
    capture = stripe.PaymentIntent.capture
    capture(intent.id, amount_to_capture=600, final_capture=False, application_fee_amount=60)

    with pytest.raises(stripe.InvalidRequestError) as missing:
        capture(intent.id, amount_to_capture=400)
    capture(intent.id, amount_to_capture=400, application_fee_amount=40)

    transfers = stripe.Transfer.list(destination=seller).data
    assert missing.value.param == "application_fee_amount"
    assert [each.amount for each in transfers] == [400, 600]
    assert [each.amount for each in stripe.ApplicationFee.list()] == [40, 60]
    back = {"reverse_transfer": True, "refund_application_fee": True}
    with pytest.raises(stripe.InvalidRequestError, match="captured more than once"):
        stripe.Refund.create(payment_intent=intent.id, amount=500, **back)
    stripe.Refund.create(payment_intent=intent.id, **back)
    assert [each.reversed for each in stripe.Transfer.list(destination=seller)] == [True, True]
    assert [each.refunded for each in stripe.ApplicationFee.list()] == [True, True]


def test_more_than_was_authorized_is_captured_where_that_was_asked_for(stripe, hold):
    intent = hold("overcapture", expand=["latest_charge"])
    over = intent.latest_charge.payment_method_details.card.overcapture

    with pytest.raises(stripe.InvalidRequestError) as too_much:
        stripe.PaymentIntent.capture(intent.id, amount_to_capture=1201)
    captured = stripe.PaymentIntent.capture(intent.id, amount_to_capture=1200)

    assert (over.status, over.maximum_amount_capturable) == ("available", 1200)
    assert too_much.value.code == "amount_too_large"
    assert (captured.amount, captured.amount_received) == (1200, 1200)
    charge = stripe.Charge.retrieve(intent.latest_charge.id)
    assert charge.payment_method_details.card.amount_authorized == 1000
    assert stripe.Refund.create(payment_intent=intent.id).amount == 1200
    assert stripe.Charge.retrieve(intent.latest_charge.id).refunded


@pytest.mark.parametrize(
    ("method", "seconds"),
    [("pm_card_visa", 29 * DAY + 18 * 3600), ("pm_card_mastercard", 30 * DAY)],
)
def test_an_authorization_is_extended_where_that_is_asked_for(hold, method, seconds):
    intent = hold("extended_authorization", payment_method=method, expand=["latest_charge"])
    card = intent.latest_charge.payment_method_details.card

    assert card.extended_authorization.status == "enabled"
    assert card.capture_before == intent.latest_charge.created + seconds


def test_what_is_asked_for_when_a_payment_is_confirmed_counts(stripe, intend):
    intent = intend(capture_method="manual")

    held = stripe.PaymentIntent.confirm(
        intent.id,
        payment_method="pm_card_visa",
        payment_method_options={"card": {"request_multicapture": "if_available"}},
        expand=["latest_charge"],
    )

    assert held.payment_method_options.card.request_multicapture == "if_available"
    assert held.latest_charge.payment_method_details.card.multicapture.status == "available"


def test_a_capture_can_say_more_of_a_payment(stripe, hold):
    intent = hold(metadata={"order": "7"})

    captured = stripe.PaymentIntent.capture(intent.id, metadata={"parcel": "1"})

    assert captured.metadata.to_dict() == {"order": "7", "parcel": "1"}


def test_another_amount_than_the_first_is_confirmed(stripe, intend):
    intent = intend(payment_method="pm_card_visa")

    paid = stripe.PaymentIntent.confirm(intent.id, amount_to_confirm=1030)

    assert (paid.status, paid.amount_received) == ("succeeded", 1030)
    assert stripe.Charge.retrieve(paid.latest_charge).amount == 1030


def test_more_is_asked_for_ten_times_at_most(stripe, hold):
    intent = hold("incremental_authorization")
    for more in range(1, 11):
        stripe.PaymentIntent.increment_authorization(intent.id, amount=1000 + more)

    with pytest.raises(stripe.InvalidRequestError, match="maximum of 10"):
        stripe.PaymentIntent.increment_authorization(intent.id, amount=1011)


@pytest.mark.parametrize(
    ("amount", "currency", "most"),
    [(1000, "usd", 51_000), (20_000, "usd", 120_000), (100_000, "gbp", 600_000)],
)
def test_how_much_more_is_authorized_at_once_is_limited(stripe, amount, currency, most):
    intent = stripe.PaymentIntent.create(
        amount=amount,
        currency=currency,
        payment_method="pm_card_debit_incrementalAuthAuthorized",
        allowed_payment_method_types=["card"],
        capture_method="manual",
        payment_method_options={"card": {"request_incremental_authorization": "if_available"}},
        confirm=True,
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.PaymentIntent.increment_authorization(intent.id, amount=most + 1)
    more = stripe.PaymentIntent.increment_authorization(intent.id, amount=most)

    assert (refused.value.code, refused.value.param) == ("amount_too_large", "amount")
    assert more.amount_capturable == most


def test_more_than_was_authorized_can_be_captured_before_the_last_time(stripe, hold):
    intent = hold("multicapture", "overcapture")

    captured = stripe.PaymentIntent.capture(intent.id, amount_to_capture=1050, final_capture=False)

    assert (captured.amount, captured.amount_received) == (1050, 1050)
    assert (captured.status, captured.amount_capturable) == ("requires_capture", 0)
    told = stripe.Event.list(type="charge.updated").data[0].data
    assert (told.object.amount, told.previous_attributes["amount"]) == (1050, 1000)


def test_what_was_captured_of_a_payment_is_not_captured_again_for_an_increment(stripe, hold):
    intent = hold("multicapture", "incremental_authorization")
    stripe.PaymentIntent.capture(intent.id, amount_to_capture=700, final_capture=False)

    more = stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)
    captured = stripe.PaymentIntent.capture(intent.id)

    assert (more.amount, more.amount_capturable) == (1500, 800)
    assert (captured.amount, captured.amount_received) == (1500, 1500)
    assert stripe.Balance.retrieve().pending[0].amount == 1500 - (50 + 53)


def test_a_card_without_such_features_is_held_as_any_other(stripe, hold):
    asked = ("extended_authorization", "incremental_authorization", "multicapture", "overcapture")
    intent = hold(*asked, payment_method="pm_card_credit_disableEnterpriseCardFeatures")

    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)

    card = stripe.Charge.retrieve(intent.latest_charge).payment_method_details.card
    assert (card.multicapture.status, card.overcapture.status) == ("unavailable", "unavailable")
    assert card.extended_authorization.status == "disabled"
    assert declined.value.code == "card_declined"
    assert stripe.PaymentIntent.retrieve(intent.id).amount_capturable == 1000


def test_some_networks_know_captures_in_parts_alone(stripe, hold):
    asked = ("extended_authorization", "incremental_authorization", "multicapture", "overcapture")
    intent = hold(*asked, payment_method="pm_card_jcb")

    with pytest.raises(stripe.InvalidRequestError, match="does not support incremental"):
        stripe.PaymentIntent.increment_authorization(intent.id, amount=1500)

    card = stripe.Charge.retrieve(intent.latest_charge).payment_method_details.card
    assert card.multicapture.status == "available"
    assert (card.incremental_authorization.status, card.overcapture.status) == (
        "unavailable",
        "unavailable",
    )


def test_a_payment_is_captured_fifty_times_at_most(stripe, hold):
    intent = hold("multicapture")
    for _ in range(50):
        stripe.PaymentIntent.capture(intent.id, amount_to_capture=1, final_capture=False)

    with pytest.raises(stripe.InvalidRequestError, match="50 times"):
        stripe.PaymentIntent.capture(intent.id, amount_to_capture=1, final_capture=False)


def test_a_browser_cannot_confirm_another_amount(stripe, browser, intend):
    intent = intend(payment_method="pm_card_visa")

    with pytest.raises(stripe.AuthenticationError, match="publishable API key"):
        browser.v1.payment_intents.confirm(
            intent.id, {"client_secret": intent.client_secret, "amount_to_confirm": 100}
        )

    assert stripe.PaymentIntent.retrieve(intent.id).amount == 1000
