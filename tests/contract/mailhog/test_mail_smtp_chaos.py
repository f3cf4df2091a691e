"""Jim at work: what a client of the SMTP server meets while he is there."""

import base64
import smtplib
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.conftest import Api
from tests.contract.mailhog.talk import Talk

HARMLESS = {
    "jim_accept": 1.0,
    "jim_disconnect": 0.0,
    "jim_linkspeed_affect": 0.0,
    "jim_reject_sender": 0.0,
    "jim_reject_recipient": 0.0,
    "jim_reject_auth": 0.0,
}


@pytest.fixture
def with_jim(start_sink: Callable[..., MailSink]) -> Callable[..., MailSink]:
    """Start a sink with Jim, who does nothing but what the settings given say."""

    def start(**chances: float) -> MailSink:
        return start_sink(invite_jim=True, **(HARMLESS | chances))

    return start


def greeted(sink: MailSink) -> Talk:
    talk = Talk(sink.smtp_address)
    assert talk.reply() == ["220 mailhog.example ESMTP MailHog"]
    talk.say("EHLO me")
    return talk


def test_he_turns_clients_away(with_jim: Callable[..., MailSink]) -> None:
    sink = with_jim(jim_accept=0.0)

    with pytest.raises((ConnectionError, smtplib.SMTPServerDisconnected)):
        smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port)


def test_he_cuts_the_line(with_jim: Callable[..., MailSink]) -> None:
    sink = with_jim(jim_disconnect=1.0)

    with (
        pytest.raises((ConnectionError, smtplib.SMTPServerDisconnected)),
        smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client,
    ):
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: cut\r\n\r\n")

    assert Api(sink.url).messages() == []


def test_he_refuses_senders(with_jim: Callable[..., MailSink]) -> None:
    talk = greeted(with_jim(jim_reject_sender=1.0))

    assert talk.say("MAIL FROM:<a@x.example>") == "550 5.1.8 Invalid sender a@x.example"
    assert talk.say("RCPT TO:<b@y.example>").startswith("503 ")


def test_he_refuses_recipients(with_jim: Callable[..., MailSink]) -> None:
    talk = greeted(with_jim(jim_reject_recipient=1.0))
    talk.say("MAIL FROM:<a@x.example>")

    assert talk.say("RCPT TO:<b@y.example>") == "550 5.1.1 Invalid recipient b@y.example"
    assert talk.say("DATA").startswith("503 ")


def test_he_refuses_logins(with_jim: Callable[..., MailSink]) -> None:
    talk = greeted(with_jim(jim_reject_auth=1.0))
    credentials = base64.b64encode(b"\0user\0any").decode()

    assert talk.say(f"AUTH PLAIN {credentials}") == "500 5.5.1 Unrecognised command"
    assert talk.say("NOOP") == "250 2.0.0 Ok"


def test_he_slows_clients_down(with_jim: Callable[..., MailSink]) -> None:
    sink = with_jim(
        jim_linkspeed_affect=1.0, jim_linkspeed_min=20_000.0, jim_linkspeed_max=20_000.0
    )
    raw = b"Subject: slow\r\n\r\n" + b"x" * 10_000 + b"\r\n"

    started = time.monotonic()
    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client:
        client.sendmail("a@x.example", ["b@y.example"], raw)
    took = time.monotonic() - started

    assert took >= 10_000 / 20_000
    assert Api(sink.url).stored() == [raw]


def test_a_slow_client_is_not_a_silent_one(
    mail_settings: MailSettings, with_jim: Callable[..., MailSink]
) -> None:
    sink = with_jim(
        jim_linkspeed_affect=1.0,
        jim_linkspeed_min=20_000.0,
        jim_linkspeed_max=20_000.0,
        smtp_idle=0.3,
    )

    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client:
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: slow\r\n\r\n" + b"x" * 10_000)

    assert len(Api(sink.url).messages()) == 1


def test_he_is_there_over_tls_too(
    with_jim: Callable[..., MailSink], trusting: ssl.SSLContext
) -> None:
    talk = greeted(with_jim(jim_reject_sender=1.0))
    talk.say("STARTTLS")
    talk.secure(trusting.wrap_socket(talk.socket))
    talk.say("EHLO me")

    assert talk.say("MAIL FROM:<a@x.example>").startswith("550 5.1.8 ")


def test_a_session_that_began_before_he_came_is_left_alone(
    talk: Talk, api: Any, connect: Callable[[], Talk]
) -> None:
    talk.say("EHLO me")

    api("POST", "/api/v2/jim", json={"AcceptChance": 1, "RejectSenderChance": 1})
    later = connect()
    later.say("EHLO me")

    assert talk.say("MAIL FROM:<a@x>").startswith("250 ")
    assert later.say("MAIL FROM:<a@x>").startswith("550 ")
