"""Events as Stripe's SDK reads them: what a program sees that asks instead of listening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def test_an_event_is_listed_and_retrieved_with_its_object(stripe: ModuleType) -> None:
    customer = stripe.Customer.create(email="jenny@example.com", metadata={"plan": "gold"})

    [listed] = stripe.Event.list(type="customer.created").data
    event = stripe.Event.retrieve(listed.id)

    assert event == listed
    assert isinstance(event.data.object, stripe.Customer)
    assert event.data.object == customer
    assert event.api_version == stripe.api_version
    assert event.request.id == customer.last_response.request_id


def test_an_event_of_an_update_says_what_was_before(stripe: ModuleType) -> None:
    customer = stripe.Customer.create(name="Jenny", metadata={"plan": "silver"})

    stripe.Customer.modify(customer.id, name="Jo", metadata={"plan": "gold"})

    [event] = stripe.Event.list(type="customer.updated").data
    previous = event.data.previous_attributes
    assert previous["name"] == "Jenny"
    assert previous["metadata"]["plan"] == "silver"


def test_the_story_of_a_subscription_is_told_in_order(
    stripe: ModuleType, customer: Any, team_price: Any
) -> None:
    stripe.Subscription.create(customer=customer.id, items=[{"price": team_price.id}])

    wanted = [
        "customer.created",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "payment_intent.succeeded",
        "invoice.paid",
    ]
    events = list(stripe.Event.list(types=wanted, limit=2).auto_paging_iter())

    assert [event.type for event in reversed(events)] == wanted


def test_a_declined_payment_leaves_its_events(stripe: ModuleType, pay: Any) -> None:
    with pytest.raises(stripe.CardError) as declined:
        pay("pm_card_chargeDeclined")

    [event] = stripe.Event.list(type="payment_intent.payment_failed").data
    assert event.data.object.id == declined.value.error.payment_intent.id
    assert event.data.object.last_payment_error.code == "card_declined"


def test_thin_events_are_walked_and_lead_to_their_object(client: Any) -> None:
    made = [
        client.v2.core.accounts.create({"contact_email": f"{name}@example.com"})
        for name in ("jenny", "jo", "jim")
    ]

    events = list(client.v2.core.events.list({"limit": 2}).auto_paging_iter())

    assert [event.type for event in events] == ["v2.core.account.created"] * 3
    assert [event.related_object.id for event in events] == [each.id for each in made[::-1]]
    assert client.v2.core.events.retrieve(events[0].id).fetch_related_object().id == made[-1].id
