"""What the documents on mail show is what happens."""

import json
import os
import re
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from localstack_mailhog.mailbox.query import fields
from localstack_mailhog.sink import MailSink
from localstack_mailhog.testing.inbox import Inbox
from localstack_mailhog.testing.message import ReceivedMessage
from localstack_mailhog.testing.wanted import Criteria
from tests.documents import ROOT, runnable_block, table_rows

pytest_plugins = ["pytester"]


def names(document: str, heading: str) -> set[str]:
    """The names in code in the first column of the table behind a heading."""

    rows = table_rows(document, heading)
    return {name for row in rows for name in re.findall(r"`([a-z_]+)", row[0])}


def test_the_example_test_passes(
    pytester: pytest.Pytester, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(runnable_block("docs/mail-testing.md", "mail-testing"))
    monkeypatch.setenv("MAILHOG_URL", sink.url)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    result = pytester.runpytest_subprocess("-p", "localstack_mailhog.testing.pytest_plugin")

    result.assert_outcomes(passed=2)


def test_the_commands_do_what_they_say(sink: MailSink, send: Any, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["Subject"] = "Welcome"
    mail.set_content("Your code is 402913.")
    mail.add_attachment(b"%PDF", "application", "pdf", filename="terms.pdf")
    send(mail.as_bytes(), to=["zoe@example.com"])

    result = subprocess.run(
        ["bash", "-eu", "-c", runnable_block("docs/mail-api.md", "mail-api").replace("curl --fail", "echo; curl --fail")],
        env={**os.environ, "SINK": sink.url},
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip

    assert result.returncode == 0, result.stderr
    awaited, page, message, codes, attachment, changed, deleted = result.stdout.strip().split("\n")
    assert json.loads(awaited) == json.loads(message)
    assert json.loads(page)["count"] == 1
    assert (codes, attachment) == ('["402913"]', "%PDF")
    assert json.loads(changed) == json.loads(deleted) == {"count": 1}


def test_everything_that_tests_use_is_described() -> None:
    testing = "docs/mail-testing.md"
    criteria = {row[0].strip("`") for row in table_rows(testing, "What is wanted is said by keywords, which all have to fit. Each but `query` may be a compiled pattern, which is searched for.")}  # fmt: skip

    assert criteria == set(Criteria.__annotations__)
    assert names(testing, "## What a mailbox does") == public(Inbox)
    inherited = {"get", "keys", "values", "items", "get_all"}
    attributes = {"id", "sender", "recipients", "subject", "tags"}
    assert (
        names(testing, "## What a message has") == public(ReceivedMessage) - inherited | attributes
    )


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_every_field_of_a_search_is_described() -> None:
    text = (ROOT / "docs/mail-api.md").read_text().partition("## Search")[2].partition("\n## ")[0]

    for field in set(fields()) - {"since"}:
        assert f"`{field}:" in text or f" `{field}:" in text, field
