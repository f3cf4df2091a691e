"""AUTH: any credentials, or those of a file."""

import base64
import dataclasses
import smtplib
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localstack_mailhog.settings import MailSettings, from_environment
from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.talk import Talk

MECHANISMS = ["PLAIN", "LOGIN", "CRAM-MD5"]


@pytest.fixture
def restricted(mail_settings: MailSettings, tmp_path: Path) -> MailSettings:
    """Settings with one user, ``shop``, whose password is ``s3cret:päss``."""
    file = tmp_path / "users"
    file.write_text("\nshop:s3cret:päss\n", "utf-8")
    read = from_environment({"MH_SMTP_AUTH_FILE": str(file)})
    return dataclasses.replace(mail_settings, smtp_credentials=read.smtp_credentials)


@pytest.fixture
def guarded(restricted: MailSettings) -> Any:
    """A connection to a sink for that user only, which has been greeted."""
    sink = MailSink(restricted)
    sink.start()
    talk = Talk(sink.smtp_address)
    talk.reply()
    talk.say("EHLO me")
    yield talk
    talk.close()
    sink.stop()


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "starttls"])
@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_any_credentials_are_accepted(
    smtp: smtplib.SMTP, trusting: ssl.SSLContext, api: Any, mechanism: str, encrypted: bool
) -> None:
    if encrypted:
        smtp.starttls(context=trusting)
    smtp.ehlo()
    smtp.user, smtp.password = "AKIAIOSFODNN7EXAMPLE", "s3cret"

    method = getattr(smtp, f"auth_{mechanism.lower().replace('-', '_')}")
    answer = smtp.auth(mechanism, method, initial_response_ok=False)
    smtp.sendmail("a@x.example", ["b@y.example"], b"Subject: after login\r\n\r\n")

    assert answer == (235, b"2.7.0 Authentication successful")
    assert len(api.messages()) == 1


def test_login_asks_as_other_servers_do(talk: Talk) -> None:
    talk.say("EHLO me")

    user = talk.say("auth login")
    password = talk.say(encoded("user"))

    assert base64.b64decode(user.removeprefix("334 ")) == b"Username:"
    assert base64.b64decode(password.removeprefix("334 ")) == b"Password:"
    assert talk.say(encoded("any")) == "235 2.7.0 Authentication successful"


def test_a_session_may_log_in_once(talk: Talk) -> None:
    talk.say("EHLO me")
    talk.say("AUTH PLAIN " + encoded("\0user\0any"))

    assert talk.say("AUTH PLAIN " + encoded("\0user\0any")).startswith("503 5.5.1 ")


def test_a_login_can_be_cancelled(talk: Talk) -> None:
    talk.say("EHLO me")
    assert talk.say("AUTH LOGIN").startswith("334 ")

    assert talk.say("*").startswith("501 5.7.0 ")
    assert talk.say("NOOP") == "250 2.0.0 Ok"


def test_a_response_that_is_too_long_ends_the_login(talk: Talk) -> None:
    talk.say("EHLO me")
    talk.say("AUTH PLAIN")

    assert talk.say("A" * 20_000).startswith("500 5.5.6 ")
    assert talk.say("NOOP") == "250 2.0.0 Ok"


@pytest.mark.parametrize("pause", [False, True], ids=["at once", "later"])
def test_a_client_that_says_no_more_in_a_login_is_hung_up_on(talk: Talk, pause: bool) -> None:
    talk.socket.sendall(b"EHLO me\r\nAUTH LOGIN\r\n")
    if pause:
        talk.reply()
        assert talk.reply()[0].startswith("334 ")

    talk.socket.shutdown(socket.SHUT_WR)

    assert all(line[:3] in ("250", "334") for line in talk.rest())


def test_a_login_and_what_follows_may_come_together(talk: Talk) -> None:
    talk.say("EHLO me")

    talk.socket.sendall(
        f"NOOP\r\nAUTH LOGIN\r\n{encoded('u')}\r\n{encoded('p')}\r\nMAIL FROM:<a@x>\r\nQUIT\r\n".encode()
    )

    assert [reply[:3] for reply in talk.rest()] == ["250", "334", "334", "235", "250", "221"]


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_with_a_file_its_users_get_in(
    restricted: MailSettings, trusting: ssl.SSLContext, mechanism: str
) -> None:
    sink = MailSink(dataclasses.replace(restricted))
    sink.start()
    try:
        with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client:
            client.ehlo()
            client.user = "shop"
            # smtplib hashes and encodes only ASCII by itself.
            client.password = "s3cret:päss".encode().decode("latin-1")

            if mechanism == "CRAM-MD5":
                client.password = "s3cret:päss"
                code, _ = _cram_md5(client, "shop", "s3cret:päss".encode())
            elif mechanism == "PLAIN":
                code, _ = client.docmd("AUTH", "PLAIN " + encoded("\0shop\0s3cret:päss"))
            else:
                client.docmd("AUTH", "LOGIN " + encoded("shop"))
                code, _ = client.docmd(encoded("s3cret:päss"))

            assert code == 235
            client.sendmail("a@x.example", ["b@y.example"], b"Subject: allowed\r\n\r\n")
    finally:
        sink.stop()


def _cram_md5(client: smtplib.SMTP, user: str, password: bytes) -> tuple[int, bytes]:
    import hmac

    _, challenge = client.docmd("AUTH", "CRAM-MD5")
    digest = hmac.new(password, base64.b64decode(challenge), "md5").hexdigest()
    return client.docmd(encoded(f"{user} {digest}"))


@pytest.mark.parametrize(
    "responses",
    [
        ["AUTH PLAIN " + encoded("\0shop\0wrong")],
        ["AUTH PLAIN " + encoded("\0nobody\0s3cret:päss")],
        ["AUTH LOGIN " + encoded("shop"), encoded("wrong")],
        ["AUTH CRAM-MD5", encoded("shop 0123456789abcdef0123456789abcdef")],
        ["AUTH CRAM-MD5", encoded("nobody 0123456789abcdef0123456789abcdef")],
        ["AUTH CRAM-MD5", encoded("nothing")],
    ],
)
def test_with_a_file_nobody_else_gets_in(guarded: Talk, responses: list[str]) -> None:
    for response in responses:
        answer = guarded.say(response)

    assert answer == "535 5.7.8 Authentication credentials invalid"
    assert guarded.say("MAIL FROM:<a@x>") == "530 5.7.0 Authentication required"


def test_without_a_login_only_what_leads_to_one_is_done(guarded: Talk) -> None:
    assert guarded.say("NOOP").startswith("250 ")
    assert guarded.say("RSET").startswith("250 ")
    assert guarded.say("MAIL FROM:<a@x>").startswith("530 5.7.0 ")
    assert guarded.say("RCPT TO:<b@y>").startswith("530 5.7.0 ")
    assert guarded.say("DATA").startswith("530 5.7.0 ")


def test_a_password_is_never_logged(
    guarded: Talk, caplog: pytest.LogCaptureFixture, connect: Callable[[], Talk]
) -> None:
    caplog.set_level("DEBUG")

    guarded.say("AUTH PLAIN " + encoded("\0shop\0s3cret:päss"))
    guarded.say("AUTH PLAIN " + encoded("\0shop\0wr0ng"))

    assert "s3cret" not in caplog.text
    assert "wr0ng" not in caplog.text
    assert encoded("\0shop\0s3cret:päss") not in caplog.text
