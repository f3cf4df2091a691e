"""The customer portal: configurations and sessions."""

import pytest

SESSIONS, CONFIGURATIONS = "/v1/billing_portal/sessions", "/v1/billing_portal/configurations"


@pytest.fixture
def customer(api):
    """A customer's id."""
    return api.post("/v1/customers")["id"]


def test_a_session_has_the_default_configuration(api, customer):
    session = api.post(SESSIONS, customer=customer, return_url="https://example.com")

    [default] = api.get(CONFIGURATIONS, is_default=True)["data"]
    assert (session["configuration"], session["customer"]) == (default["id"], customer)
    assert session["return_url"] == "https://example.com"
    assert "/p/session/test_" in session["url"]


def test_a_session_may_have_another_configuration(api, customer):
    made = api.post(CONFIGURATIONS, features={"invoice_history": {"enabled": True}})

    session = api.post(SESSIONS, customer=customer, configuration=made["id"])

    assert session["configuration"] == made["id"]
    assert (made["active"], made["is_default"]) == (True, False)


def test_an_inactive_configuration_cannot_be_used(api, customer, refused):
    made = api.post(CONFIGURATIONS, features={"invoice_history": {"enabled": True}})["id"]
    api.post(f"{CONFIGURATIONS}/{made}", active=False)

    error = refused(api.post, SESSIONS, customer=customer, configuration=made)

    assert (error.status, error.error["param"]) == (400, "configuration")


def test_the_default_chooses_what_others_do(api):
    [default] = api.get(CONFIGURATIONS)["data"]
    made = api.post(CONFIGURATIONS, features={"subscription_cancel": {"enabled": True}})

    assert made["features"]["subscription_update"] == default["features"]["subscription_update"]
    assert made["features"]["subscription_cancel"] == default["features"]["subscription_cancel"]


def test_the_default_stays_active(api, refused):
    [default] = api.get(CONFIGURATIONS)["data"]

    assert refused(api.post, f"{CONFIGURATIONS}/{default['id']}", active=False).status == 400


@pytest.mark.parametrize("params", [{}, {"customer": "cus_none"}])
def test_a_session_needs_a_customer(api, refused, params):
    error = refused(api.post, SESSIONS, **params)

    assert (error.status, error.error["param"]) == (400, "customer")


def test_a_login_page_has_an_address(api):
    made = api.post(
        CONFIGURATIONS,
        features={"invoice_history": {"enabled": True}},
        login_page={"enabled": True},
    )

    assert "/p/login/test_" in made["login_page"]["url"]


def test_a_configuration_is_as_stripes_where_nothing_else_is_said(api):
    made = api.post(CONFIGURATIONS, features={"subscription_cancel": {"enabled": True}})

    cancel, update = (
        made["features"]["subscription_cancel"],
        made["features"]["subscription_update"],
    )
    assert (cancel["mode"], cancel["proration_behavior"]) == ("at_period_end", "none")
    assert "too_expensive" in cancel["cancellation_reason"]["options"]
    assert (update["proration_behavior"], update["trial_update_behavior"]) == ("none", "end_trial")


def test_a_session_can_lead_to_one_thing_only(api, customer):
    session = api.post(SESSIONS, customer=customer, flow_data={"type": "payment_method_update"})

    assert session["flow"]["type"] == "payment_method_update"
    assert session["flow"]["after_completion"]["type"] == "portal_homepage"


def test_a_flow_is_for_a_subscription_of_the_customer(api, customer, refused):
    price = api.post(
        "/v1/prices",
        currency="usd",
        unit_amount=500,
        recurring={"interval": "month"},
        product_data={"name": "Team"},
    )
    other = api.post("/v1/customers")["id"]
    subscription = api.post(
        "/v1/subscriptions",
        customer=other,
        items=[{"price": price["id"]}],
        payment_behavior="default_incomplete",
    )["id"]
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription}}

    error = refused(api.post, SESSIONS, customer=customer, flow_data=flow)

    assert error.error["param"] == "flow_data[subscription_cancel][subscription]"
    session = api.post(SESSIONS, customer=other, flow_data=flow)
    assert session["flow"]["subscription_cancel"]["subscription"] == subscription


def test_a_flow_needs_its_feature(api, customer, refused):
    made = api.post(CONFIGURATIONS, features={"invoice_history": {"enabled": True}})["id"]

    error = refused(
        api.post,
        SESSIONS,
        customer=customer,
        configuration=made,
        flow_data={"type": "payment_method_update"},
    )

    assert error.error["param"] == "flow_data[type]"


def test_a_flow_that_ends_elsewhere_says_where(api, customer, refused):
    flow = {"type": "payment_method_update", "after_completion": {"type": "redirect"}}

    error = refused(api.post, SESSIONS, customer=customer, flow_data=flow)

    assert error.error["param"] == "flow_data[after_completion][redirect]"


def test_what_is_confirmed_is_an_item_of_the_subscription(api, refused):
    customer, price = api.customer(), api.price()
    mine, other = (api.subscribe(customer, price) for _ in range(2))
    features = {"subscription_update": {"enabled": True, "default_allowed_updates": ["quantity"]}}
    made = api.post(CONFIGURATIONS, features=features)["id"]

    def confirm(item):
        change = {"subscription": mine["id"], "items": [{"id": item, "quantity": 2}]}
        return {
            "customer": customer,
            "configuration": made,
            "flow_data": {
                "type": "subscription_update_confirm",
                "subscription_update_confirm": change,
            },
        }

    error = refused(api.post, SESSIONS, **confirm(other["items"]["data"][0]["id"]))

    assert error.error["param"] == "flow_data[subscription_update_confirm][items][0][id]"
    assert api.post(SESSIONS, **confirm(mine["items"]["data"][0]["id"]))["flow"]
