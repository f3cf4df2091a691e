"""Checkout sessions and payment links: what is sold, and what it comes to."""

import pytest

HOUR = 3600


@pytest.fixture
def once(api):
    """The id of a price of 15 dollars that is paid once."""
    return api.post("/v1/prices", currency="usd", unit_amount=1500, product_data={"name": "Shirt"})[
        "id"
    ]


@pytest.fixture
def session(api, once):
    """Makes sessions that sell two shirts, unless something else is said."""

    def session(**params):
        terms = {
            "mode": "payment",
            "success_url": "https://example.com/thanks",
            "line_items": [{"price": once, "quantity": 2}],
        }
        return api.post("/v1/checkout/sessions", **(terms | params))

    return session


def test_a_session_adds_up_what_it_sells(api, session, once):
    sold = session(
        line_items=[
            {"price": once, "quantity": 2},
            {
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 250,
                    "product_data": {"name": "Postcard"},
                },
                "quantity": 3,
            },
        ]
    )

    assert (sold["amount_subtotal"], sold["amount_total"], sold["currency"]) == (3750, 3750, "usd")
    assert (sold["status"], sold["payment_status"]) == ("open", "unpaid")
    assert sold["expires_at"] - sold["created"] == 24 * HOUR
    items = api.get(f"/v1/checkout/sessions/{sold['id']}/line_items")["data"]
    assert [(each["description"], each["amount_total"]) for each in items] == [
        ("Shirt", 3000),
        ("Postcard", 750),
    ]


def test_items_come_with_the_session_where_they_are_asked_for(session):
    sold = session(expand=["line_items"])

    assert [each["quantity"] for each in sold["line_items"]["data"]] == [2]
    assert "line_items" not in session()


def test_sessions_do_not_share_items(api, session):
    first, second = session(), session(expand=["line_items"])

    [item] = api.get(f"/v1/checkout/sessions/{first['id']}/line_items")["data"]

    assert item["id"] != second["line_items"]["data"][0]["id"]


def test_a_subscription_needs_a_recurring_price(api, session, refused):
    recurring = [{"price": api.price(), "quantity": 1}]

    assert session(mode="subscription", line_items=recurring)["customer_creation"] == "always"
    assert refused(session, mode="subscription").error["param"] == "line_items"
    assert refused(session, line_items=recurring).error["param"] == "line_items"


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"line_items": [{"price": "price_none", "quantity": 1}]}, "line_items[0][price]"),
        ({"line_items": []}, "line_items"),
        ({"success_url": None}, "success_url"),
        ({"expires_at": 1_900_000_000}, "expires_at"),
        ({"customer": "cus_none"}, "customer"),
        ({"discounts": [{"coupon": "x"}]}, "discounts[0][coupon]"),
    ],
)
def test_what_cannot_be_sold_is_refused(session, refused, params, param):
    terms = {name: value for name, value in params.items() if value is not None}
    if "success_url" in params:
        terms["success_url"] = ""

    error = refused(session, **terms)

    assert (error.status, error.error["param"]) == (400, param)


def test_an_embedded_session_has_a_secret_instead_of_an_address(api, once):
    made = api.post(
        "/v1/checkout/sessions",
        mode="payment",
        ui_mode="embedded_page",
        return_url="https://example.com",
        line_items=[{"price": once, "quantity": 1}],
    )

    assert made["url"] is None
    assert made["client_secret"].startswith(f"{made['id']}_secret_")


def test_an_expired_session_is_over(api, session, refused):
    path = f"/v1/checkout/sessions/{session()['id']}"

    expired = api.post(f"{path}/expire")

    assert (expired["status"], expired["url"]) == ("expired", None)
    assert refused(api.post, f"{path}/expire").status == 400
    assert refused(api.post, path, payment_intent_data={"description": "x"}).status == 400


def test_sessions_are_found_by_the_customers_address(api, session):
    wanted = session(customer_email="ann@example.com")
    session(customer_email="bob@example.com")

    found = api.get("/v1/checkout/sessions", customer_details={"email": "ann@example.com"})

    assert [each["id"] for each in found["data"]] == [wanted["id"]]


def test_a_payment_link_sells_items(api, once):
    link = api.post("/v1/payment_links", line_items=[{"price": once, "quantity": 1}])

    [item] = api.get(f"/v1/payment_links/{link['id']}/line_items")["data"]

    assert (link["active"], link["currency"]) == (True, "usd")
    assert (item["price"]["id"], item["amount_total"]) == (once, 1500)
