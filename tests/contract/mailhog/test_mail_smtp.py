"""What an SMTP session says: MailHog's words, with the codes of the RFCs."""

import smtplib
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

from tests.contract.mailhog.talk import Talk

pytestmark = pytest.mark.usefixtures("sink")


def test_a_session_goes_in_mailhogs_words(talk: Talk, api: Any) -> None:
    assert talk.say("HELO client.example") == "250 Hello client.example"
    assert talk.say("MAIL FROM:<a@x.example>") == "250 2.1.0 Sender a@x.example ok"
    assert talk.say("RCPT TO:<b@y.example>") == "250 2.1.5 Recipient b@y.example ok"
    assert talk.say("DATA") == "354 End data with <CR><LF>.<CR><LF>"
    queued = talk.say("Subject: x\r\n\r\nbody\r\n.")
    assert talk.say("RSET") == "250 2.0.0 Ok"
    assert talk.say("NOOP") == "250 2.0.0 Ok"
    assert talk.say("BOGUS") == "500 5.5.1 Unrecognised command"
    assert talk.say("QUIT") == "221 2.0.0 Bye"
    assert talk.rest() == []

    [message] = api.messages()
    assert queued == f"250 2.0.0 Ok: queued as {message['ID']}"
    assert message["Raw"]["Helo"] == "client.example"


def test_ehlo_offers_what_is_there(talk: Talk) -> None:
    talk.socket.sendall(b"EHLO client.example\r\n")

    assert talk.reply() == [
        "250-Hello client.example",
        "250-PIPELINING",
        "250-SIZE 33554432",
        "250-8BITMIME",
        "250-SMTPUTF8",
        "250-DSN",
        "250-ENHANCEDSTATUSCODES",
        "250-STARTTLS",
        "250-AUTH PLAIN LOGIN CRAM-MD5",
        "250 HELP",
    ]


def test_bounces_have_no_sender(smtp: smtplib.SMTP, api: Any) -> None:
    smtp.sendmail("", ["b@y.example"], b"Subject: Undelivered\r\n\r\n")

    [message] = api.messages()

    assert message["Raw"]["From"] == ""
    assert message["Content"]["Headers"]["Return-Path"] == ["<>"]


def test_addresses_and_headers_may_be_utf_8(smtp: smtplib.SMTP, api: Any) -> None:
    mail = EmailMessage(policy=policy.SMTPUTF8)
    mail["From"], mail["To"] = "zoë@x.example", "Jürgen <jürgen@y.example>"
    mail["Subject"] = "Grüße"
    mail.set_content("ok\n", cte="8bit")

    smtp.send_message(mail)

    [message] = api.messages()
    assert message["From"]["Mailbox"] == "zoë"
    assert message["To"][0]["Mailbox"] == "jürgen"
    assert message["Content"]["Headers"]["Subject"] == ["Grüße"]


def test_ehlo_begins_anew(talk: Talk) -> None:
    for line in ("EHLO me", "MAIL FROM:<a@x>", "RCPT TO:<b@y>", "EHLO me"):
        talk.say(line)

    assert talk.say("DATA").startswith("503 ")


def test_rset_forgets_the_envelope_and_nothing_else(talk: Talk, api: Any) -> None:
    for line in ("EHLO me", "MAIL FROM:<wrong@x>", "RCPT TO:<wrong@y>", "RSET"):
        talk.say(line)

    for line in ("MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA"):
        talk.say(line)
    talk.say("Subject: x\r\n\r\n.")

    [message] = api.messages()
    assert (message["Raw"]["From"], message["Raw"]["To"]) == ("a@x", ["b@y"])
    assert message["Raw"]["Helo"] == "me"


def test_several_messages_come_on_one_connection(smtp: smtplib.SMTP, api: Any) -> None:
    for number in range(20):
        smtp.sendmail("a@x.example", ["b@y.example"], f"Subject: {number}\r\n\r\n".encode())

    messages = list(reversed(api.messages()))

    assert [m["Content"]["Headers"]["Subject"] for m in messages] == [[str(n)] for n in range(20)]
    assert {m["Raw"]["Helo"] for m in messages} == {messages[0]["Raw"]["Helo"]} != {""}
