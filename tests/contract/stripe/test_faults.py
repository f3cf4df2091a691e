"""Faults as the SDK meets them, over a socket."""

import json
import time
import urllib.request

import pytest
import stripe as stripe_sdk


@pytest.fixture
def fault(stripe_emulator):
    """Has the account's next request meet a fault."""
    carried = stripe_emulator.api_key.removeprefix("sk_test_5")[:16]
    url = f"{stripe_emulator.api_base}/_emulator/faults"

    def fault(then):
        body = json.dumps({"match": {"account": f"acct_{carried}"}, "then": then}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, body, method="POST")) as answer:
            assert answer.status == 200

    return fault


def test_a_connection_that_breaks_has_done_what_was_asked(client, fault):
    fault({"cut": True})

    with pytest.raises(stripe_sdk.APIConnectionError):
        client.v1.customers.create({"name": "Zoe"})

    assert [each.name for each in client.v1.customers.list().data] == ["Zoe"]


def test_trying_again_under_the_same_key_after_a_cut_makes_nothing_twice(client, fault):
    fault({"cut": True})
    once = {"idempotency_key": "signup-1"}

    with pytest.raises(stripe_sdk.APIConnectionError):
        client.v1.customers.create({"name": "Zoe"}, once)
    again = client.v1.customers.create({"name": "Zoe"}, once)

    assert [each.id for each in client.v1.customers.list().data] == [again.id]


def test_an_answer_is_held_back(client, fault):
    fault({"delay": 0.3})

    began = time.monotonic()
    client.v1.customers.create()

    assert time.monotonic() - began >= 0.3


def test_the_sdk_sees_a_rate_limit(client, fault):
    fault({"rate_limit": True})

    with pytest.raises(stripe_sdk.RateLimitError):
        client.v1.customers.create()


def test_a_declined_increment_leaves_what_was_authorized(client, fault):
    intent = client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "capture_method": "manual",
            "confirm": True,
            "payment_method": "pm_card_visa",
            "payment_method_options": {
                "card": {"request_incremental_authorization": "if_available"}
            },
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    fault({"decline": "insufficient_funds"})

    with pytest.raises(stripe_sdk.CardError) as declined:
        client.v1.payment_intents.increment_authorization(intent.id, {"amount": 1500})

    left = client.v1.payment_intents.retrieve(intent.id)
    assert declined.value.code == "card_declined"
    assert (left.status, left.amount, left.amount_capturable) == ("requires_capture", 1000, 1000)
