"""All or nothing: what is refused changes nothing, what is committed is never mutated, accounts are apart."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_stripe.api.messages import Request
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.engine.collection import EVERYTHING
from localstack_stripe.settings import StripeSettings

FEW = settings(max_examples=15, deadline=None)


@pytest.fixture
def busy(api):
    """An account with a bit of everything: the ids of it, by kind."""
    price, other = api.price(), api.price(3000)
    customer = api.customer()
    subscription = api.subscribe(customer, price)
    return {
        "price": price,
        "other": other,
        "customer": customer,
        "subscription": subscription["id"],
        "item": subscription["items"]["data"][0]["id"],
        "invoice": subscription["latest_invoice"],
        "intent": api.get("/v1/payment_intents")["data"][0]["id"],
        "charge": api.get("/v1/charges")["data"][0]["id"],
        "coupon": api.post("/v1/coupons", percent_off=10)["id"],
    }


REFUSED = [
    ("POST", "/v1/customers", {"name": "x", "unknown": 1}),
    ("POST", "/v1/customers", {"payment_method": "pm_card_visa_chargeDeclined"}),
    ("POST", "/v1/customers", {"source": "tok_visa", "payment_method": "pm_none"}),
    ("POST", "/v1/customers/{customer}", {"source": "tok_chargeDeclined", "name": "x"}),
    ("POST", "/v1/customers/{customer}", {"source": "tok_visa", "default_source": "card_none"}),
    ("POST", "/v1/subscriptions", {"customer": "{customer}", "items": [{"price": "none"}]}),
    (
        "POST",
        "/v1/subscriptions",
        {
            "customer": "{customer}",
            "items": [{"price": "{price}"}, {"price": "{other}", "quantity": -1}],
        },
    ),
    (
        "POST",
        "/v1/subscriptions",
        {
            "customer": "{customer}",
            "items": [{"price": "{price}"}],
            "discounts": [{"coupon": "{coupon}"}, {"coupon": "none"}],
        },
    ),
    (
        "POST",
        "/v1/subscriptions",
        {
            "customer": "{customer}",
            "items": [{"price": "{price}"}],
            "expand": ["latest_invoice.charge"],
        },
    ),
    ("POST", "/v1/subscriptions/{subscription}", {"items": [{"id": "{item}", "deleted": True}]}),
    (
        "POST",
        "/v1/subscriptions/{subscription}",
        {"description": "x", "items": [{"price": "{other}"}, {"id": "si_none"}]},
    ),
    ("POST", "/v1/invoices/{invoice}/pay", {}),
    ("POST", "/v1/invoices/{invoice}/void", {}),
    ("POST", "/v1/refunds", {"charge": "{charge}", "amount": 99_999}),
    ("POST", "/v1/payment_intents", {"amount": 1000, "currency": "usd", "confirm": True}),
    ("POST", "/v1/payment_intents/{intent}/cancel", {}),
    ("DELETE", "/v1/products/{customer}", {}),
    ("POST", "/v1/prices", {"currency": "usd", "product_data": {"name": "x"}}),
]


def filled(value, ids):
    """The value, with the ids that it names in braces."""
    if isinstance(value, str):
        return value.format(**ids)
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, ids) for key, item in value.items()}
    return value


@pytest.mark.parametrize(("verb", "path", "params"), REFUSED)
def test_a_refused_request_changes_nothing(api, busy, verb, path, params):
    before = api.records()

    response = api.send(verb, filled(path, busy), filled(params, busy))

    assert 400 <= response.status < 500
    assert api.records() == before


def test_a_failure_of_the_emulator_changes_nothing(api, busy, monkeypatch):
    from localstack_stripe.engine.behaviours import BEHAVIOURS

    def fails(call, customer):
        raise RuntimeError("a defect")

    monkeypatch.setitem(BEHAVIOURS.before_create, "customer", fails)
    before = api.records()

    response = api.send("POST", "/v1/customers", {"name": "x"})

    assert response.status == 500
    assert orjson.loads(response.body)["error"]["type"] == "api_error"
    assert "a defect" not in response.body.decode()
    assert api.records() == before


def test_a_decline_keeps_the_attempt(api, refused):
    terms = {"amount": 1000, "currency": "usd", "confirm": True, "return_url": "https://x.test"}

    declined = refused(
        api.post, "/v1/payment_intents", payment_method="pm_card_visa_chargeDeclined", **terms
    )

    assert declined.status == 402
    [intent] = api.get("/v1/payment_intents")["data"]
    [charge] = api.get("/v1/charges")["data"]
    assert intent["id"] == declined.error["payment_intent"]["id"]
    assert charge["id"] == declined.error["charge"]


def test_who_reads_a_record_cannot_change_what_is_kept(api):
    customer = api.customer()
    work = api.emulator.begin(api.account)

    work.require("customer", customer, "customer")["metadata"]["mine"] = "1"
    next(work.all("customer"))["metadata"]["mine"] = "1"
    work.where("customer", "id", customer)[0]["metadata"]["mine"] = "1"

    assert api.get(f"/v1/customers/{customer}")["metadata"] == {}


def test_what_is_removed_and_added_again_is_the_newest(api):
    """Such as line items that are put into another order."""
    first, second, third = (api.customer() for _ in range(3))
    work = api.emulator.begin(api.account)

    again = work.get("customer", first)
    work.remove(again)
    work.add("customer", again)

    order = [first, third, second]
    selections = [
        [each["id"] for each in work.all("customer")],
        [each["id"] for each in work.where("customer", "test_clock", None)],
        list(work.select("customer", EVERYTHING)),
        [first, *work.select("customer", EVERYTHING, older_than=first)],
        [*list(work.select("customer", EVERYTHING, newer_than=third))[::-1], third, second],
    ]
    assert selections == [order] * len(selections)
    work.commit()
    assert [each["id"] for each in api.get("/v1/customers")["data"]] == order


@FEW
@given(st.randoms(use_true_random=False))
def test_indexes_find_what_a_search_through_all_finds(fresh, chance):
    api = fresh()
    customers = [api.customer() for _ in range(3)]
    for _ in range(15):
        method = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})["id"]
        owner = chance.choice([*customers, None])
        if owner:
            api.post(f"/v1/payment_methods/{method}/attach", customer=owner)
            if chance.random() < 0.4:
                api.post(f"/v1/payment_methods/{method}/detach")
        work = api.emulator.begin(api.account)
        for customer in [*customers, None]:
            found = [each["id"] for each in work.where("payment_method", "customer", customer)]
            expected = [
                each["id"] for each in work.all("payment_method") if each["customer"] == customer
            ]
            assert found == expected


def test_accounts_are_apart(fresh):
    one, other = fresh(), fresh()
    mine = one.customer()

    theirs = other.customer()

    assert [each["id"] for each in one.get("/v1/customers")["data"]] == [mine]
    assert [each["id"] for each in other.get("/v1/customers")["data"]] == [theirs]
    response = other.send("GET", f"/v1/customers/{mine}")
    assert response.status == 404


def test_forgetting_one_account_leaves_the_others(fresh):
    one, other = fresh(), fresh()
    one.customer()
    theirs = other.customer()

    headers = {"authorization": f"Bearer {one.key}"}
    answer = one.emulator.handle(Request("POST", "/_emulator/reset", "", headers))

    assert answer.status == 200
    assert one.get("/v1/customers")["data"] == []
    assert [each["id"] for each in other.get("/v1/customers")["data"]] == [theirs]


def story(api):
    """Everything that a small story makes, as it is at its end."""
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    api.subscribe(customer, api.price())
    api.advance(clock, 1_709_208_000 + 7200)
    return [sorted(each) for each in api.records().values()]


def test_a_seed_repeats_the_same_ids():
    from tests.unit.stripe.conftest import Api

    key = "sk_test_51" + "S" * 47

    def told(seed):
        return story(Api(StripeEmulator(StripeSettings(seed=seed)), key))

    assert told("first") == told("first")
    assert told("first") != told("second")


def test_ids_have_stripes_prefixes_and_lengths(api):
    customer = api.customer()
    subscription = api.subscribe(customer, api.price())

    assert customer.startswith("cus_")
    assert len(customer) == len("cus_") + 14
    assert subscription["id"].startswith("sub_1")
    assert len(subscription["id"]) == len("sub_") + 24


def test_what_is_due_in_real_time_happens_in_every_account():
    from tests.unit.stripe.conftest import Api

    emulator = StripeEmulator(StripeSettings())
    accounts = [Api(emulator) for _ in range(3)]
    for api in accounts:
        api.subscribe(api.customer(), api.price())

    for seconds in (31 * 86_400, 7200):
        emulator.clock.advance(seconds)
        emulator.settle()

    for api in accounts:
        january, february = api.get("/v1/invoices", status="paid")["data"][::-1]
        assert (january["amount_paid"], february["amount_paid"]) == (1200, 1200)
