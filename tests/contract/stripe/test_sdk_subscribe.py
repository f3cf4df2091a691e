"""Subscribing a customer: what is charged, what is shown, what is refused. With the SDK."""

import pytest


def test_subscribing_by_price_charges_the_first_month(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id, "quantity": 3}],
        expand=["latest_invoice.payments"],
    )

    assert subscription.status == "active"
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.total, invoice.amount_paid) == ("paid", 3600, 3600)
    assert invoice.billing_reason == "subscription_create"
    assert invoice.parent.subscription_details.subscription == subscription.id
    [line] = invoice.lines.data
    assert (line.amount, line.quantity, line.pricing.price_details.price) == (
        3600,
        3,
        team_price.id,
    )
    [payment] = invoice.payments.data
    intent = stripe.PaymentIntent.retrieve(payment.payment.payment_intent, expand=["latest_charge"])
    assert (intent.status, intent.amount_received) == ("succeeded", 3600)
    assert (intent.latest_charge.paid, intent.latest_charge.amount_captured) == (True, 3600)


def test_the_period_is_the_plans_and_stands_on_the_item(stripe, traveller, team_price):
    subscription = stripe.Subscription.create(
        customer=traveller.customer.id, items=[{"price": team_price.id}]
    )

    [item] = subscription["items"].data
    assert item.current_period_start == 1_706_702_400  # 31 January, noon
    assert item.current_period_end == 1_709_208_000  # 29 February, noon
    assert "current_period_start" not in subscription
    assert "current_period_end" not in subscription


def test_subscribing_by_plan_shows_plan_and_quantity(stripe, customer):
    plan = stripe.Plan.create(
        id="team", amount=1200, currency="usd", interval="month", product={"name": "Team"}
    )

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"plan": plan.id, "quantity": 2}]
    )

    assert (subscription.plan.id, subscription.plan.amount, subscription.quantity) == (
        "team",
        1200,
        2,
    )
    [item] = subscription["items"].data
    assert (item.plan.id, item.price.id, item.quantity) == ("team", "team", 2)


def test_several_items_show_no_single_plan(stripe, customer, team_price):
    extra = stripe.Price.create(
        product_data={"name": "Support"},
        currency="usd",
        unit_amount=500,
        recurring={"interval": "month"},
    )

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}, {"price": extra.id}],
        expand=["latest_invoice"],
    )

    assert subscription.plan is None
    assert [item.price.id for item in subscription["items"]] == [team_price.id, extra.id]
    assert subscription.latest_invoice.total == 1700


def test_a_source_pays_too(stripe, team_price):
    customer = stripe.Customer.create(source="tok_visa")

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}]
    )

    assert subscription.status == "active"
    [charge] = stripe.Charge.list(customer=customer.id).data
    assert (charge.amount, charge.payment_method) == (1200, customer.default_source)


def test_a_subscriptions_own_payment_method_comes_first(stripe, customer, team_price):
    amex = stripe.PaymentMethod.attach("pm_card_amex", customer=customer.id)

    stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], default_payment_method=amex.id
    )

    [charge] = stripe.Charge.list(customer=customer.id).data
    assert charge.payment_method_details.card.brand == "amex"


