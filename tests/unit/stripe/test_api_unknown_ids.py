"""The lenient mode: an id that nothing has becomes an object, as tests for stripe-mock expect."""

import pytest

from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import Api


@pytest.fixture
def lenient():
    """An account of an emulator that makes what does not exist."""
    return Api(StripeEmulator(StripeSettings(unknown_ids="create")))


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/cus_123",
        "/v1/products/prod_123",
        "/v1/prices/price_123",
        "/v1/charges/ch_123",
        "/v1/payment_intents/pi_123",
        "/v1/coupons/SAVE10",
        "/v1/topups/tu_123",
    ],
)
def test_what_is_asked_for_is_there_and_stays(lenient, path):
    first = lenient.get(path)

    assert first["id"] == path.rpartition("/")[2]
    assert lenient.get(path) == first


def test_an_answer_says_what_was_made(lenient):
    response = lenient.send("GET", "/v1/customers/cus_123")

    assert response.headers["Stripe-Emulator-Hint"].startswith("made cus_123")
    assert "Stripe-Emulator-Hint" not in lenient.send("GET", "/v1/customers/cus_123").headers


def test_what_parameters_name_is_made_too(lenient):
    subscription = lenient.subscribe("cus_1", "price_1", trial_period_days=7)

    assert subscription["customer"] == "cus_1"
    assert lenient.get("/v1/customers/cus_1")["id"] == "cus_1"
    assert [each["id"] for each in lenient.get("/v1/subscriptions")["data"]] == [subscription["id"]]


def test_the_account_that_a_request_is_for_is_made_too(lenient):
    there = {"stripe-account": "acct_123"}

    customer = lenient.send("GET", "/v1/customers/cus_1", None, there)

    assert (customer.status, customer.headers["Stripe-Account"]) == (200, "acct_123")
    assert lenient.get("/v1/accounts/acct_123")["id"] == "acct_123"
    assert lenient.get("/v1/customers")["data"] == []


def test_what_is_changed_is_made_first(lenient):
    assert lenient.post("/v1/customers/cus_1", name="Zoe")["name"] == "Zoe"


def test_without_it_an_unknown_id_is_missing(api, refused):
    assert refused(api.get, "/v1/customers/cus_123").error["code"] == "resource_missing"


def test_a_subscription_is_made_with_a_customer_and_an_item(lenient):
    subscription = lenient.get("/v1/subscriptions/sub_1")

    assert subscription["status"] == "active"
    assert subscription["customer"].startswith("cus_")
    assert [item["price"]["unit_amount"] for item in subscription["items"]["data"]] == [1000]
    assert lenient.delete("/v1/subscriptions/sub_1", prorate=True)["status"] == "canceled"


def test_an_invoice_is_made_with_a_customer_and_can_be_paid(lenient):
    customer = lenient.get("/v1/invoices/in_1")["customer"]

    assert customer.startswith("cus_")
    assert lenient.post("/v1/invoices/in_1/pay")["status"] == "paid"


def test_what_an_object_cannot_do_without_is_made_too(lenient):
    item = lenient.get("/v1/subscription_items/si_1")
    dispute = lenient.get("/v1/disputes/dp_1")

    assert lenient.get(f"/v1/subscriptions/{item['subscription']}")["status"] == "active"
    assert lenient.get(f"/v1/charges/{dispute['charge']}")["status"] == "succeeded"


def test_a_made_object_can_be_used(lenient):
    intent = lenient.post("/v1/payment_intents/pi_1/confirm", payment_method="pm_1")

    assert (intent["id"], intent["status"], intent["payment_method"]) == (
        "pi_1",
        "succeeded",
        "pm_1",
    )
    assert lenient.post("/v1/refunds", charge="ch_1")["amount"] == 1000


def test_a_list_goes_on_from_what_did_not_exist(lenient):
    fee = lenient.get("/v1/application_fees/fee_1")["id"]

    assert lenient.get(f"/v1/application_fees/{fee}/refunds", starting_after="fr_1")["data"] == []


