"""The command's flags, and its subcommands ``sendmail`` and ``bcrypt``, as processes."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bcrypt
import pytest
import requests

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink
from localstack_shared.settings import declared_settings

COMMAND = str(Path(sys.executable).parent / "localstack-mailhog")

Sendmail = Callable[..., "subprocess.CompletedProcess[bytes]"]

ANY_PORTS = [
    *("-api-bind-addr", "127.0.0.1:0"),
    *("--ui-bind-addr", "127.0.0.1:0"),
    "-smtp-bind-addr=127.0.0.1:0",
]


def run(*arguments: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | environ,
        timeout=30,
        check=False,
    )


@contextmanager
def serving(*arguments: str, **environ: str) -> Iterator[list[str]]:
    """The command, and the lines that it printed until it was ready."""
    process = subprocess.Popen(
        [COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Ready"):
                break
        yield lines
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()


def test_flags_with_one_dash_or_two_come_before_the_variables() -> None:
    flags = [*ANY_PORTS, "-hostname", "flag.example", "--ui-web-path=mail", "-invite-jim"]

    with serving(*flags, MH_HOSTNAME="variable.example", MH_SMTP_BIND_ADDR="nonsense") as lines:
        url = next(line for line in lines if "/api/v2/messages" in line).split()[-1]
        api = url.removesuffix("/messages")
        jim = requests.get(f"{api}/jim", timeout=5)

    assert "/mail/api/v2" in api
    assert jim.json()["AcceptChance"] == 0.99


@pytest.mark.parametrize("value", ["-invite-jim=false", "--invite-jim=0"])
def test_a_switch_can_be_switched_off(value: str) -> None:
    with serving(*ANY_PORTS, value, MH_INVITE_JIM="1") as lines:
        url = next(line for line in lines if "/api/v2/messages" in line).split()[-1]
        jim = requests.get(url.replace("messages", "jim"), timeout=5)

    assert jim.status_code == 404


@pytest.mark.parametrize("asked", ["-h", "-help", "--help"])
def test_help_lists_every_flag_with_its_variable(asked: str) -> None:
    finished = run(asked, COLUMNS="200")

    assert finished.returncode == 0
    for setting in declared_settings(MailSettings):
        flag = "-" + setting.variable.removeprefix("MH_").lower().replace("_", "-")
        assert re.search(rf"^ +{flag} ", finished.stdout, re.MULTILINE), flag
        assert setting.variable in finished.stdout
    assert "sendmail" in finished.stdout
    assert "bcrypt" in finished.stdout


@pytest.mark.parametrize("asked", ["-version", "--version"])
def test_version_is_said_with_one_dash_too(asked: str) -> None:
    assert run(asked).stdout.startswith("localstack-mailhog, version 1.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-smtp-bind-addr", "somewhere"], "-smtp-bind-addr='somewhere' cannot be used"),
        (["-jim-accept=2"], "-jim-accept='2' cannot be used"),
        (["-storage", "mongodb", "-mongo-uri", "127.0.0.1:27017"], "MongoDB is not supported"),
        (["-auth-file", "/nonexistent/users"], "No such file"),
        (["-outgoing-smtp", "/nonexistent/file"], "No such file"),
    ],
)
def test_a_flag_that_cannot_be_used_is_one_line(arguments: list[str], said: str) -> None:
    finished = run(*ANY_PORTS, *arguments)

    assert finished.returncode == 1
    assert said in finished.stderr
    assert len(finished.stderr.strip().splitlines()) == 1


def test_an_unknown_flag_is_refused() -> None:
    finished = run("--nonsense")

    assert finished.returncode == 2
    assert "--nonsense" in finished.stderr


# bcrypt


def test_bcrypt_prints_a_hash_for_the_auth_file() -> None:
    finished = run("bcrypt", "se:cret ü")

    assert finished.stderr == ""
    assert bcrypt.checkpw("se:cret ü".encode(), finished.stdout.strip().encode())


@pytest.mark.parametrize("arguments", [[], ["x" * 73], ["a", "b"]])
def test_bcrypt_wants_one_password_that_it_can_hash(arguments: list[str]) -> None:
    finished = run("bcrypt", *arguments)

    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr


# sendmail


@pytest.fixture
def sendmail(sink: MailSink) -> Sendmail:
    """Calls ``localstack-mailhog sendmail`` with arguments and a mail."""

    def sendmail(*arguments: str, mail: bytes = b"", **environ: str) -> Any:
        return subprocess.run(
            [COMMAND, "sendmail", *arguments],
            input=mail,
            capture_output=True,
            env=os.environ | {"MH_SENDMAIL_SMTP_ADDR": str(sink.smtp_address)} | environ,
            timeout=30,
            check=False,
        )

    return sendmail


MAIL = b"""\
From: Shop <shop@x.example>
To: Zoe <zoe@y.example>, "Doe, Bob" <bob@y.example>
bcc: secret@y.example,
 hidden@y.example