def test_the_newer_client_subscribes_too(client):
    customer = client.v1.customers.create(
        {
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    product = client.v1.products.create({"name": "Team"})
    price = client.v1.prices.create(
        {
            "product": product.id,
            "currency": "usd",
            "unit_amount": 1200,
            "recurring": {"interval": "month"},
        }
    )

    subscription = client.v1.subscriptions.create(
        {"customer": customer.id, "items": [{"price": price.id}]}
    )

    assert subscription.status == "active"
    assert [each.id for each in client.v1.subscriptions.list()] == [subscription.id]
    assert client.v1.invoices.retrieve(subscription.latest_invoice).amount_paid == 1200


# With the first payment left to the browser


def test_default_incomplete_waits_for_the_first_payment(stripe, team_price):
    customer = stripe.Customer.create()

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.confirmation_secret"],
    )

    assert subscription.status == "incomplete"
    invoice = subscription.latest_invoice
    assert (invoice.status, invoice.amount_due, invoice.amount_paid) == ("open", 1200, 0)
    secret = invoice.confirmation_secret
    assert secret.type == "payment_intent"
    intent = stripe.PaymentIntent.retrieve(secret.client_secret.partition("_secret_")[0])
    assert (intent.status, intent.client_secret) == (
        "requires_payment_method",
        secret.client_secret,
    )


def test_the_confirmation_secret_is_shown_only_when_expanded(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        expand=["latest_invoice"],
    )

    assert "confirmation_secret" not in subscription.latest_invoice


@pytest.fixture
def incomplete(stripe, team_price):
    """A subscription whose first payment is still to be made."""
    return stripe.Subscription.create(
        customer=stripe.Customer.create().id,
        items=[{"price": team_price.id}],
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.confirmation_secret"],
    )


def test_confirming_with_a_card_activates_the_subscription(stripe, incomplete):
    intent = incomplete.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]

    confirmed = stripe.PaymentIntent.confirm(intent, payment_method="pm_card_visa")

    assert confirmed.status == "succeeded"
    active = stripe.Subscription.retrieve(incomplete.id, expand=["latest_invoice"])
    assert (active.status, active.latest_invoice.status) == ("active", "paid")
    method = stripe.PaymentMethod.retrieve(active.default_payment_method)
    assert method.customer == active.customer


def test_a_browser_confirms_with_the_client_secret(stripe, browser, incomplete):
    secret = incomplete.latest_invoice.confirmation_secret.client_secret
    intent = secret.partition("_secret_")[0]
    card = {"number": "4242424242424242", "exp_month": 8, "exp_year": 2040, "cvc": "314"}

    confirmed = browser.v1.payment_intents.confirm(
        intent,
        {"client_secret": secret, "payment_method_data": {"type": "card", "card": card}},
    )

    assert confirmed.status == "succeeded"
    assert stripe.Subscription.retrieve(incomplete.id).status == "active"


def test_a_browser_without_the_client_secret_sees_nothing(stripe, browser, incomplete):
    intent = incomplete.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]

    with pytest.raises(stripe.InvalidRequestError) as refused:
        browser.v1.payment_intents.confirm(
            intent, {"client_secret": f"{intent}_secret_guess", "payment_method": "pm_card_visa"}
        )

    assert refused.value.user_message == (
        "The client_secret provided does not match the client_secret associated with the PaymentIntent."
    )
    assert stripe.Subscription.retrieve(incomplete.id).status == "incomplete"


def test_a_browser_may_not_read_what_needs_a_secret_key(stripe, browser):
    with pytest.raises(stripe.AuthenticationError) as refused:
        browser.v1.customers.list()

    assert (refused.value.http_status, refused.value.error.code) == (401, "secret_key_required")


def test_a_declined_first_payment_can_be_tried_again(stripe, incomplete):
    intent = incomplete.latest_invoice.confirmation_secret.client_secret.partition("_secret_")[0]

    with pytest.raises(stripe.CardError) as declined:
        stripe.PaymentIntent.confirm(intent, payment_method="pm_card_visa_chargeDeclined")
    after_decline = stripe.Subscription.retrieve(incomplete.id).status
    stripe.PaymentIntent.confirm(intent, payment_method="pm_card_visa")

    assert declined.value.error.payment_intent.id == intent
    assert after_decline == "incomplete"
    assert stripe.Subscription.retrieve(incomplete.id).status == "active"


# What is refused


def test_without_a_payment_method_nothing_is_created(stripe, team_price):
    customer = stripe.Customer.create()

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")
    assert refused.value.user_message.startswith(
        "This customer has no attached payment source or default payment method."
    )
    assert stripe.Subscription.list(status="all").data == []
    assert stripe.Invoice.list().data == []


def test_attached_but_not_default_does_not_pay(stripe, team_price):
    customer = stripe.Customer.create()
    stripe.PaymentMethod.attach("pm_card_visa", customer=customer.id)

    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source"):
        stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])


