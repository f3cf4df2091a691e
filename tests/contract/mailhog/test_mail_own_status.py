"""Our own API: the sink itself."""

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from localstack_mailhog import __version__
from localstack_mailhog.sink import MailSink

Send = Callable[..., None]


def test_the_status_says_what_it_is_and_where_mail_is_taken(
    sink: MailSink, send: Send, api: Any
) -> None:
    send(b"Subject: x\r\n\r\n")

    status = api.get("/api/own/status").json()

    address = sink.smtp_address
    assert status == {
        "service": "localstack-mailhog",
        "version": __version__,
        "smtp": {"host": address.host, "port": address.port},
        "position": 1,
        "total": 1,
        "unread": 1,
    }


def test_metrics_are_prometheus(send: Send, api: Any) -> None:
    raw = b"Subject: x\r\n\r\n"
    for _ in range(3):
        send(raw)
    api("PATCH", "/api/own/messages?query=x", json={"unread": False})
    api.delete(f"/api/v1/messages/{api.messages()[0]['ID']}")
    send(raw)

    response = api.get("/metrics")

    assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(response.text))
    assert all(family.documentation for family in families)
    assert {
        (each.type, sample.name, sample.value) for each in families for sample in each.samples
    } == {
        ("gauge", "mailhog_messages", 3),
        ("gauge", "mailhog_messages_unread", 1),
        ("gauge", "mailhog_message_bytes", 3 * len(raw)),
        ("counter", "mailhog_received_total", 4),
    }


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_running_sink_lives_and_is_ready(api: Any, path: str) -> None:
    response = api.get(path)

    assert (response.status_code, response.text) == (200, "ok\n")


def test_a_sink_that_cannot_read_its_mail_lives_and_is_not_ready(sink: MailSink, api: Any) -> None:
    assert sink._parts is not None
    sink._parts.mailbox._readers.close()

    assert api.get("/livez").status_code == 200
    assert api.get("/readyz").status_code == 503
    assert api.get("/api/own/messages").status_code == 503


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/own"),
        ("GET", "/api/own/nothing"),
        ("POST", "/api/own/messages"),
        ("PUT", "/api/own/status"),
        ("GET", "/api/own/messages/x/link-check"),
    ],
)
def test_what_there_is_not_is_mailhogs_404(api: Any, method: str, path: str) -> None:
    response = api(method, path)

    assert (response.status_code, response.text) == (404, "404 page not found\n")