Cc: team: amy@y.example;
Subject: From a program

Hello
.
not the end
"""


def envelope(api: Any) -> tuple[str, list[str]]:
    [message] = api.messages()
    return message["Raw"]["From"], message["Raw"]["To"]


def test_a_mail_goes_to_the_arguments_as_it_is(sendmail: Sendmail, api: Any) -> None:
    finished = sendmail("-i", "-f", "bounce@x.example", "a@y.example", "b@y.example", mail=MAIL)

    assert (finished.returncode, finished.stdout, finished.stderr) == (0, b"", b"")
    assert envelope(api) == ("bounce@x.example", ["a@y.example", "b@y.example"])
    assert api.get(f"/api/v1/messages/{api.messages()[0]['ID']}/download").content == MAIL.replace(
        b"\n", b"\r\n"
    )


@pytest.mark.parametrize("arguments", [["-t", "-i"], ["-ti"], [], ["-oi", "-t"], ["-bm", "-t"]])
def test_with_t_or_alone_it_goes_to_those_of_its_head_and_bcc_stays_secret(
    sendmail: Sendmail, api: Any, arguments: list[str]
) -> None:
    finished = sendmail(*arguments, mail=MAIL)

    assert finished.returncode == 0, finished.stderr
    _, recipients = envelope(api)
    assert sorted(recipients) == [
        "amy@y.example",
        "bob@y.example",
        "hidden@y.example",
        "secret@y.example",
        "zoe@y.example",
    ]
    content = api.messages()[0]["Raw"]["Data"]
    assert "secret" not in content
    assert "hidden" not in content
    assert "Cc: team: amy@y.example;\r\nSubject" in content


def test_with_t_the_arguments_are_recipients_too(sendmail: Sendmail, api: Any) -> None:
    sendmail("-t", "a@y.example, zoe@y.example", mail=b"To: zoe@y.example\n\nx\n")

    assert envelope(api)[1] == ["a@y.example", "zoe@y.example"]


@pytest.mark.parametrize(
    ("arguments", "environ", "sender"),
    [
        (["-fzoe@x.example"], {"MH_SENDMAIL_FROM": "env@x.example"}, "zoe@x.example"),
        (["--from=zoe@x.example"], {}, "zoe@x.example"),
        ([], {"MH_SENDMAIL_FROM": "env@x.example"}, "env@x.example"),
        (["-f", "<>"], {"MH_SENDMAIL_FROM": "env@x.example"}, ""),
    ],
)
def test_the_sender_is_named_by_flag_or_variable(
    sendmail: Sendmail, api: Any, arguments: list[str], environ: dict[str, str], sender: str
) -> None:
    sendmail(*arguments, "a@y.example", mail=MAIL, **environ)

    assert envelope(api)[0] == sender


def test_the_sender_is_the_user_otherwise(sendmail: Sendmail, api: Any) -> None:
    sendmail("a@y.example", mail=MAIL, LOGNAME="zoe")

    assert envelope(api)[0].startswith("zoe@")


def test_a_mail_that_is_no_mail_arrives_all_the_same(sendmail: Sendmail, api: Any) -> None:
    sendmail("a@y.example", mail=b"bcc: only text\xff")
    sendmail("b@y.example")

    assert [message["Raw"]["To"] for message in api.messages()] == [
        ["b@y.example"],
        ["a@y.example"],
    ]


def test_verbose_says_what_was_sent(sendmail: Sendmail, sink: MailSink) -> None:
    finished = sendmail("-v", "a@y.example", mail=b"Subject: x\n\n")

    assert f"{sink.smtp_address} took".encode() in finished.stderr
    assert b"a@y.example" in finished.stderr


@pytest.mark.parametrize(
    ("arguments", "mail", "status"),
    [
        (["--nonsense"], b"", 64),
        (["-bs"], b"", 64),
        (["--smtp-addr", "somewhere", "a@y.example"], b"", 64),
        ([], b"Subject: nobody\n\n", 65),
        (["-t"], b"To: undisclosed-recipients:;\n\n", 65),
        (["--smtp-addr", "127.0.0.1:1", "a@y.example"], b"", 75),
    ],
)
def test_what_goes_wrong_has_the_status_of_sysexits(
    sendmail: Sendmail, arguments: list[str], mail: bytes, status: int
) -> None:
    finished = sendmail(*arguments, mail=mail)

    assert finished.returncode == status
    assert finished.stderr
    assert b"Traceback" not in finished.stderr


class TestRefused:
    @pytest.fixture
    def mail_settings(self, mail_settings: MailSettings) -> MailSettings:
        import dataclasses

        return dataclasses.replace(mail_settings, max_message_size=1000)

    def test_a_refusal_has_its_status_and_the_servers_words(self, sendmail: Sendmail) -> None:
        finished = sendmail("a@y.example", mail=b"x" * 70 * 100)

        assert finished.returncode == 69
        assert b"552" in finished.stderr