@pytest.mark.parametrize(
    "terms",
    [
        {"trial_period_days": 14},
        {"payment_behavior": "default_incomplete"},
        {"collection_method": "send_invoice", "days_until_due": 30},
    ],
)
def test_what_charges_nothing_now_needs_no_payment_method(stripe, team_price, terms):
    customer = stripe.Customer.create(email="jenny@example.com")

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], **terms
    )

    assert subscription.status in ("trialing", "incomplete", "active")


def test_a_free_plan_needs_no_payment_method(stripe):
    customer = stripe.Customer.create()
    free = stripe.Price.create(
        product_data={"name": "Free"},
        currency="usd",
        unit_amount=0,
        recurring={"interval": "month"},
    )

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": free.id}], expand=["latest_invoice"]
    )

    assert subscription.status == "active"
    assert (subscription.latest_invoice.status, subscription.latest_invoice.total) == ("paid", 0)


@pytest.mark.parametrize(
    ("terms", "status", "code", "param", "message"),
    [
        ({"items": [{"price": "{price}"}]}, 400, "parameter_missing", "customer", "Missing"),
        ({"customer": "{customer}"}, 400, "parameter_missing", "items", "Missing"),
        (
            {"customer": "cus_none", "items": [{"price": "{price}"}]},
            400,
            "resource_missing",
            "customer",
            "No such customer: 'cus_none'",
        ),
        (
            {"customer": "{customer}", "items": [{"price": "price_none"}]},
            400,
            "resource_missing",
            "items[0][price]",
            "No such price: 'price_none'",
        ),
        (
            {"customer": "{customer}", "items": [{"plan": "none"}]},
            400,
            "resource_missing",
            "items[0][plan]",
            "No such plan: 'none'",
        ),
        (
            {"customer": "{customer}", "items": [{"price": "{price}", "amount": 3}]},
            400,
            "parameter_unknown",
            "items[0][amount]",
            "Received unknown parameter: items[0][amount]",
        ),
        (
            {"customer": "{customer}", "items": [{"price": "{price}"}], "coupon": "x"},
            400,
            "parameter_unknown",
            "coupon",
            "Received unknown parameter: coupon",
        ),
        (
            {"customer": "{customer}", "items": [{"price": "{price}"}], "collection_method": "x"},
            400,
            None,
            "collection_method",
            "Invalid collection_method: must be one of charge_automatically or send_invoice",
        ),
        (
            {
                "customer": "{customer}",
                "items": [{"price": "{price}"}],
                "default_payment_method": "pm_none",
            },
            400,
            "resource_missing",
            "default_payment_method",
            "No such PaymentMethod: 'pm_none'",
        ),
        (
            {"customer": "{customer}", "items": [{"price": "{price}"}], "trial_end": 1},
            400,
            None,
            "trial_end",
            "The parameter `trial_end` expects a unix timestamp",
        ),
    ],
)
def test_what_is_wrong_is_named(stripe, customer, team_price, terms, status, code, param, message):
    def filled(value):
        if isinstance(value, str):
            return value.format(customer=customer.id, price=team_price.id)
        if isinstance(value, list):
            return [filled(item) for item in value]
        if isinstance(value, dict):
            return {key: filled(item) for key, item in value.items()}
        return value

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(**filled(terms))

    error = refused.value
    assert (error.http_status, error.code, error.param) == (status, code, param)
    assert error.user_message.startswith(message)
    assert stripe.Subscription.list(status="all").data == []


def test_a_one_time_price_cannot_be_subscribed_to(stripe, customer, team_price):
    once = stripe.Price.create(product=team_price.product, currency="usd", unit_amount=100)

    with pytest.raises(stripe.InvalidRequestError, match="type=recurring"):
        stripe.Subscription.create(customer=customer.id, items=[{"price": once.id}])


def test_a_card_that_fails_when_charged_leaves_the_subscription_incomplete(stripe, team_price):
    customer = stripe.Customer.create(
        payment_method="pm_card_chargeCustomerFail",
        invoice_settings={"default_payment_method": "pm_card_chargeCustomerFail"},
    )

    subscription = stripe.Subscription.create(
        customer=customer.id, items=[{"price": team_price.id}], expand=["latest_invoice"]
    )

    assert subscription.status == "incomplete"
    assert (subscription.latest_invoice.status, subscription.latest_invoice.attempted) == (
        "open",
        True,
    )
    [charge] = stripe.Charge.list(customer=customer.id).data
    assert (charge.status, charge.failure_code) == ("failed", "card_declined")


