"""Reading events: filters, what is kept, thin events of v2, connected accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from localstack_stripe.engine.clock import Timestamp
from tests.onboarded import NOT_PAID_OUT
from tests.unit.stripe.test_control_time import arrived, told
from tests.unit.stripe.test_events import types

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stripe.conftest import Api, Refused

DAY = 86_400


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"type": "customer.created"}, ["customer.created"]),
        ({"type": "customer.*"}, ["customer.created", "customer.updated"]),
        ({"type": "charge.*"}, []),
        (
            {"types": ["product.created", "customer.updated"]},
            ["customer.updated", "product.created"],
        ),
        ({"types": ["charge.refunded"]}, []),
        ({"created": {"lt": 1_000}}, []),
        ({"delivery_success": False}, []),
        ({"delivery_success": True, "type": "product.created"}, ["product.created"]),
    ],
)
def test_events_are_found_by(api: Api, filters: dict[str, Any], expected: list[str]) -> None:
    customer = api.post("/v1/customers", name="Jenny")["id"]
    api.post(f"/v1/customers/{customer}", name="Jo")
    api.post("/v1/products", name="Team")

    assert types(api, **filters) == expected


def test_events_are_listed_newest_first_page_by_page(api: Api) -> None:
    for name in ("one", "two", "three"):
        api.post("/v1/products", name=name)

    first = api.get("/v1/events", limit=2)
    rest = api.get("/v1/events", limit=2, starting_after=first["data"][-1]["id"])

    names = [event["data"]["object"]["name"] for event in first["data"] + rest["data"]]
    assert names == ["three", "two", "one"]
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_type_and_types_exclude_each_other(api: Api, refused: Callable[..., Refused]) -> None:
    refusal = refused(api.get, "/v1/events", type="a.b", types=["c.d"])

    assert refusal.status == 400
    assert "type, types" in refusal.error["message"]


def test_more_than_20_types_are_too_many(api: Api, refused: Callable[..., Refused]) -> None:
    refusal = refused(api.get, "/v1/events", types=["customer.created"] * 21)

    assert refusal.error["param"] == "types"


def test_an_event_that_does_not_exist_is_404(api: Api, refused: Callable[..., Refused]) -> None:
    refusal = refused(api.get, "/v1/events/evt_none")

    assert refusal.status == 404
    assert refusal.error["message"] == "No such event: 'evt_none'"


def test_events_are_kept_for_30_days(
    own: Api, refused: Callable[..., Refused], monkeypatch: pytest.MonkeyPatch
) -> None:
    own.post("/v1/products", name="old")
    [old] = own.get("/v1/events")["data"]
    later = Timestamp(old["created"] + 31 * DAY)
    monkeypatch.setattr(own.emulator.clock, "now", lambda *_: later)

    own.post("/v1/products", name="new")

    assert [event["data"]["object"]["name"] for event in own.get("/v1/events")["data"]] == ["new"]
    assert refused(own.get, f"/v1/events/{old['id']}").status == 404


def test_thin_events_are_kept_for_30_days_of_the_accounts_time(
    api: Api, refused: Callable[..., Refused]
) -> None:
    old = api.post("/v2/core/accounts", contact_email="old@example.com")["id"]
    [event] = api.get("/v2/core/events")["data"]
    told(api, "POST", "advance", seconds=31 * DAY)
    arrived(api)

    new = api.post("/v2/core/accounts", contact_email="new@example.com")["id"]

    events = api.get("/v2/core/events")["data"]
    assert [each["related_object"]["id"] for each in events] == [new]
    assert api.get("/v2/core/events", object_id=old)["data"] == []
    assert refused(api.get, f"/v2/core/events/{event['id']}").status == 404


def test_what_a_test_clock_calls_long_ago_has_just_happened(api: Api) -> None:
    customer = api.customer(test_clock=api.clock())

    [created] = api.get("/v1/events", type="customer.created")["data"]

    assert created["created"] == api.get(f"/v1/customers/{customer}")["created"]
    assert api.get(f"/v1/events/{created['id']}") == created


def test_objects_of_v2_have_thin_events_that_name_them(api: Api) -> None:
    account = api.post("/v2/core/accounts", contact_email="jenny@example.com")
    api.post(f"/v2/core/accounts/{account['id']}", display_name="Furever")
    persons = f"/v2/core/accounts/{account['id']}/persons"
    person = api.post(persons, given_name="Jenny")

    events = api.get("/v2/core/events")["data"][::-1]

    assert [event["type"] for event in events] == [
        "v2.core.account.created",
        "v2.core.account.updated",
        "v2.core.account_person.created",
    ]
    assert events[1]["related_object"] == {
        "id": account["id"],
        "type": "v2.core.account",
        "url": f"/v2/core/accounts/{account['id']}",
    }
    assert events[1]["reason"]["request"]["id"].startswith("req_")
    assert events[2]["related_object"]["url"] == f"{persons}/{person['id']}"
    assert events[2]["data"] == {"account_id": account["id"]}
    assert types(api) == []
    assert api.get(f"/v2/core/events/{events[0]['id']}") == events[0]


def test_thin_events_are_found_by_object_and_by_type(api: Api) -> None:
    first = api.post("/v2/core/accounts", contact_email="jenny@example.com")["id"]
    api.post("/v2/core/accounts", contact_email="jo@example.com")
    api.post(f"/v2/core/accounts/{first}", display_name="Furever")

    of_first = api.get("/v2/core/events", object_id=first)["data"]
    created = api.get("/v2/core/events", types=["v2.core.account.created"])["data"]

    assert {event["related_object"]["id"] for event in of_first} == {first}
    assert len(of_first) == 2
    assert [event["type"] for event in created] == ["v2.core.account.created"] * 2


def test_an_event_of_a_connected_account_names_it(api: Api) -> None:
    connected = api.post("/v1/accounts", type="custom", country="US")["id"]
    acting = {"stripe-account": connected}
    api.post("/v1/customers", acting, name="Jenny")
    api.post("/v1/customers", name="Jo")

    [own] = api.get("/v1/events", type="customer.created")["data"]
    listed = api.call("GET", "/v1/events", {"type": "customer.created"}, acting)

    assert "account" not in own
    assert [event["account"] for event in listed["data"]] == [connected]
    assert listed["data"][0]["data"]["object"]["name"] == "Jenny"


def test_a_change_of_a_connected_account_is_its_event(api: Api) -> None:
    connected = api.post("/v1/accounts", type="custom", country="US")["id"]

    api.post(f"/v1/accounts/{connected}", metadata={"plan": "gold"})

    acting = {"stripe-account": connected}
    [event] = api.call("GET", "/v1/events", {"type": "account.updated"}, acting)["data"]
    assert (event["account"], event["data"]["object"]["metadata"]) == (connected, {"plan": "gold"})
    assert types(api, type="account.updated") == []


def test_what_belongs_to_a_connected_account_makes_events_of_it(api: Api) -> None:
    connected = api.post("/v1/accounts", type="custom", country="US")["id"]
    person = api.post(f"/v1/accounts/{connected}/persons", first_name="Jenny")["id"]

    acting = {"stripe-account": connected}
    listed = api.call("GET", "/v1/events", {"type": "person.*"}, acting)["data"]
    [event] = [each for each in listed if each["type"] == "person.created"]

    assert (event["account"], event["data"]["object"]["id"]) == (connected, person)
    assert api.call("GET", f"/v1/events/{event['id']}", {}, acting) == event
    assert types(api, type="person.*") == []


def test_a_fee_is_its_platforms_although_it_names_the_account_that_pays_it(api: Api) -> None:
    seller = api.post("/v1/accounts", **NOT_PAID_OUT)["id"]
    api.post(
        "/v1/charges",
        {"stripe-account": seller},
        amount=1000,
        currency="usd",
        source="tok_visa",
        application_fee_amount=100,
    )

    [event] = api.get("/v1/events", type="application_fee.created")["data"]

    assert (event["data"]["object"]["account"], event.get("account")) == (seller, None)


def test_a_destination_that_is_pinged_is_named_by_the_event(api: Api) -> None:
    destination = api.post(
        "/v2/core/event_destinations",
        name="Orders",
        type="webhook_endpoint",
        event_payload="thin",
        enabled_events=["v1.customer.created"],
        webhook_endpoint={"url": "https://example.com/hook"},
    )
    path = f"/v2/core/event_destinations/{destination['id']}"

    event = api.post(f"{path}/ping")

    assert event["type"] == "v2.core.event_destination.ping"
    assert event["related_object"]["url"] == path
    listed = api.get("/v2/core/events", object_id=destination["id"])
    assert listed["data"] == [event]


def test_an_event_is_written_as_every_answer_is(api: Api) -> None:
    api.subscribe(api.customer(), api.price())

    body = api.send("GET", "/v1/events", {"limit": 100}).body

    assert body == orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2)
