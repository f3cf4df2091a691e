"""What a customer chooses on the page of a Checkout session besides how they pay, and what becomes of it."""

import pytest

SUCCESS = "https://shop.example/done"
ADDRESS = {
    "shipping[name]": "Jenny Rosen",
    "shipping[line1]": "Hauptstr. 1",
    "shipping[city]": "Berlin",
    "shipping[postal_code]": "10115",
    "shipping[country]": "DE",
}


@pytest.fixture
def session(stripe):
    """Makes a session that sells a shirt and socks."""

    def session(**terms):
        items = [
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": amount,
                    "product_data": {"name": name},
                },
                "quantity": 1,
                "adjustable_quantity": {"enabled": True, "maximum": 5},
            }
            for name, amount in (("Shirt", 2000), ("Socks", 500))
        ]
        return stripe.checkout.Session.create(
            **{"mode": "payment", "line_items": items, "success_url": SUCCESS, **terms}
        )

    return session


@pytest.fixture
def half(stripe):
    """A code that takes half off."""
    coupon = stripe.Coupon.create(percent_off=50, duration="repeating", duration_in_months=3)
    return stripe.PromotionCode.create(
        promotion={"type": "coupon", "coupon": coupon.id}, code="HALF"
    )


def test_a_typed_promotion_code_is_shown_and_redeemed(stripe, session, half, page):
    made = session(allow_promotion_codes=True)

    _, again = page(made.url, promotion_code="half", apply="true")
    shown, _ = page(again)
    page(again, payment_method="pm_card_visa")

    assert "-$12.50" in shown
    assert "$12.50" in shown
    done = stripe.checkout.Session.retrieve(made.id)
    assert (done.amount_total, done.total_details.amount_discount) == (1250, 1250)
    assert done.discounts[0].promotion_code == half.id
    assert stripe.PaymentIntent.retrieve(done.payment_intent).amount == 1250
    assert stripe.PromotionCode.retrieve(half.id).times_redeemed == 1


def test_a_subscriber_types_a_promotion_code(stripe, team_price, half, page):
    made = stripe.checkout.Session.create(
        mode="subscription",
        line_items=[{"price": team_price.id, "quantity": 1}],
        allow_promotion_codes=True,
        success_url=SUCCESS,
    )

    page(made.url, promotion_code="HALF", email="jenny@example.com", payment_method="pm_card_visa")

    done = stripe.checkout.Session.retrieve(made.id, expand=["subscription", "invoice"])
    assert done.invoice.amount_paid == 600
    assert len(done.subscription.discounts) == 1


@pytest.mark.parametrize("code", ["NOPE", "HALF"])
def test_a_code_that_is_not_taken_is_refused(stripe, session, half, page, code):
    made = session(allow_promotion_codes=code == "NOPE")

    shown, _ = page(made.url, promotion_code=code)

    assert 'role="alert"' in shown
    assert stripe.checkout.Session.retrieve(made.id).status == "open"


def test_quantities_are_adjusted_and_items_removed(stripe, session, page):
    made = session()
    [shirt, socks] = stripe.checkout.Session.list_line_items(made.id).data

    too_many, _ = page(made.url, **{f"quantity[{shirt.id}]": "6"})
    page(made.url, **{f"quantity[{shirt.id}]": "3", f"quantity[{socks.id}]": "0"})

    assert 'role="alert">The quantity must be between 0 and 5.' in too_many
    [left] = stripe.checkout.Session.list_line_items(made.id).data
    assert (left.id, left.quantity, left.amount_total) == (shirt.id, 3, 6000)
    assert stripe.checkout.Session.retrieve(made.id).amount_total == 6000


def test_the_only_item_stays(stripe, session, page):
    made = session()
    items = stripe.checkout.Session.list_line_items(made.id).data

    shown, _ = page(made.url, **{f"quantity[{item.id}]": "0" for item in items})

    assert 'role="alert"' in shown
    assert len(stripe.checkout.Session.list_line_items(made.id).data) == 2


def test_seats_of_a_trial_are_adjusted(stripe, team_price, page):
    made = stripe.checkout.Session.create(
        mode="subscription",
        line_items=[
            {"price": team_price.id, "quantity": 1, "adjustable_quantity": {"enabled": True}}
        ],
        subscription_data={"trial_period_days": 7},
        success_url=SUCCESS,
    )
    [item] = stripe.checkout.Session.list_line_items(made.id).data

    page(made.url, **{f"quantity[{item.id}]": "4", "email": "jenny@example.com"})

    done = stripe.checkout.Session.retrieve(made.id, expand=["subscription"])
    assert (done.amount_total, done.subscription.status) == (0, "trialing")
    assert done.subscription["items"].data[0].quantity == 4


