"""Payment links (https://docs.stripe.com/payment-links), opened as a browser does, and what comes of it."""

import pytest

from tests.onboarded import ONBOARDED

SUCCESS = "https://shop.example/done?session={CHECKOUT_SESSION_ID}"


@pytest.fixture
def link(stripe):
    """Makes a payment link for three mugs of five."""

    def link(recurring=None, **terms):
        price = stripe.Price.create(
            currency="usd",
            unit_amount=500,
            product_data={"name": "Mug"},
            **({"recurring": recurring} if recurring else {}),
        )
        return stripe.PaymentLink.create(line_items=[{"price": price.id, "quantity": 3}], **terms)

    return link


def test_a_payment_link_makes_a_session_for_each_customer(stripe, link, page):
    made = link(
        metadata={"campaign": "spring"},
        after_completion={"type": "redirect", "redirect": {"url": SUCCESS}},
    )

    _, first = page(made.url)
    _, second = page(made.url)
    _, done = page(first, payment_method="pm_card_visa")

    assert first != second
    sessions = stripe.checkout.Session.list(payment_link=made.id).data
    assert [each.status for each in sessions] == ["open", "complete"]
    assert sessions[1].metadata.campaign == "spring"
    assert sessions[1].amount_total == 1500
    assert done == f"https://shop.example/done?session={sessions[1].id}"


def test_a_payment_link_subscribes(stripe, link, page):
    made = link(recurring={"interval": "month"})

    _, session = page(made.url)
    _, thanks = page(session, payment_method="pm_card_visa", email="jenny@example.com")

    assert made.customer_creation == "always"
    assert "Thanks" in page(thanks)[0]
    [subscription] = stripe.Subscription.list().data
    assert subscription.status == "active"
    assert stripe.Customer.retrieve(subscription.customer).email == "jenny@example.com"


def test_a_payment_link_can_be_closed(stripe, link, page):
    made = link(inactive_message="Sold out")

    stripe.PaymentLink.modify(made.id, active=False)

    assert "Sold out" in page(made.url)[0]


@pytest.fixture
def sold(stripe, page):
    """Opens a payment link, and gives the session that was made; or pays it, too."""

    def sold(link, query="", *, pays=False):
        _, address = page(f"{link.url}{query}")
        if pays:
            page(address, payment_method="pm_card_visa", email="jenny@example.com")
        return stripe.checkout.Session.list(payment_link=link.id).data[0]

    return sold


def test_a_payment_link_can_be_used_as_often_as_it_says(stripe, link, page, sold):
    made = link(restrictions={"completed_sessions": {"limit": 2}}, inactive_message="Sold out")
    counts = []

    for _ in range(2):
        assert sold(made).status == "open"
        assert sold(made, pays=True).status == "complete"
        counts.append(stripe.PaymentLink.retrieve(made.id).restrictions.completed_sessions.count)

    assert counts == [1, 2]
    assert not stripe.PaymentLink.retrieve(made.id).active
    assert "Sold out" in page(made.url)[0]


def test_a_payment_link_offers_shipping(stripe, link, sold):
    rates = [
        stripe.ShippingRate.create(
            display_name=name,
            type="fixed_amount",
            fixed_amount={"amount": amount, "currency": "usd"},
        ).id
        for name, amount in (("Slow", 300), ("Fast", 900))
    ]
    made = link(shipping_options=[{"shipping_rate": rate} for rate in rates])

    session = sold(made, pays=True)

    assert [each.shipping_amount for each in made.shipping_options] == [300, 900]
    assert session.shipping_cost.amount_total == 300
    assert session.amount_total == 1800
    assert stripe.PaymentLink.modify(made.id, shipping_options="").shipping_options == []


def test_shipping_that_a_payment_link_cannot_offer(stripe, link):
    rate = stripe.ShippingRate.create(
        display_name="Slow", type="fixed_amount", fixed_amount={"amount": 300, "currency": "usd"}
    ).id

    with pytest.raises(stripe.InvalidRequestError):
        link(shipping_options=[{"shipping_rate": rate}], recurring={"interval": "month"})

    assert stripe.PaymentLink.list().data == []


def test_other_quantities_can_be_sold(stripe, link, sold):
    made = link()
    [item] = stripe.PaymentLink.list_line_items(made.id).data

    stripe.PaymentLink.modify(
        made.id,
        line_items=[{"id": item.id, "quantity": 5, "adjustable_quantity": {"enabled": True}}],
    )

    [changed] = stripe.PaymentLink.list_line_items(made.id).data
    assert (changed.quantity, changed.amount_total, changed.adjustable_quantity.enabled) == (
        *(5, 2500),
        True,
    )
    assert sold(made).amount_total == 2500
    with pytest.raises(stripe.InvalidRequestError, match="No such line_item: 'li_x'") as caught:
        stripe.PaymentLink.modify(made.id, line_items=[{"id": "li_x", "quantity": 5}])
    assert caught.value.param == "line_items[0][id]"


def test_a_link_sells_in_the_currency_and_by_the_methods_that_it_names(stripe, sold):
    price = stripe.Price.create(
        currency="usd",
        unit_amount=500,
        currency_options={"eur": {"unit_amount": 450}},
        product_data={"name": "Mug"},
    )
    made = stripe.PaymentLink.create(
        line_items=[{"price": price.id, "quantity": 1}],
        currency="eur",
        payment_method_types=["card", "klarna"],
        name_collection={"individual": {"enabled": True}},
    )

    session = sold(made)

    assert made.payment_method_types == ["card", "klarna"]
    assert (session.currency, session.amount_total) == ("eur", 450)
    assert session.payment_method_types == ["card", "klarna"]
    assert session.name_collection.individual.enabled


def test_a_platform_gets_its_share_of_what_a_link_sells(stripe, link, sold):
    seller = stripe.Account.create(**ONBOARDED)
    made = link(application_fee_amount=100, transfer_data={"destination": seller.id})

    session = sold(made, pays=True)

    charge = stripe.Charge.list(payment_intent=session.payment_intent).data[0]
    assert (charge.application_fee_amount, charge.transfer_data.destination) == (100, seller.id)


def test_a_platform_gets_its_share_of_a_subscription(stripe, link, sold):
    seller = stripe.Account.create(**ONBOARDED)
    made = link(
        recurring={"interval": "month"},
        application_fee_percent=10,
        transfer_data={"destination": seller.id},
    )

    subscription = stripe.Subscription.retrieve(sold(made, pays=True).subscription)

    assert subscription.application_fee_percent == 10
    assert subscription.transfer_data.destination == seller.id


def test_what_is_added_to_a_links_address_is_in_the_session(stripe, link, sold):
    coupon = stripe.Coupon.create(percent_off=50, duration="once")
    promotion = {"type": "coupon", "coupon": coupon.id}
    stripe.PromotionCode.create(promotion=promotion, code="HALF")
    made = link(allow_promotion_codes=True)

    told = sold(
        made,
        "?client_reference_id=cart_7&prefilled_email=z%40example.com&prefilled_promo_code=HALF",
    )
    mistaken = sold(
        made,
        "?client_reference_id=a%20b&prefilled_email=nobody&prefilled_promo_code=NO&utm_source=x",
    )

    assert "?" not in made.url
    assert (told.client_reference_id, told.customer_email) == ("cart_7", "z@example.com")
    assert told.amount_total == 750
    assert (mistaken.client_reference_id, mistaken.customer_email) == (None, None)
    assert (mistaken.amount_total, mistaken.allow_promotion_codes) == (1500, True)
