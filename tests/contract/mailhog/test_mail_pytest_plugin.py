"""The pytest plugin, in test runs of its own."""

import contextlib
import dataclasses
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from localstack_mailhog.settings import MailSettings
from localstack_mailhog.sink import MailSink

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


@contextlib.contextmanager
def running(settings: MailSettings) -> Iterator[MailSink]:
    """A sink with settings of its own."""
    sink = MailSink(settings)
    sink.start()
    try:
        yield sink
    finally:
        sink.stop()


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
def test_mailbox_is_the_same_under_another_name(run: Any) -> None:
    result = run(
        """
def test_it(mailbox, smtp_server):
    assert mailbox is smtp_server
    send(mailbox, "LocalStack Account Activation")
    messages = mailbox.list_messages()
    assert messages[0]["Subject"] == "LocalStack Account Activation"
"""
    )

    result.assert_outcomes(passed=1)


@pytest.mark.usefixtures("nothing_running")
def test_a_failing_wait_says_what_did_arrive_and_shows_none_of_our_code(run: Any) -> None:
    result = run(
        """
def test_some(smtp_server):
    send(smtp_server, "Welcome")
    smtp_server.wait_for_message(to="nobody@y.example", subject="Hi", timeout=0.2)

def test_none(smtp_server):
    smtp_server.wait_for_message(timeout=0)

def test_unwanted(smtp_server):
    send(smtp_server, "Spam", body="buy")
    smtp_server.assert_no_message(to="b@y.example", within=0)
"""
    )

    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(
        [
            "E*no message to 'nobody@y.example' with subject 'Hi' within 0.2 s; since the test began, there came:",
            "E*'Welcome' from a@x.example to b@y.example (not to 'nobody@y.example', not with subject 'Hi')",
            "E*(the sink: SMTP at 127.0.0.1:*, pages at http://127.0.0.1:*)",
            "E*no message within 0 s; since the test began, none came at all",
            "E*a message to 'b@y.example' came, and none should have:",
            "E*'Spam' from a@x.example to b@y.example",
            "E*buy",
        ]
    )
    result.stdout.no_fnmatch_line("*inbox.py*")


@pytest.mark.parametrize("sinks", ["one sink", "a sink each"])
def test_tests_that_run_in_parallel_are_kept_apart(
    run: Any,
    request: pytest.FixtureRequest,
    sink: Any,
    monkeypatch: pytest.MonkeyPatch,
    sinks: str,
) -> None:
    if sinks == "one sink":
        monkeypatch.setenv("MAILHOG_URL", sink.url)
    else:
        request.getfixturevalue("nothing_running")

    result = run(
        """
import pytest

@pytest.mark.parametrize("number", range(8))
def test_it(mailbox, number):
    zoe = mailbox.address("zoe")
    mine = mailbox.for_recipient(zoe)
    for _ in range(3):
        send(mailbox, f"for {number}", to=zoe)
    subjects = [each.subject for each in mine.wait_for_messages(3)]
    assert subjects == [f"for {number}"] * 3
    mine.clear()
    mine.assert_no_message(within=0.1)
""",
        *("-p", "xdist.plugin", "-n", "2"),
    )

    result.assert_outcomes(passed=8)


def test_a_sink_with_users_is_read_by_one_of_them(
    run: Any, mail_settings: MailSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users"
    hashed = bcrypt.hashpw("geheim ü@/".encode(), bcrypt.gensalt(4)).decode()
    users.write_text(f"zoe:{hashed}\n")
    settings = dataclasses.replace(mail_settings, auth_file=str(users), ui_web_path="/mail")
    tests = """
def test_it(mailbox):
    send(mailbox, "let in")
    assert [each.subject for each in mailbox.list_messages()] == ["let in"]
    assert "geheim" not in mailbox.url
    mailbox.clear()
"""
    with running(settings) as sink:
        let_in = sink.url.replace("http://", "http://zoe:geheim%20%C3%BC%40%2F@")
        monkeypatch.setenv("MAILHOG_URL", let_in)
        run(tests).assert_outcomes(passed=1)
        monkeypatch.setenv("MAILHOG_URL", sink.url)
        refused = run(tests)

    refused.assert_outcomes(errors=1)
    refused.stdout.fnmatch_lines(
        [
            f"E*NotLetIn: the mail sink at {sink.url} lets in only its users: put one into its address*"
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