def test_what_is_bought_after_a_decline_is_what_is_paid(stripe, session, page):
    made = session()
    [shirt, _] = stripe.checkout.Session.list_line_items(made.id).data
    page(made.url, payment_method="pm_card_visa_chargeDeclined")

    page(made.url, **{f"quantity[{shirt.id}]": "2"})

    [intent] = stripe.PaymentIntent.list().data
    assert (intent.status, intent.amount_received) == ("succeeded", 4500)


def test_it_is_brought_where_the_customer_wants(stripe, session, page):
    options = [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "usd"},
            }
        }
        for name, amount in (("Slow", 100), ("Fast", 900))
    ]
    made = session(
        shipping_address_collection={"allowed_countries": ["DE"]},
        shipping_options=options,
        customer_creation="always",
    )
    fast = made.shipping_options[1].shipping_rate

    elsewhere, _ = page(made.url, **{**ADDRESS, "shipping[country]": "FR"})
    page(made.url, shipping_rate=fast, email="jenny@example.com", **ADDRESS)

    assert 'role="alert"' in elsewhere
    done = stripe.checkout.Session.retrieve(made.id, expand=["customer", "payment_intent"])
    assert (done.amount_total, done.shipping_cost.shipping_rate) == (3400, fast)
    assert done.collected_information.shipping_details.name == "Jenny Rosen"
    for shipped in (done.payment_intent.shipping, done.customer.shipping):
        assert (shipped.name, shipped.address.city) == ("Jenny Rosen", "Berlin")


def test_a_known_customers_details_are_updated_by_what_they_say(stripe, session, customer, page):
    stripe.Customer.modify(customer.id, name="Jenny")
    made = session(
        customer=customer.id,
        customer_update={"name": "auto", "address": "auto", "shipping": "auto"},
        billing_address_collection="required",
        phone_number_collection={"enabled": True},
        shipping_address_collection={"allowed_countries": ["DE"]},
    )

    page(made.url, line1="Ring 2", city="Bonn", country="DE", phone="+4930123", **ADDRESS)

    told = stripe.Customer.retrieve(customer.id)
    assert (told.name, told.address.city, told.shipping.address.city) == ("Jenny", "Bonn", "Berlin")
    done = stripe.checkout.Session.retrieve(made.id).customer_details
    assert (done.phone, done.address.line1) == ("+4930123", "Ring 2")


def test_custom_fields_and_consent_are_kept(stripe, session, page):
    label = {"type": "custom", "custom": "Size"}
    options = [{"label": "Large", "value": "l"}]
    made = session(
        custom_fields=[
            {"key": "size", "type": "dropdown", "label": label, "dropdown": {"options": options}},
            {"key": "note", "type": "text", "label": label, "optional": True},
        ],
        consent_collection={"terms_of_service": "required"},
    )

    shown, _ = page(made.url)
    refused, _ = page(made.url, **{"custom_fields[size]": "xxl"})
    page(
        made.url, **{"custom_fields[size]": "l", "custom_fields[note]": "Hi"}, terms_of_service="1"
    )

    assert '<option value="l">Large</option>' in shown
    assert 'role="alert"' in refused
    done = stripe.checkout.Session.retrieve(made.id)
    assert [each[each.type].value for each in done.custom_fields] == ["l", "Hi"]
    assert done.consent.terms_of_service == "accepted"


# What is refused, and what is done where nothing is said


@pytest.mark.parametrize(
    ("terms", "param"),
    [
        ({"mode": "subscription", "customer_creation": "always"}, "customer_creation"),
        ({"mode": "payment", "payment_method_collection": "always"}, "payment_method_collection"),
        ({"mode": "subscription", "invoice_creation": {"enabled": True}}, "invoice_creation"),
        ({"mode": "setup", "submit_type": "pay"}, "submit_type"),
        ({"mode": "setup"}, "currency"),
        ({"mode": "payment", "customer_update": {"address": "auto"}}, "customer_update"),
        ({"ui_mode": "elements", "custom_text": {"submit": {"message": "Hi"}}}, "custom_text"),
        ({"ui_mode": "embedded_page", "cancel_url": SUCCESS}, "cancel_url"),
        ({"permissions": {"update_shipping_details": "server_only"}}, "permissions"),
    ],
)
def test_what_a_session_of_its_kind_does_not_know_is_refused(stripe, session, terms, param):
    kind = {"mode": "payment", **terms}
    if kind["mode"] == "setup":
        kind["line_items"] = None
    if "ui_mode" in kind:
        kind["success_url"] = None

    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(**kind)

    assert refused.value.param == param