def test_a_made_card_can_be_paid_with(lenient):
    helpers = "/v1/test_helpers/issuing/authorizations"

    made = lenient.post(helpers, card="ic_unknown", amount=100)
    captured = lenient.post(f"{helpers}/iauth_unknown/capture")

    assert (made["approved"], made["card"]["id"]) == (True, "ic_unknown")
    assert (captured["id"], captured["status"]) == ("iauth_unknown", "closed")


def test_a_made_reader_takes_cards(lenient):
    intent = lenient.post("/v1/payment_intents", amount=100, currency="usd")["id"]

    lenient.post("/v1/terminal/readers/tmr_unknown/process_payment_intent", payment_intent=intent)
    done = lenient.post("/v1/test_helpers/terminal/readers/tmr_unknown/present_payment_method")

    assert done["action"]["status"] == "succeeded"
    assert lenient.get(f"/v1/payment_intents/{intent}")["status"] == "succeeded"


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("/v1/accounts/acct_1LenientAccount00/persons/person_1", "account"),
        ("/v1/customers/cus_1/balance_transactions/cbtxn_1", "customer"),
        ("/v1/customers/cus_1/payment_methods/pm_1", "customer"),
        ("/v1/customers/cus_1/tax_ids/txi_1", "customer"),
        ("/v1/transfers/tr_1/reversals/trr_1", "transfer"),
    ],
)
def test_what_is_made_belongs_to_whom_the_path_names(lenient, path, owner):
    made = lenient.get(path)

    assert (made["id"], made[owner]) == (path.rpartition("/")[2], path.split("/")[3])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/quotes/qt_1/finalize", "open"),
        ("/v1/subscription_schedules/sub_sched_1/release", "released"),
        ("/v1/checkout/sessions/cs_1/expire", "expired"),
        ("/v1/topups/tu_1/cancel", "canceled"),
        ("/v1/disputes/dp_1/close", "lost"),
        ("/v1/test_helpers/treasury/inbound_transfers/ibt_1/succeed", "succeeded"),
    ],
)
def test_something_can_be_done_with_what_is_made(lenient, path, status):
    assert lenient.post(path)["status"] == status


def test_a_part_of_something_else_is_not_made(lenient, refused):
    error = refused(lenient.post, "/v1/invoices/in_1/lines/il_1", description="x")

    assert (error.status, error.error["code"]) == (404, "resource_missing")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/payment_intents/pi_1/capture", "succeeded"),
        ("/v1/payment_intents/pi_1/cancel", "canceled"),
        ("/v1/invoices/in_1/void", "void"),
        ("/v1/invoices/in_1/mark_uncollectible", "uncollectible"),
        ("/v1/invoices/in_1/send", "open"),
        ("/v1/quotes/qt_1/accept", "accepted"),
        ("/v1/credit_notes/cn_1/void", "void"),
    ],
)
def test_what_is_made_is_ready_for_what_is_done_with_it(lenient, path, status):
    assert lenient.post(path)["status"] == status


def test_what_belongs_to_somebody_is_made_with_its_owner(lenient):
    told = {"metadata[order]": "6735"}

    card = lenient.post("/v1/customers/cus_1/sources/card_1", **told)
    bank = lenient.post("/v1/accounts/acct_1/external_accounts/ba_1", **told)
    person = lenient.post("/v1/accounts/acct_2/persons/person_1", **told)

    assert (card["id"], card["customer"]) == ("card_1", "cus_1")
    assert (bank["id"], bank["account"]) == ("ba_1", "acct_1")
    assert (person["id"], person["account"]) == ("person_1", "acct_2")
    assert card["metadata"] == bank["metadata"] == person["metadata"] == {"order": "6735"}


@pytest.mark.parametrize(("token", "kind"), [("tok_1", "card"), ("btok_1", "bank_account")])
def test_tokens_stand_for_what_their_ids_say(lenient, token, kind):
    assert lenient.post("/v1/customers/cus_1/sources", source=token)["object"] == kind


def test_a_new_customer_can_pay_for_a_subscription(lenient):
    assert lenient.subscribe("cus_1", "price_1")["status"] == "active"
