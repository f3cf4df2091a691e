"""Every change makes the events that Stripe documents for it, in the same unit of work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from localstack_stripe.contract.loader import Inline
from tests.unit.stripe.conformity import mistakes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.stripe.conftest import Api, Refused

DAY = 86_400


def events(api: Api, **filters: Any) -> list[Any]:
    """The account's events, oldest first."""
    return api.everything("/v1/events", **filters)[::-1]


def types(api: Api, **filters: Any) -> list[str]:
    """Their types."""
    return [event["type"] for event in events(api, **filters)]


def test_an_event_shows_what_was_created_and_which_request_did_it(api: Api) -> None:
    response = api.send(
        "POST", "/v1/customers", {"email": "jenny@example.com"}, {"idempotency-key": "first"}
    )

    [event] = events(api)

    assert event["type"] == "customer.created"
    assert event["object"] == "event"
    assert event["id"].startswith("evt_")
    assert event["api_version"] == api.emulator.contract.versions["api"]
    assert event["livemode"] is False
    assert event["pending_webhooks"] == 0
    assert event["request"] == {"id": response.headers["Request-Id"], "idempotency_key": "first"}
    assert event["data"] == {"object": api.get("/v1/customers")["data"][0]}
    assert event["created"] == event["data"]["object"]["created"]
    assert api.get(f"/v1/events/{event['id']}") == event


