"""What a server changes of an open Checkout session, as a page of the application's own asks it to
(https://docs.stripe.com/payments/checkout/dynamically-update-line-items). With the SDK.
"""

import pytest


@pytest.fixture
def price(stripe):
    """Makes prices of one product, in dollars."""
    product = stripe.Product.create(name="Team")

    def price(amount, interval=None, **terms):
        recurring = {"recurring": {"interval": interval}} if interval else {}
        return stripe.Price.create(
            product=product.id, currency="usd", unit_amount=amount, **recurring, **terms
        ).id

    return price


@pytest.fixture
def session(stripe):
    """Opens a session in a page of the application's own, or on Stripe's."""

    def session(*items, mode="payment", **terms):
        return stripe.checkout.Session.create(
            **{
                "ui_mode": "elements",
                "return_url": "https://shop.example/return",
                "mode": mode,
                "line_items": list(items),
                **terms,
            }
        )

    return session


@pytest.fixture
def confirm(client):
    """Confirms a session with a payment method, as its page does."""

    def confirm(session, method="pm_card_visa"):
        client.raw_request("post", f"/v1/payment_pages/{session.id}/confirm", payment_method=method)

    return confirm


@pytest.fixture
def shown(stripe):
    """The price, the quantity and the amount of each item of a session, in their order."""

    def shown(session):
        items = stripe.checkout.Session.list_line_items(session.id).data
        return [(item.price.id, item.quantity, item.amount_total) for item in items]

    return shown


def test_a_subscriber_chooses_another_interval(stripe, confirm, price, session, shown):
    monthly, yearly = price(1200, "month"), price(12000, "year")
    opened = session({"price": monthly, "quantity": 1}, mode="subscription")

    changed = stripe.checkout.Session.modify(
        opened.id, line_items=[{"price": yearly, "quantity": 1}]
    )
    confirm(opened)

    assert (changed.amount_subtotal, changed.amount_total) == (12000, 12000)
    assert shown(opened) == [(yearly, 1, 12000)]
    [subscription] = stripe.Subscription.list().data
    assert subscription["items"].data[0].price.id == yearly


def test_items_are_kept_changed_added_and_put_in_order(stripe, price, session, shown):
    pen, book, gift = price(100), price(900), price(0)
    opened = session({"price": pen, "quantity": 2}, {"price": book, "quantity": 1})
    first, second = stripe.checkout.Session.list_line_items(opened.id).data

    changed = stripe.checkout.Session.modify(
        opened.id,
        line_items=[
            {"price": gift, "quantity": 1},
            {"id": second.id},
            {"id": first.id, "quantity": 5},
        ],
        expand=["line_items"],
    )

    assert [item.id for item in changed.line_items.data][1:] == [second.id, first.id]
    assert shown(opened) == [(gift, 1, 0), (book, 1, 900), (pen, 5, 500)]
    assert changed.amount_total == 1400


def test_what_is_not_sent_again_is_not_sold_any_more(stripe, price, session, shown):
    pen, book = price(100), price(900)
    opened = session({"price": pen, "quantity": 2}, {"price": book, "quantity": 1})
    first, _ = stripe.checkout.Session.list_line_items(opened.id).data

    stripe.checkout.Session.modify(opened.id, line_items=[{"id": first.id}])

    assert shown(opened) == [(pen, 2, 200)]


def test_what_is_sold_already_may_be_archived(stripe, price, session, shown):
    pen, book = price(100), price(900)
    opened = session({"price": pen, "quantity": 1})
    [item] = stripe.checkout.Session.list_line_items(opened.id).data
    for each in (pen, book):
        stripe.Price.modify(each, active=False)

    stripe.checkout.Session.modify(opened.id, line_items=[{"id": item.id, "quantity": 3}])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.checkout.Session.modify(opened.id, line_items=[{"price": book, "quantity": 1}])

    assert refused.value.param == "line_items[0][price]"
    assert shown(opened) == [(pen, 3, 300)]


