"""How much a client may ask of the SMTP server."""

import smtplib
import socket
import time
from collections.abc import Callable

import pytest

from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.talk import Talk


def greeted(sink: MailSink) -> Talk:
    talk = Talk(sink.smtp_address)
    talk.reply()
    talk.say("EHLO me")
    return talk


def test_recipients_over_the_limit_are_refused_and_the_others_get_the_message(
    start_sink: Callable[..., MailSink],
) -> None:
    sink = start_sink(smtp_max_recipients=2)
    recipients = ["a@y.example", "b@y.example", "c@y.example"]

    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client:
        refused = client.sendmail("a@x.example", recipients, b"Subject: x\r\n\r\n")

    assert refused == {"c@y.example": (452, b"4.5.3 Too many recipients")}


def test_clients_over_the_limit_are_turned_away_until_one_leaves(
    start_sink: Callable[..., MailSink],
) -> None:
    sink = start_sink(smtp_max_connections=2)
    first, second = greeted(sink), greeted(sink)

    third = Talk(sink.smtp_address)
    assert third.rest() == ["421 4.3.2 Too many connections"]

    assert first.say("QUIT").startswith("221 ")
    assert first.rest() == []
    assert second.say("NOOP").startswith("250 ")
    assert _eventually_greeted(sink).startswith("220 ")


def _eventually_greeted(sink: MailSink) -> str:
    # The client sees the end of a connection a moment before the server does.
    for _ in range(100):
        greeting = Talk(sink.smtp_address).reply()[0]
        if greeting.startswith("220 "):
            break
        time.sleep(0.01)
    return greeting


@pytest.mark.parametrize("said", [b"", b"no handshake\r\n"])
def test_a_client_that_leaves_in_the_tls_handshake_makes_room(
    start_sink: Callable[..., MailSink], said: bytes
) -> None:
    sink = start_sink(smtp_max_connections=1)
    talk = greeted(sink)
    assert talk.say("STARTTLS").startswith("220 ")

    talk.socket.sendall(said)
    talk.close()

    assert _eventually_greeted(sink).startswith("220 ")


def test_a_client_that_is_silent_in_the_tls_handshake_is_hung_up_on(
    start_sink: Callable[..., MailSink],
) -> None:
    sink = start_sink(smtp_max_connections=1, smtp_idle=0.2)
    talk = greeted(sink)
    assert talk.say("STARTTLS").startswith("220 ")

    assert talk.rest() == []
    assert _eventually_greeted(sink).startswith("220 ")


@pytest.mark.parametrize(
    "where", [[], ["AUTH LOGIN"], ["MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA"]]
)
def test_a_silent_client_is_hung_up_on(
    start_sink: Callable[..., MailSink], where: list[str]
) -> None:
    sink = start_sink(smtp_idle=0.2)
    talk = greeted(sink)
    for line in where:
        talk.say(line)

    assert talk.rest() == ["421 4.4.2 Timeout"]


def test_a_client_that_goes_on_talking_is_not(start_sink: Callable[..., MailSink]) -> None:
    sink = start_sink(smtp_idle=0.5)
    talk = greeted(sink)

    for _ in range(8):
        time.sleep(0.1)
        assert talk.say("NOOP").startswith("250 ")


def test_a_client_that_does_not_read_its_replies_is_waited_for_no_longer(
    start_sink: Callable[..., MailSink],
) -> None:
    sink = start_sink(smtp_idle=0.5)
    talk = greeted(sink)

    with pytest.raises(ConnectionError):
        _send_without_reading(talk)


def _send_without_reading(talk: Talk) -> None:
    talk.socket.settimeout(10)
    while True:
        talk.socket.sendall(b"HELP\r\n" * 10_000)


def test_errors_without_end_end_the_session(talk: Talk) -> None:
    talk.socket.sendall(b"BOGUS\r\n" * 100)

    replies = _until_the_end(talk)

    assert replies == ["500 5.5.1 Unrecognised command"] * 20 + ["421 4.7.0 Too many errors"]


def _until_the_end(talk: Talk) -> list[str]:
    lines = []
    # What the server did not read may end the connection with a reset, after the reply.
    try:
        while reply := talk.reply():
            lines.extend(reply)
    except ConnectionError:
        pass
    return lines


def test_errors_between_messages_are_forgiven(talk: Talk) -> None:
    talk.say("EHLO me")

    for _ in range(5):
        for _ in range(10):
            talk.say("BOGUS")
        for line in ("MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA"):
            talk.say(line)
        assert talk.say(".").startswith("250 ")


def test_a_thousand_connections_one_after_the_other_leave_nothing_behind(
    sink: MailSink,
) -> None:
    for _ in range(1000):
        with socket.create_connection(
            (sink.smtp_address.host, sink.smtp_address.port), timeout=5
        ) as client:
            client.recv(100)

    with smtplib.SMTP(sink.smtp_address.host, sink.smtp_address.port) as client:
        assert client.noop()[0] == 250


def test_a_server_that_speaks_first_does_so_at_once(sink: MailSink) -> None:
    started = time.monotonic()
    for _ in range(10):
        client = Talk(sink.smtp_address)
        client.reply()
        client.close()

    # LocalStack's patched accept would cost a second each.
    assert time.monotonic() - started < 5
