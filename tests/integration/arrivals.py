"""The mail that a test of LocalStack made arrive in the sink."""

import email
import email.policy
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import requests


@dataclass(frozen=True)
class Arrived:
    """A mail in the sink: its envelope as MailHog's API has it, and the bytes, parsed."""

    sender: str
    recipients: list[str]
    mail: EmailMessage
    raw: bytes

    def text(self, kind: str = "plain") -> str:
        """Its text, decoded, or its ``html``."""
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


Arrivals = Callable[[], list[Arrived]]
"""What arrived since the test began, oldest first."""


def arrivals(mail_url: str) -> Arrivals:
    """Watch the sink at *mail_url* from now on."""
    known = {item["ID"] for item in _items(mail_url)}

    def read() -> list[Arrived]:
        return [_arrived(mail_url, item) for item in _items(mail_url) if item["ID"] not in known]

    return read


def _items(mail_url: str) -> list[dict[str, Any]]:
    page = requests.get(f"{mail_url}/api/v2/messages", params={"limit": 250}, timeout=10).json()
    return list(reversed(page["items"]))


def _arrived(mail_url: str, item: dict[str, Any]) -> Arrived:
    raw = requests.get(f"{mail_url}/api/v1/messages/{item['ID']}/download", timeout=10).content
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return Arrived(item["Raw"]["From"], item["Raw"]["To"], mail, raw)
