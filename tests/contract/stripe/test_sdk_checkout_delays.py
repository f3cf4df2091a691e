"""What a customer of Checkout does elsewhere, days after they have submitted the page: paying a voucher, transferring money,
telling what came to their account (https://docs.stripe.com/checkout/fulfillment#delayed-notification). With the SDK.
"""

import pytest

from tests.contract.stripe.debits import ADA, US

SUCCESS = "https://shop.example/done"


@pytest.fixture
def session(stripe):
    """Opens a session that sells something for fifty, by one way to pay."""

    def session(type, currency="mxn", **terms):
        item = {"currency": currency, "unit_amount": 5000, "product_data": {"name": "Pen"}}
        return stripe.checkout.Session.create(
            **{
                "mode": "payment",
                "success_url": SUCCESS,
                "line_items": [{"price_data": item, "quantity": 1}],
                "allowed_payment_method_types": [type],
                **terms,
            }
        )

    return session


def events_of(stripe):
    return {
        event.type.removeprefix("checkout.session.")
        for event in stripe.Event.list(type="checkout.session.*").data
    }


@pytest.mark.parametrize(
    ("name", "event", "status"),
    [
        ("jenny", "async_payment_succeeded", "paid"),
        ("expire_with_delay", "async_payment_failed", "unpaid"),
    ],
)
def test_a_session_is_complete_when_there_is_a_voucher(
    stripe, session, page, pass_time, name, event, status
):
    made = session("oxxo")

    _, sent = page(made.url, payment_method="oxxo", email=f"{name}@example.com", name="Jenny")
    done = stripe.checkout.Session.retrieve(made.id, expand=["payment_intent"])
    before = events_of(stripe)
    pass_time(180)

    voucher = done.payment_intent.next_action.oxxo_display_details
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert sent == voucher.hosted_voucher_url
    assert before == {"completed"}
    assert events_of(stripe) == {"completed", event}
    assert stripe.checkout.Session.retrieve(made.id).payment_status == status


def test_a_voucher_of_a_complete_session_can_be_canceled(stripe, session, page):
    made = session("oxxo")
    page(made.url, payment_method="oxxo", email="fill_never@example.com", name="Jenny")
    intent = stripe.checkout.Session.retrieve(made.id).payment_intent

    assert stripe.PaymentIntent.cancel(intent).status == "canceled"


def test_a_session_is_complete_before_the_money_is_transferred(stripe, session, page, customer):
    made = session("customer_balance", "usd", customer=customer.id)

    _, sent = page(made.url, payment_method="customer_balance")
    done = stripe.checkout.Session.retrieve(made.id, expand=["payment_intent"])
    stripe.Customer.TestHelpers.fund_cash_balance(customer.id, amount=5000, currency="usd")

    told = done.payment_intent.next_action.display_bank_transfer_instructions
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    assert sent == told.hosted_instructions_url
    assert stripe.checkout.Session.retrieve(made.id).payment_status == "paid"
    assert events_of(stripe) == {"completed", "async_payment_succeeded"}


def test_a_session_that_saves_an_account_is_complete_before_that_is_verified(
    stripe, client, session, customer
):
    made = session("us_bank_account", mode="setup", line_items=None, customer=customer.id)
    method = stripe.PaymentMethod.create(
        type="us_bank_account", us_bank_account=US, billing_details=ADA
    )

    client.raw_request("post", f"/v1/payment_pages/{made.id}/confirm", payment_method=method.id)
    done = stripe.checkout.Session.retrieve(made.id, expand=["setup_intent"])
    verified = stripe.SetupIntent.verify_microdeposits(
        done.setup_intent.id, descriptor_code="SM11AA"
    )

    assert done.status == "complete"
    assert done.setup_intent.next_action.type == "verify_with_microdeposits"
    assert verified.status == "succeeded"


@pytest.mark.parametrize(("type", "currency"), [("crypto", "usd"), ("sofort", "eur")])
def test_a_session_is_complete_when_the_money_is_on_its_way(stripe, session, page, type, currency):
    made = session(type, currency)

    _, asked = page(made.url, payment_method=type)
    waiting = stripe.checkout.Session.retrieve(made.id).status
    page(asked, outcome="succeeded")

    [completed] = stripe.Event.list(type="checkout.session.completed").data
    assert waiting == "open"
    assert completed.data.object.payment_status == "unpaid"
    assert stripe.checkout.Session.retrieve(made.id).payment_status == "paid"
    assert events_of(stripe) == {"completed", "async_payment_succeeded"}