def test_an_update_says_what_was_before(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny", metadata={"plan": "old", "kept": "yes"})

    api.post(f"/v1/customers/{customer['id']}", name="Jo", metadata={"plan": "new", "more": "1"})

    event = events(api)[-1]
    assert event["type"] == "customer.updated"
    assert event["data"]["object"]["name"] == "Jo"
    assert event["data"]["previous_attributes"] == {
        "metadata": {"more": None, "plan": "old"},
        "name": "Jenny",
    }


def test_an_event_stays_as_it_was_when_its_object_changes(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny")

    api.post(f"/v1/customers/{customer['id']}", name="Jo")

    assert events(api)[0]["data"]["object"]["name"] == "Jenny"


def test_what_changes_nothing_makes_no_event(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny")

    api.post(f"/v1/customers/{customer['id']}", name="Jenny")
    api.get(f"/v1/customers/{customer['id']}")

    assert types(api) == ["customer.created"]


def test_a_refused_request_makes_no_event(api: Api, refused: Callable[..., Refused]) -> None:
    refused(api.post, "/v1/customers", payment_method="pm_card_visa_that_is_not_there")
    refused(api.post, "/v1/customers", invoice_settings={"default_payment_method": "pm_card_visa"})

    assert types(api) == []


def test_a_request_that_is_replayed_makes_no_second_event(api: Api) -> None:
    for _ in range(2):
        api.post("/v1/customers", {"idempotency-key": "once"}, name="Jenny")

    assert types(api) == ["customer.created"]


def test_a_preview_makes_no_event(api: Api) -> None:
    customer = api.customer()
    price = api.price()
    before = types(api)

    details = {"items": [{"price": price}]}
    api.post("/v1/invoices/create_preview", customer=customer, subscription_details=details)

    assert types(api) == before


def test_a_decline_is_refused_and_has_its_events(api: Api, refused: Callable[..., Refused]) -> None:
    refusal = refused(
        api.post,
        "/v1/payment_intents",
        amount=2000,
        currency="usd",
        payment_method="pm_card_chargeDeclined",
        confirm=True,
        automatic_payment_methods={"enabled": True, "allow_redirects": "never"},
    )

    assert set(types(api)) == {
        "charge.failed",
        "payment_intent.created",
        "payment_intent.payment_failed",
    }
    assert {event["request"]["id"] for event in events(api)} == {refusal.headers["Request-Id"]}


def test_the_event_of_a_deleted_object_shows_all_of_it(api: Api) -> None:
    customer = api.post("/v1/customers", name="Jenny")

    api.delete(f"/v1/customers/{customer['id']}")

    event = events(api)[-1]
    assert event["type"] == "customer.deleted"
    assert event["data"] == {"object": customer}


def test_a_customers_subscriptions_end_with_it(api: Api) -> None:
    customer = api.customer()
    api.subscribe(customer, api.price())
    before = len(types(api))

    api.delete(f"/v1/customers/{customer}")

    assert sorted(types(api)[before:]) == [
        "customer.deleted",
        "customer.subscription.deleted",
        "payment_method.detached",
    ]


def test_a_test_clock_takes_its_customers_with_it_without_a_word(api: Api) -> None:
    clock = api.clock()
    api.subscribe(api.customer(test_clock=clock), api.price())
    before = len(types(api))

    api.delete(f"/v1/test_helpers/test_clocks/{clock}")

    assert types(api)[before:] == ["test_helpers.test_clock.deleted"]


def test_what_falls_due_has_no_request_and_the_time_of_its_clock(api: Api) -> None:
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    subscription = api.subscribe(customer, api.price())
    before = len(types(api))
    end = subscription["items"]["data"][0]["current_period_end"]

    api.advance(clock, end + DAY)

    happened = events(api)[before:]
    [renewal] = [event for event in happened if event["type"] == "invoice.created"]
    assert renewal["created"] == end
    assert renewal["request"] == {"id": None, "idempotency_key": None}
    assert renewal["data"]["object"]["status"] == "draft"
    [paid] = [event for event in happened if event["type"] == "invoice.paid"]
    assert paid["created"] == end + 3600


def test_a_test_clock_says_when_it_begins_to_move_and_when_it_stands(api: Api) -> None:
    clock = api.clock()

    api.advance(clock, api.get(f"/v1/test_helpers/test_clocks/{clock}")["frozen_time"] + DAY)

    assert types(api) == [
        "test_helpers.test_clock.created",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
    ]


def test_a_recurring_price_is_a_plan_too(api: Api) -> None:
    product = api.post("/v1/products", name="Team")["id"]

    once = api.post("/v1/prices", product=product, currency="usd", unit_amount=500)
    api.post(f"/v1/prices/{once['id']}", nickname="once")
    plan = api.post("/v1/plans", product=product, currency="usd", interval="month", amount=700)
    api.post(f"/v1/plans/{plan['id']}", nickname="monthly")

    assert types(api) == [
        "product.created",
        "price.created",
        "price.updated",
        "price.created",
        "plan.created",
        "price.updated",
        "plan.updated",
    ]
    assert events(api)[-1]["data"]["object"] == api.get(f"/v1/plans/{plan['id']}")


def test_a_changed_item_changes_its_subscription(api: Api) -> None:
    subscription = api.subscribe(api.customer(), api.price())
    [item] = subscription["items"]["data"]

    api.post(f"/v1/subscription_items/{item['id']}", quantity=3, proration_behavior="none")

    event = events(api)[-1]
    assert event["type"] == "customer.subscription.updated"
    # An array is whole, of a hash only what changed.
    assert event["data"]["previous_attributes"] == {"items": {"data": [item]}, "quantity": 1}


def test_a_payment_method_that_is_detached_says_whose_it_was(api: Api) -> None:
    customer = api.customer()
    [method] = api.get("/v1/payment_methods", customer=customer)["data"]

    api.post(f"/v1/payment_methods/{method['id']}/detach")

    [event] = events(api, type="payment_method.detached")
    assert event["data"]["object"]["customer"] is None
    assert event["data"]["previous_attributes"] == {"customer": customer}
    assert "payment_method.updated" not in types(api)


def test_the_end_of_a_subscription_is_no_update(api: Api) -> None:
    subscription = api.subscribe(api.customer(), api.price())
    before = len(types(api))

    api.delete(f"/v1/subscriptions/{subscription['id']}")

    assert types(api)[before:] == ["customer.subscription.deleted"]


def test_accounts_do_not_see_each_others_events(api: Api, fresh: Callable[[], Api]) -> None:
    api.post("/v1/customers", name="Jenny")

    assert types(fresh()) == []


@pytest.mark.parametrize(
    ("path", "params", "type"),
    [
        ("/v1/tax_rates", {"display_name": "VAT", "inclusive": False, "percentage": 19}, "tax_rate.created"),
        ("/v1/billing/meters", {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}, "billing.meter.created"),
        ("/v1/issuing/cardholders", {"name": "Jenny", "billing": {"address": {"city": "Berlin", "country": "DE", "line1": "1", "postal_code": "1"}}}, "issuing_cardholder.created"),
    ],
)  # fmt: skip
def test_resources_that_nobody_wrote_code_for_have_events(
    api: Api, path: str, params: dict[str, Any], type: str
) -> None:
    created = api.post(path, **params)

    assert [(event["type"], event["data"]["object"]) for event in events(api)] == [(type, created)]


def test_every_event_carries_the_object_that_the_contract_names(api: Api) -> None:
    clock = api.clock()
    customer = api.customer(test_clock=clock)
    subscription = api.subscribe(customer, api.price())
    api.advance(clock, subscription["items"]["data"][0]["current_period_end"] + DAY)
    charge = api.get("/v1/charges", customer=customer)["data"][0]["id"]
    api.post("/v1/refunds", charge=charge)
    api.delete(f"/v1/subscriptions/{subscription['id']}")
    contract = api.emulator.contract

    for event in events(api):
        shown = event["data"]["object"]
        assert shown["object"] in contract.events[event["type"]]
        # An invoice that is only announced has no id, which the contract does not know.
        assert ("id" in shown) == (event["type"] != "invoice.upcoming")
        assert not mistakes(contract, {"id": "", **shown}, Inline(shown["object"])), event["type"]


def test_what_every_account_has_is_updated_and_never_created(api: Api) -> None:
    api.get("/v1/billing_portal/configurations")
    assert types(api) == []

    api.post("/v1/tax/settings", defaults={"tax_behavior": "exclusive"})

    [event] = events(api)
    assert event["type"] == "tax.settings.updated"
    assert event["data"]["previous_attributes"] == {"defaults": {"tax_behavior": None}}


def test_a_capability_that_is_requested_is_updated(api: Api) -> None:
    account = api.post("/v1/accounts", type="custom", country="US")["id"]
    path = f"/v1/accounts/{account}/capabilities/transfers"

    api.post(path, requested=True)

    [event] = api.call(
        "GET", "/v1/events", {"type": "capability.updated"}, {"stripe-account": account}
    )["data"]
    assert event["account"] == account
    assert event["data"]["object"] == api.get(path)
    assert event["data"]["previous_attributes"] == {"status": "unrequested"}


def test_a_discount_that_is_taken_away_was_deleted(api: Api) -> None:
    coupon = api.post("/v1/coupons", percent_off=10, duration="forever")["id"]
    terms = {"discounts": [{"coupon": coupon}]}
    subscription = api.subscribe(api.customer(), api.price(), **terms)
    before = len(types(api))

    api.delete(f"/v1/subscriptions/{subscription['id']}/discount")

    deleted, updated = events(api)[before:]
    assert deleted["type"] == "customer.discount.deleted"
    assert deleted["data"]["object"]["id"] == subscription["discounts"][0]
    assert updated["type"] == "customer.subscription.updated"
    assert updated["data"]["previous_attributes"] == {"discounts": subscription["discounts"]}
