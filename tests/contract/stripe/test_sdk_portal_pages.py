"""The customer portal, as a customer's browser meets it, and what comes of it."""

import pytest

BACK = "https://shop.example/account"


@pytest.fixture
def subscribed(stripe, customer, team_price):
    return stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])


@pytest.fixture
def portal(stripe, customer, team_price, dearer):
    """Opens a portal that lets its customer do what it can, with what is said of its features."""

    def portal(flow=None, who=customer, **features):
        update = {
            "enabled": True,
            "default_allowed_updates": ["price", "quantity", "promotion_code"],
            "products": [{"product": team_price.product, "prices": [team_price.id, dearer.id]}],
            "proration_behavior": "always_invoice",
            **features.pop("subscription_update", {}),
        }
        configuration = stripe.billing_portal.Configuration.create(
            features={
                "customer_update": {"enabled": True, "allowed_updates": ["name", "address"]},
                "invoice_history": {"enabled": True},
                "payment_method_update": {"enabled": True},
                "subscription_cancel": {"enabled": True},
                "subscription_update": update,
                **features,
            }
        )
        made = stripe.billing_portal.Session.create(
            customer=who.id,
            configuration=configuration.id,
            return_url=BACK,
            **({"flow_data": flow} if flow else {}),
        )
        return made.url

    return portal


def test_a_customer_sees_what_they_have(subscribed, portal, page):
    shown, _ = page(portal())

    for part in ("Team, $12.00 a month", "visa 4242, the default", "$12.00, paid", BACK):
        assert part in shown


@pytest.fixture
def own_reason(stripe):
    """A reason to cancel in the merchant's own words."""
    return stripe.billing.FeedbackOption.create(description="My cat <ate> it")


@pytest.fixture
def configured(stripe):
    """Configures a portal whose customers are asked why they cancel."""

    def configured(*options):
        reason = {"enabled": True, "options": ["unused"], "feedback_options": list(options)}
        canceling = {"enabled": True, "mode": "immediately", "cancellation_reason": reason}
        return stripe.billing_portal.Configuration.create(
            features={"subscription_cancel": canceling}
        )

    return configured


def test_a_customer_cancels_for_a_reason_of_the_merchants_own(
    stripe, traveller, subscribed, page, own_reason, configured
):
    session = stripe.billing_portal.Session.create(
        customer=subscribed.customer, configuration=configured(own_reason.id).id
    )

    shown, _ = page(session.url)
    page(session.url, action="cancel", subscription=subscribed.id, feedback_option=own_reason.id)

    assert f'<option value="{own_reason.id}">My cat &lt;ate&gt; it</option>' in shown
    details = stripe.Subscription.retrieve(subscribed.id).cancellation_details
    assert (details.feedback_option, details.feedback) == (own_reason.id, None)


def test_a_reason_that_was_deactivated_is_not_configured(stripe, own_reason, configured):
    gone = stripe.billing.FeedbackOption.deactivate(own_reason.id)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        configured(own_reason.id)

    assert (gone.status, gone.status_transitions.deactivated_at is None) == ("inactive", False)
    assert refused.value.param == (
        "features[subscription_cancel][cancellation_reason][feedback_options][0]"
    )
    assert [each.id for each in stripe.billing.FeedbackOption.list(status="inactive")] == [gone.id]


def test_a_customer_cancels_at_the_end_of_the_period_and_stays(stripe, subscribed, portal, page):
    url = portal()
    said = {"feedback": "too_expensive", "comment": "Alas"}

    _, sent = page(url, action="cancel", subscription=subscribed.id, **said)
    canceled = stripe.Subscription.retrieve(subscribed.id)
    shown, _ = page(url)
    page(url, action="renew", subscription=subscribed.id)

    assert sent == url
    assert (canceled.status, canceled.cancel_at_period_end) == ("active", True)
    details = canceled.cancellation_details
    assert (details.feedback, details.comment) == ("too_expensive", "Alas")
    assert "Ends on" in shown
    assert stripe.Subscription.retrieve(subscribed.id).cancel_at is None


def test_a_portal_that_cancels_at_once_gives_back_what_is_unused(
    stripe, customer, subscribed, portal, page
):
    at_once = {"enabled": True, "mode": "immediately", "proration_behavior": "always_invoice"}

    page(portal(subscription_cancel=at_once), action="cancel", subscription=subscribed.id)

    assert stripe.Subscription.retrieve(subscribed.id).status == "canceled"
    assert stripe.Customer.retrieve(customer.id).balance == -1200


def test_a_customer_changes_the_plan_and_pays_the_difference(
    stripe, subscribed, dearer, portal, page
):
    stripe.PromotionCode.create(
        promotion={
            "type": "coupon",
            "coupon": stripe.Coupon.create(percent_off=50, duration="forever").id,
        },
        code="HALF",
    )

    page(
        portal(),
        action="update",
        subscription=subscribed.id,
        price=dearer.id,
        quantity="2",
        promotion_code="half",
    )

    changed = stripe.Subscription.retrieve(subscribed.id, expand=["latest_invoice"])
    [item] = changed["items"].data
    assert (item.price.id, item.quantity) == (dearer.id, 2)
    assert len(changed.discounts) == 1
    assert (changed.latest_invoice.status, changed.latest_invoice.total) == ("paid", 1800)


