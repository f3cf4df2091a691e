"""What more than one test does."""

import re
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from stripe import StripeClient
from werkzeug.test import TestResponse

from localstack_mailhog.testing.inbox import Inbox
from localstack_mailhog.testing.message import ReceivedMessage

RENEWAL = timedelta(hours=2)
"""How long after a period's end its invoice is paid: Stripe leaves it open to changes for an hour."""

ADVANCE_SECONDS = 30


class Clock:
    """The time at Stripe, for the customers that live on it."""

    def __init__(self, client: StripeClient) -> None:
        self._clocks = client.v1.test_helpers.test_clocks
        self.id = self._clocks.create({"frozen_time": int(time.time())}).id

    def pass_renewal(self, paid_until: datetime) -> None:
        """Let a period end, and the next one be billed."""
        target = int((paid_until + RENEWAL).timestamp())
        self._clocks.advance(self.id, {"frozen_time": target})
        deadline = time.monotonic() + ADVANCE_SECONDS
        while self._clocks.retrieve(self.id).status != "ready":
            assert time.monotonic() < deadline, "the test clock does not get there"
            time.sleep(0.05)


def body(response: TestResponse) -> Any:
    """What the application answers."""
    return response.get_json()


def refusal(response: TestResponse) -> tuple[int, str]:
    """The status and the code with which it refuses."""
    return response.status_code, body(response)["error"]["code"]


def mail_to(address: str, inbox: Inbox) -> list[ReceivedMessage]:
    """What came for an address; tests that run beside this one have mail of their own."""
    return [message for message in inbox.list_messages() if address in message.recipients]


def link_in(message: ReceivedMessage) -> str:
    """The path of the link in an activation mail."""
    found = re.search(r"http\S+/activate/\S+", message.text)
    assert found is not None, message.text
    return urlsplit(found[0]).path