def test_taxes_and_discounts_are_of_what_is_sold_now(stripe, price, session):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    rate = stripe.TaxRate.create(display_name="VAT", percentage=20, inclusive=False)
    pen = price(100)
    opened = session({"price": pen, "quantity": 1}, discounts=[{"coupon": coupon.id}])
    [item] = stripe.checkout.Session.list_line_items(opened.id).data

    changed = stripe.checkout.Session.modify(
        opened.id, line_items=[{"id": item.id, "quantity": 10, "tax_rates": [rate.id]}]
    )

    assert (changed.amount_subtotal, changed.amount_total) == (1000, 600)
    assert changed.total_details.to_dict() == {
        "amount_discount": 500,
        "amount_shipping": 0,
        "amount_tax": 100,
    }


def test_it_is_brought_for_less_where_more_is_bought(stripe, price, session):
    pen = price(5000)
    opened = session({"price": pen, "quantity": 1})
    free = {
        "display_name": "Free",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 0, "currency": "usd"},
    }

    changed = stripe.checkout.Session.modify(
        opened.id,
        line_items=[{"price": pen, "quantity": 3}],
        shipping_options=[{"shipping_rate_data": free}],
        collected_information={
            "shipping_details": {
                "name": "Jenny Rosen",
                "address": {"country": "US", "line1": "27 Fredrick Ave"},
            }
        },
    )

    assert (changed.amount_total, changed.shipping_cost.amount_total) == (15000, 0)
    assert changed.collected_information.shipping_details.name == "Jenny Rosen"


def test_a_server_says_more_of_the_payment_that_will_be_made(stripe, confirm, price, session):
    opened = session(
        {"price": price(5000), "quantity": 1},
        payment_intent_data={"description": "Pens", "metadata": {"order": "1"}},
    )

    stripe.checkout.Session.modify(
        opened.id, payment_intent_data={"description": "Fountain pens", "metadata": {"shelf": "b"}}
    )
    confirm(opened)

    [intent] = stripe.PaymentIntent.list().data
    assert intent.description == "Fountain pens"
    assert intent.metadata.to_dict() == {"order": "1", "shelf": "b"}


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"line_items": [{"id": "li_none"}]}, "line_items[0][id]"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price": "monthly", "quantity": 1}]}, "line_items"),
        (
            {"line_items": [{"price": "once", "quantity": 1} for _ in range(101)]},
            "line_items",
        ),
    ],
)
def test_what_cannot_be_sold_instead_is_refused(stripe, price, session, shown, terms, param):
    prices = {"monthly": price(1200, "month"), "once": price(500)}
    opened = session({"price": prices["once"], "quantity": 1})
    items = [{**each, "price": prices.get(each.get("price"))} for each in terms["line_items"]]
    sent = [{name: value for name, value in each.items() if value} for each in items]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.checkout.Session.modify(opened.id, line_items=sent or "")

    assert refused.value.param == param
    assert shown(opened) == [(prices["once"], 1, 500)]


def test_a_page_of_stripes_asks_where_to_bring_it_itself(stripe, price, session):
    opened = session(
        {"price": price(500), "quantity": 1},
        ui_mode="hosted_page",
        return_url=None,
        success_url="https://shop.example/done",
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.checkout.Session.modify(
            opened.id,
            collected_information={
                "shipping_details": {"name": "Jenny", "address": {"country": "US", "line1": "1"}}
            },
        )

    assert refused.value.param == "collected_information"


def test_what_is_over_can_be_noted_of(stripe, price, session):
    opened = session({"price": price(500), "quantity": 1})
    stripe.checkout.Session.expire(opened.id)

    noted = stripe.checkout.Session.modify(opened.id, metadata={"reminded": "yes"})

    assert (noted.status, noted.metadata.to_dict()) == ("expired", {"reminded": "yes"})
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        stripe.checkout.Session.modify(opened.id, line_items=[{"price": price(1), "quantity": 1}])


# What nobody completes


@pytest.fixture
def abandoned(stripe, price, session):
    """Opens a session that can be recovered, and lets it expire."""

    def abandoned(**recovery):
        opened = session(
            {"price": price(500), "quantity": 2},
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 100,
                    "product_data": {"name": "Ink"},
                },
                "quantity": 1,
            },
            ui_mode="hosted_page",
            return_url=None,
            success_url="https://shop.example/done",
            metadata={"cart": "7"},
            after_expiration={"recovery": {"enabled": True, **recovery}},
        )
        return stripe.checkout.Session.expire(opened.id)

    return abandoned


