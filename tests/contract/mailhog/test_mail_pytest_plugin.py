"""The pytest plugin, in test runs of its own."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]

SEND = """
    import smtplib

    def send(server, subject, to="b@y.example", body="text"):
        with smtplib.SMTP(server.host, server.smtp_port, timeout=5) as client:
            raw = f"Subject: {subject}\\r\\nTo: {to}\\r\\n\\r\\n{body}\\r\\n"
            client.sendmail("a@x.example", [to], raw.encode())
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run tests in a pytest of their own that has only our plugin: ``run(tests, url=…)``."""
    monkeypatch.delenv("MAILHOG_URL", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def run(tests: str, *options: str) -> pytest.RunResult:
        pytester.makepyfile(send=SEND, test_it=f"from send import send\n\n{tests}")
        return pytester.runpytest_subprocess(
            *("-p", "localstack_mailhog.testing.pytest_plugin", "-p", "no:cacheprovider"), *options
        )

    return run


@pytest.fixture
def nothing_running(pytester: pytest.Pytester) -> None:
    """Let the plugin find no sink at the usual addresses, whatever runs on this machine."""
    pytester.makeconftest(
        "import localstack_mailhog.testing.pytest_plugin as plugin\nplugin.USUAL_URLS = ()\n"
    )


@pytest.mark.usefixtures("nothing_running")
def test_a_sink_of_its_own_is_started_and_tests_see_only_their_mail(run: Any) -> None:
    result = run(
        """
def test_one(smtp_server):
    send(smtp_server, "first")
    send(smtp_server, "=?utf-8?q?zw=C3=B6lf?=")
    messages = smtp_server.list_messages()
    assert [message["Subject"] for message in messages] == ["first", "zwölf"]

def test_two(smtp_server):
    assert smtp_server.list_messages() == []
    send(smtp_server, "third")
    assert [message["Subject"] for message in smtp_server.list_messages()] == ["third"]
    smtp_server.clear()
    assert smtp_server.list_messages() == []
"""
    )

    result.assert_outcomes(passed=2)


@pytest.mark.usefixtures("nothing_running")
def test_tests_that_share_a_sink_tell_their_mail_by_its_recipient(run: Any) -> None:
    result = run(
        """
def test_one(smtp_server):
    send(smtp_server, "mine")
    assert [m.subject for m in smtp_server.list_messages(subject="mine")] == ["mine"]
    assert smtp_server.list_messages(to="somebody@else.example") == []
    assert smtp_server.list_messages(subject="theirs") == []
"""
    )

    result.assert_outcomes(passed=1)


def test_the_sink_that_is_configured_is_read_and_its_older_mail_left(
    run: Any, sink: Any, send: Any, api: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(b"Subject: a developer's own\r\n\r\n")
    monkeypatch.setenv("MAILHOG_URL", sink.url)

    result = run(
        """
def test_it(smtp_server):
    assert smtp_server.list_messages() == []
    send(smtp_server, "mine")
    assert len(smtp_server.list_messages()) == 1
    smtp_server.clear()
"""
    )

    result.assert_outcomes(passed=1)
    [kept] = api.messages()
    assert kept["Content"]["Headers"]["Subject"] == ["a developer's own"]


def test_the_ini_option_configures_too_and_the_environment_goes_before(
    run: Any, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tests = f"def test_it(smtp_server):\n    assert smtp_server.url == {sink.url!r}\n"

    run(tests, "-o", f"mailhog_url={sink.url}/").assert_outcomes(passed=1)
    monkeypatch.setenv("MAILHOG_URL", sink.url)
    run(tests, "-o", "mailhog_url=http://127.0.0.1:1").assert_outcomes(passed=1)


def test_a_configured_sink_that_is_not_there_is_a_clear_error(run: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"

        result = run("def test_it(smtp_server): pass", "-o", f"mailhog_url={url}")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*SinkError: the mail sink at {url} does not answer*"])


@pytest.mark.usefixtures("nothing_running")
def test_a_message_is_a_mapping_of_headers_with_the_rest_as_attributes(run: Any) -> None:
    result = run(
        """
from email.message import EmailMessage
import smtplib

def test_it(smtp_server):
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Grüße", "Zoë <z@x.example>", "b@y.example"
    mail["X-Tag"] = "one"
    mail["X-Tag"] = "two"
    mail.set_content("Text é")
    mail.add_alternative("<p>é</p>", subtype="html")
    mail.add_attachment(b"1,2", "text", "csv", filename="ü.csv")
    with smtplib.SMTP(smtp_server.host, smtp_server.smtp_port) as client:
        client.send_message(mail, from_addr="bounce@x.example", to_addrs=["c@y.example"])

    [message] = smtp_server.list_messages()

    assert message["subject"] == message["SUBJECT"] == message.subject == "Grüße"
    assert message["From"] == "Zoë <z@x.example>"
    assert message.get("X-None") is None and "X-None" not in message and "from" in message
    assert message["X-Tag"] == "one" and message.get_all("x-tag") == ["one", "two"]
    assert list(message).count("X-Tag") == 1 and len(list(message)) == len(message)
    assert dict(message)["Subject"] == "Grüße"
    assert (message.sender, message.recipients) == ("bounce@x.example", ["c@y.example"])
    assert message.text == "Text é\\n" and message.html == "<p>é</p>\\n"
    [attachment] = message.attachments
    assert (attachment.filename, attachment.content) == ("ü.csv", b"1,2")
    assert message.raw.startswith(b"Subject: =?utf-8?")
    assert repr(message) == "<mail from bounce@x.example to c@y.example: 'Grüße'>"
"""
    )

    result.assert_outcomes(passed=1)


@pytest.mark.usefixtures("nothing_running")
def test_waiting_finds_what_is_wanted_before_and_after_it_comes(run: Any) -> None:
    result = run(
        """
import re, threading, time

def test_it(smtp_server):
    send(smtp_server, "other")
    send(smtp_server, "Your code 4711", to="Zoe@y.example")
    assert smtp_server.wait_for_message(to="zoe@Y.example").subject == "Your code 4711"
    assert smtp_server.wait_for_message(subject="code").recipients == ["Zoe@y.example"]
    assert smtp_server.wait_for_message(subject=re.compile("^other$"), sender="a@x.example")

    threading.Timer(0.2, send, [smtp_server, "late"]).start()
    started = time.monotonic()
    assert smtp_server.wait_for_message(subject="late", timeout=5).subject == "late"
    assert time.monotonic() - started < 2
"""
    )

    result.assert_outcomes(passed=1)


@pytest.mark.usefixtures("nothing_running")
def test_a_failing_wait_says_what_did_arrive(run: Any) -> None:
    result = run(
        """
def test_some(smtp_server):
    send(smtp_server, "Welcome")
    smtp_server.wait_for_message(to="nobody@y.example", subject="Hi", timeout=0.2)

def test_none(smtp_server):
    smtp_server.wait_for_message(timeout=0.2)
"""
    )

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "*no message to 'nobody@y.example' with subject 'Hi' within 0.2 s; what arrived:*",
            "*<mail from a@x.example to b@y.example: 'Welcome'>*",
            "*no message within 0.2 s; none at all arrived*",
        ]
    )


def test_loading_the_plugin_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import pytest, sys\n"
        "before = set(sys.modules)\n"
        "import localstack_mailhog.testing.pytest_plugin\n"
        "print(sorted(set(sys.modules) - before))\n"
    )

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    assert output.strip() == str(
        [
            "localstack_mailhog",
            "localstack_mailhog.testing",
            "localstack_mailhog.testing.pytest_plugin",
        ]
    )
