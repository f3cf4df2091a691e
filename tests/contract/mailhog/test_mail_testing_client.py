"""The client without pytest: reading a sink from a script, and what a mail is."""

import email.policy
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest

from localstack_mailhog.sink import MailSink
from localstack_mailhog.testing.client import MailClient, MessageGone, SinkError
from localstack_mailhog.testing.message import ReceivedMessage

Send = Callable[..., None]


@pytest.fixture
def client(sink: MailSink) -> Iterator[MailClient]:
    """A client of the sink."""
    with MailClient(sink.url + "/") as client:
        yield client


@pytest.fixture
def message(send: Send, client: MailClient) -> ReceivedMessage:
    """A mail with something of everything."""
    mail = EmailMessage(policy=email.policy.SMTP)
    mail["Subject"], mail["From"], mail["To"] = "Grüße", "Zoë <z@x.example>", "b@y.example"
    mail["X-Run"] = "one"
    mail["X-Run"] = "two"
    mail["X-Tags"] = "nightly"
    mail.set_content("Ihr Code: 402913\n")
    mail.add_alternative(
        '<p>Ihr Code: 402913 <a href="https://x.example/activate?a=1&amp;b">Konto aktivieren</a>'
        ' <a href="https://x.example/help"><img alt="Hilfe"></a></p>',
        subtype="html",
    )
    mail.add_attachment(b"1,2", "text", "csv", filename="ü.csv")
    send(mail.as_bytes(), sender="bounce@x.example", to=["c@y.example"])
    [message] = client.messages()
    return message


def test_a_message_is_a_mapping_of_headers_in_any_case(message: ReceivedMessage) -> None:
    assert message["subject"] == message["SUBJECT"] == message.subject == "Grüße"
    assert message["From"] == "Zoë <z@x.example>"
    assert message.get("X-None") is None
    assert "X-None" not in message
    assert "from" in message
    assert (message["X-Run"], message.get_all("x-run")) == ("one", ["one", "two"])
    assert list(message).count("X-Run") == 1
    assert len(list(message)) == len(message)
    assert dict(message)["Subject"] == "Grüße"
    with pytest.raises(KeyError):
        message["X-None"]


def test_a_message_has_its_envelope_its_texts_and_its_bytes(message: ReceivedMessage) -> None:
    assert (message.sender, message.recipients) == ("bounce@x.example", ["c@y.example"])
    assert message.text == message.readable_text == "Ihr Code: 402913\n"
    assert message.html.startswith("<p>Ihr Code")
    assert message.raw.startswith(b"Subject: =?utf-8?")
    assert message.tags == ["nightly"]
    assert repr(message) == "<mail from bounce@x.example to c@y.example: 'Grüße'>"


def test_a_message_has_links_codes_and_attachments(message: ReceivedMessage) -> None:
    assert [(link.text, link.url) for link in message.links] == [
        ("Konto aktivieren", "https://x.example/activate?a=1&b"),
        ("Hilfe", "https://x.example/help"),
    ]
    assert message.link("aktivieren") == message.link("/activate") == message.links[0].url
    assert message.link(re.compile("^Hilfe$")) == "https://x.example/help"
    assert (message.codes, message.code) == (("402913",), "402913")
    [attachment] = message.attachments
    assert attachment is message.attachment(".csv")
    assert (attachment.filename, attachment.content, attachment.text) == ("ü.csv", b"1,2", "1,2")


def test_what_a_message_lacks_fails_with_what_it_has(
    message: ReceivedMessage, send: Send, client: MailClient
) -> None:
    send(b"Subject: plain\r\n\r\nnothing here\r\n")
    plain = client.messages()[0]

    with pytest.raises(
        AssertionError, match=r"no link with 'löschen' in <mail .*; its links:"
    ) as no:
        message.link("löschen")
    assert "'Hilfe': https://x.example/help" in str(no.value)
    with pytest.raises(AssertionError, match=r"no attachment with /\.pdf/ .*\n  'ü.csv': text/csv"):
        message.attachment(re.compile(".pdf"))
    with pytest.raises(AssertionError, match=r"no one-time code in .*; its text:\n  nothing here"):
        _ = plain.code
    with pytest.raises(AssertionError, match=r"no link with 'x' in .*; it has no links"):
        plain.link("x")


def test_a_script_searches_waits_and_deletes(send: Send, client: MailClient) -> None:
    assert client.messages() == []
    assert client.wait("subject:none", timeout=0) is None
    for number in range(3):
        send(b"Subject: mail %d\r\n\r\n" % number)
    position = client.position()

    assert [each.subject for each in client.messages("mail", limit=2)] == ["mail 2", "mail 1"]
    found = client.wait("subject:1")
    assert found is not None
    assert found["subject"] == "mail 1"
    assert client.wait(timeout=0, after=position) is None
    client.delete([found.id, "none"])
    assert [each.subject for each in client.after(0)[1]] == ["mail 0", "mail 2"]
    with pytest.raises(MessageGone):
        client.raw(found.id)


@pytest.mark.parametrize("path", ["/nowhere", "/api"])
def test_an_address_below_which_there_is_no_sink_is_an_error(sink: MailSink, path: str) -> None:
    with pytest.raises(SinkError, match="is not localstack-mailhog"):
        MailClient(f"{sink.url}{path}")


def test_a_proxy_of_the_environment_is_not_asked(
    sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")

    with MailClient(sink.url) as client:
        assert client.position() == 0


def test_the_client_brings_nothing_of_the_server_along() -> None:
    program = "import localstack_mailhog.testing.inbox, sys; print(*sys.modules)"

    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout

    loaded: set[Any] = {name.partition(".")[0] for name in output.split()}
    heavy = {"aiosmtpd", "flask", "jinja2", "localstack", "uvicorn", "orjson", "sqlite3", "pytest"}
    assert not loaded & (heavy | {"werkzeug", "asyncio", "tinycss2"})
