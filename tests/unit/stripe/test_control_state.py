"""Fixtures of the Stripe CLI make objects, all or none; a whole state can be taken out and put back."""

import orjson
import pytest

from localstack_shared.errors import CannotStart
from localstack_shared.settings import Address
from localstack_stripe.emulator import StripeEmulator
from localstack_stripe.settings import StripeSettings
from tests.unit.stripe.conftest import JANUARY_31, Api
from tests.unit.stripe.test_control import control
from tests.unit.stripe.test_control_time import arrived, told

DAY = 86_400
ZOE = {"name": "zoe", "path": "/v1/customers", "method": "post", "params": {"name": "Zoe"}}


def seed(api, *fixtures, **more):
    """What seeding the account is answered, and its status."""
    body = orjson.dumps({"_meta": {"template_version": 0}, "fixtures": fixtures, **more})
    return control(api, "POST", "/_emulator/seed", body, f"account={api.account}")


def test_what_is_made_up_is_the_same_for_the_same_seed():
    made = {"name": "made", "path": "/v1/customers", "params": {"name": "${generate-uuid}"}}

    def seeded():
        api = Api(StripeEmulator(StripeSettings(seed="one")))
        return seed(api, made)[1]["objects"]["made"]["name"]

    assert seeded() == seeded()


def test_a_fixture_refers_to_earlier_ones(own):
    intent = {
        "name": "intent",
        "path": "/v1/payment_intents",
        "method": "post",
        "params": {"amount": 1000, "currency": "usd", "customer": "${zoe:id}"},
    }
    found = {"name": "found", "path": "/v1/payment_intents/${intent:id}", "method": "get"}

    status, answer = seed(own, ZOE, intent, found, env={"CUSTOMER": "${zoe:id}"})

    assert status == 200
    assert answer["objects"]["found"]["customer"] == answer["objects"]["zoe"]["id"]
    assert answer["env"] == {"CUSTOMER": answer["objects"]["zoe"]["id"]}
    assert [each["name"] for each in own.get("/v1/customers")["data"]] == ["Zoe"]


def test_references_reach_into_lists_have_defaults_and_read_the_environment(own, monkeypatch):
    monkeypatch.setenv("PLAN_NAME", "Team")
    described = {
        "name": "described",
        "path": "/v1/customers/${all:data.0.id}",
        "method": "post",
        "params": {
            "description": "${all:data.#} of ${.env:PLAN_NAME}, ${all:data.7.id|nobody} else"
        },
    }

    _, answer = seed(own, ZOE, {"name": "all", "path": "/v1/customers", "method": "get"}, described)

    assert answer["objects"]["described"]["description"] == "1 of Team, nobody else"


def test_an_error_can_be_expected(own):
    declined = {
        "name": "declined",
        "path": "/v1/charges",
        "method": "post",
        "expected_error_type": "card_error",
        "params": {"amount": 1000, "currency": "usd", "source": "tok_chargeDeclined"},
    }

    assert seed(own, declined)[0] == 200
    assert seed(own, {**ZOE, "expected_error_type": "card_error"})[0] == 400


@pytest.mark.parametrize(
    ("fixture", "message"),
    [
        ({"name": "bad", "path": "/v1/customers", "params": {"nick": "x"}}, "unknown parameter"),
        ({"name": "bad", "path": "/v1/customers/${none:id}", "method": "get"}, "${none:id}"),
        ({"name": "bad", "path": "customers"}, "needs a path"),
    ],
)
def test_what_goes_wrong_is_named_and_leaves_nothing(own, fixture, message):
    status, answer = seed(own, ZOE, fixture)

    assert status == 400
    assert "Fixture 'bad'" in answer["error"]["message"]
    assert message in answer["error"]["message"]
    assert own.get("/v1/customers")["data"] == []


def test_a_file_can_be_there_from_the_start(tmp_path):
    file = tmp_path / "fixtures.json"
    file.write_bytes(orjson.dumps({"fixtures": [ZOE]}))
    settings = StripeSettings(bind=Address("127.0.0.1", 0), seed_file=file)
    emulator = StripeEmulator(settings)

    emulator.start()
    emulator.stop()

    customers = Api(emulator, "sk_test_123").get("/v1/customers")["data"]
    assert [each["name"] for each in customers] == ["Zoe"]