def test_a_change_that_is_not_paid_is_not_made(stripe, customer, subscribed, dearer, portal, page):
    method = stripe.PaymentMethod.attach("pm_card_chargeCustomerFail", customer=customer.id)
    url = portal()
    page(url, action="make_default", payment_method=method.id)

    shown, _ = page(url, action="update", subscription=subscribed.id, price=dearer.id)

    assert 'role="alert">Your card was declined.' in shown
    [item] = stripe.Subscription.retrieve(subscribed.id)["items"].data
    assert item.price.unit_amount == 1200


def test_a_cheaper_plan_begins_with_the_next_period(
    stripe, traveller, team_price, dearer, portal, page
):
    expensive = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": dearer.id}]
    )
    later = {"schedule_at_period_end": {"conditions": [{"type": "decreasing_item_amount"}]}}
    url = portal(who=traveller.customer, subscription_update=later)

    page(url, action="update", subscription=expensive.id, price=team_price.id)
    now = stripe.Subscription.retrieve(expensive.id)
    traveller.advance(now["items"].data[0].current_period_end + 60)
    then = stripe.Subscription.retrieve(expensive.id)

    assert [each["items"].data[0].price.unit_amount for each in (now, then)] == [3000, 1200]


@pytest.mark.parametrize(
    ("features", "form"),
    [
        ({"subscription_cancel": {"enabled": False}}, {"action": "cancel"}),
        ({"subscription_update": {"enabled": False}}, {"action": "update", "quantity": "2"}),
        (
            {"subscription_update": {"default_allowed_updates": ["price"]}},
            {"action": "update", "quantity": "2"},
        ),
    ],
)
def test_what_the_configuration_lacks_is_refused(stripe, subscribed, portal, page, features, form):
    shown, _ = page(portal(**features), subscription=subscribed.id, **form)

    assert 'role="alert"' in shown
    still = stripe.Subscription.retrieve(subscribed.id)
    assert (still.cancel_at, still["items"].data[0].quantity) == (None, 1)


def test_anothers_subscription_is_out_of_reach(stripe, portal, page, team_price):
    other = stripe.Customer.create(payment_method="pm_card_visa")
    theirs = stripe.Subscription.create(
        customer=other.id,
        items=[{"price": team_price.id}],
        default_payment_method=stripe.PaymentMethod.list(customer=other.id).data[0].id,
    )

    shown, _ = page(portal(), action="cancel", subscription=theirs.id)

    assert 'role="alert"' in shown
    assert stripe.Subscription.retrieve(theirs.id).cancel_at is None


def test_a_customer_pays_with_another_card_from_now_on(stripe, customer, portal, page):
    url = portal()

    page(url, action="pay_with", payment_method="pm_card_mastercard")
    declined, _ = page(url, action="pay_with", payment_method="pm_card_visa_chargeDeclined")
    [mastercard, visa] = stripe.PaymentMethod.list(customer=customer.id).data
    page(url, action="remove", payment_method=visa.id)

    assert 'role="alert">Your card was declined.' in declined
    settings = stripe.Customer.retrieve(customer.id).invoice_settings
    assert settings.default_payment_method == mastercard.id
    assert mastercard.card.brand == "mastercard"
    assert [each.id for each in stripe.PaymentMethod.list(customer=customer.id)] == [mastercard.id]


def test_a_customer_says_who_they_are(stripe, customer, portal, page):
    url = portal()

    page(url, action="tell", name="Jenny Rosen", line1="Hauptstr. 1", city="Berlin", country="DE")
    refused, _ = page(url, action="tell", email="other@example.com")

    told = stripe.Customer.retrieve(customer.id)
    assert (told.name, told.address.city, told.email) == (
        "Jenny Rosen",
        "Berlin",
        "jenny@example.com",
    )
    assert 'role="alert"' in refused


def test_a_flow_leads_to_one_thing_and_on(stripe, subscribed, dearer, portal, page):
    flow = {
        "type": "subscription_update_confirm",
        "subscription_update_confirm": {
            "subscription": subscribed.id,
            "items": [{"id": subscribed["items"].data[0].id, "price": dearer.id, "quantity": 3}],
        },
        "after_completion": {"type": "redirect", "redirect": {"return_url": f"{BACK}?done=1"}},
    }
    url = portal(flow)

    shown, _ = page(url)
    _, sent = page(url, action="confirm")

    assert "Change to 3 × Team, $30.00 a month" in shown
    assert "Payment methods" not in shown
    assert sent == f"{BACK}?done=1"
    [item] = stripe.Subscription.retrieve(subscribed.id)["items"].data
    assert (item.price.id, item.quantity) == (dearer.id, 3)
    assert "Payment methods" in page(url)[0]


def test_a_flow_ends_with_a_word(stripe, subscribed, portal, page):
    url = portal(
        {
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": subscribed.id},
            "after_completion": {
                "type": "hosted_confirmation",
                "hosted_confirmation": {"custom_message": "Come back <soon>"},
            },
        }
    )

    shown, _ = page(url, action="cancel", subscription=subscribed.id)

    assert "Come back &lt;soon&gt;" in shown
    assert stripe.Subscription.retrieve(subscribed.id).cancel_at_period_end