def test_less_than_can_be_paid_is_not_sold(stripe, session):
    def pen(amount):
        data = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Pen"}}
        return [{"price_data": data, "quantity": 1}]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(line_items=pen(49))

    assert refused.value.code == "amount_too_small"
    assert "add up to at least $0.50 usd" in str(refused.value)
    assert session(line_items=pen(50)).amount_total == 50
    assert session(line_items=pen(0)).amount_total == 0


@pytest.mark.parametrize(
    ("trial", "param"),
    [
        ({"trial_period_days": 0}, "subscription_data[trial_period_days]"),
        ({"trial_end": 2_000_000_000, "trial_period_days": 7}, "subscription_data[trial_end]"),
        ({"trial_end": 1_700_000_000}, "subscription_data[trial_end]"),
    ],
)
def test_a_trial_lasts_for_a_while(stripe, session, team_price, trial, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(
            mode="subscription",
            line_items=[{"price": team_price.id, "quantity": 1}],
            subscription_data=trial,
        )

    assert refused.value.param == param


def test_the_tax_id_of_a_known_customer_needs_a_name(stripe, session, customer):
    with pytest.raises(stripe.InvalidRequestError, match=r"customer_update\[name\]"):
        session(customer=customer.id, tax_id_collection={"enabled": True})

    allowed = session(
        customer=customer.id,
        tax_id_collection={"enabled": True},
        customer_update={"name": "auto"},
    )

    assert allowed.tax_id_collection.enabled


def test_a_session_says_what_is_done_where_nothing_was_said(stripe, session, team_price):
    bought = session()
    subscribed = session(mode="subscription", line_items=[{"price": team_price.id, "quantity": 1}])

    assert bought.payment_method_collection == "if_required"
    assert bought.invoice_creation.enabled is False
    assert bought.saved_payment_method_options is None
    assert bought.phone_number_collection.enabled is False
    assert subscribed.payment_method_collection == "always"
    assert subscribed.invoice_creation is None
    assert subscribed.saved_payment_method_options.to_dict() == {
        "allow_redisplay_filters": ["always"],
        "payment_method_remove": "disabled",
        "payment_method_save": None,
    }
    for sold in (bought, subscribed):
        assert sold.adaptive_pricing.enabled is True
        assert sold.managed_payments.enabled is False


def test_a_session_says_how_its_page_looks(stripe, session):
    plain = session()
    chosen = session(branding_settings={"button_color": "#ff0000", "display_name": "Powdur"})

    assert plain.branding_settings.to_dict() == {
        "background_color": "#ffffff",
        "border_style": "rounded",
        "button_color": "#0074d4",
        "display_name": "LocalStack",
        "font_family": "default",
        "icon": None,
        "logo": None,
    }
    looks = chosen.branding_settings
    assert (looks.button_color, looks.display_name) == ("#ff0000", "Powdur")
    assert looks.border_style == "rounded"


def test_nothing_was_collected_yet(session):
    assert session().collected_information.to_dict() == {
        "business_name": None,
        "individual_name": None,
        "shipping_details": None,
    }


@pytest.mark.parametrize("by_code", [False, True])
def test_a_discount_has_to_be_for_something_that_is_sold(stripe, session, by_code):
    other = stripe.Product.create(name="Other")
    coupon = stripe.Coupon.create(percent_off=5, applies_to={"products": [other.id]})
    given = {"coupon": coupon.id}
    if by_code:
        promotion = {"type": "coupon", "coupon": coupon.id}
        given = {"promotion_code": stripe.PromotionCode.create(promotion=promotion).id}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(discounts=[given])

    name = "promotion code" if by_code else "coupon"
    message = f"This {name} cannot be redeemed because it does not apply to anything in this order."
    assert refused.value.user_message == message
    assert refused.value.code == (None if by_code else "coupon_applies_to_nothing")


def test_how_many_are_sold_is_said_unless_usage_is_metered(stripe, session, calls):
    plain = stripe.Price.create(currency="usd", unit_amount=500, product_data={"name": "Cup"})

    def refused(**terms):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            session(**terms)
        return refused.value.user_message

    assert refused(line_items=[{"price": plain.id}]) == (
        "Quantity is required. Add `quantity` to `line_items[0]`"
    )
    items = [{"price": calls.id, "quantity": 1}]
    assert refused(mode="subscription", line_items=items) == (
        "Quantity should not be specified where usage_type is `metered`. Remove quantity from `line_items[0]`"
    )