def test_a_file_that_cannot_be_used_stops_the_start(tmp_path):
    settings = StripeSettings(bind=Address("127.0.0.1", 0), seed_file=tmp_path / "none.json")

    with pytest.raises(CannotStart, match="STRIPE_SEED_FILE"):
        StripeEmulator(settings).start()


def test_a_state_goes_on_elsewhere_as_it_was(own):
    clock = own.clock()
    subscription = own.subscribe(own.customer(test_clock=clock), own.price())
    _, state = control(own, "GET", "/_emulator/state", query=f"account={own.account}")
    elsewhere = Api(StripeEmulator(StripeSettings()), own.key)

    status, answer = control(elsewhere, "POST", "/_emulator/state", orjson.dumps(state))

    assert (status, answer) == (200, {"accounts": [own.account]})
    path = f"/v1/subscriptions/{subscription['id']}"
    assert elsewhere.get(path) == own.get(path)
    assert elsewhere.records() == own.records()
    elsewhere.advance(clock, JANUARY_31 + 31 * DAY)
    assert len(elsewhere.get("/v1/invoices", subscription=subscription["id"])["data"]) == 2


def taken_elsewhere(own):
    """The same account in another emulator, with all that it has."""
    _, state = control(own, "GET", "/_emulator/state", query=f"account={own.account}")
    elsewhere = Api(StripeEmulator(StripeSettings()), own.key)
    assert control(elsewhere, "POST", "/_emulator/state", orjson.dumps(state))[0] == 200
    return elsewhere


def test_a_time_that_stands_still_does_so_elsewhere(own):
    told(own, "POST", "freeze")
    told(own, "POST", "advance", seconds=30 * DAY)
    now = arrived(own)

    elsewhere = taken_elsewhere(own)

    assert told(elsewhere, "GET") == now
    assert elsewhere.post("/v1/customers")["created"] == now["now"]


def test_a_time_that_is_ahead_is_so_elsewhere(own):
    own.subscribe(own.customer(), own.price())
    told(own, "POST", "advance", seconds=20 * DAY)
    arrived(own)

    elsewhere = taken_elsewhere(own)

    assert abs(told(elsewhere, "GET")["now"] - told(own, "GET")["now"]) <= 1
    told(elsewhere, "POST", "advance", seconds=15 * DAY)
    arrived(elsewhere)
    assert len(elsewhere.get("/v1/invoices")["data"]) == 2


def test_a_time_that_advances_arrives_elsewhere(own):
    own.emulator.settle = lambda *_: False
    own.subscribe(own.customer(), own.price())
    target = told(own, "POST", "advance", seconds=35 * DAY)["now"] + 35 * DAY

    elsewhere = taken_elsewhere(own)

    assert arrived(elsewhere)["now"] - target <= 1
    assert len(elsewhere.get("/v1/invoices")["data"]) == 2


def test_seeding_that_goes_wrong_leaves_the_accounts_time(own):
    frozen = told(own, "POST", "freeze")

    assert seed(own, {**ZOE, "params": {"nick": "x"}})[0] == 400
    assert told(own, "GET") == frozen


def test_importing_forgets_what_the_account_had_and_no_other(own):
    other = Api(own.emulator)
    other.post("/v1/customers")
    own.post("/v1/customers", name="kept")
    _, state = control(own, "GET", "/_emulator/state", query=f"account={own.account}")
    own.post("/v1/customers", name="later")

    control(own, "POST", "/_emulator/state", orjson.dumps(state))

    assert [each["name"] for each in own.get("/v1/customers")["data"]] == ["kept"]
    assert len(other.get("/v1/customers")["data"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"accounts": {}},
        {"format": 1},
        {"format": 1, "accounts": {"acct_1": {"x": 1}}},
        {"format": 1, "accounts": {}, "times": {"acct_1": {"ahead": "a day"}}},
    ],
)
def test_what_is_no_state_changes_nothing(own, body):
    own.post("/v1/customers")

    assert control(own, "POST", "/_emulator/state", orjson.dumps(body))[0] == 400
    assert len(own.get("/v1/customers")["data"]) == 1
