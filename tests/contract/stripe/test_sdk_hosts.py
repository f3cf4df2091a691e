"""Nothing leaves this machine: what the SDK sends to Stripe's other hosts comes here, too."""

from __future__ import annotations

import io
import socket
import time
import urllib.request
from typing import Any

import pytest
import stripe as stripe_sdk


@pytest.fixture(autouse=True)
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Refuses every connection to another machine, and tells where one was to go."""
    elsewhere: list[Any] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1"):
            elsewhere.append(address)
            raise OSError(f"{address} is another machine")
        connect(self, address)

    def look_up_here(host: Any, *args: Any, **options: Any) -> Any:
        if host not in ("127.0.0.1", "localhost", None):
            elsewhere.append(host)
            raise OSError(f"{host} is another machine")
        return look_up(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", look_up_here)
    return elsewhere


def test_the_block_works(tried: list[Any]) -> None:
    elsewhere = stripe_sdk.StripeClient("sk_test_123", max_network_retries=0)

    with pytest.raises(stripe_sdk.APIConnectionError):
        elsewhere.v1.customers.list()

    assert tried


def test_files_are_uploaded_and_downloaded(
    client: Any, stripe_emulator: Any, tried: list[Any]
) -> None:
    content = io.BytesIO(b"%PDF-1.7 evidence")
    content.name = "evidence.pdf"

    file = client.v1.files.create({"purpose": "dispute_evidence", "file": content})

    assert (file.filename, file.size, file.purpose) == ("evidence.pdf", 17, "dispute_evidence")
    asked = urllib.request.Request(
        client.v1.files.retrieve(file.id).url,
        headers={"Authorization": f"Bearer {stripe_emulator.api_key}"},
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.read() == b"%PDF-1.7 evidence"
    assert tried == []


def test_an_account_is_connected_by_oauth(client: Any, tried: list[Any]) -> None:
    with pytest.raises(stripe_sdk.oauth_error.OAuthError):
        client.oauth.token({"grant_type": "authorization_code", "code": "ac_none"})

    assert tried == []


def test_meter_events_are_sent_by_their_stream(
    client: Any, stripe_emulator: Any, tried: list[Any]
) -> None:
    meter = client.v1.billing.meters.create(
        {
            "display_name": "Requests",
            "event_name": "requests",
            "default_aggregation": {"formula": "sum"},
        }
    )
    session = client.v2.billing.meter_event_session.create()
    streaming = stripe_sdk.StripeClient(
        session.authentication_token,
        base_addresses=stripe_emulator.base_addresses,
        max_network_retries=0,
    )

    customer = client.v1.customers.create()
    event = {
        "event_name": "requests",
        "payload": {"stripe_customer_id": customer.id, "value": "7"},
    }
    streaming.v2.billing.meter_event_stream.create({"events": [event]})

    minute = int(time.time()) // 60 * 60
    span = {"start_time": minute - 60, "end_time": minute + 120}
    summaries = client.v1.billing.meters.event_summaries.list(
        meter.id, {"customer": customer.id, **span}
    )
    assert [each.aggregated_value for each in summaries.data] == [7]
    assert tried == []