def test_an_abandoned_cart_is_recovered(stripe, abandoned, page):
    expired = abandoned(allow_promotion_codes=True)
    [told] = stripe.Event.list(type="checkout.session.expired").data
    recovery = told.data.object.after_expiration.recovery

    _, sent = page(recovery.url)
    shown, _ = page(sent)
    page(sent, payment_method="pm_card_visa")

    again = stripe.checkout.Session.list(limit=1).data[0]
    assert recovery.expires_at - told.created in range(30 * 86_400 - 1, 30 * 86_400 + 1)
    assert "Ink" in shown
    assert (again.recovered_from, again.status) == (expired.id, "complete")
    assert (again.amount_total, again.metadata.to_dict()) == (1100, {"cart": "7"})
    assert again.allow_promotion_codes


def test_a_cart_is_recovered_within_thirty_days(stripe, abandoned, days_later, page):
    recovery = abandoned().after_expiration.recovery

    days_later(31)
    shown, sent = page(recovery.url)

    assert sent is None
    assert "no longer active" in shown


def test_a_session_that_is_over_does_not_expire(stripe, price, session):
    opened = session({"price": price(500), "quantity": 1})
    stripe.checkout.Session.expire(opened.id)

    with pytest.raises(stripe.InvalidRequestError, match="a status of `expired`"):
        stripe.checkout.Session.expire(opened.id)


def test_the_payment_of_a_session_is_canceled_by_expiring_it(stripe, confirm, price, session):
    opened = session({"price": price(500), "quantity": 1})
    with pytest.raises(stripe.CardError):
        confirm(opened, "pm_card_chargeDeclined")
    intent = stripe.checkout.Session.retrieve(opened.id).payment_intent

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        stripe.PaymentIntent.cancel(intent)
    with pytest.raises(stripe.InvalidRequestError, match="complete the Checkout Session"):
        stripe.PaymentIntent.confirm(intent, payment_method="pm_card_visa")
    stripe.checkout.Session.expire(opened.id)

    over = stripe.PaymentIntent.retrieve(intent)
    assert (over.status, over.cancellation_reason) == ("canceled", "expired")


def test_what_a_session_has_authorized_can_be_canceled(stripe, confirm, price, session):
    opened = session(
        {"price": price(500), "quantity": 1}, payment_intent_data={"capture_method": "manual"}
    )
    confirm(opened)
    intent = stripe.checkout.Session.retrieve(opened.id).payment_intent

    assert stripe.PaymentIntent.cancel(intent).status == "canceled"


def test_the_setup_of_a_session_is_canceled_by_expiring_it(stripe, confirm, customer, session):
    opened = session(mode="setup", line_items=None, currency="usd", customer=customer.id)
    confirm(opened, "pm_card_threeDSecureRequired")
    intent = stripe.checkout.Session.retrieve(opened.id).setup_intent

    with pytest.raises(stripe.InvalidRequestError, match="Expire the Checkout Session"):
        stripe.SetupIntent.cancel(intent)
    with pytest.raises(stripe.InvalidRequestError, match="complete the Checkout Session"):
        stripe.SetupIntent.confirm(intent, payment_method="pm_card_visa")
    stripe.checkout.Session.expire(opened.id)

    assert stripe.SetupIntent.retrieve(intent).status == "canceled"
