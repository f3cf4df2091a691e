"""The codes of SMTP's replies, to what is right and to what is wrong. One sink answers all, and keeps nothing."""

import re
from collections.abc import Iterator

import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from tests.contract.mailhog.conftest import FREE
from tests.contract.mailhog.talk import Talk


@pytest.fixture(scope="module")
def sink() -> Iterator[MailSink]:
    running = MailSink(MailSettings(smtp_bind_addr=FREE, api_bind_addr=FREE, ui_bind_addr=FREE))
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    "command",
    [
        "MAIL FROM:<a@x> SIZE=12 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B1 AUTH=<>",
        "MAIL FROM:<a@x> ret=full body=7bit AUTH=e+3Dmc2@example.com",
        "MAIL FROM:<a@x> MT-PRIORITY=3",
        "RCPT TO:<b@y> NOTIFY=NEVER ORCPT=rfc822;b+2By@y",
        "RCPT TO:<b@y> NOTIFY=success,DELAY,failure",
    ],
)
def test_parameters_are_taken(talk: Talk, command: str) -> None:
    talk.say("EHLO me")
    if command.startswith("RCPT"):
        talk.say("MAIL FROM:<a@x>")

    assert talk.say(command).startswith("250 2.1.")


@pytest.mark.parametrize(
    "command",
    [
        "MAIL FROM:<a@x> SIZE=many",
        "MAIL FROM:<a@x> SIZE",
        "MAIL FROM:<a@x> BODY=9BIT",
        "MAIL FROM:<a@x> SMTPUTF8=yes",
        "MAIL FROM:<a@x> RET=SOME",
        "MAIL FROM:<a@x> ENVID=" + "x" * 101,
        "MAIL FROM:<a@x> ENVID=a+zz",
        "MAIL FROM:<a@x> RET=FULL RET=HDRS",
        "RCPT TO:<b@y> NOTIFY=SOMETIMES",
        "RCPT TO:<b@y> NOTIFY=NEVER,DELAY",
        "RCPT TO:<b@y> ORCPT=b@y",
    ],
)
def test_parameters_that_make_no_sense_are_refused(talk: Talk, command: str) -> None:
    talk.say("EHLO me")
    if command.startswith("RCPT"):
        talk.say("MAIL FROM:<a@x>")

    assert talk.say(command).startswith("501 5.5.4 ")


@pytest.mark.parametrize(
    ("before", "command", "codes"),
    [
        ([], "MAIL FROM:<a@x>", "503 5.5.1"),
        ([], "RCPT TO:<b@y>", "503 5.5.1"),
        ([], "DATA", "503 5.5.1"),
        ([], "AUTH PLAIN", "503 5.5.1"),
        (["EHLO me"], "RCPT TO:<b@y>", "503 5.5.1"),
        (["EHLO me"], "DATA", "503 5.5.1"),
        (["EHLO me", "MAIL FROM:<a@x>"], "DATA", "503 5.5.1"),
        (["EHLO me", "MAIL FROM:<a@x>"], "MAIL FROM:<a@x>", "503 5.5.1"),
        (["EHLO me", "MAIL FROM:<a@x>"], "AUTH PLAIN AGEAYg==", "503 5.5.1"),
        (["EHLO me", "MAIL FROM:<a@x>"], "RCPT TO:<>", "501 5.5.4"),
        (["EHLO me", "MAIL FROM:<a@x>", "RCPT TO:<b@y>"], "DATA now", "501 5.5.4"),
        (["EHLO me"], "MAIL a@x", "501 5.5.4"),
        (["EHLO me"], "MAIL FROM:<a@x>\rRCPT TO:<b@y>", "501 5.5.4"),
        (["EHLO me"], "MAIL FROM:<a\0@x>", "501 5.5.4"),
        (["EHLO me"], "MAIL FROM:<a@x> SIZE=33554433", "552 5.3.4"),
        (["EHLO me"], "MAIL FROM:<a@x> SIZE=" + "9" * 20, "552 5.3.4"),
        (["EHLO me"], "VRFY b@y", "252 2.0.0"),
        (["EHLO me"], "VRFY", "501 5.5.4"),
        (["EHLO me"], "HELP", "214 2.0.0"),
        (["EHLO me"], "EXPN list", "502 5.5.1"),
        (["EHLO me"], "RSET all", "501 5.5.4"),
        (["EHLO me"], "QUIT now", "501 5.5.4"),
        (["EHLO me"], "STARTTLS now", "501 5.5.4"),
        (["EHLO me"], "AUTH", "501 5.5.4"),
        (["EHLO me"], "AUTH PLAIN AGEAYg== more", "501 5.5.4"),
        (["EHLO me"], "AUTH XOAUTH2 abc", "504 5.5.4"),
        (["EHLO me"], "AUTH PLAIN !!!", "501 5.5.2"),
        ([], "EHLO", "501 5.5.4"),
        ([], "HELO", "501 5.5.4"),
        ([], "", "500 5.5.1"),
        ([], "NOOP " + "x" * 100_000, "500 5.5.2"),
    ],
)
def test_what_is_out_of_order_or_wrong_has_its_codes(
    talk: Talk, before: list[str], command: str, codes: str
) -> None:
    for line in before:
        assert talk.say(line).startswith("250 ")

    assert talk.say(command).startswith(f"{codes} ")
    assert talk.say("NOOP") == "250 2.0.0 Ok"


def test_bytes_that_are_no_text_are_refused_in_commands(talk: Talk) -> None:
    assert talk.say(b"EHLO m\xff").startswith("250 ")
    assert talk.say(b"MAIL FROM:<\xff@x>").startswith("501 ")
    assert talk.say(b"\xff\x00").startswith("500 ")


def test_every_reply_has_an_enhanced_code_of_its_class(talk: Talk) -> None:
    commands = ["MAIL FROM:<a@x>", "RCPT TO:<b@y>", "NOOP", "VRFY b@y", "HELP", "MAIL", "BOGUS"]
    talk.say("EHLO me")

    replies = [talk.say(command) for command in commands]

    for reply in replies:
        assert re.match(r"([245])\d\d \1\.\d\.\d ", reply)
