"""Mail lasts as LocalStack's state does, with ``PERSISTENCE=1``."""

from pathlib import Path

import requests

from tests.integration.host import LocalStackProcess, StartLocalStack


def send(process: LocalStackProcess, subject: str) -> None:
    ses = process.client("ses")
    ses.verify_domain_identity(Domain="shop.example")
    ses.send_email(
        Source="a@shop.example",
        Destination={"ToAddresses": ["zoe@x.example"]},
        Message={"Subject": {"Data": subject}, "Body": {"Text": {"Data": "Hello Zoe"}}},
    )


def subjects(process: LocalStackProcess, query: str = "") -> list[str]:
    page = requests.get(f"{process.mail_url}/api/own/messages", {"query": query}, timeout=30).json()
    return [message["subject"] for message in page["items"]]


def test_with_persistence_mail_is_there_after_a_restart_and_after_a_kill(
    start_localstack: StartLocalStack, tmp_path: Path
) -> None:
    first = start_localstack(tmp_path, {"PERSISTENCE": "1"})
    send(first, "first")
    first.stop()

    second = start_localstack(tmp_path, {"PERSISTENCE": "1"})
    assert subjects(second) == ["first"]
    send(second, "second")
    second.kill()

    third = start_localstack(tmp_path, {"PERSISTENCE": "1"})
    assert subjects(third) == ["second", "first"]
    assert subjects(third, "to:zoe subject:first") == ["first"]
