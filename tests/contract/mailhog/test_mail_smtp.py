"""SMTP as real clients speak it."""

import base64
import email.policy
import smtplib
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from localstack_mailhog.sink import MailSink

pytestmark = pytest.mark.usefixtures("sink")


class Talk:
    """A client that sends what it likes and sees every line that comes back."""

    def __init__(self, sink: MailSink) -> None:
        address = sink.smtp_address
        self.socket = socket.create_connection((address.host, address.port), timeout=5)
        self._lines = self.socket.makefile("rb")

    def reply(self) -> list[str]:
        """The lines of one reply."""
        lines = []
        while line := self._lines.readline():
            lines.append(line.decode().removesuffix("\r\n"))
            if line[3:4] == b" ":
                break
        return lines

    def say(self, text: str | bytes) -> str:
        """Send a line; the last line of the reply."""
        self.socket.sendall((text.encode() if isinstance(text, str) else text) + b"\r\n")
        return self.reply()[-1]

    def rest(self) -> bytes:
        """Everything until the server hangs up."""
        return self._lines.read()


@pytest.fixture
def talk(sink: MailSink) -> Iterator[Talk]:
    """A connection that has been greeted."""
    client = Talk(sink)
    assert client.reply() == ["220 mailhog.example ESMTP MailHog"]
    yield client
    client.socket.close()


@pytest.fixture
def data(talk: Talk) -> Talk:
    """A connection on which DATA was accepted."""
    for line in ("HELO me", "MAIL FROM:<a@x.example>", "RCPT TO:<b@y.example>"):
        assert talk.say(line).startswith("250 ")
    assert talk.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
    return talk


def stored(api: Any) -> list[bytes]:
    """The bytes of the mail in the sink, oldest first."""
    return [
        api.get(f"/api/v1/messages/{message['ID']}/download").content
        for message in reversed(api.messages())
    ]


def test_a_session_goes_in_mailhogs_words(talk: Talk, api: Any) -> None:
    assert talk.say("HELO client.example") == "250 Hello client.example"
    assert talk.say("MAIL FROM:<a@x.example>") == "250 Sender a@x.example ok"
    assert talk.say("RCPT TO:<b@y.example>") == "250 Recipient b@y.example ok"
    assert talk.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
    queued = talk.say("Subject: x\r\n\r\nbody\r\n.")
    assert talk.say("RSET") == "250 Ok"
    assert talk.say("NOOP") == "250 Ok"
    assert talk.say("BOGUS") == "500 Unrecognised command"
    assert talk.say("QUIT") == "221 Bye"
    assert talk.rest() == b""

    [message] = api.messages()
    assert queued == f"250 Ok: queued as {message['ID']}"
    assert message["Raw"]["Helo"] == "client.example"


def test_ehlo_offers_what_is_there(talk: Talk) -> None:
    talk.socket.sendall(b"EHLO client.example\r\n")

    assert talk.reply() == [
        "250-Hello client.example",
        "250-PIPELINING",
        "250-SIZE 33554432",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-STARTTLS",
        "250-AUTH PLAIN LOGIN",
        "250 HELP",
    ]


def test_bytes_are_kept_as_they_were_sent(smtp: smtplib.SMTP, api: Any) -> None:
    raws = [
        b"Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n...b\r\n\r\n",
        b"Subject: 8 bit\r\n\r\n" + bytes(range(128, 256)) + b"\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 200_000 + b"\r\n",
        b"Subject: bare\r\n\r\nline\r\n \t \r\n\r\n\r\n",
        b"no header at all\r\n",
    ]

    for raw in raws:
        smtp.sendmail("a@x.example", ["b@y.example"], raw)

    assert stored(api) == raws


def test_bare_line_feeds_are_kept_and_end_nothing(data: Talk, api: Any) -> None:
    data.socket.sendall(b"Subject: x\n\nbody\n.\nMAIL FROM:<evil@x>\n.\r\nstill\r\n.\r\n")

    assert data.reply()[0].startswith("250 Ok: queued as ")

    assert stored(api) == [b"Subject: x\n\nbody\n.\nMAIL FROM:<evil@x>\n.\r\nstill\r\n"]


def test_an_empty_message_ends(data: Talk, api: Any) -> None:
    assert data.say(".").startswith("250 Ok: queued as ")

    assert stored(api) == [b""]


def test_several_messages_come_on_one_connection(smtp: smtplib.SMTP, api: Any) -> None:
    for number in range(20):
        smtp.sendmail("a@x.example", ["b@y.example"], f"Subject: {number}\r\n\r\n".encode())

    messages = list(reversed(api.messages()))

    assert [m["Content"]["Headers"]["Subject"] for m in messages] == [[str(n)] for n in range(20)]
    assert {m["Raw"]["Helo"] for m in messages} == {messages[0]["Raw"]["Helo"]} != {""}