def test_error_if_incomplete_answers_the_decline_and_creates_nothing(stripe, team_price):
    customer = stripe.Customer.create(
        payment_method="pm_card_chargeCustomerFail",
        invoice_settings={"default_payment_method": "pm_card_chargeCustomerFail"},
    )

    with pytest.raises(stripe.CardError) as declined:
        stripe.Subscription.create(
            customer=customer.id,
            items=[{"price": team_price.id}],
            payment_behavior="error_if_incomplete",
        )

    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
    assert stripe.Subscription.list(status="all").data == []


def test_a_card_that_wants_authentication_leaves_the_subscription_incomplete(stripe, team_price):
    customer = stripe.Customer.create(
        payment_method="pm_card_authenticationRequired",
        invoice_settings={"default_payment_method": "pm_card_authenticationRequired"},
    )

    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        expand=["latest_invoice.payments"],
    )

    [payment] = subscription.latest_invoice.payments.data
    intent = stripe.PaymentIntent.retrieve(payment.payment.payment_intent)
    assert subscription.status == "incomplete"
    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")


# What is expanded


@pytest.mark.parametrize(
    ("path", "what"),
    [
        # https://github.com/craftcms/commerce-stripe/issues/343
        ("latest_invoice.payment_intent", "because it doesn't exist: payment_intent"),
        ("latest_invoice.charge", "because it doesn't exist: charge"),
        ("latest_invoice.payments.data.nothing", "because it doesn't exist: nothing"),
        # https://github.com/gitpod-io/gitpod/issues/13035
        ("data.customer", "(data)"),
        ("nothing", "(nothing)"),
        ("latest_invoice.status", "(status)"),
        ("trial_settings.nothing", "(trial_settings.nothing)"),
        ("latest_invoice.automatic_tax.status", "(automatic_tax.status)"),
    ],
)
def test_expanding_what_does_not_exist_is_refused(stripe, customer, team_price, path, what):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.create(
            customer=customer.id, items=[{"price": team_price.id}], expand=[path]
        )

    assert refused.value.http_status == 400
    assert refused.value.user_message == f"This property cannot be expanded {what}."
    assert stripe.Subscription.list().data == []


def test_what_is_always_there_may_be_expanded_all_the_same(stripe, customer, team_price):
    subscription = stripe.Subscription.create(
        customer=customer.id,
        items=[{"price": team_price.id}],
        expand=["items", "items.data", "latest_invoice.lines"],
    )

    assert subscription["items"].data[0].price.id == team_price.id
    assert subscription.latest_invoice.lines.data[0].amount == team_price.unit_amount


def test_a_list_is_expanded_below_its_data(stripe, customer, team_price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    listed = stripe.Subscription.list(expand=["data.customer", "data.latest_invoice"])
    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe.Subscription.list(expand=["customer"])

    assert listed.data[0].customer.email == "jenny@example.com"
    assert listed.data[0].latest_invoice.object == "invoice"
    assert "expanding 'data.customer' instead" in refused.value.user_message


def test_four_levels_can_be_expanded_and_no_more(stripe, customer, team_price):
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    listed = stripe.Subscription.list(expand=["data.items.data.price"])
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        stripe.Subscription.list(expand=["data.items.data.price.product"])

    assert listed.data[0]["items"].data[0].price.id == team_price.id


def test_a_subscription_says_since_when_it_is_billed_flexibly(stripe, customer, team_price):
    terms = {"customer": customer.id, "items": [{"price": team_price.id}]}
    flexible = stripe.Subscription.create(**terms)
    classic = stripe.Subscription.create(**terms, billing_mode={"type": "classic"})

    assert flexible.billing_mode.updated_at == flexible.created
    assert "updated_at" not in classic.billing_mode
    assert flexible.managed_payments.enabled is False
