"""STARTTLS, and TLS from the first byte; the sink's certificate and a given one."""

import dataclasses
import smtplib
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_mailhog.smtp.tls import self_signed
from localstack_shared.errors import CannotStart
from tests.contract.mailhog.conftest import FREE, Api
from tests.contract.mailhog.talk import Talk


@pytest.fixture
def smtps_settings(mail_settings: MailSettings) -> MailSettings:
    """Settings with a port for TLS from the first byte."""
    return dataclasses.replace(mail_settings, smtps_bind_addr=FREE)


@pytest.fixture
def smtps_sink(smtps_settings: MailSettings) -> Iterator[MailSink]:
    """A sink with them."""
    running = MailSink(smtps_settings)
    running.start()
    yield running
    running.stop()


def names(client: smtplib.SMTP) -> list[str]:
    """The names in the certificate that the client was shown."""
    certificate = x509.load_der_x509_certificate(client.sock.getpeercert(binary_form=True))  # type: ignore[union-attr]
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return extension.value.get_values_for_type(x509.DNSName)


def test_starttls_forgets_what_was_said_before(talk: Talk, trusting: ssl.SSLContext) -> None:
    talk.say("EHLO me")
    talk.say("MAIL FROM:<a@x.example>")

    # What an attacker slips in behind STARTTLS must not be taken for the client's (RFC 3207, 6).
    talk.socket.sendall(b"STARTTLS\r\nRCPT TO:<evil@y.example>\r\n")
    assert talk.reply() == ["220 2.0.0 Ready to start TLS"]
    talk.secure(trusting.wrap_socket(talk.socket))

    assert talk.say("RCPT TO:<b@y.example>").startswith("503 ")
    talk.socket.sendall(b"EHLO me\r\n")
    assert "250-STARTTLS" not in talk.reply()
    assert talk.say("STARTTLS").startswith("503 ")


def test_a_login_in_clear_is_forgotten_too(talk: Talk, trusting: ssl.SSLContext) -> None:
    talk.say("EHLO me")
    talk.say("AUTH PLAIN AGEAYg==")

    talk.say("STARTTLS")
    talk.secure(trusting.wrap_socket(talk.socket))
    talk.say("EHLO me")

    assert talk.say("AUTH PLAIN AGEAYg==").startswith("235 ")


def test_commands_may_come_together_over_tls(
    talk: Talk, trusting: ssl.SSLContext, api: Any
) -> None:
    talk.say("EHLO me")
    talk.say("STARTTLS")
    talk.secure(trusting.wrap_socket(talk.socket))

    body = b"x" * 100_000
    talk.socket.sendall(
        b"EHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n\r\n" + body + b"\r\n.\r\nQUIT\r\n"
    )

    assert talk.rest()[-1] == "221 2.0.0 Bye"
    assert api.stored() == [b"\r\n" + body + b"\r\n"]


def test_a_client_that_does_not_know_tls_is_hung_up_on_and_others_go_on(
    talk: Talk, smtp: smtplib.SMTP
) -> None:
    talk.say("EHLO me")
    talk.say("STARTTLS")

    talk.socket.sendall(b"EHLO again\r\n")

    assert not any(line.startswith("250") for line in _lines_of_whatever(talk))
    assert smtp.noop()[0] == 250


def _lines_of_whatever(talk: Talk) -> list[str]:
    try:
        return talk._lines.read().decode("latin-1").splitlines()
    except ConnectionError:
        return []


def test_the_certificate_names_the_sink_and_localhost(
    sink: MailSink, smtp: smtplib.SMTP, trusting: ssl.SSLContext
) -> None:
    smtp.starttls(context=trusting)

    assert names(smtp) == [sink.settings.hostname, "localhost"]


def test_smtps_takes_mail_as_smtp_does(smtps_sink: MailSink, trusting: ssl.SSLContext) -> None:
    address = smtps_sink.smtps_address
    assert address is not None

    with smtplib.SMTP_SSL(address.host, address.port, context=trusting) as client:
        client.ehlo()
        offered = client.esmtp_features
        client.login("shop", "any")
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: sealed\r\n\r\n")

    assert "starttls" not in offered
    assert Api(smtps_sink.url).stored() == [b"Subject: sealed\r\n\r\n"]
    assert [each.label for each in smtps_sink.endpoints()][:2] == ["SMTP", "SMTPS"]


def test_a_client_that_speaks_in_clear_to_smtps_disturbs_nobody(
    smtps_sink: MailSink, trusting: ssl.SSLContext
) -> None:
    address = smtps_sink.smtps_address
    assert address is not None
    talk = Talk(address)
    talk.socket.sendall(b"EHLO me\r\n")

    assert not any("Hello" in line for line in _lines_of_whatever(talk))
    with smtplib.SMTP_SSL(address.host, address.port, context=trusting) as client:
        assert client.noop()[0] == 250


def test_without_the_setting_there_is_no_smtps(sink: MailSink) -> None:
    assert sink.smtps_address is None


@pytest.mark.parametrize("together", [True, False], ids=["one file", "two files"])
def test_a_given_certificate_is_shown(
    smtps_settings: MailSettings, trusting: ssl.SSLContext, tmp_path: Path, together: bool
) -> None:
    certificate, key = self_signed("given.example")
    (tmp_path / "certificate.pem").write_bytes(certificate + key if together else certificate)
    (tmp_path / "key.pem").write_bytes(key)
    settings = dataclasses.replace(
        smtps_settings,
        smtp_tls_certificate=tmp_path / "certificate.pem",
        smtp_tls_key=None if together else tmp_path / "key.pem",
    )

    sink = MailSink(settings)
    sink.start()
    try:
        assert sink.smtps_address is not None
        with smtplib.SMTP_SSL("127.0.0.1", sink.smtps_address.port, context=trusting) as client:
            implicit = names(client)
        with smtplib.SMTP("127.0.0.1", sink.smtp_address.port) as client:
            client.starttls(context=trusting)
            explicit = names(client)
    finally:
        sink.stop()

    assert implicit == explicit == ["given.example", "localhost"]


def test_a_key_of_another_certificate_stops_the_start(
    mail_settings: MailSettings, tmp_path: Path
) -> None:
    (tmp_path / "certificate.pem").write_bytes(self_signed("one.example")[0])
    (tmp_path / "key.pem").write_bytes(self_signed("other.example")[1])

    sink = MailSink(
        dataclasses.replace(
            mail_settings,
            smtp_tls_certificate=tmp_path / "certificate.pem",
            smtp_tls_key=tmp_path / "key.pem",
        )
    )

    with pytest.raises(CannotStart, match="MH_SMTP_TLS_KEY_FILE"):
        sink.start()
