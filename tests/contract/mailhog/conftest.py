"""A mail sink on free ports, and clients for it."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import Address

FREE = Address("127.0.0.1", 0)


@pytest.fixture
def mail_settings() -> MailSettings:
    """Settings for a sink on free ports."""
    return MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE)


@pytest.fixture
def sink(mail_settings: MailSettings) -> Iterator[MailSink]:
    """A running sink without mail."""
    running = MailSink(mail_settings)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def smtp(sink: MailSink) -> Iterator[smtplib.SMTP]:
    """A connection to the sink."""
    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port, timeout=10) as client:
        yield client


@pytest.fixture
def send(sink: MailSink) -> Callable[..., None]:
    """Send mail on a connection of its own: ``send(b"Subject: x", to=["b@y.example"])``."""

    def send(raw: bytes, sender: str = "a@x.example", to: list[str] | None = None) -> None:
        address = sink.smtp_address
        with smtplib.SMTP(address.host, address.port, timeout=10) as client:
            client.sendmail(sender, to or ["b@y.example"], raw)

    return send


class Api:
    """HTTP to the sink: paths in, responses out."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", 10)
        return self._session.request(method, self.url + path, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self("GET", path, **options)

    def delete(self, path: str) -> requests.Response:
        return self("DELETE", path)

    def messages(self) -> list[dict[str, Any]]:
        """The mail in the sink, newest first."""
        items: list[dict[str, Any]] = self.get("/api/v2/messages?limit=250").json()["items"]
        return items


@pytest.fixture
def api(sink: MailSink) -> Api:
    """The sink's HTTP API."""
    return Api(sink.url)


@pytest.fixture
def trusting() -> ssl.SSLContext:
    """TLS without looking at the certificate, as applications are told to do with a sink."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