def test_commands_may_come_all_at_once(talk: Talk, api: Any) -> None:
    one = b"MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n"

    talk.socket.sendall(b"EHLO me\r\n" + one * 3 + b"QUIT\r\n")

    replies = talk.rest().decode().splitlines()
    assert [reply[:4] for reply in replies if reply[3] == " "] == (
        ["250 "] + ["250 ", "250 ", "354 ", "250 "] * 3 + ["221 "]
    )
    assert len(api.messages()) == 3


def test_a_client_that_sends_everything_and_shuts_its_side_is_answered(
    talk: Talk, api: Any
) -> None:
    talk.socket.sendall(
        b"HELO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\nSubject: nc\r\n\r\n.\r\nQUIT\r\n"
    )
    talk.socket.shutdown(socket.SHUT_WR)

    assert talk.rest().decode().splitlines()[-1] == "221 Bye"

    assert stored(api) == [b"Subject: nc\r\n\r\n"]


def test_a_client_that_leaves_in_the_middle_has_sent_nothing(data: Talk, api: Any) -> None:
    data.socket.sendall(b"Subject: half")
    data.socket.close()

    time.sleep(0.1)

    assert api.messages() == []


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "starttls"])
@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_any_credentials_are_accepted(
    smtp: smtplib.SMTP, trusting: ssl.SSLContext, api: Any, mechanism: str, encrypted: bool
) -> None:
    if encrypted:
        smtp.starttls(context=trusting)
    smtp.ehlo()
    smtp.user, smtp.password = "AKIAIOSFODNN7EXAMPLE", "s3cret"

    code, words = smtp.auth(
        mechanism, getattr(smtp, f"auth_{mechanism.lower()}"), initial_response_ok=False
    )
    smtp.sendmail("a@x.example", ["b@y.example"], b"Subject: after login\r\n\r\n")

    assert (code, words) == (235, b"Authentication successful")
    assert len(api.messages()) == 1


def test_login_asks_as_other_servers_do(talk: Talk) -> None:
    talk.say("EHLO me")

    user = talk.say("auth login")
    password = talk.say(base64.b64encode(b"user"))

    assert base64.b64decode(user.removeprefix("334 ")) == b"Username:"
    assert base64.b64decode(password.removeprefix("334 ")) == b"Password:"
    assert talk.say(base64.b64encode(b"any")) == "235 Authentication successful"


def test_other_mechanisms_and_broken_responses_are_refused(talk: Talk) -> None:
    talk.say("EHLO me")

    assert talk.say("AUTH XOAUTH2 abc").startswith("504 ")
    assert talk.say("AUTH PLAIN !!!").startswith("501 ")
    assert talk.say("AUTH PLAIN").startswith("334")
    assert talk.say("*").startswith("501 ")


def test_starttls_forgets_what_was_said_before(talk: Talk, trusting: ssl.SSLContext) -> None:
    talk.say("EHLO me")
    talk.say("MAIL FROM:<a@x.example>")

    # What an attacker slips in behind STARTTLS must not be taken for the client's (RFC 3207, 6).
    talk.socket.sendall(b"STARTTLS\r\nRCPT TO:<evil@y.example>\r\n")
    assert talk.reply() == ["220 Ready to start TLS"]
    secure = trusting.wrap_socket(talk.socket)
    secure.sendall(b"RCPT TO:<b@y.example>\r\n")

    assert secure.recv(1000).startswith(b"503 ")
    secure.sendall(b"EHLO me\r\n")
    assert b"STARTTLS" not in secure.recv(1000)
    secure.sendall(b"STARTTLS\r\n")
    assert secure.recv(1000).startswith(b"503 ")


def test_the_certificate_names_the_sink_and_localhost(
    sink: MailSink, smtp: smtplib.SMTP, trusting: ssl.SSLContext
) -> None:
    from cryptography import x509

    smtp.starttls(context=trusting)

    certificate = x509.load_der_x509_certificate(smtp.sock.getpeercert(binary_form=True))  # type: ignore[union-attr]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [sink.settings.hostname, "localhost"]


def test_bounces_have_no_sender(smtp: smtplib.SMTP, api: Any) -> None:
    smtp.sendmail("", ["b@y.example"], b"Subject: Undelivered\r\n\r\n")

    [message] = api.messages()

    assert message["Raw"]["From"] == ""
    assert message["Content"]["Headers"]["Return-Path"] == ["<>"]


def test_a_message_over_the_limit_is_refused_and_the_session_goes_on(talk: Talk, api: Any) -> None:
    talk.say("EHLO me")
    assert talk.say("MAIL FROM:<a@x> SIZE=33554433").startswith("552 ")
    assert talk.say("MAIL FROM:<a@x> SIZE=33554432").startswith("250 ")
    talk.say("RCPT TO:<b@y>")
    talk.say("DATA")

    for _ in range(33):
        talk.socket.sendall(b"x" * (1 << 20))
    assert talk.say("\r\n.").startswith("552 ")

    assert talk.say("MAIL FROM:<a@x>").startswith("250 ")
    assert api.messages() == []


