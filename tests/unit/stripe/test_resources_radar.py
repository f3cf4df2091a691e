"""Lists of values, warnings of fraud, and how risky payments are."""

import pytest

LISTS, ITEMS = "/v1/radar/value_lists", "/v1/radar/value_list_items"


@pytest.fixture
def blocked(api):
    """The id of a list of email addresses."""
    return api.post(LISTS, alias="blocked", name="Blocked", item_type="email")["id"]


def test_an_alias_is_one_lists(api, blocked, refused):
    other = api.post(LISTS, alias="other", name="Other")["id"]

    assert refused(api.post, LISTS, alias="blocked", name="Again").error["param"] == "alias"
    assert refused(api.post, f"{LISTS}/{other}", alias="blocked").error["param"] == "alias"
    assert api.post(f"{LISTS}/{blocked}", alias="blocked", name="New")["name"] == "New"


def test_a_list_has_a_value_once(api, blocked, refused):
    item = {"value_list": blocked, "value": "a@example.com"}
    made = api.post(ITEMS, **item)

    assert refused(api.post, ITEMS, **item).error["code"] == "resource_already_exists"
    shown = api.get(f"{LISTS}/{blocked}")["list_items"]["data"]
    assert [each["id"] for each in shown] == [made["id"]]
    assert [each["id"] for each in api.get(LISTS, contains="a@example.com")["data"]] == [blocked]
    assert api.get(LISTS, contains="b@example.com")["data"] == []


@pytest.mark.parametrize(
    ("type", "right", "wrong"),
    [
        ("email", "a@example.com", "a"),
        ("country", "DE", "Germany"),
        ("ip_address", "2001:db8::1", "1.2.3"),
        ("card_bin", "424242", "4242"),
        ("customer_id", "cus_1", "1"),
        ("string", "anything", None),
    ],
)
def test_values_have_the_form_of_their_type(api, refused, type, right, wrong):
    id = api.post(LISTS, alias=type, name=type, item_type=type)["id"]

    assert api.post(ITEMS, value_list=id, value=right)["value"] == right
    if wrong is not None:
        assert refused(api.post, ITEMS, value_list=id, value=wrong).error["param"] == "value"


def test_items_go_with_their_list(api, blocked, refused):
    item = api.post(ITEMS, value_list=blocked, value="a@example.com")["id"]

    api.delete(f"{LISTS}/{blocked}")

    assert refused(api.get, f"{ITEMS}/{item}").status == 404


def pay(api, method):
    """A payment of ten dollars with a test card."""
    return api.send(
        "POST",
        "/v1/payment_intents",
        {
            "amount": 1000,
            "currency": "usd",
            "confirm": True,
            "payment_method": method,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        },
    )


def test_the_network_warns_of_a_card(api):
    pay(api, "pm_card_visa")
    assert pay(api, "pm_card_createIssuerFraudRecord").status == 200

    [warning] = api.get("/v1/radar/early_fraud_warnings")["data"]
    charge = api.get(f"/v1/charges/{warning['charge']}")
    assert (warning["actionable"], warning["payment_intent"]) == (True, charge["payment_intent"])
    assert api.get("/v1/radar/early_fraud_warnings", charge=charge["id"])["data"]
    assert len(api.get("/v1/events", type="radar.early_fraud_warning.created")["data"]) == 1


@pytest.mark.parametrize(
    ("method", "status", "level", "type"),
    [
        ("pm_card_visa", 200, "normal", "authorized"),
        ("pm_card_riskLevelElevated", 200, "elevated", "manual_review"),
        ("pm_card_riskLevelHighest", 402, "highest", "blocked"),
        ("pm_card_radarBlock", 402, "highest", "blocked"),
        ("pm_card_visa_chargeDeclined", 402, "normal", "issuer_declined"),
    ],
)
def test_what_is_too_risky_is_blocked(api, method, status, level, type):
    assert pay(api, method).status == status

    [charge] = api.get("/v1/charges")["data"]
    assert (charge["outcome"]["risk_level"], charge["outcome"]["type"]) == (level, type)
    sent = charge["outcome"]["network_status"] != "not_sent_to_network"
    assert sent == (type != "blocked")


@pytest.mark.parametrize(
    ("method", "level", "action"),
    [
        ("pm_card_visa", "normal", "continue"),
        ("pm_card_riskLevelElevated", "elevated", "continue"),
        ("pm_card_riskLevelHighest", "highest", "block"),
    ],
)
def test_a_payment_elsewhere_is_evaluated(api, method, level, action):
    made = api.post(
        "/v1/radar/payment_evaluations",
        customer_details={"email": "jenny@example.com"},
        payment_details={
            "amount": 1000,
            "currency": "usd",
            "payment_method_details": {"payment_method": method},
        },
    )

    signal = made["signals"]["fraudulent_payment"]
    assert (signal["risk_level"], made["recommended_action"]) == (level, action)
    assert signal["evaluated_at"] == made["created_at"] > 0
    assert made["payment_details"]["amount"] == 1000


# Reviews


@pytest.fixture
def review(api):
    """The review of a payment of elevated risk."""
    pay(api, "pm_card_visa")
    assert pay(api, "pm_card_riskLevelElevated").status == 200
    [review] = api.get("/v1/reviews")["data"]
    return review


def test_an_elevated_risk_opens_a_review(api, review):
    charge = api.get(f"/v1/charges/{review['charge']}")
    intent = api.get(f"/v1/payment_intents/{review['payment_intent']}")

    assert (review["open"], review["opened_reason"], review["reason"]) == (True, "rule", "rule")
    assert charge["review"] == intent["review"] == review["id"]
    assert len(api.get("/v1/events", type="review.opened")["data"]) == 1


def test_a_review_is_approved_once_and_no_longer_listed(api, review, refused):
    path = f"/v1/reviews/{review['id']}"

    approved = api.post(f"{path}/approve")

    assert (approved["open"], approved["closed_reason"], approved["reason"]) == (False, "approved", "approved")  # fmt: skip
    assert api.get("/v1/reviews")["data"] == []
    assert len(api.get("/v1/events", type="review.closed")["data"]) == 1
    assert refused(api.post, f"{path}/approve").status == 400


def test_what_is_given_back_needs_no_review(api, review):
    api.post("/v1/refunds", charge=review["charge"], amount=400)
    between = api.get(f"/v1/reviews/{review['id']}")
    api.post("/v1/refunds", charge=review["charge"])

    later = api.get(f"/v1/reviews/{review['id']}")
    assert (between["open"], later["open"], later["closed_reason"]) == (True, False, "refunded")


def test_a_review_says_that_a_payment_was_given_back_as_fraud(api, review):
    api.post("/v1/refunds", charge=review["charge"], reason="fraudulent")

    closed = api.get(f"/v1/reviews/{review['id']}")
    assert (closed["open"], closed["closed_reason"]) == (False, "refunded_as_fraud")
