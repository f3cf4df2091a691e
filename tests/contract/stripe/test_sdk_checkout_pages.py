"""The page that a Checkout session leads to, as a browser meets it, and what comes of it."""

import re
from html import unescape

import pytest

from tests.waiting import wait_until

SUCCESS = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"


@pytest.fixture
def session(stripe):
    """Makes a session that sells two shirts of twenty."""

    def session(currency="usd", **terms):
        item = {
            "price_data": {
                "currency": currency,
                "unit_amount": 2000,
                "product_data": {"name": "T-shirt"},
            },
            "quantity": 2,
        }
        return stripe.checkout.Session.create(
            **{"mode": "payment", "line_items": [item], "success_url": SUCCESS, **terms}
        )

    return session


def types_of(stripe):
    return [event.type for event in reversed(stripe.Event.list(limit=100).data)]


def test_a_customer_pays_on_the_page(stripe, session, page):
    made = session(cancel_url="https://shop.example/cart")

    shown, _ = page(made.url)
    _, sent = page(made.url, payment_method="pm_card_visa", email="jenny@example.com", name="Jenny")

    assert "2 × T-shirt" in shown
    assert "$40.00" in shown
    assert 'href="https://shop.example/cart"' in shown
    assert sent == f"https://shop.example/done?session={made.id}"
    done = stripe.checkout.Session.retrieve(made.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.customer_details.email == "jenny@example.com"
    assert "This Checkout session is complete" in page(made.url)[0]


def test_who_clicks_twice_pays_once(stripe, session, page):
    made = session()

    sent = [page(made.url, payment_method="pm_card_visa")[1] for _ in "ab"]

    assert sent == [f"https://shop.example/done?session={made.id}"] * 2
    assert len(stripe.PaymentIntent.list().data) == 1


def test_a_declined_customer_tries_again(stripe, session, page):
    made = session()

    shown, _ = page(made.url, payment_method="pm_card_visa_chargeDeclined")

    assert "Your card was declined." in shown
    assert stripe.checkout.Session.retrieve(made.id).status == "open"
    assert page(made.url, payment_method="pm_card_visa")[1]
    [intent] = stripe.PaymentIntent.list().data
    assert intent.status == "succeeded"


@pytest.mark.parametrize("method", ["pm_card_threeDSecure2Required", "ideal"])
def test_a_customer_is_asked_on_another_page(stripe, session, page, method):
    made = session("eur", allowed_payment_method_types=["card", "ideal"])

    _, asked = page(made.url, payment_method=method, email="jenny@example.com")
    still = stripe.checkout.Session.retrieve(made.id)
    _, refused = page(asked, outcome="failed")
    _, again = page(made.url, payment_method=method)
    _, done = page(again, outcome="succeeded")

    assert (still.status, still.payment_status) == ("open", "unpaid")
    assert refused == made.url
    assert done.startswith(f"https://shop.example/done?session={made.id}&payment_intent=pi_")
    paid = stripe.checkout.Session.retrieve(made.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert types_of(stripe)[-1] == "checkout.session.completed"


def test_a_session_offers_the_types_that_were_chosen(stripe, session, page):
    made = session(allowed_payment_method_types=["card", "klarna", "us_bank_account"])

    assert made.payment_method_types == ["card", "klarna", "us_bank_account"]
    assert made.payment_method_options.card.request_three_d_secure == "automatic"
    offered = [unescape(value) for value in re.findall('option value="(.*?)"', page(made.url)[0])]
    assert {"pm_card_visa", "klarna", "pm_usBankAccount_success"} <= set(offered)


@pytest.mark.parametrize(
    ("blocked", "refused", "taken"),
    [
        ({"brands_blocked": ["american_express"]}, "pm_card_amex", "pm_card_visa"),
        ({"brands_blocked": ["discover_global_network"]}, "pm_card_jcb", "pm_card_amex"),
        ({"funding_types_blocked": ["prepaid"]}, "pm_card_mastercard_prepaid", "pm_card_visa"),
    ],
)
def test_a_card_of_a_blocked_kind_does_not_pay(stripe, session, page, blocked, refused, taken):
    made = session(payment_method_options={"card": {"restrictions": blocked}})

    shown, sent = page(made.url, payment_method=refused)
    still = stripe.checkout.Session.retrieve(made.id)
    page(made.url, payment_method=taken)

    assert sent is None
    assert "are not accepted" in shown
    assert (still.status, still.payment_intent) == ("open", None)
    assert stripe.checkout.Session.retrieve(made.id).status == "complete"


@pytest.mark.parametrize(
    ("method", "event", "status"),
    [
        ("pm_usBankAccount_success", "async_payment_succeeded", "paid"),
        ("pm_usBankAccount_insufficientFunds", "async_payment_failed", "unpaid"),
    ],
)
def test_a_payment_that_takes_time_is_told_of_later(stripe, session, page, method, event, status):
    made = session(allowed_payment_method_types=["us_bank_account"])

    page(made.url, payment_method=method)

    wait_until(lambda: f"checkout.session.{event}" in types_of(stripe))
    done = stripe.checkout.Session.retrieve(made.id)
    [completed] = stripe.Event.list(type="checkout.session.completed").data
    assert completed.data.object.payment_status == "unpaid"
    assert (done.status, done.payment_status) == ("complete", status)
    assert "charge.captured" not in types_of(stripe)


def test_a_subscriber_authenticates_on_another_page(stripe, page, team_price):
    made = stripe.checkout.Session.create(
        mode="subscription",
        line_items=[{"price": team_price.id, "quantity": 1}],
        success_url=SUCCESS,
    )
    card = {"payment_method": "pm_card_threeDSecure2Required", "email": "jenny@example.com"}

    _, asked = page(made.url, **card)
    still = stripe.checkout.Session.retrieve(made.id)
    _, refused = page(asked, outcome="failed")
    _, again = page(made.url, **card)
    _, done = page(again, outcome="succeeded")

    assert (still.status, still.payment_status, refused) == ("open", "unpaid", made.url)
    assert done.startswith(f"https://shop.example/done?session={made.id}")
    paid = stripe.checkout.Session.retrieve(made.id, expand=["subscription", "invoice"])
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert (paid.subscription.status, paid.invoice.status) == ("active", "paid")
    assert len(stripe.Subscription.list(status="all").data) == 1


def test_a_subscriber_pays_from_a_bank_account(stripe, page, team_price):
    made = stripe.checkout.Session.create(
        mode="subscription",
        line_items=[{"price": team_price.id, "quantity": 1}],
        allowed_payment_method_types=["us_bank_account"],
        success_url=SUCCESS,
    )

    page(made.url, payment_method="pm_usBankAccount_success", email="jenny@example.com")

    wait_until(lambda: "checkout.session.async_payment_succeeded" in types_of(stripe))
    paid = stripe.checkout.Session.retrieve(made.id, expand=["invoice"])
    assert (paid.status, paid.payment_status, paid.invoice.status) == ("complete", "paid", "paid")


def test_a_card_is_saved_on_the_page(stripe, page):
    customer = stripe.Customer.create()
    made = stripe.checkout.Session.create(
        mode="setup", currency="usd", customer=customer.id, success_url=SUCCESS
    )

    _, asked = page(made.url, payment_method="pm_card_threeDSecure2Required")
    _, done = page(asked, outcome="succeeded")

    assert done.startswith("https://shop.example/done")
    saved = stripe.checkout.Session.retrieve(made.id, expand=["setup_intent"])
    assert (saved.status, saved.setup_intent.status) == ("complete", "succeeded")
    assert len(stripe.Customer.list_payment_methods(customer.id).data) == 1


def test_a_payment_has_an_invoice_where_that_is_asked_for(stripe, session, page):
    coupon = stripe.Coupon.create(percent_off=25, duration="once")
    made = session(
        invoice_creation={"enabled": True, "invoice_data": {"footer": "Thank you"}},
        discounts=[{"coupon": coupon.id}],
    )

    page(made.url, payment_method="pm_card_visa", email="jenny@example.com", name="Jenny")

    done = stripe.checkout.Session.retrieve(made.id, expand=["invoice"])
    invoice = done.invoice
    assert (invoice.status, invoice.amount_paid, invoice.footer) == ("paid", 3000, "Thank you")
    assert (invoice.customer, invoice.customer_email) == (done.customer, "jenny@example.com")
    assert [line.description for line in invoice.lines.data] == ["T-shirt"]
    [payment] = stripe.InvoicePayment.list(invoice=invoice.id).data
    assert (payment.status, payment.payment.payment_intent) == ("paid", done.payment_intent)
    assert len(stripe.PaymentIntent.list().data) == 1
    told = types_of(stripe)
    assert {"invoice.finalized", "invoice.paid", "invoice.payment_succeeded"} <= set(told)
    assert told.index("invoice.paid") < told.index("checkout.session.completed")


def test_what_a_customer_may_add_is_offered(stripe, session):
    price = stripe.Price.create(currency="usd", unit_amount=300, product_data={"name": "Socks"})

    made = session(optional_items=[{"price": price.id, "quantity": 1}])

    assert [each.to_dict() for each in made.optional_items] == [
        {"adjustable_quantity": None, "price": price.id, "quantity": 1}
    ]
    assert made.amount_total == 4000
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(optional_items=[{"price": "price_none", "quantity": 1}])
    assert refused.value.param == "optional_items[0][price]"


def test_an_invoice_of_what_is_brought_has_the_shipping(stripe, session, page):
    rate = {
        "shipping_rate_data": {
            "display_name": "Post",
            "type": "fixed_amount",
            "fixed_amount": {"amount": 500, "currency": "usd"},
        }
    }

    made = session(invoice_creation={"enabled": True}, shipping_options=[rate])

    page(made.url, payment_method="pm_card_visa", email="jenny@example.com", name="Jenny")

    done = stripe.checkout.Session.retrieve(made.id, expand=["invoice"])
    assert (done.amount_total, done.invoice.amount_paid) == (4500, 4500)
    assert (done.invoice.subtotal, done.invoice.amount_shipping) == (4000, 500)
    assert done.invoice.shipping_cost.shipping_rate == done.shipping_cost.shipping_rate


@pytest.fixture
def trial(stripe, team_price):
    """Makes a session for a subscription that begins with a month for nothing."""

    def trial(**terms):
        return stripe.checkout.Session.create(
            mode="subscription",
            line_items=[{"price": team_price.id, "quantity": 1}],
            subscription_data={
                "trial_period_days": 30,
                "trial_settings": {"end_behavior": {"missing_payment_method": "pause"}},
            },
            success_url=SUCCESS,
            **terms,
        )

    return trial


def test_a_trial_begins_without_a_payment_method_where_none_is_asked_for(stripe, trial, page):
    made = trial(payment_method_collection="if_required")

    assert 'value="none"' in page(made.url)[0]
    page(made.url, payment_method="none", email="jenny@example.com")

    done = stripe.checkout.Session.retrieve(made.id, expand=["subscription", "customer"])
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.customer_details.email == done.customer.email == "jenny@example.com"
    assert (done.subscription.status, done.subscription.default_payment_method) == (
        "trialing",
        None,
    )
    assert stripe.PaymentMethod.list(customer=done.customer.id).data == []


def test_else_a_trial_needs_one(stripe, trial, page):
    made = trial()

    assert 'value="none"' not in page(made.url)[0]
    page(made.url, payment_method="none", email="jenny@example.com")

    assert stripe.checkout.Session.retrieve(made.id).status == "open"


def test_what_costs_nothing_is_bought_without_a_payment_method(stripe, session, page):
    coupon = stripe.Coupon.create(percent_off=100, duration="once")
    made = session(discounts=[{"coupon": coupon.id}])

    page(made.url, payment_method="none", email="jenny@example.com")

    done = stripe.checkout.Session.retrieve(made.id)
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert (done.payment_intent, done.amount_total) == (None, 0)


def test_a_program_confirms_what_costs_nothing_without_a_payment_method(stripe, client, session):
    coupon = stripe.Coupon.create(percent_off=100, duration="once")
    free, dear = session(discounts=[{"coupon": coupon.id}]), session()

    def confirm(made):
        return client.raw_request("post", f"/v1/payment_pages/{made.id}/confirm")

    confirm(free)
    assert stripe.checkout.Session.retrieve(free.id).status == "complete"
    with pytest.raises(stripe.InvalidRequestError, match="payment_method"):
        confirm(dear)


def test_the_customers_credit_is_not_for_what_is_bought_once(stripe, session, customer, page):
    stripe.Customer.create_balance_transaction(customer.id, amount=-500, currency="usd")
    made = session(customer=customer.id, invoice_creation={"enabled": True})

    page(made.url, payment_method="pm_card_visa")

    invoice = stripe.checkout.Session.retrieve(made.id, expand=["invoice"]).invoice
    assert (invoice.amount_due, invoice.amount_paid, invoice.amount_overpaid) == (4000, 4000, 0)
    assert stripe.Customer.retrieve(customer.id).balance == -500