def test_addresses_and_headers_may_be_utf_8(smtp: smtplib.SMTP, api: Any) -> None:
    mail = EmailMessage(policy=email.policy.SMTPUTF8)
    mail["From"], mail["To"] = "zoë@x.example", "Jürgen <jürgen@y.example>"
    mail["Subject"] = "Grüße"
    mail.set_content("ok\n", cte="8bit")

    smtp.send_message(mail)

    [message] = api.messages()
    assert message["From"]["Mailbox"] == "zoë"
    assert message["To"][0]["Mailbox"] == "jürgen"
    assert message["Content"]["Headers"]["Subject"] == ["Grüße"]


def test_parameters_of_other_extensions_are_no_obstacle(talk: Talk) -> None:
    talk.say("EHLO me")

    assert talk.say("MAIL FROM:<a@x> BODY=8BITMIME RET=HDRS ENVID=1 AUTH=<>").startswith("250 ")
    assert talk.say("RCPT TO:<b@y> NOTIFY=NEVER ORCPT=rfc822;b@y").startswith("250 ")


@pytest.mark.parametrize(
    ("before", "command", "code"),
    [
        ([], "MAIL FROM:<a@x>", "503"),
        (["EHLO me"], "RCPT TO:<b@y>", "503"),
        (["EHLO me"], "DATA", "503"),
        (["EHLO me", "MAIL FROM:<a@x>"], "DATA", "503"),
        (["EHLO me", "MAIL FROM:<a@x>"], "MAIL FROM:<a@x>", "503"),
        (["EHLO me", "MAIL FROM:<a@x>"], "RCPT TO:<>", "501"),
        (["EHLO me"], "MAIL a@x", "501"),
        (["EHLO me"], "MAIL FROM:<a@x> SIZE=many", "501"),
        (["EHLO me"], "MAIL FROM:<a@x> SIZE=" + "9" * 5000, "552"),
        (["EHLO me"], "VRFY b@y", "252"),
        (["EHLO me"], "HELP", "214"),
        (["EHLO me"], "EXPN list", "502"),
        ([], "EHLO", "501"),
        ([], "", "500"),
        ([], "NOOP " + "x" * 100_000, "500"),
    ],
)
def test_what_is_out_of_order_or_wrong_has_its_code(
    talk: Talk, before: list[str], command: str, code: str
) -> None:
    for line in before:
        talk.say(line)

    assert talk.say(command).startswith(code)
    assert talk.say("NOOP") == "250 Ok"


def test_bytes_that_are_no_text_are_refused_in_commands(talk: Talk) -> None:
    assert talk.say(b"EHLO m\xff").startswith("250 ")
    assert talk.say(b"MAIL FROM:<\xff@x>").startswith("501 ")
    assert talk.say(b"\xff\x00").startswith("500 ")


def test_mail_that_cannot_be_stored_is_refused_for_now(
    sink: MailSink, data: Talk, api: Any, caplog: pytest.LogCaptureFixture
) -> None:
    assert sink._parts is not None
    connection = sqlite3.connect(sink._parts.mailbox.path, timeout=5)
    connection.execute(
        "CREATE TRIGGER full BEFORE INSERT ON content BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    )
    connection.commit()

    assert data.say("Subject: secret\r\n\r\n.") == "452 Unable to store message"

    assert api.get("/api/v2/messages").json()["total"] == 0
    assert "disk full" in caplog.text
    assert "secret" not in caplog.text
    connection.execute("DROP TRIGGER full")
    connection.commit()
    connection.close()
    data.say("MAIL FROM:<a@x>")
    data.say("RCPT TO:<b@y>")
    data.say("DATA")
    assert data.say("Subject: later\r\n\r\n.").startswith("250 ")


def test_a_server_that_speaks_first_does_so_at_once(sink: MailSink) -> None:
    started = time.monotonic()
    for _ in range(10):
        client = Talk(sink)
        client.reply()
        client.socket.close()

    # LocalStack's patched accept would cost a second each.
    assert time.monotonic() - started < 1


def test_fifty_senders_at_once_lose_nothing(send: Callable[..., None], api: Any) -> None:
    def sender(number: int) -> None:
        for count in range(4):
            send(f"Subject: {number}/{count}\r\n\r\n".encode())

    threads = [threading.Thread(target=sender, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    subjects = [message["Content"]["Headers"]["Subject"][0] for message in api.messages()]
    assert sorted(subjects) == sorted(f"{n}/{c}" for n in range(50) for c in range(4))
