"""A mail sink on free ports, and clients for it."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.talk import Talk
from tests.mail_sinks import FREE, mail_settings, sink, start_sink

__all__ = ["FREE", "Api", "mail_settings", "sink", "start_sink"]


@pytest.fixture
def smtp(sink: MailSink) -> Iterator[smtplib.SMTP]:
    """A connection to the sink."""
    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port, timeout=10) as client:
        yield client


@pytest.fixture
def connect(sink: MailSink) -> Iterator[Callable[[], Talk]]:
    """Connect to the sink: each call is a connection of its own, which has been greeted."""
    talks = []

    def connect() -> Talk:
        talks.append(Talk(sink.smtp_address))
        assert talks[-1].reply() == ["220 mailhog.example ESMTP MailHog"]
        return talks[-1]

    yield connect
    for talk in talks:
        talk.close()


@pytest.fixture
def talk(connect: Callable[[], Talk]) -> Talk:
    """A connection that has been greeted."""
    return connect()


@pytest.fixture
def data(talk: Talk) -> Talk:
    """A connection on which DATA was accepted."""
    for line in ("HELO me", "MAIL FROM:<a@x.example>", "RCPT TO:<b@y.example>"):
        assert talk.say(line).startswith("250 ")
    assert talk.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
    return talk


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

    def stored(self) -> list[bytes]:
        """The bytes of the mail in the sink, oldest first."""
        return [
            self.get(f"/api/v1/messages/{message['ID']}/download").content
            for message in reversed(self.messages())
        ]


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
